/* The Translate tab: a task, what is drawn or opened for it, and the picture that answers. */
import * as atelier from "../parts/atelier.js";
import { ask, say } from "../parts/atelier.js";
import { createCamera } from "../parts/camera.js";
import { onPaste } from "../parts/clipboard.js";
import { onDrop } from "../parts/drop.js";
import { createFilm } from "../parts/film.js";
import { keep, kept } from "../parts/kept.js";
import { createPicker } from "../parts/picker.js";
import { listen } from "../parts/shortcuts.js";
import { pinnedPictures } from "../parts/tray.js";
import { createCanvas } from "./canvas.js";
import { createControls } from "./controls.js";
import { createEdges } from "./edges.js";
import { createExamples } from "./examples.js";
import { createMending } from "./mending.js";
import { createPainter } from "./painter.js";
import { createPuppet } from "./puppet.js";
import { onReach } from "./reach.js";
import { larger, save, sketch } from "./saving.js";
import { createState } from "./state.js";
import { createStyles } from "./styles.js";
import { createTools } from "./tools.js";

export function start({ element, server }) {
  const root = element.querySelector(".translate");
  const $ = (selector) => root.querySelector(selector);
  const state = createState();
  const { set } = state;
  let known = { tasks: [], mark: null };

  const canvas = createCanvas($(".paper"), {
    change: () => { refreshSoon(); if (!state.masked) painter.want(); },
    // One picture is asked for with every point; several wait until the pointer leaves.
    picked: (colour) => tools.picked(colour),
    rest: (drew) => { refresh(); if (!drew || state.masked || state.seeds.length > 1) painter.want(); },
  });
  const mending = createMending(root, server, state, canvas, { painter: () => painter, refresh, lie: anew });
  const painter = createPainter(root, server, state, canvas, refresh, mending);
  const styles = createStyles(root, { server, changed: () => { refresh(); painter.want(); }, pinned: pinnedPictures });
  state.styles = styles;
  const puppet = createPuppet(root, server, { changed: refresh });
  const tools = createTools(root, canvas);
  const examples = createExamples(root, server, state, canvas, { open, inSight });
  const controls = createControls(root, state, canvas, examples.show, { back: mending.undoable });
  const filming = createFilm({ server, box: $(".filming"), changed: refresh, found: "drawing film" });
  const picker = createPicker($(".picker"), {
    list: async () => { await look(); return { models: known.tasks, refused: known.refused ?? [] }; },
    chosen: () => state.about?.name,
    takes: ({ task }) => ["translate", "repair", "pose"].includes(task),
    choose: turnTo,
  }, { heading: "What to draw or give", label: "Model" });
  const findEdges = createEdges({
    trace: () => ask(server.trace, { weight: state.about.name, id: state.photo.id, detector: set.detector, detail: set.detail }),
    canvas,
    sheet: () => state.sheet,
  });

  /* ---- the task ---- */

  /** Turn to a weight; whether it is there, and is still the one to turn to. `side`: one that stays beside its usual ones. */
  async function choose(name, side = null) {
    const task = known.tasks.find((item) => item.name === name);
    if (!task) atelier.toast(`There is no weight ${name} here now.`);
    if (!task) return false;
    Object.assign(state, { about: task, picked: 0 });
    if (!(set.direction < task.directions.length)) set.direction = 0;
    if (![...task.sides, side].includes(set.side)) set.side = null;
    picker.show(task);
    if (!task.posed) await lay();
    if (state.about !== task) return false;
    controls.dress();
    if (task.posed) return pose(task);
    puppet.away();
    tools.dress(task);
    examples.faces();
    painter.blank();
    await styles.use(task);
    if (state.about !== task) return false;
    painter.want();
    root.inert = false;
    return true;
  }

  /** Turn to a weight that draws persons; its persons come from the server. */
  async function pose(task) {
    if (!(await puppet.use(task)) || state.about !== task) return false;
    root.inert = false;
    return true;
  }

  /** A visitor's choice, here or on another tab. */
  async function turnTo(name) {
    if (!known.tasks.some((task) => task.name === name)) await look();
    const fine = await choose(name);
    if (fine) picker.tell(state.about);
    return fine;
  }

  /** The sheet of this task: of drawings one for all, of labels one each, and the photograph. */
  async function lay() {
    const { about: task, photo, drawn } = state;
    if (photo) root.style.setProperty("--photo", photo.width / photo.height);
    const paper = drawn && task.palette.length ? task.palette[0][1] : "#fff";
    await canvas.use(state.sheet, { ...task, paper });
    if (state.about === task && !drawn && state.photo && canvas.ground() !== state.photo.preview) await lie(set.keepMask && state.masked ? canvas.strokes() : []);
  }

  const lie = (strokes) => canvas.lie(state.photo.preview, state.photo.width, state.photo.height, strokes);

  /** The same photograph, repaired or as it was before that. */
  async function anew(strokes = []) {
    await lie(strokes);
    state.picked = 0;
    refresh();
    painter.want();
  }

  /* ---- what follows from the state ---- */

  function refresh() {
    if (!state.about) return;
    controls.refresh(filming.busy());
    if (state.posed) puppet.buttons();
    keep("translate", () => ({ weight: state.about.name, set, photo: state.photo, sheets: canvas.sheets(), tools: tools.kept(), painted: styles.kept(), puppet: puppet.kept() }));
  }

  let refreshing = false;

  /** A pointer speaks more often than the screen is drawn. */
  function refreshSoon() {
    if (!refreshing) requestAnimationFrame(() => { refreshing = false; refresh(); });
    refreshing = true;
  }

  /** Change a setting, and see what comes of it. */
  function change(name, value) {
    set[name] = value;
    state.picked = Math.min(state.picked, state.seeds.length - 1);
    refresh();
    painter.want();
  }

  function edges(fresh) {
    refresh();
    return findEdges(fresh);
  }

  /* ---- pictures, and files that were saved here ---- */

  let opened = 0; // how often: only the last one's answer counts
  let waiting = null; // a recipe that needs its photograph

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
    state.photo = reply;
    mending.forget();
    if (waiting?.source === reply.sha256) return restore(waiting);
    waiting = null;
    if (state.drawn) return edges(true);
    await lay();
    refresh();
    painter.want();
  }

  async function takeIn(file) {
    if (!file) return;
    if (file.size > 20e6) return atelier.toast("That file is larger than 20 MB; the command gan_models.translate takes it.");
    inSight();
    if (state.posed) return puppet.takeFile(file);
    await open({ file });
  }

  /** A captured motion goes to a weight that draws persons; whether there is one, and the file is such. */
  async function takeMotion(file) {
    const fits = /\.bvh$/i.test(file.name) && (state.posed ? state.about : known.tasks.find((task) => task.posed));
    if (!fits || (fits !== state.about && !(await turnTo(fits.name)))) return false;
    await puppet.takeFile(file);
    return true;
  }

  /** On a phone the controls lie far below: who asks for a picture there is brought back to where it appears. */
  function inSight() {
    if (root.getBoundingClientRect().top < 0) root.scrollIntoView({ block: "start" });
  }

  /** Everything as it was when the file was saved. */
  async function restore(recipe) {
    if (recipe.puppet) {
      await look();
      return (await choose(recipe.weight)) && puppet.restore(recipe.puppet);
    }
    const { weight, strokes, ground, source, seed, direction = 0, strength = 1, side = null, detail, edges: detector, outlines = 0.4, keep = false } = recipe;
    Object.assign(set, { seed, direction, strength, side, outlines, keep, count: 1 });
    state.picked = 0;
    if (recipe.styles) styles.bring(recipe);
    waiting = source && state.photo?.sha256 !== source ? recipe : null;
    await look();
    if (!(await choose(weight, side))) return;
    if (waiting) return atelier.toast("This picture was made from a photograph. Open that one too, and all is as it was.");
    if (state.drawn && source) {
      // Made of a file, by the command line: its lines, or the file as the drawing that it is.
      Object.assign(set, { detail, detector: detector ?? "none" });
      return edges(true);
    }
    if (recipe.before?.length) {
      // The repairs before the last one are made again, and that one is laid on what comes of them.
      state.photo = (await mending.settle(state.photo, recipe.before)) ?? state.photo;
      await lie([]);
    }
    if (state.drawn || state.onPhoto || state.masked) await canvas.load(state.drawn ? { strokes, ground: ground ?? null } : { strokes });
    painter.want();
  }

  /** What the network is given, in a box of its own. */
  async function saw() {
    const reply = await painter.answer(server.seen, request());
    if (!reply) return $("#tr-saw").hidePopover();
    $("#tr-saw img").src = reply.picture;
    const hints = state.about.hints ? ", hints laid over" : "";
    say($("#tr-saw p"), `${reply.width} × ${reply.height} px: ${state.about.sees}${hints}.`);
  }

  /* ---- wiring ---- */

  const request = () => (state.posed ? puppet.request() : state.request(canvas));
  const visible = () => element.offsetParent !== null;
  const usable = () => visible() && !root.inert;
  const click = (selector, action) => root.querySelectorAll(selector).forEach((item) => item.addEventListener("click", action));
  const input = (selector, action) => $(selector).addEventListener("input", (event) => action(event.target.value));

  const redo = () => (state.posed ? puppet.redo() : canvas.redo());
  const undo = () => (state.posed ? puppet.undo() : canvas.undoable() || !state.masked ? canvas.undo() : mending.back());
  click(".undo", undo);
  click(".redo", redo);
  click(".clear", canvas.clear);
  click(".choose", () => $(".files").click());
  click(".dice", () => { state.picked = 0; change("seed", Math.floor(Math.random() * 1e6)); });
  click(".differ", () => change("map", !set.map));
  click(".save", () => save(server, request()));
  click(".larger", () => larger(server, request()));
  click(".sketch", () => sketch(server, request()));
  click(".film", () => {
    $(".film").disabled = true; // a double click is one wish: the job has no name yet
    filming.start(state.posed ? puppet.film() : request());
  });
  input("#tr-seed", (value) => value !== "" && Number.isInteger(Number(value)) && change("seed", Math.min(4294967291, Math.max(0, Number(value)))));
  input("#tr-count", (value) => change("count", Number(value)));
  input("#tr-strength", (value) => change("strength", Number(value)));
  input("#tr-outlines", (value) => change("outlines", Number(value)));
  $("#tr-keep").addEventListener("change", (event) => change("keep", event.target.checked));
  input("#tr-direction", (value) => change("direction", Number(value)));
  input("#tr-side", (value) => change("side", Number(value)));
  input("#tr-edges", (value) => { set.detector = value; edges(false); });
  input("#tr-detail", (value) => { set.detail = Number(value); edges(false); });
  $(".files").addEventListener("change", (event) => { takeIn(event.target.files[0]); event.target.value = ""; });
  $("#tr-saw").addEventListener("beforetoggle", (event) => event.newState === "open" && saw());

  onReach($(".paper canvas"), { usable: () => state.masked && Boolean(state.photo), point: canvas.spot, dab: canvas.dab });
  const camera = createCamera(root, { taken: takeIn });
  click(".camera", camera.open);
  onDrop({ name: "translate", title: "Translate", root, shown: visible, first: takeMotion, pictures: ([file]) => takeIn(file) });
  onPaste(usable, ([file]) => (styles.meant() ? styles.takeFile : takeIn)(file));
  /** Take a tool where there is a sheet to use it on, and the task has it. */
  const tool = (name) => !root.classList.contains("alone") && state.about.tools.includes(name) && tools.take(name);
  listen("translate", usable, {
    pen: () => tool(state.about.tools[0]),
    box: () => tool("box"),
    ...Object.fromEntries(["fill", "lasso", "ellipse"].map((name) => [name, () => tool(name)])),
    narrower: () => tools.widen(-1),
    wider: () => tools.widen(1),
    invert: () => (state.masked && state.photo ? canvas.add({ tool: "invert" }) : tool("dropper")),
    hold: () => (state.masked ? mending.hold() : false),
    eraser: () => tool("eraser"),
    hint: () => tool("hint"),
    undo,
    redo,
    flip: () => (state.posed ? puppet.flip() : false),
  });

  /* ---- the shelf ---- */

  let last = null; // the task that was chosen before a reload

  /** A weight that was exported meanwhile is there without a reload. */
  async function look(how = ask) {
    const reply = await how(server.tasks, { mark: known.mark });
    if (!reply?.tasks || reply.mark === known.mark) return;
    known = reply;
    const { about } = state;
    const now = known.tasks.find(({ name }) => name === about?.name);
    if (!now && known.first) await choose(known.tasks.some(({ name }) => name === last) ? last : known.first);
    else if (now && JSON.stringify(now) !== JSON.stringify(about)) await choose(now.name);
  }

  /** All as it was before a reload; what the server has let go of since is opened again. */
  async function resume(before) {
    last = before.weight;
    Object.assign(set, before.set);
    canvas.bring(before.sheets);
    if (before.tools) tools.bring(before.tools);
    if (before.painted) styles.bring(before.painted);
    if (before.puppet) puppet.bring(before.puppet);
    if (!before.photo) return;
    const reply = await atelier.call(server.keep, { ids: [before.photo.id] });
    state.photo = reply.gone?.length ? await opens(before.photo.wanted) : before.photo;
    if (state.photo && reply.gone?.length && before.photo.steps) state.photo = (await mending.settle(state.photo, before.photo.steps)) ?? state.photo;
  }

  async function begin() {
    const before = await kept("translate");
    if (before) await resume(before);
    await look();
    if (known.refused?.length) atelier.toast(known.refused.join("\n"));
    filming.again();
    await receive();
    root.dataset.ready = "yes";
  }

  /** Open {weight}, {recipe} of a file, or {picture: {weight, point}} to be translated, as other tabs ask for it. */
  async function receive() {
    const place = atelier.awaited("translate");
    if (!place) return;
    if (place.recipe) return restore(place.recipe);
    if (!place.picture) return turnTo(place.weight);
    const takes = (task) => task && !task.posed && (!task.drawn || task.edges);
    const fits = takes(state.about) ? state.about : known.tasks.find(takes);
    if (!fits) return atelier.toast("No weight here translates pictures.");
    if (fits !== state.about) await turnTo(fits.name);
    await open(place.picture);
  }

  window.addEventListener("atelier:translate", receive);
  setInterval(() => visible() && !document.hidden && look(atelier.call), 4000);
  setInterval(() => state.photo && atelier.call(server.keep, { ids: [state.photo.id] }), 20000);
  begin();
}
