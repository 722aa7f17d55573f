"""The averaged generator: parameters and buffers, its two memories, resume."""

import pytest
import torch
from torch import nn

from gan_models.errors import TrainingError
from gan_models.networks import FAMILIES, build_config
from training.loop.ema import Ema


def network(seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4))


def change(module, seed):
    """What a training step does: new parameters, new running statistics, one more batch counted."""
    draws = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.add_(torch.randn(parameter.shape, generator=draws))
    module.train()(torch.randn(8, 3, generator=draws))


def same(a, b):
    return all(torch.equal(x, y) for x, y in zip(a.state_dict().values(), b.state_dict().values()))


def test_decay_zero_copies_parameters_and_buffers():
    module = network()
    ema = Ema(module, decay=0.0)
    for seed in range(3):
        change(module, seed)
        ema.update(module)
        assert same(ema.module, module)


def test_it_starts_as_a_copy_in_eval_mode_without_gradients():
    module = network()
    ema = Ema(module, decay=0.9)
    assert same(ema.module, module)
    assert ema.module is not module and not ema.module.training and module.training
    assert not any(p.requires_grad for p in ema.module.parameters())
    assert all(p.requires_grad for p in module.parameters())
    change(module, 1)
    assert not same(ema.module, module)


def test_the_average_written_out():
    module = network()
    ema = Ema(module, decay=0.5)
    expected = {key: value.clone() for key, value in module.state_dict().items()}
    for n in range(6):
        change(module, n)
        ema.update(module)
        decay = min(0.5, (1 + n) / (10 + n))
        for key, value in module.state_dict().items():
            if value.is_floating_point():
                expected[key] = decay * expected[key] + (1 - decay) * value
            else:
                expected[key] = value.clone()
    for key, value in ema.module.state_dict().items():
        torch.testing.assert_close(value, expected[key])
    assert ema.module[1].num_batches_tracked == 6


def test_half_life_does_not_depend_on_the_batch():
    """After as many images as the half-life, half of the old value is left."""
    for batch in (1, 10, 50):
        module = nn.Linear(1, 1, bias=False)
        nn.init.zeros_(module.weight)
        ema = Ema(module, half_life=1000)
        ema.updates = 10**6  # past the shortened memory of the beginning
        nn.init.ones_(module.weight)
        for _ in range(1000 // batch):
            ema.update(module, batch)
        assert ema.module.weight.item() == pytest.approx(0.5, abs=1e-3)


def test_it_is_deterministic_and_resumes_exactly():
    def run(stop):
        module = network()
        ema = Ema(module, half_life=100)
        for n in range(6):
            change(module, n)
            ema.update(module, 8)
            if n == stop:
                state = {
                    "module": {k: v.clone() for k, v in ema.module.state_dict().items()},
                    "updates": ema.updates,
                }
                ema = Ema(network(seed=99), half_life=100)
                ema.load_state_dict(state)
        return ema

    whole, resumed = run(None), run(2)
    assert same(whole.module, resumed.module)
    assert whole.updates == resumed.updates == 6
    assert whole.state_dict()["updates"] == 6


def test_it_averages_a_generator_that_still_draws():
    generator = FAMILIES["dcgan"].generator(build_config("dcgan", {"size": 28, "channels": 1, "width": 8}))
    ema = Ema(generator, half_life=1000)
    generator(torch.randn(8, generator.latent_dim))
    ema.update(generator, 8)
    assert ema.module(torch.randn(2, generator.latent_dim)).isfinite().all()
    assert ema.module.steps[0].num_batches_tracked == 1


@pytest.mark.parametrize(
    "memory", [{}, {"half_life": 10, "decay": 0.5}, {"half_life": 0}, {"decay": 1.0}, {"decay": -0.1}]
)
def test_wrong_memories_are_refused(memory):
    with pytest.raises(TrainingError, match="half-life|decay"):
        Ema(network(), **memory)
