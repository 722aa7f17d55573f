"""What a training begins with when it does not begin at random: --from, a run folder or a weight.

Of the same size: its weights, as they are. Of half the size: progressive growing (Karras et al. 2018, section 2): the
inner layers are taken over, and the new outer ones, instead of being faded in, are first fitted to the enlarged
pictures of the trained generator, or (a style-based one) add nothing to them at first; of two stages (StackGAN) the
second becomes the first. Of another scale (swift upscalers): a x2 network that begins with a trained x4 one, or the
other way as in EDSR (Lim et al. 2017, section 3.2), gives its pictures, averaged or repeated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim import Adam

from gan_models.errors import TrainingError, last_line
from gan_models.loading import load
from gan_models.networks import build_config, family
from gan_models.networks.stackgan import StackganGenerator, as_first_stage
from gan_models.networks.swift import SwiftGenerator
from gan_models.weight.card import Stage
from training.run import Run

FITTING_STEPS, FITTING_BATCH, FITTING_RATE, FITTING_WORDS = 150, 32, 2e-3, 8


def begin_from(networks: Mapping[str, nn.Module], source: str) -> list[str]:
    """Take weights, and nothing else, from a run folder or a weight of the shelf.

    A discriminator of another kind begins anew where it does not fit: the names of such networks. Raises TrainingError
    when there are no weights, or when the generator's fit neither this one nor its inner layers.
    """
    parent, others = trained(source)
    generator = networks["generator"]
    # Only what draws from latents grows: upscalers have no size of their own, and translators take any.
    if hasattr(generator, "latent_dim") and getattr(parent.config, "size", 0) * 2 == getattr(
        generator.config, "size", None
    ):
        grow(generator, parent, source)
        if isinstance(parent, StackganGenerator) and "discriminator" in others:
            take(networks["discriminator"], as_first_stage(others["discriminator"]))
        return []
    if "judge" in networks and "judge" not in others:
        others["judge"] = others.pop("discriminator", networks["judge"].state_dict())
    try:
        generator.load_state_dict(at_scale(parent, generator))
    except RuntimeError as error:
        raise TrainingError(
            f"--from {source}: its generator has another shape ({last_line(error)}); "
            "give the size, width and classes it was made with."
        ) from None
    # Where only pixels are compared there is nothing to take a discriminator.
    return [name for name, state in others.items() if name in networks and not take(networks[name], state)]


def take(network: nn.Module, state: Mapping[str, Tensor]) -> bool:
    """Give a network the tensors that have a place of their shape in it; whether that was all it has."""
    own = network.state_dict()
    fitting = {name: value for name, value in state.items() if name in own and value.shape == own[name].shape}
    network.load_state_dict(fitting, strict=False)
    return fitting.keys() == own.keys()


def at_scale(parent: nn.Module, generator: nn.Module) -> Mapping[str, Tensor]:
    """The parent's tensors; those of a swift network fitted to the generator's scale where one divides the other.

    Only its last convolution knows the scale: its channels are the sub-pixels of one pixel shuffle, which are
    averaged block by block where the generator has fewer, and repeated where it has more.
    """
    state = parent.state_dict()
    if not isinstance(parent, SwiftGenerator) or not isinstance(generator, SwiftGenerator):
        return state
    have, want = parent.scale, generator.scale
    for name in ("last.weight", "last.bias"):
        subpixels = state[name].unflatten(0, (3, have, have))
        if have % want == 0:
            blocks = subpixels.unflatten(2, (want, -1)).unflatten(1, (want, -1))
            subpixels = blocks.mean((2, 4))
        elif want % have == 0:
            subpixels = subpixels.repeat_interleave(want // have, 1).repeat_interleave(want // have, 2)
        state[name] = subpixels.flatten(0, 2)
    return state


def trained(source: str) -> tuple[nn.Module, dict[str, Mapping]]:
    """The averaged generator of a run's last checkpoint or a weight's, and the other networks' tensors."""
    if not (Path(source) / "config.json").exists():
        model = load(source)
        judging = model.discriminator
        return model.generator, {} if judging is None else {"discriminator": judging.state_dict()}
    run = Run(Path(source))
    config, state = run.whole_config(), checkpoint_of(run)
    generator = family(config["family"]).generator(build_config(config["family"], config["family_config"]))
    try:
        generator.load_state_dict(state["ema"]["module"])
        return generator, {name: part for name, part in state["networks"].items() if name != "generator"}
    except (KeyError, TypeError, AttributeError, RuntimeError) as error:
        raise TrainingError(f"--from {source}: its checkpoint does not fit its config ({last_line(error)}).") from None


