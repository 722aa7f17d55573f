"""A game that is a network by two recipes at one budget: GameGAN's recurrent engines beside what ships for the boat.

`gan_models.networks.gamegan` draws the next frame from the last two. GameGAN itself (Kim et al. 2020) remembers: a
dynamics engine goes from state to state by what is seen, done and thrown (section 3.1), and a rendering engine draws
the whole frame from the state (section 3.3). Both learn here from the same plays, by the same losses against the same
discriminator, for the same minutes of one thread.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_models import play
from gan_models.errors import TrainingError
from gan_models.files import write_atomically
from gan_models.networks.gamegan import CHANNELS, GameganConfig
from gan_models.networks.layers import at_least_single
from gan_models.pictures.images import contact_sheet, packed_png, to_tensor, to_uint8
from gan_models.worlds import boat
from training import train_world
from training.evaluate_world import Course, course_of
from training.games.gamegan import Draw, Moment, difference
from training.loop import brief
from training.loop.trainer import Schedule

SHOWN = 30
"""Steps between two frames of the sheet."""


@dataclass(frozen=True)
class WorldBench:
    """Train the boat's game as a recurrent network and as it ships, equally long, and play both."""

    minutes: float = 25.0
    """Minutes of one thread for each of the two."""
    batch: int = 8
    """Plays in a batch."""
    unrolled: int = 8
    """Steps that are played on from the network's own frames; the recurrent one is learned through all of them."""
    episodes: int = 50
    """Plays by chance that are judged."""
    steps: int = 300
    """Steps of each of these."""
    seed: int = 0
    """Of networks and batches; the plays that are judged have seeds from 90000 on, as in training.evaluate_world."""
    out: Path = Path("runs/world")
    """Folder for a sheet of each: true frames above drawn ones."""


State = tuple[Tensor, Tensor]
"""What a recurrent game remembers, and its cell: (N, C, size / 4, size / 4) each."""


