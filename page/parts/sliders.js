/* A column of sliders, each with its value and a reset: for directions, raw coordinates, shares of a mix. */
import { make, say, signed } from "./atelier.js";
import { onRest } from "./history.js";

export function createSliders(root, on) {
  let rows = [];
  let built = "";

  /** Make `names.length` sliders; `keys[i]` is what `on` is told. Names can be changed where `on.rename` takes them.
      `unit.ends`: whether there are pictures at both ends. */
  function build(names, keys, unit) {
    const said = JSON.stringify([names, keys]);
    if (built === said) return;
    built = said;
    const { least = -3, most = 3, step = 0.02 } = unit;
    rows = names.map((name, i) => {
      const input = make("input", { type: "range", min: least, max: most, step, "aria-label": `${unit.name} ${name}, in ${unit.long}` });
      const output = make("output");
      const reset = make("button", { class: "reset", "aria-label": `Reset ${unit.name.toLowerCase()} ${name}`, title: "Reset", onclick: () => on.reset(keys[i]) }, "↺");
      input.addEventListener("input", () => on.move(keys[i], Number(input.value)));
      onRest(input, () => on.rest());
      const ends = unit.ends ? [0, 1].map(() => make("canvas", { class: "end", width: 0, height: 0, "aria-hidden": "true" })) : [];
      const kind = ["field", ends.length && "between", ends.length && !/^\d+$/.test(name) && "called"].filter(Boolean).join(" ");
      const row = make("div", { class: kind }, on.rename ? renamed(name, keys[i]) : make("span", { class: "name" }, name),
        ...ends.slice(0, 1), input, ...ends.slice(1), output, reset);
      return { key: keys[i], input, output, reset, unit, ends, element: row };
    });
    root.replaceChildren(...rows.map((row) => row.element));
  }

  /** A name that turns into a field when it is pressed; Enter keeps what was written, Escape what was there. */
  function renamed(name, key) {
    const button = make("button", { class: "name rename", title: "Give it a name of your own", "aria-label": `Rename ${name}`, onclick: write }, name);
    function write() {
      const field = make("input", { type: "text", maxlength: 40, value: name, "aria-label": `Name of ${name}` });
      let over = false;
      const end = (kept) => {
        if (over) return;
        over = true;
        const held = document.activeElement === field;
        field.replaceWith(button);
        if (kept && field.value.trim() !== name) on.rename(key, field.value.trim());
        if (held) rows.find((row) => row.key === key)?.element.querySelector(".rename").focus();
      };
      field.addEventListener("blur", () => end(true));
      field.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== "Escape") return;
        event.stopPropagation();
        event.preventDefault(); // or the button, focused again, would be pressed by the same key
        end(event.key === "Enter");
      });
      button.replaceWith(field);
      field.select();
    }
    return button;
  }

  /** Put every slider where `values` says; `moved` names the keys that have something to reset. */
  function show(values, moved) {
    for (const row of rows) {
      const value = values[row.key] ?? 0;
      if (Number(row.input.value) !== value) row.input.value = value;
      say(row.output, row.unit.say?.(value) ?? `${signed(value)}${row.unit.short}`);
      if (row.reset.disabled === row.key in moved) row.reset.disabled = !(row.key in moved);
    }
  }

  /** The two pictures at the ends of a slider. */
  const ends = (key) => rows.find((row) => row.key === key)?.ends ?? [];

  return { build, show, ends };
}
