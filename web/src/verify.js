// The verifying page: files in, plain words out. Files stay here; for a paper without anything beside it the page asks the
// site what seals it, by the digest of the file or the mark on the paper, and believes nothing of the answer unproved.
import { kindOf, organise } from "./verify/brought.js";
import { explain } from "./verify/explain.js";
import { toHex } from "./verify/bytes.js";
import { sha256 } from "./verify/crypto.js";
import { verifyAct } from "./verify/index.js";
import { NotThisPaper, explainPaper, parseSealed, provePaper, readCode } from "./verify/paper.js";

const policy = () => new TextEncoder().encode(document.getElementById("trusted").textContent);

/** A tag with attributes and children; text is text, never markup. */
function tag(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const paragraphs = (lines) => lines.map((line) => tag("p", { class: "govuk-body" }, line));

function passed({ title, lines, rows }) {
  const list = tag("dl", { class: "govuk-summary-list" });
  for (const [key, value] of rows) {
    list.append(tag("div", { class: "govuk-summary-list__row" },
      tag("dt", { class: "govuk-summary-list__key" }, key),
      tag("dd", { class: "govuk-summary-list__value mj-verify__value" }, value)));
  }
  return tag("section", { class: "mj-card mj-verify__good", "aria-labelledby": "said" },
    tag("div", { class: "mj-card__title" }, tag("h2", { class: "govuk-heading-m", id: "said" }, title)),
    tag("div", { class: "mj-card__content" }, ...paragraphs(lines), ...(rows.length ? [list] : [])));
}

function refused(lines) {
  return tag("section", { class: "mj-card mj-verify__bad", "aria-labelledby": "said" },
    tag("div", { class: "mj-card__title" }, tag("h2", { class: "govuk-heading-m", id: "said" }, "没有通过核对")),
    tag("div", { class: "mj-card__content" }, ...paragraphs(lines)));
}

/** What went wrong, in words; never a stack. */
function refusal(error) {
  if (error instanceof NotThisPaper) return refused(error.lines);
  const known = error.name === "Malformed" || error.name === "Unproven";
  return refused([
    known ? `${error.message}。` : `核对没有完成：${error.message}`,
    "请重新下载凭证再核对；仍不通过的，请保存好这份文件，向监督机关反映。",
    ...(known ? [`代码：${error.code}`] : []),
  ]);
}

async function judge(files) {
  const brought = organise(await Promise.all(files.map(async (file) => {
    const bytes = new Uint8Array(await file.arrayBuffer());
    return { name: file.name, bytes, kind: kindOf(bytes) };
  })));
  if (brought.problem) return refused([brought.problem]);
  try {
    if (brought.receipt === null && brought.opening === null) return await judgePaper(brought);
    const proved = await verifyAct({ ...brought, policy: policy() });
    const told = await explain(proved, brought.paper);
    return told.wrong ? refused(told.wrong) : passed(told);
  } catch (error) {
    return refusal(error);
  }
}

/** A paper's file, what seals it, or both. */
async function judgePaper({ paper, sealed }) {
  const bytes = sealed ?? (await lookUp(toHex(await sha256(paper)), NO_SUCH_FILE));
  const proven = await provePaper({ sealed: parseSealed(bytes), paper, policy: policy() });
  return withKeeping(passed(explainPaper(proven, paper !== null)), sealed === null ? bytes : null);
}

async function judgeCode(typed) {
  const code = readCode(typed);
  if (code === null) return refused(["核验码是 16 个字母和数字，印在文书末页的二维码旁边。请对照纸面重新输入。"]);
  try {
    const bytes = await lookUp(code, NO_SUCH_CODE);
    const proven = await provePaper({ sealed: parseSealed(bytes), code, policy: policy() });
    return passed(explainPaper(proven, false));
  } catch (error) {
    return refusal(error);
  }
}

const NO_SUCH_FILE = [
  "本站没有封存过这样的文件：它不是本站制成的文书，或者内容被改动过，哪怕只改了一个字节。",
  "重新保存、打印成 PDF 或者加过批注的文件也不再是原件：请用从办件页面下载的原文件核对，或者向办理机关查询。",
];
const NO_SUCH_CODE = [
  "没有这个核验码的文书。",
  "请对照纸面重新输入；仍然查不到的，请拿着文书向办理机关或者监督机关查询。",
];

/** Only the digest or the mark goes out. */
async function lookUp(asked, nothing) {
  let answer;
  try {
    answer = await fetch(`/verify/papers/${asked}`, { headers: { accept: "application/json" }, credentials: "omit" });
  } catch {
    throw new NotThisPaper("现在没有联网，查不到文书的封存证明。", "断开网络也要核对的，请把文书和它的凭证（或者以前保存的封存证明）一起选上。");
  }
  if (answer.ok) return new Uint8Array(await answer.arrayBuffer());
  const said = await answer.json().catch(() => ({}));
  if (said.code === "cases.paper.pending") throw new NotThisPaper("这份文书已经记录，正在等待写入公开日志。", "请一两分钟后再核验。");
  if (answer.status === 404) throw new NotThisPaper(...nothing);
  throw new Error("本站暂时答不上来，请稍后再试。");
}

/** What was fetched is offered to be kept: with it the paper is verified without the site, for ever. */
function withKeeping(section, bytes) {
  if (bytes === null) return section;
  const address = URL.createObjectURL(new Blob([bytes], { type: "application/json" }));
  section.querySelector(".mj-card__content").append(
    tag("p", { class: "govuk-body" },
      tag("a", { class: "govuk-link", href: address, download: "封存证明.json" }, "保存封存证明"),
      "：以后同文书一起选上，断开网络、离开本站也能核对。"));
  return section;
}

async function show(judging) {
  const result = document.getElementById("result");
  result.replaceChildren(tag("p", { class: "govuk-body" }, "正在核对……"));
  result.replaceChildren(await judging);
}

async function take(files) {
  if (files.length > 0) await show(judge([...files]));
}

/** The mark on a paper opens this page with its code behind `#`, which the browser sends to nobody. */
async function takeCodeOfAddress() {
  const code = readCode(decodeURIComponent(location.hash.slice(1)));
  if (code === null) return;
  document.getElementById("code").value = code;
  await show(judgeCode(code));
}

function begin() {
  const form = document.getElementById("verify");
  const input = document.getElementById("files");
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show(judgeCode(document.getElementById("code").value));
  });
  addEventListener("hashchange", takeCodeOfAddress);
  takeCodeOfAddress();
  input.addEventListener("change", () => take(input.files));
  for (const over of ["dragenter", "dragover"]) {
    form.addEventListener(over, (event) => {
      event.preventDefault();
      form.classList.add("mj-verify--over");
    });
  }
  form.addEventListener("dragleave", () => form.classList.remove("mj-verify--over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("mj-verify--over");
    take(event.dataTransfer.files);
  });
}

begin();
