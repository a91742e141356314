// Procedures with a law of their own: a penalty on the spot, a coercive measure, the enforcement of a decision, a request for
// government information. Each is begun, acted, refused where the law says so, and read on the case page.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { closeBrowser, isSound, openBrowser, person } from './world.mjs';
import { act, fill, submit, today } from './steps.mjs';

before(openBrowser);
after(closeBrowser);

const officers = (...names) => Promise.all(names.map((name) => person({ account: `acc-demo-${name}` })));

const step = (page, number, task, answers, look) =>
  act(page, number, `take_step.${task}`, { opinion: '情况属实。', ...answers }, look);

const later = (days) => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' })
  .format(new Date(Date.now() + days * 86_400_000));

const party = {
  party_kind: 'individual', party_name: '赵六', party_document_no: '440524188001010014', party_phone: '13800000009',
  party_address: '演示路19号',
};

/** Begun by the body itself; its number. */
async function open(page, item, look) {
  await page.goto('/desk/openings');
  if (look) await isSound(page, `${look}-items`);
  await page.locator(`main a[href$="/desk/openings/${item}"]`).click();
  await fill(page, { found_on: today(), facts: '巡查时发现。', place: '演示路9号', ...party });
  if (look) await isSound(page, `${look}-opening`);
  await submit(page);
  await page.waitForURL(/\/desk\/cases\/330303-/);
  return page.url().match(/330303-[A-Z]+\d{8}-[0-9A-Z]{8}/)[0];
}

/** What is filled in comes back with the reason. */
async function refused(page, number, task, answers, words, look) {
  await page.goto(`/desk/cases/${number}/acts/take_step.${task}`);
  await fill(page, { opinion: '情况属实。', ...answers });
  await submit(page);
  if (await page.locator('main input[name=confirmed]').count()) await submit(page);
  assert.match(await page.locator('main').innerText(), words);
  if (look) await isSound(page, look);
}

test('a penalty on the spot, from the street to the closed file', { timeout: 240_000 }, async () => {
  const [handler, clerk, reviewer] = await officers('zj-handler', 'zj-clerk', 'zj-reviewer');
  const number = await open(handler, '33030300ZJ-CF-0002', 'spot');
  assert.match(number, /^330303-CFJ/);
  await isSound(handler, 'spot-begun');
  const two = ['acc-demo-zj-handler', 'acc-demo-zj-handler2'];
  await refused(handler, number, 'investigate', { outcome: 'minor', record: '拍照取证。', officers: two.slice(0, 1) },
    /不得少于两人/, 'spot-alone');
  await step(handler, number, 'investigate', { outcome: 'minor', record: '出示证件，拍照取证。', officers: two }, true);
  await refused(handler, number, 'notify', { outcome: 'notified', amount: '300', record: '拟罚款300元。' },
    /转普通程序/, 'spot-too-much');
  await step(handler, number, 'notify', { outcome: 'notified', amount: '100', record: '拟罚款100元，告知了权利。' });
  await step(handler, number, 'defence', { outcome: 'defended', record: '当事人说是第一次。' });
  await step(handler, number, 'check_defence', { outcome: 'checked', record: '已经从轻。' });
  await refused(handler, number, 'decide', { outcome: 'penalty', amount: '150', place: '演示路9号', record: '事实清楚。' },
    /不得因当事人陈述、申辩而给予更重的处罚/);
  await step(handler, number, 'decide', { outcome: 'penalty', amount: '100', place: '演示路9号', record: '事实清楚。' }, true);
  await step(handler, number, 'serve_decision', { outcome: 'served', record: '当事人拒绝签收，已在决定书上注明。' });
  await step(handler, number, 'file_decision', { outcome: 'filed', record: '备案登记第1号。' });
  await step(clerk, number, 'collect', { outcome: 'paid', amount: '100', record: '缴款凭证第1号。' });
  await step(reviewer, number, 'close', { outcome: 'close' });
  await isSound(reviewer, 'spot-closed');
  const text = await reviewer.locator('main').innerText();
  assert.match(text, /当场行政处罚决定书/);
  assert.match(text, /已办结/);
  assert.doesNotMatch(text, /行政许可/);
});

test('a coercive measure is taken, extended and lifted', { timeout: 240_000 }, async () => {
  const [handler, approver] = await officers('handler', 'approver');
  const number = await open(handler, '33030300SJ-QZ-0001', 'measure');
  assert.match(number, /^330303-QZ/);
  const two = ['acc-demo-handler', 'acc-demo-handler2'];
  await step(handler, number, 'report', { outcome: 'normal', record: '标签不符合规定。' });
  await step(approver, number, 'approve_measure', { outcome: 'approve' });
  await refused(handler, number, 'tell', { outcome: 'absent', officers: two, record: '当事人不在。' },
    /见证人/, 'measure-no-witness');
  await step(handler, number, 'tell', {
    outcome: 'absent', officers: two, witness: '社区工作人员（演示）', record: '当事人不到场，邀请见证人。',
  });
  await step(handler, number, 'seal', {
    outcome: 'sealed', officers: two, place: '演示路9号仓库', goods: '饼干：20箱\n糖果：3袋', record: '现场笔录，见证人签名。',
  }, true);
  await isSound(handler, 'measure-sealed');
  assert.match(await handler.locator('main').innerText(), /30/);
  await step(handler, number, 'serve_measure', { outcome: 'served', record: '留置清单一份。' });
  await step(handler, number, 'investigate', { outcome: 'extend', record: '产地不清。' });
  await step(approver, number, 'extend', { outcome: 'approve', record: '涉及多个产地，需要核查。' });
  await step(handler, number, 'investigate_extended', { outcome: 'lift', record: '检验合格。' });
  await step(approver, number, 'lift', { outcome: 'lifted', record: '第二十八条第一款第（一）项。' });
  await step(handler, number, 'return_goods', { outcome: 'returned', record: '全部退还，签收。' });
  await step(handler, number, 'close', { outcome: 'archived' });
  await isSound(handler, 'measure-closed');
  const text = await handler.locator('main').innerText();
  for (const paper of ['查封、扣押决定书', '延长查封、扣押期限决定书', '解除查封、扣押决定书']) {
    assert.ok(text.includes(paper), paper);
  }
});

