// A paper and what seals it: marks, and seals that are about another paper.
import assert from "node:assert/strict";
import test from "node:test";
import { NotThisPaper, codeOf, explainPaper, parseSealed, readCode } from "../src/verify/paper.js";

const bytes = (text) => new TextEncoder().encode(text);

test("the mark is the one that papers bear", async () => {
  // capabilities/cases/src/paper_code.rs computes the same one.
  assert.equal(await codeOf("0123456789abcdef0123456789abcdef"), "9X13-E958-E9SV-64D1");
});

test("a mark is read however it is typed", () => {
  const check = (typed, expect) => assert.equal(readCode(typed), expect, typed);
  check("7K3M-92QD-4T6V-8W0X", "7K3M-92QD-4T6V-8W0X");
  check(" 7k3m92qd 4t6v8w0x", "7K3M-92QD-4T6V-8W0X");
  check("oOiL-0000-0000-0000", "0011-0000-0000-0000");
  for (const wrong of ["", "7K3M", "UUUU-0000-0000-0000", "7K3M-92QD-4T6V-8W0XX", "<script>aaaaaaaaa"]) check(wrong, null);
});

test("a seal is two texts or one", () => {
  const check = (text, expect) => {
    try {
      assert.deepEqual(parseSealed(bytes(text)), expect);
    } catch (error) {
      assert.equal(expect, null, text);
      assert.ok(error instanceof NotThisPaper || error instanceof SyntaxError, text);
    }
  };
  check('{"rendered":"a","numbered":"b"}', { rendered: "a", numbered: "b" });
  check('{"rendered":"a"}', { rendered: "a", numbered: null });
  for (const wrong of ["{}", "null", '{"rendered":1}', '{"rendered":"a","numbered":{}}', "{"]) check(wrong, null);
});

test("who has the file is told more than who has the mark", () => {
  const proven = {
    proved: { log: "a.cn/330303/2026", index: 3n, size: 9n, witnesses: [{ name: "neighbour", time: 1770000000n }] },
    fields: { happened_on: "2026-03-02", body: "33030300SJ", bytes: 1000, sha256: "ab", paper_id: "p" },
    number: "龙市监许准〔2026〕3号",
  };
  assert.match(explainPaper(proven, true).lines[0], /一个字节也没有改动/);
  const marked = explainPaper(proven, false);
  assert.match(marked.lines.join(""), /不能证明纸上的每个字[\s\S]*neighbour/);
  assert.deepEqual(marked.rows[0], ["文号", "龙市监许准〔2026〕3号"]);
});
