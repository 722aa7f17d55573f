"""What is promised, measured: python -m training.bench KIND, as `--help` lists them.

`step` compares the training step of the 64 px DCGAN with its bare convolutions. `laptop` trains on a folder of
photographs for 15 minutes and measures what came of it: the README's promise. `families` trains every family that draws
from latents for equally long on one set. `peers` meets samples of other implementations at equal processor time.
`upscale` compares a swift network with spandrel's networks and with its own bare convolutions. `drag` drags points of
cats' faces and says how many arrive, `project` how near held-out photographs come. `steer` says what words move, and
what else moves. `world` learns the boat's game with a memory as well as without, `style` trains AdaIN beside a
weight that paints in styles.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated

import torch
import tyro
from torch import Tensor, nn
from torch.nn import functional as F

from gan_models.errors import one_line
from gan_models.targets import refuse_empty
from training.bench import drag as bench_drag
from training.bench import families, laptop, peers
from training.bench import project as bench_project
from training.bench import steer as bench_steer
from training.bench import style as bench_style
from training.bench import upscale as bench_upscale
from training.bench import world as bench_world
from training.data import Batches, ImageSet
from training.games.phases import adversarial
from training.loop.start import line_up, make_accelerator
from training.loop.trainer import mix, to_batch, update
from training.train_dcgan import Options as DcganOptions
from training.train_dcgan import plan


@dataclass(frozen=True)
class Step:
    """Images per second of a whole training step, and of its convolutions alone."""

    size: int = 64
    """Side of the pictures in pixels."""
    batch: int = 64
    """Pictures in a batch."""
    rounds: int = 7
    """Measurements of each; the two take turns and the medians are compared."""


@dataclass(frozen=True)
class Convolution:
    """One convolution as a training step ran it: layer, input shape, and the gradients asked for."""

    layer: nn.Conv2d | nn.ConvTranspose2d
    shape: torch.Size
    to_input: bool
    to_weight: bool


def measure_step(options: Step) -> None:
    """Print the two rates and their ratio."""
    step, convolutions, precision = training_step(options)
    bare = bare_loop(convolutions, precision)
    whole_seconds, bare_seconds = [], []
    step(0), bare()
    for turn in range(options.rounds):
        whole_seconds.append(timed(lambda turn=turn: step(turn + 1)))
        bare_seconds.append(timed(bare))
    whole, alone = (options.batch / statistics.median(seconds) for seconds in (whole_seconds, bare_seconds))
    print(f"DCGAN, {options.size} px, width 64, batch {options.batch}, {precision}, {torch.get_num_threads()} threads")
    print(f"training step        {whole:8.1f} images/s")
    print(f"bare convolutions    {alone:8.1f} images/s ({len(convolutions)} of them, forward and backward)")
    print(f"share reached        {whole / alone:8.2f} (bar 0.50)")


def training_step(options: Step) -> tuple[Callable[[int], None], list[Convolution], str]:
    """One step of the real trainer on random colour pictures, and the convolutions it runs."""
    flags = DcganOptions(size=options.size, batch=options.batch, discriminator="dcgan")
    pictures = torch.randint(0, 256, (2 * options.batch, 3, options.size, options.size), dtype=torch.uint8)
    data = ImageSet("noise", pictures)
    accelerator = make_accelerator(flags.precision)
    planned = plan(flags, data)
    players, phases = line_up(planned, accelerator.device), adversarial(planned.game)
    batches = Batches(data, options.batch, 0)

    def step(number: int) -> None:
        torch.manual_seed(mix(0, number, 0))
        batch = to_batch(batches.at(number), accelerator.device)
        for phase in phases:
            update(phase, players, batch, accelerator)
        players.ema.update(players.networks["generator"], options.batch)

    with noted(*players.networks.values()) as convolutions:
        step(0)
    return step, convolutions, accelerator.mixed_precision


@contextmanager
def noted(*networks: nn.Module) -> Iterator[list[Convolution]]:
    """Collect every convolution that runs inside."""
    found: list[Convolution] = []

    def note(layer: nn.Module, given: tuple[Tensor, ...], _: Tensor) -> None:
        if torch.is_grad_enabled():
            found.append(Convolution(layer, given[0].shape, given[0].requires_grad, layer.weight.requires_grad))

    layers = [m for network in networks for m in network.modules() if isinstance(m, nn.Conv2d | nn.ConvTranspose2d)]
    hooks = [layer.register_forward_hook(note) for layer in layers]
    try:
        yield found
    finally:
        for hook in hooks:
            hook.remove()


def bare_loop(convolutions: Sequence[Convolution], precision: str) -> Callable[[], None]:
    """The same convolutions on tensors made beforehand, with the same gradients and nothing between them."""
    dtype = torch.bfloat16 if precision == "bf16" else torch.float32
    ready = [prepared(convolution, dtype) for convolution in convolutions]

    def loop() -> None:
        for run, wanted, slope in ready:
            torch.autograd.grad(run(), wanted, slope)

    return loop


def prepared(convolution: Convolution, dtype: torch.dtype) -> tuple[Callable[[], Tensor], list[Tensor], Tensor]:
    """A forward pass, the tensors it gives gradients to, and the gradient that comes in."""
    layer = convolution.layer
    to = {"device": layer.weight.device, "dtype": dtype}
    x = torch.randn(convolution.shape, **to).to(memory_format=torch.channels_last)
    weight = layer.weight.detach().to(dtype, memory_format=torch.channels_last)
    x.requires_grad_(convolution.to_input)
    weight.requires_grad_(convolution.to_weight)
    function = F.conv_transpose2d if isinstance(layer, nn.ConvTranspose2d) else F.conv2d

    def run() -> Tensor:
        return function(x, weight, None, layer.stride, layer.padding)

    wanted = [tensor for tensor in (x, weight) if tensor.requires_grad]
    return run, wanted, torch.randn_like(run())


def timed(work: Callable[[], None]) -> float:
    """Seconds that `work` takes, the accelerator's included."""
    start = time.perf_counter()
    work()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter() - start


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    step = Annotated[Step, tyro.conf.subcommand("step")]
    promise = Annotated[laptop.Laptop, tyro.conf.subcommand("laptop")]
    budget = Annotated[families.FamiliesBench, tyro.conf.subcommand("families")]
    meeting = Annotated[peers.Peers, tyro.conf.subcommand("peers")]
    enlarging = Annotated[bench_upscale.Upscale, tyro.conf.subcommand("upscale")]
    dragging = Annotated[bench_drag.Drag, tyro.conf.subcommand("drag")]
    projecting = Annotated[bench_project.Project, tyro.conf.subcommand("project")]
    steering = Annotated[bench_steer.Steer, tyro.conf.subcommand("steer")]
    painting = Annotated[bench_style.StyleBench, tyro.conf.subcommand("style")]
    playing = Annotated[bench_world.WorldBench, tyro.conf.subcommand("world")]
    measures = {
        Step: measure_step,
        laptop.Laptop: laptop.keep,
        families.FamiliesBench: families.compare,
        peers.Peers: peers.compare,
        bench_upscale.Upscale: bench_upscale.measure_upscale,
        bench_drag.Drag: bench_drag.measure_drag,
        bench_project.Project: bench_project.measure_project,
        bench_steer.Steer: bench_steer.measure_steer,
        bench_style.StyleBench: bench_style.compare,
        bench_world.WorldBench: bench_world.compare,
    }
    with one_line():
        refuse_empty(argv)
        kinds = step | promise | budget | meeting | enlarging | dragging | projecting | steering | painting | playing
        options = tyro.cli(kinds, args=argv, prog="python -m training.bench")
        measures[type(options)](options)


if __name__ == "__main__":
    main()
