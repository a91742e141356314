// Signed notes and checkpoints.
import { fromBase64, toBase64, toHex, concat } from "./bytes.js";
import { claims, verifyLine } from "./key.js";
import { Lines, hash, keyName, number, textOf } from "./lines.js";
import { Fault, Malformed, Unproven } from "./refusal.js";

const MOST_SIGNATURES = 100;
const MOST_SIGNATURE_BYTES = 8192;

export const parseNote = (bytes) => readNote(textOf("note", bytes), 0);

/** From a checked text; split at the last empty line, since the text may have its own. */
export function readNote(note, before) {
  const split = note.lastIndexOf("\n\n");
  if (split < 0) throw new Malformed("note", "missing", before + 1);
  const text = note.slice(0, split + 1);
  const linesOfText = text.split("\n").length - 1;
  const lines = new Lines("note", note.slice(split + 2), before + linesOfText + 1);
  const signatures = [];
  for (let line = lines.need(); line !== null; line = lines.next()) {
    if (signatures.length === MOST_SIGNATURES) throw lines.refuse("too-many");
    const given = line;
    signatures.push(lines.part(() => readSignatureLine(given)));
  }
  return { text, signatures };
}

function readSignatureLine(line) {
  const [dash, name, base64, ...more] = line.split(" ");
  if (dash !== "—" || name === undefined || base64 === undefined) throw new Fault("signature-line");
  keyName(name);
  const bytes = fromBase64([base64, ...more].join(" "));
  if (bytes.length < 5 || bytes.length > MOST_SIGNATURE_BYTES) throw new Fault("signature-line");
  return { name, id: toHex(bytes.subarray(0, 4)), signature: bytes.slice(4), keyIdBytes: bytes.slice(0, 4) };
}

export function printNote({ text, signatures }) {
  const line = ({ name, keyIdBytes, signature }) => `— ${name} ${toBase64(concat(keyIdBytes, signature))}\n`;
  return `${text}\n${signatures.map(line).join("")}`;
}

/**
 * Every line of a known key must be good, also a second one of the same key; at least one is known.
 * Gives `{ key, time }` for each key that signed.
 */
export async function verifyNote(note, known, verify) {
  const signed = new Map();
  for (const line of note.signatures) {
    for (const key of known.filter((one) => claims(one, line))) {
      const good = await verifyLine(key, note.text, line, verify);
      if (good === null) throw new Unproven("signature", line.name);
      const before = signed.get(key)?.time ?? null;
      signed.set(key, { key, time: before !== null && before > good.time ? before : good.time });
    }
  }
  if (signed.size === 0) throw new Unproven("no-signature");
  return known.filter((key) => signed.has(key)).map((key) => signed.get(key));
}

export const parseCheckpoint = (bytes) => readCheckpoint(textOf("note", bytes), 0);

/** Origin, size, root: three lines, no more. */
export function readCheckpoint(text, before) {
  const note = readNote(text, before);
  const lines = new Lines("checkpoint", note.text, before);
  const part = (read) => {
    const line = lines.need();
    return lines.part(() => read(line));
  };
  const origin = part(keyName);
  const size = part(number);
  const root = part(hash);
  lines.end();
  return { origin, size, root, note };
}
