// What the verifying page says: told apart by content, explained in words.
import assert from "node:assert/strict";
import test from "node:test";
import { kindOf, organise } from "../src/verify/brought.js";
import { explain } from "../src/verify/explain.js";

const bytes = (text) => new TextEncoder().encode(text);

test("files are told apart by how they begin", () => {
  const check = (text, expect) => assert.equal(kindOf(bytes(text)), expect, text);
  check("c2sp.org/tlog-proof@v1\nindex 0\n", "receipt");
  check('{"fields":[]}', "opening");
  check('{"rendered":"{}"}', "sealed");
  check("%PDF-1.7", "paper");
  check("c2sp.org/tlog-proof@v2\n", null);
  check("", null);
  check("PK", null);
});

test("one file of a kind", () => {
  const file = (kind) => ({ name: "x", bytes: bytes("x"), kind });
  assert.match(organise([file(null)]).problem, /不是凭证文件/);
  assert.match(organise([file("sealed"), file("opening")]).problem, /分开核对/);
  assert.equal(organise([file("paper")]).problem, undefined);
  assert.equal(organise([file("paper"), file("sealed")]).problem, undefined);
  assert.match(organise([file("receipt"), file("receipt")]).problem, /一次核对一份/);
  assert.equal(organise([file("opening"), file("paper")]).problem, undefined);
});

const proved = (fields) => ({
  log: "a.cn/330303/2026", index: 3n, size: 9n, fields, witnesses: [{ name: "neighbour", time: 1770000000n }],
  leaf: { class: "permit", day: "2026-03-02", organ: "33030300SJ", kind: "act" },
});

test("what is proved is told in words, with the witnesses", async () => {
  const told = await explain(proved([{ name: "payload.decision", value: '{"result":"grant"}' }]), null);
  assert.match(told.lines[0], /第 3 号.*共有 9 条.*行政许可/);
  assert.match(told.lines[1], /neighbour/);
  assert.equal(told.rows[0][0], "决定内容");
});

test("a paper is the sealed one, another one, or not to be told", async () => {
  const sha = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";
  const right = await explain(proved([{ name: "payload.sha256", value: `"${sha}"` }]), bytes("x"));
  assert.match(right.lines[1], /就是当时封存的那一份/);
  const other = await explain(proved([{ name: "payload.sha256", value: `"${sha}"` }]), bytes("y"));
  assert.match(other.wrong[0], /不是当时封存的那一份/);
  const silent = await explain(proved([]), bytes("x"));
  assert.match(silent.wrong[0], /没有显示文书的 SHA-256/);
});
