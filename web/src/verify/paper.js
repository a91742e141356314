// A paper and what seals it: openings of the acts that gave it its bytes and its number. Proved here as engines/tlog and
// `mingjing ledger verify` prove it; whoever hands the openings out is not believed.
import { encode, toHex } from "./bytes.js";
import { sha256 } from "./crypto.js";
import { verifyAct } from "./index.js";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CHARACTERS = 16;
const MOST_CHARACTERS = 1 << 20;

/** A paper's seal does not fit: `lines` say why, in words. */
export class NotThisPaper extends Error {
  constructor(...lines) {
    super(lines[0]);
    this.lines = lines;
  }
}

/** The mark of a paper, from its id one way only. */
export async function codeOf(paperId) {
  const hash = await sha256(encode(`mingjing/paper-code/v1\0${paperId}`));
  return grouped([...hash.subarray(0, CHARACTERS)].map((byte) => ALPHABET[byte & 31]).join(""));
}

/** A mark as people type it, or null. */
export function readCode(typed) {
  const text = typed.replace(/[\s-]/g, "").toUpperCase().replaceAll("O", "0").replace(/[IL]/g, "1");
  return text.length === CHARACTERS && [...text].every((c) => ALPHABET.includes(c)) ? grouped(text) : null;
}

const grouped = (text) => text.match(/.{4}/g).join("-");

/** `{"rendered": opening, "numbered": opening or absent}`, as the site hands it out and as it is kept beside a paper. */
export function parseSealed(bytes) {
  const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  const json = text.length > MOST_CHARACTERS ? null : JSON.parse(text);
  const texts = [json?.rendered, json?.numbered ?? ""];
  if (texts.some((one) => typeof one !== "string")) throw new NotThisPaper("封存证明不完整。");
  return { rendered: json.rendered, numbered: json.numbered ?? null };
}

/**
 * Proves that the acts are sealed, that they are about one paper, and that it is the one asked for: by `paper`, its
 * bytes, or by `code`, its mark. Throws `Malformed`, `Unproven` or `NotThisPaper`.
 *
 * @returns the act that made the paper's bytes, as `verifyAct` proves it, and the paper's number or null.
 */
export async function provePaper({ sealed, paper = null, code = null, policy }) {
  const made = await proveFields(sealed.rendered, "paper_rendered", policy);
  if (paper !== null && made.fields.sha256 !== toHex(await sha256(paper))) {
    throw new NotThisPaper("这份 PDF 不是当时封存的那一份：内容不同。", "请向办理机关索取原来的文书，或者向监督机关反映。");
  }
  if (code !== null && code !== (await codeOf(made.fields.paper_id ?? ""))) {
    throw new NotThisPaper("封存证明说的不是这个核验码的文书。", "请稍后再试；仍然如此的，请向监督机关反映。");
  }
  if (sealed.numbered === null) return { ...made, number: null };
  const numbered = await proveFields(sealed.numbered, "paper_numbered", policy);
  if (numbered.fields.paper_id !== made.fields.paper_id || !made.fields.paper_id) {
    throw new NotThisPaper("封存证明里的文号是另一份文书的。");
  }
  return { ...made, number: numbered.fields.paper_no ?? null };
}

async function proveFields(opening, act, policy) {
  const proved = await verifyAct({ opening: encode(opening), policy });
  const fields = Object.fromEntries(proved.fields.map(({ name, value }) => plain(name, value)));
  if (!fields.kind?.endsWith(`.${act}`)) throw new NotThisPaper("封存证明说的是另一种行为。");
  return { proved, fields };
}

/** Members of the payload are JSON, those of the envelope are text. */
function plain(name, value) {
  if (!name.startsWith("payload.")) return [name, value];
  return [name.slice("payload.".length), JSON.parse(value)];
}

/** Words for what `provePaper` proved. `paper`: whether the file itself was there. */
export function explainPaper({ proved, fields, number }, paper) {
  const lines = paper
    ? ["这份 PDF 就是机关当时制成的那一份，一个字节也没有改动。"]
    : [
        "这个核验码的文书确实由下面的机关制成，并封存在公开日志里。请把下面的文号和日期同您手里的纸质文书对照。",
        "核验码可能被抄到别的纸上：它不能证明纸上的每个字。手里有 PDF 文件的，请把文件放到这里，逐字节核对。",
      ];
  lines.push("核验说明文书真实、没有被改动，不说明它现在仍然有效：此后可能被撤销、变更或者已经到期。");
  for (const { name, time } of proved.witnesses ?? []) {
    lines.push(`见证人“${name}”在 ${new Date(Number(time) * 1000).toLocaleString("zh-CN", { timeZone: "Asia/Shanghai" })} 也看到了同一份日志。`);
  }
  const rows = [
    ["文号", number ?? "（这种文书不编文号）"],
    ["制成日期", fields.happened_on],
    ["机关代号", fields.body],
    ["文件大小", `${fields.bytes} 字节`],
    ["SHA-256", fields.sha256],
    ["公开日志", `${proved.log} 第 ${proved.index} 号（签名时共 ${proved.size} 条）`],
  ];
  return { title: paper ? "核对通过：是原件，没有被改动" : "查到了：文书确实封存过", lines, rows };
}
