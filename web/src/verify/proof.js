// Verifying inclusion (RFC 9162 §2.1.3.2) and consistency (§2.1.4.2). Sizes and indexes are BigInt, hashes 32 bytes.
import { nodeHash, sha256 } from "./crypto.js";
import { equal } from "./bytes.js";
import { Unproven } from "./refusal.js";

export async function verifyInclusion(leaf, index, size, proof, root) {
  if (!equal(await inclusionRoot(leaf, index, size, proof), root)) throw new Unproven("root");
}

/** The root that the proof leads to. */
export async function inclusionRoot(leaf, index, size, proof) {
  if (index >= size) throw new Unproven("index");
  let [node, last, root] = [index, size - 1n, leaf];
  for (const hash of proof) {
    if (last === 0n) throw new Unproven("proof-length");
    if (node % 2n === 1n || node === last) {
      root = await nodeHash(hash, root);
      for (; node % 2n === 0n && node !== 0n; node /= 2n) last /= 2n;
    } else {
      root = await nodeHash(root, hash);
    }
    [node, last] = [node / 2n, last / 2n];
  }
  if (last !== 0n) throw new Unproven("proof-length");
  return root;
}

export async function verifyConsistency(oldSize, oldRoot, newSize, newRoot, proof) {
  if (oldSize > newSize) throw new Unproven("size");
  if (oldSize === 0n || oldSize === newSize) return withoutAProof(oldSize, oldRoot, newSize, newRoot, proof);
  const isPowerOfTwo = (oldSize & (oldSize - 1n)) === 0n;
  const hashes = isPowerOfTwo ? [oldRoot, ...proof] : proof;
  if (hashes.length === 0) throw new Unproven("proof-length");
  let [node, last] = [oldSize - 1n, newSize - 1n];
  for (; node % 2n === 1n; node /= 2n) last /= 2n;
  let [old, grown] = [hashes[0], hashes[0]];
  for (const hash of hashes.slice(1)) {
    if (last === 0n) throw new Unproven("proof-length");
    if (node % 2n === 1n || node === last) {
      old = await nodeHash(hash, old);
      grown = await nodeHash(hash, grown);
      for (; node % 2n === 0n && node !== 0n; node /= 2n) last /= 2n;
    } else {
      grown = await nodeHash(grown, hash);
    }
    [node, last] = [node / 2n, last / 2n];
  }
  if (last !== 0n) throw new Unproven("proof-length");
  if (!equal(old, oldRoot)) throw new Unproven("old-root");
  if (!equal(grown, newRoot)) throw new Unproven("root");
}

async function withoutAProof(oldSize, oldRoot, newSize, newRoot, proof) {
  if (proof.length > 0) throw new Unproven("proof-length");
  if (oldSize === newSize && !equal(oldRoot, newRoot)) throw new Unproven("equivocation");
  const empty = await sha256(new Uint8Array());
  if (oldSize === 0n && !equal(oldRoot, empty)) throw new Unproven("old-root");
}

/** Root over leaf hashes, by the definition of RFC 6962 §2.1: for the few leaves that a browser may hold. */
export async function rootOf(leaves) {
  if (leaves.length === 0) return sha256(new Uint8Array());
  if (leaves.length === 1) return leaves[0];
  const left = 2 ** Math.floor(Math.log2(leaves.length - 1));
  return nodeHash(await rootOf(leaves.slice(0, left)), await rootOf(leaves.slice(left)));
}
