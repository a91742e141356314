// Who sees what, without scripts, by keyboard, for elders; every page of the frame without barriers.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { closeBrowser, isSound, openBrowser, person } from './world.mjs';

before(openBrowser);
after(closeBrowser);

const open = ['/', '/items', '/items/33030300SJ-XK-0001', '/items/33030300SJ-CF-0001', '/search?q=餐饮', '/laws', '/public',
  '/progress', '/verify', '/statistics', '/statistics?procedure=penalty', '/public/penalties', '/sign-in', '/register', '/about', '/accessibility', '/privacy', '/site-map', '/_parts'];

test('public pages have no barriers, on a desk and on a phone', { timeout: 300_000 }, async () => {
  for (const phone of [false, true]) {
    const visitor = await person({ phone });
    for (const path of open) {
      const answer = await visitor.goto(path);
      assert.equal(answer.status(), 200, path);
      await isSound(visitor, `open-${phone ? 'phone' : 'desk'}-${path.replace(/[^a-z0-9]+/gi, '-')}`);
    }
  }
});

test('pages work without scripts and in elder mode', { timeout: 60_000 }, async () => {
  const plain = await person({ script: false });
  await plain.goto('/');
  await plain.locator('main input[name=q]').fill('饭店');
  await plain.locator('main button[type=submit]').first().click();
  assert.match(await plain.locator('main').innerText(), /食品经营许可/);
  await plain.goto('/view?mode=elder&return=/');
  const size = await plain.locator('body').getAttribute('class');
  assert.match(size, /elder/);
});

test('each kind of official lands on a page of their own', { timeout: 120_000 }, async () => {
  for (const account of ['acc-demo-clerk', 'acc-demo-handler', 'acc-demo-reviewer', 'acc-demo-approver', 'acc-demo-release',
    'acc-demo-supervisor', 'acc-demo-legal', 'acc-demo-approval', 'acc-demo-system', 'acc-demo-security', 'acc-demo-audit']) {
    const official = await person({ account });
    assert.doesNotMatch(await official.locator('h1').innerText(), /没有办理这件事的权限/, account);
    await isSound(official, `desk-${account}`);
  }
});

test('the board, the lists and the administrators\' pages have no barriers', { timeout: 180_000 }, async () => {
  const pages = {
    'acc-demo-supervisor': ['/desk/board', '/desk/cases', '/desk/cases?state=penalty.investigating&open=yes', '/desk/statistics',
      '/desk/statistics?procedure=penalty', '/desk/fines', '/desk/fines?item=33030300SJ-CF-0004'],
    'acc-demo-legal': ['/desk/catalogue', '/desk/catalogue?body=33030300SJ&gap=flow'],
    'acc-demo-approval': ['/desk/changes', '/desk/catalogue'],
    'acc-demo-security': ['/admin/officers', '/admin/officers/acc-demo-handler', '/admin/tokens', '/admin/tokens/new/33030300SJ'],
    'acc-demo-system': ['/admin/bodies', '/admin/bodies/33030300SJ'],
    'acc-demo-audit': ['/admin/audit', '/admin/administrators'],
  };
  for (const [account, paths] of Object.entries(pages)) {
    const official = await person({ account });
    for (const path of paths) {
      assert.equal((await official.goto(path)).status(), 200, `${account} ${path}`);
      await isSound(official, `office${path.replace(/[^a-z0-9]+/gi, '-')}`);
    }
  }
});

test('what is not yours is not there', { timeout: 60_000 }, async () => {
  const owner = await person({ account: 'acc-demo-owner' });
  await owner.goto('/my?tab=open');
  const link = await owner.locator('main a[href^="/my/cases/"]').first().getAttribute('href');
  const citizen = await person({ account: 'acc-demo-citizen' });
  assert.equal((await citizen.goto(link)).status(), 404);
  assert.equal((await citizen.goto('/desk')).status(), 403);
  // The case is of one body: for the officials of every other it is not there.
  const seen = [];
  for (const account of ['acc-demo-clerk', 'acc-demo-wj-clerk']) {
    const official = await person({ account });
    seen.push((await official.goto(`/desk/cases/${link.split('/').pop()}`)).status());
  }
  assert.ok(seen.filter((status) => status === 404).length >= 1, String(seen));
  const visitor = await person();
  await visitor.goto('/my');
  assert.match(visitor.url(), /sign-in/);
});
