// The browser's verifier against the vectors and refusals that engines/tlog is held to, too. `npm test`; no browser.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { encode, fromBase64, toBase64, toHex } from "../src/verify/bytes.js";
import { leafHash, sha256, verifyWithBrowser, verifyWithPoints } from "../src/verify/crypto.js";
import {
  Malformed,
  Unproven,
  parseCheckpoint,
  parseKey,
  parseLeaf,
  parseNote,
  parseOpening,
  parsePolicy,
  parseReceipt,
  verifyAct,
  verifyConsistency,
  verifyInclusion,
  verifyOpening,
  verifyReceipt,
} from "../src/verify/index.js";
import { printNote, verifyNote } from "../src/verify/note.js";
import { rootOf } from "../src/verify/proof.js";
import { printReceipt } from "../src/verify/receipt.js";

const read = (name) => JSON.parse(readFileSync(new URL(`../../engines/tlog/vectors/${name}`, import.meta.url), "utf8"));
const vectors = read("tlog-vectors.json");
const texts = { ...vectors, ...read("opening.json"), log_vkey: vectors.log_key.vkey };
const rows = read("refusals.json");

const entry = (index) => encode(`act:${index}`);
const leaf = (index) => leafHash(entry(index));
const leaves = (size) => Promise.all(Array.from({ length: size }, (_, index) => leaf(index)));
const root = (size) => fromBase64(vectors.roots[size].base64);

async function codeOf(work) {
  try {
    await work();
    return null;
  } catch (refusal) {
    assert.ok(refusal instanceof Malformed || refusal instanceof Unproven, refusal);
    assert.ok(refusal.message.length > 5);
    return refusal.code;
  }
}

test("leaves and roots", async () => {
  for (const [index, hex] of Object.entries(vectors.leaf_hashes)) assert.equal(toHex(await leaf(index)), hex);
  assert.equal(toHex(await leafHash(encode(""))), vectors.leaf_hash_of_empty_entry);
  for (const [size, { hex }] of Object.entries(vectors.roots)) {
    assert.equal(toHex(await rootOf(await leaves(Number(size)))), hex, `root of ${size}`);
  }
});

test("proofs verify, and with any bit changed they do not", async () => {
  const flips = (proof, check) =>
    Promise.all(
      proof.flatMap((_, at) =>
        [0, 7, 100, 255].map(async (bit) => {
          const changed = proof.map((hash) => Uint8Array.from(hash));
          changed[at][bit >> 3] ^= 1 << (bit & 7);
          assert.notEqual(await codeOf(() => check(changed)), null);
        }),
      ),
    );
  for (const { index, size, proof } of vectors.inclusion) {
    const hashes = proof.map(fromBase64);
    const check = async (given) => verifyInclusion(await leaf(index), BigInt(index), BigInt(size), given, root(size));
    await check(hashes);
    await flips(hashes, check);
    assert.equal(await codeOf(() => check([...hashes, hashes[0] ?? root(1)])), "unproven.proof-length");
  }
  for (const { old, new: grown, proof } of vectors.consistency) {
    const hashes = proof.map(fromBase64);
    const check = (given) => verifyConsistency(BigInt(old), root(old), BigInt(grown), root(grown), given);
    await check(hashes);
    await flips(hashes, check);
    assert.equal(await codeOf(() => check([...hashes, hashes[0]])), "unproven.proof-length");
  }
});

test("consistency without a proof is decided by the roots", async () => {
  const check = async (old, grown, proof, expected) => {
    const given = () => verifyConsistency(BigInt(old[0]), old[1], BigInt(grown[0]), grown[1], proof);
    assert.equal(await codeOf(given), expected);
  };
  const other = await leaf(0);
  await check([0, root(0)], [7, root(7)], [], null);
  await check([7, root(7)], [7, root(7)], [], null);
  await check([0, other], [7, root(7)], [], "unproven.old-root");
  await check([0, other], [0, other], [], "unproven.old-root");
  await check([7, root(7)], [7, other], [], "unproven.equivocation");
  await check([0, root(0)], [7, root(7)], [other], "unproven.proof-length");
  await check([8, root(7)], [7, root(7)], [], "unproven.size");
  await check([3, root(3)], [7, root(7)], [], "unproven.proof-length");
});

