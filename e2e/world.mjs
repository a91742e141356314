// One browser, one city, and the few things every walk does: sign in as somebody, look, check for barriers.
import { mkdirSync } from 'node:fs';
import assert from 'node:assert/strict';
import AxeBuilder from '@axe-core/playwright';
import { chromium } from 'playwright-core';

export const base = process.env.MINGJING_URL ?? 'http://127.0.0.1:8080';
const shots = new URL('./screenshots/', import.meta.url).pathname;
mkdirSync(shots, { recursive: true });
// A picture of a whole page costs a machine without a graphics processor more than the walk to it.
const looking = process.env.MINGJING_SHOTS !== 'no';

let browser;

export async function openBrowser() {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
}

export async function closeBrowser() {
  await browser?.close();
}

/** A person's own window. `script: false` walks without scripts, `phone: true` on a small screen, `at` in another city. */
export async function person({ account, script = true, phone = false, elder = false, at = base } = {}) {
  const context = await browser.newContext({
    baseURL: at,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    javaScriptEnabled: script,
    viewport: phone ? { width: 390, height: 844 } : { width: 1280, height: 900 },
  });
  // Two lanes share two processors with both their browsers.
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  page.on('pageerror', (error) => assert.fail(`script error on ${page.url()}: ${error.message}`));
  page.on('console', (message) => {
    // Refusals are part of walks, and so is a cut line where the walk cuts it.
    if (message.type() === 'error' && !/status of (4|5)\d\d|ERR_INTERNET_DISCONNECTED/.test(message.text())) {
      assert.fail(`console error on ${page.url()}: ${message.text()}`);
    }
  });
  if (account) await signIn(page, account);
  if (elder) await page.goto('/view?elder=on');
  return page;
}

const citizens = ['acc-demo-citizen', 'acc-demo-owner', 'acc-demo-agent'];

/** One click in the demo city. */
export async function signIn(page, account) {
  await page.goto(citizens.includes(account) ? '/sign-in' : '/sign-in?kind=staff');
  await page.locator(`button[value="${account}"]`).click();
  await page.waitForLoadState();
}

/** No barrier by WCAG 2.2 AA, no sideways scrolling, exactly one main heading. */
export async function isSound(page, name) {
  // One document and no frames of others: no second page has to be opened to put the findings together.
  const found = await new AxeBuilder({ page }).setLegacyMode()
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze();
  const said = found.violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.target).join(' | ')}`);
  assert.deepEqual(said, [], `barriers on ${page.url()}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 1, `${page.url()} scrolls sideways by ${wide} px`);
  assert.equal(await page.locator('h1').count(), 1, `${page.url()} has one main heading`);
  if (name && looking) await page.screenshot({ path: `${shots}${name}.png`, fullPage: true });
}
