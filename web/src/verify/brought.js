// What a person brought: told apart by how the bytes begin, not by names.

const MOST_BYTES = 32 << 20;
const begins = (bytes, text) => text.length <= bytes.length && [...text].every((c, at) => bytes[at] === c.charCodeAt(0));

/** `receipt`, `opening`, `sealed` (what seals a paper), `paper`, or null. */
export function kindOf(bytes) {
  if (bytes.length > MOST_BYTES) return null;
  if (begins(bytes, "c2sp.org/tlog-proof@v1\n")) return "receipt";
  if (begins(bytes, '{"rendered":')) return "sealed";
  if (begins(bytes, "{")) return "opening";
  if (begins(bytes, "%PDF-")) return "paper";
  return null;
}

/** One of each kind at most; `problem` says in words what is wrong with the choice. */
export function organise(files) {
  const brought = { receipt: null, opening: null, sealed: null, paper: null };
  for (const { name, bytes, kind } of files) {
    if (kind === null) return { problem: `“${name}”不是凭证文件，也不是 PDF 文书。` };
    if (brought[kind] !== null) return { problem: "请一次核对一份凭证：同一种文件选了两个。" };
    brought[kind] = bytes;
  }
  if (brought.sealed !== null && (brought.receipt ?? brought.opening) !== null) {
    return { problem: "封存证明和凭证请分开核对：每次只选一种。" };
  }
  return brought;
}
