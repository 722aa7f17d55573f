import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from gan_models.errors import RequestError
from gan_models.latents.directions import principal_directions
from gan_models.latents.seeds import LAST_SEED, latent, latents, truncate
from gan_models.latents.walks import breed, frame_labels, lerp, path, slerp


def test_a_seed_has_one_latent_whatever_stands_beside_it() -> None:
    torch.manual_seed(5)
    alone = latent(7, 100)
    torch.manual_seed(6)
    assert torch.equal(latents([3, 7, 1], 100)[1], alone)
    assert not torch.equal(latent(8, 100), alone)


def test_the_latent_of_a_seed_is_what_it_always_was() -> None:
    # Recipes and links hold seeds: should torch ever draw others, this says so.
    assert latent(0, 3).tolist() == pytest.approx([1.5410, -0.2934, -2.1788], abs=1e-4)
    assert latent(1, 100)[:3].tolist() == pytest.approx([-1.5256, -0.7502, -0.6540], abs=1e-4)


def test_drawing_a_latent_leaves_the_global_generator_alone() -> None:
    before = torch.get_rng_state()
    latent(1, 10)
    breed(latent(1, 10), None, 0.5, 3)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("seed", [-1, LAST_SEED + 1, 1.5, "1", True, None])
def test_other_seeds_are_refused(seed) -> None:
    with pytest.raises(RequestError, match="whole number from 0"):
        latent(seed, 4)


def test_truncation_scales_towards_the_mean() -> None:
    z = latent(1, 10)
    assert torch.equal(truncate(z, 1.0), z)
    assert torch.equal(truncate(z, 0.0), torch.zeros(10))


def test_slerp_keeps_the_length_and_turns_evenly() -> None:
    a, b = torch.tensor([2.0, 0.0, 0.0]), torch.tensor([0.0, 2.0, 0.0])
    middle = slerp(a, b, 0.5)
    assert middle.tolist() == pytest.approx([math.sqrt(2), math.sqrt(2), 0.0], abs=1e-6)
    assert slerp(a, 3 * b, 0.5).norm() == pytest.approx(4.0, abs=1e-6)
    third = slerp(a, b, 1 / 3)
    assert math.atan2(third[1], third[0]) == pytest.approx(math.pi / 6, abs=1e-6)


def test_slerp_meets_its_ends_exactly() -> None:
    a, b = latents([1, 2], 64)
    t = torch.tensor([0.0, 1.0])
    ends = slerp(a.expand(2, -1), b.expand(2, -1), t)
    assert torch.equal(ends[0], a) and torch.equal(ends[1], b)


def test_slerp_of_equal_opposite_and_zero_latents() -> None:
    a, zero, t = latent(1, 32), torch.zeros(32), torch.linspace(0, 1, 11)
    several = a.expand(11, -1)
    assert torch.allclose(slerp(several, several, t), several, atol=1e-6)
    assert torch.allclose(slerp(several, 2 * several, t), several * (1 + t[:, None]), atol=1e-5)
    turn = slerp(several, -several, t)
    assert torch.allclose(turn.norm(dim=1), a.norm().expand(11), rtol=1e-5)
    steps = (turn[1:] - turn[:-1]).norm(dim=1)
    assert steps.max() < 1.01 * steps.min()
    assert torch.allclose(slerp(several, zero.expand(11, -1), t), several * (1 - t[:, None]), atol=1e-6)
    assert torch.equal(slerp(zero, zero, 0.5), zero)


@settings(max_examples=60)
@given(st.integers(0, 50), st.integers(0, 50), st.floats(-1, 1), st.floats(0, 1))
def test_slerp_is_always_finite_and_never_longer_than_its_ends(one: int, two: int, bend: float, t: float) -> None:
    a = latent(one, 16)
    b = bend * a + 1e-7 * latent(two, 16)
    between = slerp(a, b, t)
    assert torch.isfinite(between).all()
    assert between.norm() <= max(a.norm(), b.norm()) * (1 + 1e-5)


def test_lerp_is_straight() -> None:
    assert lerp(torch.zeros(2), torch.ones(2) * 4, 0.25).tolist() == [1, 1]


@pytest.mark.parametrize("kind", ["spherical", "linear"])
@pytest.mark.parametrize("easing", ["linear", "smooth"])
def test_a_path_meets_every_key(kind: str, easing: str) -> None:
    keys = latents([1, 2, 3], 20)
    open_path = path(keys, 5, kind, closed=False, easing=easing)
    closed = path(keys, 5, kind, closed=True, easing=easing)
    assert open_path.shape == (11, 20) and closed.shape == (15, 20)
    assert torch.equal(open_path[::5], keys) and torch.equal(closed[::5], keys)


