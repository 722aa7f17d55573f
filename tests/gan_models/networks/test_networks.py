"""What every family that draws from latents must do, in several configs each."""

import pytest
import torch

from gan_models.errors import RequestError
from gan_models.networks import FAMILIES, build_config, family
from gan_models.weight.card import TASKS

GRID = [(name, values) for name, row in FAMILIES.items() if row.task == "sample" for values in row.example_configs]
every_case = pytest.mark.parametrize(("name", "values"), GRID, ids=[f"{name}-{i}" for i, (name, _) in enumerate(GRID)])


def build(name, values, seed=0):
    """Config, generator and discriminator with the weights of one seed."""
    torch.manual_seed(seed)
    config = build_config(name, values)
    return config, FAMILIES[name].generator(config), FAMILIES[name].discriminator(config)


def inputs(config, count, seed=1):
    """Latents and labels (None where there are no classes)."""
    draws = torch.Generator().manual_seed(seed)
    z = torch.randn(count, config.latent_dim, generator=draws)
    classes = getattr(config, "classes", 0)
    return z, torch.arange(count) % classes if classes else None


def settle(generator, discriminator, config):
    """A few training-mode passes, so that running statistics fit the weights as they do after training."""
    for seed in range(20):
        z, labels = inputs(config, 8, seed)
        with torch.no_grad():
            discriminator(generator(z, labels), labels)


def test_every_family_has_small_examples():
    for name, row in FAMILIES.items():
        assert row.example_configs and all(build_config(name, values) for values in row.example_configs), name


@every_case
def test_shapes_range_and_finiteness(name, values):
    config, generator, discriminator = build(name, values)
    z, labels = inputs(config, 5)
    images = generator(z * 100, labels)
    assert images.shape == (5, config.channels, config.size, config.size)
    assert images.isfinite().all()
    assert images.abs().max() <= 1
    logits = discriminator(images, labels)
    assert logits.shape == (5,)
    assert logits.isfinite().all()
    assert generator.latent_dim == config.latent_dim
    assert generator.config == discriminator.config == config


@every_case
def test_every_parameter_gets_a_gradient(name, values):
    config, generator, discriminator = build(name, values)
    classes = getattr(config, "classes", 0)
    z, labels = inputs(config, max(4, classes))
    for parameter in (*generator.parameters(), *discriminator.parameters()):
        # First weights of 0.02 fade out in networks as narrow as these; those of equalised rates are large already.
        if parameter.ndim > 1 and parameter.std() < 0.5:
            torch.nn.init.kaiming_normal_(parameter)
    # A network that grows draws with some of its layers at one time, with others at another.
    for grown in range(500, 1000 * len(config.sides) - 999, 500) if hasattr(generator, "grown") else ():
        generator.grown.fill_(grown), discriminator.grown.fill_(grown)
        discriminator(generator(z, labels), labels).square().sum().backward()
    discriminator(generator(z, labels), labels).square().sum().backward()
    if hasattr(generator, "read"):
        judged_with_sentences(generator, discriminator, z).square().sum().backward()
    for network in (generator, discriminator):
        for key, parameter in network.named_parameters():
            assert parameter.grad is not None, key
            assert parameter.grad.isfinite().all(), key
            # Not just rounding, as for a bias that a norm takes away again.
            assert parameter.grad.abs().max() > 1e-7, key


def judged_with_sentences(generator, discriminator, z):
    """All logits of both stages' pictures of sentences of two words each."""
    rows = torch.arange(2 * len(z)).view(-1, 2) % generator.config.words + 1
    parts = []
    for judge, images in zip(discriminator.judges, generator.stages(z, generator.read(rows))):
        maps, sentences = judge.maps(images), discriminator.read(rows)
        parts += [judge.alone(maps), judge.together(maps, sentences), judge.alike(maps, sentences).flatten()]
    return torch.cat(parts)


@every_case
def test_one_image_alone_equals_the_same_in_a_batch(name, values):
    config, generator, discriminator = build(name, values)
    settle(generator, discriminator, config)
    generator.eval(), discriminator.eval()
    z, labels = inputs(config, 6)
    with torch.inference_mode():
        batch = generator(z, labels)
        logits = discriminator(batch, labels)
        for i in range(6):
            label = None if labels is None else labels[i : i + 1]
            alone = generator(z[i : i + 1], label)
            # Kernels for one and for six images add in another order: a few units in fp32's last place.
            torch.testing.assert_close(alone, batch[i : i + 1], atol=1e-5, rtol=0)
            torch.testing.assert_close(discriminator(alone, label), logits[i : i + 1], atol=1e-4, rtol=1e-4)
    assert not torch.equal(batch[0], batch[1])


@every_case
def test_state_dict_round_trip(name, values):
    config, *networks = build(name, values)
    settle(*networks, config)
    _, *others = build(name, values, seed=9)
    z, labels = inputs(config, 3)
    for network, other in zip(networks, others):
        other.load_state_dict({key: value.clone() for key, value in network.state_dict().items()})
        network.eval(), other.eval()
    images = networks[0](z, labels)
    assert torch.equal(images, others[0](z, labels))
    assert torch.equal(networks[1](images, labels), others[1](images, labels))


