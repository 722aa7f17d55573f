"""What each training method is, in three sentences and one formula: the text of the Models tab.

The formulas are those of the papers, in one notation: x a real picture, z a latent, G the generator, D the
discriminator (a number before any sigmoid is written with a tilde), f a critic, y a class.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Story:
    """One method: a title, exactly three sentences, a display formula in LaTeX, and the paper."""

    title: str
    sentences: tuple[str, str, str]
    formula: str
    paper: str


def _aligned(*lines: str) -> str:
    # Short lines: a telephone is 390 px wide and a formula does not wrap by itself.
    return r"\begin{aligned} " + r" \\[0.3em] ".join(lines) + r" \end{aligned}"


STORIES: Mapping[str, Story] = MappingProxyType(
    {
        "vanilla": Story(
            "The first GAN",
            (
                "A generator turns random numbers into pictures, and a discriminator says how likely each "
                "picture is a real one.",
                "They train against each other: the discriminator learns to tell real from drawn, the "
                "generator to be taken for real.",
                "Both are plain dense layers here, so no pixel knows who its neighbours are, which is why "
                "the pictures have some grain.",
            ),
            _aligned(
                r"\max_D \;& \mathbb{E}_x \log D(x)",
                r"& + \mathbb{E}_z \log\bigl(1 - D(G(z))\bigr)",
                r"\max_G \;& \mathbb{E}_z \log D(G(z))",
            ),
            "Goodfellow et al. 2014, Generative Adversarial Nets, section 3",
        ),
        "dcgan": Story(
            "Deep convolutional GAN",
            (
                "The same game as the first GAN, played by convolutions: the generator grows a small map "
                "step by step into a picture, the discriminator shrinks it again.",
                "Because a convolution looks the same way at every place, it learns strokes and edges once "
                "and uses them everywhere.",
                "Batch normalisation keeps both players' signals at one scale, which made this the first "
                "recipe that trains without much luck.",
            ),
            _aligned(
                r"\max_D \;& \mathbb{E}_x \log D(x)",
                r"& + \mathbb{E}_z \log\bigl(1 - D(G(z))\bigr)",
                r"\max_G \;& \mathbb{E}_z \log D(G(z))",
            ),
            "Radford, Metz and Chintala 2016, Unsupervised Representation Learning with DCGANs",
        ),
        "wgan": Story(
            "Wasserstein GAN, clipped",
            (
                "Instead of a discriminator that answers real or drawn, a critic gives every picture a "
                "score, and the gap between the mean scores estimates how far the drawn pictures are from "
                "the real ones.",
                "That estimate falls as the pictures get better, so the loss curve finally means something.",
                "The critic may not be steep for this to hold; here its weights are clipped to a small box "
                "after every step, which is simple and makes it rather dull.",
            ),
            _aligned(
                r"\max_f \;& \mathbb{E}_x f(x) - \mathbb{E}_z f(G(z))",
                r"& \text{with every weight in } [-c, c]",
                r"\max_G \;& \mathbb{E}_z f(G(z))",
            ),
            "Arjovsky, Chintala and Bottou 2017, Wasserstein GAN, algorithm 1",
        ),
        "wgan-gp": Story(
            "Wasserstein GAN with gradient penalty",
            (
                "A critic scores pictures as in the Wasserstein GAN, several of its steps for one of the generator's.",
                "Rather than clipping its weights, a penalty asks that its slope be one at random points "
                "between real and drawn pictures.",
                "The critic stays strong without being steep, so training is calm and few kinds of picture "
                "are forgotten.",
            ),
            _aligned(
                r"\max_f \;& \mathbb{E}_x f(x) - \mathbb{E}_z f(G(z))",
                r"& - \lambda\, \mathbb{E}_{\hat x} \bigl(\lVert \nabla f(\hat x) \rVert_2 - 1\bigr)^2",
                r"\max_G \;& \mathbb{E}_z f(G(z))",
            ),
            "Gulrajani et al. 2017, Improved Training of Wasserstein GANs, algorithm 1",
        ),
        "cgan": Story(
            "Conditional GAN",
            (
                "Both players are told which class a picture should belong to.",
                "The discriminator rejects a fine shoe under the name of a shirt, so the generator learns "
                "to draw what it is asked for.",
                "The random numbers are left to say everything else, such as shape, stroke and shade.",
            ),
            _aligned(
                r"\max_D \;& \mathbb{E}_{x,y} \log D(x, y)",
                r"& + \mathbb{E}_{z,y} \log\bigl(1 - D(G(z, y), y)\bigr)",
                r"\max_G \;& \mathbb{E}_{z,y} \log D(G(z, y), y)",
            ),
            "Mirza and Osindero 2014, Conditional Generative Adversarial Nets",
        ),
        "projected": Story(
            "Projected GAN",
            (
                "The discriminator does not look at pixels but at what a frozen network, trained long ago "
                "on many photographs, sees in them, at several scales.",
                "It need not learn what fur or an eye looks like, so a thousand photographs and a quarter "
                "of an hour are enough.",
                "Real and drawn pictures are shifted, recoloured and partly covered alike, so it cannot "
                "learn the few photographs by heart.",
            ),
            _aligned(
                r"\min_D \;& \sum_l \mathbb{E}_x \max\bigl(0, 1 - D_l(P_l(x))\bigr)",
                r"& + \sum_l \mathbb{E}_z \max\bigl(0, 1 + D_l(P_l(G(z)))\bigr)",
                r"\max_G \;& \sum_l \mathbb{E}_z D_l(P_l(G(z)))",
            ),
            "Sauer et al. 2021, Projected GANs Converge Faster; Zhao et al. 2020, DiffAugment",
        ),
    }
)


def story_markdown(method: str) -> str:
    """The story of `method` as Markdown with a `$$` formula; a method without one says so in one sentence."""
    story = STORIES.get(method)
    if story is None:
        return f"*This weight was trained by a method without a page here yet: {method}.*"
    return f"### {story.title}\n\n{' '.join(story.sentences)}\n\n$${story.formula}$$\n\n*{story.paper}*"
