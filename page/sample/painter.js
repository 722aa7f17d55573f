/* The wall and the opened picture, painted from the state: all pictures of it, or the one that is edited alone. */
import { ask, bitmap } from "../parts/atelier.js";
import { painted } from "../parts/newest.js";
import { everyone, nameOf, pointAt } from "./points.js";
import * as verdict from "./verdict.js";
import { createWall } from "./wall.js";

/** `on`: state(), and about(): what the server says of its model; open, pick and keep, of a picture by its number. */
export function createPainter(root, server, on) {
  const $ = (selector) => root.querySelector(selector);
  const { state, about } = on;
  const wall = createWall($(".wall"), on);
  const big = $(".sheet canvas");
  let scores = null;

  async function get(which, since) {
    const now = state();
    const indices = which === "all" ? everyone(now) : [which];
    const points = indices.map((index) => pointAt(now, about().labels, index));
    const reply = await ask(server.render, { weight: now.weight, points, verdict: $(".verdict").checked });
    return reply && { reply, since, one: which !== "all", view: now, indices };
  }

  async function paint({ reply, since, one, view, indices }) {
    const sheet = await bitmap(reply.sheet);
    const now = state();
    const other = one ? view.base !== now.base || view.seed !== now.seed : view.count !== now.count;
    if (view.weight !== now.weight || other) return;
    show(sheet, reply, indices, one);
    const passed = performance.now() - since;
    root.dataset.compute = reply.compute;
    root.dataset.painted = Number(root.dataset.painted || 0) + 1;
    $(".time").textContent = `${passed.toFixed(0)} ms (generator ${reply.compute.toFixed(0)} ms)`;
  }

  function show(sheet, reply, indices, one) {
    const { columns, width, height } = reply;
    if (!one) wall.resize(indices.length);
    wall.paint(sheet, columns, width, height, indices[0], indices.length);
    if (one && scores && reply.scores) scores[indices[0]] = reply.scores[0];
    else if (!one) scores = reply.scores;
    if (!one || state().open == null) tidy();
    if (state().open != null) enlarge();
    label();
    sheet.close();
  }

  function tidy() {
    const order = everyone(state());
    if ($(".sort").checked && scores) order.sort((a, b) => scores[b] - scores[a]);
    wall.arrange(order);
    wall.layout();
  }

  function enlarge() {
    const from = wall.canvas(state().open);
    if (!from) return;
    if (big.width !== from.width || big.height !== from.height) Object.assign(big, { width: from.width, height: from.height });
    big.getContext("2d").drawImage(from, 0, 0);
    big.classList.toggle("crisp", from.width <= 32);
  }

  function fit() {
    if (!about() || state().open == null) return;
    const { size } = about();
    const box = $(".sheet");
    const side = Math.min(box.clientWidth, box.clientHeight);
    const whole = Math.max(1, Math.floor(side / size)) * size;
    if (side > 0) root.style.setProperty("--big", `${size <= 32 ? whole : side}px`);
  }

  function label() {
    const now = state();
    const { labels, verdict: { unit } } = about();
    wall.label(everyone(now).map((index) => nameOf(now, labels, index)), scores?.map((score) => verdict.short(score, unit)), now.picked, now.open);
    const score = now.open == null ? null : scores?.[now.open];
    $(".for-one .score").hidden = score == null;
    if (score != null) $(".for-one .score").textContent = `Verdict: ${verdict.long(score, unit)}`;
  }

  new ResizeObserver(fit).observe($(".sheet"));
  // Two that wait: another edit of the same picture, or else all.
  const want = painted(get, paint, (waiting, next) => (waiting === undefined || waiting === next ? next : "all"));
  return { want, label, tidy, open: () => { fit(); enlarge(); }, focus: wall.focus, forget: () => (scores = null) };
}
