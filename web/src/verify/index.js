// The browser's own verifier of the public log: small, independent of engines/tlog, held to the same vectors.
import { encode } from "./bytes.js";
import { parseLeaf } from "./leaf.js";
import { parseOpening, verifyOpening } from "./opening.js";
import { parsePolicy } from "./policy.js";
import { parseReceipt, verifyReceipt } from "./receipt.js";
import { Malformed } from "./refusal.js";

export { parseCheckpoint, parseNote } from "./note.js";
export { parseKey } from "./key.js";
export { verifyConsistency, verifyInclusion } from "./proof.js";
export { Malformed, Unproven } from "./refusal.js";
export { parseLeaf, parseOpening, parsePolicy, parseReceipt, verifyOpening, verifyReceipt };

/**
 * All that a person may bring, verified together: bytes of a receipt (whose extra data is the leaf) or of an opening
 * that holds one, and of the policy. Throws `Malformed` or `Unproven`; both explain themselves in Chinese.
 *
 * @returns what is proved: the log, the entry's place, size, who saw it when (seconds since 1970), the public leaf, and
 * the private fields that the opening shows.
 */
export async function verifyAct({ receipt = null, opening = null, policy }) {
  const opened = opening === null ? null : parseOpening(opening);
  const carried = opened?.receipt ?? null;
  const bytes = receipt ?? (carried === null ? null : encode(carried));
  if (bytes === null) throw new Malformed("receipt", "missing");
  const proof = parseReceipt(bytes);
  if (proof.extra === null) throw new Malformed("leaf", "json");
  const leaf = parseLeaf(proof.extra);
  const accepted = await verifyReceipt(proof, proof.extra, await parsePolicy(policy));
  if (opened !== null) await verifyOpening(opened, leaf.commitment);
  const fields = (opened?.fields ?? []).map(({ name, value }) => ({ name, value }));
  return { ...accepted, index: proof.index, size: proof.checkpoint.size, leaf, fields };
}
