"""What --from takes over, and a generator grown from one of half its side."""

import pytest
import torch
from torch.nn import functional as F

from gan_models.errors import TrainingError
from gan_models.networks.cyclegan import CycleganConfig, CycleganGenerator
from gan_models.networks.dcgan import DcganConfig, DcganGenerator
from gan_models.networks.projected import ProjectedConfig, ProjectedDiscriminator, squeezenet_features
from gan_models.networks.stackgan import StackganConfig, StackganDiscriminator, StackganGenerator
from gan_models.networks.stylegan2 import Stylegan2Config, Stylegan2Generator, enlarge
from gan_models.networks.swift import SwiftConfig, SwiftGenerator
from training import train_dcgan
from training.export import export
from training.loop.initial_weights import begin_from, grow, stages
from training.run import Run

SHORT = ["--steps", "1", "--batch", "8", "--precision", "fp32", "--discriminator", "dcgan", "--upsampling", "resize"]


def generator(size: int, width: int, **values) -> DcganGenerator:
    torch.manual_seed(size)
    return DcganGenerator(DcganConfig(size=size, width=width, latent_dim=8, upsampling="resize", **values))


@pytest.mark.parametrize("classes", [0, 2])
def test_a_grown_generator_keeps_the_inner_layers_and_draws_the_parent_s_pictures(classes):
    parent, grown = generator(32, 32, classes=classes), generator(64, 16, classes=classes)
    given = (torch.randn(64, 8),) if not classes else (torch.randn(64, 8), torch.arange(64) % 2)
    with torch.no_grad():
        parent.steps[-1].weight.mul_(30)  # pictures with something on them
        for _ in range(40):
            parent.train()(*given)  # and norms that know their maps
    grow(grown, parent, "parent")
    own, inner = grown.state_dict(), dict(parent.project.named_parameters(prefix="project"))
    inner |= {f"steps.{name}": p for name, p in parent.steps[:-1].named_parameters()}
    assert len(inner) > 8 and all(torch.equal(own[name], value) for name, value in inner.items())
    with torch.no_grad():
        drawn, wanted = grown.eval()(*given), F.interpolate(parent.eval()(*given), scale_factor=2, mode="bilinear")
    assert F.mse_loss(drawn, wanted) < 0.4 * wanted.var()


def styled(size: int, **values) -> Stylegan2Generator:
    torch.manual_seed(size)
    sizes = {"latent_dim": 8, "w_dim": 8, "base": 512, "most": 16}
    return Stylegan2Generator(Stylegan2Config(size=size, **{**sizes, **values}))


def test_a_style_based_generator_begins_with_the_parent_s_pictures_enlarged():
    parent, grown, z = styled(32).eval(), styled(64).eval(), torch.randn(4, 8)
    with torch.no_grad():
        for block in parent.blocks:
            block.conv.strength.fill_(0.2), block.rgb.weight.mul_(5)
        grow(grown, parent, "parent")
        wanted = torch.tanh(enlarge(torch.atanh(parent(z))))
        torch.testing.assert_close(grown(z), wanted, atol=1e-4, rtol=0)
    assert wanted.std() > 0.1
    grown(z).square().sum().backward()
    assert grown.last_colours.grad.abs().max() > 0


def test_a_style_based_generator_does_not_grow_from_another_kind():
    with pytest.raises(TrainingError, match="give the same --base and --most and the same --latent-dim"):
        grow(styled(64), styled(32, base=256), "small")


def spoken(size: int) -> tuple[StackganGenerator, StackganDiscriminator]:
    torch.manual_seed(size)
    sizes = {"words": 12, "vector": 4, "sentence": 8, "latent_dim": 12, "augmented": 4, "base": 512, "most": 16}
    config = StackganConfig(size=size, **sizes, discriminator_base=256)
    return StackganGenerator(config), StackganDiscriminator(config)


def test_the_second_stage_becomes_the_first_of_twice_the_side(monkeypatch):
    (parent, judges), (grown, others) = spoken(32), spoken(64)
    with torch.no_grad():
        parent.large.rgb.weight.mul_(5)
        for _ in range(40):
            parent.train()(torch.randn(32, 12), parent.read(torch.randint(13, (32, 8))))
    found = parent, {"discriminator": judges.state_dict()}
    monkeypatch.setattr("training.loop.initial_weights.trained", lambda source: found)
    assert begin_from({"generator": grown, "discriminator": others}, "parent") == []
    z, rows = torch.randn(32, 12), torch.randint(13, (32, 6))
    with torch.no_grad():
        wanted = parent.eval()(z, parent.read(rows))
        small, large = grown.eval().stages(z, grown.read(rows))
    assert F.mse_loss(small, wanted) < 0.6 * wanted.var()
    assert F.mse_loss(large, F.interpolate(wanted, scale_factor=2, mode="bilinear")) < 0.6 * wanted.var()
    assert torch.equal(others.judges[0].logit.weight, judges.judges[1].logit.weight)


def test_a_generator_does_not_grow_from_another_kind():
    with pytest.raises(TrainingError, match="half of its --width"):
        grow(generator(64, 16), generator(32, 16), "small")


