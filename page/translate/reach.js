/* A sheet painted by keys: arrows lead the tool over it, further with Shift, and Enter or Space sets a dab there. */
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** `on`: usable(), point([x, y]) shows the tool there, dab([x, y]) paints; places in shares of width and height. */
export function onReach(sheet, on) {
  let cursor = null;
  sheet.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!on.usable() || event.ctrlKey || event.metaKey || !(step || event.key === "Enter" || event.key === " ")) return;
    event.preventDefault();
    event.stopPropagation();
    cursor ??= [0.5, 0.5];
    const far = event.shiftKey ? 0.1 : 0.0125;
    if (step) cursor = cursor.map((value, axis) => Math.min(1, Math.max(0, value + far * step[axis])));
    else on.dab(cursor);
    on.point(cursor);
  });
  sheet.addEventListener("blur", () => (cursor = null));
}