def test_smooth_easing_rests_on_the_keys() -> None:
    walk = path(latents([1, 2], 20), 10, "linear", easing="smooth")
    steps = (walk[1:] - walk[:-1]).norm(dim=1)
    assert steps[0] < 0.3 * steps[5] and steps[-1] < 0.3 * steps[5]


def test_a_closed_path_has_no_seam() -> None:
    walk = path(latents([1, 2, 3, 4], 64), 12, closed=True)
    steps = (walk.roll(-1, 0) - walk).norm(dim=1)
    assert steps.max() < 2 * steps.min()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "round"}, "spherical or linear"),
        ({"easing": "bouncy"}, "linear or smooth"),
        ({"frames_per_step": 0}, "at least 1, got 0"),
        ({"frames_per_step": 2.5}, "at least 1, got 2.5"),
        ({"keys": latents([1], 4)}, "two key latents, got 1"),
    ],
)
def test_wrong_paths_are_refused(change: dict, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        path(**{"keys": latents([1, 2], 4), "frames_per_step": 3, **change})


def test_frames_have_the_label_of_the_nearer_key() -> None:
    assert frame_labels([4, 9], 4, closed=False).tolist() == [4, 4, 9, 9, 9]
    assert frame_labels([4, 9], 4, closed=True).tolist() == [4, 4, 9, 9, 9, 9, 4, 4]


def test_children_take_after_their_parents() -> None:
    a, b = latents([1, 2], 400)
    assert torch.equal(breed(a, None, 0.0, 5), a)
    mixed = breed(a, b, 0.0, 5)
    from_a = (mixed == a).float().mean()
    assert torch.all((mixed == a) | (mixed == b)) and 0.4 < from_a < 0.6
    close, far = (torch.cosine_similarity(breed(a, None, s, 5), a, 0) for s in (0.2, 1.0))
    assert close > 0.95 > 0.8 > far > 0.6
    # Half of each parent at half of the child's weight: 0.35 on average, and 0 +- 0.05 of strangers.
    assert all(torch.cosine_similarity(breed(a, b, 1.0, 5), parent, 0) > 0.25 for parent in (a, b))
    assert breed(a, b, 0.5, 5).std() == pytest.approx(1, abs=0.15)
    assert torch.equal(breed(a, b, 0.5, 5), breed(a, b, 0.5, 5))
    assert not torch.equal(breed(a, b, 0.5, 5), breed(a, b, 0.5, 6))
    with pytest.raises(RequestError, match="from 0 to 1, got 1.5"):
        breed(a, b, 1.5, 5)


class Painter(nn.Module):
    """Latent number k changes the picture k + 1 times as much as number 0; number 0 also draws noise."""

    def __init__(self, dim: int, turn: torch.Tensor) -> None:
        super().__init__()
        patterns = torch.linalg.qr(torch.randn(256, dim, generator=torch.Generator().manual_seed(0))).Q
        self.register_buffer("effect", (patterns * torch.arange(1, dim + 1)) @ turn)

    def forward(self, z: torch.Tensor, labels: torch.Tensor | None = None) -> torch.Tensor:
        return torch.tanh(0.05 * z @ self.effect.T).view(-1, 1, 16, 16)


def test_principal_directions_find_what_changes_pictures_most() -> None:
    turn = torch.linalg.qr(torch.randn(12, 12, generator=torch.Generator().manual_seed(1))).Q
    directions = principal_directions(Painter(12, turn), 12, count=12, n=2000)
    # The picture's strongest pattern hangs on the turned axis 11, the next on 10, ...
    alignment = (directions @ turn.T).abs()
    assert alignment.argmax(1).tolist() == list(reversed(range(12)))
    assert alignment.max(1).values.min() > 0.95
    assert torch.allclose(directions @ directions.T, torch.eye(12), atol=1e-4)


def test_principal_directions_of_a_network_with_classes() -> None:
    from gan_models.networks.dcgan import DcganConfig, DcganGenerator

    config = DcganConfig(size=28, channels=1, latent_dim=6, width=8, classes=3)
    directions = principal_directions(DcganGenerator(config).eval(), 6, count=12, n=64, classes=3)
    assert directions.shape == (6, 6)
    assert torch.allclose(directions.norm(dim=1), torch.ones(6), atol=1e-5)
