// What our law needs stands in extension elements. The library is given no descriptor of them on purpose: it drops what a
// descriptor does not list, and keeps whole what it does not know. So nothing of Zeebe's, of ours or of others' is lost.

export const MINGJING = { prefix: "mingjing", uri: "https://mingjing.dev/schema/bpmn/1" };
export const ZEEBE = { prefix: "zeebe", uri: "http://camunda.org/schema/zeebe/1.0" };

const plain = (name) => !name.startsWith("$") && name !== "xmlns";

export function is(element, space, local) {
  const name = element.$descriptor?.ns ?? {};
  return name.uri ? name.uri === space.uri && name.localName === local : element.$type === `${space.prefix}:${local}`;
}

/** Attributes of a generic element. */
export function attributes(element) {
  return Object.fromEntries(Object.entries(element).filter(([name, value]) => plain(name) && typeof value !== "object"));
}

function make(moddle, space, local, given, children) {
  const element = moddle.createAny(`${space.prefix}:${local}`, space.uri, given);
  if (children) {
    element.$children = children;
    for (const child of children) child.$parent = element;
  }
  return element;
}

/** A copy that shares nothing, so that undoing and pasting leave the first as it was. */
export function copied(moddle, element) {
  const { ns } = element.$descriptor;
  const twin = moddle.createAny(element.$type, ns?.uri, attributes(element));
  if (element.$body !== undefined) twin.$body = element.$body;
  if (element.$children) {
    twin.$children = element.$children.map((child) => copied(moddle, child));
    for (const child of twin.$children) child.$parent = twin;
  }
  return twin;
}

const empty = () => ({
  act: "", posts: [], limit: null, papers: [], opinion: { required: false, reasons: false }, outcomes: [], visibility: "",
  form: "", assistance: "", calls: "",
});

/** What a task says of its work; of a call, which process it calls and which body it asks. */
export function workOf(businessObject) {
  const work = { ...empty(), calls: businessObject.calledElement ?? "" };
  for (const element of businessObject.extensionElements?.values ?? []) {
    if (is(element, MINGJING, "act")) work.act = element.kind ?? "";
    if (is(element, MINGJING, "limit")) work.limit = { amount: element.amount ?? "", unit: element.unit ?? "", basis: element.basis ?? "" };
    if (is(element, MINGJING, "paper")) work.papers.push({ template: element.template ?? "", when: element.when ?? "" });
    if (is(element, MINGJING, "opinion")) {
      work.opinion = { required: element.required === "true", reasons: element.negativeNeedsReasons === "true" };
    }
    if (is(element, MINGJING, "outcomes")) {
      work.outcomes = (element.$children ?? []).map((one) => ({ id: one.id ?? "", name: one.name ?? "", negative: one.negative === "true" }));
    }
    if (is(element, MINGJING, "visibility")) work.visibility = element.value ?? "";
    if (is(element, MINGJING, "assistance")) work.assistance = element.body ?? "";
    if (is(element, ZEEBE, "calledElement")) work.calls ||= element.processId ?? "";
    if (is(element, ZEEBE, "assignmentDefinition")) work.posts = (element.candidateGroups ?? "").split(",").map((post) => post.trim()).filter(Boolean);
    if (is(element, ZEEBE, "formDefinition")) work.form = element.formId ?? element.formKey ?? "";
  }
  return work;
}

const OURS = ["act", "assistance", "limit", "paper", "opinion", "outcomes", "visibility"];

/** The extension elements that say this; what they said of other things is kept in its place. */
export function valuesFor(moddle, businessObject, work) {
  const old = businessObject.extensionElements?.values ?? [];
  const assignment = old.find((element) => is(element, ZEEBE, "assignmentDefinition"));
  const form = old.find((element) => is(element, ZEEBE, "formDefinition"));
  const called = old.find((element) => is(element, ZEEBE, "calledElement"));
  const kept = old.filter((element) => !OURS.some((local) => is(element, MINGJING, local)) && ![assignment, form, called].includes(element));
  const made = [];
  if (called) {
    const given = { ...attributes(called), ...(work.calls ? { processId: work.calls } : {}) };
    if (!work.calls) delete given.processId;
    made.push(make(moddle, ZEEBE, "calledElement", given));
  }
  if (work.posts.length || assignment) {
    const given = { ...(assignment ? attributes(assignment) : {}), candidateGroups: work.posts.join(",") };
    if (!work.posts.length) delete given.candidateGroups;
    if (Object.keys(given).length) made.push(make(moddle, ZEEBE, "assignmentDefinition", given));
  }
  if (work.form) {
    const given = form ? attributes(form) : {};
    made.push(make(moddle, ZEEBE, "formDefinition", { ...given, [given.formKey && !given.formId ? "formKey" : "formId"]: work.form }));
  }
  if (work.assistance) made.push(make(moddle, MINGJING, "assistance", { body: work.assistance }));
  if (work.act) made.push(make(moddle, MINGJING, "act", { kind: work.act }));
  if (work.limit) {
    const { amount, unit, basis } = work.limit;
    made.push(make(moddle, MINGJING, "limit", { amount, unit, ...(basis ? { basis } : {}) }));
  }
  for (const { template, when } of work.papers) made.push(make(moddle, MINGJING, "paper", { template, ...(when ? { when } : {}) }));
  const { required, reasons } = work.opinion;
  if (required || reasons) made.push(make(moddle, MINGJING, "opinion", { required: String(required), negativeNeedsReasons: String(reasons) }));
  if (work.outcomes.length) {
    const list = work.outcomes.map(({ id, name, negative }) => make(moddle, MINGJING, "outcome", { id, name, ...(negative ? { negative: "true" } : {}) }));
    made.push(make(moddle, MINGJING, "outcomes", {}, list));
  }
  if (work.visibility) made.push(make(moddle, MINGJING, "visibility", { value: work.visibility }));
  return [...kept, ...made];
}

/** For the library's copying, which leaves out what it does not know. */
export function CopyWhole(eventBus, moddle) {
  eventBus.on("moddleCopy.canCopyProperty", 2000, ({ property }) => {
    const foreign = property?.$type && property.$descriptor?.isGeneric;
    return foreign ? copied(moddle, property) : undefined;
  });
}
CopyWhole.$inject = ["eventBus", "moddle"];
