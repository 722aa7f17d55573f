/* A sheet to draw on. It keeps strokes as points in shares of the longer side, as gan_models/strokes.py takes them:
   undo is exact, little is sent, and the server draws the very same. Below them lies a ground: a found drawing, a
   label's colour or a photograph. on.change(): a pointer has drawn on; on.rest(drew): it has left, or without it
   the whole drawing is another; on.picked(colour): one was taken from the sheet. */
import { createFlat } from "./flat.js";
import { VEIL, colourOf, isStep, layStep, ready } from "./mask.js";

const CLOSE = 0.002; // in shares of the longer side; nearer points say nothing new
const DRAWS = ["pen", "paint", "fill", "lasso", "ellipse", "box"]; // what an empty sheet has none of
const STRETCHED = ["box", "ellipse"]; // they reach from where they were begun to the pointer
const POINTS = ["fill", "lasso", "dropper"]; // they have no width

/** Go on with a stroke: those of `places` that say something new. */
export function extend(points, places) {
  for (const [x, y] of places) {
    const [a, b] = points.at(-1);
    if (Math.hypot(x - a, y - b) >= CLOSE) points.push([x, y]);
  }
}

/** The corner of a square that begins at a place and has `to` on a side. */
export function squared([x, y], [a, b]) {
  const side = Math.max(Math.abs(a - x), Math.abs(b - y));
  return [x + Math.sign(a - x || 1) * side, y + Math.sign(b - y || 1) * side].map((value) => Math.round(1e4 * value) / 1e4);
}

