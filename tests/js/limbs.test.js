import assert from "node:assert/strict";
import test from "node:test";

import { createLimbs, packPoses, rounded, unpackPoses } from "../../page/translate/limbs.js";

const NAMES = ["head", "neck", "right_shoulder", "right_elbow", "right_hand", "left_shoulder", "left_elbow", "left_hand", "hips",
  "right_hip", "right_knee", "right_foot", "left_hip", "left_knee", "left_foot"];
const PARENTS = [1, 8, 1, 2, 3, 1, 5, 6, -1, 8, 9, 10, 8, 12, 13];
const STANDING = [[0.5, 0.2], [0.5, 0.3], [0.42, 0.31], [0.4, 0.44], [0.4, 0.56], [0.58, 0.31], [0.6, 0.44], [0.6, 0.56], [0.5, 0.55],
  [0.45, 0.56], [0.45, 0.73], [0.45, 0.9], [0.55, 0.56], [0.55, 0.73], [0.55, 0.9]];
const limbs = createLimbs({ names: NAMES, parents: PARENTS });
const at = (name) => NAMES.indexOf(name);
const near = (one, other, by = 1e-9) => one.every((value, axis) => Math.abs(value - other[axis]) < by);

test("limbs stay as long as they are, whatever is dragged wherever, mirrored or not", () => {
  const before = limbs.lengths(STANDING);
  for (const joint of NAMES.keys()) {
    for (const place of [[0.1, 0.1], [0.9, 0.3], [0.5, 0.31], [0.42, 0.31], [0.6, 1.2], [0.5, 0.55]]) {
      for (const both of [false, true]) {
        const after = limbs.lengths(limbs.drag(STANDING, joint, place, both));
        assert.ok(before.every((length, limb) => Math.abs(length - after[limb]) < 1e-9), `${NAMES[joint]} to ${place}`);
      }
    }
  }
});

test("a hand within reach is where it was dragged to, one beyond it points there", () => {
  assert.ok(near(limbs.drag(STANDING, at("left_hand"), [0.7, 0.2])[at("left_hand")], [0.7, 0.2]));
  const far = limbs.drag(STANDING, at("left_hand"), [0.98, 0.31]);
  assert.ok(near([far[at("left_hand")][1], far[at("left_elbow")][1]], [0.31, 0.31]));
});

test("elbows bend out and down, knees out", () => {
  const straight = limbs.drag(STANDING, at("left_hand"), [0.98, 0.31]);
  const bent = limbs.drag(straight, at("left_hand"), [0.75, 0.31]);
  assert.ok(bent[at("left_elbow")][1] > 0.33);
  for (const [name, out] of [["left", 1], ["right", -1]]) {
    const root = STANDING[at(`${name}_hip`)];
    const squat = limbs.drag(STANDING, at(`${name}_foot`), [root[0], 0.75]);
    assert.ok(out * (squat[at(`${name}_knee`)][0] - root[0]) > 0.05);
  }
});

test("hips move the whole body, the neck the upper one, and a mirrored drag both sides", () => {
  const moved = limbs.drag(STANDING, limbs.hips, [0.6, 0.5]);
  assert.ok(moved.every((joint, n) => near(joint, [STANDING[n][0] + 0.1, STANDING[n][1] - 0.05])));
  const leant = limbs.drag(STANDING, at("neck"), [0.7, 0.35]);
  assert.ok(near(leant[at("left_foot")], STANDING[at("left_foot")]) && leant[at("left_hand")][1] > STANDING[at("left_hand")][1]);
  const both = limbs.drag(STANDING, at("left_hand"), [0.75, 0.2], true);
  assert.ok(near(both[at("right_hand")], [0.25, 0.2]) && near(both[at("right_elbow")], [1 - both[at("left_elbow")][0], both[at("left_elbow")][1]]));
});

test("a pose flipped twice, or packed and unpacked, is itself", () => {
  const pose = rounded(limbs.drag(STANDING, at("right_hand"), [0.2, 0.1]));
  assert.deepEqual(rounded(limbs.flipped(limbs.flipped(pose))), pose);
  assert.deepEqual(unpackPoses(packPoses([pose, STANDING]), NAMES.length), [pose, STANDING]);
  const longer = limbs.scaled(STANDING, limbs.lengths(STANDING).map(() => 1.1));
  assert.ok(near(limbs.lengths(longer), limbs.lengths(STANDING).map((length) => 1.1 * length)));
});
