/* Drag: handles, targets and a mask laid over the picture. */
import { make, say, toast } from "../parts/atelier.js";
import { createFilm } from "../parts/film.js";
import * as pairing from "./pairs.js";
import { createSteps } from "./steps.js";

const SVG = "http://www.w3.org/2000/svg";

export function createDrag(root, server, on) {
  const $ = (selector) => root.querySelector(selector);
  const marks = $(".marks");
  const cover = $(".mask");
  let tool = "points";
  let pairs = []; // [[handle, target], ...]; the last one may wait for its target
  let cells = null; // of the mask, 1 where the picture may change
  let place = null; // {weight, point} as it is shown
  let size = 64;
  let way = null; // what the last drag was, for its film: {weight, point, pairs, mask, number}
  let held = null; // the end under the pointer: {pair, end}
  let cursor = null; // where the keyboard is

  const film = createFilm({ server, box: $(".filming"), changed: buttons, found: "drag film" });
  const steps = createSteps(server.drag, () => { on.rest(); buttons(); });

  /* ---- what is laid over the picture ---- */

  function mark(name, attributes) {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  }

  function laid([handle, target]) {
    const unit = size / 100;
    const parts = [];
    if (target) parts.push(mark("line", { x1: handle[0], y1: handle[1], x2: target[0], y2: target[1], "stroke-width": 0.7 * unit, class: "way" }), mark("circle", { cx: target[0], cy: target[1], r: 1.8 * unit, "stroke-width": 0.9 * unit, class: "target" }));
    return [...parts, mark("circle", { cx: handle[0], cy: handle[1], r: 1.8 * unit, "stroke-width": 0.6 * unit, class: "handle" })];
  }

  function lay() {
    marks.setAttribute("viewBox", `0 0 ${size} ${size}`);
    const cross = cursor ? [mark("path", { d: `M${cursor[0] - size / 25} ${cursor[1]}h${size / 12.5}M${cursor[0]} ${cursor[1] - size / 25}v${size / 12.5}`, "stroke-width": size / 200, class: "cursor" })] : [];
    marks.replaceChildren(...pairs.flatMap(laid), ...cross);
    cover.hidden = !cells;
    if (!cells) return;
    const brush = cover.getContext("2d");
    const image = brush.createImageData(pairing.MASK, pairing.MASK);
    cells.forEach((free, i) => image.data.set([20, 20, 30, free ? 0 : 150], 4 * i));
    brush.putImageData(image, 0, 0);
  }

  function list() {
    $(".pairs").replaceChildren(...pairs.map((pair, i) => {
      const said = pair.map((at) => at.map(Math.round).join(", "));
      const words = said.length === 2 ? `${said[0]} → ${said[1]}` : `${said[0]} → where to?`;
      return make("li", {}, make("span", {}, words), make("button", { class: "btn round", "aria-label": `Remove pair ${i + 1}`, onclick: () => change(pairs.filter((_, n) => n !== i)) }, "×"));
    }));
  }

  function buttons() {
    const ready = pairs.some((pair) => pairing.whole(pair, size));
    const go = $(".go-drag");
    say(go, steps.running() ? "Stop" : "Start");
    go.disabled = !steps.running() && !ready;
    $(".film-drag").disabled = steps.running() || !way || film.busy();
    $(".no-pairs").disabled = !pairs.length;
    $(".no-mask").disabled = !cells;
    $(".how").hidden = pairs.length > 0;
    for (const button of root.querySelectorAll(".drag-tools button")) button.setAttribute("aria-pressed", button.dataset.tool === tool);
    $(".brush").hidden = tool === "points";
  }

  function change(next) {
    pairs = next;
    lay();
    list();
    buttons();
  }

  /* ---- placing ---- */

  function at(event) {
    const box = marks.getBoundingClientRect();
    return pairing.inside([((event.clientX - box.left) / box.width) * size, ((event.clientY - box.top) / box.height) * size], size);
  }

  /** Put down a handle, or the target of the handle that waits for one; the end that was put. */
  function put(where) {
    const last = pairs.at(-1);
    if (last?.length === 1) {
      change([...pairs.slice(0, -1), [last[0], where]]);
      return { pair: pairs.length - 1, end: 1 };
    }
    if (pairs.length >= pairing.MOST) {
      toast(`A drag has ${pairing.MOST} pairs at most; remove one first.`);
      return null;
    }
    change([...pairs, [where]]);
    return { pair: pairs.length - 1, end: 0, fresh: where };
  }

  function paint(where) {
    cells = pairing.brushed(cells, where, Number($("#ed-brush").value), tool === "brush" ? 1 : 0, size);
    if (!cells.some(Boolean)) cells = null;
    lay();
    buttons();
  }

  function down(event) {
    if (steps.running() || event.button > 0 || !event.isPrimary) return;
    marks.setPointerCapture(event.pointerId);
    cursor = null;
    const where = at(event);
    if (tool !== "points") {
      held = { painting: true };
      return paint(where);
    }
    const reach = (14 / marks.getBoundingClientRect().width) * size;
    held = (pairs.at(-1)?.length === 1 ? null : pairing.nearest(pairs, where, reach)) ?? put(where);
  }

  function move(event) {
    if (!held) return;
    const where = at(event);
    if (held.painting) return paint(where);
    if (held.fresh) {
      // From the new handle on it is its target that is dragged, once that is another place.
      if (!pairing.whole([held.fresh, where], size)) return;
      held = { pair: held.pair, end: 1 };
    }
    change(pairs.map((pair, n) => (n === held.pair ? Object.assign([...pair], { [held.end]: where }) : pair)));
  }

  function keys(event) {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (steps.running() || !(step || ["Enter", " ", "Delete", "Backspace"].includes(event.key))) return;
    event.preventDefault();
    event.stopPropagation();
    if (!step && event.key.length > 5) return change(pairs.slice(0, -1));
    cursor ??= [size / 2, size / 2];
    const far = (event.shiftKey ? 8 : 1) * Math.max(1, size / 64);
    if (step) cursor = pairing.inside(cursor.map((value, i) => value + far * step[i]), size);
    else if (tool === "points") put(cursor);
    else return paint(cursor);
    lay();
  }

  /* ---- dragging ---- */

  async function run() {
    if (steps.running()) return steps.stop();
    const ready = pairs.filter((pair) => pairing.whole(pair, size));
    const asked = { ...place, pairs: ready, mask: pairing.packed(cells) };
    const since = performance.now();
    const under = steps.run(asked, place.point, async (reply) => {
      way = { ...asked, number: reply.step };
      await on.arrive(reply);
      change(ready.map(([, target], i) => [pairing.inside(reply.handles[i], size), target]));
      say($(".drag-told"), `${reply.step} steps, ${((1000 * reply.step) / (performance.now() - since)).toFixed(1)} a second${reply.done ? `: ${reply.done}` : ""}`);
    });
    change(ready);
    await under;
  }

  /** Show the marks over another state; a drag that runs is over where somebody else changed the picture. */
  function show(now, of) {
    const other = place && (place.weight !== now.weight || size !== of.size);
    steps.meet(now.point, other);
    [place, size] = [now, of.size];
    if (other) [pairs, cells, way] = [[], null, null];
    $("#ed-brush").max = pairing.MASK / 4;
    change(pairs);
  }

  /* ---- wiring ---- */

  Object.assign(cover, { width: pairing.MASK, height: pairing.MASK });
  marks.addEventListener("pointerdown", down);
  marks.addEventListener("pointermove", move);
  for (const over of ["pointerup", "pointercancel"]) marks.addEventListener(over, () => (held = null));
  marks.addEventListener("keydown", keys);
  marks.addEventListener("blur", () => { cursor = null; lay(); });
  $(".drag-tools").addEventListener("click", ({ target }) => {
    tool = target.dataset.tool ?? tool;
    buttons();
  });
  $(".go-drag").addEventListener("click", run);
  $(".film-drag").addEventListener("click", () => film.start(way));
  $(".no-pairs").addEventListener("click", () => change([]));
  $(".no-mask").addEventListener("click", () => { cells = null; change(pairs); });
  film.again();
  return { show, stop: steps.stop };
}
