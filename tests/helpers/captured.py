"""Captured motion as a BVH file, for tests: a body of straight limbs that sways its arms."""

import re
from math import sin

TURNS = "CHANNELS 3 Zrotation Xrotation Yrotation"
LEFT_ARM = (("Shoulder", "Arm", "ForeArm", "Hand"), ("0 5 0", "12 0 0", "28 0 0", "25 0 0", "8 0 0"))
LEFT_LEG = (("UpLeg", "Leg", "Foot"), ("9 0 0", "0 -42 0", "0 -42 0", "0 0 12"))


def chain(names: list[str], offsets: list[str]) -> str:
    if not names:
        return f"End Site {{ OFFSET {offsets[0]} }}\n"
    return f"JOINT {names[0]}\n{{ OFFSET {offsets[0]} {TURNS}\n{chain(names[1:], offsets[1:])}}}\n"


def limb(side: str, names: tuple[str, ...], offsets: tuple[str, ...], prefix: str) -> str:
    told = offsets if side == "Left" else [re.sub(r"^(\d)", r"-\1", offset) for offset in offsets]
    return chain([f"{prefix}{side}{name}" for name in names], list(told))


def bvh(prefix: str = "", frames: int = 60, turn: float = 0.0, more: int = 0, pace: float = 1 / 60) -> bytes:
    """A body in CMU's names; `turn`: degrees about its height, `more`: joints of no use."""
    arms, legs = ("".join(limb(side, *part, prefix) for side in ("Left", "Right")) for part in (LEFT_ARM, LEFT_LEG))
    head = chain([f"{prefix}Neck", f"{prefix}Head"], ["0 30 0", "0 8 0", "0 20 0"])
    spine = f"JOINT {prefix}Spine\n{{ OFFSET 0 20 0 {TURNS}\n{head}{arms}}}\n"
    fingers = "".join(chain([f"{prefix}Tail{number}"], ["0 0 1", "0 0 1"]) for number in range(more))
    tree = f"{legs}{spine}{fingers}"
    names = re.findall(r"JOINT (\S+)", tree)
    rows = []
    for frame in range(frames):
        row = [0.1 * frame, 90, 0, 0, 0, turn]
        for name in names:
            hangs = {"LeftArm": -60, "RightArm": 60}.get(name.removeprefix(prefix), 0)
            row += [hangs + 10 * sin(frame / 9) if hangs else 0, 0, 0]
        rows.append(" ".join(f"{value:.4f}" for value in row))
    root = f"ROOT {prefix}Hips\n{{ OFFSET 0 0 0 CHANNELS 6 Xposition Yposition Zposition {TURNS[11:]}\n{tree}}}\n"
    return (f"HIERARCHY\n{root}MOTION\nFrames: {frames}\nFrame Time: {pace:.7f}\n" + "\n".join(rows) + "\n").encode()
