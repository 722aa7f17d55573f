/* One plane on a canvas: map, real and drawn points, arrows, the generator's grid, the trail of two parameters. */
export function createPlane(canvas, on) {
  const HALF = 2.5;
  const REACH = 4 * HALF; // of 16-bit coordinates (page/learn/runs.py)
  const ARROW = 0.35; // how long an arrow of length 1 is drawn, in units of the plane
  const LONGEST = 0.7;
  const SIDE = 720;
  const small = document.createElement("canvas");
  let real = [];
  let view = null;
  let looks = {};
  let trail = [];
  let sketch = [];

  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const points = (text) => Array.from(new Int16Array(bytes(text).buffer), (value) => (value / 32767) * REACH);
  const colour = (name) => getComputedStyle(canvas).getPropertyValue(name).trim();
  const rgb = (hex) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));

  /** A new run: its real points never change. */
  function begin(reply) {
    real = points(reply.real);
    trail = [];
    show(reply);
  }

  function show(reply) {
    const side = Math.sqrt(bytes(reply.map).length);
    view = { drawn: points(reply.drawn), arrows: points(reply.arrows), warp: points(reply.warp), map: bytes(reply.map), side };
    trail = [...trail, ...reply.trail].slice(-4000);
    paint();
  }

  function set(next) {
    looks = next;
    paint();
  }

  /** The drawing of a visitor, while there is no run of it yet. */
  function draft(strokes) {
    sketch = strokes;
    paint();
  }

  function paint() {
    if (canvas.width !== SIDE) canvas.width = canvas.height = SIDE;
    const ink = canvas.getContext("2d");
    ink.fillStyle = colour("--well");
    ink.fillRect(0, 0, SIDE, SIDE);
    if (view) {
      if (looks.map) map(ink);
      if (looks.warp) warp(ink);
      dots(ink, real, colour("--real"), 3, 0.75);
      if (trail.length > 1) path(ink);
      if (looks.arrows) arrows(ink);
      dots(ink, view.drawn, colour("--drawn"), 3.4, 0.9);
    }
    dots(ink, sketch.flat(), colour("--real"), 4, 1);
  }

  const across = (x) => ((x + HALF) / (2 * HALF)) * SIDE;
  const down = (y) => ((HALF - y) / (2 * HALF)) * SIDE;

  function map(ink) {
    const [low, middle, high] = ["--map-drawn", "--sheet", "--map-real"].map((name) => rgb(colour(name)));
    const { side } = view;
    small.width = small.height = side;
    const image = new ImageData(side, side);
    view.map.forEach((level, i) => {
      const far = Math.abs(level - 127.5) / 127.5;
      const end = level > 127 ? high : low;
      for (let k = 0; k < 3; k++) image.data[4 * i + k] = middle[k] + (end[k] - middle[k]) * far;
      image.data[4 * i + 3] = 255;
    });
    small.getContext("2d").putImageData(image, 0, 0);
    ink.imageSmoothingEnabled = true;
    ink.drawImage(small, 0, 0, SIDE, SIDE);
  }

  function dots(ink, list, fill, radius, alpha) {
    ink.fillStyle = fill;
    ink.globalAlpha = alpha;
    ink.beginPath();
    for (let i = 0; i < list.length; i += 2) {
      const [x, y] = [across(list[i]), down(list[i + 1])];
      ink.moveTo(x + radius, y);
      ink.arc(x, y, radius, 0, 7);
    }
    ink.fill();
    ink.globalAlpha = 1;
  }

  /** A line through points given by their numbers in `list`. */
  function line(ink, list, order) {
    ink.beginPath();
    order.forEach((n, i) => ink[i ? "lineTo" : "moveTo"](across(list[2 * n]), down(list[2 * n + 1])));
    ink.stroke();
  }

  function warp(ink) {
    const count = view.warp.length / 2;
    const side = Math.sqrt(count);
    ink.strokeStyle = colour("--drawn");
    ink.lineWidth = 1.4;
    ink.globalAlpha = 0.65;
    const lines = Array.from({ length: side }, (_, i) => i);
    if (looks.curve) line(ink, view.warp, Array.from({ length: count }, (_, i) => i));
    else for (const i of lines) {
      line(ink, view.warp, lines.map((k) => i * side + k));
      line(ink, view.warp, lines.map((k) => k * side + i));
    }
    ink.globalAlpha = 1;
  }

  function arrows(ink) {
    ink.strokeStyle = ink.fillStyle = colour("--ink");
    ink.lineWidth = 2;
    for (let i = 0; i < view.arrows.length; i += 2) {
      const [x, y] = [view.drawn[i], view.drawn[i + 1]];
      const length = Math.hypot(view.arrows[i], view.arrows[i + 1]);
      const drawn = Math.min(LONGEST, ARROW * length);
      if (drawn < 0.02) continue;
      const [dx, dy] = [(view.arrows[i] / length) * drawn, (view.arrows[i + 1] / length) * drawn];
      arrow(ink, across(x), down(y), across(x + dx), down(y + dy));
    }
  }

  function arrow(ink, x, y, toX, toY) {
    const angle = Math.atan2(toY - y, toX - x);
    ink.beginPath();
    ink.moveTo(x, y);
    ink.lineTo(toX, toY);
    for (const turn of [2.6, -2.6]) {
      ink.moveTo(toX, toY);
      ink.lineTo(toX + 8 * Math.cos(angle + turn), toY + 8 * Math.sin(angle + turn));
    }
    ink.stroke();
  }

  function path(ink) {
    ink.strokeStyle = colour("--ink");
    ink.lineWidth = 2;
    line(ink, trail.flat(), trail.map((_, i) => i));
    dots(ink, trail[trail.length - 1], colour("--accent"), 8, 1);
  }

  /* Drawing data with the pointer. */
  let pen = false;
  function at(event) {
    const box = canvas.getBoundingClientRect();
    const place = [(event.clientX - box.left) / box.width, 1 - (event.clientY - box.top) / box.height];
    return place.map((share) => Math.round(Math.min(HALF, Math.max(-HALF, (share * 2 - 1) * HALF)) * 1000) / 1000);
  }
  canvas.addEventListener("pointerdown", (event) => {
    if (!canvas.classList.contains("pen")) return;
    pen = true;
    canvas.setPointerCapture(event.pointerId);
    on.stroke(at(event));
  });
  canvas.addEventListener("pointermove", (event) => pen && on.stroke(at(event)));
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { if (pen) on.drawn(); pen = false; });
  new ResizeObserver(paint).observe(canvas);
  new MutationObserver(paint).observe(document.body, { attributeFilter: ["class"] });
  return { begin, show, set, draft, canvas };
}
