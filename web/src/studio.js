// The flow editor's page. Small screens keep the drawing that the server made and get the findings; the editor itself is
// loaded only where there is room for it.
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "bpmn-js/dist/assets/bpmn-font/css/bpmn-codes.css";
import "./studio/studio.scss";
import { Asking } from "./studio/asking.js";
import { Findings } from "./studio/findings.js";

/** Width below which nobody can draw. */
const ROOM = 900;

const desk = document.getElementById("studio");
const setting = JSON.parse(desk.dataset.setting);
const asking = new Asking(document.getElementById("studio-hidden"), setting);

async function begin() {
  if (window.innerWidth >= ROOM) {
    const { open } = await import("./studio/desk.js");
    await open(desk, setting, asking);
    return;
  }
  document.getElementById("studio-small").hidden = false;
  const list = new Findings(document.getElementById("studio-found-small"), document.getElementById("studio-verdict-small"));
  list.show(await asking.check(asking.opened()));
}

begin();