// The browser's verifier reads what citizens bring; tiles and witnesses' protocol are for servers.
const NOT_READ_HERE = ["path", "witness-request", "cosignatures", "held-size"];

function input(row) {
  if (row.hex !== undefined) return Uint8Array.from(Buffer.from(row.hex, "hex"));
  let text = row.text ?? texts[row.base];
  for (const [from, to] of row.edit ?? []) {
    assert.ok(text.includes(from));
    text = text.replace(from, () => to);
  }
  return encode(text.replace("{fill}", "A".repeat(row.fill ?? 0)).repeat(row.times ?? 1));
}

const utf8 = (bytes) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);

const readers = {
  key: async (bytes) => (await parseKey(utf8(bytes))).text,
  note: (bytes) => printNote(parseNote(bytes)),
  checkpoint: (bytes) => printNote(parseCheckpoint(bytes).note),
  receipt: (bytes) => printReceipt(parseReceipt(bytes)),
  policy: async (bytes) => (await parsePolicy(bytes), utf8(bytes)),
  leaf: (bytes) => parseLeaf(bytes).text,
  opening: (bytes) => parseOpening(bytes).text,
};

const verifiers = {
  "verify-receipt": async (row, bytes) => {
    let policy = texts.policy;
    for (const [from, to] of row.policy ?? []) policy = policy.replace(from, () => to);
    const [receipt, trusted] = [parseReceipt(bytes), await parsePolicy(encode(policy))];
    for (const way of [undefined, verifyWithPoints]) {
      const refused = await codeOf(() => verifyReceipt(receipt, encode(row.leaf), trusted, way));
      assert.equal(refused, row.refused, JSON.stringify(row));
    }
  },
  "verify-note": async (row, bytes) => {
    const key = await parseKey(row.key.replace("{log_vkey}", texts.log_vkey));
    for (const way of [verifyWithBrowser, verifyWithPoints]) {
      assert.equal(await codeOf(() => verifyNote(parseNote(bytes), [key], way)), row.refused, JSON.stringify(row));
    }
  },
  "verify-opening": async (row, bytes) => {
    const { commitment } = parseLeaf(encode(texts[row.leaf]));
    assert.equal(await codeOf(() => verifyOpening(parseOpening(bytes), commitment)), row.refused, JSON.stringify(row));
  },
};

test("every row of the refusals", async () => {
  let seen = 0;
  for (const row of rows.filter(({ form }) => !NOT_READ_HERE.includes(form))) {
    seen += 1;
    const bytes = input(row);
    if (row.form in verifiers) {
      await verifiers[row.form](row, bytes);
      continue;
    }
    let refusal = null;
    try {
      assert.equal(await readers[row.form](bytes), utf8(bytes), JSON.stringify(row));
    } catch (thrown) {
      if (!(thrown instanceof Malformed)) throw thrown;
      refusal = thrown;
    }
    const found = { refused: refusal?.code ?? null, place: refusal?.place };
    assert.deepEqual(found, { refused: row.refused, place: row.place }, JSON.stringify(row).slice(0, 400));
  }
  assert.ok(seen > 270, `${seen} rows`);
});

test("what fuzzing kept is answered as the server's implementation answers", async () => {
  const byForm = { 0: "key", 2: "note", 3: "checkpoint", 4: "receipt", 8: "leaf", 9: "opening", 10: "policy" };
  const answers = Object.entries(read("corpus.json"));
  assert.ok(answers.length > 200);
  for (const [file, expected] of answers) {
    const input = readFileSync(new URL(`../../engines/tlog/fuzz/corpus/formats/${file}`, import.meta.url));
    const form = byForm[input[0] % 14];
    let said = "ok";
    try {
      await readers[form](Uint8Array.from(input.subarray(1)));
    } catch (refusal) {
      said = `${refusal.code} ${refusal.place}`;
    }
    assert.equal(said, expected, file);
  }
});

test("the receipt says who saw it when, by either way of verifying", async () => {
  const policy = await parsePolicy(encode(vectors.policy));
  const receipt = parseReceipt(encode(vectors.tlog_proof_4_of_7));
  for (const way of [undefined, verifyWithBrowser, verifyWithPoints]) {
    assert.deepEqual(await verifyReceipt(receipt, entry(4), policy, way), {
      log: "log.example/gov/alpha",
      witnesses: [
        { name: "beta", time: 1767225601n },
        { name: "gamma", time: 1767225602n },
      ],
    });
  }
});