class Recurrent(nn.Module):
    """GameGAN's dynamics and rendering engines, the state a map at a quarter of the side where the paper's is a vector.

    It has no memory module (section 3.2): nothing in this river is met again. What the dice bring is given.
    """

    def __init__(self, config: GameganConfig, state: int = 64) -> None:
        super().__init__()
        self.config, self.width = config, state
        given, wide = CHANNELS + config.kinds, config.width
        self.see = nn.Sequential(
            nn.Conv2d(16 * given, state, 3, padding=1), nn.LeakyReLU(0.2), nn.Conv2d(state, state, 3, padding=1)
        )
        self.place = nn.Parameter(torch.zeros(1, state, config.size // 4, config.size // 4))
        self.action = nn.Embedding(config.actions, state)
        self.far = nn.Conv2d(state, state, 4, 4)  # what happens to the boat shows in the purse, far above
        self.gates = nn.Conv2d(4 * state, 4 * state, 3, padding=1)
        self.render = nn.Sequential(
            nn.Conv2d(state, 2 * state, 3, padding=1), nn.LeakyReLU(0.2), nn.Conv2d(2 * state, 4 * wide, 3, padding=1),
            nn.PixelShuffle(2), nn.LeakyReLU(0.2), nn.Conv2d(wide, wide, 3, padding=1),
            nn.LeakyReLU(0.2), nn.Conv2d(wide, 4 * CHANNELS, 3, padding=1), nn.PixelShuffle(2),
        )  # fmt: skip

    def begin(self, frame: Tensor) -> State:
        """The state after a first frame (N, 3, size, size), before which nothing was."""
        side = self.config.size // 4
        nothing = frame.new_zeros(len(frame), self.width, side, side)
        coming = frame.new_zeros(len(frame), self.config.kinds, *frame.shape[2:])
        still = torch.zeros(len(frame), dtype=torch.int64, device=frame.device)
        return self.moved(frame, still, coming, (nothing, nothing))

    def forward(self, frame: Tensor, action: Tensor, coming: Tensor, state: State) -> tuple[Tensor, State]:
        """The frame (N, 3, size, size) in [-1, 1] after a frame, an action and what comes in, and the state then."""
        state = self.moved(frame, action, coming, state)
        return at_least_single(self.render(state[0])).tanh(), state

    def moved(self, frame: Tensor, action: Tensor, coming: Tensor, state: State) -> State:
        """The dynamics engine: the next state (equations 1 to 5)."""
        hidden, cell = state
        seen = self.see(F.pixel_unshuffle(torch.cat([frame, coming], 1), 4)) + self.place
        did = hidden * self.action(action)[:, :, None, None]
        acted = seen * self.action(action)[:, :, None, None]
        everywhere = self.far(seen).mean((2, 3), keepdim=True).expand_as(seen)
        into, forget, out, new = self.gates(torch.cat([seen, acted, did, everywhere], 1)).chunk(4, 1)
        cell = (forget + 1).sigmoid() * cell + into.sigmoid() * new.tanh()
        return out.sigmoid() * cell.tanh(), cell


@dataclass
class Remembered:
    """How a recurrent game draws the steps of a play, one after the other: a `Draw` of training.games.gamegan."""

    rarity: Tensor
    state: State | None = field(default=None)

    def __call__(self, generator: nn.Module, moment: Moment) -> tuple[Tensor, Tensor]:
        older, newer = moment.frames.split(CHANNELS, 1)
        before = generator.begin(older) if moment.number == 0 else self.state
        drawn, self.state = generator(newer, moment.action, moment.coming, before)
        return drawn, difference(drawn, moment, self.rarity)


def compare(options: WorldBench, say: Callable[[str], None] = print) -> None:
    """Train, play and print both."""
    if not options.minutes > 0 or options.episodes < 2 or options.steps < 1:
        raise TrainingError("Give --minutes above zero and at least two --episodes of at least one step.")
    say(f"{options.minutes:g} minutes of one thread each, {options.unrolled} steps unrolled, seed {options.seed}")
    planned = plan(options)
    rarity = planned.draw.keywords["rarity"]
    torch.manual_seed(options.seed)
    recurrent = {**planned.networks, "generator": Recurrent(planned.config)}
    learn(options, "recurrent", replace(planned, networks=recurrent, draw=Remembered(rarity)), say)
    learn(options, "one step", plan(options), say)


def plan(options: WorldBench) -> train_world.WorldPlan:
    """What ships for the boat, with networks of its own."""
    torch.manual_seed(options.seed)
    flags = train_world.Options(batch=options.batch, unrolled=options.unrolled, seed=options.seed, cool_down=0.4)
    settled = train_world.settled(flags)
    return train_world.plan(settled, train_world.read(settled)[0])


def learn(options: WorldBench, name: str, planned: train_world.WorldPlan, say: Callable[[str], None]) -> None:
    """Train one of the two, play it and tell how it went."""
    steps, generator = trained(options, planned)
    courses, frames = [], []
    for number in range(options.episodes):
        pairs = list(played(generator, planned.draw, 90_000 + number, options.steps))
        courses.append(course_of(pairs))
        frames = frames or pairs
    say(line(name, sum(part.numel() for part in generator.parameters()), steps * options.batch, courses))
    rows = [[pair[side] for pair in frames[::SHOWN]] for side in (0, 1)]
    sheet = contact_sheet(np.array([frame for row in rows for frame in row]), columns=len(rows[0]), gap=2)
    options.out.mkdir(parents=True, exist_ok=True)
    write_atomically(options.out / f"{name.replace(' ', '-')}.png", packed_png(sheet))


def trained(options: WorldBench, planned: train_world.WorldPlan) -> tuple[int, nn.Module]:
    """The steps that were made in the minutes of this thread, and the averaged generator."""
    schedule = Schedule(options.seed, seconds=60 * options.minutes, cool_down=planned.options.cool_down)
    players = brief.train(planned, train_world.read(planned.options)[0], schedule)
    return players.step, players.ema.module


@torch.inference_mode()
def played(generator: nn.Module, draw: Draw, seed: int, steps: int) -> Iterator[play.Pair]:
    """The true frames of a play by chance and those that were drawn, as `gan_models.play.Episode.frames`."""
    episode = play.Episode.by_chance(boat.BOAT, seed, steps)
    game, frames = play.begin(boat.BOAT, seed)
    for number, action in enumerate(episode.actions):
        thrown = game.thrown()
        true = game.step(action, thrown)[0]
        given, coming = to_tensor(frames).flatten(0, 1)[None], torch.from_numpy(boat.coming_in(thrown))[None]
        moment = Moment(given, torch.tensor([action]), coming, given[:, CHANNELS:], number)
        frames = np.stack([frames[-1], to_uint8(draw(generator, moment)[0].float())[0]])
        yield true, frames[-1]


def line(name: str, parameters: int, plays: int, courses: list[Course]) -> str:
    """How one of the two does, in a line."""
    kept, alike = [one.together for one in courses], [one.likeness for one in courses]
    met, counted = sum(one.met for one in courses), sum(one.counted for one in courses)
    return (
        f"{name:<10}{parameters / 1e6:5.2f} M parameters, {plays:,} plays learned from: boats within {play.NEAR:g} px "
        f"for {statistics.median(kept):g} steps in the median (least {min(kept)}, n {len(courses)}), {counted} of "
        f"{met} events counted, {statistics.fmean(alike):.1f} ± {statistics.stdev(alike):.1f} dB after 100 steps"
    )
