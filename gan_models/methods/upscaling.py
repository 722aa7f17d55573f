"""Methods of networks that enlarge."""

from collections.abc import Mapping
from types import MappingProxyType

from gan_models.methods.method import Method, aligned

RESCUE = "swift-rescue"
"""The method made for damaged pictures."""

UPSCALING: Mapping[str, Method] = MappingProxyType(
    {
        "swift": Method(
            "Swift upscaler",
            "Swift, trained for fidelity",
            (
                "A short chain of convolutions works on the small picture, and one pixel shuffle at the end spreads "
                "its channels into the large one.",
                "It learns only to come as near as possible to the true picture, pixel by pixel, so it invents "
                "nothing, and where it cannot know it stays soft.",
                "Every output pixel depends on a small neighbourhood, which is why a photograph of any size can be "
                "cut into tiles without a seam.",
            ),
            r"\min_G \; \mathbb{E}_x \lVert G(x_{\downarrow}) - x \rVert_1",
            "Shi et al. 2016, Real-Time Single Image Super-Resolution (the shuffle); Lim et al. 2017, EDSR (no norms)",
            purpose="quick and faithful",
            faithful=3,
        ),
        "swift-rescue": Method(
            "Swift upscaler for damaged pictures",
            "Swift, for damaged pictures",
            (
                "The same quick network, but what it is given has been blurred, made noisy, resized and saved as "
                "JPEG, in an order and strength that change every time.",
                "So it learns to clean while it enlarges: grain and JPEG's blocks go, edges stay.",
                "It is trained for fidelity alone, hence fine texture that the damage has taken does not come back.",
            ),
            r"\min_G \; \mathbb{E}_{x,d} \lVert G(d(x_{\downarrow})) - x \rVert_1",
            "Zhang et al. 2021 (BSRGAN), Designing a Practical Degradation Model, section 3",
            purpose="for blurred, noisy, badly saved pictures",
        ),
        "srresnet": Method(
            "SRResNet",
            "SRResNet",
            (
                "Sixteen residual blocks refine what a first convolution saw, and two pixel shuffles double the size "
                "twice.",
                "It is trained for fidelity, pixel by pixel, which gives the best figures and rather smooth pictures.",
                "It is the first half of SRGAN: the adversarial training starts from its weights.",
            ),
            r"\min_G \; \mathbb{E}_x \lVert G(x_{\downarrow}) - x \rVert_1",
            "Ledig et al. 2017, Photo-Realistic Single Image Super-Resolution, section 2 (there with squared errors)",
            purpose="faithful, slower",
            faithful=1,
        ),
        "srgan": Method(
            "SRGAN",
            "SRGAN",
            (
                "Many sharp pictures give the same small one, and their average, which a pixel loss asks for, is a "
                "blur.",
                "So the generator is asked for features like the true picture's, as a frozen network sees them (in "
                "ours also for the same ones together in each small patch), and for what a discriminator takes for a "
                "photograph.",
                "Grass and hair come back, but they are invented: the trust view shows where.",
            ),
            aligned(
                r"\min_G \;& \mathbb{E}_x \lVert \phi(G(x_{\downarrow})) - \phi(x) \rVert_2^2",
                r"& - 10^{-3}\, \mathbb{E}_x \log D(G(x_{\downarrow}))",
                r"\max_D \;& \mathbb{E}_x \log D(x)",
                r"& + \mathbb{E}_x \log\bigl(1 - D(G(x_{\downarrow}))\bigr)",
            ),
            "Ledig et al. 2017, Photo-Realistic Single Image Super-Resolution, equations 3 to 6",
            purpose="sharp, invents detail",
            twin="srresnet",
        ),
        "rrdb": Method(
            "RRDB of ESRGAN",
            "RRDB, trained for fidelity",
            (
                "ESRGAN's generator: dense blocks in which every convolution sees all before it, nested in residual "
                "ones, without any normalisation.",
                "It is trained for fidelity, pixel by pixel.",
                "It is the first half of ESRGAN: the adversarial training starts from its weights.",
            ),
            r"\min_G \; \mathbb{E}_x \lVert G(x_{\downarrow}) - x \rVert_1",
            "Wang et al. 2018, ESRGAN, section 3.1",
            purpose="faithful, slow",
            faithful=2,
        ),
        "esrgan": Method(
            "ESRGAN",
            "ESRGAN",
            (
                "SRGAN with a deeper generator and a discriminator that does not ask whether a picture is real, but "
                "whether it looks more real than the others.",
                "Features are compared before their activation, where they still say something about brightness, if "
                "they are VGG19's as in the paper; the smaller SqueezeNet's come after it.",
                "The texture is richer than SRGAN's, and invented all the same.",
            ),
            aligned(
                r"\min_G \;& \mathbb{E}_x \lVert \phi(G(x_{\downarrow})) - \phi(x) \rVert_2^2",
                r"& - \lambda\, \mathbb{E}_x \log \sigma(\Delta) + \eta\, \lVert G(x_{\downarrow}) - x \rVert_1",
                r"\max_D \;& \mathbb{E}_x \log \sigma(-\Delta)",
                r"\Delta \;=\;& \tilde D(G(x_{\downarrow})) - \tilde D(x)",
            ),
            "Wang et al. 2018, ESRGAN, sections 3.2 and 3.3 (there against the mean of the other kind)",
            purpose="sharp, invents detail, slow",
            twin="rrdb",
        ),
    }
)
