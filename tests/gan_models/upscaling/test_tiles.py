from types import SimpleNamespace

import numpy as np
import pytest
import tiny
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tiled import enlarge
from torch import nn

from gan_models.errors import RequestError, WeightError
from gan_models.loading import Model
from gan_models.machine import has_bf16
from gan_models.pictures.images import to_input, to_levels
from gan_models.upscaling import tiles
from gan_models.upscaling.tiles import Runner, halves, in_order, windows


@pytest.fixture(scope="module")
def networks(tiny_upscalers) -> dict[str, nn.Module]:
    return {name: Model(tiny_upscalers / name).drawing_generator for name in tiny.UPSCALERS}


def runner_of(network: nn.Module, **more) -> Runner:
    return Runner(network, network.scale, (network.receptive_field - 1) // 2, **more)


def noise(height: int, width: int) -> torch.Tensor:
    return torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(height * 997 + width)) * 2 - 1


@pytest.mark.parametrize("name", tiny.UPSCALERS)
@settings(max_examples=8)
@given(height=st.integers(1, 70), width=st.integers(1, 70), tile=st.integers(1, 40))
def test_tiled_is_untiled(networks, name: str, height: int, width: int, tile: int) -> None:
    images = noise(height, width)
    with torch.inference_mode():
        whole = networks[name](images)
    assert (enlarge(runner_of(networks[name]), images, tile) - whole).abs().max() <= 1e-5


@pytest.mark.parametrize("name", [tiny.SWIFT, tiny.PIXELS])
@settings(max_examples=8)
@given(height=st.integers(1, 70), width=st.integers(1, 70), tile=st.integers(1, 40))
def test_in_bf16_tiles_differ_by_a_level_at_most(networks, name: str, height: int, width: int, tile: int) -> None:
    runner, images = runner_of(networks[name], bf16=True), noise(height, width)
    levels = [to_levels(enlarge(runner, images, side)[0], 3, np.uint8).astype(int) for side in (tile, 70)]
    assert np.abs(levels[0] - levels[1]).max() <= 1


@pytest.mark.parametrize("name", [tiny.SWIFT, tiny.PIXELS])
def test_bf16_is_used_and_near_fp32(networks, name: str) -> None:
    images = noise(61, 47)
    halved = to_levels(enlarge(runner_of(networks[name], bf16=True), images, 61)[0], 3, np.uint8).astype(int)
    with torch.inference_mode():
        exact = to_levels(networks[name](images)[0], 3, np.uint8).astype(int)
    assert 0 < np.abs(halved - exact).max() <= 3


@settings(max_examples=25)
@given(st.integers(1, 200), st.integers(1, 200), st.integers(4, 90), st.one_of(st.none(), st.integers(0, 120)))
def test_cores_cover_every_pixel_and_are_not_much_larger_than_asked(height, width, tile, halo) -> None:
    covered = np.zeros((height, width), int)
    plan = windows(height, width, tile, halo)
    for window in plan:
        top, bottom, left, right = window.core
        assert 0 <= window.read[0] <= top < bottom <= window.read[1] <= height
        assert 0 <= window.read[2] <= left < right <= window.read[3] <= width
        covered[top:bottom, left:right] += 1
    exact = halo is not None and halo <= tiles.WIDEST
    assert covered.min() == 1 and (covered.max() == 1 or not exact)
    reach = halo if exact else tiles.OVERLAP
    assert max(window.pixels for window in plan) <= (tile + 2 * reach) ** 2


def test_halves_share_a_picture_along_its_longer_side() -> None:
    assert [window.core for window in halves(100, 60, 16)] == [(0, 50, 0, 60), (50, 100, 0, 60)]
    assert [window.read for window in halves(60, 100, 16)] == [(0, 60, 0, 66), (0, 60, 34, 100)]
    assert len(halves(80, 80, 5)) == 2


class Mean(nn.Module):
    """A network that is not local: it moves every pixel by the mean of all it sees."""

    scale, receptive_field = 2, None

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return images.repeat_interleave(2, 2).repeat_interleave(2, 3) + images.mean()


