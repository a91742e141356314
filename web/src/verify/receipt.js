// Receipts (`.tlog-proof`): index, proof and signed checkpoint in one text.
import { fromBase64, toBase64 } from "./bytes.js";
import { leafHash } from "./crypto.js";
import { Lines, number, textOf } from "./lines.js";
import { printNote, readCheckpoint } from "./note.js";
import { acceptCheckpoint } from "./policy.js";
import { verifyInclusion } from "./proof.js";

const HEADER = "c2sp.org/tlog-proof@v1";
const MOST_EXTRA_BYTES = 1 << 16;

export function parseReceipt(bytes) {
  const lines = new Lines("receipt", textOf("receipt", bytes));
  if (lines.need() !== HEADER) throw lines.refuse("header");
  let line = lines.need();
  let extra = null;
  if (line.startsWith("extra ")) {
    const base64 = line.slice("extra ".length);
    extra = lines.part(() => fromBase64(base64));
    if (extra.length > MOST_EXTRA_BYTES) throw lines.refuse("too-long");
    line = lines.need();
  }
  const digits = lines.keyword(line, "index");
  const index = lines.part(() => number(digits));
  const proof = lines.hashes();
  const checkpoint = readCheckpoint(lines.rest(), lines.line);
  return { extra, index, proof, checkpoint };
}

export function printReceipt({ extra, index, proof, checkpoint }) {
  const first = extra === null ? "" : `extra ${toBase64(extra)}\n`;
  const hashes = proof.map((hash) => `${toBase64(hash)}\n`).join("");
  return `${HEADER}\n${first}index ${index}\n${hashes}\n${printNote(checkpoint.note)}`;
}

/** The log is one of the policy's, it and the quorum signed, and the entry stands where the receipt says. */
export async function verifyReceipt(receipt, entry, policy, verify) {
  const accepted = await acceptCheckpoint(policy, receipt.checkpoint, verify);
  const { size, root } = receipt.checkpoint;
  await verifyInclusion(await leafHash(entry), receipt.index, size, receipt.proof, root);
  return accepted;
}
