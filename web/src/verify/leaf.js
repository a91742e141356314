// Leaves: what everyone may know of an act, and a commitment to the rest. Canonical JSON of six keys.
import { decode, fromBase64url } from "./bytes.js";
import { Malformed } from "./refusal.js";

const MOST_BYTES = 1024;
const KINDS = ["act", "public", "correct", "erase", "close", "key", "shard"];

export function parseLeaf(bytes) {
  if (bytes.length > MOST_BYTES) throw new Malformed("leaf", "too-long");
  const text = decode(bytes);
  if (text === null) throw new Malformed("leaf", "not-utf8");
  const { c, d, h, o, t, v } = sixKeys(text);
  const commitment = commitmentOf(h);
  const good =
    KINDS.includes(t) &&
    commitment !== null &&
    v === 1 &&
    /^[a-z0-9-]{1,32}$/.test(c) &&
    isDate(d) &&
    /^[A-Za-z0-9._-]{1,64}$/.test(o);
  if (!good) throw new Malformed("leaf", "field");
  return { class: c, day: d, commitment, organ: o, kind: t, text };
}

function sixKeys(text) {
  const json = parseJson(text);
  if (json === null || typeof json !== "object") throw new Malformed("leaf", "json");
  const { c, d, h, o, t, v } = json;
  const typed = [c, d, h, o, t].every(isText) && isUint32(v);
  if (!typed || JSON.stringify({ c, d, h, o, t, v }) !== text) throw new Malformed("leaf", "json");
  return json;
}

function commitmentOf(text) {
  try {
    const bytes = fromBase64url(text);
    return bytes.length === 32 ? bytes : null;
  } catch {
    return null;
  }
}

function isDate(text) {
  const parts = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(text);
  if (!parts) return false;
  const [year, month, day] = parts.slice(1).map(Number);
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  return day >= 1 && day <= days;
}

/** Undefined where the text is no JSON. */
export function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A text without halves of pairs: those have no bytes to hash. */
export const isText = (value) => typeof value === "string" && !/[\ud800-\udfff]/u.test(value);

export const isUint32 = (value) => Number.isInteger(value) && value >= 0 && value <= 0xffffffff;
