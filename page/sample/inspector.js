/* The opened picture's controls: sliders along directions, with what is at their ends, and along raw coordinates. */
import { ask, say } from "../parts/atelier.js";
import { createEnds } from "../parts/ends.js";
import { giveName, namesOf } from "../parts/names.js";
import { createSliders } from "../parts/sliders.js";
import { nameOf, pointAt } from "./points.js";

const ROWS = 8; // of raw coordinates at once

/** `on`: state(), and about(): what the server says of its model; edit(kind, key, value, moving), rest(). */
export function createInspector(root, server, on) {
  const $ = (selector) => root.querySelector(selector);
  const { state, about } = on;
  let latent = { of: null, values: [] };

  const directions = createSliders($(".directions"), {
    move: (key, value) => on.edit("directions", key, value, true),
    reset: (key) => on.edit("directions", key, null),
    rest: () => { on.rest(); again(); },
    rename: (key, name) => { giveName(about().mark, `latent:${key}`, name, String(key + 1)); nameDirections(); show(); },
  });
  const ends = createEnds((points) => ask(server.render, { weight: state().weight, points }));
  const coordinates = createSliders($(".coordinates"), {
    move: (key, value) => on.edit("coordinates", key, value, true),
    reset: (key) => on.edit("coordinates", key, null),
    rest: on.rest,
  });

  const keys = () => Array.from({ length: about().directions }, (_, i) => i);

  function nameDirections() {
    const own = namesOf(about().mark);
    directions.build(keys().map((key) => own[`latent:${key}`] ?? String(key + 1)), keys(), { name: "Direction", long: "standard deviations", short: " σ", ends: true });
  }

  /** Dress for another model. */
  function dress() {
    nameDirections();
    $("#at-from").max = Math.max(0, about().latent_dim - ROWS);
    $(".of").textContent = `of ${about().latent_dim}`;
  }

  function show(moving = false) {
    const { open, edits } = state();
    const mine = edits[open] || {};
    const point = pointAt(state(), about().labels, open);
    const moved = (key, value) => ({ ...point, directions: { ...point.directions, [key]: value } });
    if (!moving && about().directions && !("styles" in point)) ends(keys(), moved, directions.ends);
    say($(".which"), nameOf(state(), about().labels, open));
    for (const part of root.querySelectorAll(".for-one .of-latent")) part.hidden = "styles" in point;
    directions.show(mine.directions || {}, mine.directions || {});
    $(".reset-all").disabled = !Object.keys(mine.directions || {}).length && !Object.keys(mine.coordinates || {}).length;
    if ($(".raw").open && !$(".raw").hidden) raw(mine.coordinates || {});
  }

  /** Raw coordinates stand where the latent has them; asked for once a picture. */
  async function raw(moved) {
    const { weight, open } = state();
    const bare = { weight, point: { ...pointAt(state(), about().labels, open), coordinates: {} } };
    const of = JSON.stringify(bare);
    if (latent.of !== of) {
      latent = { of, values: latent.values };
      const reply = await ask(server.coordinates, bare);
      if (!reply || latent.of !== of) return;
      latent.values = reply.values;
    }
    const { latent_dim: length } = about();
    const from = Math.min(Math.max(0, Number($("#at-from").value) || 0), Math.max(0, length - ROWS));
    const shown = Array.from({ length: Math.min(ROWS, length) }, (_, i) => from + i);
    coordinates.build(shown.map(String), shown, { name: "Coordinate", long: "the latent's own scale", short: "" });
    coordinates.show({ ...latent.values, ...moved }, moved);
  }

  const again = () => state().open != null && show();

  $(".raw").addEventListener("toggle", again);
  $("#at-from").addEventListener("input", again);
  return { dress, show };
}
