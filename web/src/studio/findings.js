// The list of what the prover found.

const MOST = 100;

export class Findings {
  #list;
  #verdict;
  #onChoose;

  /** `onChoose` is called with a finding that somebody clicked. */
  constructor(list, verdict, onChoose) {
    this.#list = list;
    this.#verdict = verdict;
    this.#onChoose = onChoose;
  }

  busy() {
    this.#verdict.textContent = "正在检查……";
  }

  failed(words) {
    this.#verdict.textContent = `没有检查成：${words}`;
  }

  show(told) {
    this.#verdict.textContent = verdict(told);
    this.#list.replaceChildren(...told.findings.slice(0, MOST).map((finding) => this.#line(finding)));
  }

  #line(finding) {
    const line = document.createElement("li");
    line.className = finding.severity === "error" ? "is-error" : "is-warning";
    const words = `${finding.severity === "error" ? "应当改正" : "请核对"}${finding.name ? `（${finding.name}）` : ""}：${finding.message}`;
    if (this.#onChoose && finding.element) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "mj-linkbutton";
      button.textContent = words;
      button.addEventListener("click", () => this.#onChoose(finding));
      line.append(button);
    } else {
      line.textContent = words;
    }
    if (finding.way.length > 1) {
      const way = document.createElement("p");
      way.className = "govuk-hint";
      way.textContent = `例如：${finding.way.join(" → ")}`;
      line.append(way);
    }
    return line;
  }
}

function verdict(told) {
  if (!told.readable) return "这份流程图读不出来，请按下面的提示改正。";
  const errors = told.findings.filter((finding) => finding.severity === "error").length;
  if (told.holds) return `可以执行：${told.soundness}`;
  const words = errors > 0 ? `有 ${errors} 处应当改正。` : "";
  return `${words}${told.soundness}${told.operations ? `退回、加签以后：${told.operations}` : ""}`;
}
