// A citizen takes the receipts of their case and verifies them: in the browser, offline, with a paper, and altered.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { base, closeBrowser, isSound, openBrowser, person } from './world.mjs';

before(openBrowser);
after(closeBrowser);

async function saved(page, press) {
  const [download] = await Promise.all([page.waitForEvent('download'), press()]);
  return { name: download.suggestedFilename(), buffer: readFileSync(await download.path()) };
}

const file = ({ name, buffer }) => ({ name, mimeType: 'application/octet-stream', buffer });

async function verdict(page, ...files) {
  await page.locator('#files').setInputFiles([]);
  await page.locator('#files').setInputFiles(files.map(file));
  await page.locator('#said').waitFor();
  return page.locator('#result').innerText();
}

/** The mark that stands on a paper, from the id in the opening of the act that made it. */
function markOf({ buffer }) {
  const field = JSON.parse(buffer).fields.find(({ name }) => name === 'payload.paper_id');
  const hash = createHash('sha256').update(`mingjing/paper-code/v1\0${JSON.parse(field.value)}`).digest();
  const text = [...hash.subarray(0, 16)].map((byte) => '0123456789ABCDEFGHJKMNPQRSTVWXYZ'[byte & 31]).join('');
  return text.match(/.{4}/g).join('-');
}

/** A case of the owner that has a paper to read. */
async function withPaper(owner) {
  for (const tab of ['done', 'open']) {
    await owner.goto(`/my?tab=${tab}`);
    const links = await owner.locator('main a[href^="/my/cases/"]').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
    for (const link of new Set(links.filter((one) => /^\/my\/cases\/[^/]+$/.test(one)))) {
      await owner.goto(link);
      if (await owner.locator('main a[href*="/papers/"]').count()) return link;
    }
  }
  return assert.fail('no case of the owner has a paper');
}

test('a receipt is taken from the case and verified without the server', { timeout: 240_000 }, async () => {
  const owner = await person({ account: 'acc-demo-owner' });
  const link = await withPaper(owner);
  const paper = await saved(owner, () => owner.locator('main a[href*="/papers/"]').first().click());
  await owner.getByText('取得存证凭证').click();
  await isSound(owner, 'receipts');
  const card = (name) => owner.locator('section.mj-card', { hasText: name });
  const whole = await saved(owner, () => card('收到申请').first().getByRole('link', { name: /下载凭证/ }).click());
  assert.match(whole.name, /opening\.json$/);
  await card('收到申请').first().locator('summary').click();
  await card('收到申请').first().getByLabel('法定日期').check();
  const dated = await saved(owner, () => card('收到申请').first().getByRole('button', { name: /选定内容/ }).click());
  assert.deepEqual(JSON.parse(dated.buffer).fields.map((field) => field.name), ['happened_on']);
  const papers = [];
  for (const one of await card('文书制成').all()) papers.push(await saved(owner, () => one.getByRole('link', { name: /下载凭证/ }).click()));
  const stranger = await person({ account: 'acc-demo-citizen' });
  assert.equal((await stranger.goto(`${link}/receipts`)).status(), 404);
  assert.equal((await stranger.goto(`${link}/receipts/1`)).status(), 404);

  for (const phone of [false, true]) {
    const visitor = await person({ phone });
    await visitor.goto('/verify');
    await isSound(visitor, `verify-${phone ? 'phone' : 'desk'}`);
    await visitor.context().setOffline(true);
    assert.match(await verdict(visitor, whole), /核对通过/);
    assert.match(await visitor.locator('#result').innerText(), /行政许可/);
    await isSound(visitor, `verified-${phone ? 'phone' : 'desk'}`);
    const shown = await verdict(visitor, dated);
    assert.match(shown, /法定日期/);
    assert.doesNotMatch(shown, /申请表/);
    const altered = { ...dated, buffer: Buffer.from(dated.buffer.toString().replace('"value":"20', '"value":"21')) };
    assert.match(await verdict(visitor, altered), /没有通过核对[\s\S]*unproven\.commitment/);
    await isSound(visitor, `refused-${phone ? 'phone' : 'desk'}`);
    const matching = [];
    for (const one of papers) matching.push(/就是当时封存的那一份/.test(await verdict(visitor, one, paper)));
    assert.equal(matching.filter(Boolean).length, 1, 'the paper fits its own receipt and no other');
    const own = papers[matching.indexOf(true)];
    const forged = { ...paper, buffer: Buffer.concat([paper.buffer, Buffer.from(' ')]) };
    assert.match(await verdict(visitor, own, forged), /不是当时封存的那一份/);
    assert.match(await verdict(visitor, paper), /现在没有联网/);
    await visitor.context().setOffline(false);
    assert.match(await verdict(visitor, forged), /没有封存过这样的文件/);
    await isSound(visitor, `paper-refused-${phone ? 'phone' : 'desk'}`);
    assert.match(await verdict(visitor, paper), /是原件，没有被改动[\s\S]*文号/);
    await isSound(visitor, `paper-alone-${phone ? 'phone' : 'desk'}`);
    const kept = await saved(visitor, () => visitor.getByRole('link', { name: '保存封存证明' }).click());
    await visitor.context().setOffline(true);
    assert.match(await verdict(visitor, paper, kept), /是原件，没有被改动/);
    assert.match(await verdict(visitor, forged, kept), /不是当时封存的那一份/);
    const lying = { ...kept, buffer: Buffer.from(kept.buffer.toString().replace('paper_rendered', 'paper_rendereD')) };
    assert.match(await verdict(visitor, paper, lying), /没有通过核对[\s\S]*unproven\.commitment/);
    await visitor.context().setOffline(false);
    const code = markOf(own);
    await visitor.goto('/');
    await visitor.goto(`/verify#${code}`);
    await visitor.locator('#said').waitFor();
    assert.match(await visitor.locator('#result').innerText(), /文书确实封存过[\s\S]*不能证明纸上的每个字/);
    await isSound(visitor, `paper-mark-${phone ? 'phone' : 'desk'}`);
    await visitor.locator('#code').fill('0000 0000 0000 0000');
    await visitor.getByRole('button', { name: '查核验码' }).click();
    await visitor.getByText('没有这个核验码的文书').waitFor();
  }
});

