/* A skeleton over its sheet, whose joints are dragged by mouse, finger or keys; and the same in small. */
import { make, mark } from "../parts/atelier.js";
import { createHistory } from "../parts/history.js";

const SPACE = "http://www.w3.org/2000/svg";
const STEP = 0.0125; // of an arrow key, in shares of the sheet's side
const FAR = 0.05; // of the same with Shift
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function draw(name, attributes, ...children) {
  const element = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

const colour = (levels) => `rgb(${levels.join(" ")})`;
const words = (name) => name.replace("_", " ").replace(/^./, (sign) => sign.toUpperCase());
const within = (value) => Math.min(1, Math.max(0, value));

/** The limbs of a pose as lines. */
function lines({ limbs, colours }) {
  return limbs.map((_, limb) => draw("line", { stroke: colour(colours[limb]) }));
}

function lay(parts, { limbs }, joints) {
  limbs.forEach(([one, other], limb) => {
    const places = { x1: joints[one][0], y1: joints[one][1], x2: joints[other][0], y2: joints[other][1] };
    for (const [name, value] of Object.entries(places)) mark(parts[limb], name, value.toFixed(4));
  });
}

/** A pose in small, to choose from. */
export function face(body, joints) {
  const parts = lines(body);
  lay(parts, body, joints);
  return draw("svg", { viewBox: "0 0 1 1", class: "pose", "aria-hidden": "true" }, ...parts);
}

/** The skeleton in `sheet`, an svg. `on`: drag(joints, at, place) gives the pose that comes of it; changed(), rest();
    beside() what else a step may have changed, returned(it) when that is as it was. */
export function createJoints(sheet, on) {
  const history = createHistory();
  const below = draw("image", { width: 1, height: 1, preserveAspectRatio: "none" });
  const skeleton = draw("g", { class: "limbs" });
  const handles = draw("g", { class: "handles" });
  sheet.replaceChildren(below, skeleton, handles);
  let body = null;
  let parts = [];
  let joints = null;
  let held = null; // {id, at, off}: the pointer that drags, which joint, and how far from it

  /** Take on the body of a weight. */
  function use(kind) {
    body = kind;
    parts = lines(body);
    skeleton.replaceChildren(...parts);
    handles.replaceChildren(...body.names.map((name, at) => {
      const handle = draw("g", { tabindex: 0, role: "button", "aria-label": words(name), "aria-roledescription": "joint", "data-joint": name },
        draw("circle", { class: "reach", r: 0.055 }), draw("circle", { class: "dot", r: at ? 0.017 : 0.026 }));
      handle.addEventListener("keydown", (event) => key(event, at));
      handle.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
      return handle;
    }));
  }

  function show() {
    if (!joints) return;
    lay(parts, body, joints);
    joints.forEach(([x, y], at) => mark(handles.children[at], "transform", `translate(${x.toFixed(4)} ${y.toFixed(4)})`));
  }

  const state = () => ({ joints, beside: on.beside() });

  /** Another pose, as one step that can be undone; `gesture` as of a history, null where it is part of a step. */
  function set(next, gesture = /** @type {boolean | string | null} */ (false)) {
    if (joints && gesture !== null) history.note(state(), gesture);
    joints = next;
    show();
    on.changed();
  }

  function place({ clientX, clientY }) {
    const area = sheet.getBoundingClientRect();
    return [(clientX - area.left) / area.width, (clientY - area.top) / area.height];
  }

  function begin(event) {
    const target = event.target.closest("[data-joint]");
    if (held || !target || event.button > 0) return;
    event.preventDefault();
    // Where several lie upon each other, the nearest is meant.
    const [x, y] = place(event);
    const away = joints.map(([a, b]) => Math.hypot(a - x, b - y));
    const at = away.indexOf(Math.min(...away));
    held = { id: event.pointerId, at, off: [joints[at][0] - x, joints[at][1] - y], moved: false };
    handles.children[at].focus({ preventScroll: true });
    sheet.setPointerCapture(event.pointerId);
    sheet.classList.add("held");
  }

  function go(event) {
    if (held?.id !== event.pointerId) return;
    event.preventDefault();
    const [x, y] = place(event);
    set(on.drag(joints, held.at, [within(x + held.off[0]), within(y + held.off[1])]), held.moved ? null : false);
    held.moved = true;
  }

  function end(event) {
    if (held?.id !== event.pointerId) return;
    held = null;
    sheet.classList.remove("held");
    history.rest();
    on.rest();
  }

  function key(event, at) {
    const step = STEPS[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const far = event.shiftKey ? FAR : STEP;
    set(on.drag(joints, at, joints[at].map((value, axis) => within(value + far * step[axis]))), `keys ${at}`);
    on.rest();
  }

  sheet.addEventListener("pointerdown", begin);
  sheet.addEventListener("pointermove", go);
  for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) sheet.addEventListener(name, end);

  function back(again) {
    const found = history.back(state(), again);
    if (!found) return false;
    joints = found.joints;
    on.returned(found.beside);
    show();
    on.changed();
    on.rest();
    return true;
  }

  return {
    use,
    set,
    /** Remember all before it is left. */
    note: () => history.note(state()),
    /** Another pose that is only shown, as while a film plays. */
    look: (next) => { joints = next; show(); },
    /** A picture to lie under the skeleton; none: null. */
    under: (address) => (address ? below.setAttribute("href", address) : below.removeAttribute("href")),
    joints: () => joints,
    busy: () => Boolean(held),
    undo: () => back(false),
    redo: () => back(true),
    undoable: history.undos,
    redoable: history.redos,
    /** Begin with a pose: what was done before is forgotten. */
    anew: (next) => { history.begin([]); joints = next; show(); },
  };
}

/** A button with a pose in small. */
export const choice = (body, joints, name, act) =>
  make("button", { type: "button", title: words(name), "aria-label": words(name), onclick: act }, face(body, joints));
