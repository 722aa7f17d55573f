/* What is seen of the pads, of the beat, and of one sound. */
import { make, mark, say } from "../parts/atelier.js";
import { PADS, plays, STEPS } from "./state.js";

/** The eight pads in `place`. `on`: hit(index), roll(index). */
export function createPads(place, on) {
  const pads = Array.from({ length: PADS }, (_, index) => {
    const face = make("img", { alt: "" });
    const kind = make("b");
    // Heard when it is pressed, not when it is let go of; keys and readers of the screen click.
    const pad = make("button", { type: "button", class: "pad", onpointerdown: (event) => event.button === 0 && on.hit(index), onclick: (event) => event.detail === 0 && on.hit(index) },
      face, make("kbd", {}, String(index + 1)), kind);
    const roll = make("button", { type: "button", class: "btn round roll-one", title: "Another hit", onclick: () => on.roll(index) }, "⚄");
    place.append(make("div", { class: "place" }, pad, roll));
    return { pad, face, kind, roll };
  });

  /** Show names, faces (addresses, or "" for one that is not drawn yet) and which one is open. */
  function show(names, faces, open) {
    pads.forEach(({ pad, face, kind, roll }, index) => {
      say(kind, names[index]);
      mark(roll, "aria-label", `Another hit for pad ${index + 1}`);
      mark(pad, "aria-current", index === open);
      mark(pad, "data-drawn", Boolean(faces[index]));
      if (faces[index]) mark(face, "src", faces[index]);
    });
  }

  /** Let a pad light up, as one does that is hit. */
  function flash(index) {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const { pad, face } = pads[index];
    for (const one of [...pad.getAnimations(), ...face.getAnimations()]) one.cancel();
    face.animate([{ filter: "brightness(1.8)" }, { filter: "none" }], { duration: 260, easing: "ease-out" });
    pad.animate([{ transform: "scale(.97)" }, { transform: "none" }], { duration: 260, easing: "ease-out" });
  }

  return { show, flash };
}

/** The grid of steps in `place`: one stop for the keyboard, arrows within. `on`: turn(pad, step). */
export function createGrid(place, on) {
  let held = [0, 0];
  const names = [];
  const rows = Array.from({ length: PADS }, (_, pad) => {
    names.push(make("span", { class: "name", "aria-hidden": "true" }));
    const cells = Array.from({ length: STEPS }, (_, step) =>
      make("button", { type: "button", class: "step", tabindex: -1, onclick: () => { hold(pad, step); on.turn(pad, step); } }));
    place.append(make("div", { class: "row-of" }, names[pad], make("div", { class: "cells" }, ...cells)));
    return cells;
  });

  function hold(pad, step) {
    rows[held[0]][held[1]].tabIndex = -1;
    held = [(pad + PADS) % PADS, (step + STEPS) % STEPS];
    rows[held[0]][held[1]].tabIndex = 0;
    return rows[held[0]][held[1]];
  }

  place.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!by) return;
    event.preventDefault();
    hold(held[0] + by[0], held[1] + by[1]).focus();
  });
  hold(0, 0);

  function show(kinds, steps) {
    rows.forEach((cells, pad) => {
      say(names[pad], `${pad + 1} ${kinds[pad]}`);
      cells.forEach((cell, step) => {
        mark(cell, "aria-pressed", plays(steps, pad, step));
        mark(cell, "aria-label", `${kinds[pad]}, pad ${pad + 1}, step ${step + 1}`);
      });
    });
  }

  /** Mark the step that is heard; null for none. */
  function at(step) {
    place.querySelectorAll(".now").forEach((cell) => cell.classList.remove("now"));
    if (step !== null) rows.forEach((cells) => cells[step].classList.add("now"));
  }

  return { show, at };
}

/** Draw samples over the whole width of a canvas, in the page's ink. */
export function paintWave(canvas, samples) {
  const [width, height] = [canvas.clientWidth, canvas.clientHeight].map((side) => Math.round(side * devicePixelRatio));
  if (!width) return;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const pen = canvas.getContext("2d");
  pen.clearRect(0, 0, width, height);
  pen.fillStyle = getComputedStyle(canvas).color;
  for (let x = 0; x < width; x++) {
    const part = samples.subarray(Math.floor((x * samples.length) / width), Math.max(1, Math.ceil(((x + 1) * samples.length) / width)));
    let [low, high] = [0, 0];
    for (const level of part) [low, high] = [Math.min(low, level), Math.max(high, level)];
    pen.fillRect(x, (1 - high) * (height / 2), 1, Math.max(1, ((high - low) * height) / 2));
  }
}