def stages(source: str) -> list[dict]:
    """The trainings behind a run folder or a weight, the first one first, as the fields of a Stage each.

    Raises TrainingError when there is none.
    """
    if not (Path(source) / "config.json").exists():
        making = load(source).card.making
        shared = {part.name: getattr(making, part.name) for part in fields(Stage)}
        return [asdict(stage) for stage in (*making.before, Stage(**shared))]
    run = Run(Path(source))
    config, state = run.whole_config(), checkpoint_of(run)
    told = {name: config[name] for name in ("command", "hardware", "entry", "config")}
    spent = {"images": int(state["images"]), "steps": int(state["step"]), "seconds": round(float(state["seconds"]), 1)}
    last = Stage(**told, **spent)
    return [*config.get("before", []), asdict(last)]


def checkpoint_of(run: Run) -> dict:
    """The last checkpoint of a run that is gone on from; TrainingError before the first."""
    state = run.load_checkpoint()
    if state is None:
        raise TrainingError(f"--from {run.folder}: this run has no checkpoint yet.")
    return state


def grow(generator: nn.Module, parent: nn.Module, source: str) -> None:
    """Give a generator the inner layers of a trained one of half its side, and fit the outer ones to it.

    Raises TrainingError where the inner layers are not alike.
    """
    summed = hasattr(generator, "last_colours")  # a picture that is the sum of one for each side
    inner, own = inner_layers(parent, summed), generator.state_dict()
    if inner is None:
        raise TrainingError(f"--from {source}: it has half the size, and its family does not grow; train at one size.")
    unlike = [name for name, value in inner.items() if name not in own or own[name].shape != value.shape]
    if unlike or not inner:
        alike = summed or isinstance(parent, StackganGenerator)
        how = "the same --base and --most" if alike else "half of its --width, the same --upsampling"
        raise TrainingError(
            f"--from {source}: it has half the size, but {', '.join(unlike[:2]) or 'its network'} is not as here; "
            f"to grow a generator give {how} and the same --latent-dim and classes."
        )
    generator.load_state_dict(inner, strict=False)
    if summed:
        # It begins as the parent's, enlarged: there is nothing to fit.
        nn.init.zeros_(generator.last_colours)
        return
    known = inner.keys() & parent.state_dict().keys()
    fit(generator, parent.eval(), [value for name, value in generator.named_parameters() if name not in known])


def inner_layers(parent: nn.Module, summed: bool) -> Mapping[str, Tensor] | None:
    """What a generator of twice the side takes over, by its names there; None of a family that does not grow."""
    state = parent.state_dict()
    if isinstance(parent, StackganGenerator):
        return as_first_stage(state)
    if summed:
        return state
    if not hasattr(parent, "steps"):
        return None
    outermost = f"steps.{len(parent.steps) - 1}."
    return {name: value for name, value in state.items() if not name.startswith(outermost)}


def fit(generator: nn.Module, parent: nn.Module, learned: list[nn.Parameter]) -> None:
    """Teach `learned` of the generator to draw what the parent draws, enlarged."""
    optimizer = Adam(learned, FITTING_RATE)
    stages = generator.stages if isinstance(generator, StackganGenerator) else lambda *given: (generator(*given),)
    for _ in range(FITTING_STEPS):
        given = by_chance(generator)
        with torch.no_grad():
            wanted = parent(*given)
        drawn = stages(*given)
        apart = [F.mse_loss(images, F.interpolate(wanted, images.shape[-2:], mode="bilinear")) for images in drawn]
        slopes = torch.autograd.grad(torch.stack(apart).sum(), learned)
        for parameter, slope in zip(learned, slopes):
            parameter.grad = slope
        optimizer.step()
    optimizer.zero_grad(set_to_none=True)


def by_chance(generator: nn.Module) -> tuple[Tensor, ...]:
    """Latents, and labels or sentences of words by chance where it asks for them."""
    z, classes = torch.randn(FITTING_BATCH, generator.latent_dim), getattr(generator.config, "classes", 0)
    if isinstance(generator, StackganGenerator):
        rows = torch.randint(generator.config.words + 1, (len(z), FITTING_WORDS))
        return z, generator.read(rows).detach()
    return (z, torch.randint(classes, (len(z),))) if classes else (z,)
