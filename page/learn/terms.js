/* Words behind question marks: one box for all of them, beside whichever was pressed. */
import { say } from "../parts/atelier.js";

export function explain(button, terms) {
  const box = /** @type {HTMLElement} */ (document.querySelector("#learn-term"));
  say(box, terms[button.dataset.term] ?? "");
  box.showPopover();
  const [at, own] = [button.getBoundingClientRect(), box.getBoundingClientRect()];
  const left = Math.max(8, Math.min(at.left, innerWidth - own.width - 12));
  const top = at.bottom + 8 + own.height < innerHeight ? at.bottom + 8 : Math.max(8, at.top - own.height - 8);
  Object.assign(box.style, { left: `${left}px`, top: `${top}px` });
}
