// Talking with the server: the same form fields as every form of the site, answers as JSON.

/** An answer that says no: its sentence, and all of it. */
export class Refused extends Error {
  constructor(status, body) {
    super(body.detail ?? body.title ?? "没有成功，请稍后再试。");
    this.status = status;
    this.body = body;
  }
}

export class Asking {
  #form;
  #setting;
  /** Version of the draft that this page shows; 0: none. */
  seen;

  constructor(form, setting) {
    this.#form = form;
    this.#setting = setting;
    this.seen = Number(form.elements._seen?.value ?? 0);
  }

  /** The chart as the server sent it. */
  opened() {
    return this.#form.elements.xml.value;
  }

  check(xml, signal) {
    return this.#post(this.#setting.check, { xml }, signal);
  }

  rehearse(xml, script) {
    return this.#post(this.#setting.rehearse, { xml, script: JSON.stringify(script) });
  }

  /** Saves over the version seen; throws {@link Refused} with status 409 where another window saved in between. */
  async save(xml) {
    const kept = await this.#post(this.#setting.save, { xml, _seen: String(this.seen) });
    this.seen = kept.seen;
    return kept;
  }

  async #post(address, fields, signal) {
    const body = new URLSearchParams({ _csrf: this.#form.elements._csrf.value, _key: crypto.randomUUID(), ...fields });
    let answer;
    try {
      answer = await fetch(address, { method: "POST", body, signal, headers: { accept: "application/json" } });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Refused(0, { detail: "连接不上服务器，您画的还在这一页。请检查网络后再试。" });
    }
    const told = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Refused(answer.status, told);
    return told;
  }
}
