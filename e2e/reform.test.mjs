// A change of the catalogue: drafted by the body, returned once with reasons, filed again, confirmed; then the guide says
// what was confirmed and everyone reads the announcement.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { closeBrowser, isSound, openBrowser, person } from './world.mjs';
import { fill, submit, today } from './steps.mjs';

before(openBrowser);
after(closeBrowser);

const item = '33030300SJ-QR-0002';
const trigger = { document: '政务服务中心搬迁通知（演示）', trigger_on: today(), reasons: '办事窗口搬到新的地点。' };

const holds = { competence: 'yes', procedure: 'yes', reasonable: 'yes', convenient: 'yes' };

test('a body changes an item, the legal office reviews it, and everyone reads it', { timeout: 240_000 }, async () => {
  const clerk = await person({ account: 'acc-demo-legal-reviewer' });
  await clerk.goto('/desk/changes');
  await isSound(clerk, 'changes-list');
  await clerk.locator('main a', { hasText: '申报一次调整' }).click();
  await isSound(clerk, 'changes-kind');
  await fill(clerk, { kind: 'change', item });
  await submit(clerk);
  await clerk.locator('main select[name=trigger]').selectOption('functions');
  const bases = await clerk.locator('main [name=legal_bases]').inputValue();
  await fill(clerk, { ...trigger, legal_bases: '' });
  await isSound(clerk, 'changes-draft');
  await submit(clerk);
  assert.match(await clerk.locator('.govuk-error-summary').innerText(), /没有行使依据/, 'what could not be entered is not filed');
  await isSound(clerk, 'changes-draft-refused');
  assert.equal(await clerk.locator('main [name=document]').inputValue(), trigger.document, 'nothing typed is lost');
  await fill(clerk, { legal_bases: bases, place: '龙湾区演示路99号' });
  await submit(clerk);
  assert.match(await clerk.locator('main').innerText(), /审核中/);
  assert.match(await clerk.locator('main table').innerText(), /演示路99号/);
  await isSound(clerk, 'changes-filed');
  const change = new URL(clerk.url()).pathname;

  const office = await person({ account: 'acc-demo-legal' });
  await office.goto('/desk/changes');
  await office.goto(change);
  await isSound(office, 'changes-review');
  await fill(office, { ...holds, convenient: 'no', answer: 'return', text: '请补充到达方式。' });
  await submit(office);
  assert.match(await office.locator('.govuk-error-summary').innerText(), /哪里不符合/);
  await fill(office, { convenient_remark: '没有写乘车路线' });
  await submit(office);
  assert.match(await office.locator('main').innerText(), /退回修改：请补充到达方式/);

  await clerk.goto(change);
  assert.match(await clerk.locator('main').innerText(), /没有写乘车路线/);
  await clerk.locator('main a', { hasText: '修改后再申报' }).click();
  await fill(clerk, { place: '龙湾区演示路99号，乘5路到演示站' });
  await submit(clerk);
  const guide = await person();
  await guide.goto(`/items/${item}`);
  assert.doesNotMatch(await guide.locator('main').innerText(), /演示路99号/, 'nothing unconfirmed is shown');

  await office.goto(change);
  await fill(office, { ...holds, answer: 'confirm', document_no: '龙司演〔2026〕33号' });
  await submit(office);
  assert.match(await office.locator('main').innerText(), /已确认/);
  await isSound(office, 'changes-confirmed');
  await office.locator('main a', { hasText: '书面答复' }).click();
  assert.match(await office.locator('main').innerText(), /龙司演〔2026〕33号/);
  await isSound(office, 'changes-reply');

  await guide.goto(`/items/${item}`);
  assert.match(await guide.locator('main').innerText(), /乘5路到演示站/);
  await guide.goto('/announcements');
  assert.match(await guide.locator('main').innerText(), /龙司演〔2026〕33号/);
  await isSound(guide, 'announcements');
});

test('on a phone, and for who has no part in it', { timeout: 120_000 }, async () => {
  const phone = await person({ account: 'acc-demo-legal', phone: true });
  await phone.goto('/desk/changes');
  await isSound(phone, 'changes-list-phone');
  await phone.locator('main table a').first().click();
  await isSound(phone, 'changes-review-phone');
  const clerk = await person({ account: 'acc-demo-clerk' });
  assert.equal((await clerk.goto('/desk/changes')).status(), 403);
  const other = await person({ account: 'acc-demo-jt-release' });
  await other.goto('/desk/changes');
  const own = await other.locator('main').innerText();
  assert.doesNotMatch(own, /市场监督管理局/, 'a body sees its own changes');
  await phone.goto('/desk/changes');
  const foreign = await phone.locator('main tr', { hasText: '市场监督管理局' }).first().locator('a').getAttribute('href');
  assert.equal((await other.goto(foreign)).status(), 404);
});