test('the log is there for everybody, and the page says what to do without scripts', { timeout: 60_000 }, async () => {
  const year = new Date(Date.now() + 8 * 3600_000).getUTCFullYear();
  const checkpoint = await fetch(`${base}/ledger/${year}/checkpoint`);
  assert.equal(checkpoint.status, 200);
  assert.match(checkpoint.headers.get('cache-control'), /max-age=2/);
  assert.match(await checkpoint.text(), /^127\.0\.0\.1\/330303\//);
  const plain = await person({ script: false });
  await plain.goto('/verify');
  assert.match(await plain.locator('main').innerText(), /mingjing ledger verify/);
  await isSoundWithoutScript(plain);
});

test('officials take receipts of the cases that they may see', { timeout: 60_000 }, async () => {
  const official = await person({ account: 'acc-demo-handler' });
  await official.goto('/desk/cases');
  const link = await official.locator('main a[href^="/desk/cases/"]').first().getAttribute('href');
  await official.goto(link);
  await official.locator('main').getByRole('link', { name: '存证凭证' }).click();
  await isSound(official, 'office-receipts');
  const first = await saved(official, () => official.getByRole('link', { name: /下载凭证/ }).first().click());
  assert.equal(JSON.parse(first.buffer).v, 1);
});

test('who looked at a case is told to whoever supervises, and to nobody else', { timeout: 60_000 }, async () => {
  const official = await person({ account: 'acc-demo-handler' });
  await official.goto('/desk/cases');
  const link = await official.locator('main a[href^="/desk/cases/"]').first().getAttribute('href');
  await official.goto(link);
  const number = link.split('/').pop().split('?')[0];
  assert.equal((await official.goto(`/desk/ledger/reads?number=${number}`)).status(), 403);
  for (const phone of [false, true]) {
    const auditor = await person({ account: 'acc-demo-audit', phone });
    await auditor.goto('/desk/ledger/reads');
    await auditor.getByLabel('办件编号').fill(number);
    const asked = () => auditor.getByRole('button', { name: '查询', exact: true }).click();
    await asked();
    // Looks are kept each second.
    for (let tries = 0; tries < 10 && !(await auditor.getByRole('cell', { name: '办件页面' }).count()); tries += 1) {
      await auditor.waitForTimeout(500);
      await asked();
    }
    assert.ok(await auditor.getByRole('cell', { name: '办件页面' }).count());
    await isSound(auditor, `reads-${phone ? 'phone' : 'desk'}`);
  }
});

/** axe needs scripts; without them only the frame is looked at. */
async function isSoundWithoutScript(page) {
  assert.equal(await page.locator('h1').count(), 1);
  assert.equal(await page.locator('#verify').isVisible(), false);
}
