/* The curves of both losses, and the table of figures: of one run or of two. */
import { make, say } from "../parts/atelier.js";

export function createCharts(root, figures) {
  const MOST = 600;
  const COLOURS = { discriminator: "--real", generator: "--drawn" };
  const TERMS = { modes: "mode", share: "share", divergence: "divergence", push: "arrows", told_apart: "told apart", spread: "spread", movement: "movement", clipped: "clip" };
  const canvas = root.querySelector(".curves");
  const body = root.querySelector(".figures tbody");
  const rows = { a: [], b: [] };
  let cells = new Map();

  root.querySelector(".chart .legend").replaceChildren(...Object.entries(COLOURS).map(([name, colour]) => make("span", {}, make("i", { style: `background: var(${colour})` }), `${name}'s loss`)), make("span", { class: "dash" }, "B dashed"));

  function clear(which) {
    rows[which] = [];
    paint();
  }

  function add(which, reply) {
    if (Object.keys(reply.losses).length) rows[which].push({ step: reply.step, ...reply.losses });
    // Every other row goes, so that a long run stays light.
    if (rows[which].length > MOST) rows[which] = rows[which].filter((_, i) => i % 2);
    paint();
  }

  function scale() {
    const values = Object.values(rows).flat().flatMap((row) => Object.keys(COLOURS).map((name) => row[name])).filter(Number.isFinite).sort((a, b) => a - b);
    if (!values.length) return [0, 1];
    // A few wild values must not flatten the rest.
    const [low, high] = [values[Math.floor(values.length * 0.01)], values[Math.ceil(values.length * 0.99) - 1]];
    const air = (high - low) * 0.08 || 0.1;
    return [low - air, high + air];
  }

  function paint() {
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (!width) return;
    Object.assign(canvas, { width: width * ratio, height: height * ratio });
    const ink = canvas.getContext("2d");
    ink.scale(ratio, ratio);
    const colour = (name) => getComputedStyle(canvas).getPropertyValue(name).trim();
    const [low, high] = scale();
    const last = Math.max(10, ...Object.values(rows).flat().map((row) => row.step));
    const x = (step) => 46 + (step / last) * (width - 50);
    const y = (value) => height - 18 - ((Math.min(high, Math.max(low, value)) - low) / (high - low)) * (height - 26);
    ink.font = "11px sans-serif";
    ink.fillStyle = colour("--faint");
    ink.strokeStyle = colour("--line");
    for (const share of [0.05, 0.5, 0.95]) {
      const value = low + (high - low) * share;
      ink.beginPath();
      ink.moveTo(46, y(value));
      ink.lineTo(width - 4, y(value));
      ink.stroke();
      ink.textAlign = "right";
      ink.fillText(Number(value.toPrecision(2)), 41, y(value) + 4);
    }
    ink.fillText(`${last} steps`, width - 4, height - 4);
    for (const which of ["a", "b"]) for (const [name, own] of Object.entries(COLOURS)) {
      ink.strokeStyle = colour(own);
      ink.lineWidth = 1.5;
      ink.setLineDash(which === "b" ? [4, 3] : []);
      ink.beginPath();
      let begun = false;
      for (const row of rows[which]) {
        if (!Number.isFinite(row[name])) continue;
        ink[begun ? "lineTo" : "moveTo"](x(row.step), y(row[name]));
        begun = true;
      }
      ink.stroke();
    }
  }

  /** Show the figures of the replies {a, b?}; `of` says how many modes there are. */
  function table(replies, of) {
    const shown = Object.keys(figures).filter((name) => replies.some((reply) => name in reply.figures));
    const layout = `${shown} ${replies.length}`;
    if (body.dataset.layout !== layout) build(shown, replies.length, layout);
    for (const name of shown) replies.forEach((reply, i) => {
      const [, unit, digits] = figures[name];
      const value = reply.figures[name];
      const extra = name === "modes" ? ` of ${of[i]}` : name === "divergence" ? ` ${unit} (${reply.floor.toFixed(2)})` : unit ? ` ${unit}` : "";
      say(cells.get(`${name} ${i}`), value == null ? "–" : `${value.toFixed(digits)}${extra}`);
    });
  }

  function build(shown, count, layout) {
    body.dataset.layout = layout;
    cells = new Map();
    const head = count > 1 ? [make("tr", {}, make("td"), make("td", {}, "A"), make("td", {}, "B"))] : [];
    body.replaceChildren(...head, ...shown.map((name) => {
      const values = Array.from({ length: count }, (_, i) => {
        const cell = make("td");
        cells.set(`${name} ${i}`, cell);
        return cell;
      });
      const term = TERMS[name] ? make("button", { class: "q", "data-term": TERMS[name], "aria-label": `What is this: ${figures[name][0]}?` }, "?") : "";
      return make("tr", { "data-figure": name }, make("td", {}, `${figures[name][0]} `, term), ...values);
    }));
  }

  new ResizeObserver(paint).observe(canvas);
  new MutationObserver(paint).observe(document.body, { attributeFilter: ["class"] });
  return { clear, add, table };
}
