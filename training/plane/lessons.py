"""Ten lessons in the plane: each a run, what to change in it, and claims that hold over five seeds.

The claims are what the page says a visitor will see, and what the tests check: one place for both.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from training.plane.options import Options

SEEDS = 5
FIGURES: Mapping[str, tuple[str, str, int]] = MappingProxyType(
    {
        "modes": ("modes covered", "", 0),
        "share": ("points on the data", "", 2),
        "divergence": ("divergence", "bits", 2),
        "push": ("length of the arrows", "", 3),
        "told_apart": ("told apart", "", 2),
        "spread": ("spread", "× real", 2),
        "movement": ("movement", "a step", 4),
        "clipped": ("weights at the clip", "", 2),
        "radius": ("distance", "× start", 2),
    }
)
"""What is measured (see plane_measures.Eye.figures): words, unit, decimals."""
BOUNDS: Mapping[str, Callable[[float, float], bool]] = {"at most": operator.le, "at least": operator.ge}


@dataclass(frozen=True)
class Claim:
    """A figure that is at most or at least `value` after the lesson's steps, on so many of five seeds."""

    run: Literal["as it is", "changed"]
    figure: str
    bound: Literal["at most", "at least"]
    value: float
    seeds: int = 5

    def holds(self, figures: Sequence[Mapping[str, float]]) -> bool:
        """Whether it does for the figures of five seeds; a figure that is missing fails it."""
        compare = BOUNDS[self.bound]
        met = [self.figure in seen and compare(seen[self.figure], self.value) for seen in figures]
        return sum(met) >= self.seeds

    def words(self) -> str:
        """As in: modes covered: at most 3, on 4 of 5 seeds."""
        name, unit, _ = FIGURES[self.figure]
        seeds = "every one" if self.seeds == SEEDS else str(self.seeds)
        return f"{name}: {self.bound} {self.value:g}{' ' if unit else ''}{unit}, on {seeds} of {SEEDS} seeds"


@dataclass(frozen=True)
class Lesson:
    """A preset with a question. `change` is what differs in the second run; after `steps` the claims hold.

    `weight` names the shipped weight whose loss it is, `command` a training of the same kind on digits.
    """

    title: str
    question: str
    watch: str
    change: str
    paper: str
    options: Mapping[str, Any]
    changed: Mapping[str, Any]
    steps: int
    claims: tuple[Claim, ...]
    command: str
    weight: str | None = None

    def run(self, which: str = "as it is", seed: int = 0) -> Options:
        """The options of one of its two runs."""
        words = {**self.options, **(self.changed if which == "changed" else {})}
        return Options(**words, seed=seed)


