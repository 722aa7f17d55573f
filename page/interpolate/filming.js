/* The film under way: its job is told with how far it is, and a page that was reloaded asks for it again. */
import { jot, jotted } from "../parts/kept.js";

export function start({ props, trigger, watch }) {
  watch("value", () => jot("walk film", /data-job="([\w-]+)"/.exec(props.value)?.[1]));
  const before = jotted("walk film");
  if (!before) return;
  props.value = `<p class="estimate" data-job="${before}">Looking for the film.</p>`;
  trigger("input");
}
