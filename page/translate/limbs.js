/* A puppet's limbs as its joints are dragged: each stays as long as it is. Joints are [x, y] in shares of the sheet's side;
   `names` and `parents` are as the server tells them, a parent by its number, and -1 of the hips. */

const minus = (one, other) => [one[0] - other[0], one[1] - other[1]];
const plus = (one, other) => [one[0] + other[0], one[1] + other[1]];
const times = (way, factor) => [way[0] * factor, way[1] * factor];
const dot = (one, other) => one[0] * other[0] + one[1] * other[1];
const cross = (one, other) => one[0] * other[1] - one[1] * other[0];
const long = (way) => Math.hypot(way[0], way[1]);
const unit = (way) => times(way, 1 / (long(way) || 1));
const turned = (way, by) => [way[0] * Math.cos(by) - way[1] * Math.sin(by), way[0] * Math.sin(by) + way[1] * Math.cos(by)];
const angle = (way) => Math.atan2(way[1], way[0]);

const STRAIGHT = 0.03; // sine of the bend below which a limb bends to its natural side
const UNNATURAL = -0.55; // how far from there a bend may be before it snaps over

export function createLimbs({ names, parents }) {
  const number = Object.fromEntries(names.map((name, at) => [name, at]));
  const hips = parents.indexOf(-1);
  const children = (at) => names.flatMap((_, child) => (parents[child] === at ? [child] : []));
  const below = (at) => [at, ...children(at).flatMap(below)];
  const order = below(hips).slice(1); // a parent before its children
  const twins = names.map((name) => number[name.startsWith("right") ? name.replace("right", "left") : name.replace("left", "right")]);
  const sided = (at) => twins[at] !== at;
  const ends = names.flatMap((name, at) => (/hand|foot/.test(name) ? [at] : []));

  const lengths = (joints) => order.map((at) => long(minus(joints[at], joints[parents[at]])));

  /** Where up is for this body, and where its left. */
  function axes(joints) {
    const up = unit(minus(joints[number.neck], joints[hips]));
    return { up, left: [-up[1], up[0]] };
  }

  /** Where the elbow or knee of a limb bends to by nature: elbows out and down, knees out and up. */
  function natural(joints, end) {
    const { up, left } = axes(joints);
    const out = names[end].startsWith("left") ? 1 : -1;
    return unit(plus(times(left, out), times(up, names[end].endsWith("hand") ? -1 : 1)));
  }

  /** A hand or foot towards a place, as far as the two bones reach; their joint stays on its side where that is no strain. */
  function reach(joints, end, place) {
    const middle = parents[end];
    const root = parents[middle];
    const [upper, lower] = [long(minus(joints[middle], joints[root])), long(minus(joints[end], joints[middle]))];
    const way = minus(place, joints[root]);
    const far = Math.min(upper + lower, Math.max(Math.abs(upper - lower), long(way)));
    const along = long(way) > 1e-9 ? unit(way) : unit(minus(joints[end], joints[root]));
    // The law of cosines: how far along the way the joint lies, and how far beside it.
    const share = far > 1e-9 ? (upper ** 2 - lower ** 2 + far ** 2) / (2 * far) : 0;
    const beside = Math.sqrt(Math.max(0, upper ** 2 - share ** 2));
    const across = [-along[1], along[0]];
    const made = joints.map((joint) => [...joint]);
    made[middle] = plus(joints[root], plus(times(along, share), times(across, beside * side(joints, end, across))));
    made[end] = plus(joints[root], times(along, far));
    return made;
  }

  /** 1 or -1: to which side of its way a limb bends. */
  function side(joints, end, across) {
    const middle = parents[end];
    const root = parents[middle];
    const wish = dot(across, natural(joints, end)) < 0 ? -1 : 1;
    const bend = cross(unit(minus(joints[end], joints[root])), unit(minus(joints[middle], joints[root])));
    if (Math.abs(bend) < STRAIGHT) return wish;
    const now = Math.sign(bend);
    return now * dot(across, natural(joints, end)) < UNNATURAL ? wish : now;
  }

  /** Turn a joint about its parent towards a place, and all that hangs on it. */
  function turn(joints, at, place) {
    const root = joints[parents[at]];
    const by = angle(minus(place, root)) - angle(minus(joints[at], root));
    const moved = new Set(below(at));
    // The neck takes the whole upper body along.
    return joints.map((joint, other) => (moved.has(other) ? plus(root, turned(minus(joint, root), by)) : [...joint]));
  }

  const move = (joints, by) => joints.map((joint) => plus(joint, by));

  /** Give the other side what a joint's side does, as seen in a mirror along the spine; each with its own lengths. */
  function mirrored(joints, at) {
    const { up } = axes(joints);
    const made = joints.map((joint) => [...joint]);
    const first = ends.includes(at) ? parents[at] : at;
    for (const one of below(first)) {
      const way = minus(joints[one], joints[parents[one]]);
      const seen = minus(times(up, 2 * dot(up, way)), way);
      const twin = twins[one];
      made[twin] = plus(made[parents[twin]], times(unit(seen), long(minus(joints[twin], joints[parents[twin]]))));
    }
    return made;
  }

  /** The pose after a joint was dragged to a place. */
  function drag(joints, at, place, both = false) {
    if (at === hips) return move(joints, minus(place, joints[hips]));
    const made = ends.includes(at) ? reach(joints, at, place) : turn(joints, at, place);
    return both && sided(at) ? mirrored(made, at) : made;
  }

  /** The same pose with limbs so many times as long, in the order of `lengths`; its feet stay where the ground is. */
  function scaled(joints, factors) {
    const made = joints.map((joint) => [...joint]);
    order.forEach((at, limb) => { made[at] = plus(made[parents[at]], times(minus(joints[at], joints[parents[at]]), factors[limb])); });
    const lowest = (pose) => Math.max(...pose.map(([, y]) => y));
    return move(made, [0, lowest(joints) - lowest(made)]);
  }

  /** As a mirror beside the puppet shows it. */
  const flipped = (joints) => twins.map((twin) => [1 - joints[twin][0], joints[twin][1]]);

  return { drag, scaled, flipped, lengths, hips, parents, names };
}

const DIGITS = 1e4; // as gan_models/puppets/body.py keeps them

/** A pose as it is sent and kept. */
export const rounded = (joints) => joints.map((joint) => joint.map((value) => Math.round(value * DIGITS) / DIGITS));

/** Poses out of the text that gan_models/puppets/dances.py packs, and back. */
export function unpackPoses(text, count) {
  const bytes = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const value = (at) => view.getInt16(2 * at, true) / DIGITS;
  return Array.from({ length: bytes.length / (4 * count) }, (_, pose) =>
    Array.from({ length: count }, (_joint, joint) => [0, 1].map((axis) => value(2 * (pose * count + joint) + axis))));
}

export function packPoses(poses) {
  const flat = poses.flat(2);
  const view = new DataView(new ArrayBuffer(2 * flat.length));
  flat.forEach((value, at) => view.setInt16(2 * at, Math.round(value * DIGITS), true));
  let text = "";
  for (const byte of new Uint8Array(view.buffer)) text += String.fromCharCode(byte);
  return btoa(text);
}
