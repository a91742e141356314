// The flow editor: what markup its library may make, our words, and that the properties lose nothing of a file.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import test from "node:test";
import { BpmnModdle } from "bpmn-moddle";
import { copied, valuesFor, workOf } from "../src/studio/extensions.js";
import { objection } from "../src/studio/markup.js";
import { inChinese } from "../src/studio/words.js";

test("markup that could run is not taken, words about it are", () => {
  const check = (markup, expect) => assert.equal(objection(markup), expect, markup);
  check('<div class="djs-palette"><div class="entry"></div></div>', null);
  check('<svg viewBox="0 0 9 9"><path d="M0 0"/></svg>', null);
  check('<a href="http://bpmn.io" target="_blank" class="bjs-powered-by">x</a>', null);
  check("当 onclick = 1 时，见 <b>script</b>", null);
  check("<script>1</script>", "<script>");
  check("<SCRIPT src=x>", "<SCRIPT>");
  check('<img src="x" onerror="1">', "on…=");
  check('<img src=x/onerror=1>', "on…=");
  check('<a href=" javascript:1">x</a>', "javascript:");
  check("<iframe srcdoc='x'>", "<iframe>");
  check("<svg><style>x</style></svg>", "<style>");
});

test("people meet our words", () => {
  const check = (words, expect) => assert.equal(inChinese(words), expect);
  check("Create task", "任务");
  check("Timer boundary event (non-interrupting)", "定时边界事件（不打断）");
  check("Append message intermediate catch event", "接一个消息等待事件");
  check("Terminate end event", "终止结束");
  check("End event", "结束");
  assert.equal(inChinese("Open {element}", { element: "子流程" }), "打开 子流程");
});

const flows = new URL("../../demo/flows/", import.meta.url);
const files = readdirSync(flows).filter((name) => name.endsWith(".bpmn"));

function* tasks(element) {
  for (const inner of element.flowElements ?? []) {
    if (["bpmn:UserTask", "bpmn:ManualTask", "bpmn:CallActivity"].includes(inner.$type)) yield inner;
    yield* tasks(inner);
  }
}

const tasksOf = (definitions) => definitions.rootElements.flatMap((root) => [...tasks(root)]);
const types = (task) => (task.extensionElements?.values ?? []).map((value) => value.$type).sort();

test("the properties read and write every demo flow without loss", async () => {
  assert.ok(files.length >= 8);
  for (const name of files) {
    const moddle = new BpmnModdle();
    const { rootElement, warnings } = await moddle.fromXML(readFileSync(new URL(name, flows), "utf8"));
    assert.deepEqual(warnings, [], name);
    const before = tasksOf(rootElement).map((task) => [task.id, workOf(task), types(task)]);
    assert.ok(before.some(([, work]) => work.act && work.posts.length), name);
    for (const task of tasksOf(rootElement)) {
      if (task.extensionElements) task.extensionElements.values = valuesFor(moddle, task, workOf(task));
    }
    const { xml } = await moddle.toXML(rootElement, { format: true });
    const again = await new BpmnModdle().fromXML(xml);
    assert.deepEqual(again.warnings, [], name);
    assert.deepEqual(tasksOf(again.rootElement).map((task) => [task.id, workOf(task), types(task)]), before, name);
  }
});

test("a call asks a body, another one, or none", async () => {
  const moddle = new BpmnModdle();
  const { rootElement } = await moddle.fromXML(readFileSync(new URL("joint-approval.bpmn", flows), "utf8"));
  const call = tasksOf(rootElement).find(({ id }) => id === "ask_fire");
  const work = workOf(call);
  assert.deepEqual([work.assistance, work.calls, work.limit.amount], ["33030300XF", "assisting_opinion", "16"]);
  const written = async (change) => {
    const values = valuesFor(moddle, call, { ...work, ...change });
    call.extensionElements.values = values;
    return (await moddle.toXML(rootElement)).xml;
  };
  const other = await written({ assistance: "33030300HB", calls: "another" });
  assert.match(other, /<mingjing:assistance body="33030300HB" \/>/);
  assert.ok(!other.includes("33030300XF"));
  assert.match(other, /<zeebe:calledElement processId="another" propagateAllChildVariables="false" \/>/);
  const none = await written({ assistance: "", limit: null });
  assert.equal(none.match(/mingjing:assistance/g).length, 2);
  assert.equal(workOf(call).assistance, "");
});

test("others' extensions stay, and a copy shares nothing", async () => {
  const moddle = new BpmnModdle();
  const given = `<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:o="https://example.org/o"
    xmlns:mingjing="https://mingjing.dev/schema/bpmn/1" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="t">
    <bpmn:process id="p"><bpmn:userTask id="a"><bpmn:extensionElements><o:x y="1"><o:z>t</o:z></o:x><zeebe:unknown k="v"/>
    <zeebe:assignmentDefinition assignee="=x" candidateGroups="handler"/><mingjing:act kind="examine"/></bpmn:extensionElements>
    </bpmn:userTask></bpmn:process></bpmn:definitions>`;
  const { rootElement } = await moddle.fromXML(given);
  const [task] = tasksOf(rootElement);
  const work = workOf(task);
  work.posts = ["reviewer"];
  task.extensionElements.values = valuesFor(moddle, task, work);
  const { xml } = await moddle.toXML(rootElement);
  for (const part of ['<o:x y="1"><o:z>t</o:z></o:x>', '<zeebe:unknown k="v"', 'assignee="=x"', 'candidateGroups="reviewer"', 'kind="examine"']) {
    assert.ok(xml.includes(part), `${part} in ${xml}`);
  }
  const foreign = task.extensionElements.values[0];
  const twin = copied(moddle, foreign);
  assert.notEqual(twin.$children[0], foreign.$children[0]);
  assert.equal(twin.$children[0].$body, "t");
});
