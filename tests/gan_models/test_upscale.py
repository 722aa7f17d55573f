"""The verb, the mixing of twins, recipes and trust."""

import io
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tiny
import torch
from PIL import Image

from gan_models import recipe, upscale
from gan_models.errors import RequestError, WeightError
from gan_models.loading import Shelf
from gan_models.networks.fold import between, folded
from gan_models.networks.swift import SwiftConfig, SwiftGenerator
from gan_models.pictures.photo import Photo, encode, open_photo
from gan_models.upscale import Order, Progress, estimate, make_again, recipe_of, steps
from gan_models.upscaling import costs
from gan_models.upscaling.costs import tile_for
from gan_models.upscaling.trust import agreement, difference, lock_colour, residual
from gan_models.upscaling.upscaler import Upscaler, twin

CHANCE = np.random.default_rng(0)


@pytest.fixture(scope="module")
def shelf(tiny_upscalers) -> Shelf:
    return Shelf([tiny_upscalers])


@pytest.fixture(scope="module")
def swift(shelf) -> Upscaler:
    return Upscaler.of(shelf.get(tiny.SWIFT))


def smooth(height: int, width: int, channels: int = 3) -> np.ndarray:
    """A picture with broad colours and some grain."""
    y, x = np.mgrid[:height, :width]
    waves = [127 + 80 * np.sin(x / (9 + c) + c) * np.cos(y / (7 + c)) for c in range(channels)]
    return (np.dstack(waves) + CHANCE.normal(0, 4, (height, width, channels))).clip(0, 255).astype(np.uint8)


PHOTO = Photo(smooth(45, 61), sha256="a" * 64)


@pytest.mark.parametrize("scale", [1, 1.5, 2, 3, 3.7, 4])
@pytest.mark.parametrize("name", [tiny.SWIFT, tiny.SWIFT_2])
def test_any_scale_has_its_size_and_stays_the_same_picture(name: str, scale: float, shelf) -> None:
    result = upscale.upscale(Upscaler.of(shelf.get(name)), PHOTO, Order(scale))
    assert result.colour.shape == (round(45 * scale), round(61 * scale), 3) and result.colour.dtype == np.uint8
    assert agreement(result.colour, PHOTO.colour) > 20


def test_tiles_do_not_show(swift) -> None:
    whole = upscale.upscale(swift, PHOTO, Order(4), tile=100).colour.astype(int)
    for tile, workers in ((8, 1), (17, 3)):
        tiled = upscale.upscale(swift, PHOTO, Order(4), tile=tile, workers=workers).colour
        assert np.abs(tiled - whole).max() <= 1 and (tiled != whole).mean() < 1e-3


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 1, 1), (1, 7, 3), (2, 1, 1)])
def test_the_smallest_pictures_work(shape, swift) -> None:
    result = upscale.upscale(swift, Photo(np.full(shape, 100, np.uint8)), Order(4, colour_lock=True))
    assert result.colour.shape == (4 * shape[0], 4 * shape[1], shape[2])
    assert np.abs(result.colour.mean() - 100) < 1.0


def test_gray_alpha_and_sixteen_bits_go_all_the_way(swift) -> None:
    alpha = np.zeros((20, 30), np.uint8)
    alpha[5:15, 10:20] = 255
    gray = upscale.upscale(swift, Photo(smooth(20, 30, 1), alpha), Order(2))
    assert gray.colour.shape == (40, 60, 1) and gray.alpha.shape == (40, 60)
    assert gray.alpha[20, 30] > 240 and gray.alpha[2, 2] < 15
    deep = Photo((np.arange(600).reshape(20, 30, 1) * 100).astype(np.uint16))
    result = upscale.upscale(swift, deep, Order(1))
    assert result.colour.dtype == np.uint16 and len(np.unique(result.colour)) > 300


