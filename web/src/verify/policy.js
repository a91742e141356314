// Whom a reader trusts: logs, witnesses, groups of them, and the quorum that must have cosigned.
import { equal } from "./bytes.js";
import { LOG, WITNESS, readKey } from "./key.js";
import { Lines, number, textOf } from "./lines.js";
import { verifyNote } from "./note.js";
import { Fault, Malformed, Unproven, atLater } from "./refusal.js";

const MOST_BYTES = 1 << 16;
const MOST_LINES = 1024;

export async function parsePolicy(bytes) {
  if (bytes.length > MOST_BYTES) throw new Malformed("policy", "too-long");
  const text = textOf("policy", bytes.map((byte) => (byte === 9 ? 32 : byte)), MOST_BYTES);
  const deleted = text.indexOf("\u007f");
  if (deleted >= 0) throw new Malformed("policy", "control-character", text.slice(0, deleted).split("\n").length);
  const reading = new Reading();
  const lines = new Lines("policy", text);
  for (let line = lines.next(); line !== null; line = lines.next()) {
    if (lines.line > MOST_LINES) throw lines.refuse("too-many");
    const words = line.split(" ").filter((word) => word !== "");
    await atLater("policy", lines.line, () => reading.take(words));
  }
  if (reading.quorum === undefined) throw new Malformed("policy", "missing");
  const { logs, witnesses, rules, quorum } = reading;
  return { logs, witnesses, rules, quorum };
}

class Reading {
  logs = [];
  witnesses = [];
  /** Each names only rules before it. */
  rules = [];
  defined = new Map();
  quorum = undefined;

  async take(words) {
    const [word, ...rest] = words;
    if (word === undefined || word.startsWith("#")) return;
    // Maps, not objects: a file may well say `constructor`.
    const readers = new Map([["log", this.log], ["witness", this.witness], ["group", this.group], ["quorum", this.end]]);
    if (!readers.has(word)) throw new Fault("keyword");
    await readers.get(word).call(this, rest);
  }

  async log([vkey, ...rest]) {
    if (vkey === undefined) throw new Fault("missing");
    const key = await this.key(vkey, LOG);
    url(rest);
    this.logs.push(key);
  }

  async witness([name, vkey, ...rest]) {
    if (vkey === undefined) throw new Fault("missing");
    const key = await this.key(vkey, WITNESS);
    url(rest);
    this.define(name, { witness: this.witnesses.length });
    this.witnesses.push({ name, key });
  }

  group([name, least, ...members]) {
    if (members.length === 0) throw new Fault("missing");
    const named = new Map([["any", 1n], ["all", BigInt(members.length)]]);
    const count = named.get(least) ?? number(least);
    if (count === 0n || count > BigInt(members.length)) throw new Fault("threshold");
    const rules = members.map((member) => this.member(member));
    this.define(name, { least: Number(count), rules });
  }

  member(name) {
    const defined = this.defined.get(name);
    if (!defined) throw new Fault("unknown-name");
    if (defined.isMember) throw new Fault("duplicate");
    defined.isMember = true;
    return defined.rule;
  }

  end(words) {
    if (words.length !== 1) throw new Fault(words.length === 0 ? "missing" : "surplus");
    if (this.quorum !== undefined) throw new Fault("duplicate");
    const [name] = words;
    if (name !== "none" && !this.defined.has(name)) throw new Fault("unknown-name");
    this.quorum = name === "none" ? null : this.defined.get(name).rule;
  }

  define(name, rule) {
    if (name === "none" || this.defined.has(name)) throw new Fault("duplicate");
    this.defined.set(name, { rule: this.rules.length, isMember: false });
    this.rules.push(rule);
  }

  async key(vkey, kind) {
    const key = await readKey(vkey);
    if (key.kind !== kind) throw new Fault("key-kind");
    const others = [...this.logs, ...this.witnesses.map((witness) => witness.key)];
    if (others.some((other) => equal(other.publicKey, key.publicKey))) throw new Fault("duplicate");
    return key;
  }
}

function url(words) {
  if (words.length > 1) throw new Fault("surplus");
}

/** Signed by a log whose name is the origin, and cosigned by the quorum: `{ log, witnesses: [{ name, time }] }`. */
export async function acceptCheckpoint(policy, checkpoint, verify) {
  const isLog = (key) => key.kind === LOG && key.name === checkpoint.origin;
  if (!policy.logs.some(isLog)) throw new Unproven("unknown-origin");
  const known = [...policy.logs, ...policy.witnesses.map((witness) => witness.key)];
  const signed = await verifyNote(checkpoint.note, known, verify);
  const log = signed.find(({ key }) => isLog(key));
  if (!log) throw new Unproven("no-signature");
  const seen = policy.witnesses.map(({ key }) => signed.find((one) => one.key === key)?.time ?? null);
  const holds = [];
  for (const rule of policy.rules) {
    const met = rule.witness === undefined ? rule.rules.filter((member) => holds[member]).length >= rule.least : seen[rule.witness] !== null;
    holds.push(met);
  }
  if (policy.quorum !== null && !holds[policy.quorum]) throw new Unproven("quorum");
  const witnesses = policy.witnesses.map(({ name }, at) => ({ name, time: seen[at] }));
  return { log: log.key.name, witnesses: witnesses.filter(({ time }) => time !== null) };
}
