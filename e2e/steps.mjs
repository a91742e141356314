// The steps that the walks are made of: what a citizen fills in, what an officer does.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { isSound, person } from './world.mjs';

export const item = '33030300SJ-XK-0001';
const sample = {
  name: '材料.pdf',
  mimeType: 'application/pdf',
  buffer: readFileSync(new URL('../demo/materials/sample.pdf', import.meta.url)),
};

const submit = (page) => page.locator('main form button[type=submit]').last().click();

/** Fills whatever fields of this name exist: text, choice or tick. */
export async function fill(page, answers) {
  for (const [name, value] of Object.entries(answers)) {
    for (const one of [value].flat()) {
      // A file's text as value would be no selector, and is no choice.
      const choice = page.locator(`main input:is([type=radio],[type=checkbox])[name="${name}"]`)
        .and(page.locator(`[value=${JSON.stringify(one.length > 200 ? '' : one)}]`));
      if (await choice.count()) await choice.check();
      // A whole file: put there at once, as pasting does; typing it takes a busy machine longer than a step may.
      else if (one.length > 2_000) await page.locator(`main [name="${name}"]`).first().evaluate((field, text) => { field.value = text; }, one);
      else await page.locator(`main [name="${name}"]`).first().fill(one);
    }
  }
}

/** A change of an approval item: the approval-management body agrees before the legal office confirms. */
export async function agree(change) {
  const approval = await person({ account: 'acc-demo-approval' });
  await approval.goto(change);
  await fill(approval, { approval_answer: 'agree' });
  await submit(approval);
  assert.match(await approval.locator('main').innerText(), /审核同意/);
}

const sections = {
  operator: {
    operator_name: '王明的小吃店（演示）', operator_kind: 'individual_business', uscc: '91330303MA2000000E',
    legal_representative: '王明', contact_phone: '13800000001',
  },
  premises: {
    premises_address: '温州市龙湾区永中街道演示路66号', premises_area: '52', premises_right: 'rented',
    surroundings: '临街商铺，周边没有污染源。',
  },
  business: { business_form: 'catering', catering_scope: ['hot', 'cold'], online_sale: 'no' },
  safety: {
    equipment: '冷藏柜1台、消毒柜1台、灶具1套。', safety_manager: '王明', staff_count: '2',
    rules: ['self_check', 'health', 'cleaning'], cross_contamination: '生熟分区，刀具分色。',
  },
};

/** A whole application by a citizen; returns number and query secret. `look` names screenshots. */
export async function apply(page, look) {
  await page.goto(`/items/${item}`);
  if (look) await isSound(page, 'guide');
  await page.locator('main a', { hasText: '在线办理' }).first().click();
  if (look) await isSound(page, 'apply-start');
  await page.locator('main input[name=behalf]').first().check();
  await submit(page);
  if (look) await isSound(page, 'apply-tasks');
  const draft = new URL(page.url()).pathname.match(/\/my\/drafts\/[^/]+/)[0];
  await page.goto(`${draft}/party`);
  if (look) await isSound(page, 'apply-party');
  for (const [name, value] of [['phone', '13800000001'], ['address', '温州市龙湾区永中街道演示路66号']]) {
    const field = page.locator(`main [name="${name}"]`);
    if (await field.count()) await field.fill(value);
  }
  await submit(page);
  for (const [section, answers] of Object.entries(sections)) {
    await page.goto(`${draft}/form/${section}`);
    await fill(page, answers);
    if (look && section === 'business') await isSound(page, 'apply-form');
    await submit(page);
    assert.equal(await page.locator('.govuk-error-summary').count(), 0, `section ${section} is accepted`);
  }
  for (const material of ['application', 'premises', 'equipment', 'management', 'process']) {
    await page.goto(`${draft}/materials`);
    const row = page.locator(`form[action$="/materials/${material}"]`);
    if (!(await row.count())) continue;
    await row.locator('input[type=file]').setInputFiles(sample);
    await row.locator('button[type=submit]').click();
    assert.equal(await page.locator('.govuk-error-summary').count(), 0, `material ${material} is accepted`);
  }
  if (look) await isSound(page, 'apply-materials');
  await page.goto(`${draft}/delivery`);
  await page.locator('main input[name=delivery]').first().check();
  if (look) await isSound(page, 'apply-delivery');
  await submit(page);
  await page.goto(`${draft}/check`);
  if (look) await isSound(page, 'apply-check');
  await page.locator('main input[name=promise]').check();
  await submit(page);
  const text = await page.locator('main').innerText();
  assert.match(text, /申请已提交/);
  if (look) await isSound(page, 'apply-done');
  const number = text.match(/330303-\d{8}-[0-9A-Z]{8}/)[0];
  const secret = (await page.locator('main dl strong').first().innerText()).trim();
  return { number, secret };
}