test("an opening shows its fields and nothing else", async () => {
  const act = parseLeaf(encode(texts.leaf));
  assert.deepEqual([act.class, act.day, act.organ, act.kind], ["permit", "2026-01-01", "alpha-07", "act"]);
  assert.equal(toHex(await leafHash(encode(texts.leaf))), "ccd862385d841d367402e8dd9b48fe5451151a5cb419a33217a8dcb640dae400");
  const opening = parseOpening(encode(texts.opening_decision));
  await verifyOpening(opening, act.commitment);
  assert.deepEqual(opening.fields.map(({ name, value }) => [name, value]), [["decision", "granted"]]);
  assert.equal(opening.count, 3);
});

/** A log of one leaf, the act of the vectors, signed with the vectors' key. */
async function sealedAct() {
  const seed = Uint8Array.from(Buffer.from(vectors.log_key.seed, "hex"));
  const { signAsync } = await import("@noble/ed25519");
  const head = `log.example/gov/alpha\n1\n${toBase64(await leafHash(encode(texts.leaf)))}\n`;
  const keyId = Uint8Array.from(Buffer.from(vectors.log_key.key_id, "hex"));
  const line = toBase64(Uint8Array.from([...keyId, ...(await signAsync(encode(head), seed))]));
  const extra = toBase64(encode(texts.leaf));
  return `c2sp.org/tlog-proof@v1\nextra ${extra}\nindex 0\n\n${head}\n— log.example/gov/alpha ${line}\n`;
}

test("an act is verified from one file or two, and explained", async () => {
  const receipt = await sealedAct();
  const policy = encode(`log ${vectors.log_key.vkey}\nquorum none\n`);
  const opening = texts.opening_decision;
  const one = opening.replace('"n":3', () => `"n":3,"proof":${JSON.stringify(receipt)}`);
  for (const given of [{ receipt: encode(receipt), opening: encode(opening) }, { opening: encode(one) }]) {
    const proved = await verifyAct({ ...given, policy });
    assert.deepEqual(proved.fields, [{ name: "decision", value: "granted" }]);
    assert.deepEqual([proved.log, proved.index, proved.size, proved.leaf.organ], ["log.example/gov/alpha", 0n, 1n, "alpha-07"]);
  }
  const other = opening.replace("granted", "refused");
  const lie = () => verifyAct({ receipt: encode(receipt), opening: encode(other), policy });
  assert.equal(await codeOf(lie), "unproven.commitment");
  assert.equal(await codeOf(() => verifyAct({ opening: encode(opening), policy })), "receipt.missing");
});

test("a verification takes no longer than 50 ms", async () => {
  const policy = await parsePolicy(encode(vectors.policy));
  const bytes = encode(vectors.tlog_proof_4_of_7);
  for (const way of [verifyWithBrowser, verifyWithPoints]) {
    await verifyReceipt(parseReceipt(bytes), entry(4), policy, way);
    const times = [];
    for (let round = 0; round < 9; round += 1) {
      const before = process.cpuUsage();
      await verifyReceipt(parseReceipt(bytes), entry(4), policy, way);
      const { user, system } = process.cpuUsage(before);
      times.push((user + system) / 1000);
    }
    const median = times.sort((a, b) => a - b)[4];
    assert.ok(median <= 50, `${median} ms of processor time`);
    console.log(`# ${way.name}: ${median.toFixed(1)} ms of processor time, three signatures`);
  }
});

test("random bytes are refused, never worse", async () => {
  let state = 20261123;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 8;
  const good = ["tlog_proof_4_of_7", "checkpoint_7", "policy", "leaf", "opening_all", "opening_with_receipt"];
  for (let round = 0; round < 400; round += 1) {
    const bytes = encode(texts[good[random() % good.length]]);
    for (let edits = random() % 5; edits >= 0; edits -= 1) bytes[random() % bytes.length] = random() & 255;
    const cut = bytes.subarray(0, random() % 3 === 0 ? random() % bytes.length : bytes.length);
    for (const reader of [parseNote, parseCheckpoint, parseReceipt, parseLeaf, parseOpening, parsePolicy]) {
      await codeOf(() => reader(cut));
    }
  }
});

test("SHA-256 of nothing", async () => {
  assert.equal(toHex(await sha256(encode(""))), vectors.roots[0].hex);
});
