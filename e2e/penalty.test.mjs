// A penalty from all sides, against the real binary: a fine with defence, and no penalty.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { closeBrowser, isSound, openBrowser, person } from './world.mjs';
import { evidence, investigators, open, owner, register } from './penalty-steps.mjs';
import { act, fill, sample, submit, today } from './steps.mjs';

before(openBrowser);
after(closeBrowser);

const words = (page) => page.locator('main').innerText();

test('a fine: told, defended, reviewed, decided, served, paid, closed, published', { timeout: 420_000 }, async () => {
  const first = await person({ account: investigators[0] });
  const number = await register(first, true);
  const visitor = await person();
  await visitor.goto('/public/penalties');
  assert.doesNotMatch(await words(visitor), new RegExp(number));
  const { officer, chief, head } = await open(number, owner, true);

  // The party knows who investigates, and may ask that one of them keeps away (43).
  const asking = await person({ account: 'acc-demo-owner' });
  await asking.goto(`/my/cases/${number}`);
  await asking.locator('main a', { hasText: '申请回避' }).click();
  await isSound(asking, 'my-recusal');
  await submit(asking);
  assert.ok(await asking.locator('.govuk-error-summary').count(), 'nobody is named, no reason is given');
  await fill(asking, { officer: investigators[1], reasons: '该人员与竞争对手是亲属。' });
  await submit(asking);
  await asking.waitForURL(new RegExp(`/my/cases/${number}$`));
  assert.match(await words(asking), /等待行政机关负责人决定/);
  await head.goto(`/desk/cases/${number}/acts/decide_recusal`);
  const request = await head.locator('main input[name=request_id]').first().getAttribute('value');
  await act(head, number, 'decide_recusal', { request_id: request, granted: 'no', reasons: '经核实不是亲属。' }, true);
  await asking.goto(`/my/cases/${number}`);
  await isSound(asking, 'my-penalty-open');
  assert.match(await words(asking), /决定不予回避/);

  // Nobody but the investigators of the case takes evidence; the button says why.
  await evidence(officer, number, true);
  await officer.goto(`/desk/cases/${number}`);
  await isSound(officer, 'penalty-investigating');
  assert.match(await words(officer), /[0-9a-f]{64}/);
  await officer.goto(`/desk/cases/${number}/discretion`);
  await fill(officer, { factor_1: '500', factor_3: '1' });
  await officer.locator('main select[name=factor_2]').selectOption('缺少多项内容');
  await officer.locator('main select[name=factor_4]').selectOption('只停止销售');
  await submit(officer);
  await isSound(officer, 'discretion');
  assert.match(await words(officer), /12500元/);

  await officer.goto(`/desk/cases/${number}/acts/end_investigation`);
  await isSound(officer, 'act-end_investigation');
  await officer.locator('main input[name=evidence]').first().check();
  await fill(officer, {
    facts: '当事人经营的12盒饼干标签缺少生产者和成分表，货值500元。', violated: '食品安全法第六十七条第一款',
    mind: 'sound', factor_1: '500', factor_2: '缺少多项内容', factor_3: '1', factor_4: '只停止销售',
    outcome: 'penalty', fine: '12500', reasons: '违法事实清楚，按裁量基准处罚。', correction: 'at_once',
    opinion: '建议罚款12500元。',
  });
  await submit(officer);
  assert.equal(await officer.locator('.govuk-error-summary').count(), 0, await words(officer));
  await isSound(officer, 'act-end_investigation-confirm');
  await submit(officer);
  await officer.waitForURL(new RegExp(`/desk/cases/${number}$`));
  await act(chief, number, 'review_proposal', { stance: 'positive', opinion: '同意。' });
  await act(officer, number, 'notify', { contact: '方磊', phone: '0577-00001111' }, true);
  await act(officer, number, 'serve_notice', {
    way: 'personal', served_on: today(), recipient: '李琴', relation: '法定代表人', signed: 'yes', place: '演示路8号',
  }, true);

  const party = await person({ account: 'acc-demo-owner' });
  await party.goto('/my?tab=open');
  assert.match(await words(party), new RegExp(number));
  await party.goto(`/my/cases/${number}`);
  await isSound(party, 'my-penalty-told');
  const told = await words(party);
  for (const said of [/12500元/, /法定幅度/, /5000元至50000元/, /食品安全法第六十七条/, /陈述、申辩/]) assert.match(told, said);
  await party.goto(`/my/cases/${number}/defend`);
  await isSound(party, 'my-defend');
  await fill(party, { points: '数量很少，请求从轻。' });
  await party.locator('main input[type=file]').setInputFiles(sample);
  await submit(party);
  await party.waitForURL(new RegExp(`/my/cases/${number}$`));

  await act(chief, number, 'check_defence', {
    adopted_1: 'no', reply_1: '货值已在裁量时考虑，没有从轻的法定情节。', opinion: '维持拟处罚数额。',
  }, true);
  const legal = await person({ account: 'acc-demo-legal-reviewer' });
  await act(legal, number, 'legal_review', {
    passed: 'yes', qualified: 'legal_profession', qualification: 'A20183303000001', opinion: '职权、事实、依据、程序、裁量无误。',
  }, true);
  await act(head, number, 'decide', { outcome: 'penalty', fine: '12500', opinion: '同意处罚。' }, true);
  await act(officer, number, 'serve_decision', {
    way: 'personal', served_on: today(), recipient: '李琴', relation: '法定代表人', signed: 'yes', place: '演示路8号',
  });
  await party.goto(`/my/cases/${number}`);
  await isSound(party, 'my-penalty-fined');
  assert.match(await words(party), /尚欠|还应缴/);
  const cashier = await person({ account: 'acc-demo-cashier' });
  await act(cashier, number, 'record_payment', {
    receipt_no: `R-${number}`, amount: '12500', paid_on: today(), channel: 'bank',
  }, true);
  await act(officer, number, 'propose_closing', {
    summary: '经营标签不合格食品，罚款12500元。', result: '罚款已缴清。', opinion: '建议结案。',
  });
  await act(head, number, 'approve_closing', { stance: 'positive', opinion: '同意结案。' });
  const release = await person({ account: 'acc-demo-release' });
  await act(release, number, 'review_release', { result: 'publish', opinion: '已核对遮盖后的内容。' }, true);

  await officer.goto(`/desk/cases/${number}`);
  await isSound(officer, 'penalty-closed');
  await visitor.goto(`/public/${number}`);
  await isSound(visitor, 'public-penalty');
  const shown = await words(visitor);
  assert.match(shown, /罚款12500元/);
  assert.doesNotMatch(shown, /13800000002|李琴/);
  await visitor.goto('/public/penalties');
  await isSound(visitor, 'public-penalties');
  assert.match(await words(visitor), /已结案/);
  const phone = await person({ account: 'acc-demo-owner', phone: true });
  await phone.goto(`/my/cases/${number}`);
  await isSound(phone, 'my-penalty-phone');
});

