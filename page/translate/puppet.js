/* The puppet: whose it is, the pose of its joints and the picture that answers, and what it is to dance. */
import { ask, base64, bitmap, call, make, say, toast } from "../parts/atelier.js";
import { painted } from "../parts/newest.js";
import { createDancing } from "./dancing.js";
import { choice, createJoints } from "./joints.js";
import { createLimbs, packPoses, rounded, unpackPoses } from "./limbs.js";
import { createStrip } from "./strip.js";

const MOST = 20e6; // bytes of a file that the server takes
const png = (data) => `data:image/png;base64,${data}`;
const fresh = () => ({ person: 0, own: null, joints: null, both: false, keys: [], steps: 10, closed: true, act: "walk", file: null, kind: "mp4" });

/** `changed()` after whatever is to be kept or changes buttons. */
export function createPuppet(root, server, { changed }) {
  const $ = (selector) => root.querySelector(selector);
  const large = $(".person");
  let set = fresh();
  let about = null;
  let limbs = null;
  let people = []; // {picture, joints} of the weight
  let standard = []; // limb lengths of our own poses
  let poses = [];
  let open = null; // the keyframe that is looked at
  let placing = null; // {picture}: somebody's own, on whom joints are being placed
  let last = null; // the picture that is shown, as base64 text
  let version = 0;

  const joints = createJoints($(".skeleton"), {
    drag: (pose, at, place) => (placing ? placed(pose, at, place) : limbs.drag(whole(pose), at, place, set.both)),
    changed: () => { if (!placing) posed(); },
    rest: () => changed(),
    beside: () => ({ person: set.person, own: set.own, keys: set.keys, file: set.file, act: set.act, open }),
    returned({ open: at, ...beside }) {
      if (placing) return;
      if (beside.person !== set.person || beside.own !== set.own) last = null; // no frame before of this one
      Object.assign(set, beside);
      open = at;
      refresh();
    },
  });
  const strip = createStrip($(".keys"), {
    keys: () => set.keys,
    open: () => open,
    body: () => about.body,
    change: keyed,
    show(at) { open = at; take(set.keys[at]); },
  });
  const dancing = createDancing(root, {
    frames,
    look: (pose) => { joints.look(pose); set.joints = pose; want(true); },
    ended: () => { want(); refresh(); },
  });

  /* ---- who ---- */

  const person = () => set.own ?? people[set.person];
  const words = () => (set.own ? { picture: set.own.picture, joints: rounded(set.own.joints) } : set.person);
  const lengths = () => limbs.lengths(person().joints);
  const factors = (from) => lengths().map((length, limb) => length / (from[limb] || length));

  /** In motion a limb that points to the viewer looks shorter; one that is dragged lies in the sheet again. */
  function whole(pose) {
    const by = factors(limbs.lengths(pose));
    return by.some((factor) => Math.abs(factor - 1) > 0.02) ? limbs.scaled(pose, by) : pose;
  }

  /** Somebody else: all poses go along, with other limbs. */
  function be(change) {
    const before = lengths();
    dancing.halt();
    joints.note();
    Object.assign(set, change);
    const by = factors(before);
    const over = (pose) => limbs.scaled(pose, by);
    Object.assign(set, { keys: set.keys.map(over), file: set.file && { ...set.file, poses: set.file.poses.map(over) } });
    last = null;
    joints.set(over(set.joints), null);
    refresh();
  }

  /** Other keyframes, one of which is looked at (null: none). */
  function keyed(keys, at) {
    joints.note();
    Object.assign(set, { keys, act: "keys" });
    open = at;
    refresh();
  }

  function faces() {
    const own = set.own ? [make("button", { type: "button", title: "Your own", "aria-label": "Your own picture", "aria-pressed": "true" }, make("img", { src: png(set.own.picture), alt: "" }))] : [];
    $(".people").replaceChildren(...own, ...people.map(({ picture }, at) => make("button",
      { type: "button", title: `Person ${at + 1}`, "aria-label": `Person ${at + 1}`, "aria-pressed": String(!set.own && set.person === at), onclick: () => be({ person: at, own: null }) },
      make("img", { src: png(picture), alt: "" }))));
  }

  /** On a picture of one's own a joint is put where it is; the hips take all others along. */
  function placed(pose, at, place) {
    if (at === limbs.hips) return limbs.drag(pose, at, place);
    return pose.map((joint, other) => (other === at ? place : joint));
  }

  async function takePicture(file) {
    const data = await base64(file);
    const reply = data && (await ask(server.portrait, { weight: about.name, data, name: file.name }));
    if (!reply) return;
    dancing.halt();
    placing = { picture: reply.picture, before: set.joints };
    joints.under(png(reply.picture));
    joints.anew(poses[0][1]);
    refresh();
  }

  function leave(use) {
    const own = { picture: placing.picture, joints: joints.joints() };
    joints.under(null);
    joints.anew(placing.before);
    placing = null;
    refresh();
    if (use) be({ own });
  }

  /* ---- the pose ---- */

  function posed() {
    dancing.halt();
    set.joints = joints.joints();
    buttons();
    want();
  }

  /** Another pose as one step. */
  function take(pose) {
    dancing.halt();
    joints.set(pose);
    refresh();
  }

  /** A pose by chance: one of ours, with hands and feet somewhere near. */
  function dice() {
    const by = (width) => (Math.random() - 0.5) * width;
    let pose = limbs.scaled(poses[Math.floor(Math.random() * poses.length)][1], factors(standard));
    for (const [at, name] of limbs.names.entries()) {
      const width = { hand: 0.34, foot: 0.1, neck: 0.1 }[name.replace(/^\w+_/, "")];
      if (width) pose = limbs.drag(pose, at, [pose[at][0] + by(width), pose[at][1] + by(width)]);
    }
    take(Math.random() < 0.5 ? pose : limbs.flipped(pose));
  }

  /* ---- the picture ---- */

  const wish = () => ({ weight: about.name, joints: rounded(set.joints), person: words() });

  async function get({ mine, flowing }, since) {
    const asked = { ...wish(), ...(flowing && last ? { last } : {}) };
    const reply = await call(server.pose, asked);
    return { reply, mine, since, weight: asked.weight };
  }

  async function paint({ reply, mine, since, weight }) {
    const seen = weight === about.name && root.classList.contains("posing");
    if (seen) $(".what").classList.toggle("wrong", Boolean(reply.error));
    if (seen && reply.error) say($(".what"), reply.error);
    if (seen && !reply.error) {
      last = reply.picture;
      const found = await bitmap(reply.picture);
      Object.assign(large, large.width === found.width ? {} : { width: found.width, height: found.height });
      large.getContext("2d").drawImage(found, 0, 0);
      found.close();
      root.dataset.compute = reply.compute;
      root.dataset.painted = Number(root.dataset.painted || 0) + 1;
      root.dataset.took = (performance.now() - since).toFixed(1);
      say($(".what"), `${about.size} × ${about.size} px${dancing.told()}`);
      say($(".time"), `${Number(root.dataset.took).toFixed(0)} ms (server ${reply.compute.toFixed(0)} ms)`);
    }
    root.dataset.shown = mine;
  }

  const draw = painted(get, paint);

  /** Ask for the picture; `flowing`: as the frame after the one that is shown. */
  function want(flowing = false) {
    version = Number(root.dataset.version || 0) + 1;
    root.dataset.version = version;
    draw({ mine: version, flowing });
  }

  /* ---- what it dances ---- */

  const motion = (name) => about.motions.find(([known]) => known === name);

  /** What the film is of, in words for the server. */
  function dance() {
    if (set.act === "keys") return { poses: packPoses(set.keys), steps: set.steps, closed: set.closed };
    if (set.act === "file") return { poses: packPoses(set.file.poses), name: set.file.name };
    const by = factors(standard);
    return { poses: packPoses(unpackPoses(motion(set.act)[1], limbs.names.length).map((pose) => limbs.scaled(pose, by))), name: set.act };
  }

  /** Every pose of it, and whether it goes on from its end at its beginning. */
  async function frames() {
    if (!danceable()) return toast("A film goes from one keyframe to the next: add a second one.");
    joints.note();
    const wanted = dance();
    const reply = set.act === "keys" ? await ask(server.dance, { dance: wanted }) : wanted;
    return reply && { poses: unpackPoses(reply.poses, limbs.names.length), round: set.act !== "keys" || set.closed, fps: about.fps };
  }

  const danceable = () => set.act !== "keys" || set.keys.length > 1;

  function add() {
    if (set.keys.length >= about.most_keys) return toast(`A film has at most ${about.most_keys} keyframes; remove one.`);
    const at = open === null ? set.keys.length : open + 1;
    keyed(set.keys.toSpliced(at, 0, set.joints), open === null ? null : at);
  }

  function act(name) {
    const playing = dancing.playing();
    dancing.halt();
    set.act = name;
    refresh();
    if (playing || name !== "keys") dancing.play();
  }

  async function takeMotion(file) {
    if (file.size > MOST) return toast("That file is larger than 20 MB; the command gan_models.pose --bvh takes it.");
    const data = await base64(file);
    const reply = data != null && (await ask(server.capture, { data, name: file.name }));
    if (!reply) return;
    const by = factors(standard);
    set.file = { name: reply.name, poses: unpackPoses(reply.poses, limbs.names.length).map((pose) => limbs.scaled(pose, by)) };
    act("file");
  }

  /* ---- what follows from the state ---- */

  const named = (name) => name.replace(/^./, (sign) => sign.toUpperCase());

  function moves() {
    const chips = [["keys", "Keyframes"], ...about.motions.map(([name]) => [name, named(name)]), ...(set.file ? [["file", set.file.name]] : [])];
    $(".moves").replaceChildren(...chips.map(([name, title]) =>
      make("button", { type: "button", class: "btn", "aria-pressed": String(set.act === name), "data-move": name, title, onclick: () => act(name) }, title)));
  }

  function refresh() {
    if (!about?.posed || !set.joints) return;
    root.classList.toggle("placing", Boolean(placing));
    for (const part of root.querySelectorAll(".strip, .cast, .saving")) part.inert = Boolean(placing);
    faces();
    moves();
    strip.show();
    $(".dance").disabled = !danceable();
    say($(".dance"), dancing.playing() ? "⏸ Pause" : "▶ Play");
    $(".key-replace").disabled = open === null;
    $("#tr-steps").value = set.steps;
    say($("#tr-steps ~ output"), set.steps);
    $("#tr-closed").checked = set.closed;
    $("#tr-both").checked = set.both;
    $("#tr-film").value = set.kind;
    $(".of-keys").hidden = set.act !== "keys";
    buttons();
    changed();
  }

  function buttons() {
    $(".pose-undo").disabled = !joints.undoable();
    $(".pose-redo").disabled = !joints.redoable();
  }

  /* ---- a weight, and what was kept of one ---- */

  let using = 0; // only the last answer counts

  /** Turn to a weight; whether it is there, with its persons. */
  async function use(task) {
    const mine = (using += 1);
    const same = about?.name === task.name;
    about = task;
    limbs = createLimbs(task.body);
    poses = task.poses.map(([name, packed]) => [name, unpackPoses(packed, limbs.names.length)[0]]);
    standard = limbs.lengths(poses[0][1]);
    const reply = await ask(server.persons, { weight: task.name });
    if (!reply || mine !== using) return false;
    people = reply.persons;
    if (set.person >= people.length) set.person = 0;
    if (set.own && !same && set.size !== task.size) set.own = null;
    set.size = task.size;
    joints.use(task.body);
    set.joints ??= limbs.scaled(poses[0][1], factors(standard));
    joints.anew(set.joints);
    $(".poses").replaceChildren(...poses.map(([name, pose]) => choice(task.body, pose, name, () => take(limbs.scaled(pose, factors(standard))))));
    if (!motion(set.act) && set.act !== "keys" && !(set.act === "file" && set.file)) set.act = "walk";
    last = null;
    refresh();
    want();
    return true;
  }

  /** All as it was when a picture or film was saved. */
  function restore({ person: who, joints: pose, dance: danced }) {
    dancing.halt();
    Object.assign(set, typeof who === "number" ? { person: who, own: null } : { own: who });
    if (pose) set.joints = pose;
    if (danced) {
      const found = unpackPoses(danced.poses, about.body.names.length);
      set.joints = found[0];
      if (danced.steps) Object.assign(set, { keys: found, steps: danced.steps, closed: danced.closed ?? false, act: "keys" });
      else if (motion(danced.name)) set.act = danced.name;
      else Object.assign(set, { act: "file", file: { name: danced.name || "a film", poses: found } });
    }
    open = null;
    joints.anew(set.joints);
    last = null;
    refresh();
    want();
  }

  // On a phone the tools stand beside the picture, above the hand.
  const narrow = window.matchMedia("(max-width: 860px)");
  const [tools, wide] = [$(".pose-tools"), $(".pose-tools").parentElement];
  const fit = () => (narrow.matches ? $(".answer") : wide).prepend(tools);
  narrow.addEventListener("change", fit);
  fit();

  const click = (selector, does) => $(selector).addEventListener("click", does);
  const chosen = (selector, does) => $(selector).addEventListener("change", ({ target }) => { if (target.files[0]) does(target.files[0]); target.value = ""; });
  click(".pose-undo", () => joints.undo());
  click(".pose-redo", () => joints.redo());
  click(".flip", () => take(limbs.flipped(set.joints)));
  click(".pose-reset", () => take(limbs.scaled(poses[0][1], factors(standard))));
  click(".pose-dice", dice);
  click(".key-add", add);
  click(".key-replace", () => keyed(set.keys.with(open, set.joints), open));
  click(".dance", () => (dancing.playing() ? dancing.halt() : dancing.play()));
  click(".bvh", () => $(".bvh-file").click());
  click(".own-person", () => $(".own-file").click());
  click(".placed-use", () => leave(true));
  click(".placed-leave", () => leave(false));
  chosen(".bvh-file", takeMotion);
  chosen(".own-file", takePicture);
  $("#tr-both").addEventListener("change", ({ target }) => { set.both = target.checked; changed(); });
  $("#tr-closed").addEventListener("change", ({ target }) => { set.closed = target.checked; dancing.halt(); refresh(); });
  $("#tr-steps").addEventListener("input", ({ target }) => { set.steps = Number(target.value); dancing.halt(); refresh(); });
  $("#tr-film").addEventListener("change", ({ target }) => { set.kind = target.value; changed(); });

  return {
    use,
    restore,
    want,
    buttons,
    takeFile: (file) => (/\.bvh$/i.test(file.name) ? takeMotion(file) : takePicture(file)),
    request: wish,
    film: () => ({ weight: about.name, person: words(), dance: dance(), kind: set.kind }),
    danceable,
    /** Another weight is turned to. */
    away() {
      if (placing) leave(false);
      dancing.halt();
    },
    undo: () => joints.undo(),
    redo: () => joints.redo(),
    flip: () => take(limbs.flipped(set.joints)),
    kept: () => ({ ...set }),
    bring: (before) => { set = { ...fresh(), ...before }; },
  };
}
