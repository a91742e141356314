// Small comforts on top of pages that work without any script.

/** An error summary takes the focus, so that a reader hears it first. */
function focusErrors(root) {
  root.querySelector?.("[data-mj=focus]")?.focus();
}

/** A second click on the same button sends nothing; coming back to the page makes it usable again. */
function sendOnce(event) {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 10_000);
}

function clearSent() {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
}

/** Buttons that need a script are hidden in the markup and shown here. */
function showButtons(root) {
  for (const button of root.querySelectorAll?.("button[data-mj=print], button[data-mj=copy]") ?? []) button.hidden = false;
}

async function onClick(event) {
  const button = event.target.closest?.("button[data-mj]");
  if (button?.dataset.mj === "print") window.print();
  if (button?.dataset.mj === "copy") {
    await navigator.clipboard.writeText(button.dataset.text ?? "");
    say(button, "已复制");
  }
}

function say(beside, words) {
  const told = beside.parentElement.querySelector("[data-mj=told]");
  if (told) told.textContent = words;
}

/** `<form data-autosave="/drafts/…">` is posted two seconds after the last change; `[data-mj=saved]` says when. */
function autosave(form) {
  let timer;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => save(form), 2000);
  });
}

async function save(form) {
  const told = form.querySelector("[data-mj=saved]");
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string" && name !== "_key") body.append(name, value);
  body.append("_key", crypto.randomUUID());
  try {
    const answer = await fetch(form.dataset.autosave, { method: "POST", body, headers: { accept: "application/json" } });
    if (told) told.textContent = answer.ok ? `草稿已保存 ${new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" })}` : "草稿没有保存，请用下方按钮保存";
  } catch {
    if (told) told.textContent = "网络不通，草稿没有保存";
  }
}

export function enhance() {
  document.addEventListener("submit", sendOnce);
  document.addEventListener("click", onClick);
  window.addEventListener("pageshow", clearSent);
  document.addEventListener("htmx:after:settle", (event) => {
    focusErrors(event.target);
    showButtons(event.target);
  });
  focusErrors(document);
  showButtons(document);
  for (const form of document.querySelectorAll("form[data-autosave]")) autosave(form);
}
