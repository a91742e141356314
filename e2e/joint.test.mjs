// Joint approval: one application, three other bodies, each with its own case, limit and officers.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { closeBrowser, isSound, openBrowser, person } from './world.mjs';
import { act, applyFor, submit } from './steps.mjs';

before(openBrowser);
after(closeBrowser);

const item = '33030300WG-XK-0010';
const form = {
  operator: { operator_name: '王明', contact_phone: '13800000001' },
  matter: { place: '演示路9号', content: '歌厅一家，二十个包间。' },
};
const bodies = { xf: '龙湾区消防救援大队', wj: '龙湾区卫生健康局', hb: '龙湾区生态环境局' };

const step = (page, number, task, answers, look) =>
  act(page, number, `take_step.${task}`, { opinion: '情况属实。', ...answers }, look);

const officer = (body, post, options = {}) => person({ account: `acc-demo-${body}-${post}`, ...options });

/** Applied for and taken in by the lead body: its number, and the numbers of the other bodies' parts. */
async function begun(look) {
  const citizen = await person({ account: 'acc-demo-citizen' });
  const number = await applyFor(citizen, item, form);
  const clerk = await officer('wg', 'clerk');
  await act(clerk, number, 'accept');
  const text = await clerk.locator('main').innerText();
  if (look) await isSound(clerk, 'joint-asked');
  const parts = {};
  for (const [body, name] of Object.entries(bodies)) {
    assert.match(text, new RegExp(name));
  }
  for (const [index, part] of [...text.matchAll(/协办件 (330303-XB\d{8}-[0-9A-Z]{8})/g)].entries()) {
    parts[Object.keys(bodies)[index]] = part[1];
  }
  return { citizen, clerk, number, parts };
}

/** A body works through its part and gives its opinion. */
async function answers(body, part, opinion, look) {
  const handler = await officer(body, 'handler');
  const officers = [`acc-demo-${body}-handler`, `acc-demo-${body}-handler2`];
  if (look) {
    await handler.goto('/desk');
    await handler.locator(`main a[href$="/desk/cases/${part}"]`).waitFor();
    await isSound(handler, 'joint-worklist');
  }
  await step(handler, part, 'assist_check', { outcome: 'done', officers, place: '演示路9号', record: '现场与申报一致。' });
  if (look) await isSound(handler, 'joint-part');
  await step(handler, part, 'assist_examine', { outcome: 'agree' });
  await step(await officer(body, 'reviewer'), part, 'assist_review', { outcome: 'agree' });
  const approver = await officer(body, 'approver');
  await step(approver, part, 'assist_opinion', opinion, look);
  if (look) await isSound(approver, 'joint-answered');
}

test('all bodies agree, one on a condition: granted', { timeout: 240_000 }, async () => {
  const { citizen, clerk, number, parts } = await begun(true);
  await citizen.goto(`/my/cases/${number}`);
  assert.match(await citizen.locator('#joint').innerText(), /龙湾区消防救援大队正在出具意见，应在.+前提出/);
  await isSound(citizen, 'joint-party');
  const phone = await person({ account: 'acc-demo-citizen', phone: true });
  await phone.goto(`/my/cases/${number}`);
  await isSound(phone, 'joint-party-phone');

  // What another body works on is neither the lead's nor the party's to open.
  for (const stranger of [clerk, citizen]) {
    const seen = await stranger.request.get(`/desk/cases/${parts.xf}`);
    assert.ok([403, 404].includes(seen.status()), `${seen.status()}`);
  }
  const handler = await officer('wg', 'handler');
  await act(handler, number, 'urge_step', { task: 'ask_fire', reasons: '请按期提出意见。' });
  await act(handler, number, 'examine', { stance: 'positive', opinion: '符合条件。' });
  await answers('xf', parts.xf, { outcome: 'conditional', opinion: '满足条件后同意。', reasons: '开业前补齐应急照明。' }, true);
  await answers('wj', parts.wj, { outcome: 'agree' });
  await answers('hb', parts.hb, { outcome: 'agree' });
  await step(handler, number, 'summarise', { outcome: 'summarised' });
  await act(await officer('wg', 'reviewer'), number, 'review', { stance: 'positive', opinion: '同意。' });
  const approver = await officer('wg', 'approver');
  await act(approver, number, 'decide', { result: 'grant', opinion: '准予。', conditions: '开业前补齐应急照明。' });
  await isSound(approver, 'joint-granted');
  assert.match(await approver.locator('main').innerText(), /准予许可/);
});

test('one body is against it: denied for its reason', { timeout: 240_000 }, async () => {
  const { citizen, number, parts } = await begun(false);
  const why = '疏散通道宽度不符合要求。';
  await act(await officer('wg', 'handler'), number, 'examine', { stance: 'positive', opinion: '符合条件。' });
  await answers('wj', parts.wj, { outcome: 'agree' });
  await answers('hb', parts.hb, { outcome: 'agree' });
  await answers('xf', parts.xf, { outcome: 'disagree', opinion: '不同意。', reasons: why });
  await step(await officer('wg', 'handler'), number, 'summarise', { outcome: 'summarised' });
  await act(await officer('wg', 'reviewer'), number, 'review', { stance: 'positive', opinion: '同意。' });
  const approver = await officer('wg', 'approver', { phone: true });
  await approver.goto(`/desk/cases/${number}/acts/decide`);
  await approver.locator('main input[value=grant]').check();
  await approver.locator('main [name=opinion]').fill('准予。');
  await submit(approver);
  if (await approver.locator('main input[name=confirmed]').count()) await submit(approver);
  assert.match(await approver.locator('main').innerText(), /请写明不采纳龙湾区消防救援大队意见的理由/);
  await isSound(approver, 'joint-against');
  await act(approver, number, 'decide', { result: 'deny', opinion: '不予许可。', reasons: `消防救援机构不同意：${why}` });
  await citizen.goto(`/my/cases/${number}`);
  assert.match(await citizen.locator('main').innerText(), /不予许可/);
});