def test_edges_of_alpha_have_no_dark_fringe() -> None:
    """A white square on hidden black: what is seen of it after enlarging is white."""
    network = SwiftGenerator(SwiftConfig(blocks=0)).eval()
    untrained = Upscaler("untrained", "0" * 64, network, 4, 2, "")
    levels = np.zeros((24, 24, 4), np.uint8)
    levels[6:18, 6:18] = 255
    buffer = io.BytesIO()
    Image.fromarray(levels).save(buffer, "PNG")
    result = upscale.upscale(untrained, open_photo(buffer.getvalue()), Order(3))
    assert 0 < (result.alpha == 0).mean() < 0.9 and result.colour.min() >= 240


def test_progress_counts_every_tile_and_closing_stops(swift) -> None:
    states = list(steps(swift, PHOTO, Order(4), tile=16))
    told = [state for state in states if isinstance(state, Progress)]
    assert [state.done for state in told] == list(range(told[-1].total + 1)) and told[-1].total == 12
    assert isinstance(states[-1], Photo)
    entered = []

    @contextmanager
    def turn():
        entered.append(1)
        yield

    stopped = steps(swift, PHOTO, Order(4), tile=4, turn=turn)
    next(stopped), next(stopped)
    stopped.close()
    assert len(entered) == 1


def test_the_estimate_counts_tiles_and_time(swift) -> None:
    told = estimate(swift, PHOTO, Order(4))
    assert told.tiles == 1 and told.megapixels == pytest.approx(180 * 244 / 1e6) and 0 < told.seconds < 60
    large = replace(PHOTO, colour=np.zeros((900, 900, 3), np.uint8))
    assert estimate(swift, large, Order(4)).seconds > 100 * told.seconds


def test_the_estimate_counts_the_resize_and_the_lock(swift, monkeypatch) -> None:
    def slow(levels: np.ndarray, *rest: object) -> np.ndarray:
        time.sleep(0.2)
        return levels

    monkeypatch.setattr(upscale, "_AFTER", {})
    monkeypatch.setattr(upscale, "seconds_a_pixel", lambda *_: 0.0)
    for name in ("resize_levels", "lock_colour"):
        monkeypatch.setattr(upscale, name, slow)
    share = 45 * 61 / upscale.BLANK**2
    assert estimate(swift, PHOTO, Order(2)).seconds >= 0.2 * share
    assert estimate(swift, PHOTO, Order(2, colour_lock=True)).seconds >= 0.4 * share


@pytest.mark.parametrize(("quick", "side"), [(1e-7, 256 + 2 * 6), (2.5e-5, 100), (1.0, costs.PROBE)])
def test_the_calibration_is_as_large_as_a_real_window_or_as_patience_allows(quick, side, swift, monkeypatch) -> None:
    tried = []
    monkeypatch.setattr(costs, "_SECONDS", {})
    monkeypatch.setattr(costs, "free_memory", lambda device: 8e9)
    monkeypatch.setattr(costs, "_timed", lambda runner, *how: tried.append(how[:2]) or quick)
    assert costs.seconds_a_pixel(swift, False, workers=2) == quick
    assert tried == [(costs.PROBE, 1), (side, 2)], "all workers at once, as in the run"


def test_two_workers_share_a_small_picture_and_one_worker_makes_the_same_of_it(swift, monkeypatch) -> None:
    monkeypatch.setattr(upscale, "seconds_a_pixel", lambda *_: 1e-6)
    monkeypatch.setattr(upscale, "_seconds_after", lambda *_: 0.0)
    small = Photo(smooth(70, 90), sha256="c" * 64)
    alone, shared = (estimate(swift, small, Order(4), workers=workers) for workers in (1, 2))
    assert alone.tiles == shared.tiles == 2 and shared.seconds == pytest.approx(alone.seconds / 2)
    assert estimate(swift, small, Order(4), workers=3).seconds == shared.seconds, "the third has nothing to do"
    results = [upscale.upscale(swift, small, Order(4), workers=workers).colour for workers in (1, 2)]
    assert np.array_equal(*results)
    whole = upscale.upscale(swift, small, Order(4), tile=90).colour.astype(int)
    assert np.abs(results[0] - whole).max() <= 1


