// A penalty whose proposal two reviewers sign: returned out of the countersigned step by one of them, and finished.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { closeBrowser, isSound, openBrowser, person } from './world.mjs';
import { act, fill, sample, submit, today } from './steps.mjs';

before(openBrowser);
after(closeBrowser);

const item = '33030300SJ-CF-0007';
const investigators = ['acc-demo-inspector', 'acc-demo-inspector2'];
const words = (page) => page.locator('main').innerText();

async function endInvestigation(officer, number) {
  await officer.goto(`/desk/cases/${number}/acts/end_investigation`);
  await officer.locator('main input[name=evidence]').first().check();
  await fill(officer, {
    facts: '进货查验记录缺两次，已经补齐。', violated: '食品安全法第五十三条', mind: 'sound',
    outcome: 'no_penalty', no_penalty_ground: 'slight_and_corrected', education: '应当逐批记录进货查验情况。',
    reasons: '违法行为轻微并及时改正，没有造成危害后果。', correction: 'already_done', corrected_how: '已经补齐记录。',
    opinion: '建议不予处罚。',
  });
  await submit(officer);
  assert.equal(await officer.locator('.govuk-error-summary').count(), 0, await words(officer));
  await submit(officer);
  await officer.waitForURL(new RegExp(`/desk/cases/${number}$`));
}

test('returned out of a countersigned step, and finished', { timeout: 300_000 }, async () => {
  const officer = await person({ account: investigators[0] });
  await officer.goto(`/desk/leads/${item}`);
  await fill(officer, {
    source: 'inspection', received_on: today(), content: '检查发现没有进货查验记录。', place: '龙湾区永中街道演示路8号',
  });
  await submit(officer);
  const number = new URL(officer.url()).pathname.match(/330303-CF\d{8}-[0-9A-Z]{8}/)?.[0];
  assert.ok(number, await words(officer));
  await act(officer, number, 'propose_opening', {
    open: 'yes', cause: '未按规定建立进货查验记录制度', party_kind: 'individual', party_name: '王明',
    party_document_no: '33030319900101001X', party_account: 'acc-demo-citizen', party_phone: '13800000001',
    party_address: '温州市龙湾区永中街道演示路1号', acted_from: today(), acted_to: today(), discovered_on: today(), harm: 'none',
    facts: '两次进货没有查验记录。', reasons: '涉嫌违反食品安全法。', investigators, opinion: '建议立案。',
  });
  const chief = await person({ account: 'acc-demo-inspection-chief' });
  await act(chief, number, 'review_opening', { stance: 'positive', opinion: '同意立案。' });
  const head = await person({ account: 'acc-demo-approver' });
  await act(head, number, 'approve_opening', { decision: 'open', opinion: '同意立案。' });
  await officer.goto(`/desk/cases/${number}/acts/record_evidence`);
  await fill(officer, {
    kind: 'site_record', name: '现场检查笔录', source: '当事人经营场所', place: '演示路8号', taken_on: today(), proves: '没有查验记录',
    takers: investigators, shown_certificates: 'yes', kept_at: '执法稽查科档案柜', checked: 'yes',
  });
  await officer.locator('main input[type=file][name=file]').setInputFiles(sample);
  await submit(officer);
  await officer.waitForURL(new RegExp(`/desk/cases/${number}$`));
  await endInvestigation(officer, number);

  // One of two has signed; the same hand does not sign twice.
  await act(chief, number, 'review_proposal', { stance: 'positive', opinion: '同意。' });
  await chief.goto(`/desk/cases/${number}`);
  assert.match(await words(chief), /会签/);
  await isSound(chief, 'countersigned-once');
  await chief.goto(`/desk/cases/${number}/acts/review_proposal`);
  assert.match(await words(chief), /已经签署过/);

  // The other gives it back to the investigation.
  const second = await person({ account: 'acc-demo-reviewer' });
  await second.goto('/desk');
  assert.match(await words(second), new RegExp(number));
  await act(second, number, 'return_step', { to: 'investigate', reasons: '补充询问当事人。' }, true);
  await second.goto(`/desk/cases/${number}`);
  assert.match(await words(second), /调查取证/);
  assert.match(await words(second), /补充询问当事人/);
  await isSound(second, 'penalty-returned');

  await endInvestigation(officer, number);
  await act(second, number, 'review_proposal', { stance: 'positive', opinion: '同意。' });
  await act(chief, number, 'review_proposal', { stance: 'positive', opinion: '同意。' });
  await act(head, number, 'decide', {
    outcome: 'no_penalty', no_penalty_ground: 'slight_and_corrected', education: '应当逐批记录。', opinion: '同意。',
    reasons: '违法行为轻微并及时改正，没有造成危害后果。',
  });
  await act(officer, number, 'serve_decision', {
    way: 'personal', served_on: today(), recipient: '王明', relation: '本人', signed: 'yes', place: '演示路1号',
  });
  await act(officer, number, 'propose_closing', { summary: '不予处罚。', result: '已教育并改正。', opinion: '建议结案。' });
  await act(head, number, 'approve_closing', { stance: 'positive', opinion: '同意结案。' });
  await officer.goto(`/desk/cases/${number}`);
  assert.match(await words(officer), /已结案/);
  await isSound(officer, 'penalty-closed-after-return');
});