/** An application for any item, through the draft; its number. */
export async function applyFor(page, item, sections, look) {
  await page.goto(`/items/${item}`);
  await page.locator('main a', { hasText: '在线办理' }).first().click();
  await page.locator('main input[name=behalf]').first().check();
  await submit(page);
  const draft = new URL(page.url()).pathname.match(/\/my\/drafts\/[^/]+/)[0];
  await page.goto(`${draft}/party`);
  for (const [name, value] of [['phone', '13800000001'], ['address', '演示路9号']]) {
    const field = page.locator(`main [name="${name}"]`);
    if (await field.count()) await field.fill(value);
  }
  await submit(page);
  for (const [section, answers] of Object.entries(sections)) {
    await page.goto(`${draft}/form/${section}`);
    await fill(page, answers);
    if (look) await isSound(page, `${look}-${section}`);
    await submit(page);
    assert.equal(await page.locator('.govuk-error-summary').count(), 0, `section ${section} is accepted`);
  }
  await page.goto(`${draft}/materials`);
  const actions = await page.locator('form[action*="/materials/"]').evaluateAll(
    (forms) => forms.filter((form) => form.querySelector('input[type=file]')).map((form) => form.getAttribute('action')));
  for (const action of actions) {
    await page.goto(`${draft}/materials`);
    const row = page.locator(`form[action="${action}"]`);
    await row.locator('input[type=file]').setInputFiles(sample);
    await row.locator('button[type=submit]').click();
  }
  await page.goto(`${draft}/delivery`);
  await page.locator('main input[name=delivery]').first().check();
  await submit(page);
  await page.goto(`${draft}/check`);
  await page.locator('main input[name=promise]').check();
  await submit(page);
  const text = await page.locator('main').innerText();
  assert.match(text, /申请已提交/);
  return text.match(/330303-(?:[A-Z]{2})?\d{8}-[0-9A-Z]{8}/)[0];
}

/** An officer's act, in its two steps. */
export async function act(page, number, name, answers = {}, look) {
  await page.goto(`/desk/cases/${number}/acts/${name}`);
  if (look) await isSound(page, `act-${name}`);
  await fill(page, answers);
  await submit(page);
  assert.equal(await page.locator('.govuk-error-summary').count(), 0,
    `${name}: ${await page.locator('main').innerText().catch(() => '')}`);
  if (await page.locator('main input[name=confirmed]').count()) {
    if (look) await isSound(page, `act-${name}-confirm`);
    await submit(page);
  }
  await page.waitForURL(new RegExp(`/desk/cases/${number}$`));
}

export function today() {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(new Date());
}

export async function siteCheck(page, number, look) {
  await act(page, number, 'record_site_check', {
    officers: ['acc-demo-handler', 'acc-demo-handler2'], place: '演示路66号', checked_on: today(), from_time: '09:00',
    to_time: '09:40', facts: '场所、设备与申报一致。', conforms: 'yes',
  }, look);
}

export { sample, submit };