def test_what_follows_the_tiles_gives_way_band_by_band(swift) -> None:
    entered = []

    @contextmanager
    def turn():
        entered.append(1)
        yield

    tall = Photo(np.zeros((500, 8, 3), np.uint8))
    tiles = estimate(swift, tall, Order(3)).tiles
    upscale.upscale(swift, tall, Order(3, colour_lock=True), turn=turn)
    assert len(entered) == tiles + 3 + 1 + 3, "three bands are resized; means and three bands are locked"


def test_the_tile_follows_the_free_memory(swift, monkeypatch) -> None:
    sides = []
    for free in (8e9, 8e7, 1e5):
        monkeypatch.setattr(costs, "free_memory", lambda device, free=free: int(free))
        sides.append(tile_for(swift))
    assert sides[0] == 256 and sides[1] < 256 and sides[2] == 16


def test_large_results_ask_first_and_huge_ones_are_refused(swift, monkeypatch) -> None:
    large = Photo(np.zeros((3200, 3200, 3), np.uint8))
    with pytest.raises(RequestError, match="164 megapixels .* more than 40; confirm"):
        next(steps(swift, large, Order(4)))
    assert next(steps(swift, large, Order(4), large=True)).done == 0
    monkeypatch.setattr(upscale, "free_memory", lambda: 10**6)
    with pytest.raises(RequestError, match="of memory and 0.0 GB are free"):
        next(steps(swift, large, Order(4), large=True))


@pytest.mark.parametrize("scale", [0.99, 4.01, float("nan"), "4", True, None])
def test_impossible_scales_have_a_sentence(scale) -> None:
    with pytest.raises(RequestError, match="1 to 4 times as large"):
        Order(scale)


@pytest.mark.parametrize("name", [tiny.PIXELS, tiny.GAN, tiny.SWIFT, tiny.DENSE])
def test_folding_changes_nothing_but_rounding(name: str, shelf) -> None:
    plain = shelf.get(name).drawing_generator
    images = torch.rand(1, 3, 12, 15) * 2 - 1
    lean = folded(plain)
    assert not any(isinstance(layer, torch.nn.BatchNorm2d) for layer in lean.modules())
    with torch.inference_mode():
        assert torch.allclose(lean(images), plain(images), atol=1e-5)


def test_both_ends_of_fidelity_are_the_originals(shelf) -> None:
    faithful, inventive = shelf.get(tiny.PIXELS), shelf.get(tiny.GAN)
    images = torch.rand(1, 3, 10, 11) * 2 - 1
    with torch.inference_mode():
        ends = faithful.drawing_generator(images), inventive.drawing_generator(images)
        assert (ends[0] - ends[1]).abs().max() > 0.05
        for fidelity, end in zip((1, 0), ends):
            mixed = Upscaler.mixed(faithful, inventive, fidelity).network
            assert torch.allclose(mixed(images), end, atol=1e-5)
        half = Upscaler.mixed(faithful, inventive, 0.5).network(images)
        assert min((half - end).abs().max() for end in ends) > 1e-3


def test_twins_are_found_and_others_refused(shelf) -> None:
    cards = {card.name: card for card in shelf.cards()}
    assert twin(cards[tiny.GAN], shelf).name == tiny.PIXELS
    assert twin(cards[tiny.PIXELS], shelf) is twin(cards[tiny.SWIFT], shelf) is None
    with pytest.raises(RequestError, match="same build"):
        between(shelf.get(tiny.GAN).generator, shelf.get(tiny.SWIFT).generator, 0.5)
    with pytest.raises(RequestError, match="from 0 .inventive. to 1"):
        Upscaler.mixed(shelf.get(tiny.PIXELS), shelf.get(tiny.GAN), 1.5)


def test_a_weight_of_another_task_is_refused(tiny_weights) -> None:
    with pytest.raises(RequestError, match="task 'sample'; upscaling takes"):
        Upscaler.of(Shelf([tiny_weights]).get(tiny.COLOUR))