def test_what_is_not_local_is_blended_without_seams() -> None:
    images = torch.linspace(-0.5, 0.5, 400)[None, None, None, :].expand(1, 3, 200, 400).contiguous()
    runner = Runner(Mean(), 2, None)
    large = enlarge(runner, images, 64)
    jumps = (large[..., 1:] - large[..., :-1]).abs().max()
    assert len(windows(200, 400, 64, None)) > 8 and jumps < 0.02
    alone = enlarge(runner, images, 400)
    with torch.inference_mode():
        assert torch.allclose(alone, Mean()(images), atol=1e-6)


class Forgetful(nn.Module):
    """Gives NaN in bf16, as overflowing networks do."""

    scale = 1

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 1)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        made = self.conv(images)
        return made if made.dtype == torch.float32 else made * float("nan")


def test_what_is_not_finite_in_bf16_is_done_again_in_fp32() -> None:
    network, images = Forgetful().eval(), noise(5, 6)
    with torch.inference_mode():
        # Not bit for bit: processors round a convolution otherwise in another order of memory.
        torch.testing.assert_close(Runner(network, 1, 0, bf16=True).run(images), network(images), atol=1e-6, rtol=0)
    nn.init.constant_(network.conv.weight, float("inf"))
    with pytest.raises(WeightError, match="not finite, even in fp32"):
        Runner(network, 1, 0).run(images)


@pytest.mark.parametrize("generation", [7, 8])
def test_a_gpu_that_only_emulates_bf16_does_not_count_as_fast(generation, monkeypatch) -> None:
    """Turing (7) computes it many times slower than fp32, and says that it supports it."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 0)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda _: SimpleNamespace(major=generation))
    monkeypatch.setattr(torch.cuda, "_check_bf16_tensor_supported", lambda _: True)
    assert has_bf16("cuda") == (generation >= 8)


class Small(nn.Module):
    """A network on a device that holds 900 pixels."""

    scale, receptive_field = 2, 5

    def __init__(self, most: int = 900) -> None:
        super().__init__()
        self.conv, self.most, self.seen = nn.Conv2d(3, 12, 5, padding=2), most, []

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        self.seen.append(images.shape[2] * images.shape[3])
        if self.most and self.seen[-1] > self.most:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return nn.functional.pixel_shuffle(self.conv(images), 2)


def test_out_of_memory_halves_the_tile_and_goes_on_exactly() -> None:
    network, images = Small().eval(), noise(70, 90)
    large = enlarge(Runner(network, 2, 2), images, 64)
    too_large = [pixels for pixels in network.seen if pixels > 900]
    assert 1 <= len(too_large) <= 4, "it is remembered what does not fit"
    network.most = 0
    with torch.inference_mode():
        assert (large - network(images)).abs().max() <= 1e-5
    network.most = 1
    with pytest.raises(RequestError, match="not enough memory for even a small tile"):
        enlarge(Runner(network, 2, 2), images, 64)


def test_other_errors_are_not_taken_for_memory() -> None:
    class Broken(nn.Module):
        def forward(self, images):
            raise RuntimeError("shapes do not fit")

    with pytest.raises(RuntimeError, match="shapes"):
        enlarge(Runner(Broken(), 2, 2), noise(8, 8), 4)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_levels_survive_the_way_in_and_out(dtype) -> None:
    levels = np.arange(np.iinfo(dtype).max + 1).astype(dtype).reshape(-1, 256, 1)
    assert np.array_equal(to_levels(to_input(levels)[0], 1, dtype), levels)


@pytest.mark.parametrize("workers", [1, 3])
def test_work_comes_in_order_and_stops_when_closed(workers: int) -> None:
    done = []
    assert list(in_order(lambda x: x * x, range(20), workers)) == [x * x for x in range(20)]
    work = in_order(lambda x: done.append(x), range(100), workers)
    next(work), next(work)
    work.close()
    assert len(done) <= 2 + 2 * workers


@pytest.mark.parametrize("tile", [0, -1, 2.5, True])
def test_a_tile_has_pixels(tile) -> None:
    with pytest.raises(RequestError, match="at least 1 pixel a side"):
        windows(10, 10, tile, 2)
