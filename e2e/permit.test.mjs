// The permit from all sides, against the real binary.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { closeBrowser, isSound, openBrowser, person } from './world.mjs';
import { act, apply, fill, item, sample, siteCheck, submit, today } from './steps.mjs';

before(openBrowser);
after(closeBrowser);

test('online, granted, served electronically, published', { timeout: 240_000 }, async () => {
  const citizen = await person({ account: 'acc-demo-citizen' });
  const { number, secret } = await apply(citizen, true);

  const clerk = await person({ account: 'acc-demo-clerk' });
  await isSound(clerk, 'worklist');
  await clerk.goto(`/desk/cases/${number}`);
  await isSound(clerk, 'case-received');
  await act(clerk, number, 'accept', {}, true);
  const handler = await person({ account: 'acc-demo-handler' });
  await siteCheck(handler, number, true);
  await act(handler, number, 'examine', { stance: 'positive', opinion: '材料齐全，现场符合要求。' }, true);
  const reviewer = await person({ account: 'acc-demo-reviewer' });
  await act(reviewer, number, 'review', { stance: 'positive', opinion: '同意。' });
  const approver = await person({ account: 'acc-demo-approver' });
  await act(approver, number, 'decide', { result: 'grant', opinion: '准予许可。' }, true);
  await act(clerk, number, 'issue', { certificate_no: 'JY23303030009999' });
  await act(clerk, number, 'serve', { way: 'electronic', served_on: today() });
  await act(clerk, number, 'complete', { case_summary: '食品经营许可，准予。', completion_status: '已办结' });
  const release = await person({ account: 'acc-demo-release' });
  await act(release, number, 'release_review', { result: 'publish', opinion: '个人信息已隐去。' }, true);
  await isSound(release, 'case-published');

  await citizen.goto('/my/inbox');
  await isSound(citizen, 'inbox');
  await citizen.goto(`/my/cases/${number}`);
  await isSound(citizen, 'my-case');
  const paper = citizen.locator(`a[href*="/my/cases/${number}/papers/"]`).first();
  await paper.waitFor({ timeout: 1_000 }).catch(() => {});
  for (let tries = 0; tries < 20 && !(await paper.count()); tries += 1) {
    await citizen.waitForTimeout(1_000);
    await citizen.reload();
  }
  const answer = await citizen.request.get(await paper.getAttribute('href'));
  assert.equal(answer.status(), 200);
  assert.equal((await answer.body()).subarray(0, 5).toString(), '%PDF-');
  assert.match(answer.headers()['content-disposition'], /^attachment/);

  const visitor = await person();
  await visitor.goto(`/public/${number}`);
  await isSound(visitor, 'public-record');
  const shown = await visitor.locator('main').innerText();
  assert.match(shown, /王某/);
  assert.doesNotMatch(shown, /王明|13800000001|33030319900101001X/);
  await visitor.goto('/public');
  await isSound(visitor, 'public-list');
  await visitor.goto('/progress');
  await isSound(visitor, 'progress-ask');
  await fill(visitor, { number, password: secret });
  await submit(visitor);
  await isSound(visitor, 'progress');
  assert.match(await visitor.locator('main').innerText(), /准予/);
});

test('supplement asked once, supplied, denied with reasons and remedies', { timeout: 180_000 }, async () => {
  const citizen = await person({ account: 'acc-demo-citizen' });
  const { number } = await apply(citizen);
  const clerk = await person({ account: 'acc-demo-clerk' });
  await act(clerk, number, 'ask_supplement', { supplements: '经营场所和布局的说明：请补充标明水池位置的平面图。' }, true);
  await citizen.goto(`/my/cases/${number}/supply`);
  await isSound(citizen, 'supply');
  await citizen.locator('main input[type=file]').first().setInputFiles(sample);
  await submit(citizen);
  assert.equal(await citizen.locator('.govuk-error-summary').count(), 0);
  await act(clerk, number, 'accept');
  const handler = await person({ account: 'acc-demo-handler' });
  await siteCheck(handler, number);
  // A negative opinion without reasons is not taken (R69).
  await handler.goto(`/desk/cases/${number}/acts/examine`);
  await fill(handler, { stance: 'negative', opinion: '建议不予。' });
  await submit(handler);
  if (await handler.locator('main input[name=confirmed]').count()) await submit(handler);
  assert.match(await handler.locator('main').innerText(), /理由/);
  const reasons = '操作间与卫生间相通，不符合食品安全法第三十三条。';
  await act(handler, number, 'examine', { stance: 'negative', opinion: '建议不予。', reasons });
  const reviewer = await person({ account: 'acc-demo-reviewer' });
  await act(reviewer, number, 'review', { stance: 'positive', opinion: '同意不予。' });
  const approver = await person({ account: 'acc-demo-approver' });
  await act(approver, number, 'decide', { result: 'deny', opinion: '不予许可。', reasons });
  await act(clerk, number, 'serve', { way: 'electronic', served_on: today() });
  await citizen.goto(`/my/cases/${number}`);
  const text = await citizen.locator('main').innerText();
  assert.match(text, /不予许可/);
  assert.match(text, /行政复议/);
  await isSound(citizen, 'denied');
});

test('withdrawn by the applicant before the decision', { timeout: 120_000 }, async () => {
  const citizen = await person({ account: 'acc-demo-citizen', phone: true });
  const { number } = await apply(citizen);
  await citizen.goto(`/my/cases/${number}/withdraw`);
  await isSound(citizen, 'withdraw-phone');
  await submit(citizen);
  await submit(citizen);
  await citizen.goto(`/my/cases/${number}`);
  assert.match(await citizen.locator('main').innerText(), /撤回/);
  const clerk = await person({ account: 'acc-demo-clerk' });
  await clerk.goto(`/desk/cases/${number}/acts/accept`);
  assert.doesNotMatch(new URL(clerk.url()).pathname + (await clerk.title()), /确认受理/);
});

test('taken in at the counter, not this body, told in writing', { timeout: 120_000 }, async () => {
  const clerk = await person({ account: 'acc-demo-clerk' });
  await clerk.goto(`/desk/intake/${item}`);
  await isSound(clerk, 'intake');
  await clerk.locator('main input[name=channel]').first().check();
  await fill(clerk, {
    received_on: today(), party_kind: 'individual', party_name: '赵刚', party_document_no: '321100199912310135',
    party_phone: '13800000003', party_address: '瑞安市演示路1号',
  });
  await clerk.locator('main select[name=document]').selectOption({ index: 1 });
  await submit(clerk);
  const number = (await clerk.locator('main').innerText()).match(/330303-\d{8}-[0-9A-Z]{8}/)?.[0];
  assert.ok(number, `no case number: ${await clerk.locator('main').innerText()}`);
  await isSound(clerk, 'intake-done');
  await act(clerk, number, 'refuse_acceptance', {
    ground: 'not_this_body', competent_body: '瑞安市市场监督管理局', reasons: '经营场所在瑞安市，不属于本机关管辖。',
  }, true);
  await clerk.goto(`/desk/cases/${number}`);
  assert.match(await clerk.locator('main').innerText(), /不予受理/);
});
