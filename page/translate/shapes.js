/* Flat shapes on a sheet of SIDE pixels without antialiasing, by the rules of gan_models/drawing/shapes.py: the same steps
   in the same order, so that both lay the very same pixels. A sheet is a Uint32Array, a row after the other. */
export const SIDE = 1024;
const TOLERANCE = 24; // levels of each channel by which a pixel may differ from the one touched, to be filled with it
const WHITE = [255, 255, 255];

/** A colour as one number, red in the lowest byte. */
export const packed = ([red, green, blue]) => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;

const column = (x) => Math.min(SIDE, Math.max(0, Math.ceil(x - 0.5)));

/** How many layers an area has: `cross` notes where a row gets one more or one less, `cover` lays a colour where there are any. */
function createLayers() {
  const turns = new Int32Array(SIDE * (SIDE + 1));
  let [top, bottom, left, right] = [SIDE, -1, SIDE, 0];

  function cross(row, at, turn) {
    turns[row * (SIDE + 1) + at] += turn;
    top = Math.min(top, row);
    bottom = Math.max(bottom, row);
    left = Math.min(left, at);
    right = Math.max(right, at);
  }

  function cover(pixels, colour) {
    for (let row = top; row <= bottom; row += 1) {
      for (let x = left, layers = 0; x <= right; x += 1) {
        const at = row * (SIDE + 1) + x;
        layers += turns[at];
        turns[at] = 0;
        if (layers) pixels[row * SIDE + x] = colour;
      }
    }
    [top, bottom, left, right] = [SIDE, -1, SIDE, 0];
  }

  return { cross, cover };
}

const layers = createLayers();

function span(row, left, right) {
  layers.cross(row, column(left), 1);
  layers.cross(row, column(right), -1);
}

function trail(points, width, from) {
  if (points.length === 1) return segment(points[0], points[0], width / 2);
  for (let at = Math.max(1, from); at < points.length; at += 1) segment(points[at - 1], points[at], width / 2);
}

/** A segment as wide as two radii: each row of it begins and ends at a disc, or at a long side. */
function segment([ax, ay], [bx, by], radius) {
  const [wayX, wayY] = [bx - ax, by - ay];
  const length = Math.sqrt(wayX * wayX + wayY * wayY);
  const [acrossX, acrossY] = [-wayY / length * radius, wayX / length * radius];
  const last = column(Math.max(ay, by) + radius);
  for (let row = column(Math.min(ay, by) - radius); row < last; row += 1) {
    const y = row + 0.5;
    let [left, right] = [Infinity, -Infinity];
    const reach = (low, high) => {
      if (low < left) left = low;
      if (high > right) right = high;
    };
    for (const [x, middle] of [[ax, ay], [bx, by]]) {
      const above = y - middle;
      const half = Math.sqrt(radius * radius - above * above); // no number where the row misses the disc
      reach(x - half, x + half);
    }
    for (const [fromX, fromY, toY] of [[ax + acrossX, ay + acrossY, by + acrossY], [ax - acrossX, ay - acrossY, by - acrossY]]) {
      const share = (y - fromY) / (toY - fromY);
      const x = fromX + share * wayX;
      if (share >= 0 && share <= 1) reach(x, x);
    }
    if (left < right) span(row, left, right);
  }
}

/** Upper left and lower right corner of a shape between its first and last point; of a dot, as wide as the tool. */
function corners(points, width) {
  const [[a, b], [c, d]] = [points[0], points.at(-1)];
  if (a === c && b === d) return [a - width / 2, b - width / 2, a + width / 2, b + width / 2];
  return [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)];
}

function box(points, width) {
  const [left, top, right, bottom] = corners(points, width);
  for (let row = column(top); row < column(bottom); row += 1) span(row, left, right);
}

