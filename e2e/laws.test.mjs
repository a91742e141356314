// The law library: search, a law, an edition, an article, two editions side by side, and what a new edition asks.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { closeBrowser, isSound, openBrowser, person } from './world.mjs';

before(openBrowser);
after(closeBrowser);

const law = '/laws/龙湾区演示场所管理意见';
const pages = {
  search: '/laws?q=疏散指示', law, edition: `${law}/2026-03-01`, article: `${law}/2024-03-01/3`,
  compare: `${law}/compare?from=2024-03-01&to=2026-03-01`,
};

test('a law is found, read, followed and compared', { timeout: 120_000 }, async () => {
  const visitor = await person({ script: false });
  await visitor.goto('/laws');
  await visitor.locator('main input[name=q]').fill('疏散指示');
  await visitor.locator('main button[type=submit]').click();
  await visitor.locator('main section a').first().click();
  assert.match(await visitor.locator('h1').innerText(), /《龙湾区演示场所管理意见》第四条/);
  assert.match(await visitor.locator('main').innerText(), /现行有效/);
  assert.equal(await visitor.locator('#p1-2-2').count(), 1, 'a sub-item has its own address');
  await visitor.goto(pages.compare);
  assert.match(await visitor.locator('main').innerText(), /第四条 → 第五条/);
  assert.ok(await visitor.locator('main del').count(), 'what went is marked');
  assert.ok(await visitor.locator('main ins').count(), 'what came is marked');
  // From an item to the article that was cited, and from a citation in words.
  await visitor.goto('/items/33030300SJ-QT-0001');
  await visitor.locator('#bases ~ ul a', { hasText: '演示场所' }).first().click();
  assert.match(new URL(visitor.url()).pathname, /\/2026-03-01\/4$/);
  await visitor.goto('/laws/cite?text=龙湾区演示场所管理意见第五条');
  assert.match(new URL(visitor.url()).pathname, /\/2026-03-01\/5$/);
});

test('the pages of the library have no barriers, on a desk, on a phone and on paper', { timeout: 180_000 }, async () => {
  for (const phone of [false, true]) {
    const visitor = await person({ phone });
    for (const [name, path] of Object.entries(pages)) {
      assert.equal((await visitor.goto(path)).status(), 200, path);
      await isSound(visitor, `laws-${phone ? 'phone' : 'desk'}-${name}`);
    }
  }
  const reader = await person();
  await reader.goto(pages.edition);
  await reader.emulateMedia({ media: 'print' });
  assert.ok(await reader.locator('main .mj-print-address').isVisible(), 'the address is printed');
});

test('the legal office sees what a new edition asks, and answers', { timeout: 120_000 }, async () => {
  const office = await person({ account: 'acc-demo-legal' });
  await office.goto('/desk/law-changes');
  await isSound(office, 'law-changes');
  await office.locator('main a', { hasText: '龙湾区演示场所管理意见' }).first().click();
  await isSound(office, 'law-change');
  const text = await office.locator('main').innerText();
  assert.match(text, /第四条 → 第五条（修改）/);
  assert.match(text, /申报调整的期限/);
  const body = await person({ account: 'acc-demo-legal-reviewer' });
  await body.goto(new URL(office.url()).pathname);
  await body.locator('main a', { hasText: '申报调整' }).first().click();
  assert.match(await body.locator('main [name=document]').inputValue(), /龙湾区演示场所管理意见/, 'the trigger is filled in');
  await office.locator('main select[name=task]').selectOption({ index: 1 });
  await office.locator('main textarea[name=reason]').fill('只改了备案的方式，本事项已经网上办理。');
  await office.locator('main form button[type=submit]').last().click();
  assert.match(await office.locator('main').innerText(), /不需要调整：只改了备案的方式/);
  const stranger = await person({ account: 'acc-demo-clerk' });
  assert.equal((await stranger.goto('/desk/law-changes')).status(), 403);
});
