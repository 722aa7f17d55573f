/* A column of sliders, each with its value and a reset: for directions and for raw coordinates. */
atelier.sliders = (root, on) => {
  "use strict";
  const { make } = atelier;
  let rows = [];

  /** Make `names.length` sliders; `keys[i]` is what `on` is told. */
  function build(names, keys, unit) {
    if (rows.map((row) => row.key).join() === keys.join()) return;
    rows = names.map((name, i) => {
      const input = make("input", { type: "range", min: -3, max: 3, step: 0.02, "aria-label": `${unit.name} ${name}, in ${unit.long}` });
      const output = make("output");
      const reset = make("button", { class: "reset", "aria-label": `Reset ${unit.name.toLowerCase()} ${name}`, title: "Reset", onclick: () => on.reset(keys[i]) }, "↺");
      input.addEventListener("input", () => on.move(keys[i], Number(input.value)));
      input.addEventListener("change", () => on.rest());
      return { key: keys[i], input, output, reset, unit, element: make("div", { class: "field" }, make("span", { class: "name" }, name), input, output, reset) };
    });
    root.replaceChildren(...rows.map((row) => row.element));
  }

  /** Put every slider where `values` says; `moved` names the keys that have something to reset. */
  function show(values, moved) {
    for (const row of rows) {
      const value = values[row.key] ?? 0;
      if (Number(row.input.value) !== value) row.input.value = value;
      atelier.say(row.output, `${atelier.signed(value)}${row.unit.short}`);
      if (row.reset.disabled === row.key in moved) row.reset.disabled = !(row.key in moved);
    }
  }

  return { build, show };
};
