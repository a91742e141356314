// The first steps of a penalty, that several walks begin with.
import assert from 'node:assert/strict';
import { isSound, person } from './world.mjs';
import { act, fill, sample, submit, today } from './steps.mjs';

export const penaltyItem = '33030300SJ-CF-0004';
const pattern = /330303-CF\d{8}-[0-9A-Z]{8}/;
export const investigators = ['acc-demo-inspector', 'acc-demo-inspector2'];

/** Registers a lead and returns the case's number. */
export async function register(officer, look) {
  await officer.goto('/desk');
  await officer.locator('main a', { hasText: '登记处罚案件线索' }).click();
  if (look) await isSound(officer, 'lead-items');
  await officer.goto(`/desk/leads/${penaltyItem}`);
  await fill(officer, {
    source: 'inspection', received_on: today(), content: '日常检查发现货架上的饼干标签缺少多项内容。',
    place: '龙湾区永中街道演示路8号',
  });
  if (look) await isSound(officer, 'lead');
  await submit(officer);
  const number = new URL(officer.url()).pathname.match(pattern)?.[0];
  assert.ok(number, `no case: ${await officer.locator('main').innerText()}`);
  return number;
}

/** Three opinions, then the case is open. */
export async function open(number, party, look, acted = today()) {
  const officer = await person({ account: investigators[0] });
  await act(officer, number, 'propose_opening', {
    open: 'yes', cause: '经营标签不符合规定的预包装食品', ...party,
    acted_from: acted, acted_to: acted, discovered_on: today(), harm: 'none',
    facts: '现场发现12盒饼干没有标明生产者和成分表。', reasons: '涉嫌违反食品标签规定，属于本机关管辖。',
    investigators, opinion: '建议立案。',
  }, look);
  const chief = await person({ account: 'acc-demo-inspection-chief' });
  await act(chief, number, 'review_opening', { stance: 'positive', opinion: '同意立案。' }, look);
  const head = await person({ account: 'acc-demo-approver' });
  await act(head, number, 'approve_opening', { decision: 'open', opinion: '同意立案。' }, look);
  return { officer, chief, head };
}

/** An act that comes with a file goes in one step. */
export async function actWithFile(page, number, name, answers, field, look) {
  await page.goto(`/desk/cases/${number}/acts/${name}`);
  if (look) await isSound(page, `act-${name}`);
  await fill(page, { ...answers, checked: 'yes' });
  await page.locator(`main input[type=file][name=${field}]`).setInputFiles(sample);
  await submit(page);
  assert.equal(await page.locator('.govuk-error-summary').count(), 0, await page.locator('main').innerText());
  await page.waitForURL(new RegExp(`/desk/cases/${number}$`));
}

export async function evidence(officer, number, look) {
  await actWithFile(officer, number, 'record_evidence', {
    kind: 'site_record', name: '现场检查笔录', source: '当事人经营场所', place: '演示路8号', taken_on: today(),
    proves: '涉案食品的数量和标签情况', takers: investigators, shown_certificates: 'yes', kept_at: '执法稽查科档案柜',
  }, 'file', look);
}

export const owner = {
  party_kind: 'organisation', party_name: '龙湾区好滋味小餐馆（演示）', party_uscc: '91330303MA2000000E',
  party_legal_representative: '李琴', party_contact: '李琴', party_phone: '13800000002',
  party_address: '温州市龙湾区永中街道演示路8号',
};
