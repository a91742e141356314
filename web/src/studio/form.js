// The properties of the chosen element, as a plain form: what a clerk decides about a step, in the words of the law.
import { valuesFor, workOf } from "./extensions.js";

const ACTS = {
  accept: "受理", supplement: "补正", supply_supplement: "提交补正材料", examine: "审查", inspect: "现场核查", review: "审核",
  decide: "决定", decide_jointly: "联合决定", issue: "制证", serve: "送达", release_review: "公开审查", archive: "归档", complete: "办结",
  notify_hearing: "通知听证", hear: "听证", legal_review: "法制审核", discuss: "集体讨论", propose_opening: "提出立案",
  review_opening: "审核立案", approve_opening: "批准立案", investigate: "调查取证", end_investigation: "调查终结", notify: "事先告知",
  serve_notice: "送达告知书", defence: "陈述申辩", check_defence: "复核申辩", serve_decision: "送达决定书", collect: "收缴",
  propose_closing: "提出结案", approve_closing: "批准结案", review_release: "公开审查", execute: "执行", demand: "催告",
  give_opinion: "提出协办意见", review_opinions: "汇总各部门意见", assist_examine: "协办审查", site_check: "现场核查",
  serve_demand: "送达催告书", seal: "查封", detain: "扣押", freeze: "冻结", lift: "解除", dispose: "处理", verify: "核定",
};
const UNITS = [["working_day", "个工作日"], ["calendar_day", "日"], ["hour", "小时"], ["month", "个月"]];
const SEEN = [["", "内部（没有写）"], ["internal", "内部"], ["party", "当事人可见"], ["public", "公开"]];

let made = 0;

