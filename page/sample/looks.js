/* Where the opened picture's generator looked while it drew the place that is pressed. */
import { ask, make, say } from "../parts/atelier.js";
import { newest } from "../parts/newest.js";

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const DARKEST = 190; // of 255: how far a place is covered that nothing was taken from

/** How dark each place of a map of `shares` is covered, from 0 where most was taken to DARKEST; by the root, since a look
    goes to few places mostly and the others would all be black. */
export const covered = (shares) => shares.map((share) => Math.round(DARKEST * (1 - Math.sqrt(share / Math.max(...shares)))));

/** The fewest places that half of the look goes to. */
export function half(shares) {
  let [sum, count] = [0, 0];
  for (const share of shares.toSorted((a, b) => b - a)) {
    if (sum >= 0.5) break;
    sum += share;
    count++;
  }
  return count;
}

/** `on`: about(), what the server says of the model; one(), the {weight, point} that is open. */
export function createLooks(root, server, on) {
  const $ = (selector) => root.querySelector(selector);
  const box = $(".looks");
  const cover = $(".look");
  const choice = $("#at-look");
  let place = [0.5, 0.5]; // across and down, from 0 to 1
  let maps = [];
  let drawn = "";

  const get = newest(async (asked) => {
    const reply = await ask(server.attention, asked);
    if (!reply) return;
    maps = reply.maps;
    const before = choice.value;
    choice.replaceChildren(...maps.map(({ side }) => make("option", { value: side }, `of ${2 * side} px`)));
    $(".looks .field").hidden = maps.length < 2;
    choice.value = maps.some(({ side }) => String(side) === before) ? before : choice.options[0].value;
    paint();
    root.dataset.looked = Number(root.dataset.looked || 0) + 1;
  });

  function paint() {
    const { side, shares } = maps.find((one) => String(one.side) === choice.value) ?? maps[0];
    const small = new OffscreenCanvas(side, side);
    const image = new ImageData(side, side);
    covered(shares).forEach((dark, i) => image.data.set([12, 12, 18, dark], 4 * i));
    small.getContext("2d").putImageData(image, 0, 0);
    const brush = cover.getContext("2d");
    const { width } = cover;
    brush.clearRect(0, 0, width, width);
    brush.imageSmoothingQuality = "high";
    brush.drawImage(small, 0, 0, width, width);
    for (const [colour, line] of [["#000", 5], ["#fff", 2]]) {
      brush.beginPath();
      brush.arc(place[0] * width, place[1] * width, width / 40, 0, 2 * Math.PI);
      Object.assign(brush, { strokeStyle: colour, lineWidth: line });
      brush.stroke();
    }
    say($(".looks .told"), `Half of what it took came from ${half(shares)} of ${shares.length} places.`);
  }

  function look() {
    cover.hidden = box.hidden || !box.open;
    if (cover.hidden) return;
    const asked = { ...on.one(), x: place[0], y: place[1] };
    if (JSON.stringify(asked) === drawn) return;
    drawn = JSON.stringify(asked);
    get(asked);
  }

  function put(x, y) {
    place = [x, y].map((value) => Math.min(1, Math.max(0, value)));
    look();
  }

  function pressed(event) {
    if (!(event.buttons & 1)) return;
    const { left, top, width, height } = cover.getBoundingClientRect();
    put((event.clientX - left) / width, (event.clientY - top) / height);
  }

  cover.addEventListener("pointerdown", (event) => { cover.setPointerCapture(event.pointerId); pressed(event); });
  cover.addEventListener("pointermove", pressed);
  cover.addEventListener("keydown", (event) => {
    const step = ARROWS[event.key];
    if (!step) return;
    event.preventDefault();
    put(...place.map((value, i) => value + step[i] / 32));
  });
  choice.addEventListener("change", paint);
  box.addEventListener("toggle", look);

  /** Dress for another model: one without attention shows nothing of it. */
  function dress() {
    box.hidden = !on.about().attends;
  }

  return { dress, show: look, leave: () => (cover.hidden = true) };
}
