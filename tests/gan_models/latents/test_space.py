import pytest
import torch

from gan_models.latents.space import Inputs, generate
from gan_models.networks import FAMILIES


def test_inputs_are_sliced_stacked_and_moved_as_one() -> None:
    code, classes, seeds = torch.randn(5, 3), torch.arange(5), torch.arange(5) + 7
    inputs = Inputs(code, classes, seeds)
    part = inputs[1:3]
    assert len(inputs) == 5 and len(part) == 2 and part.label == 1
    assert torch.equal(part.code, code[1:3]) and torch.equal(part.noise, seeds[1:3])
    again = Inputs.stack([inputs[:2], inputs[2:]]).to("cpu")
    assert torch.equal(again.code, code) and torch.equal(again.condition, classes)
    assert Inputs.stack([Inputs(code), Inputs(code)]).condition is None and Inputs(code).label is None


@pytest.mark.parametrize(("name", "classes"), [("stylegan2", 0), ("stylegan2", 3), ("stylegan", 3)])
def test_styles_of_latents_draw_the_latents_pictures_and_noise_has_seeds(name: str, classes: int) -> None:
    family = FAMILIES[name]
    generator = family.generator(family.config(size=32, base=256, classes=classes)).eval()
    for conv in generator.modules():
        if hasattr(conv, "strength"):
            torch.nn.init.constant_(conv.strength, 0.5)
    inputs = Inputs(torch.randn(2, generator.latent_dim), torch.tensor([0, 2]) if classes else None)
    with torch.inference_mode():
        plain = generate(generator, inputs)
        styles = Inputs(generator.styles(inputs.code, inputs.condition))
        torch.testing.assert_close(generate(generator, styles), plain)
        seeded = [generate(generator, Inputs(styles.code, None, torch.tensor(s))) for s in ([1, 2], [1, 3])]
    assert torch.equal(seeded[0][0], seeded[1][0]) and not torch.equal(seeded[0][1], seeded[1][1])


def test_generators_of_latents_are_called_with_classes_where_there_are_any() -> None:
    family = FAMILIES["dcgan"]
    generator = family.generator(family.config(size=28, channels=1, width=8, classes=4)).eval()
    z, labels = torch.randn(2, generator.latent_dim), torch.tensor([3, 0])
    assert torch.equal(generate(generator, Inputs(z, labels)), generator(z, labels))
