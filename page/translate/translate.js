/* The Translate tab: a task, what is drawn or opened for it, and the picture that answers. */
import * as atelier from "../parts/atelier.js";
import { pinnedPictures } from "../parts/tray.js";
import { ask, make, say } from "../parts/atelier.js";
import { createCamera } from "../parts/camera.js";
import { createCompare } from "../parts/compare.js";
import { onDrop } from "../parts/drop.js";
import { keep, kept } from "../parts/kept.js";
import { createPicker } from "../parts/picker.js";
import { listen } from "../parts/shortcuts.js";
import { createCanvas } from "./canvas.js";
import { createEdges } from "./edges.js";
import { createFilm } from "../parts/film.js";
import { larger, save, sketch } from "./saving.js";
import { createStyles } from "./styles.js";

export function start({ element, server }) {
  const root = element.querySelector(".translate");
  const $ = (selector) => root.querySelector(selector);
  const ORDINARY = ["#26211b", "#f7f4ee", "#8d9096", "#7a4a2a", "#c9874a", "#e9c37a", "#c23b32", "#e88ea2", "#4d8f4a", "#3f7fb8", "#6d56a0"];
  // Least and largest width of each tool in shares of the side, and where its slider stands at first.
  const TOOLS = { pen: [0.004, 0.06, 0.45], eraser: [0.02, 0.25, 0.45], hint: [0.02, 0.12, 0.5], paint: [0.02, 0.4, 0.6] };
  let known = { tasks: [], mark: null };
  let about = null; // what the server says of the chosen weight
  let photo = null; // {id, name, width, height, preview, sha256, wanted}: what was opened last, and of what
  let picked = 0; // which of the variations is shown large
  const set = { seed: 0, count: 1, map: false, direction: 0, strength: 1, side: null, detector: "canny", detail: 0.3 };
  const hue = { hint: ORDINARY[4], paint: "#000000" };

  const drawn = () => about.drawn;
  const onPhoto = () => !drawn() && about.hints;
  const levels = (colour) => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  const sheet = () => (!drawn() ? "photo" : about.palette.length ? about.name : about.source);
  const seeds = () => Array.from({ length: about.noisy ? set.count : 1 }, (_, index) => set.seed + index);
  const ready = () => Boolean(about) && (drawn() ? !canvas.empty() : Boolean(photo) && (!about.styled || styles.there()));

  /** What the server needs to make the picked picture. */
  function request() {
    const two = about.directions.length > 1;
    const given = drawn() ? { ground: canvas.ground() } : { id: photo?.id, side: set.side };
    const settings = { seed: seeds()[picked] ?? set.seed, direction: two ? set.direction : 0, strength: set.strength };
    const painted = about.styled ? styles.words() : {};
    return { weight: about.name, strokes: drawn() || onPhoto() ? canvas.strokes() : [], ...given, ...settings, ...painted };
  }

  /* ---- painting: always the newest; one request under way, and while it is painted the next is computed ---- */

  let version = 0; // of what is wanted
  let sent = 0; // the newest version that was asked for
  let asked = null;
  let busy = false;
  let painting = Promise.resolve();

  function want() {
    version += 1;
    root.dataset.version = version;
    asked ??= performance.now();
    if (!busy) work();
  }

  async function work() {
    busy = true;
    try {
      while (sent < version) {
        const job = { version, since: asked, weight: about.name, photo, all: !canvas.busy(), count: seeds().length };
        [sent, asked] = [version, null];
        const wish = { ...request(), seeds: job.all ? seeds() : [seeds()[picked]], picked: job.all ? picked : 0, map: set.map };
        const reply = ready() ? await answer(server.render, wish) : null;
        await painting;
        painting = paint(reply, job).catch(console.error);
      }
    } finally {
      busy = false;
    }
  }

  /** Ask for a picture; what stands in the way is a sentence under it, and nothing on the canvas is lost. */
  async function answer(call, wish) {
    const reply = await atelier.heard(call, wish);
    $(".what").classList.toggle("wrong", Boolean(reply.error));
    if (!reply.error) return reply;
    say($(".what"), reply.error);
    return null;
  }

  /** Whether a picture is still one of those that are wanted: task, photograph and number may have changed on its way. */
  const fits = (job) => job.weight === about.name && job.count === seeds().length && (drawn() || job.photo === photo);

  async function paint(reply, job) {
    if (reply && fits(job)) await (drawn() ? paintSheet : paintPhoto)(reply, job);
    if (reply && fits(job)) told(reply, job);
    else if (fits(job) && !ready()) blank();
    root.dataset.shown = job.version;
  }

  function told(reply, { since }) {
    root.dataset.compute = reply.compute;
    root.dataset.painted = Number(root.dataset.painted || 0) + 1;
    size = reply.worked ? `worked on at ${reply.worked.join(" × ")} px` : `${reply.width} × ${reply.height} px`;
    say($(".time"), `${(performance.now() - since).toFixed(0)} ms (server ${reply.compute.toFixed(0)} ms)`);
    tell();
    refresh();
  }

  let size = ""; // of the picture that is shown, in words

  function tell() {
    const given = photo && !drawn() ? `${photo.name}, ${photo.width} × ${photo.height} px; ` : "";
    say($(".what"), `${given}${size}${about.noisy ? `, seed ${seeds()[picked]}` : ""}`);
  }

  const large = $(".picture canvas");

  async function paintSheet(reply, job) {
    const all = await atelier.bitmap(reply.sheet);
    if (!fits(job)) return all.close();
    const { columns, width, height } = reply;
    const cut = (canvas, index) => {
      if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
      canvas.classList.toggle("crisp", width <= 32);
      canvas.getContext("2d").drawImage(all, (index % columns) * width, Math.floor(index / columns) * height, width, height, 0, 0, width, height);
    };
    cut(large, job.all ? Math.min(picked, job.count - 1) : 0);
    if (job.all) shelve(Array.from({ length: job.count }, (_, index) => { const tile = make("canvas"); cut(tile, index); return tile; }));
    $(".where").hidden = !reply.map;
    if (reply.map) $(".where").src = reply.map;
    all.close();
  }

  async function paintPhoto(reply, job) {
    const names = [about.before, about.directions[set.direction] || about.title];
    await compare.show({ ...reply, before: photo.preview, names });
    if (job.all && fits(job)) shelve(reply.thumbnails.map((face) => make("img", { src: face, alt: "" })));
  }

  /** The variations below the picture, each with a face. */
  function shelve(faces) {
    if (faces.length < 2) faces = [];
    const held = [...$(".several").children].indexOf(document.activeElement);
    $(".several").replaceChildren(...faces.map((face, index) => make("button",
      { "aria-pressed": String(index === picked), "aria-label": `Variation ${index + 1}`, title: `Seed ${seeds()[index]}`, onclick: () => pick(index) }, face)));
    $(".several").children[held]?.focus({ preventScroll: true });
  }

  /** A drawing's variations are here whole; of a photograph's there are only small faces. */
  function pick(index) {
    picked = index;
    [...$(".several").children].forEach((button, place) => atelier.mark(button, "aria-pressed", place === picked));
    if (!drawn()) return want();
    large.getContext("2d").drawImage($(".several").children[index].firstChild, 0, 0);
    tell();
  }

  function blank() {
    large.getContext("2d").clearRect(0, 0, large.width, large.height);
    shelve([]);
    $(".where").hidden = true;
    for (const name of [".what", ".time"]) say($(name), "");
    refresh();
  }

  /* ---- the task ---- */

  /** Turn to a weight; whether it is there, and is still the one to turn to. */
  async function choose(name) {
    const task = known.tasks.find((item) => item.name === name);
    if (!task) atelier.toast(`There is no weight ${name} here now.`);
    if (!task) return false;
    [about, picked] = [task, 0];
    if (!(set.direction < about.directions.length)) set.direction = 0;
    if (!about.sides.includes(set.side)) set.side = null;
    picker.show(task);
    await lay();
    if (about !== task) return false;
    dress();
    blank();
    await styles.use(task);
    if (about !== task) return false;
    want();
    root.inert = false;
    return true;
  }

  /** A visitor's choice, here or on another tab. */
  async function turnTo(name) {
    if (!known.tasks.some((task) => task.name === name)) await look();
    const fine = await choose(name);
    if (fine) picker.tell(about);
    return fine;
  }

  /** The sheet of this task: of drawings one for all, of labels one each, and the photograph. */
  async function lay() {
    const task = about;
    if (photo) root.style.setProperty("--photo", photo.width / photo.height);
    const paper = drawn() && about.palette.length ? about.palette[0][1] : "#fff";
    await canvas.use(sheet(), { ...about, paper });
    if (about === task && !drawn() && photo && canvas.ground() !== photo.preview) await canvas.lie(photo.preview, photo.width, photo.height);
  }

  /** Everything that the chosen weight decides. */
  function dress() {
    root.classList.toggle("drawing", drawn());
    for (const button of root.querySelectorAll(".tool")) button.hidden = !about.tools.includes(button.dataset.tool);
    take(about.tools[0]);
    $(".picture").hidden = !drawn();
    $(".frame").hidden = drawn();
    say($(".heading"), drawn() ? "Picture" : "Before and after");
    for (const item of root.querySelectorAll(".noisy")) item.hidden = !about.noisy;
    $(".several").hidden = !about.noisy; // its place is kept: nothing jumps when there are more
    $(".direction").hidden = about.directions.length < 2;
    $("#tr-direction").replaceChildren(...about.directions.map((words, index) => make("option", { value: index }, words)));
    $(".strength").hidden = about.target !== "chroma" && !about.styled;
    $(".working").hidden = drawn();
    $("#tr-side").replaceChildren(...about.sides.map((side) => make("option", { value: side }, `${side} px`)));
    say($(".welcome h2"), about.invited);
    say($(".welcome p"), welcome());
    $(".examples").replaceChildren(...about.examples.map((item) =>
      make("button", { "data-example": item.name, onclick: () => show(item) }, make("img", { src: item.picture, alt: "" }), item.title)));
    $(".ways .example").hidden = !drawn() && !about.examples.length;
    $(".ways .outline").hidden = !drawn();
    faces();
    $(".ways .example").classList.toggle("main", drawn()); // of a photograph one's own is the point
    palette();
    refresh();
  }

  function welcome() {
    if (about.target === "chroma") return "It is coloured here, on this machine; dots of colour tell the network what you know.";
    if (about.styled) return "It is painted in the style of any other picture, here on this machine.";
    const words = about.directions.length > 1 ? about.directions.join(", or ") : `${about.title}: it becomes another`;
    return `${words}, here on this machine.`;
  }

  /** Swatches of hints, or the labels by name. */
  function palette() {
    $(".colours").hidden = !about.hints && !about.palette.length;
    if (about.palette.length) {
      hue.paint = about.palette.some(([, colour]) => colour === hue.paint) ? hue.paint : about.palette.at(about.palette.length > 2 ? 2 : -1)[1];
      $(".colours").replaceChildren(...about.palette.map(([name, colour]) =>
        make("button", { class: "label", "data-colour": colour, onclick: () => dip("paint", colour) }, make("i", { style: `background: ${colour}` }), name)));
    } else {
      const own = make("input", { type: "color", value: hue.hint, "aria-label": "Another colour", title: "Another colour", oninput: (event) => dip("hint", event.target.value) });
      $(".colours").replaceChildren(...ORDINARY.map((colour) => make("button",
        { class: "swatch", "data-colour": colour, style: `background: ${colour}`, "aria-label": `Hint in ${colour}`, title: "Hint in this colour", onclick: () => dip("hint", colour) })), own);
    }
    swatches();
  }

  function dip(name, colour) {
    hue[name] = colour;
    take(name);
  }

  function take(name) {
    const [least, most, at] = TOOLS[name];
    const slide = (TOOLS[name].now ??= at);
    Object.assign(canvas.tool, { name, width: least * (most / least) ** slide, colour: name in hue ? levels(hue[name]) : [0, 0, 0] });
    $(".width").value = slide;
    for (const button of root.querySelectorAll(".tool")) atelier.mark(button, "aria-pressed", button.dataset.tool === name);
    swatches();
  }

  function swatches() {
    const { name } = canvas.tool;
    root.style.setProperty("--hue", hue.hint);
    for (const button of $(".colours").querySelectorAll("button")) atelier.mark(button, "aria-pressed", name in hue && button.dataset.colour === hue[name]);
  }

  /* ---- what the controls show ---- */

  function refresh() {
    if (!about) return;
    const there = ready();
    root.classList.toggle("alone", !drawn() && !(about.hints && photo));
    $(".undo").disabled = !canvas.undoable();
    $(".redo").disabled = !canvas.redoable();
    for (const name of [".save", ".larger", ".saw", ".dice"]) $(name).disabled = !there;
    $(".larger").hidden = !atelier.upscales();
    for (const name of [".sketch", ".film"]) [$(name).hidden, $(name).disabled] = [!drawn(), !there || filming.busy()];
    $(".dice").hidden = !about.noisy;
    $(".differ").hidden = seeds().length < 2;
    atelier.mark($(".differ"), "aria-pressed", set.map);
    $(".edges").hidden = !(about.edges && photo);
    [$(".welcome").hidden, $(".viewer").hidden] = [there, !there];
    if (!there || drawn()) $(".slide").hidden = true;
    say($(".paper .invite"), !drawn() || !canvas.empty() ? "" : `${about.invited}${about.hints ? " Dots of colour say what colour it should have." : ""}`);
    say($(".picture .invite"), there ? "" : "The picture answers here, stroke by stroke.");
    const values = { "#tr-seed": set.seed, "#tr-count": set.count, "#tr-direction": set.direction, "#tr-strength": set.strength, "#tr-detail": set.detail, "#tr-edges": set.detector, "#tr-side": set.side ?? about.sides[1] ?? about.sides[0] };
    for (const [name, value] of Object.entries(values)) if ($(name) !== document.activeElement || $(name).type === "range") $(name).value = value;
    say($("#tr-count ~ output"), set.count);
    say($("#tr-strength ~ span output"), set.strength.toFixed(2));
    say($("#tr-detail ~ output"), set.detail.toFixed(2));
    $("#tr-detail").disabled = set.detector === "none";
    keep("translate", () => ({ weight: about.name, set, photo, sheets: canvas.sheets(), painted: styles.state() }));
  }

  /** Change a setting, and see what comes of it. */
  function change(name, value) {
    set[name] = value;
    picked = Math.min(picked, seeds().length - 1);
    refresh();
    want();
  }

  const canvas = createCanvas($(".paper"), {
    change: () => { refreshSoon(); want(); },
    // One picture is asked for with every point; several wait until the pointer leaves.
    rest: (drew) => { refresh(); if (!drew || seeds().length > 1) want(); },
  });
  const styles = createStyles(root, { server, changed: () => { refresh(); want(); }, pinned: pinnedPictures });
  const compare = createCompare($(".given"), { point: () => {}, lens: () => null });

  const picker = createPicker($(".picker"), {
    list: async () => { await look(); return { models: known.tasks, refused: known.refused ?? [] }; },
    chosen: () => about?.name,
    takes: ({ task }) => task === "translate",
    choose: turnTo,
  }, { heading: "What to draw or give", label: "Model" });
  const filming = createFilm({ server, box: $(".filming"), changed: refresh });
  const findEdges = createEdges({
    trace: () => ask(server.trace, { weight: about.name, id: photo.id, detector: set.detector, detail: set.detail }),
    canvas,
    sheet,
  });

  function edges(fresh) {
    refresh();
    return findEdges(fresh);
  }

  let refreshing = false;

  /** A pointer speaks more often than the screen is drawn. */
  function refreshSoon() {
    if (!refreshing) requestAnimationFrame(() => { refreshing = false; refresh(); });
    refreshing = true;
  }

  /* ---- pictures, and files that were saved here ---- */

  let opened = 0; // how often: only the last one's answer counts

  /** Ask the server to open {file}, {example} or {weight, point}; null where it cannot. */
  async function opens(wanted) {
    const { file } = wanted;
    const data = file && (await atelier.base64(file));
    if (file && data == null) return null;
    const reply = await ask(server.open, file ? { data, name: file.name } : wanted);
    return reply && { ...reply, wanted };
  }

  /** Open what is wanted: {file}, {example} or {weight, point}. */
  async function open(wanted) {
    const turn = (opened += 1);
    const reply = await opens(wanted);
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

  async function takeIn(file) {
    if (!file) return;
    if (file.size > 20e6) return atelier.toast("That file is larger than 20 MB; the command gan_models.translate takes it.");
    inSight();
    await open({ file });
  }

  let waiting = null; // a recipe that needs its photograph

  /** Everything as it was when the file was saved. */
  async function restore(recipe) {
    const { weight, strokes, ground, source, seed, direction, strength, side, detail, edges: detector } = recipe;
    Object.assign(set, { seed, direction, strength, side, count: 1 });
    if (recipe.styles) styles.bring(recipe);
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

  let number = Math.floor(Math.random() * 100);

  /** One of our own pictures, in the direction that it is an example of. */
  function show({ name, direction }) {
    if (about.directions.length > 1) set.direction = direction;
    return open({ example: name });
  }

  /** On a phone the controls lie far below: who asks for a picture there is brought back to where it appears. */
  function inSight() {
    if (root.getBoundingClientRect().top < 0) root.scrollIntoView({ block: "start" });
  }

  /** Pictures on the tray, to be translated, where this weight can be given one. */
  function faces() {
    const fitting = about && (!drawn() || about.edges) ? pinnedPictures().filter(({ picture }) => picture) : [];
    $(".from-tray").hidden = !fitting.length;
    $(".faces").replaceChildren(...fitting.map(({ weight, point, picture }, n) => make("button",
      { "aria-label": `Open pinned picture ${n + 1}`, title: weight, onclick: () => { inSight(); open({ weight, point }); } }, make("img", { src: picture, alt: "" }))));
  }

  async function example(event) {
    inSight();
    number += 1;
    const outline = event.currentTarget.classList.contains("outline");
    if (!drawn()) return show(about.examples[number % about.examples.length]);
    const place = sheet();
    const reply = await ask(server.example, { weight: about.name, number, outline });
    if (reply && sheet() === place) canvas.load({ strokes: reply.strokes, ground: null });
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
  click(".ways .example, .ways .outline", example);
  window.addEventListener("atelier:tray", faces);
  click(".choose", () => $(".files").click());
  click(".dice", () => { picked = 0; change("seed", Math.floor(Math.random() * 1e6)); });
  click(".differ", () => change("map", !set.map));
  click(".save", () => save(server, request()));
  click(".larger", () => larger(server, request()));
  click(".sketch", () => sketch(server, request()));
  click(".film", () => {
    $(".film").disabled = true; // a double click is one wish: the job has no name yet
    filming.start(request());
  });
  click(".halt", filming.halt);
  input(".width", (value) => { TOOLS[canvas.tool.name].now = Number(value); take(canvas.tool.name); });
  input("#tr-seed", (value) => value !== "" && Number.isInteger(Number(value)) && change("seed", Math.min(4294967291, Math.max(0, Number(value)))));
  input("#tr-count", (value) => change("count", Number(value)));
  input("#tr-strength", (value) => change("strength", Number(value)));
  input("#tr-direction", (value) => change("direction", Number(value)));
  input("#tr-side", (value) => change("side", Number(value)));
  input("#tr-edges", (value) => { set.detector = value; edges(); });
  input("#tr-detail", (value) => { set.detail = Number(value); edges(); });
  $(".files").addEventListener("change", (event) => { takeIn(event.target.files[0]); event.target.value = ""; });
  $("#tr-saw").addEventListener("beforetoggle", (event) => event.newState === "open" && saw());

  const camera = createCamera(root, { taken: takeIn });
  click(".camera", camera.open);
  onDrop({ name: "translate", title: "Translate", root, shown: visible, pictures: ([file]) => takeIn(file) });
  document.addEventListener("paste", (event) => {
    const file = [...(event.clipboardData?.files || [])].find(({ type }) => type.startsWith("image/"));
    if (usable() && file) { event.preventDefault(); (styles.meant() ? styles.takeFile : takeIn)(file); }
  });
  /** Take a tool where there is a sheet to use it on, and the task has it. */
  const tool = (name) => !root.classList.contains("alone") && about.tools.includes(name) && take(name);
  listen("translate", usable, {
    pen: () => tool(about.tools[0]),
    eraser: () => tool("eraser"),
    hint: () => tool("hint"),
    undo: canvas.undo,
    redo: canvas.redo,
  });

  /* ---- the shelf ---- */

  let last = null; // the task that was chosen before a reload

  /** A weight that was exported meanwhile is there without a reload. */
  async function look(how = ask) {
    const reply = await how(server.tasks, { mark: known.mark });
    if (!reply?.tasks || reply.mark === known.mark) return;
    known = reply;
    const now = known.tasks.find(({ name }) => name === about?.name);
    if (!now && known.first) await choose(known.tasks.some(({ name }) => name === last) ? last : known.first);
    else if (now && JSON.stringify(now) !== JSON.stringify(about)) await choose(now.name);
  }

  /** All as it was before a reload; what the server has let go of since is opened again. */
  async function resume(before) {
    last = before.weight;
    Object.assign(set, before.set);
    canvas.bring(before.sheets);
    if (before.painted) styles.bring(before.painted);
    if (!before.photo) return;
    const reply = await atelier.heard(server.keep, { ids: [before.photo.id] });
    photo = reply.gone?.length ? await opens(before.photo.wanted) : before.photo;
  }

  async function begin() {
    const before = await kept("translate");
    if (before) await resume(before);
    await look();
    if (known.refused?.length) atelier.toast(known.refused.join("\n"));
    await receive();
    root.dataset.ready = "yes";
  }

  /** Open {weight}, {recipe} of a file, or {picture: {weight, point}} to be translated, as other tabs ask for it. */
  async function receive() {
    const place = atelier.awaited("translate");
    if (!place) return;
    if (place.recipe) return restore(place.recipe);
    if (!place.picture) return turnTo(place.weight);
    const takes = (task) => task && (!task.drawn || task.edges);
    const fits = takes(about) ? about : known.tasks.find(takes);
    if (!fits) return atelier.toast("No weight here translates pictures.");
    if (fits !== about) await turnTo(fits.name);
    await open(place.picture);
  }

  window.addEventListener("atelier:translate", receive);
  setInterval(() => visible() && !document.hidden && look(atelier.heard), 4000);
  setInterval(() => photo && atelier.heard(server.keep, { ids: [photo.id] }), 20000);
  begin();
}
