// Verifier keys: `name+8 hex digits+base64(type ‖ Ed25519 key)`; type 0x01 a log's, 0x04 a witness's.
import { encode, fromBase64, toHex, toNumber } from "./bytes.js";
import { isGoodKey, keyId, verifyCosignature, verifyEd25519 } from "./crypto.js";
import { keyName, MOST_NUMBER } from "./lines.js";
import { Fault, atLater } from "./refusal.js";

export const LOG = 0x01;
export const WITNESS = 0x04;

export const parseKey = (text) => atLater("key", null, () => readKey(text));

/** Split at the first two `+` only: base64 has its own. */
export async function readKey(text) {
  if (encode(text).length > 4096) throw new Fault("too-long");
  const first = text.indexOf("+");
  const second = first < 0 ? -1 : text.indexOf("+", first + 1);
  const name = keyName(first < 0 ? text : text.slice(0, first));
  if (second < 0) throw new Fault("missing");
  const typedKey = fromBase64(text.slice(second + 1));
  if (typedKey.length === 0) throw new Fault("missing");
  const [kind, publicKey] = [typedKey[0], typedKey.slice(1)];
  if (kind !== LOG && kind !== WITNESS) throw new Fault("key-kind");
  if (publicKey.length !== 32 || !isGoodKey(publicKey)) throw new Fault("public-key");
  const id = toHex(await keyId(name, typedKey));
  if (id !== text.slice(first + 1, second)) throw new Fault("key-id");
  return { name, kind, id, publicKey, text };
}

export const claims = (key, line) => key.name === line.name && key.id === line.id;

/** `{ time }`, for a log's key with time null; null where the signature is not good. */
export async function verifyLine(key, text, line, verify) {
  if (key.kind === LOG) {
    return (await verifyEd25519(key.publicKey, line.signature, encode(text), verify)) ? { time: null } : null;
  }
  if (line.signature.length < 8) return null;
  const time = toNumber(line.signature.subarray(0, 8));
  if (time > MOST_NUMBER) return null;
  return (await verifyCosignature(key.publicKey, line.signature, text, verify)) ? { time } : null;
}