test('slight and corrected: no penalty, taught instead', { timeout: 240_000 }, async () => {
  const first = await person({ account: investigators[0] });
  const number = await register(first);
  const { officer, chief, head } = await open(number, {
    party_kind: 'individual', party_name: '王明', party_document_no: '33030319900101001X', party_account: 'acc-demo-citizen',
    party_phone: '13800000001', party_address: '温州市龙湾区永中街道演示路1号',
  });
  await evidence(officer, number);
  await officer.goto(`/desk/cases/${number}/acts/end_investigation`);
  await officer.locator('main input[name=evidence]').first().check();
  await fill(officer, {
    facts: '2盒饼干缺少成分表，尚未售出，当场下架。', violated: '食品安全法第六十七条第一款', mind: 'sound',
    outcome: 'no_penalty', no_penalty_ground: 'slight_and_corrected', education: '进货时应当查验标签。',
    reasons: '违法行为轻微并及时改正，没有造成危害后果。', correction: 'already_done', corrected_how: '已经下架。',
    opinion: '建议不予处罚。',
  });
  await submit(officer);
  assert.equal(await officer.locator('.govuk-error-summary').count(), 0, await words(officer));
  await submit(officer);
  await officer.waitForURL(new RegExp(`/desk/cases/${number}$`));
  // Before a decision the public sees a state and no name.
  const visitor = await person();
  await visitor.goto('/public/penalties');
  assert.doesNotMatch(await words(visitor), /王明|王某|CF\d{8}/);
  await act(chief, number, 'review_proposal', { stance: 'positive', opinion: '同意。' });
  await act(head, number, 'decide', {
    outcome: 'no_penalty', no_penalty_ground: 'slight_and_corrected', education: '进货时应当查验标签。',
    opinion: '同意。', reasons: '违法行为轻微并及时改正，没有造成危害后果。',
  });
  await act(officer, number, 'serve_decision', {
    way: 'personal', served_on: today(), recipient: '王明', relation: '本人', signed: 'yes', place: '演示路1号',
  });
  const party = await person({ account: 'acc-demo-citizen' });
  await party.goto(`/my/cases/${number}`);
  await isSound(party, 'my-no-penalty');
  assert.match(await words(party), /不予行政处罚/);
  await act(officer, number, 'propose_closing', { summary: '不予处罚。', result: '已教育并改正。', opinion: '建议结案。' });
  await act(head, number, 'approve_closing', { stance: 'positive', opinion: '同意结案。' });
  await officer.goto(`/desk/cases/${number}`);
  await isSound(officer, 'penalty-no-penalty');
});

test('a head who investigated does not decide; the page says why', { timeout: 120_000 }, async () => {
  const first = await person({ account: investigators[0] });
  const number = await register(first);
  // The step is another post's: whoever asks for it directly is told so.
  await first.goto(`/desk/cases/${number}/acts/approve_opening`);
  assert.match(await words(first), /岗位|环节/);
  const stranger = await person({ account: 'acc-demo-owner' });
  const answer = await stranger.goto(`/my/cases/${number}`);
  assert.equal(answer.status(), 404);
});
