// Somebody changes one row of the record by hand: the supervisors' page names the act and its case, and so does the
// command line.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeBrowser, isSound, openBrowser, person } from './world.mjs';

const city = process.env.MINGJING_CITY;
const program = process.env.MINGJING_BINARY ?? '../target/debug/mingjing';

before(openBrowser);
after(closeBrowser);

/** A server of its own on this folder; its address. */
async function served(data) {
  const server = spawn(program, ['demo', '--data', data, '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'ignore'] });
  let said = '';
  for await (const piece of server.stdout) {
    said += piece;
    const ready = said.match(/http:\/\/127[^\s]*/);
    if (ready) return { server, at: ready[0].replace(/\/$/, '') };
  }
  return assert.fail(`the copied city did not start: ${said}`);
}

async function stopped(server) {
  if (server.exitCode !== null) return;
  const ended = new Promise((resolve) => { server.once('exit', resolve); });
  server.stdout.destroy();
  server.kill('SIGTERM');
  await ended;
}

test('one row changed by hand is found, named and shown', { timeout: 240_000, skip: !city && 'needs the folder of the running city (run.sh)' }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mingjing-alarm-'));
  const copy = join(folder, 'city');
  const stream = execFileSync('python3', ['tampered.py', city, copy], { encoding: 'utf8' }).trim();
  const number = stream.split('/')[1];
  const { server, at } = await served(copy);
  try {
    const auditor = await person({ account: 'acc-demo-audit', at });
    await auditor.goto('/desk/ledger');
    const alarm = auditor.getByRole('alert').filter({ hasText: '警报' }).first();
    for (let tries = 0; tries < 90 && !(await alarm.count()); tries += 1) {
      await auditor.waitForTimeout(1_000);
      await auditor.reload();
    }
    const words = await alarm.innerText();
    assert.match(words, /记录与公开日志不一致：1 处/);
    assert.match(words, new RegExp(`${number}[\\s\\S]*被改动[\\s\\S]*case\\.decided`));
    assert.equal(await alarm.getByRole('link', { name: new RegExp(number) }).getAttribute('href'), `/desk/cases/${number}`);
    await isSound(auditor, 'alarm-desk');
    const phone = await person({ account: 'acc-demo-audit', at, phone: true });
    await phone.goto('/desk/ledger');
    await isSound(phone, 'alarm-phone');
  } finally {
    await stopped(server);
  }
  const told = spawnSync(program, ['ledger', 'reconcile', '--data', copy, '--json'], { encoding: 'utf8' });
  assert.equal(told.status, 1, told.stderr);
  const { findings } = JSON.parse(told.stdout);
  assert.deepEqual(findings.map(({ finding, event }) => [finding, event.stream.split('#')[0]]), [['altered', stream]]);
  rmSync(folder, { recursive: true });
});
