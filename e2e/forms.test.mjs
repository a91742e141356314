// What an item asks for: the guide asks for the situation and lists what it needs, without scripts; the application asks
// the same; the body's clerk drafts a field with its condition and sees it as citizen and as official; a benchmark is
// edited as tables with findings and tests beside it. Nothing here is filed: later walks meet the city as it was.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { closeBrowser, isSound, openBrowser, person } from './world.mjs';
import { fill, item } from './steps.mjs';

before(openBrowser);
after(closeBrowser);

const words = (page) => page.locator('body').innerText();
const press = (page, name) => page.locator(`main button[name=act][value=${name}]`).first().click();

test('the situation decides what is asked, in the guide and in the application', { timeout: 120_000 }, async () => {
  const visitor = await person({ script: false, phone: true });
  // What looks for barriers is a script itself.
  const looking = await person({ phone: true });
  await visitor.goto(`/items/${item}`);
  await looking.goto(`/items/${item}`);
  await isSound(looking, 'guide-situations-phone');
  assert.match(await words(visitor), /看情形/);
  await visitor.locator('main input[value=raw]').check();
  await visitor.locator('main input[value=shared]').check();
  await visitor.locator('main form[method=get] button').first().click();
  // The second question comes up with the first answer.
  assert.match(await words(visitor), /还有问题没有回答/);
  await visitor.locator('main input[value=built]').check();
  await visitor.locator('main form[method=get] button').first().click();
  const list = await visitor.locator('section, main').first().innerText();
  assert.match(list, /您这种情形要的材料/);
  assert.match(await words(visitor), /专间或者专用操作区的平面图/);
  assert.match(await words(visitor), /交一份就可以/);
  assert.doesNotMatch(await words(visitor), /授权委托书/);
  await looking.goto(new URL(visitor.url()).pathname + new URL(visitor.url()).search);
  await isSound(looking, 'guide-answered-phone');

  const citizen = await person({ account: 'acc-demo-citizen' });
  await citizen.goto(`/apply/${item}`);
  await citizen.locator('main input[name=behalf]').first().check();
  await citizen.locator('main form button').last().click();
  // Filling in begins with one of the draft's pages.
  const draft = new URL(citizen.url()).pathname.split('/').slice(0, 4).join('/');
  await citizen.goto(`${draft}/situation`);
  await isSound(citizen, 'apply-situation');
  await citizen.locator('main input[value=agent]').check();
  await citizen.locator('main form button').last().click();
  await citizen.goto(`${draft}/materials`);
  assert.match(await words(citizen), /授权委托书/);
  assert.match(await words(citizen), /不用您提交：营业执照/);
  assert.doesNotMatch(await words(citizen), /同意书/);
  await citizen.goto(`${draft}/discard`);
  await citizen.locator('main form button').last().click();
});

test('a clerk drafts a field, a question and a benchmark, with what they mean beside them', { timeout: 180_000 }, async () => {
  const clerk = await person({ account: 'acc-demo-legal-reviewer' });
  await clerk.goto(`/desk/drafting/${item}/form?at=n.premises`);
  await fill(clerk, { label: '档口编号', id: 'stall', required: 'yes', visible: 'list contains(situation.circumstances, "shard")' });
  await clerk.locator('main select[name=kind]').selectOption('text');
  await press(clerk, 'save');
  assert.match(await words(clerk), /不是“您有下面这些情形吗”的选项/);
  await isSound(clerk, 'drafting-form-error');
  await fill(clerk, { visible: 'list contains(situation.circumstances, "shared")' });
  await press(clerk, 'save');
  assert.match(await words(clerk), /草稿已保存/);
  assert.equal(await clerk.locator('[name="p.stall"]').count(), 0);
  await clerk.locator('main form[method=get] input[value=shared]').check();
  await clerk.locator('main form[method=get] button').click();
  assert.equal(await clerk.locator('[name="p.stall"]').count(), 1);
  assert.match(await words(clerk), /请填写档口编号/);
  await isSound(clerk, 'drafting-form');

  await clerk.goto(`/desk/drafting/${item}/situation?at=m.consent`);
  await isSound(clerk, 'drafting-situation');
  await clerk.goto(`/desk/drafting/${item}`);
  assert.match(await words(clerk), /新增 档口编号/);
  await isSound(clerk, 'drafting-overview');
  await clerk.goto(`/desk/drafting/${item}/discard`);
  await clerk.locator('main form button').last().click();

  const fine = '33030300SJ-CF-0004';
  await clerk.goto('/desk/drafting');
  await fill(clerk, { item: fine });
  await clerk.locator('main form button').last().click();
  await clerk.goto(`/desk/drafting/${fine}/benchmark`);
  await fill(clerk, { weight1_1: '5', test1_facts: '标签问题=含有虚假内容', test1_interval: '1 至 2' });
  await press(clerk, 'save');
  assert.match(await words(clerk), /不符：算得/);
  await fill(clerk, { level1_1: '不足900元' });
  await press(clerk, 'save');
  assert.match(await words(clerk), /检查发现/);
  assert.doesNotMatch(await words(clerk), /检查发现\s*没有问题/);
  await isSound(clerk, 'benchmark-studio');
  const phone = await person({ account: 'acc-demo-legal-reviewer', phone: true });
  await phone.goto(`/desk/drafting/${fine}/benchmark`);
  await isSound(phone, 'benchmark-studio-phone');
  await phone.goto(`/desk/drafting/${item}/form?at=f.raw_room`);
  await isSound(phone, 'drafting-form-phone');
  await clerk.goto(`/desk/drafting/${fine}/discard`);
  await clerk.locator('main form button').last().click();
});

test('a blank form is fetched from the guide; the legal office adds a sample to its definition', { timeout: 120_000 }, async () => {
  const visitor = await person({ script: false });
  await visitor.goto(`/items/${item}`);
  const blank = visitor.locator('main a[href="/material-forms/authority/1/blank"]');
  const fetched = await visitor.request.get(await blank.getAttribute('href'));
  assert.equal(fetched.headers()['content-type'], 'application/pdf');
  const bytes = await fetched.body();
  assert.equal(bytes.subarray(0, 5).toString(), '%PDF-');

  const legal = await person({ account: 'acc-demo-legal' });
  await legal.goto('/desk/materials/authority');
  await isSound(legal, 'material-definition');
  await legal.locator('main input[name=sample_file]').setInputFiles({ name: '样例.pdf', mimeType: 'application/pdf', buffer: Buffer.from('no file at all') });
  await legal.locator('main form[enctype] button').last().click();
  assert.match(await words(legal), /与内容不一致|只能上传/);
  await legal.locator('main input[name=sample_file]').setInputFiles({ name: '样例.pdf', mimeType: 'application/pdf', buffer: bytes });
  await legal.locator('main form[enctype] button').last().click();
  assert.match(await words(legal), /材料的定义已保存/);
  assert.match(await words(legal), /第 2 版/);
  assert.match(await words(legal), /不再提供现在的文件：样例\.pdf/);
  await isSound(legal, 'material-definition-files');
  const sample = await visitor.request.get('/material-forms/authority/2/sample');
  assert.equal(sample.status(), 200);
  // The item goes on with the version that it took.
  await visitor.goto(`/items/${item}`);
  assert.doesNotMatch(await words(visitor), /填写样例/);
  assert.equal((await visitor.request.get('/material-forms/authority/1/sample')).status(), 404);
  assert.equal((await visitor.request.get('/material-forms/authority/9/blank')).status(), 404);
});
