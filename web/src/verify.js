// The verifying page: files in, plain words out. Nothing is sent anywhere and nothing is fetched once this runs.
import { kindOf, organise } from "./verify/brought.js";
import { explain } from "./verify/explain.js";
import { verifyAct } from "./verify/index.js";

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

async function judge(files) {
  const brought = organise(await Promise.all(files.map(async (file) => {
    const bytes = new Uint8Array(await file.arrayBuffer());
    return { name: file.name, bytes, kind: kindOf(bytes) };
  })));
  if (brought.problem) return refused([brought.problem]);
  try {
    const proved = await verifyAct({ ...brought, policy: policy() });
    const told = await explain(proved, brought.paper);
    return told.wrong ? refused(told.wrong) : passed(told);
  } catch (error) {
    const known = error.name === "Malformed" || error.name === "Unproven";
    return refused([
      known ? `${error.message}。` : `核对没有完成：${error.message}`,
      "请重新下载凭证再核对；仍不通过的，请保存好这份文件，向监督机关反映。",
      ...(known ? [`代码：${error.code}`] : []),
    ]);
  }
}

async function take(files) {
  if (files.length === 0) return;
  const result = document.getElementById("result");
  result.replaceChildren(tag("p", { class: "govuk-body" }, "正在核对……"));
  result.replaceChildren(await judge([...files]));
}

function begin() {
  const form = document.getElementById("verify");
  const input = document.getElementById("files");
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
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
