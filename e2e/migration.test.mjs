// A flow chart changes under running cases: the body's legal clerk maps the places and tries it, the legal office confirms,
// the cases go on on the new chart with a trace. Begins with cases of the demo city that nobody else walks through.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { closeBrowser, isSound, openBrowser, person } from './world.mjs';
import { agree, fill, submit, today } from './steps.mjs';

before(openBrowser);
after(closeBrowser);

const item = '33030300YJ-XK-0001';
const clerkOf = 'acc-demo-yj-release';
const words = (page) => page.locator('main').innerText();

/** The review under another id and name, as somebody draws it anew. */
function redrawn() {
  const xml = readFileSync(new URL('../demo/flows/general-permit.bpmn', import.meta.url), 'utf8');
  const named = xml
    .replace('<bpmn:userTask id="review" name="审核">', '<bpmn:userTask id="second_review" name="复审">')
    .replaceAll('>review<', '>second_review<')
    .replaceAll('sourceRef="review"', 'sourceRef="second_review"')
    .replaceAll('targetRef="review"', 'targetRef="second_review"')
    .replaceAll('bpmnElement="review"', 'bpmnElement="second_review"');
  assert.notEqual(named, xml);
  return named;
}

/** The new chart is filed as a change of the item, agreed to and confirmed. */
async function inForce(clerk, office) {
  await clerk.goto(`/desk/changes/new?kind=change&item=${item}`);
  await clerk.locator('main select[name=trigger]').selectOption('clean_up');
  await fill(clerk, {
    document: '龙湾区流程优化（演示）', trigger_on: today(), effective_on: today(), reasons: '审核改为复审。', flow: redrawn(),
  });
  await submit(clerk);
  assert.match(await words(clerk), /审核中/, await words(clerk));
  const change = new URL(clerk.url()).pathname;
  await agree(change);
  await office.goto(change);
  await fill(office, {
    competence: 'yes', procedure: 'yes', reasonable: 'yes', convenient: 'yes',
    answer: 'confirm', document_no: '龙司演〔2026〕41号', text: '符合。',
  });
  await submit(office);
  assert.match(await words(office), /已确认/, await words(office));
}

test('running cases go on on the new chart, tried first and confirmed', { timeout: 240_000 }, async () => {
  const clerk = await person({ account: clerkOf });
  const office = await person({ account: 'acc-demo-legal' });
  await inForce(clerk, office);

  await clerk.goto('/desk/migrations');
  await isSound(clerk, 'migrations');
  const behind = clerk.locator('main tr', { hasText: '拟定迁移方案' }).first();
  await behind.locator('a').click();
  await isSound(clerk, 'migration-new');
  await clerk.locator('main select[name="to-review"]').selectOption('second_review');
  await clerk.locator('main button[value=try]').click();
  await clerk.waitForLoadState();
  assert.match(await words(clerk), /可以迁移[1-9]\d*件/);
  assert.match(await words(clerk), /没有改动任何办件/);
  await isSound(clerk, 'migration-tried');
  await clerk.locator('main button[value=file]').click();
  await clerk.waitForLoadState();
  assert.match(await clerk.locator('.govuk-error-summary').innerText(), /理由/, 'without reasons nothing is filed');
  assert.equal(await clerk.locator('main select[name="to-review"]').inputValue(), 'second_review', 'nothing chosen is lost');
  await fill(clerk, { reasons: '审核改为复审，在办的一并适用。' });
  await clerk.locator('main button[value=file]').click();
  await clerk.waitForLoadState();
  assert.match(await words(clerk), /待确认/);
  const plan = new URL(clerk.url()).pathname;
  await isSound(clerk, 'migration-filed');

  await office.goto(plan);
  await isSound(office, 'migration-review');
  const first = await office.locator('main table tr', { hasText: '可以迁移' }).first().locator('a').innerText();
  await fill(office, { opinion: '已核对对应关系。' });
  await office.locator('main button[value=confirm]').click();
  await office.waitForLoadState();
  await assert.doesNotReject(async () => {
    for (let tries = 0; !/已完成/.test(await words(office)); tries += 1) {
      assert.ok(tries < 60, 'the cases are moved one after the other');
      await office.waitForTimeout(500);
      await office.goto(plan);
    }
  });
  await isSound(office, 'migration-done');

  await clerk.goto(`/desk/cases/${first}`);
  assert.match(await words(clerk), /流程图已迁移/);
  assert.match(await words(clerk), /审核改为复审，在办的一并适用/);
  await isSound(clerk, 'migration-case');
});

test('on a phone, and for who has no part in it', { timeout: 120_000 }, async () => {
  const phone = await person({ account: 'acc-demo-legal', phone: true });
  await phone.goto('/desk/migrations');
  await isSound(phone, 'migrations-phone');
  const plan = await phone.locator('main a[href^="/desk/migrations/"]').first().getAttribute('href');
  await phone.goto(plan);
  await isSound(phone, 'migration-phone');
  const other = await person({ account: 'acc-demo-jt-release' });
  assert.equal((await other.goto(plan)).status(), 404, 'another body sees nothing of it');
  const handler = await person({ account: 'acc-demo-clerk' });
  assert.equal((await handler.goto('/desk/migrations')).status(), 403);
});
