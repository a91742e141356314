// Tables of the catalogue: a messy workbook is understood and its problems told with their place; a column is mapped; a table
// in order is filed for review. Everybody downloads the open data; the legal office plans a clean-up.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { base, closeBrowser, isSound, openBrowser, person } from './world.mjs';
import { fill, today } from './steps.mjs';

before(openBrowser);
after(closeBrowser);

const workbook = {
  name: '目录.xlsx',
  mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  buffer: readFileSync(new URL('../demo/tables/messy-catalogue.xlsx', import.meta.url)),
};
const table = {
  name: '监管.csv',
  mimeType: 'text/csv',
  buffer: Buffer.from('事项编码,事项名称,办公地址\n33030300SJ-JG-0002,特种设备安全监督检查,龙湾区演示路77号\n'),
};

const upload = async (page, file) => {
  await page.goto('/desk/catalogue/import');
  await page.locator('main input[type=file]').setInputFiles(file);
  await page.locator('main form button[type=submit]').first().click();
};

test('a table is uploaded, mapped, reported and filed', { timeout: 180_000 }, async () => {
  const clerk = await person({ account: 'acc-demo-legal-reviewer' });
  await upload(clerk, workbook);
  await isSound(clerk, 'table-report');
  // Notices are folded.
  const report = await clerk.locator('main').textContent();
  assert.match(report, /第8行D?.*\n?/);
  assert.match(report, /没有行使依据/);
  assert.match(report, /药品零售经营许可/);
  assert.match(report, /表后的注释、签名或者合计/);
  assert.equal(await clerk.locator('main button', { hasText: '申报这些变动' }).count(), 0, 'a table with problems is not filed');
  const column = clerk.locator('main select[aria-label*="填报日期"]').first();
  await column.selectOption({ label: '备注' });
  await clerk.locator('main button', { hasText: '重新核对' }).click();
  assert.match(await clerk.locator('main').innerText(), /备注/);
  await clerk.locator('main button', { hasText: '放弃这份表格' }).click();

  await upload(clerk, table);
  assert.match(await clerk.locator('#result').innerText(), /修改\s*1/);
  assert.match(await clerk.locator('main').innerText(), /演示路77号/);
  await clerk.locator('main select[name=trigger]').selectOption('functions');
  await fill(clerk, { document: '搬迁通知（演示）', trigger_on: today(), reasons: '办公地点搬迁。', effective_on: today() });
  await isSound(clerk, 'table-filing');
  await clerk.locator('main button', { hasText: '申报这些变动' }).click();
  assert.match(await clerk.locator('main').innerText(), /已申报调整/);
  await clerk.locator('main a', { hasText: '-TZ' }).first().click();
  assert.match(await clerk.locator('main').innerText(), /审核中/);
});

test('everybody has the catalogue as data; a clean-up is planned', { timeout: 120_000 }, async () => {
  const visitor = await person({ phone: true });
  await visitor.goto('/open-data');
  await isSound(visitor, 'open-data-phone');
  await visitor.goto('/open-data/statistics');
  await isSound(visitor, 'open-data-statistics-phone');
  const first = await fetch(`${base}/open-data/catalogue.json`);
  const mark = first.headers.get('etag');
  const data = await first.json();
  assert.ok(data.items.length > 100 && !JSON.stringify(data).includes('bpmn'));
  const second = await fetch(`${base}/open-data/catalogue.json`, { headers: { 'If-None-Match': mark } });
  assert.equal(second.status, 304);

  const office = await person({ account: 'acc-demo-legal' });
  await office.goto('/desk/clean-up/new');
  const day = today();
  await fill(office, {
    name: '演示清理', document: '龙政办演〔2026〕3号', register: day, review: day, approve: day, publish: day, draw: day,
    confirm: day, bodies: '33030300ZJ',
  });
  await isSound(office, 'clean-up-plan');
  await office.locator('main button[type=submit]').last().click();
  await isSound(office, 'clean-up');
  await office.locator('main table a').first().click();
  await isSound(office, 'clean-up-task');
  assert.match(await office.locator('main').innerText(), /洪霞/);
});
