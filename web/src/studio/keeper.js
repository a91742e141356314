// Drafts: saved, taken home, and nothing lost where two windows save at once.
import { h } from "./form.js";

const at = (id) => document.getElementById(id);

export class Keeper {
  #asking;
  #chart;
  #setting;
  #unsaved = false;

  constructor(asking, chart, setting) {
    this.#asking = asking;
    this.#chart = chart;
    this.#setting = setting;
    window.addEventListener("beforeunload", (event) => this.#unsaved && event.preventDefault());
    this.#compare(setting.compare);
  }

  touched() {
    this.#unsaved = true;
  }

  say(words) {
    at("studio-said").textContent = words;
  }

  async save() {
    this.say("正在保存……");
    at("studio-crossed").replaceChildren();
    try {
      const kept = await this.#asking.save(await this.#chart());
      this.#unsaved = false;
      this.say(`草稿已保存（${kept.at}）。`);
      this.#compare(kept.compare);
    } catch (error) {
      this.say(error.status === 409 && error.body?.seen ? "没有保存：草稿在别的窗口里保存过。" : `没有保存：${error.message}`);
      if (error.status === 409 && error.body?.seen) this.#crossed(error.body);
    }
  }

  /** Where another window has saved: what differs, and the person's choice. */
  #crossed({ title, detail, changed, seen, at: when }) {
    const list = h("ul", { class: "govuk-list govuk-list--bullet" }, ...changed.map((words) => h("li", {}, words)));
    const over = h("button", {
      type: "button", class: "govuk-button govuk-button--warning",
      onclick: () => { this.#asking.seen = seen; this.save(); },
    }, "用这一页的替换草稿");
    const mine = h("button", { type: "button", class: "govuk-button govuk-button--secondary", onclick: () => this.download() }, "先下载这一页的");
    const theirs = h("a", { class: "govuk-link", href: window.location.pathname, target: "_blank", rel: "noopener" }, "在新窗口打开保存过的草稿");
    at("studio-crossed").replaceChildren(h("div", { class: "govuk-error-summary", role: "alert", tabindex: "-1" },
      h("h2", { class: "govuk-error-summary__title" }, `${title}（${when}）`), h("p", { class: "govuk-body" }, detail),
      changed.length ? h("p", { class: "govuk-body" }, "这一页与保存过的草稿相比：") : h("p", { class: "govuk-body" }, "两边的内容相同，只是位置可能不同。"),
      list, over, mine, h("p", { class: "govuk-body" }, theirs)));
    at("studio-crossed").firstElementChild.focus();
  }

  #compare(address) {
    if (!address) return;
    let link = at("studio-compare");
    if (!link) {
      link = h("a", { class: "govuk-link", id: "studio-compare" }, "草稿与现行流程图比较");
      at("studio-said").after(h("p", { class: "govuk-body" }, link));
    }
    link.href = address;
  }

  async download() {
    const file = new Blob([await this.#chart()], { type: "application/xml" });
    const address = URL.createObjectURL(file);
    const link = h("a", { href: address, download: `${this.#setting.name}.bpmn` });
    document.body.append(link);
    link.click();
    link.remove();
    URL.revokeObjectURL(address);
  }
}
