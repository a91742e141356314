// The flow studio: a flow is opened, broken, repaired, stepped through, saved as a draft and compared with the one in force.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { closeBrowser, isSound, openBrowser, person } from './world.mjs';

before(openBrowser);
after(closeBrowser);

const item = '33030300SJ-XK-0001';
const clerk = 'acc-demo-release';
const verdict = (page) => page.locator('#studio-verdict');

async function opened(page, code = item) {
  await page.goto(`/desk/flows/${code}/edit`);
  await page.locator('#studio-canvas .djs-shape').first().waitFor();
  await page.waitForFunction(() => !/正在检查/.test(document.getElementById('studio-verdict').textContent), null, { timeout: 60_000 });
}

/** Chooses an element of the drawing, whatever lies over it. */
async function choose(page, id) {
  const element = page.locator(`#studio-canvas .djs-element[data-element-id="${id}"]`).first();
  await element.dispatchEvent('click', { button: 0, bubbles: true });
}

test('a flow is broken, repaired, stepped through, saved and compared', { timeout: 300_000 }, async () => {
  const page = await person({ account: clerk });
  await page.goto('/desk/flows');
  await isSound(page, 'studio-list');
  await page.locator('main a', { hasText: '食品经营许可' }).first().click();
  await isSound(page, 'studio-flow');
  await opened(page);
  assert.match(await verdict(page).innerText(), /可以执行/);
  assert.equal(await page.locator('.bjs-powered-by').isVisible(), true, 'the library\'s sign stays visible');
  await isSound(page, 'studio-edit');
  // The properties of a step, in our words.
  await choose(page, 'receive');
  await page.locator('#studio-form', { hasText: '办理时限' }).waitFor();
  await isSound(page, 'studio-properties');
  // A line is taken away: the finding stands in the list and on the drawing.
  const line = await page.evaluate(() => [...document.querySelectorAll('.djs-connection')].map((one) => one.dataset.elementId).find((id) => /receive/.test(id)));
  await choose(page, line);
  await page.locator('#studio-canvas svg').first().focus();
  await page.keyboard.press('Delete');
  await page.locator('#studio-found .is-error').first().waitFor({ timeout: 60_000 });
  assert.ok(await page.locator('.djs-element.mj-error').count(), 'the finding is on the drawing');
  await page.locator('#studio-found .is-error button').first().click();
  await isSound(page, 'studio-broken');
  await page.locator('[data-do=undo]').click();
  await page.waitForFunction(() => /可以执行/.test(document.getElementById('studio-verdict').textContent), null, { timeout: 60_000 });
  // Stepping through to the end.
  await page.locator('[data-do=simulate]').click();
  for (let step = 0; step < 40; step += 1) {
    await page.locator('#studio-run-body .mj-studio__trace li').nth(step).waitFor();
    if (/流程办完了/.test(await page.locator('#studio-run-body').innerText())) break;
    if (step === 3) await isSound(page, 'studio-simulation');
    const before = await page.locator('#studio-run-body .mj-studio__trace li').count();
    await page.locator('#studio-run-body fieldset button').first().click();
    await page.waitForFunction((n) => document.querySelectorAll('#studio-run-body .mj-studio__trace li').length > n, before);
  }
  assert.match(await page.locator('#studio-run-body').innerText(), /流程办完了/);
  await page.locator('[data-do=simulate]').click();
  // A longer limit, saved as a draft.
  await choose(page, 'receive');
  await page.locator('#studio-form label', { hasText: '多少' }).first().waitFor();
  const amount = page.getByLabel('多少');
  await amount.fill('4');
  await amount.blur();
  await page.locator('[data-do=save]').click();
  await page.locator('#studio-said', { hasText: '草稿已保存' }).waitFor();
  await page.locator('#studio-compare').click();
  await page.locator('h1', { hasText: '两份流程图对照' }).waitFor();
  assert.match(await page.locator('main').innerText(), /办理时限：.*→ 4个工作日/);
  assert.match(await page.locator('main').innerText(), /修改 1 处/);
  await isSound(page, 'studio-compare');
});