def test_a_run_grows_from_a_run_of_half_its_size(tmp_path, drawn_folder, monkeypatch):
    monkeypatch.setattr("training.loop.initial_weights.FITTING_STEPS", 3)
    for size, width, flags in ((32, 16, []), (64, 8, ["--from", str(tmp_path / "32"), "--generator-lr", "1e-12"])):
        settings = ["--data", str(drawn_folder), "--run", str(tmp_path / str(size)), "--size", str(size)]
        train_dcgan.main([*settings, "--width", str(width), *SHORT, *flags])
    assert Run(tmp_path / "32").config()["before"] == []
    making = export(tmp_path / "64", tmp_path / "grown").making
    assert [stage.images for stage in making.before] == [8] and making.all_images == 16
    assert making.all_seconds > making.seconds and "train_dcgan" in making.before[0].command
    assert [stage["images"] for stage in stages(str(tmp_path / "grown"))] == [8, 8]
    assert making.before[0].hardware == making.hardware and making.machines == (making.hardware,)
    assert making.before[0].command.endswith("--run runs/grown-1") and str(tmp_path) not in making.before[0].command
    assert "--from runs/grown-1" in making.command and making.all_steps == 2
    averaged = Run(tmp_path / "32").load_checkpoint()["ema"]["module"]
    grown = Run(tmp_path / "64").load_checkpoint()["networks"]["generator"]
    torch.testing.assert_close(grown["project.weight"], averaged["project.weight"])


def test_a_discriminator_that_fits_in_part_begins_anew_in_the_rest(monkeypatch):
    plain, seeing = (
        ProjectedDiscriminator(ProjectedConfig(128, width=16, mixed=16, pixels=pixels), squeezenet_features())
        for pixels in (False, True)
    )
    fresh = {name: value.clone() for name, value in seeing.heads[-1].state_dict().items()}
    monkeypatch.setattr(
        "training.loop.initial_weights.trained", lambda source: (swift(2), {"discriminator": plain.state_dict()})
    )
    assert begin_from({"generator": swift(2), "discriminator": seeing}, "parent") == ["discriminator"]
    taken = seeing.state_dict()
    assert all(torch.equal(taken[name], value) for name, value in plain.state_dict().items())
    assert all(torch.equal(seeing.heads[-1].state_dict()[name], value) for name, value in fresh.items())
    assert begin_from({"generator": swift(2), "discriminator": plain}, "parent") == []


def test_a_run_says_which_discriminator_begins_anew(tmp_path, drawn_folder, capsys):
    flags = ["--data", str(drawn_folder), *SHORT, "--width", "8", "--size", "32"]
    train_dcgan.main([*flags, "--run", str(tmp_path / "first")])
    begun = [*flags, "--from", str(tmp_path / "first")]
    for norm, times in (("batch", 0), ("none", 1)):
        capsys.readouterr()
        train_dcgan.main([*begun, "--discriminator-norm", norm, "--run", str(tmp_path / norm)])
        said = capsys.readouterr().err
        assert said.count("its discriminator does not fit everywhere; the rest begins anew.") == times


def test_a_translator_of_half_the_size_gives_its_weights_as_they_are(monkeypatch):
    half, whole = (CycleganGenerator(CycleganConfig(size=size, width=8, blocks=1)) for size in (32, 64))
    monkeypatch.setattr("training.loop.initial_weights.trained", lambda source: (half, {}))
    begin_from({"generator": whole}, "half")
    assert all(torch.equal(value, half.state_dict()[name]) for name, value in whole.state_dict().items())


def swift(scale: int, **values) -> SwiftGenerator:
    network = SwiftGenerator(SwiftConfig(scale=scale, **{"width": 16, "blocks": 1, **values})).eval()
    torch.nn.init.normal_(network.last.weight, std=0.1)
    torch.nn.init.normal_(network.last.bias)
    return network


def begun(monkeypatch, parent: SwiftGenerator, network: SwiftGenerator) -> tuple[torch.Tensor, torch.Tensor]:
    """What a parent, and a network that begins with it, make of one picture."""
    monkeypatch.setattr("training.loop.initial_weights.trained", lambda source: (parent, {}))
    begin_from({"generator": network}, "parent")
    images = torch.rand(2, 3, 5, 7) * 2 - 1
    with torch.no_grad():
        return parent(images), network(images)


@pytest.mark.parametrize(("scale", "smaller"), [(4, 2), (4, 1), (3, 1), (4, 4)])
def test_an_upscaler_begins_with_the_averaged_pictures_of_one_of_a_larger_scale(scale, smaller, monkeypatch):
    large, small = begun(monkeypatch, swift(scale), swift(smaller))
    torch.testing.assert_close(small, F.avg_pool2d(large, scale // smaller))
    assert large.std() > 0.3, "or there is little to tell apart"


def test_an_upscaler_begins_with_the_repeated_pixels_of_one_of_a_smaller_scale(monkeypatch):
    small, large = begun(monkeypatch, swift(2), swift(4))
    torch.testing.assert_close(large, small.repeat_interleave(2, 2).repeat_interleave(2, 3))


@pytest.mark.parametrize("network", [swift(3), swift(2, width=32), swift(2, blocks=2)])
def test_an_upscaler_does_not_begin_with_an_unlike_one(network, monkeypatch):
    with pytest.raises(TrainingError, match="--from parent: its generator has another shape"):
        begun(monkeypatch, swift(4), network)