_LATE = {
    "data": "islands",
    "optimizer": "sgd",
    "head_start": 200,
    "discriminator_rate": 0.1,
    "generator_rate": 0.005,
}
_PENALTY = {
    "loss": "wasserstein",
    "penalty": 0.2,
    "critic_steps": 3,
    "generator_rate": 4e-3,
    "discriminator_rate": 5e-3,
    "generator_units": 48,
    "discriminator_units": 32,
}
_CLIP = {
    **{name: value for name, value in _PENALTY.items() if name != "penalty"},
    "optimizer": "rmsprop",
    "generator_rate": 2e-3,
}
LESSONS: Mapping[str, Lesson] = MappingProxyType(
    {
        "balance": Lesson(
            "The balance",
            "Two networks play against each other. What happens when neither wins?",
            "The cloud in the middle finds all eight modes. The map turns pale: where drawn and real points lie "
            "alike, the discriminator can only guess, and its loss stays near 1.39, twice the logarithm of two.",
            "Make the discriminator weak: one layer of six units. It cannot draw a border around eight modes, and the "
            "generator runs after whatever it says.",
            "Goodfellow et al. 2014, Generative Adversarial Nets, section 4",
            {},
            {"discriminator_layers": 1, "discriminator_units": 6},
            400,
            (Claim("as it is", "modes", "at least", 7), Claim("changed", "modes", "at most", 2)),
            "python -m training.train_vanilla",
            "vanilla-mnist",
        ),
        "vanishing": Lesson(
            "The vanishing gradient",
            "The generator lowers log(1 − D), as the first formula says. What does it hear from a discriminator that "
            "is already sure?",
            "For 200 steps the discriminator learns alone, and it is soon sure of every point. When the generator's "
            "turn comes, the arrows at its points have all but no length: where D is near 0, the logarithm is flat.",
            "Let the generator raise log D instead: the same game with the same best answer, and arrows that are long "
            "exactly where it is losing.",
            "Goodfellow et al. 2014, section 3; Arjovsky and Bottou 2017, Towards Principled Methods, theorem 2.4",
            {**_LATE, "loss": "minimax"},
            {"loss": "non-saturating"},
            205,
            (Claim("as it is", "push", "at most", 0.1), Claim("changed", "push", "at least", 1.0)),
            "python -m training.train_vanilla --loss minimax",
        ),
        "non-saturating": Lesson(
            "The way out: non-saturating",
            "The discriminator is 200 steps ahead. Can the generator still catch up?",
            "With log D to raise, the points fly out as soon as it is their turn, overshoot, and come back to both "
            "islands.",
            "Take minimax again and compare at the same step: it has barely begun to move, or has only just arrived "
            "outside of the islands.",
            "Goodfellow et al. 2014, section 3",
            {**_LATE, "generator_rate": 0.01, "loss": "non-saturating"},
            {"loss": "minimax"},
            350,
            (Claim("as it is", "share", "at least", 0.4), Claim("changed", "share", "at most", 0.25)),
            "python -m training.train_vanilla",
            "vanilla-mnist",
        ),
        "collapse": Lesson(
            "Mode collapse",
            "A generator is asked to look real, not to show everything. What if it moves faster than its judge?",
            "All points run together to the mode that looks most real just now. The discriminator learns to doubt that "
            "place, and they all run on to the next.",
            "Play for the Wasserstein distance with a gradient penalty: the critic stays ahead, and leaving a mode out "
            "costs as much as the way there is long.",
            "Metz et al. 2017, Unrolled GANs, section 3.1 (the ring); Gulrajani et al. 2017",
            {"loss": "minimax", "generator_rate": 1e-2, "discriminator_rate": 5e-4},
            _PENALTY,
            250,
            (Claim("as it is", "modes", "at most", 3, 4), Claim("changed", "modes", "at least", 7, 4)),
            "python -m training.train_dcgan --preset dcgan-mnist --loss minimax",
            "wgan-gp-mnist",
        ),
        "clipping": Lesson(
            "Wasserstein, and what the clip does",
            "A critic may score as it likes, if it is not steep. Clipping its weights is the simplest way: how small a "
            "box is right?",
            "With weights within ± 0.01 three layers multiply to next to nothing: the map is almost flat, the arrows "
            "vanish, and the cloud stays where it began.",
            "Take a box of ± 0.3: arrows appear and the points set out. Then try 2: the map has cliffs, and the points "
            "are thrown about.",
            "Arjovsky, Chintala and Bottou 2017, Wasserstein GAN, algorithm 1",
            {**_CLIP, "clip": 0.01},
            {"clip": 0.3},
            120,
            (Claim("as it is", "push", "at most", 0.01), Claim("changed", "push", "at least", 0.1)),
            "python -m training.train_wgan --preset wgan-mnist",
            "wgan-mnist",
        ),
        "penalty": Lesson(
            "The gradient penalty",
            "Instead of a box for the weights, ask for a slope of one between drawn and real points. What is gained?",
            "The arrows all have a length of about one, near and far: every point knows its way, and all eight modes "
            "are found. The critic's loss, negated, is a distance that shrinks.",
            "Leave the penalty out: nothing holds the critic, its slope grows and grows, and the points are torn to "
            "and fro.",
            "Gulrajani et al. 2017, Improved Training of Wasserstein GANs, section 4",
            _PENALTY,
            {"penalty": 0.0},
            250,
            (
                Claim("as it is", "modes", "at least", 7, 4),
                Claim("as it is", "push", "at most", 2.0),
                Claim("changed", "push", "at least", 5.0),
            ),
            "python -m training.train_wgan --preset wgan-gp-mnist",
            "wgan-gp-mnist",
        ),
        "won": Lesson(
            "A discriminator that has won",
            "Is a better discriminator a better teacher?",
            "It takes three steps for one and learns fifty times as fast: it tells nearly all points apart, its loss "
            "falls, the map is all cliffs. The arrows are long, but the generator can no longer follow.",
            "Give both the same rate and one step each: the discriminator errs more, and teaches better.",
            "Arjovsky and Bottou 2017, Towards Principled Methods, section 2; Mescheder et al. 2018 (R1 is the other "
            "cure)",
            {"discriminator_rate": 1e-2, "generator_rate": 2e-4, "critic_steps": 3},
            {"discriminator_rate": 3e-3, "generator_rate": 3e-3, "critic_steps": 1},
            200,
            (Claim("as it is", "told_apart", "at least", 0.9), Claim("changed", "told_apart", "at most", 0.78)),
            "python -m training.train_vanilla --discriminator-lr 2e-3 --generator-lr 5e-5",
            "vanilla-mnist",
        ),
        "cycle": Lesson(
            "Two parameters that run in a circle",
            "The smallest GAN: one real point at zero, a generator with one number θ, a discriminator with one slope "
            "ψ. Do they come to rest?",
            "The trail shows θ across and ψ upwards. Both are at rest only in the middle, and they circle around it "
            "without ever coming nearer.",
            "Add R1, a penalty on the discriminator's slope at real points: the circle becomes a spiral into the "
            "middle.",
            "Mescheder, Geiger and Nowozin 2018, Which Training Methods for GANs do actually Converge?, section 2",
            {
                "data": "point",
                "loss": "minimax",
                "optimizer": "sgd",
                "momentum": 0.0,
                "generator_rate": 0.1,
                "discriminator_rate": 0.1,
                "batch": 8,
            },
            {"r1": 0.3},
            400,
            (Claim("as it is", "radius", "at least", 0.9), Claim("changed", "radius", "at most", 0.1)),
            "python -m training.train_vanilla --r1 0.5",
            "vanilla-mnist",
        ),
        "average": Lesson(
            "The average calms",
            "The two never quite stop running after each other. Must we show the generator of this very step?",
            "High rates and a small batch: the points shake and wander from one moment to the next.",
            "Show the generator's exponential moving average instead. The game is the same to the last bit, since "
            "nobody in it hears of the average; only what is shown is calm.",
            "Yazici et al. 2019, The Unusual Effectiveness of Averaging in GAN Training, section 3",
            {"generator_rate": 8e-3, "discriminator_rate": 4e-3, "batch": 32},
            {"ema": 0.995},
            800,
            (Claim("as it is", "movement", "at least", 0.01, 4), Claim("changed", "movement", "at most", 0.01, 4)),
            "python -m training.train_dcgan --preset dcgan-mnist",
            "dcgan-mnist",
        ),
        "relativistic": Lesson(
            "Relativistic, with R1 and R2",
            "Twenty-five modes and no tricks of architecture. Is there a loss that neither forgets modes nor runs in "
            "circles?",
            "Each drawn point has to look more real than the real one it is paired with, so no place can be left out; "
            "R1 and R2 keep the map flat at real and at drawn points.",
            "Take the non-saturating loss without penalties: several of the modes stay without points, and the arrows "
            "grow long.",
            "Huang et al. 2024, The GAN is dead; long live the GAN! (R3GAN), section 2",
            {
                "data": "grid",
                "loss": "relativistic",
                "r1": 0.05,
                "r2": 0.05,
                "generator_activation": "sine",
                "discriminator_activation": "sine",
                "momentum": 0.0,
                "discriminator_rate": 5e-3,
            },
            {"loss": "non-saturating", "r1": 0.0, "r2": 0.0},
            400,
            (
                Claim("as it is", "modes", "at least", 20, 4),
                Claim("as it is", "push", "at most", 1.0),
                Claim("changed", "modes", "at most", 19, 4),
                Claim("changed", "push", "at least", 2.0),
            ),
            "python -m training.train_vanilla --loss relativistic --r1 1 --r2 1 --r1-every 1",
        ),
    }
)