test('two windows that save lose nothing', { timeout: 120_000 }, async () => {
  const one = await person({ account: clerk });
  const other = await one.context().newPage();
  await opened(one);
  await opened(other);
  for (const [page, name] of [[one, '甲窗的收件'], [other, '乙窗的收件']]) {
    await choose(page, 'receive');
    await page.getByLabel('名称').fill(name);
    await page.getByLabel('名称').blur();
    await page.locator('[data-do=save]').click();
    await page.locator('#studio-said', { hasText: /已保存|没有保存/ }).waitFor();
  }
  assert.match(await other.locator('#studio-crossed').innerText(), /甲窗的收件 → 乙窗的收件/);
  await isSound(other, 'studio-crossed');
  await other.locator('#studio-crossed button', { hasText: '替换' }).click();
  await other.locator('#studio-said', { hasText: '草稿已保存' }).waitFor();
  await one.goto(`/desk/flows/${item}/discard`);
  await one.locator('main form button').click();
  assert.match(await one.locator('body').innerText(), /草稿已经删除/);
});

test('opening and saving a flow changes nothing in it', { timeout: 300_000 }, async () => {
  const page = await person({ account: 'acc-demo-legal' });
  await page.goto('/desk/flows');
  const rows = await page.locator('main table').last().locator('tbody tr').evaluateAll((rows) =>
    rows.map((row) => [row.querySelector('code').textContent, row.querySelector('.govuk-hint').textContent.trim()]));
  const distinct = [...new Map(rows).values()];
  assert.ok(distinct.length > 0);
  for (const code of distinct) {
    await opened(page, code);
    await page.locator('[data-do=save]').click();
    await page.locator('#studio-said', { hasText: '草稿已保存' }).waitFor();
    await page.goto(await page.locator('#studio-compare').getAttribute('href'));
    assert.match(await page.locator('main').innerText(), /两份流程图的内容相同/, code);
    await page.goto(`/desk/flows/${code}/discard`);
    await page.locator('main form button').click();
  }
});

test('a call asks another body, never its own, and nobody by mistake', { timeout: 180_000 }, async () => {
  const page = await person({ account: 'acc-demo-legal' });
  const joint = '33030300WG-XK-0010';
  await opened(page, joint);
  assert.match(await verdict(page).innerText(), /可以执行/);
  await choose(page, 'ask_fire');
  const body = page.getByLabel('协办单位');
  await body.waitFor();
  assert.equal(await body.inputValue(), '33030300XF');
  assert.equal(await page.getByLabel('调用的流程').inputValue(), 'assisting_opinion');
  assert.equal(await body.locator('option[value="33030300WG"]').count(), 0, 'a body does not ask itself');
  await isSound(page, 'studio-call');
  // Asked nobody, the call has no time for it; undone, both are there again.
  await body.selectOption('');
  assert.equal(await page.getByLabel('多少').count(), 0);
  await page.locator('[data-do=undo]').click();
  assert.equal(await page.getByLabel('协办单位').inputValue(), '33030300XF');
  assert.equal(await page.getByLabel('多少').inputValue(), '16');
  await page.waitForFunction(() => /可以执行/.test(document.getElementById('studio-verdict').textContent), null, { timeout: 60_000 });
});

test('without scripts and on a phone there is the drawing, and heat', { timeout: 120_000 }, async () => {
  const plain = await person({ account: clerk, script: false });
  await plain.goto(`/desk/flows/${item}/edit`);
  assert.ok(await plain.locator('main svg.flow-chart').isVisible());
  await plain.goto(`/desk/flows/${item}/compare?from=v1&to=v1`);
  assert.match(await plain.locator('main').innerText(), /内容相同/);
  const phone = await person({ account: clerk, phone: true });
  await phone.goto(`/desk/flows/${item}/edit`);
  await phone.locator('#studio-verdict-small', { hasText: '可以执行' }).waitFor({ timeout: 60_000 });
  assert.match(await phone.locator('main').innerText(), /屏幕太窄/);
  await isSound(phone, 'studio-phone');
  for (const small of [false, true]) {
    const supervisor = await person({ account: 'acc-demo-supervisor', script: false, phone: small });
    await supervisor.goto(`/desk/heat/${item}`);
    assert.match(await supervisor.locator('main').innerText(), /图例/);
    const seen = await person({ account: 'acc-demo-supervisor', phone: small });
    for (const [name, path] of [['heats', '/desk/heat'], ['heat', `/desk/heat/${item}`], ['heat-days', `/desk/heat/${item}?by=days`]]) {
      await seen.goto(path);
      await isSound(seen, `studio-${name}-${small ? 'phone' : 'desk'}`);
    }
  }
  const stranger = await person({ account: 'acc-demo-clerk' });
  assert.equal((await stranger.goto('/desk/flows')).status(), 403);
});
