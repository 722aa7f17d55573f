/* The options of a run as controls, made from the server's table (page/learn/controls.py). */
import { make, say } from "../parts/atelier.js";

export function createControls(root, course, on) {
  const { controls, usual, games, rules } = course;
  const fields = controls.flatMap((group) => group.fields.map((field) => ({ ...field, group: group.title })));
  const inputs = new Map();
  const game = root.querySelector("#learn-game");
  const OWN = "A mixture of your own";

  function input(field) {
    const id = `learn-${field.name.replaceAll("_", "-")}`;
    if (field.kind === "choice") return make("select", { id, onchange: ({ target }) => on.change({ [field.name]: target.value }) }, ...field.choices.map(([value, words]) => make("option", { value }, words)));
    if (field.kind === "tick") return make("input", { id, type: "checkbox", onchange: ({ target }) => on.change({ [field.name]: target.checked }) });
    if (field.kind === "whole" && field.name !== "seed") return make("input", { id, type: "range", min: field.low, max: field.high, oninput: ({ target }) => said(target), onchange: ({ target }) => on.change({ [field.name]: Number(target.value) }) });
    return make("input", { id, type: "number", step: field.kind === "whole" ? 1 : "any", min: field.low, onchange: ({ target }) => typed(field, target) });
  }

  const said = (target) => target.nextElementSibling?.matches("output") && say(target.nextElementSibling, target.value);

  function typed(field, target) {
    if (target.value === "" || !Number.isFinite(Number(target.value))) return on.refused();
    on.change({ [field.name]: Number(target.value) });
  }

  function row(field) {
    const control = input(field);
    inputs.set(field.name, control);
    const output = control.type === "range" ? make("output", { for: control.id }) : "";
    const q = make("button", { class: "q", "data-term": field.term, "aria-label": `What is this: ${field.label}?` }, "?");
    return make("div", { class: "field", "data-option": field.name }, make("label", { for: control.id }, field.label), control, output, q);
  }

  root.querySelector(".options").replaceChildren(...controls.map((group, i) => make("details", { open: i === 0 }, make("summary", {}, group.title), ...group.fields.map(row))));
  game.replaceChildren(...Object.keys(games).map((name) => make("option", {}, name)), make("option", { hidden: true }, OWN));
  game.addEventListener("change", () => {
    const plain = Object.fromEntries(rules.map((name) => [name, usual[name]]));
    on.change({ ...plain, optimizer: usual.optimizer, ...games[game.value] });
  });

  const full = (options) => ({ ...usual, ...options });
  const kept = (options) => ["clip", "penalty", "r1", "r2"].filter((name) => options[name] > 0).join();

  /** The name of the game that these options play: its loss, and the same things that keep a critic smooth. */
  function playing(options) {
    const same = (rule) => rule.loss === options.loss && kept(full(rule)) === kept(options);
    return Object.keys(games).find((name) => same(games[name])) ?? OWN;
  }

  /** Show `options`; where `other` is given, mark what differs. */
  function show(options, other) {
    const [mine, theirs] = [full(options), other && full(other)];
    for (const [name, control] of inputs) {
      if (control.type === "checkbox") control.checked = mine[name];
      else if (control !== document.activeElement || control.type !== "number" || Number(control.value) !== mine[name]) control.value = mine[name];
      said(control);
      control.closest(".field").classList.toggle("other", Boolean(theirs) && theirs[name] !== mine[name]);
    }
    game.value = playing(mine);
    for (const name of ["generator_layers", "generator_units", "generator_activation", "noise", "noise_dim", "discriminator_layers", "discriminator_units", "discriminator_activation", "spectral_norm"]) {
      inputs.get(name).disabled = mine.data === "point";
    }
  }

  /** What differs between two runs, in words: [[words for one, words for the other], ...]. */
  function differences(one, other) {
    const [a, b] = [full(one), full(other)];
    return fields.filter(({ name }) => a[name] !== b[name]).map(({ name, label, group }) => {
      const whose = ["Generator", "Discriminator"].includes(group) && !["EMA"].includes(label) ? `${group[0]} ${label.toLowerCase()}` : label;
      return [a, b].map((options) => `${whose} ${options[name]}`);
    }).concat(a.loss === b.loss ? [] : [[a, b].map((options) => options.loss)]);
  }

  return { show, differences, full };
}