@pytest.mark.parametrize("fidelity", [None, 0.25])
@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
def test_a_recipe_makes_the_file_again(fidelity, kind: str, shelf) -> None:
    network = Upscaler.of(shelf.get(tiny.GAN))
    if fidelity is not None:
        network = Upscaler.mixed(shelf.get(tiny.PIXELS), shelf.get(tiny.GAN), fidelity)
    order = Order(2.5, colour_lock=True)
    content = encode(upscale.upscale(network, PHOTO, order), kind, recipe_of(network, PHOTO, order).to_json())
    found = recipe.read(content)
    assert (found.weight, found.verb, found.arguments["source"]) == (tiny.GAN, "upscale", "a" * 64)
    assert encode(make_again(found, shelf, PHOTO), kind, found.to_json()) == content
    with pytest.raises(RequestError, match="the very file that was upscaled"):
        make_again(found, shelf, replace(PHOTO, sha256="b" * 64))
    with pytest.raises(RequestError, match="not one of an upscaled picture"):
        make_again(replace(found, arguments={"scale": 2}), shelf, PHOTO)
    with pytest.raises(WeightError, match="trained again since"):
        make_again(replace(found, sha256="f" * 64), shelf, PHOTO)


def test_the_residual_is_zero_where_nothing_is_contradicted() -> None:
    source = np.full((20, 20, 3), 90, np.uint8)
    result = np.full((80, 80, 3), 90, np.uint8)
    assert residual(result, source).max() == 0 and agreement(result, source) == float("inf")
    result[:40] = 100
    found = residual(result, source)
    assert found[:8].min() == 10 and found[12:].max() == 0
    assert difference(result, np.full_like(result, 90)).mean() == pytest.approx(5)
    with pytest.raises(RequestError, match="one shape"):
        difference(result, source)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_the_colour_lock_takes_back_tints_and_leaves_detail(dtype) -> None:
    unit = np.iinfo(dtype).max // 255
    source = smooth(64, 96).astype(dtype) * unit
    large = source.repeat(4, 0).repeat(4, 1)
    tinted = (large.astype(np.int64) + np.array([18, -9, 0]) * unit).clip(0, 255 * unit).astype(dtype)
    locked = lock_colour(tinted, source)
    assert np.abs(locked.astype(int).mean((0, 1)) - source.mean((0, 1))).max() < 1.0 * unit
    edges = [np.diff(p.astype(int), axis=1)[:, 3::4] for p in (locked, tinted)]
    assert np.abs(edges[0] - edges[1]).mean() < 0.5 * unit
    assert np.abs(lock_colour(large, source).astype(int) - large).max() <= unit


def test_networks_that_look_far_say_how_their_tiles_join(shelf) -> None:
    network = Upscaler.of(shelf.get(tiny.SWIFT))
    assert not network.seams
    assert "looks 124 pixels far; tiles that read 32 pixels" in replace(network, halo=124).seams
    assert "looks at the whole picture" in replace(network, halo=None).seams


TWELVE = """
import sys, numpy as np, torch
torch.set_num_threads(1)
from gan_models.networks.swift import SwiftConfig, SwiftGenerator
from gan_models.pictures.photo import Photo, encode
from gan_models.upscale import Order, upscale
from gan_models.upscaling.upscaler import open_upscaler
from gan_models.upscaling import upscaler
scale = int(sys.argv[1])
class Repeat(torch.nn.Module):
    def forward(self, x):
        return x.repeat_interleave(scale, 2).repeat_interleave(scale, 3)
network = upscaler.Upscaler("repeat", "0", Repeat(), scale, 16, "")
source = np.zeros((3000, 4000, 3), np.uint8)
source[::7] = 200
result = upscale(network, Photo(source), Order(2), large=True, workers=2)
assert result.colour.shape == (6000, 8000, 3)
assert scale != 2 or np.array_equal(result.colour[::2, ::2], source)
encode(result, "jpeg")
# Not getrusage's ru_maxrss: that begins with the memory of the process which started this one.
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(int(peak.split()[1]) / 1024)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.parametrize(("scale", "most"), [(2, 1000), (4, 1600)])
def test_of_a_large_photo_only_tiles_are_in_memory_beside_input_and_output(scale, most) -> None:
    """12 megapixels x2, by a network of x2, and by one of x4 whose own result of 576 MB is brought down."""
    command = [sys.executable, "-c", TWELVE, str(scale)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < most, "MB; input 36, output 144, JPEG's own copy 192, torch"