@every_case
def test_channels_last_changes_nothing(name, values):
    config, generator, discriminator = build(name, values)
    generator.eval(), discriminator.eval()
    z, labels = inputs(config, 4)
    images = generator(z, labels)
    logits = discriminator(images, labels)
    last = generator.to(memory_format=torch.channels_last)(z, labels)
    torch.testing.assert_close(last, images, atol=1e-5, rtol=0)
    discriminator.to(memory_format=torch.channels_last)
    judged = discriminator(images.contiguous(memory_format=torch.channels_last), labels)
    torch.testing.assert_close(judged, logits, atol=1e-4, rtol=1e-4)


@every_case
def test_bf16_autocast_trains_and_stays_close(name, values):
    config, generator, discriminator = build(name, {**values, "dropout": 0.0} if "dropout" in values else values)
    z, labels = inputs(config, 4)
    images = generator(z, labels)
    logits = discriminator(images, labels)
    with torch.autocast("cpu", torch.bfloat16):
        half_images = generator(z, labels)
        half_logits = discriminator(half_images, labels)
    assert half_images.dtype == half_logits.dtype == torch.float32
    assert (half_images - images).abs().mean() < 0.02
    assert (half_logits - logits).abs().mean() < 0.1 * (1 + logits.abs().mean())
    half_logits.sum().backward()
    assert all(p.grad is None or p.grad.isfinite().all() for p in generator.parameters())


@every_case
def test_whole_networks_in_bf16(name, values):
    config, generator, discriminator = build(name, values)
    z, labels = inputs(config, 2)
    generator.to(torch.bfloat16).eval(), discriminator.to(torch.bfloat16).eval()
    images = generator(z.bfloat16(), labels)
    assert images.isfinite().all()
    assert discriminator(images.bfloat16(), labels).isfinite().all()


@every_case
def test_double_precision_is_kept(name, values):
    config, generator, discriminator = build(name, values)
    z, labels = inputs(config, 2)
    images = generator.double()(z.double(), labels)
    assert images.dtype == torch.float64
    assert discriminator.double()(images, labels).dtype == torch.float64


@every_case
def test_no_images_are_no_images(name, values):
    config, generator, _ = build(name, values)
    z, labels = inputs(config, 0)
    assert generator.eval()(z, labels).shape == (0, config.channels, config.size, config.size)


@every_case
def test_wrong_arguments_are_refused(name, values):
    config, generator, discriminator = build(name, values)
    z, labels = inputs(config, 4)
    dim = config.latent_dim
    for bad in (z[:, :-1], z[0], z[None], torch.cat([z, z], 1)):
        with pytest.raises(RequestError, match=rf"\(N, {dim}\)"):
            generator(bad, labels)
    with pytest.raises(RequestError, match="floating point"):
        generator(torch.zeros(4, dim, dtype=torch.int64), labels)
    side, channels = config.size, config.channels
    for shape in ((channels, side, side), (4, channels + 1, side, side), (4, channels, side, side + 1)):
        with pytest.raises(RequestError, match=rf"\(N, {channels}, {side}, {side}\)"):
            discriminator(torch.zeros(shape), labels)
    images = torch.zeros(4, channels, side, side)
    for call, first in ((generator, z), (discriminator, images)):
        if labels is None:
            with pytest.raises(RequestError, match="no classes"):
                call(first, torch.zeros(4, dtype=torch.int64))
            continue
        with pytest.raises(RequestError, match="pass labels"):
            call(first)
        for bad in (labels[:3], labels[:, None], labels.float(), labels + config.classes, labels - 1):
            with pytest.raises(RequestError, match="labels"):
                call(first, bad)


@every_case
def test_the_same_seed_gives_the_same_weights(name, values):
    _, *first = build(name, values)
    _, *second = build(name, values)
    for a, b in zip(first, second):
        assert all(torch.equal(x, y) for x, y in zip(a.state_dict().values(), b.state_dict().values()))


def test_the_table_is_closed():
    with pytest.raises(TypeError):
        FAMILIES["mine"] = FAMILIES["dcgan"]
    assert all(entry.task in TASKS for entry in FAMILIES.values())
    with pytest.raises(RequestError, match="'stylegan9'.*vanilla, dcgan"):
        family("stylegan9")


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("dcgan", {"sise": 64}, "'sise'.*size"),
        ("dcgan", {"size": "64"}, "size is '64'.*int"),
        ("dcgan", {"size": 64.0}, "size is 64.0.*int"),
        ("dcgan", {"width": True}, "width is True.*int"),
        ("dcgan", {"size": 48}, "48.*28, 32, 64, 128"),
        ("dcgan", {"channels": 2}, "channels is 2.*1, 3"),
        ("dcgan", {"width": 10**9}, "width is 1000000000.*512"),
        ("dcgan", {"classes": -1}, "classes is -1"),
        ("dcgan", {"dropout": 1.0}, "dropout is 1.0.*below 1"),
        ("dcgan", {"dropout": float("nan")}, "dropout is nan"),
        ("dcgan", {"upsampling": "bilinear"}, "bilinear.*transposed, resize"),
        ("dcgan", {"norm": "layer"}, "norm is 'layer'.*batch, none"),
        ("vanilla", {"latent_dim": 0}, "latent_dim is 0"),
        ("vanilla", {"classes": 10}, "'classes'"),
        ("dcg", {}, "'dcg'"),
    ],
)
def test_wrong_configs_are_refused(name, values, said):
    with pytest.raises(RequestError, match=said):
        build_config(name, values)


def test_left_out_fields_keep_their_defaults_and_whole_numbers_serve_as_shares():
    assert build_config("dcgan", {"dropout": 0}).dropout == 0
    assert build_config("vanilla", {}) == FAMILIES["vanilla"].config()
