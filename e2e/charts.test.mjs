// Matters that follow their charts: a confirmation, a levy, a permit with a hearing, a permit with parallel reviews.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { closeBrowser, isSound, openBrowser, person } from './world.mjs';
import { act, applyFor as apply, fill, submit, today } from './steps.mjs';

before(openBrowser);
after(closeBrowser);

const permit = {
  operator: { operator_name: '王明', contact_phone: '13800000001' },
  matter: { place: '演示路9号', content: '规模和时间见附件。' },
};

/** A task of the chart. */
const step = (page, number, task, answers, look) =>
  act(page, number, `take_step.${task}`, { opinion: '情况属实。', ...answers }, look);

/** A date `days` from today. */
const later = (days) => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' })
  .format(new Date(Date.now() + days * 86_400_000));

const officers = (...names) => Promise.all(names.map((name) => person({ account: `acc-demo-${name}` })));

test('a confirmation from the form to the served decision', { timeout: 240_000 }, async () => {
  const citizen = await person({ account: 'acc-demo-citizen' });
  const number = await apply(citizen, '33030300RS-QR-0001', {
    applicant: { applicant_name: '王明', contact_phone: '13800000001', relation: 'self' },
    injury: {
      worker_name: '王明', employer: '演示公司', injured_on: today(), place: '车间', injury: '左脚压伤。',
    },
  }, 'confirmation');
  assert.match(number, /^330303-QR/);
  const [clerk, handler, reviewer, approver] = await officers('rs-clerk', 'rs-handler', 'rs-reviewer', 'rs-approver');
  await clerk.goto(`/desk/cases/${number}`);
  await isSound(clerk, 'confirmation-received');
  await act(clerk, number, 'accept');
  await handler.goto('/desk');
  assert.match(await handler.locator('main').innerText(), /调查核实/);
  await step(handler, number, 'verify', { outcome: 'done', record: '向两名工人核实。' }, true);
  // Whoever verified does not review, and no other post has a button for it.
  await handler.goto(`/desk/cases/${number}`);
  assert.equal(await handler.locator('main a', { hasText: '审核' }).count(), 0);
  await step(reviewer, number, 'review', { outcome: 'agree' });
  await step(approver, number, 'decide', { outcome: 'confirm', record: '在工作时间和工作场所内，因工作原因受伤。' }, true);
  await act(clerk, number, 'serve', { way: 'electronic', served_on: today() });
  await act(clerk, number, 'complete', { case_summary: '认定工伤。', completion_status: '已送达' });
  await isSound(clerk, 'confirmation-done');
  await citizen.goto(`/my/cases/${number}`);
  await isSound(citizen, 'confirmation-mine');
  const text = await citizen.locator('main').innerText();
  assert.match(text, /已经作出决定：认定工伤/);
  assert.doesNotMatch(text, /行政许可/);
});

test('a permit with a hearing', { timeout: 240_000 }, async () => {
  const citizen = await person({ account: 'acc-demo-citizen' });
  const number = await apply(citizen, '33030300JT-XK-0002', permit);
  const [clerk, handler, legal] = await officers('jt-clerk', 'jt-handler', 'jt-release');
  await act(clerk, number, 'accept');
  await step(handler, number, 'tell_right', { outcome: 'told', record: '当面告知申请人和两家客运公司。' });
  await step(handler, number, 'await_request', { outcome: 'requested', record: '演示客运公司书面申请。' });
  // Seven working days before, or not at all (许可法 48).
  await legal.goto(`/desk/cases/${number}/acts/take_step.notify_hearing`);
  await fill(legal, { outcome: 'notified', told_day: later(3), place: '三楼会议室', host: 'acc-demo-jt-release' });
  await submit(legal);
  if (await legal.locator('main input[name=confirmed]').count()) await submit(legal);
  assert.match(await legal.locator('main').innerText(), /七日前/);
  await isSound(legal, 'hearing-too-soon');
  await step(legal, number, 'notify_hearing', {
    outcome: 'notified', told_day: later(20), place: '三楼会议室', host: 'acc-demo-jt-release',
  });
  await legal.goto(`/desk/cases/${number}`);
  await isSound(legal, 'hearing-called');
  // Also what stands folded: why the hearing cannot be recorded yet.
  const text = await legal.locator('main').textContent();
  assert.match(text, /听证定于/);
  assert.match(text, /暂停/);
  await citizen.goto('/my/inbox');
  assert.match(await citizen.locator('main').innerText(), /举行听证的通知/);
  await citizen.goto(`/my/cases/${number}`);
  await isSound(citizen, 'hearing-mine');
});

test('a permit with parallel reviews', { timeout: 240_000 }, async () => {
  const citizen = await person({ account: 'acc-demo-citizen' });
  const number = await apply(citizen, '33030300HB-XK-0002', permit);
  const [clerk, handler, legal] = await officers('hb-clerk', 'hb-handler', 'hb-release');
  await act(clerk, number, 'accept');
  await handler.goto(`/desk/cases/${number}`);
  await isSound(handler, 'parallel-open');
  await act(handler, number, 'examine', { stance: 'positive', opinion: '符合条件。' });
  await step(legal, number, 'legal_review', { outcome: 'agree' });
  const experts = await officers('hb-reviewer', 'hb-reviewer2', 'hb-reviewer3');
  for (const expert of experts) await step(expert, number, 'expert_review', {});
  await act(handler, number, 'record_site_check', {
    officers: ['acc-demo-hb-handler', 'acc-demo-hb-handler2'], place: '演示路9号', checked_on: today(),
    from_time: '00:01', to_time: '00:05', facts: '与申报一致。', conforms: 'yes',
  });
  await step(handler, number, 'summarise', { outcome: 'summarised' });
  await act(experts[0], number, 'review', { stance: 'positive', opinion: '同意。' });
  const heads = await officers('hb-approver', 'hb-approver2', 'hb-approver3');
  for (const head of heads) await step(head, number, 'discuss', {});
  await act(heads[0], number, 'decide', { result: 'grant', opinion: '准予许可。' });
  await isSound(heads[0], 'parallel-granted');
  assert.match(await heads[0].locator('main').innerText(), /准予许可/);
});

test('a levy, declared, decided, served, paid', { timeout: 240_000 }, async () => {
  const citizen = await person({ account: 'acc-demo-citizen' });
  const number = await apply(citizen, '33030300ZJ-ZS-0001', {
    payer: { payer_name: '王明', contact_phone: '13800000001' },
    base: { period: '第一季度', quantity: '1200立方米', content: '自备水源。' },
  });
  const [clerk, handler, reviewer, approver] = await officers('zj-clerk', 'zj-handler', 'zj-reviewer', 'zj-approver');
  await step(clerk, number, 'register', { outcome: 'complete', record: '齐全。' });
  await step(handler, number, 'verify', { outcome: 'levy', amount: '1680', record: '1200立方米，每立方米1.40元。' });
  await step(reviewer, number, 'review', { outcome: 'agree' });
  await step(approver, number, 'decide', {
    outcome: 'levy', amount: '1680', told_day: later(20), record: '水量与计量表一致。',
  }, true);
  await act(clerk, number, 'serve', { way: 'electronic', served_on: today() });
  await step(clerk, number, 'collect', { outcome: 'paid', amount: '1680', record: '缴款凭证第1号。' });
  await step(handler, number, 'close', { outcome: 'archived' });
  await isSound(handler, 'levy-closed');
  await citizen.goto(`/my/cases/${number}`);
  await isSound(citizen, 'levy-mine');
  assert.match(await citizen.locator('main').innerText(), /征收/);
});
