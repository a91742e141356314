// A new edition of a norm reaches the cases: the body files changes of a permit and of a penalty with new flows and a new
// benchmark, the legal office returns one with reasons and confirms both, the permit's after the approval-management
// body agreed; the guide and the announcement say so, open
// cases keep their flows, the open permit must choose its basis, the open penalty gets the lighter rule, new cases run by
// the new version.
// It makes the fine of the penalties' walks lighter for good: by its name it is the last of its lane.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { closeBrowser, isSound, openBrowser, person } from './world.mjs';
import { act, agree, apply, fill, item as permitItem, siteCheck, submit, today } from './steps.mjs';
import { evidence, investigators, open, owner, penaltyItem, register } from './penalty-steps.mjs';

before(openBrowser);
after(closeBrowser);

const words = (page) => page.locator('main').innerText();
const flow = (name, from, to) => {
  const xml = readFileSync(new URL(`../demo/flows/${name}.bpmn`, import.meta.url), 'utf8');
  assert.ok(xml.includes(`name="${from}"`), `${name} has a step ${from}`);
  return xml.replaceAll(`name="${from}"`, `name="${to}"`);
};
const holds = { competence: 'yes', procedure: 'yes', reasonable: 'yes', convenient: 'yes' };
const acted = '2026-01-15';

/** Files a change of an item with the trigger of the norm; returns its page. */
async function file(clerk, from, item, answers) {
  const trigger = new URL(from, 'http://city');
  trigger.searchParams.set('item', item);
  await clerk.goto(`${trigger.pathname}${trigger.search}`);
  await fill(clerk, { ...answers, effective_on: today() });
  await submit(clerk);
  assert.equal(await clerk.locator('.govuk-error-summary').count(), 0, await words(clerk));
  return new URL(clerk.url()).pathname;
}

async function confirm(office, change, document_no) {
  await office.goto(change);
  await fill(office, { ...holds, answer: 'confirm', document_no });
  await submit(office);
  assert.match(await words(office), /已确认/);
}

