/* The Translate tab, second part: what is opened, taken back and saved, and the wiring of all controls. */

/* ---- pictures, and files that were saved here ---- */

let opened = 0; // how often: only the last one's answer counts

/** Open what is wanted, or promised: {data, name} or {example}. */
async function open(wanted) {
  const turn = (opened += 1);
  const given = await wanted;
  const reply = given && (await ask(server.open, given));
  if (!reply || turn !== opened) return;
  if (reply.recipe) return restore(reply.recipe);
  photo = reply;
  if (waiting?.source === reply.sha256) return restore(waiting);
  waiting = null;
  if (drawn()) return edges(true);
  await lay();
  refresh();
  want();
}

async function take_in(file) {
  if (!file) return;
  if (file.size > 20e6) return atelier.toast("That file is larger than 20 MB; python -m gan_models.translate takes it.");
  in_sight();
  await open(atelier.base64(file).then((data) => data != null && { data, name: file.name }));
}

let waiting = null; // a recipe that needs its photograph

/** Everything as it was when the file was saved. */
async function restore(recipe) {
  const { weight, strokes, ground, source, seed, direction, strength, side, detail, edges: detector } = recipe;
  Object.assign(set, { seed, direction, strength, side, count: 1 });
  waiting = source && photo?.sha256 !== source ? recipe : null;
  await look();
  if (!(await choose(weight))) return;
  if (waiting) return atelier.toast("This picture was made from a photograph. Open that one too, and all is as it was.");
  if (drawn() && source) {
    // Made of a file, by the command line: its lines, or the file as the drawing that it is.
    Object.assign(set, { detail, detector: detector ?? "none" });
    return edges(true);
  }
  if (drawn() || onPhoto()) await canvas.load(drawn() ? { strokes, ground: ground ?? null } : { strokes });
  want();
}

/* ---- edges: one question at a time, the last slider's place is the last one drawn ---- */

const traced = new WeakSet(); // strokes that the detector drew, not the visitor
let tracing = false;
let again = null;

async function edges(fresh) {
  again = { fresh: fresh || Boolean(again?.fresh) };
  refresh();
  if (tracing) return;
  tracing = true;
  for (let first = true; again; first = false) {
    const now = again;
    again = null;
    const place = sheet();
    const reply = await ask(server.trace, { weight: about.name, id: photo.id, detector: set.detector, detail: set.detail });
    if (!reply || sheet() !== place) continue;
    const own = now.fresh ? [] : canvas.strokes().filter((stroke) => !traced.has(stroke));
    reply.strokes.forEach((stroke) => traced.add(stroke));
    await canvas.load({ strokes: [...reply.strokes, ...own], ground: reply.ground }, !first || !now.fresh);
  }
  tracing = false;
}

let number = Math.floor(Math.random() * 100);

/** One of our own pictures, in the direction that it is an example of. */
function show({ name, direction }) {
  if (about.directions.length > 1) set.direction = direction;
  return open({ example: name });
}

/** On a phone the controls lie far below: who asks for a picture there is brought back to where it appears. */
function in_sight() {
  if (root.getBoundingClientRect().top < 0) root.scrollIntoView({ block: "start" });
}

async function example() {
  in_sight();
  number += 1;
  if (!drawn()) return show(about.examples[number % about.examples.length]);
  const place = sheet();
  const reply = await ask(server.example, { weight: about.name, number });
  if (reply && sheet() === place) canvas.load({ strokes: reply.strokes, ground: null });
}

/* ---- saving ---- */

/** The picked picture with its recipe; {name, data}, or {name, path} of a photograph. */
async function save() {
  const reply = await ask(server.save, request());
  if (reply?.data) atelier.download(reply.name, reply.data, "image/png");
  else if (reply) make("a", { href: atelier.address(reply.path), download: reply.name }).click();
}

async function larger() {
  const reply = await ask(server.save, request());
  if (!reply) return;
  const data = reply.data ?? (await atelier.base64(await (await fetch(atelier.address(reply.path))).blob()));
  atelier.upscale({ data, name: reply.name });
}

async function sketch() {
  const reply = await ask(server.sketch, request());
  if (reply) atelier.download(reply.name, reply.data, "image/png");
}

let filming = null;