test('an enforcement begins with the demand and waits for its period', { timeout: 240_000 }, async () => {
  const [handler] = await officers('hb-handler');
  const number = await open(handler, '33030300HB-QZ-0002', 'enforcement');
  await step(handler, number, 'demand', {
    outcome: 'made', told_day: later(15), manner: '自行拆除', record: '责令拆除决定第3号，期限已经届满。',
  }, true);
  await step(handler, number, 'serve_demand', { outcome: 'served', record: '直接送达。' });
  await isSound(handler, 'enforcement-waits');
  const text = await handler.locator('main').innerText();
  assert.match(text, /履行行政决定催告书/);
  // Nobody has a step before the ten working days are over.
  assert.equal(await handler.locator('main a[href*="take_step.defence"]').count(), 0);
});

test('a request for government information, from the hall to the answer', { timeout: 240_000 }, async () => {
  const citizen = await person({ account: 'acc-demo-citizen' });
  await citizen.goto('/items/33030300SJ-QT-0002');
  await isSound(citizen, 'disclosure-guide');
  await citizen.locator('main a', { hasText: '在线办理' }).first().click();
  await citizen.locator('main input[name=behalf]').first().check();
  await submit(citizen);
  const draft = new URL(citizen.url()).pathname.match(/\/my\/drafts\/[^/]+/)[0];
  await citizen.goto(`${draft}/party`);
  await fill(citizen, { phone: '13800000001', address: '演示路9号' });
  await submit(citizen);
  for (const [section, answers] of Object.entries({
    applicant: { applicant_name: '王明', contact_phone: '13800000001' },
    request: { information: '2025年食品抽检结果', description: '全年的批次和合格率。', wanted_form: '电子文本' },
  })) {
    await citizen.goto(`${draft}/form/${section}`);
    await fill(citizen, answers);
    await isSound(citizen, `disclosure-${section}`);
    await submit(citizen);
    assert.equal(await citizen.locator('.govuk-error-summary').count(), 0, section);
  }
  await citizen.goto(`${draft}/delivery`);
  await citizen.locator('main input[name=delivery]').first().check();
  await submit(citizen);
  await citizen.goto(`${draft}/check`);
  await citizen.locator('main input[name=promise]').check();
  await submit(citizen);
  const number = (await citizen.locator('main').innerText()).match(/330303-QT\d{8}-[0-9A-Z]{8}/)[0];

  const [clerk, handler, legal, reviewer, approver] = await officers(
    'clerk', 'handler', 'legal-reviewer', 'reviewer', 'approver');
  await step(clerk, number, 'register', { outcome: 'clear', record: '电话确认，内容明确。' }, true);
  await isSound(clerk, 'disclosure-registered');
  await step(handler, number, 'search', { outcome: 'found', record: '档案系统检索，有一份。' });
  await step(handler, number, 'assess', { outcome: 'own', record: '不涉及第三方。' });
  await step(legal, number, 'secrecy_review', { outcome: 'partly', reasons: '有一处商业秘密。' });
  await step(handler, number, 'draft', { outcome: 'drafted', record: '区分处理后提供。' });
  await step(reviewer, number, 'review', { outcome: 'agree' });
  await refused(approver, number, 'answer', { outcome: 'partly', record: '提供汇总表。' }, /说明理由/, 'disclosure-reasons');
  await step(approver, number, 'answer', { outcome: 'partly', record: '提供汇总表。', reasons: '工艺参数属于商业秘密。' }, true);
  await act(clerk, number, 'serve', { way: 'electronic', served_on: today() });
  await step(clerk, number, 'close', { outcome: 'archived' });
  await isSound(clerk, 'disclosure-closed');
  await citizen.goto(`/my/cases/${number}`);
  await isSound(citizen, 'disclosure-mine');
  assert.match(await citizen.locator('main').innerText(), /部分公开/);
  const phone = await person({ account: 'acc-demo-citizen', phone: true });
  await phone.goto(`/my/cases/${number}`);
  await isSound(phone, 'disclosure-mine-phone');
});

test('the city has lived each of them', { timeout: 120_000 }, async () => {
  const [handler] = await officers('zj-handler');
  await handler.goto('/desk/cases');
  assert.match(await handler.locator('main').innerText(), /随意倾倒/);
});
