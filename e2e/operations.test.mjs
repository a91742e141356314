// Whose turn it is, in a permit: heard beside the step, urged, delegated, returned, copied; each with who and why.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { closeBrowser, isSound, openBrowser, person } from './world.mjs';
import { act, apply, siteCheck, today } from './steps.mjs';

before(openBrowser);
after(closeBrowser);

const words = (page) => page.locator('main').innerText();
const later = (days) => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' })
  .format(new Date(Date.now() + days * 86_400_000));

test('a permit is countersigned, urged, delegated, returned, and goes on', { timeout: 300_000 }, async () => {
  const citizen = await person({ account: 'acc-demo-citizen' });
  const { number } = await apply(citizen);
  const officer = (name) => person({ account: `acc-demo-${name}` });
  const clerk = await officer('clerk');
  await act(clerk, number, 'accept');
  const handler = await officer('handler');
  await siteCheck(handler, number);

  // 会签意见: the legal reviewer is heard before the handler examines.
  await act(handler, number, 'add_signers', { officers: ['acc-demo-release'], when: 'before', reasons: '涉及新业态，听取法制意见。' }, true);
  const legal = await officer('release');
  await legal.goto('/desk');
  assert.match(await words(legal), new RegExp(number));
  await act(legal, number, 'sign_step', { stance: 'positive', opinion: '程序合法。' });
  await act(handler, number, 'examine', { stance: 'positive', opinion: '符合条件。' });

  // 催办: seen by whoever has it, and no limit moves.
  const head = await officer('approver');
  await head.goto(`/desk/cases/${number}`);
  const limits = await head.locator('section[aria-labelledby="clocks-title"]').innerText();
  await act(head, number, 'urge_step', { reasons: '承诺期限将到。' }, true);
  await head.goto(`/desk/cases/${number}`);
  assert.equal(await head.locator('section[aria-labelledby="clocks-title"]').innerText(), limits);
  const reviewer = await officer('reviewer');
  await reviewer.goto('/desk');
  assert.match(await words(reviewer), /已催办1次/);
  await isSound(reviewer, 'worklist-urged');

  // 抄送: for information; read, and nothing to do for it.
  await act(reviewer, number, 'copy_step', { roles: ['legal_reviewer'], reasons: '供了解。' });
  await legal.goto('/desk');
  await legal.locator('main a', { hasText: `阅悉 ${number}` }).click();
  await isSound(legal, 'copy-read');
  await act(legal, number, 'note_copy');

  // 委托: a colleague of the same post does it; nobody else does meanwhile.
  await act(reviewer, number, 'delegate_step', { to: 'acc-demo-inspection-chief', until: later(3), reasons: '外出培训。' }, true);
  await reviewer.goto(`/desk/cases/${number}/acts/review`);
  assert.match(await words(reviewer), /已经转交其他人员/);
  const chief = await officer('inspection-chief');
  await chief.goto(`/desk/cases/${number}`);
  assert.match(await words(chief), /委托叶欣办理/);
  await isSound(chief, 'permit-delegated');
  await act(chief, number, 'review', { stance: 'positive', opinion: '同意。' });

  // 退回: back to the examination, not behind what the applicant was told.
  await head.goto(`/desk/cases/${number}/acts/return_step`);
  assert.equal(await head.locator('main input[name=to][value=receive]').count(), 0);
  await act(head, number, 'return_step', { to: 'examine', reasons: '补充说明从业人员健康证。' }, true);
  await handler.goto(`/desk/cases/${number}`);
  assert.match(await words(handler), /补充说明从业人员健康证/);
  assert.equal(await handler.locator('svg .is-returned').count() > 0, true);
  await isSound(handler, 'permit-returned');
  await act(handler, number, 'examine', { stance: 'positive', opinion: '健康证齐全。' });
  await act(reviewer, number, 'review', { stance: 'positive', opinion: '同意。' });
  await act(head, number, 'decide', { result: 'grant', opinion: '准予。' });

  // Inside the house: the applicant reads none of it.
  await citizen.goto(`/my/cases/${number}`);
  assert.doesNotMatch(await words(citizen), /催办|委托|加签|抄送|退回/);
});

test('rules decide in a confirmation, and say why', { timeout: 240_000 }, async () => {
  const legal = await person({ account: 'acc-demo-rs-clerk' });
  await legal.goto('/desk/cases?procedure=matter');
  await legal.locator('main tbody a').first().click();
  await isSound(legal, 'rules-decided');
  const text = await words(legal);
  assert.match(text, /规则怎样得出结果/);
  assert.match(text, /确定办理时限：(简易|一般)/);
  assert.match(text, /所在单位有无争议/);
});
