"""The field's words in a sentence or two each, for whichever tab uses them: the text behind a small question mark."""

from collections.abc import Mapping
from types import MappingProxyType

TERMS: Mapping[str, str] = MappingProxyType(
    {
        "generator": "The network that draws: it turns random numbers into a point, or a picture.",
        "discriminator": "The network that judges: it says how real a point, or a picture, looks to it.",
        "critic": "A discriminator whose answer is a score without bounds instead of a probability (Wasserstein).",
        "latent": "The random numbers that a generator starts from: one list, one picture. In the plane: noise.",
        "noise": "The random numbers a generator starts from. With one of them it can only draw a curve.",
        "logit": "The discriminator's raw answer: 0 is undecided, above it leans to real; its logistic is D.",
        "loss": "The number that a network lowers. The two losses pull against each other, so neither goes to zero in "
        "a good game.",
        "gradient": "The direction in which a loss rises fastest, and how fast. Networks learn by going the other way.",
        "arrows": "Where the generator's loss sends each drawn point (minus its gradient). Long: a strong pull; none: "
        "nothing to learn from.",
        "map": "What the discriminator says at each place. Blue: it takes points there for real; red: for drawn; "
        "paper: undecided. A critic's lowest score is red, its highest blue.",
        "manifold": "All that the generator can draw: an even grid laid over the noise, as the generator bends it. "
        "Each cell holds the same share of points.",
        "mode": "One of the places where data are dense. A mode is covered once it holds a quarter of its fair share "
        "of drawn points, within three standard deviations.",
        "mode collapse": "The generator draws only some of the modes, or one, and leaves the others out.",
        "share": "The part of drawn points that lie on a mode (within three standard deviations), or near the data.",
        "divergence": "The Jensen-Shannon divergence of real and drawn points on a grid of 20 by 20 cells, in bits: "
        "0 is the same, 1 nothing in common. In brackets, what as many other real points have.",
        "told apart": "How often the discriminator gives a real point more than a drawn one: 1 is always, 0.5 is "
        "guessing.",
        "spread": "How far the drawn points lie from each other, compared to the real ones.",
        "movement": "How far the drawn points move from one step to the next, on average.",
        "minimax": "The first formula: the generator lowers log(1 − D). It is flat where the discriminator is sure.",
        "non-saturating": "The generator raises log D instead: steep exactly where it is losing.",
        "least-squares": "Answers are drawn to 1 and 0 by their squared difference (LSGAN): far points pull harder.",
        "wasserstein": "Mean scores of real and drawn points are pushed apart; their gap estimates how far "
        "points must be carried. Holds only if the critic is not steep.",
        "hinge": "The discriminator stops pushing once real is above 1 and drawn below −1.",
        "relativistic": "Each drawn point has to look more real than the real one it is paired with (R3GAN, 2024).",
        "clip": "After each of its steps every weight of the critic is cut to ± this number. 0: no clip.",
        "gradient penalty": "Asks that the critic's slope be 1 between real and drawn points. The number: its weight.",
        "R1": "A penalty on the discriminator's slope at real points. The number is gamma; half of it is the weight.",
        "R2": "The same at drawn points.",
        "spectral norm": "Every layer of the discriminator is divided by its largest stretch, so that it is not steep.",
        "critic steps": "Steps of the discriminator for each one of the generator.",
        "head start": "Steps at the beginning in which the discriminator learns alone.",
        "learning rate": "How far a network moves for a gradient. Too high, and it bursts; try 1e9.",
        "optimiser": "How gradients become steps. Adam and RMSprop measure each weight's steps by its own past, SGD "
        "takes the gradient as it is.",
        "momentum": "How much of the last steps' direction is kept (Adam's beta 1).",
        "batch": "Real and drawn points that are looked at in one step.",
        "EMA": "Exponential moving average: a slow copy of the generator, which is what is shown. 0.99 remembers "
        "about 100 steps; the game does not know of it.",
        "activation": "What bends a layer's answer; without it a network is a straight map. Sine learns fine detail "
        "early.",
        "seed": "A whole number from which all random numbers come. The same seed and options give the same run.",
        "truncation": "A factor on every latent or style: towards 0 pictures grow alike and safer, above 1 wilder.",
        "style": "What StyleGAN makes of a latent before it draws: a vector for each layer, from pose to colour.",
        "projected discriminator": "A discriminator that looks through the frozen features of a network that knows "
        "photographs (Sauer 2021): a few hundred pictures are enough for it.",
        "standard deviation": "How far values usually lie from their mean; σ. Nearly all lie within three of them.",
        "PSNR": "Peak signal-to-noise ratio in decibels: how near two pictures are, pixel by pixel. One more is "
        "a fifth less of squared error.",
        "SSIM": "Structural similarity, at most 1: how alike two pictures are in light, contrast and pattern.",
        "step": "One turn of both networks: the generator's, then the discriminator's (or several of them).",
    }
)

EVERYWHERE = (
    *("generator", "discriminator", "critic", "latent", "logit", "gradient", "mode collapse", "truncation", "style"),
    *("projected discriminator", "standard deviation", "PSNR", "SSIM", "spectral norm", "R1", "EMA", "Wasserstein"),
)
"""Words that mean the same on every tab; the others are those of the plane, where a map is the discriminator's."""


def everywhere() -> dict[str, str]:
    """These words with their texts."""
    known = {term.lower(): text for term, text in TERMS.items()}
    return {word: known[word.lower()] for word in EVERYWHERE}
