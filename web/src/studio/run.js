// Stepping through the chart: who does what with which outcome, when a timer goes off, and where that leads.
import { h } from "./form.js";

const ENDED = { completed: "流程办完了。", terminated: "流程被终止了。", failed: "流程出错，停下了。" };

export class Rehearsal {
  #place;
  #canvas;
  #asking;
  #chart;
  #script = [];
  #marked = [];

  /** `chart` gives the XML as it stands. */
  constructor(place, modeler, asking, chart) {
    this.#place = place;
    this.#canvas = modeler.get("canvas");
    this.#asking = asking;
    this.#chart = chart;
  }

  async begin() {
    this.#script = [];
    await this.#play();
  }

  end() {
    this.#unmark();
    this.#place.replaceChildren();
  }

  async #do(act) {
    this.#script.push(act);
    await this.#play();
  }

  async #play() {
    let told;
    try {
      told = await this.#asking.rehearse(await this.#chart(), this.#script);
    } catch (error) {
      this.#place.replaceChildren(h("p", { class: "govuk-error-message" }, error.message));
      return;
    }
    this.#mark(told);
    this.#place.replaceChildren(this.#standing(told), ...this.#ways(told), this.#tools(), trace(told.lines));
  }

  #standing(told) {
    const words = told.status === "refused" ? `不能这样走：${told.reason}` : (ENDED[told.status] ?? `正在等待${told.tasks.length}个任务。`);
    const reason = told.status !== "refused" && told.reason ? `${words}${told.reason}` : words;
    return h("p", { class: told.status === "refused" ? "govuk-error-message" : "govuk-body", role: "status" }, reason);
  }

  #ways(told) {
    if (told.status !== "waiting") return [];
    const tasks = told.tasks.map((task) => {
      const outcomes = task.outcomes.length ? task.outcomes : [[null, "办完"]];
      const number = task.instance > 0 ? { instance: task.instance } : {};
      const buttons = outcomes.map(([id, name]) => h("button", {
        type: "button", class: "govuk-button govuk-button--secondary", "data-outcome": id ?? "",
        onclick: () => this.#do({ complete: task.element, ...number, vars: id ? { outcome: id } : {} }),
      }, name));
      return h("fieldset", { class: "govuk-fieldset mj-studio__group", "data-task": task.element },
        h("legend", { class: "govuk-fieldset__legend govuk-fieldset__legend--s" }, task.name), ...buttons);
    });
    if (told.to_next_timer) {
      tasks.push(h("button", { type: "button", class: "govuk-button govuk-button--secondary", onclick: () => this.#do({ advance: told.to_next_timer }) },
        "让时间走到下一个定时"));
    }
    return tasks;
  }

  #tools() {
    const back = h("button", { type: "button", class: "mj-linkbutton", disabled: this.#script.length === 0, onclick: () => { this.#script.pop(); this.#play(); } }, "退一步");
    const again = h("button", { type: "button", class: "mj-linkbutton", onclick: () => this.begin() }, "从头再来");
    return h("p", { class: "mj-studio__tools" }, back, again);
  }

  #mark(told) {
    this.#unmark();
    const put = (element, marker) => {
      if (!element) return;
      try {
        this.#canvas.addMarker(element, marker);
        this.#marked.push([element, marker]);
      } catch {
        // The element was deleted since.
      }
    };
    for (const element of [...told.lines.map((line) => line.element), ...told.taken]) put(element, "mj-was");
    for (const { element } of told.tasks) put(element, "mj-token");
    for (const element of told.resting) put(element, "mj-token");
    put(told.element, "mj-error");
  }

  #unmark() {
    for (const [element, marker] of this.#marked) {
      try {
        this.#canvas.removeMarker(element, marker);
      } catch {
        // As above.
      }
    }
    this.#marked = [];
  }
}

function trace(lines) {
  const list = h("ol", { class: "mj-studio__trace", "aria-label": "经过" }, ...lines.map((line) => h("li", {}, line.words)));
  return h("div", { class: "mj-studio__scroll", tabindex: "0", role: "region", "aria-label": "模拟的经过" }, list);
}
