// Openings: some private fields of an act, proved to be among those that its leaf commits to.
import { bigEndian, compare, concat, encode, equal, fromBase64 } from "./bytes.js";
import { leafHash, sha256, uint32 } from "./crypto.js";
import { isText, isUint32, parseJson } from "./leaf.js";
import { hash, textOf } from "./lines.js";
import { inclusionRoot } from "./proof.js";
import { Fault, Malformed, Unproven, at } from "./refusal.js";

const LABEL = "mingjing/act-commitment/v1";
const MOST_FIELDS = 256;
const MOST_PATH_HASHES = 8;

export function parseOpening(bytes) {
  const text = textOf("opening", bytes);
  const json = canonical(text);
  const outside = json.fields.some((field) => field.i >= json.n);
  if (json.v !== 1 || json.n > MOST_FIELDS || outside) throw new Malformed("opening", "field");
  const fields = json.fields.map((field) => at("opening", null, () => readField(field)));
  for (let next = 1; next < fields.length; next += 1) {
    const [one, other] = [fields[next - 1], fields[next]];
    if (one.index >= other.index || compare(one.name, other.name) >= 0) throw new Malformed("opening", "order");
  }
  return { fields, count: json.n, receipt: json.proof ?? null, text };
}

/** The one spelling: keys in order, no spaces, JSON's shortest escapes, a line end. */
function canonical(text) {
  const json = parseJson(text);
  const typed =
    typeof json === "object" &&
    json !== null &&
    Array.isArray(json.fields) &&
    json.fields.every(isField) &&
    isUint32(json.n) &&
    (json.proof === undefined || isText(json.proof)) &&
    isUint32(json.v);
  if (!typed) throw new Malformed("opening", "json");
  const fields = json.fields.map(({ i, name, path, salt, value }) => ({ i, name, path, salt, value }));
  const { n, proof, v } = json;
  if (`${JSON.stringify({ fields, n, proof, v })}\n` !== text) throw new Malformed("opening", "json");
  return json;
}

function isField(field) {
  if (typeof field !== "object" || field === null) return false;
  const { i, name, path, salt, value } = field;
  return isUint32(i) && [name, salt, value].every(isText) && Array.isArray(path) && path.every(isText);
}

function readField({ i, name, path, salt, value }) {
  const length = encode(name).length;
  if (length < 1 || length > 255 || path.length > MOST_PATH_HASHES) throw new Fault("field");
  const hashes = path.map(hash);
  const bytes = fromBase64(salt);
  if (bytes.length !== 32) throw new Fault("hash-length");
  return { index: i, name, path: hashes, salt: bytes, value };
}

/** Every field shown is among those committed to. An opening that shows nothing proves nothing. */
export async function verifyOpening(opening, commitment) {
  if (opening.fields.length === 0) throw new Unproven("commitment");
  for (const field of opening.fields) {
    const [name, value] = [encode(field.name), encode(field.value)];
    const leaf = await leafHash(concat(field.salt, bigEndian(name.length, 2), name, uint32(value.length), value));
    const root = await inclusionRoot(leaf, BigInt(field.index), BigInt(opening.count), field.path);
    const found = await sha256(concat(encode(LABEL), [0], uint32(opening.count), root));
    if (!equal(found, commitment)) throw new Unproven("commitment");
  }
}
