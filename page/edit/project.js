/* Project: a photograph of one's own, the box that is taken of it, and the nearest picture, step by step. */
import * as atelier from "../parts/atelier.js";
import { ask, say, toast } from "../parts/atelier.js";
import { createCamera } from "../parts/camera.js";
import { onPaste, pasted } from "../parts/clipboard.js";
import { newest } from "../parts/newest.js";
import { createHole } from "./hole.js";
import { createSteps } from "./steps.js";
import { createTune } from "./tune.js";

export function createProject(root, server, on) {
  const $ = (selector) => root.querySelector(selector);
  const view = $(".photo");
  let photo = null; // {data, width, height, bitmap}: what the server made of the file
  let box = null; // {x, y, side, turn} in pixels of it
  let cut = null; // {data, weight}: what the box holds, as the weight draws
  let found = null; // what fills the hole: {weight, point, mask}
  let grip = null; // where in the box the pointer holds it
  const steps = createSteps(server.project, () => { on.rest(); buttons(); });

  /* ---- the photograph and its box ---- */

  async function open(file) {
    if (!file) return;
    if (file.size > 20e6) return toast("That file is larger than 20 MB; python -m gan_models.project takes it.");
    const data = await atelier.base64(file);
    const reply = data == null ? null : await ask(server.photograph, { data });
    if (!reply) return;
    steps.stop();
    photo?.bitmap.close();
    photo = { ...reply, file: data, name: file.name, bitmap: await atelier.bitmap(reply.data) };
    cut = null;
    const longest = Math.max(photo.width, photo.height);
    Object.assign($("#ed-side"), { min: Math.max(1, longest / 20), max: 1.5 * longest, step: longest / 200 });
    say($(".seen"), photo.seen ? "The box lies about the cat's face that was seen; move it if it should be another." : "No cat's face was seen: move the box to what should be projected.");
    place(photo.box);
  }

  function place(next) {
    const clamp = (value, most) => Math.min(most, Math.max(0, value));
    box = { ...next, x: clamp(next.x, photo.width), y: clamp(next.y, photo.height) };
    $("#ed-side").value = box.side;
    $("#ed-turn").value = box.turn;
    say($("#ed-turn + output"), `${Math.round(box.turn)}°`);
    steps.stop();
    tune.show(null);
    found = null;
    draw();
    align({ weight: on.weight(), data: photo.data, box });
    buttons();
  }

  function draw() {
    const { width, height } = photo;
    Object.assign(view, { width, height });
    // As large as the column allows, and no higher than a phone shows beside the picture.
    Object.assign(view.style, { width: `${(220 * width) / height}px`, aspectRatio: `${width} / ${height}` });
    const brush = view.getContext("2d");
    brush.drawImage(photo.bitmap, 0, 0);
    brush.fillStyle = "rgb(20 20 30 / .55)";
    brush.beginPath();
    brush.rect(0, 0, width, height);
    const corners = [[-1, -1], [-1, 1], [1, 1], [1, -1]].map(([a, b]) => spun(a * box.side / 2, b * box.side / 2));
    corners.forEach(([x, y], i) => (i ? brush.lineTo(x, y) : brush.moveTo(x, y)));
    brush.closePath();
    brush.fill("evenodd");
    brush.strokeStyle = "#fff";
    brush.lineWidth = Math.max(width, height) / 200;
    brush.stroke();
  }

  function spun(x, y) {
    const angle = (box.turn * Math.PI) / 180;
    return [box.x + x * Math.cos(angle) - y * Math.sin(angle), box.y + x * Math.sin(angle) + y * Math.cos(angle)];
  }

  const align = newest(async (asked) => {
    const reply = await ask(server.align, asked);
    if (!reply) return;
    cut = { data: reply.data, weight: asked.weight };
    await target(reply.data);
    root.dataset.aligned = Number(root.dataset.aligned || 0) + 1;
    buttons();
  });

  /** Show what the box holds, or that with its hole filled. */
  async function target(data) {
    const bitmap = await atelier.bitmap(data);
    Object.assign($(".target"), { width: bitmap.width, height: bitmap.height });
    $(".target").getContext("2d").drawImage(bitmap, 0, 0);
    bitmap.close();
  }

  function at(event) {
    const frame = view.getBoundingClientRect();
    return [((event.clientX - frame.left) / frame.width) * photo.width, ((event.clientY - frame.top) / frame.height) * photo.height];
  }

  function keys(event) {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!photo || !(step || ["+", "-"].includes(event.key))) return;
    event.preventDefault();
    const far = ((event.shiftKey ? 8 : 1) * Math.max(photo.width, photo.height)) / 200;
    if (step) return place({ ...box, x: box.x + far * step[0], y: box.y + far * step[1] });
    place({ ...box, side: box.side * (event.key === "+" ? 1.05 : 0.95) });
  }

  /* ---- the projection ---- */

  async function run() {
    if (steps.running()) return steps.stop();
    const asked = { weight: cut.weight, data: cut.data, mask: mask(), total: Number($("#ed-total").value) };
    found = null;
    const under = steps.run(asked, null, async (reply) => {
      await on.arrive(reply);
      if (reply.joined) await target(reply.joined);
      if (reply.joined) found = { weight: asked.weight, point: reply.point, mask: asked.mask };
      buttons();
      tune.show({ weight: asked.weight, point: reply.point });
      $(".projecting").value = reply.step / reply.total;
      say($(".error"), reply.far.said);
      $(".error").classList.toggle("unlike", Boolean(reply.far.unlike));
      say($(".project-told"), `${reply.step} of ${reply.total} steps`);
    });
    buttons();
    await under;
  }

  function buttons() {
    $(".with-photo").hidden = !photo;
    say($(".go-project"), steps.running() ? "Stop" : mask() ? "Fill the hole" : "Find the nearest picture");
    $(".save-hole").disabled = steps.running() || !found;
    $(".hole").classList.toggle("done", Boolean(found));
    $(".go-project").disabled = !steps.running() && !cut;
    $(".projecting").hidden = !steps.running();
  }

  /** Another state is shown: what the box holds is cut anew for another weight; a projection of another picture is over. */
  function show({ weight, point }) {
    steps.meet(point);
    if (photo && cut?.weight !== weight) {
      tune.show(null);
      align({ weight, data: photo.data, box });
    }
    buttons();
  }

  /* ---- a hole, filled by what the generator draws there ---- */

  const mask = () => ($(".holing").open ? hole.packed() : null);

  /** Another hole: what was found belongs to the one before. */
  function painted() {
    found = null;
    if (cut) target(cut.data);
    buttons();
  }

  async function save() {
    const longest = Math.max(photo.width, photo.height);
    const shares = Object.fromEntries(Object.entries(box).map(([name, value]) => [name, name === "turn" ? value : value / longest]));
    const reply = await ask(server.fill, { ...found, data: photo.file, name: photo.name ?? "photo.png", box: shares });
    if (reply) atelier.download(reply.name, reply.data, "image/png");
  }

  /* ---- wiring ---- */

  const hole = createHole(root, painted);
  $(".save-hole").addEventListener("click", save);
  $(".holing").addEventListener("toggle", painted);

  const tune = createTune(root, server, { cut: () => cut, allowed: on.tunes, arrive: on.enter });
  const camera = createCamera(root, { taken: open });
  $(".choose").addEventListener("click", () => $(".photos").click());
  $(".photos").addEventListener("change", ({ target }) => { open(target.files[0]); target.value = ""; });
  $(".paste").addEventListener("click", async () => open(await pasted()));
  $(".camera").addEventListener("click", camera.open);
  $(".go-project").addEventListener("click", run);
  onPaste(() => view.closest(".for-project").offsetParent !== null, ([file]) => open(file));
  view.addEventListener("pointerdown", (event) => {
    if (!photo || !event.isPrimary) return;
    view.setPointerCapture(event.pointerId);
    const [x, y] = at(event);
    grip = [x - box.x, y - box.y];
  });
  view.addEventListener("pointermove", (event) => {
    if (!grip) return;
    const [x, y] = at(event);
    place({ ...box, x: x - grip[0], y: y - grip[1] });
  });
  for (const over of ["pointerup", "pointercancel"]) view.addEventListener(over, () => (grip = null));
  view.addEventListener("keydown", keys);
  $("#ed-side").addEventListener("input", ({ target }) => photo && place({ ...box, side: Number(target.value) }));
  $("#ed-turn").addEventListener("input", ({ target }) => photo && place({ ...box, turn: Number(target.value) }));
  return { show, stop: steps.stop, open };
}
