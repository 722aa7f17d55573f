"""What a single turn did, in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from training.plane.engine import Turn

LOGITS = ("minimax", "non-saturating")
"""Losses whose logits are those of a probability."""


def told(turn: Turn, loss: str) -> str:
    """Two or three sentences on one update of one network."""
    return (_discriminator if turn.network == "discriminator" else _generator)(turn, loss)


def _discriminator(turn: Turn, loss: str) -> str:
    before, after = turn.before, turn.after
    return (
        f"The discriminator looked at {turn.points} real and {turn.points} drawn points and moved its weights once. "
        f"Its loss went from {before.discriminator:.3f} to {after.discriminator:.3f}: real points now get "
        f"{_answer(after.real, loss)} (before {_answer(before.real, loss)}), drawn ones {_answer(after.drawn, loss)} "
        f"({_answer(before.drawn, loss)}). No point moved, but the map did."
    )


def _generator(turn: Turn, loss: str) -> str:
    before, after = turn.before, turn.after
    verdict = "They look more real to it now" if after.drawn > before.drawn else "They look no more real to it now"
    return (
        f"The generator drew {turn.points} points, asked the discriminator, and moved its weights once. Its points "
        f"went {turn.moved:.4f} along the arrows on average, and its loss from {before.generator:.3f} to "
        f"{after.generator:.3f}. {verdict}: {_answer(after.drawn, loss)} (before {_answer(before.drawn, loss)}). "
        "The map stood still."
    )


def _answer(logit: float, loss: str) -> str:
    if loss in LOGITS:
        return f"D = {1 / (1 + math.exp(-max(-500.0, min(500.0, logit)))):.3f}"
    return f"a score of {logit:.3f}"