test('a new edition, two changes, and what they mean for open and new cases', { timeout: 480_000 }, async () => {
  // Open before the change: a permit that was accepted, a penalty under investigation for an act of January.
  const citizen = await person({ account: 'acc-demo-citizen' });
  const { number: permit } = await apply(citizen);
  const counter = await person({ account: 'acc-demo-clerk' });
  await act(counter, permit, 'accept');
  const inspector = await person({ account: investigators[0] });
  const penalty = await register(inspector);
  const { officer } = await open(penalty, owner, false, acted);
  await evidence(officer, penalty);

  // The edition's list leads to the form; the trigger is filled in.
  const clerk = await person({ account: 'acc-demo-legal-reviewer' });
  await clerk.goto('/desk/law-changes');
  await clerk.locator('main a', { hasText: '龙湾区演示场所管理意见' }).first().click();
  // Another walk of this lane may have settled the list's only task.
  const offered = clerk.locator('main a', { hasText: '申报调整' });
  const from = (await offered.count()) ? await offered.first().getAttribute('href')
    : `/desk/changes/new?kind=change&document=${encodeURIComponent('龙湾区演示场所管理意见')}&on=2026-01-20`;
  const ofPermit = await file(clerk, from, permitItem, {
    reasons: '核查应当由两人进行，流程图写明。',
    flow: flow('food-permit', '现场核查', '现场核查（两人）'),
  });
  await clerk.goto(`/items/${penaltyItem}/benchmark`);
  await isSound(clerk, 'benchmark');
  await clerk.goto(`${new URL(from, 'http://city').pathname}?kind=change&item=${penaltyItem}`);
  const old = await clerk.locator('main [name=discretion_benchmark]').inputValue();
  const lighter = old
    .replace('演示SJ-04', '演示SJ-04乙').replace('〔2025〕1号', '〔2026〕9号')
    .replace('施行 2025-01-01', `施行 ${today()}`).replace('起点 10%', '起点 5%');
  assert.notEqual(lighter, old);
  const ofPenalty = await file(clerk, from, penaltyItem, {
    reasons: '起点降低，调查全程记录。',
    flow: flow('ordinary-penalty', '调查取证', '调查取证（全程记录）'),
    discretion_benchmark: `${old}\n${lighter}`,
  });

  // The legal office sees flow, benchmark and open cases, and returns it once.
  const office = await person({ account: 'acc-demo-legal' });
  await office.goto(ofPenalty);
  await isSound(office, 'lighter-review');
  const review = await words(office);
  assert.match(review, /调查取证（全程记录）/);
  assert.match(review, /裁量基准试算对照/);
  assert.match(review, new RegExp(penalty), 'the open case is listed');
  await fill(office, { ...holds, reasonable: 'no', reasonable_remark: '没有说明起点为什么降低', answer: 'return', text: '请说明理由。' });
  await submit(office);
  await clerk.goto(ofPenalty);
  assert.match(await words(clerk), /没有说明起点为什么降低/);
  await clerk.locator('main a', { hasText: '修改后再申报' }).click();
  await fill(clerk, { reasons: '同类案件多数危害轻微，起点由百分之十降为百分之五；调查全程记录。' });
  await submit(clerk);
  assert.equal(await clerk.locator('.govuk-error-summary').count(), 0, await words(clerk));
  // The permit waits for the approval-management body, the penalty does not.
  const approval = await person({ account: 'acc-demo-approval' });
  await approval.goto('/desk/changes?waits=approval');
  assert.equal(await approval.locator(`main a[href="${ofPermit}"]`).count(), 1);
  assert.equal(await approval.locator(`main a[href="${ofPenalty}"]`).count(), 0);
  await isSound(approval, 'changes-approval-list');
  await approval.goto(ofPermit);
  await isSound(approval, 'changes-approval-review');
  await fill(approval, { approval_answer: 'return' });
  await submit(approval);
  assert.match(await approval.locator('.govuk-error-summary').innerText(), /请写明理由/);
  await isSound(approval, 'changes-approval-refused');
  await office.goto(ofPermit);
  assert.match(await words(office), /审批管理机构审核同意以后才能确认/);
  await agree(ofPermit);
  await confirm(office, ofPermit, '龙司演〔2026〕51号');
  await confirm(office, ofPenalty, '龙司演〔2026〕52号');

  // It holds today: the guide, the benchmark with its calculator, the announcement.
  const guide = await person();
  await guide.goto(`/items/${permitItem}`);
  assert.match(await words(guide), /现场核查（两人）/);
  await guide.goto('/announcements');
  assert.match(await words(guide), /龙司演〔2026〕51号[\s\S]*龙司演〔2026〕52号|龙司演〔2026〕52号[\s\S]*龙司演〔2026〕51号/);
  await guide.goto('/benchmarks');
  await isSound(guide, 'benchmarks');
  await guide.goto(`/items/${penaltyItem}/benchmark`);
  assert.match(await words(guide), /〔2026〕9号/);
  await fill(guide, { factor_1: '500', factor_3: '1', acted });
  await guide.locator('main select[name=factor_2]').selectOption('缺少多项内容');
  await guide.locator('main select[name=factor_4]').selectOption('只停止销售');
  await submit(guide);
  await isSound(guide, 'benchmark-tried');
  assert.match(await words(guide), /10000 元/);
  assert.match(await words(guide), /适用较轻的/);
  const phone = await person({ phone: true });
  await phone.goto(guide.url().replace(/^https?:\/\/[^/]+/, ''));
  await isSound(phone, 'benchmark-phone');

  // The open permit keeps its flow and must choose its basis.
  const handler = await person({ account: 'acc-demo-handler' });
  await handler.goto(`/desk/cases/${permit}`);
  assert.doesNotMatch(await words(handler), /现场核查（两人）/);
  await siteCheck(handler, permit);
  await act(handler, permit, 'examine', { stance: 'positive', opinion: '材料齐全，现场符合要求。' });
  await act(await person({ account: 'acc-demo-reviewer' }), permit, 'review', { stance: 'positive', opinion: '同意。' });
  const approver = await person({ account: 'acc-demo-approver' });
  await approver.goto(`/desk/cases/${permit}/acts/decide`);
  await fill(approver, { result: 'grant', opinion: '准予许可。' });
  await submit(approver);
  if (await approver.locator('main input[name=confirmed]').count()) await submit(approver);
  assert.match(await approver.locator('.govuk-error-summary').innerText(), /版/);
  await isSound(approver, 'decide-basis');
  await act(approver, permit, 'decide', {
    result: 'grant', opinion: '准予许可。', basis_version: '1', basis_reasons: '申请时的条件没有变化。',
  });

  // The open penalty keeps its flow and gets the lighter rule (处罚法 37).
  await officer.goto(`/desk/cases/${penalty}`);
  assert.doesNotMatch(await words(officer), /全程记录/);
  await officer.goto(`/desk/cases/${penalty}/discretion`);
  await fill(officer, { factor_1: '500', factor_3: '1' });
  await officer.locator('main select[name=factor_2]').selectOption('缺少多项内容');
  await officer.locator('main select[name=factor_4]').selectOption('只停止销售');
  await submit(officer);
  assert.match(await words(officer), /10000元/);
  assert.match(await words(officer), /适用较轻的/);

  // A new case runs by the new version.
  const { number: next } = await apply(citizen);
  await act(counter, next, 'accept');
  await handler.goto(`/desk/cases/${next}`);
  assert.match(await words(handler), /现场核查（两人）/);
});
