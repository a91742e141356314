// The editor: the library's canvas, our properties beside it, the prover's findings on it, rehearsal, drafts.
import Modeler from "bpmn-js/lib/Modeler";
import { CopyWhole } from "./extensions.js";
import { Findings } from "./findings.js";
import { Properties } from "./form.js";
import { Keeper } from "./keeper.js";
import { allowMarkup } from "./markup.js";
import { Rehearsal } from "./run.js";
import { inChinese } from "./words.js";

/** After the last stroke. */
const PAUSE = 900;

const at = (id) => document.getElementById(id);

export async function open(desk, setting, asking) {
  allowMarkup();
  desk.hidden = false;
  at("studio-plain").hidden = true;
  const modeler = new Modeler({
    container: at("studio-canvas"),
    additionalModules: [
      { translate: ["value", inChinese] },
      { __init__: ["mingjingCopy"], mingjingCopy: ["type", CopyWhole] },
    ],
  });
  const { warnings } = await modeler.importXML(asking.opened());
  fit(modeler.get("canvas"));
  const chart = async () => (await modeler.saveXML({ format: true })).xml;
  const findings = check(modeler, asking, chart);
  new Properties(at("studio-form"), modeler, setting);
  const keeper = new Keeper(asking, chart, setting);
  modeler.on("commandStack.changed", () => keeper.touched());
  buttons(desk, modeler, keeper, new Rehearsal(at("studio-run-body"), modeler, asking, chart));
  if (warnings.length) keeper.say(`文件里有 ${warnings.length} 处编辑器不认识的内容，保存前请先下载一份原来的文件。`);
  findings.now();
}

/** The tools lie over the left edge: the whole chart stands beside them. */
function fit(canvas) {
  const TOOLS = 130;
  canvas.zoom("fit-viewport");
  const { inner, outer } = canvas.viewbox();
  const scale = Math.min((outer.width - TOOLS) / inner.width, outer.height / inner.height, 1) * 0.97;
  const [width, height] = [outer.width / scale, outer.height / scale];
  canvas.viewbox({ x: inner.x - TOOLS / scale, y: inner.y - (height - inner.height) / 2, width, height });
}

/** The prover looks at what is drawn, a moment after each change; only the last question is answered. */
function check(modeler, asking, chart) {
  const canvas = modeler.get("canvas");
  const overlays = modeler.get("overlays");
  const registry = modeler.get("elementRegistry");
  let marked = [];
  let waiting;
  let under;

  const unmark = () => {
    for (const [id, marker] of marked) if (registry.get(id)) canvas.removeMarker(id, marker);
    marked = [];
    overlays.remove({ type: "mingjing-finding" });
  };
  const mark = (id, marker) => {
    if (!registry.get(id)) return;
    canvas.addMarker(id, marker);
    marked.push([id, marker]);
  };
  const badge = (id, words) => {
    const sign = document.createElement("span");
    sign.className = "mj-studio__badge";
    sign.textContent = words;
    overlays.add(id, "mingjing-finding", { position: { top: -10, right: 10 }, html: sign });
  };
  const shown = (told) => {
    unmark();
    list.show(told);
    const numbers = new Map();
    told.findings.forEach((finding, index) => {
      if (!finding.element || !registry.get(finding.element)) return;
      mark(finding.element, finding.severity === "error" ? "mj-error" : "mj-warning");
      numbers.set(finding.element, [...(numbers.get(finding.element) ?? []), index + 1]);
    });
    for (const [id, list] of numbers) badge(id, list.join("、"));
  };
  const choose = (finding) => {
    const element = registry.get(finding.element);
    if (!element) return;
    for (const [id] of [...marked]) if (registry.get(id)) canvas.removeMarker(id, "mj-way");
    for (const id of finding.path) mark(id, "mj-way");
    canvas.scrollToElement(element);
    modeler.get("selection").select(element);
  };
  const list = new Findings(at("studio-found"), at("studio-verdict"), choose);

  const now = async () => {
    under?.abort();
    under = new AbortController();
    list.busy();
    try {
      shown(await asking.check(await chart(), under.signal));
    } catch (error) {
      if (error.name !== "AbortError") list.failed(error.message);
    }
  };
  modeler.on("commandStack.changed", () => {
    clearTimeout(waiting);
    waiting = setTimeout(now, PAUSE);
  });
  return { now };
}

function buttons(desk, modeler, keeper, rehearsal) {
  const panel = at("studio-run");
  const button = (name) => desk.querySelector(`[data-do=${name}]`);
  const stack = modeler.get("commandStack");
  const able = () => {
    button("undo").disabled = !stack.canUndo();
    button("redo").disabled = !stack.canRedo();
  };
  modeler.on("commandStack.changed", able);
  able();
  const simulate = async () => {
    const on = button("simulate").getAttribute("aria-pressed") !== "true";
    button("simulate").setAttribute("aria-pressed", String(on));
    button("simulate").textContent = on ? "结束模拟" : "逐步模拟";
    panel.hidden = !on;
    if (on) await rehearsal.begin();
    else rehearsal.end();
  };
  const deeds = {
    save: () => keeper.save(),
    undo: () => stack.undo(),
    redo: () => stack.redo(),
    fit: () => fit(modeler.get("canvas")),
    download: () => keeper.download(),
    simulate,
  };
  for (const [name, deed] of Object.entries(deeds)) button(name).addEventListener("click", deed);
}