function ellipse(points, width) {
  const [left, top, right, bottom] = corners(points, width);
  const [x, y, across, up] = [(left + right) / 2, (top + bottom) / 2, (right - left) / 2, (bottom - top) / 2];
  for (let row = column(top); row < column(bottom); row += 1) {
    const share = (row + 0.5 - y) / up;
    const half = across * Math.sqrt(Math.max(0, 1 - share * share));
    span(row, x - half, x + half);
  }
}

/** What a closed line goes around; of a line that encloses nothing, a dot at each point. */
function outline(points, width) {
  if (points.length < 3) return trail(points, width, 0);
  points.forEach(([ax, ay], at) => {
    const [bx, by] = points[(at + 1) % points.length];
    const last = column(Math.max(ay, by));
    for (let row = column(Math.min(ay, by)); row < last; row += 1) {
      layers.cross(row, column(ax + (row + 0.5 - ay) / (by - ay) * (bx - ax)), by > ay ? 1 : -1);
    }
  });
}

const AREAS = { paint: trail, eraser: trail, lasso: outline, ellipse, box };

/** Lay a stroke on a sheet; of a brush's, the way from point `from` on. `rim`: how broad blurred edges of areas are. */
export function layShape(pixels, { tool, points, width, colour }, from = 0, rim = 0) {
  if (tool === "fill") return fill(pixels, points.at(-1).map((value) => Math.floor(value * SIDE)), packed(colour), rim);
  if (!(tool in AREAS)) return;
  AREAS[tool](points.map((point) => point.map((value) => value * SIDE)), width * SIDE, from);
  layers.cover(pixels, packed(tool === "eraser" ? WHITE : colour));
}

/** Whether a brush that goes on only adds to what it has laid; a shape that is dragged leaves where it was. */
export const adds = ({ tool }) => tool === "paint" || tool === "eraser";

const apart = (one, other) => [0, 8, 16].some((by) => Math.abs(((one >>> by) & 255) - ((other >>> by) & 255)) > TOLERANCE);

/** Give the area of one colour that a pixel lies in another one; nothing beyond the border. */
function fill(pixels, [x, y], colour, rim) {
  if (x < 0 || y < 0 || x >= SIDE || y >= SIDE) return;
  const area = connected(pixels, y * SIDE + x);
  const rims = rim ? rimsOf(pixels, area, rim) : [];
  for (let at = 0; at < area.length; at += 1) if (area[at]) pixels[at] = colour;
  for (const at of rims) pixels[at] = colour;
}

/** The pixels of about one's colour that hang together with it by their sides: 1 where they are. */
function connected(pixels, begun) {
  const touched = pixels[begun];
  const seen = new Uint8Array(SIDE * SIDE);
  const free = (at) => !seen[at] && (pixels[at] === touched || !apart(pixels[at], touched));
  const waiting = [begun];
  while (waiting.length) {
    let at = waiting.pop();
    if (seen[at]) continue;
    const first = at - at % SIDE;
    while (at > first && free(at - 1)) at -= 1;
    for (let above = false, below = false; at < first + SIDE && free(at); at += 1) {
      seen[at] = 1;
      const [up, down] = [at >= SIDE && free(at - SIDE), at + SIDE < seen.length && free(at + SIDE)];
      if (up && !above) waiting.push(at - SIDE);
      if (down && !below) waiting.push(at + SIDE);
      [above, below] = [up, down];
    }
  }
  return seen;
}

/** What lies within a rim beyond an area, and is no area itself: another colour comes behind it. */
function rimsOf(pixels, area, rim) {
  const found = [];
  for (let at = 0; at < area.length; at += 1) {
    if (!area[at]) continue;
    const [x, y] = [at % SIDE, Math.floor(at / SIDE)];
    const look = (way, room) => {
      const [here, behind] = [at + way * rim, at + way * 2 * rim];
      if (room >= 2 * rim && !area[here] && apart(pixels[here], pixels[behind])) found.push(here);
    };
    look(1, SIDE - 1 - x);
    look(-1, x);
    look(SIDE, SIDE - 1 - y);
    look(-SIDE, y);
  }
  return found;
}