export function createCanvas(box, on) {
  const MOST_STEPS = 200;
  const sheet = box.querySelector("canvas");
  const tip = box.querySelector(".tip");
  const brush = sheet.getContext("2d");
  // Ink and paint lie in layers of their own: an eraser takes ink to paper, and hints to nothing.
  const [ink, over] = [0, 1].map(() => document.createElement("canvas").getContext("2d"));
  const flat = createFlat();
  const tool = { name: "pen", width: 0.014, colour: [0, 0, 0] };
  const empty = () => ({ strokes: [], ground: null });
  let kind = { drawn: true, mixed: true, coloured: false, tools: ["pen"] }; // of source, as the server tells it
  let paper = "#fff";
  let shape = [1, 1]; // width and height in shares of the longer side
  let state = empty();
  let past = [];
  let future = [];
  let loaded = null; // the state that was last laid here as a whole
  let under = null; // the ground as something to paint with
  let drawing = null; // {id, stroke, done}: the pointer that draws
  let answer = []; // what a photograph is repaired with: {image, left, top, width, height} in shares of it
  let look = () => ({ veil: true, repaired: true }); // of a mask: whether it is seen, and what it is filled with
  const shelved = new Map(); // by name, what another task left on its sheet

  /* ---- painting ---- */

  function fit() {
    const ratio = Math.max(1, window.devicePixelRatio || 1);
    const [width, height] = [sheet.clientWidth, sheet.clientHeight].map((side) => Math.round(side * ratio));
    if (!width || !height || (sheet.width === width && sheet.height === height)) return;
    for (const { canvas } of [brush, ink, over]) Object.assign(canvas, { width, height });
    redraw();
  }

  const side = () => Math.max(sheet.width, sheet.height);
  const shaped = () => kind.tools.includes("fill"); // whether it is a sheet of flat shapes

  function redraw() {
    const { width, height } = sheet;
    if (shaped()) {
      flat.settle(drawing ? state.strokes.slice(0, -1) : state.strokes, under, drawing?.stroke);
      return compose();
    }
    over.clearRect(0, 0, width, height);
    ink.fillStyle = paper;
    ink.fillRect(0, 0, width, height);
    ink.imageSmoothingEnabled = kind.mixed;
    if (under) ink.drawImage(under, 0, 0, width, height);
    if (under && !kind.coloured) {
      // What the network is given: no colours.
      ink.globalCompositeOperation = "saturation";
      ink.fillRect(0, 0, width, height);
      ink.globalCompositeOperation = "source-over";
    }
    if (look().repaired) for (const part of answer) ink.drawImage(part.image, part.left * width, part.top * height, part.width * width, part.height * height);
    state.strokes.forEach((stroke) => lay(stroke));
    compose();
  }

  function compose() {
    if (shaped()) {
      brush.imageSmoothingQuality = "high";
      return brush.drawImage(flat.canvas, 0, 0, sheet.width, sheet.height);
    }
    brush.drawImage(ink.canvas, 0, 0);
    if (kind.masked && !drawing && !look().veil) return;
    brush.globalAlpha = kind.masked ? VEIL : 1;
    brush.drawImage(over.canvas, 0, 0);
    brush.globalAlpha = 1;
  }

  /** Lay a stroke, from point `from` on, into the layers that it changes. */
  function lay(stroke, from = 0) {
    if (shaped()) flat.go(stroke, from);
    else if (isStep(stroke)) layStep(over, stroke, side());
    else if (stroke.tool === "pen") trail(ink, stroke, from, "#000");
    else if (stroke.tool === "eraser") {
      if (kind.tools.includes("pen")) trail(ink, stroke, from, "#fff");
      over.globalCompositeOperation = "destination-out";
      trail(over, stroke, from, "#000");
      over.globalCompositeOperation = "source-over";
    } else trail(over, stroke, from, colourOf(stroke));
  }

  function trail(layer, { points, width }, from, colour) {
    const scale = side();
    const first = Math.max(0, Math.min(from, points.length - 1) - 1);
    layer.lineCap = layer.lineJoin = "round";
    layer.strokeStyle = layer.fillStyle = colour;
    layer.lineWidth = Math.max(1, width * scale);
    layer.beginPath();
    if (points.length === 1) {
      layer.arc(points[0][0] * scale, points[0][1] * scale, layer.lineWidth / 2, 0, 2 * Math.PI);
      return layer.fill();
    }
    layer.moveTo(points[first][0] * scale, points[first][1] * scale);
    for (const [x, y] of points.slice(first + 1)) layer.lineTo(x * scale, y * scale);
    layer.stroke();
  }

  /* ---- the pointer ---- */

  function place(event, area) {
    const scale = Math.max(area.width, area.height);
    const within = (value, most) => Math.round(1e4 * Math.min(most + 0.05, Math.max(-0.05, value))) / 1e4;
    return [within((event.clientX - area.left) / scale, shape[0]), within((event.clientY - area.top) / scale, shape[1])];
  }

  function begin(event) {
    if (drawing || event.button > 0 && event.button !== 5) return;
    event.preventDefault();
    sheet.focus({ preventScroll: true });
    if (shaped() && (tool.name === "dropper" || event.altKey)) return on.picked(flat.colour(place(event, sheet.getBoundingClientRect())));
    sheet.setPointerCapture(event.pointerId);
    // The other end of a pen erases.
    const { name, width, colour } = event.button === 5 ? { ...tool, name: "eraser", width: 0.06 } : tool;
    const stroke = { points: [place(event, sheet.getBoundingClientRect())], width, tool: name, colour: [...colour] };
    drawing = { id: event.pointerId, stroke };
    commit({ ...state, strokes: [...state.strokes, stroke] });
    if (shaped() && (STRETCHED.includes(stroke.tool) || stroke.tool === "lasso")) return; // where it ends says what it is
    lay(stroke);
    compose();
    on.change();
  }

  function go(event) {
    const area = sheet.getBoundingClientRect();
    point(event, area);
    if (drawing?.id !== event.pointerId) return;
    event.preventDefault();
    const { points, tool: name } = drawing.stroke;
    if (name === "fill") return;
    if (STRETCHED.includes(name)) return stretch(points, place(event, area), event.shiftKey && shaped());
    const before = points.length;
    const moves = event.getCoalescedEvents?.() || [];
    extend(points, (moves.length ? moves : [event]).map((move) => place(move, area)));
    if (points.length === before) return;
    lay(drawing.stroke, before);
    compose();
    on.change();
  }

  function stretch(points, corner, square) {
    points.splice(1, points.length, square ? squared(points[0], corner) : corner);
    redraw();
    on.change();
  }

  function end(event) {
    if (drawing?.id !== event.pointerId) return;
    const dot = drawing.stroke.points.length === 1;
    drawing = null;
    redraw(); // a line drawn in one go, so that the same strokes are the same pixels
    if (dot && shaped()) on.change();
    on.rest(true);
  }

  /** A ring as wide as the tool follows the pointer. */
  function point(event, area) {
    const [x, y] = [event.clientX - area.left + sheet.offsetLeft, event.clientY - area.top + sheet.offsetTop];
    const fine = POINTS.includes(tool.name) || (drawing && shaped() && STRETCHED.includes(tool.name));
    const across = `${Math.max(5, fine ? 0 : tool.width * Math.max(area.width, area.height))}px`;
    tip.hidden = event.pointerType === "touch";
    // Moved by a transform, for which nothing is laid out again.
    Object.assign(tip.style, { width: across, height: across, transform: `translate(${x}px, ${y}px)` });
  }

  /** The same for keys: the ring at a place in shares of width and height, and a dab there. */
  function spot([x, y]) {
    const area = sheet.getBoundingClientRect();
    point({ clientX: area.left + x * area.width, clientY: area.top + y * area.height, pointerType: "pen" }, area);
  }

  function dab([x, y]) {
    const name = tool.name === "box" ? "mask" : tool.name;
    const points = [[x * shape[0], y * shape[1]].map((value) => Math.round(1e4 * value) / 1e4)];
    if (!drawing) add({ points, width: tool.width, tool: name, colour: [...tool.colour] });
  }

  // A finger's line is no gesture: the browser would take it for a fling, and swallow the tap that comes next.
  sheet.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
  sheet.addEventListener("pointerdown", begin);
  sheet.addEventListener("pointermove", go);
  for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) sheet.addEventListener(name, end);
  sheet.addEventListener("pointerleave", () => (tip.hidden = true));
  sheet.addEventListener("contextmenu", (event) => event.preventDefault());
  new ResizeObserver(fit).observe(sheet);

  /* ---- the drawing ---- */

  function commit(next) {
    past.push(state);
    if (past.length > MOST_STEPS) past.shift();
    future = [];
    state = next;
  }

  /** Show what `state` now is: the ground has to be decoded first. */
  async function show() {
    const wanted = state.ground;
    const found = wanted ? await picture(wanted).catch(() => null) : null;
    await Promise.all(state.strokes.map((stroke) => ready(stroke).catch(() => {})));
    if (wanted !== state.ground) return;
    under = found;
    redraw();
  }

  function picture(address) {
    const image = new Image();
    image.src = address.startsWith("data:") ? address : `data:image/png;base64,${address}`;
    return image.decode().then(() => image);
  }

  /** Lay a whole drawing on the sheet, as one step that can be undone; `again` makes one step of several loads. */
  function load({ strokes, ground = state.ground }, again = false) {
    if (!strokes.includes(drawing?.stroke)) drawing = null;
    if (again && state === loaded) state = { strokes, ground };
    else commit({ strokes, ground });
    loaded = state;
    return show().then(() => on.rest(false));
  }

  /** One step more, of those that no pointer draws. */
  const add = (step) => load({ strokes: [...state.strokes, step] });

  function clear() {
    const ground = kind.drawn ? null : state.ground;
    if (state.strokes.length || state.ground !== ground) load({ strokes: [], ground });
  }

  function step(from, to) {
    if (!from.length || drawing) return;
    to.push(state);
    state = from.pop();
    return show().then(() => on.rest(false));
  }

  /** Turn to the sheet of another task; what lies there is what was left there. */
  function use(name, settings) {
    shelved.set(box.dataset.sheet, { state, past, future, shape });
    box.dataset.sheet = name;
    ({ state, past, future, shape } = shelved.get(name) || { state: empty(), past: [], future: [], shape: [1, 1] });
    drawing = under = null;
    answer = [];
    kind = settings;
    paper = settings.paper || "#fff";
    frame();
    return show();
  }

  /** Lay a photograph below, width and height in pixels; the hints on the last one go, but for `strokes`. */
  function lie(address, width, height, strokes = []) {
    [state, past, future] = [{ strokes, ground: address }, [], []];
    answer = [];
    shape = [width, height].map((value) => value / Math.max(width, height));
    frame();
    return show();
  }

  /** Every sheet with what was done on it, and undone, as plain data. */
  const sheets = () => new Map(shelved).set(box.dataset.sheet, { state, past, future, shape });

  /** Lay such sheets ready for `use`, before the first of them is used. */
  const bring = (kept) => kept.forEach((sheet, name) => shelved.set(name, sheet));

  function frame() {
    box.style.setProperty("--shape", `${shape[0] / shape[1]}`);
    fit();
  }

  return {
    tool,
    use,
    lie,
    load,
    add,
    spot,
    dab,
    repair: (parts) => { answer = parts; redraw(); },
    looks: (how) => (look = how),
    redraw,
    photo: () => under,
    undo: () => step(past, future),
    redo: () => step(future, past),
    clear,
    sheets,
    bring,
    strokes: () => state.strokes,
    ground: () => state.ground,
    undoable: () => past.length > 0,
    redoable: () => future.length > 0,
    busy: () => Boolean(drawing),
    empty: () => !state.ground && !state.strokes.some(({ tool: name }) => DRAWS.includes(name)),
  };
}