/** An element with attributes, listeners (`on…`) and children. */
export function h(tag, given = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (typeof value === "boolean") element.toggleAttribute(name, value);
    else if (value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

function field(label, input, hint) {
  input.id = `studio-field-${++made}`;
  const note = hint && h("div", { class: "govuk-hint", id: `${input.id}-hint` }, hint);
  if (note) input.setAttribute("aria-describedby", note.id);
  return h("div", { class: "govuk-form-group" }, h("label", { class: "govuk-label", for: input.id }, label), note, input);
}

function text(value, given = {}) {
  const input = h("input", { class: "govuk-input", type: "text", ...given });
  input.value = value ?? "";
  return input;
}

function select(value, options) {
  const known = options.some(([key]) => key === value) ? options : [...options, [value, value]];
  const input = h("select", { class: "govuk-select" }, ...known.map(([key, words]) => h("option", { value: key }, words)));
  input.value = value;
  return input;
}

function tick(label, checked, onchange) {
  const id = `studio-field-${++made}`;
  const box = h("input", { class: "govuk-checkboxes__input", type: "checkbox", id, onchange: (event) => onchange(event.target.checked) });
  box.checked = checked;
  return h("div", { class: "govuk-checkboxes__item" }, box, h("label", { class: "govuk-label govuk-checkboxes__label", for: id }, label));
}

const group = (legend, ...children) =>
  h("fieldset", { class: "govuk-fieldset mj-studio__group" }, h("legend", { class: "govuk-fieldset__legend govuk-fieldset__legend--s" }, legend), ...children);

const small = (label, onclick) => h("button", { type: "button", class: "mj-linkbutton", onclick }, label);

const isCall = (businessObject) => businessObject.$type === "bpmn:CallActivity";
const isWork = (businessObject) => ["bpmn:UserTask", "bpmn:ManualTask"].includes(businessObject.$type);

export class Properties {
  #place;
  #modeler;
  #setting;
  #element = null;
  /** A change of ours must not build the form anew under the person's hands. */
  #own = false;

  constructor(place, modeler, setting) {
    this.#place = place;
    this.#modeler = modeler;
    this.#setting = setting;
    modeler.on("selection.changed", ({ newSelection }) => this.show(newSelection.length === 1 ? newSelection[0] : null));
    modeler.on("commandStack.changed", () => !this.#own && this.show(this.#still()));
  }

  #still() {
    return this.#element && this.#modeler.get("elementRegistry").get(this.#element.id) ? this.#element : null;
  }

  show(element) {
    this.#element = element?.labelTarget ?? element;
    const hint = (words) => h("p", { class: "govuk-hint" }, words);
    if (!this.#element?.businessObject) {
      this.#place.replaceChildren(hint("在图上选一个元素，这里显示它的属性。"));
      return;
    }
    const { businessObject } = this.#element;
    const parts = [this.#name(businessObject)];
    if (isWork(businessObject)) parts.push(...this.#work(businessObject));
    else if (isCall(businessObject)) parts.push(...this.#call(businessObject));
    else if (businessObject.$type === "bpmn:SequenceFlow") parts.push(this.#condition(businessObject));
    else parts.push(...this.#timers(businessObject), hint("这种元素没有别的属性要填；文件里已有的其他设置原样保留。"));
    parts.push(h("p", { class: "govuk-hint" }, `编号：${businessObject.id}`));
    this.#place.replaceChildren(...parts);
  }

  #change(act, rebuild = false) {
    this.#own = !rebuild;
    try {
      act(this.#modeler.get("modeling"));
    } finally {
      this.#own = false;
    }
  }

  #name(businessObject) {
    const input = text(businessObject.name, { maxlength: "100", autocomplete: "off" });
    input.addEventListener("change", () => this.#change((modeling) => modeling.updateProperties(this.#element, { name: input.value || undefined })));
    return field("名称", input);
  }

  /** Writes what the task says of its work; as one step that can be undone. */
  #keep(work, rebuild) {
    const moddle = this.#modeler.get("moddle");
    const { businessObject } = this.#element;
    const extensionElements = moddle.create("bpmn:ExtensionElements", {});
    extensionElements.$parent = businessObject;
    extensionElements.values = valuesFor(moddle, businessObject, work);
    for (const value of extensionElements.values) value.$parent = extensionElements;
    const calls = isCall(businessObject) ? { calledElement: work.calls || undefined } : {};
    this.#change((modeling) => modeling.updateProperties(this.#element, { extensionElements, ...calls }), rebuild);
  }

  #work(businessObject) {
    const work = workOf(businessObject);
    const keep = (rebuild = false) => this.#keep(work, rebuild);
    return [this.#act(work, keep), this.#posts(work, keep), this.#limit(work, keep), this.#outcomes(work, keep),
      this.#papers(work, keep), this.#opinion(work, keep), ...this.#rest(work, keep)];
  }

  /** A call may ask another body for its opinion: then it has a time for it, and who sees it. */
  #call(businessObject) {
    const work = workOf(businessObject);
    const keep = (rebuild = false) => this.#keep(work, rebuild);
    const processes = select(work.calls, [["", "（没有选）"], ...this.#processes(businessObject)]);
    processes.addEventListener("change", () => { work.calls = processes.value; keep(); });
    const bodies = select(work.assistance, [["", "不转给别的单位"], ...this.#setting.bodies]);
    bodies.addEventListener("change", () => {
      work.assistance = bodies.value;
      // Without a body that is asked there is nothing that the time could be for.
      if (!work.assistance) work.limit = null;
      keep(true);
    });
    const asked = work.assistance ? [this.#limit(work, keep), this.#seen(work, keep)] : [];
    return [field("调用的流程", processes), field("协办单位", bodies,
      "选了单位的，办到这里就转告该单位，由它按调用的流程提出意见；意见没有回来，这一步不算办完"), ...asked];
  }

  /** Processes of the file beside the one that the call is in. */
  #processes(businessObject) {
    let own = businessObject.$parent;
    while (own && own.$type !== "bpmn:Process") own = own.$parent;
    const roots = this.#modeler.getDefinitions().rootElements ?? [];
    return roots.filter((root) => root.$type === "bpmn:Process" && root !== own).map(({ id, name }) => [id, name || id]);
  }

  #act(work, keep) {
    const list = h("datalist", { id: "studio-acts" }, ...Object.entries(ACTS).map(([key, words]) => h("option", { value: key }, words)));
    const input = text(work.act, { list: list.id, autocomplete: "off" });
    input.addEventListener("change", () => { work.act = input.value.trim(); keep(); });
    const box = field("在法律上是什么行为", input, ACTS[work.act] ?? "例如 accept 是受理，decide 是决定");
    box.append(list);
    return box;
  }

  #posts(work, keep) {
    const known = this.#setting.posts;
    const others = work.posts.filter((post) => !known.some(([key]) => key === post)).map((post) => [post, post, null]);
    const boxes = [...known, ...others].map(([key, name, holders]) =>
      tick(holders === 0 ? `${name}（现在没有人）` : name, work.posts.includes(key), (chosen) => {
        work.posts = chosen ? [...work.posts, key] : work.posts.filter((post) => post !== key);
        keep();
      }));
    return group("由谁办理", h("div", { class: "govuk-checkboxes govuk-checkboxes--small" }, ...boxes));
  }

  #limit(work, keep) {
    const amount = text(work.limit?.amount, { inputmode: "numeric", class: "govuk-input govuk-input--width-4" });
    const unit = select(work.limit?.unit ?? "working_day", UNITS);
    const basis = text(work.limit?.basis);
    const read = () => {
      work.limit = amount.value.trim() ? { amount: amount.value.trim(), unit: unit.value, basis: basis.value.trim() } : null;
      keep();
    };
    for (const input of [amount, unit, basis]) input.addEventListener("change", read);
    return group("办理时限", field("多少", amount, "不填就是没有时限"), field("单位", unit), field("依据", basis));
  }

  #outcomes(work, keep) {
    const rows = work.outcomes.map((outcome, at) => {
      const name = text(outcome.name);
      const id = text(outcome.id);
      name.addEventListener("change", () => { outcome.name = name.value.trim(); keep(); });
      id.addEventListener("change", () => { outcome.id = id.value.trim(); keep(true); });
      return h("div", { class: "mj-studio__row" }, field(`结果${at + 1}`, name), field("代号", id),
        tick("对当事人不利或者退回", outcome.negative, (chosen) => { outcome.negative = chosen; keep(); }),
        small(`去掉结果${at + 1}`, () => { work.outcomes.splice(at, 1); keep(true); }));
    });
    const add = small("加一个结果", () => {
      work.outcomes.push({ id: `outcome${work.outcomes.length + 1}`, name: "新的结果", negative: false });
      keep(true);
    });
    return group("办理结果", ...rows, add);
  }

  #papers(work, keep) {
    const templates = this.#setting.papers;
    const whens = [["", "不论什么结果"], ...work.outcomes.map(({ id, name }) => [id, `结果为“${name}”时`])];
    const rows = work.papers.map((paper, at) => {
      const template = select(paper.template, templates);
      const when = select(paper.when, whens);
      template.addEventListener("change", () => { paper.template = template.value; keep(); });
      when.addEventListener("change", () => { paper.when = when.value; keep(); });
      return h("div", { class: "mj-studio__row" }, field(`文书${at + 1}`, template), field("什么时候出具", when),
        small(`去掉文书${at + 1}`, () => { work.papers.splice(at, 1); keep(true); }));
    });
    const add = small("加一份文书", () => { work.papers.push({ template: templates[0]?.[0] ?? "", when: "" }); keep(true); });
    return group("出具的文书", ...rows, add);
  }

  #opinion(work, keep) {
    return group("意见", h("div", { class: "govuk-checkboxes govuk-checkboxes--small" },
      tick("必须写意见", work.opinion.required, (chosen) => { work.opinion.required = chosen; keep(); }),
      tick("不利结果必须写理由", work.opinion.reasons, (chosen) => { work.opinion.reasons = chosen; keep(); })));
  }

  #rest(work, keep) {
    const form = text(work.form);
    form.addEventListener("change", () => { work.form = form.value.trim(); keep(); });
    return [field("表单（选填）", form), this.#seen(work, keep)];
  }

  #seen(work, keep) {
    const seen = select(work.visibility, SEEN);
    seen.addEventListener("change", () => { work.visibility = seen.value; keep(); });
    return field("谁能看到这一步", seen);
  }

  #condition(businessObject) {
    const input = text(businessObject.conditionExpression?.body, { autocomplete: "off" });
    const keep = () => {
      const moddle = this.#modeler.get("moddle");
      const body = input.value.trim();
      const conditionExpression = body ? moddle.create("bpmn:FormalExpression", { body }) : undefined;
      if (conditionExpression) conditionExpression.$parent = businessObject;
      this.#change((modeling) => modeling.updateProperties(this.#element, { conditionExpression }));
    };
    input.addEventListener("change", keep);
    const outcomes = outcomesBefore(businessObject.sourceRef);
    const chosen = new Set([...input.value.matchAll(/"([^"]+)"/g)].map(([, id]) => id));
    const boxes = outcomes.map(({ id, name }) => tick(`${name}（${id}）`, chosen.has(id), (on) => {
      on ? chosen.add(id) : chosen.delete(id);
      const list = outcomes.filter((one) => chosen.has(one.id)).map((one) => `"${one.id}"`);
      input.value = list.length === 0 ? "" : list.length === 1 ? `=outcome = ${list[0]}` : `=outcome in (${list.join(", ")})`;
      keep();
    }));
    const pick = boxes.length ? group("前一步是这些结果时走这条", h("div", { class: "govuk-checkboxes govuk-checkboxes--small" }, ...boxes)) : null;
    return h("div", {}, pick, field("条件（FEEL）", input, "空着就是没有条件"));
  }

  #timers(businessObject) {
    const timer = (businessObject.eventDefinitions ?? []).find((one) => one.$type === "bpmn:TimerEventDefinition");
    if (!timer) return [];
    const kinds = [["timeDuration", "过多久（ISO 8601，如 P5D）"], ["timeDate", "到哪一刻"], ["timeCycle", "每隔多久"]];
    const [kind, label] = kinds.find(([name]) => timer[name]) ?? kinds[0];
    const input = text(timer[kind]?.body, { autocomplete: "off" });
    input.addEventListener("change", () => {
      const body = input.value.trim();
      const expression = body ? this.#modeler.get("moddle").create("bpmn:FormalExpression", { body }) : undefined;
      // What hangs on the expression, as our count of working days does, stays.
      if (expression && timer[kind]?.extensionElements) expression.extensionElements = timer[kind].extensionElements;
      this.#change((modeling) => modeling.updateModdleProperties(this.#element, timer, { [kind]: expression }));
    });
    return [field(label, input)];
  }
}

/** Outcomes of the tasks that may come to this element without another task between. */
function outcomesBefore(element) {
  const seen = new Set();
  const found = new Map();
  const walk = (at) => {
    if (!at || seen.has(at)) return;
    seen.add(at);
    if (isWork(at)) {
      for (const outcome of workOf(at).outcomes) found.set(outcome.id, outcome);
      return;
    }
    for (const flow of at.incoming ?? []) walk(flow.sourceRef);
  };
  walk(element);
  return [...found.values()];
}
