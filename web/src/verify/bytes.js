// Bytes and their one spelling in texts. Decoding is canonical: what decodes encodes back to the same text.
import { Fault } from "./refusal.js";

const encoder = new TextEncoder();
// The byte order mark is text like any other: it must not vanish from what was signed.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export const encode = (text) => encoder.encode(text);

/** Text of bytes, or null where they are not UTF-8. */
export function decode(bytes) {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function equal(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

/** Negative, 0 or positive, as the UTF-8 bytes of two texts compare. UTF-16, which `<` compares, orders otherwise. */
export function compare(one, other) {
  const [left, right] = [encode(one), encode(other)];
  for (let at = 0; at < Math.min(left.length, right.length); at += 1) {
    if (left[at] !== right[at]) return left[at] - right[at];
  }
  return left.length - right.length;
}

export function bigEndian(number, length) {
  const bytes = new Uint8Array(length);
  let rest = BigInt(number);
  for (let at = length - 1; at >= 0; at -= 1) {
    bytes[at] = Number(rest & 255n);
    rest >>= 8n;
  }
  return bytes;
}

export const toNumber = (bytes) => bytes.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);

export const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

export function toBase64(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

export function fromBase64(text) {
  let raw;
  try {
    raw = atob(text);
  } catch {
    throw new Fault("base64");
  }
  // atob forgives spaces, missing padding and stray bits; a second spelling of the same bytes is refused here.
  if (btoa(raw) !== text) throw new Fault("base64");
  return Uint8Array.from(raw, (char) => char.charCodeAt(0));
}

/** Without padding, `-` and `_`. */
export function fromBase64url(text) {
  if (/[^A-Za-z0-9_-]/.test(text)) throw new Fault("base64");
  const padding = "=".repeat((4 - (text.length % 4)) % 4);
  return fromBase64(text.replaceAll("-", "+").replaceAll("_", "/") + padding);
}
