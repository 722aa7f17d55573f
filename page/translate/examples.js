/* What one can begin with: our own examples, and pictures that were pinned to the tray. */
import { ask, make } from "../parts/atelier.js";
import { pinnedPictures } from "../parts/tray.js";

/** `on`: open({example} or {weight, point}), inSight(). */
export function createExamples(root, server, state, canvas, on) {
  const $ = (selector) => root.querySelector(selector);
  let number = Math.floor(Math.random() * 100);

  /** One of our own pictures, in the direction that it is an example of. */
  function show({ name, direction }) {
    if (state.about.directions.length > 1) state.set.direction = direction;
    return on.open({ example: name });
  }

  /** The next one: a picture, or a drawing, which an outline may stand for. */
  async function next(outline) {
    on.inSight();
    number += 1;
    const { about, drawn, sheet } = state;
    if (!drawn) return show(about.examples[number % about.examples.length]);
    const reply = await ask(server.example, { weight: about.name, number, outline });
    if (reply && state.sheet === sheet) canvas.load({ strokes: reply.strokes, ground: null });
  }

  /** Pictures on the tray, to be translated, where this weight can be given one. */
  function faces() {
    const { about } = state;
    const fitting = about && (!about.drawn || about.edges) ? pinnedPictures().filter(({ picture }) => picture) : [];
    $(".from-tray").hidden = !fitting.length;
    $(".faces").replaceChildren(...fitting.map(({ weight, point, picture }, n) => make("button",
      { "aria-label": `Open pinned picture ${n + 1}`, title: weight, onclick: () => { on.inSight(); on.open({ weight, point }); } }, make("img", { src: picture, alt: "" }))));
  }

  for (const way of root.querySelectorAll(".ways .example, .ways .outline")) way.addEventListener("click", () => next(way.classList.contains("outline")));
  window.addEventListener("atelier:tray", faces);
  return { show, faces };
}
