/* Slide: directions of styles over ranges of layers, truncation, noise. It changes points and knows no server. */
import { make, say } from "../parts/atelier.js";
import { createEnds } from "../parts/ends.js";
import { onRest } from "../parts/history.js";
import { giveName, namesOf } from "../parts/names.js";
import { createSliders } from "../parts/sliders.js";
import { isSeed, roll } from "./seeds.js";
import { createWish } from "./wish.js";
import * as words from "./words.js";

const SIGMAS = { name: "Direction", long: "standard deviations", short: " σ", ends: true };
const STRENGTHS = { name: "Direction", long: "strengths", short: "", least: -2, most: 2, ends: true };

export function createSlide(root, on) {
  const $ = (selector) => root.querySelector(selector);
  let range = "all";
  let point = null;
  let about = null;

  const isNamed = () => $("#ed-kind").value === "named";
  const layers = () => (range === "all" || isNamed() ? null : about.layers[range]);
  const kind = () => ($("#ed-kind").value === "closed" && range !== "all" ? `closed-${range}` : $("#ed-kind").value);
  const which = (index) => ({ kind: kind(), index, layers: layers() });

  const ends = createEnds(on.render);
  const namedEnds = createEnds(on.render, -1, 1);
  const sliders = createSliders($(".pushes"), {
    move: (index, value) => on.change(words.push(point, which(index), value), true),
    reset: (index) => on.change(words.push(point, which(index), 0)),
    rest: on.rest,
    rename,
  });

  const nameKey = (index) => `${kind()}:${index}:${isNamed() ? "all" : range}`;
  /** What it is called where the visitor has no name for it. */
  const plainName = (index) => (isNamed() ? about.attributes[index].name : about.names[nameKey(index)] ?? String(index + 1));

  function rename(index, name) {
    giveName(about.mark, nameKey(index), name, plainName(index));
    show(point, about);
  }

  /* ---- what the controls show ---- */

  function cutoffs() {
    const ends = [[about.layers.coarse[1], "coarse alone"], [about.layers.middle[1], "coarse and middle"]];
    const other = point.cutoff != null && !ends.some(([end]) => end === point.cutoff) ? [[point.cutoff, `the first ${point.cutoff}`]] : [];
    const choices = [["", "all"], ...ends, ...other];
    const select = $("#ed-cutoff");
    if ([...select.options].map((one) => one.value).join() === choices.map(([end]) => end).join()) return;
    select.replaceChildren(...choices.map(([end, name]) => make("option", { value: end }, name)));
  }

  /** Another weight: directions by name come first where there are any. */
  function meet(of) {
    about = of;
    const any = of.attributes.length > 0;
    $("#ed-kind [value=named]").hidden = !any;
    if (any !== isNamed()) $("#ed-kind").value = any ? "named" : "principal";
    wish.meet(of);
  }

  function show(now, of, moving = false) {
    point = now;
    if (of !== about) meet(of);
    $(".for-ranges").hidden = isNamed();
    for (const button of root.querySelectorAll(".ranges button")) button.setAttribute("aria-pressed", button.dataset.range === range);
    const count = about.directions[kind()] ?? 0;
    const keys = Array.from({ length: count }, (_, index) => index);
    const own = namesOf(about.mark);
    sliders.build(keys.map((index) => own[nameKey(index)] ?? plainName(index)), keys, isNamed() ? STRENGTHS : SIGMAS);
    const values = Object.fromEntries(keys.map((index) => [index, words.pushOf(point, which(index))]).filter(([, value]) => value));
    sliders.show(values, values);
    if (!moving && keys.length) (isNamed() ? namedEnds : ends)(keys, (index, value) => words.push(point, which(index), value), sliders.ends);
    $(".none").hidden = count > 0;
    $(".reset-all").disabled = !point.pushes;
    const psi = point.truncation ?? 1;
    if (Number($("#ed-psi").value) !== psi) $("#ed-psi").value = psi;
    say($("#ed-psi").parentElement.querySelector("output"), `× ${psi.toFixed(2)}`);
    cutoffs();
    $("#ed-cutoff").value = point.cutoff ?? "";
    $("#ed-cutoff").disabled = psi === 1;
    const noise = point.noise ?? "fixed";
    $("#ed-noise").value = Number.isInteger(noise) ? "seed" : noise;
    $(".noise-seed").hidden = !Number.isInteger(noise);
    if (Number.isInteger(noise) && document.activeElement !== $("#ed-noise-seed")) $("#ed-noise-seed").value = noise;
  }

  /* ---- wiring ---- */

  const wish = createWish(root, {
    steer: (text) => on.steer({ point, text }),
    take: (next) => {
      $("#ed-kind").value = "named";
      on.change(next);
    },
  });
  const noise = (value) => on.change(words.put(point, "noise", value, "fixed"));
  root.querySelector(".ranges").addEventListener("click", (event) => {
    range = event.target.dataset.range ?? range;
    show(point, about);
  });
  $("#ed-kind").addEventListener("change", () => show(point, about));
  $(".reset-all").addEventListener("click", () => on.change(words.put(point, "pushes", null)));
  $("#ed-psi").addEventListener("input", ({ target }) => on.change(words.put(point, "truncation", Number(target.value), 1), true));
  onRest($("#ed-psi"), on.rest);
  $("#ed-cutoff").addEventListener("change", ({ target }) => on.change(words.put(point, "cutoff", target.value === "" ? null : Number(target.value))));
  $("#ed-noise").addEventListener("change", ({ target }) => noise(target.value === "seed" ? 0 : target.value));
  $("#ed-noise-seed").addEventListener("input", ({ target }) => isSeed(target.value) && noise(Number(target.value)));
  $(".noise-dice").addEventListener("click", () => noise(roll()));

  return { show };
}