async function film() {
  $(".film").disabled = true; // a double click is one wish: the job has no name yet
  const reply = await ask(server.film, request());
  if (!reply) return refresh();
  filming = reply.job;
  $(".filming progress").value = 0;
  $(".filming").hidden = false;
  for (let told; filming; ) {
    refresh();
    told = await ask(server.poll, { job: filming });
    if (told?.state === "running") {
      $(".filming progress").value = told.done / told.total;
      await new Promise((done) => setTimeout(done, 200));
      continue;
    }
    filming = null;
    if (told?.data) atelier.download(told.name, told.data, "video/mp4");
    else if (told) atelier.toast(told.error || "Stopped; nothing of the film was kept.");
  }
  $(".filming").hidden = true;
  refresh();
}

async function saw() {
  const reply = await answer(server.seen, request());
  if (!reply) return $("#tr-saw").hidePopover();
  $("#tr-saw img").src = reply.picture;
  const hints = about.hints ? ", hints laid over" : "";
  say($("#tr-saw p"), `${reply.width} × ${reply.height} px: ${about.sees}${hints}.`);
}

/* ---- wiring ---- */

const visible = () => element.offsetParent !== null;
const usable = () => visible() && !root.inert;
const click = (selector, action) => root.querySelectorAll(selector).forEach((item) => item.addEventListener("click", action));
const input = (selector, action) => $(selector).addEventListener("input", (event) => action(event.target.value));

click(".tool", (event) => take(event.currentTarget.dataset.tool));
click(".undo", canvas.undo);
click(".redo", canvas.redo);
click(".clear", canvas.clear);
click(".ways .example", example);
click(".choose", () => $(".files").click());
click(".dice", () => { picked = 0; change("seed", Math.floor(Math.random() * 1e6)); });
click(".differ", () => change("map", !set.map));
click(".save", save);
click(".larger", larger);
click(".sketch", sketch);
click(".film", film);
click(".halt", () => filming && ask(server.stop, { job: filming }));
input(".width", (value) => { TOOLS[canvas.tool.name].now = Number(value); take(canvas.tool.name); });
input("#tr-seed", (value) => value !== "" && Number.isInteger(Number(value)) && change("seed", Math.min(4294967291, Math.max(0, Number(value)))));
input("#tr-count", (value) => change("count", Number(value)));
input("#tr-strength", (value) => change("strength", Number(value)));
input("#tr-direction", (value) => change("direction", Number(value)));
input("#tr-side", (value) => change("side", Number(value)));
input("#tr-edges", (value) => { set.detector = value; edges(); });
input("#tr-detail", (value) => { set.detail = Number(value); edges(); });
$(".files").addEventListener("change", (event) => { take_in(event.target.files[0]); event.target.value = ""; });
$("#tr-saw").addEventListener("beforetoggle", (event) => event.newState === "open" && saw());

const camera = atelier.camera(root, { taken: take_in });
click(".camera", camera.open);
atelier.drop(root, usable, take_in);
document.addEventListener("paste", (event) => {
  const file = [...(event.clipboardData?.files || [])].find(({ type }) => type.startsWith("image/"));
  if (usable() && file) { event.preventDefault(); take_in(file); }
});
const KEYS = { b: () => take(about.tools[0]), e: () => take("eraser"), h: () => about.hints && take("hint") };
document.addEventListener("keydown", (event) => {
  if (!usable() || event.target.matches?.("textarea, input:not([type=range]), select")) return;
  const key = event.key.toLowerCase();
  if (event.ctrlKey || event.metaKey) {
    const step = key === "y" || (key === "z" && event.shiftKey) ? canvas.redo : key === "z" ? canvas.undo : null;
    if (step) { event.preventDefault(); step(); }
  } else if (KEYS[key] && !event.altKey && !root.classList.contains("alone")) KEYS[key]();
});

/* ---- the shelf ---- */

/** A weight that was exported meanwhile is there without a reload. */
async function look(how = ask) {
  const reply = await how(server.tasks, { mark: known.mark });
  if (!reply?.tasks || reply.mark === known.mark) return;
  known = reply;
  $(".tasks").replaceChildren(...known.tasks.map(tile));
  const now = known.tasks.find(({ name }) => name === about?.name);
  if (!now && known.first) await choose(known.first);
  else if (now && JSON.stringify(now) !== JSON.stringify(about)) await choose(now.name);
}

async function begin() {
  await look();
  known.refused?.forEach(atelier.toast);
  await receive();
  root.dataset.ready = "yes";
}

/** Open {weight} here, as other tabs ask for it. */
async function receive() {
  const place = atelier.waiting;
  if (!place?.weight || place.point) return;
  atelier.waiting = null;
  await look();
  await choose(place.weight);
}

window.addEventListener("atelier:translate", receive);
setInterval(() => visible() && !document.hidden && look(atelier.heard), 4000);
setInterval(() => photo && atelier.heard(server.keep, { ids: [photo.id] }), 20000);
begin();
