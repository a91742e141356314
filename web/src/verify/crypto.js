// SHA-256 and Ed25519 of the browser; where it has no Ed25519 (before 2025 in many), @noble's points.
import { Point } from "@noble/ed25519";
import { bigEndian, concat, encode, equal, toNumber } from "./bytes.js";

const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

function subtle() {
  const found = globalThis.crypto?.subtle;
  if (!found) throw new Error("此浏览器在这里不能计算哈希值：请用 https 地址打开本页。");
  return found;
}

const digest = async (algorithm, bytes) => new Uint8Array(await subtle().digest(algorithm, bytes));

export const sha256 = (bytes) => digest("SHA-256", bytes);

/** SHA-256(0x00 ‖ entry): RFC 6962 §2.1. */
export const leafHash = (entry) => sha256(concat([0], entry));

/** SHA-256(0x01 ‖ left ‖ right). */
export const nodeHash = (left, right) => sha256(concat([1], left, right));

/** A point on the curve, canonically encoded, not of small order: the only keys that are taken. */
export function isGoodKey(bytes) {
  try {
    return !Point.fromBytes(bytes).isSmallOrder();
  } catch {
    return false;
  }
}

/**
 * Strict verification. `publicKey` is a good key; R is checked for small order here, S and the canonical form of R by
 * either way of verifying, so that all give one answer.
 */
export async function verifyEd25519(publicKey, signature, message, verify = verifyWithBest) {
  if (signature.length !== 64 || !isGoodKey(signature.subarray(0, 32))) return false;
  return verify(publicKey, signature, message);
}

async function verifyWithBest(publicKey, signature, message) {
  try {
    return await verifyWithBrowser(publicKey, signature, message);
  } catch {
    return verifyWithPoints(publicKey, signature, message);
  }
}

export async function verifyWithBrowser(publicKey, signature, message) {
  const key = await subtle().importKey("raw", publicKey, { name: "Ed25519" }, false, ["verify"]);
  return subtle().verify({ name: "Ed25519" }, key, signature, message);
}

/** S·B − k·A = R without the cofactor: @noble's own `verify` multiplies by it and takes signatures that browsers refuse. */
export async function verifyWithPoints(publicKey, signature, message) {
  const [r, s] = [signature.subarray(0, 32), toNumber(signature.slice(32).reverse())];
  if (s >= ORDER) return false;
  const k = toNumber((await digest("SHA-512", concat(r, publicKey, message))).reverse()) % ORDER;
  const times = (point, factor) => point.multiply(factor, false);
  const point = times(Point.BASE, s).subtract(times(Point.fromBytes(publicKey), k));
  return equal(point.toBytes(), r);
}

/** What a witness signs (cosignature/v1), after the eight bytes of its time. */
export function verifyCosignature(publicKey, signature, text, verify) {
  const time = toNumber(signature.subarray(0, 8));
  const message = encode(`cosignature/v1\ntime ${time}\n${text}`);
  return verifyEd25519(publicKey, signature.subarray(8), message, verify);
}

/** First four bytes of SHA-256(name ‖ LF ‖ type ‖ key), as hex digits would show them. */
export async function keyId(name, typedKey) {
  return (await sha256(concat(encode(`${name}\n`), typedKey))).subarray(0, 4);
}

export const uint32 = (number) => bigEndian(number, 4);
