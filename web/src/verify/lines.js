// How every text of the log is read: bounded, line by line.
import { decode, encode, fromBase64 } from "./bytes.js";
import { Fault, Malformed, at } from "./refusal.js";

export const MOST_NUMBER = 2n ** 63n - 1n;
export const MOST_TEXT_BYTES = 1 << 20;
const MOST_PROOF_HASHES = 63;

/** Decimal without sign or leading zero, below 2^63. */
export function number(text) {
  if (!/^(0|[1-9][0-9]{0,18})$/.test(text)) throw new Fault("number");
  const value = BigInt(text);
  if (value > MOST_NUMBER) throw new Fault("number");
  return value;
}

export function hash(text) {
  const bytes = fromBase64(text);
  if (bytes.length !== 32) throw new Fault("hash-length");
  return bytes;
}

/** Not empty, no white space of any script, no control character, no `+`, at most 255 bytes. */
export function keyName(text) {
  const bad = /[\p{White_Space}\u0000-\u001f+]/u;
  if (text === "" || encode(text).length > 255 || bad.test(text)) throw new Fault("key-name");
  return text;
}

/** Length, encoding, control characters and the last line end. */
export function textOf(form, bytes, most = MOST_TEXT_BYTES) {
  if (bytes.length > most) throw new Malformed(form, "too-long");
  const text = decode(bytes);
  if (text === null) throw new Malformed(form, "not-utf8");
  const control = text.search(/[\u0000-\u0009\u000b-\u001f]/);
  if (control >= 0) throw new Malformed(form, "control-character", text.slice(0, control).split("\n").length);
  if (!text.endsWith("\n")) throw new Malformed(form, "no-line-end");
  return text;
}

/** The lines of a checked text, `before` whose first others of the same file stand. */
export class Lines {
  constructor(form, text, before = 0) {
    this.form = form;
    this.text = text;
    this.at = 0;
    this.line = before;
  }

  /** The next line without its end; null behind the last. */
  next() {
    const end = this.text.indexOf("\n", this.at);
    if (end < 0) return null;
    const line = this.text.slice(this.at, end);
    this.at = end + 1;
    this.line += 1;
    return line;
  }

  need() {
    const line = this.next();
    if (line === null) throw new Malformed(this.form, "missing", this.line + 1);
    return line;
  }

  end() {
    if (this.at < this.text.length) throw new Malformed(this.form, "surplus", this.line + 1);
  }

  /** Reads a part of the line last given. */
  part(read) {
    return at(this.form, this.line, read);
  }

  refuse(fault) {
    return new Malformed(this.form, fault, this.line);
  }

  keyword(line, word) {
    if (!line.startsWith(`${word} `)) throw this.refuse("keyword");
    return line.slice(word.length + 1);
  }

  hashes() {
    const hashes = [];
    for (;;) {
      const line = this.need();
      if (line === "") return hashes;
      if (hashes.length === MOST_PROOF_HASHES) throw this.refuse("too-many");
      hashes.push(this.part(() => hash(line)));
    }
  }

  rest() {
    return this.text.slice(this.at);
  }
}
