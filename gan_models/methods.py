"""What each training method is: the one table of its titles, story, formula and what it is for.

The formulas are those of the papers, in one notation; LETTERS says what each letter stands for.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Method:
    """One method, as a card names it.

    `name`: in lists and titles of weights; `title`, exactly three `sentences`, a display `formula` in LaTeX and the
    `paper`: its page in *Models*. `purpose`: what one takes an upscaler for, in so few words that they stand in a
    picker. `twin`: the method that an inventive one was trained from, with which it can be mixed. `faithful`: from 1
    on for those trained for fidelity alone, the preferred judge of what others invent first. `unit`: of the
    discriminator's verdict.
    """

    name: str
    title: str
    sentences: tuple[str, str, str]
    formula: str
    paper: str
    purpose: str = ""
    twin: str | None = None
    faithful: int = 0
    unit: str = "logit"

    @property
    def legend(self) -> str:
        """What the letters of the formula stand for, in their order in LETTERS."""
        return ", ".join(
            f"{word} {meaning}" for word, (pattern, meaning) in LETTERS.items() if re.search(pattern, self.formula)
        )


RESCUE = "swift-rescue"
"""The method made for damaged pictures."""


def _aligned(*lines: str) -> str:
    # Short lines: a telephone is 390 px wide and a formula does not wrap by itself.
    return r"\begin{aligned} " + r" \\[0.3em] ".join(lines) + r" \end{aligned}"


_PROJECTED = _aligned(
    r"\min_D \;& \sum_l \mathbb{E}_x \max\bigl(0, 1 - D_l(P_l(x))\bigr)",
    r"& + \sum_l \mathbb{E}_z \max\bigl(0, 1 + D_l(P_l(G(z)))\bigr)",
    r"\max_G \;& \sum_l \mathbb{E}_z D_l(P_l(G(z)))",
)
_HINGE = _aligned(
    r"\min_D \;& \mathbb{E}_x \max\bigl(0, 1 - D(x)\bigr)",
    r"& + \mathbb{E}_z \max\bigl(0, 1 + D(G(z))\bigr)",
    r"\max_G \;& \mathbb{E}_z D(G(z))",
)
_FROZEN = (
    "The discriminator looks through a frozen network that was trained long ago on many photographs, so a processor's "
    "hours are enough where its own would want days."
)

METHODS: Mapping[str, Method] = MappingProxyType(
    {
        "vanilla": Method(
            "Simple GAN",
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
        "dcgan": Method(
            "DCGAN",
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
        "wgan": Method(
            "Wasserstein GAN, clipped",
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
            unit="critic's score",
        ),
        "wgan-gp": Method(
            "Wasserstein GAN, gradient penalty",
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
            unit="critic's score",
        ),
        "cgan": Method(
            "Conditional GAN",
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
        "projected": Method(
            "Projected GAN",
            "Projected GAN",
            (
                "The discriminator looks at what a frozen network, trained long ago on many photographs, sees "
                "in a picture, at several scales; above 64 px a part of it looks at the pixels, too.",
                "It need not learn what fur or an eye looks like, so a thousand photographs and a quarter "
                "of an hour are enough.",
                "Real and drawn pictures are shifted, recoloured and often partly covered alike, so it cannot "
                "learn the few photographs by heart.",
            ),
            _PROJECTED,
            "Sauer et al. 2021, Projected GANs Converge Faster; Zhao et al. 2020, DiffAugment",
            unit="hinge score",
        ),
        "progan": Method(
            "ProGAN",
            "Progressively grown GAN",
            (
                "Both networks begin with pictures of a few pixels, where only pose and colour are to be learned, and "
                "get layers for twice the side once they can draw them.",
                "A new layer is faded in over many pictures, so that what is already known is not shaken.",
                "A critic scores pictures here, with a penalty that keeps its slope at one.",
            ),
            _aligned(
                r"\max_f \;& \mathbb{E}_x f(x) - \mathbb{E}_z f(G(z))",
                r"& - \lambda\, \mathbb{E}_{\hat x} \bigl(\lVert \nabla f(\hat x) \rVert_2 - 1\bigr)^2",
                r"\max_G \;& \mathbb{E}_z f(G(z))",
            ),
            "Karras et al. 2018, Progressive Growing of GANs for Improved Quality, Stability, and Variation",
            unit="critic's score",
        ),
        "progan-projected": Method(
            "ProGAN with a projected discriminator",
            "Progressively grown GAN with a projected discriminator",
            (
                "The generator begins with pictures of a few pixels, where only pose and colour are to be learned, "
                "and gets layers for twice the side once it can draw them.",
                "A new layer is faded in over many pictures, so that what is already known is not shaken.",
                _FROZEN,
            ),
            _PROJECTED,
            "Karras et al. 2018, Progressive Growing of GANs; Sauer et al. 2021, Projected GANs Converge Faster",
        ),
        "sagan": Method(
            "SAGAN",
            "Self-attention GAN",
            (
                "A convolution sees only its neighbourhood; self-attention lets every place of a map ask all others "
                "what it should look like.",
                "So both eyes get one colour and petals one kind, and one can click a place and see where it looked.",
                "Every layer of both networks is divided by its largest stretch, and the discriminator learns four "
                "times as fast, which keeps the two in balance.",
            ),
            _HINGE,
            "Zhang et al. 2018, Self-Attention Generative Adversarial Networks",
        ),
        "sagan-projected": Method(
            "SAGAN with a projected discriminator",
            "Self-attention GAN with a projected discriminator",
            (
                "A convolution sees only its neighbourhood; self-attention lets every place of a map ask all others "
                "what it should look like.",
                "So both eyes get one colour and petals one kind, and one can click a place and see where it looked.",
                _FROZEN,
            ),
            _PROJECTED,
            "Zhang et al. 2018, Self-Attention GANs; Sauer et al. 2021, Projected GANs Converge Faster",
        ),
        "biggan": Method(
            "BigGAN",
            "BigGAN",
            (
                "Each block of the generator is told the class, and gets a piece of the random numbers for itself: "
                "the first ones decide on the shape, the last ones on colour.",
                "Self-attention lets every place of a map ask all others what it should look like.",
                "The generator's filters are kept at right angles to each other, so that latents nearer to zero "
                "still give whole pictures, more typical and less varied.",
            ),
            _HINGE,
            "Brock, Donahue and Simonyan 2019, Large Scale GAN Training for High Fidelity Natural Image Synthesis",
        ),
        "biggan-projected": Method(
            "BigGAN with a projected discriminator",
            "BigGAN with a projected discriminator",
            (
                "Each block of the generator is told the class, and gets a piece of the random numbers for itself: "
                "the first ones decide on the shape, the last ones on colour.",
                "Self-attention lets every place of a map ask all others what it should look like.",
                _FROZEN,
            ),
            _PROJECTED,
            "Brock et al. 2019, BigGAN; Sauer et al. 2021, Projected GANs Converge Faster",
        ),
        "stylegan": Method(
            "StyleGAN",
            "StyleGAN",
            (
                "A latent is first turned into a style, and nothing but the style says what is drawn: the picture "
                "itself grows from a constant.",
                "After every convolution each map is brought to one brightness and contrast, and the style sets both "
                "anew: the first layers decide on pose and shape, the last ones on colour.",
                "Noise of its own adds what chance decides, such as where single hairs lie.",
            ),
            _aligned(
                r"\max_D \;& \mathbb{E}_x \log \sigma(\tilde D(x))",
                r"& - \tfrac{\gamma}{2}\, \mathbb{E}_x \lVert \nabla \tilde D(x) \rVert^2",
                r"& + \mathbb{E}_z \log \sigma(-\tilde D(G(z)))",
                r"\max_G \;& \mathbb{E}_z \log \sigma(\tilde D(G(z)))",
            ),
            "Karras et al. 2019, A Style-Based Generator Architecture for Generative Adversarial Networks",
        ),
        "stylegan-projected": Method(
            "StyleGAN with a projected discriminator",
            "StyleGAN with a projected discriminator",
            (
                "A latent is first turned into a style, and nothing but the style says what is drawn: the picture "
                "itself grows from a constant.",
                "After every convolution each map is brought to one brightness and contrast, and the style sets both "
                "anew: the first layers decide on pose and shape, the last ones on colour.",
                _FROZEN,
            ),
            _PROJECTED,
            "Karras et al. 2019, StyleGAN; Sauer et al. 2021, Projected GANs Converge Faster",
        ),
        "stylegan2": Method(
            "StyleGAN2",
            "StyleGAN2",
            (
                "A latent is first turned into a style, and the style then says at every layer how strong each of "
                "its maps is: the first layers decide on pose and shape, the last ones on colour.",
                "The picture is the sum of one share from each size, and noise of its own adds what chance decides, "
                "such as where single hairs lie.",
                "Both players see pictures that are moved and recoloured, the more often the surer the discriminator "
                "is of the real ones.",
            ),
            _aligned(
                r"\max_D \;& \mathbb{E}_x \log \sigma(\tilde D(x))",
                r"& - \tfrac{\gamma}{2}\, \mathbb{E}_x \lVert \nabla \tilde D(x) \rVert^2",
                r"& + \mathbb{E}_z \log \sigma(-\tilde D(G(z)))",
                r"\max_G \;& \mathbb{E}_z \log \sigma(\tilde D(G(z)))",
                r"& - \mathbb{E}_{w,n} \bigl(\lVert \nabla_{\!w}\, G(w) \cdot n \rVert - \ell\bigr)^2",
            ),
            "Karras et al. 2020, Analyzing and Improving the Image Quality of StyleGAN; StyleGAN2-ADA",
        ),
        "stylegan2-projected": Method(
            "StyleGAN2 with a projected discriminator",
            "StyleGAN2 with a projected discriminator",
            (
                "A latent is first turned into a style, and the style then says at every layer how strong each of "
                "its maps is: the first layers decide on pose and shape, the last ones on colour.",
                "The picture is the sum of one share from each size, and noise of its own adds what chance decides, "
                "such as where single hairs lie.",
                "The discriminator looks through a frozen network that was trained long ago on many photographs, so "
                "a processor's two hours are enough where StyleGAN2's own would want days.",
            ),
            _PROJECTED,
            "Karras et al. 2020, StyleGAN2; Sauer et al. 2021, Projected GANs Converge Faster",
            unit="hinge score",
        ),
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
            _aligned(
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
            _aligned(
                r"\min_G \;& \mathbb{E}_x \lVert \phi(G(x_{\downarrow})) - \phi(x) \rVert_2^2",
                r"& - \lambda\, \mathbb{E}_x \log \sigma(\Delta) + \eta\, \lVert G(x_{\downarrow}) - x \rVert_1",
                r"\max_D \;& \mathbb{E}_x \log \sigma(-\Delta)",
                r"\Delta \;=\;& \tilde D(G(x_{\downarrow})) - \tilde D(x)",
            ),
            "Wang et al. 2018, ESRGAN, sections 3.2 and 3.3 (there against the mean of the other kind)",
            purpose="sharp, invents detail, slow",
            twin="rrdb",
        ),
        "pix2pix": Method(
            "pix2pix",
            "pix2pix",
            (
                "A U-shaped network turns one picture s into another: its outer layers carry lines and places across, "
                "its inner ones decide what is meant.",
                "The discriminator sees source and answer together and judges small patches, so the answer must look "
                "real and fit what it answers.",
                "Dropout stays on when it draws: it is the only dice here, and the answers differ a little.",
            ),
            _aligned(
                r"\max_D \;& \mathbb{E}_{s,x} \log D(s, x)",
                r"& + \mathbb{E}_{s} \log\bigl(1 - D(s, G(s))\bigr)",
                r"\min_G \;& -\mathbb{E}_{s} \log D(s, G(s))",
                r"& + \lambda\, \mathbb{E}_{s,x} \lVert G(s) - x \rVert_1",
            ),
            "Isola et al. 2017, Image-to-Image Translation with Conditional Adversarial Networks, section 3",
        ),
        "pix2pix-projected": Method(
            "pix2pix with a projected discriminator",
            "pix2pix with a projected discriminator",
            (
                "The U-Net of pix2pix turns one picture s into another.",
                "Its answers are judged through the features of a frozen network P that was trained long ago on many "
                "photographs, which makes fur and faces learnable in an hour without a graphics card.",
                "The same features compare each answer with the true one, next to the plain difference of pixels.",
            ),
            _aligned(
                r"\min_G \;& -\mu \sum_l \mathbb{E}_{s} D_l(P_l(G(s)))",
                r"& + \nu\, \mathbb{E}_{s,x} \lVert P(G(s)) - P(x) \rVert_2^2",
                r"& + \lambda\, \mathbb{E}_{s,x} \lVert G(s) - x \rVert_1",
            ),
            "Isola et al. 2017, section 3; Sauer et al. 2021, Projected GANs Converge Faster",
        ),
        "pix2pix-l1": Method(
            "pix2pix without a discriminator",
            "A U-Net without a discriminator",
            (
                "The U-Net of pix2pix has nobody to judge it here.",
                "It gives the median of all answers that would fit, pixel by pixel.",
                "Where several would fit that is a blur: this is what the discriminator is for.",
            ),
            r"\min_G \; \mathbb{E}_{s,x} \lVert G(s) - x \rVert_1",
            "Isola et al. 2017, section 4.2 (the ablation)",
        ),
        "pix2pixhd": Method(
            "pix2pixHD",
            "pix2pixHD",
            (
                "For large pictures: a global network draws at half the size, and an enhancer around it adds what "
                "only the full size shows.",
                "Discriminators at several scales watch over the whole and over the detail.",
                "The generator is also asked that they see in its answer, layer by layer, what they see in the true "
                "one, which calms the training.",
            ),
            _aligned(
                r"\min_G \max_D \;& \sum_k \mathcal{L}_{\mathrm{GAN}}(G, D_k)",
                r"& + \lambda \sum_k \mathbb{E}_{s,x} \lVert D_k^{(i)}(s, x) - D_k^{(i)}(s, G(s)) \rVert_1",
            ),
            "Wang et al. 2018, High-Resolution Image Synthesis with Conditional GANs, section 3",
        ),
        "pix2pixhd-projected": Method(
            "pix2pixHD with a projected discriminator",
            "pix2pixHD with a projected discriminator",
            (
                "For large pictures: a global network draws at half the size, and an enhancer around it adds what "
                "only the full size shows.",
                "Its answers are judged through the features of a frozen network P that was trained long ago on many "
                "photographs.",
                "The same features compare each answer with the true one, next to the plain difference of pixels.",
            ),
            _aligned(
                r"\min_G \;& -\mu \sum_l \mathbb{E}_{s} D_l(P_l(G(s)))",
                r"& + \nu\, \mathbb{E}_{s,x} \lVert P(G(s)) - P(x) \rVert_2^2",
                r"& + \lambda\, \mathbb{E}_{s,x} \lVert G(s) - x \rVert_1",
            ),
            "Wang et al. 2018, pix2pixHD, section 3; Sauer et al. 2021, Projected GANs Converge Faster",
        ),
        "pix2pixhd-l1": Method(
            "pix2pixHD without a discriminator",
            "pix2pixHD without a discriminator",
            (
                "The two generators of pix2pixHD, one inside the other, have nobody to judge them here.",
                "They give the median of all answers that would fit, pixel by pixel.",
                "Where several would fit that is a blur: this is what the discriminators are for.",
            ),
            r"\min_G \; \mathbb{E}_{s,x} \lVert G(s) - x \rVert_1",
            "Wang et al. 2018, pix2pixHD (without its adversarial part)",
        ),
        "cyclegan": Method(
            "CycleGAN",
            "CycleGAN",
            (
                "Two heaps of pictures without any pairs: one network G turns a's into b's, another F turns b's into "
                "a's, and each heap has its discriminator.",
                "Whoever goes there and back must come home: that keeps pose and place while the looks change.",
                "The discriminators are also shown older fakes, so that the generators cannot run in circles.",
            ),
            _aligned(
                r"\min_{G,F} \;& \mathbb{E}_a (D_b(G(a)) - 1)^2 + \mathbb{E}_b (D_a(F(b)) - 1)^2",
                r"& + \lambda\, \mathbb{E}_a \lVert F(G(a)) - a \rVert_1",
                r"& + \lambda\, \mathbb{E}_b \lVert G(F(b)) - b \rVert_1",
            ),
            "Zhu et al. 2017, Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks",
        ),
        "style-transfer": Method(
            "Style transfer",
            "Style transfer with micro encoders",
            (
                "One network paints a photograph s in the style of any other picture w: a small encoder reads the "
                "style, and its signal scales the filters that draw.",
                "It learned without a discriminator: in the features of a frozen network that knows photographs, the "
                "result shows what s shows, and its means, deviations and correlations are those of w.",
                "Colours are matched in closed form first, so that the network has only the touch to learn.",
            ),
            _aligned(
                r"\min_G \;& \mathbb{E}_{s,w} \lVert \phi(G(s, w)) - \phi(s) \rVert_2^2",
                r"& + \lambda\, \mathbb{E}_{s,w} \lVert M(\phi(G(s, w))) - M(\phi(w)) \rVert_2^2",
            ),
            "Wang et al. 2023, MicroAST: Towards Super-Fast Ultra-Resolution Arbitrary Style Transfer",
        ),
        "inpaint": Method(
            "Inpainting GAN",
            "Inpainting with a Fourier unit",
            (
                "A photograph x loses what a mask m covers; the hole is filled smoothly from around it, and the "
                "generator G adds what is missing, with layers that see the spectrum, so that what repeats goes on.",
                "It is compared with what was there, in pixels and in the features of a frozen network that knows "
                "photographs.",
                "The discriminator D says of every place whether it was drawn: the mask is its target, since the rest "
                "of the picture is real.",
            ),
            _aligned(
                r"h \;& = m \, G(x, m) + (1 - m) \, x",
                r"\min_G \;& \mathbb{E}_{x,m} \lVert h - x \rVert_1 + \lambda \lVert \phi(h) - \phi(x) \rVert_2^2",
                r"& - \mu \, m \, D(h)",
                r"\max_D \;& \mathbb{E}_{x,m} \min\bigl(0, D(x) - 1\bigr)",
                r"& + m \min\bigl(0, -1 - D(h)\bigr)",
                r"& + (1 - m) \min\bigl(0, D(h) - 1\bigr)",
            ),
            "Suvorov et al. 2022, Resolution-robust Large Mask Inpainting with Fourier Convolutions; Zeng et al. 2022, "
            "Aggregated Contextual Transformations for High-Resolution Image Inpainting",
        ),
        "stackgan": Method(
            "StackGAN",
            "StackGAN, two stages that are told what to draw",
            (
                "A small reader turns a sentence into numbers, about which chance draws a little: near sentences "
                "fill the space between them.",
                "Stage one draws a small picture from them and the latent; stage two looks at it, and at the sentence "
                "again, and draws it at twice the side.",
                "A discriminator a stage is shown real pictures with their own sentence and with another's: a good "
                "picture of something else is wrong, too.",
            ),
            _aligned(
                r"\max_D \;& \mathbb{E}_{x,t}\, \log \sigma(D(x)) + \log \sigma(D(x, t))",
                r"& + \tfrac{1}{2}\, \mathbb{E}_{x,\bar t}\, \log \sigma(-D(x, \bar t))",
                r"& + \mathbb{E}_{z,t}\, \log \sigma(-D(G)) + \tfrac{1}{2} \log \sigma(-D(G, t))",
                r"\max_G \;& \mathbb{E}_{z,t}\, \log \sigma(D(G)) + \log \sigma(D(G, t))",
            ),
            "Zhang et al. 2017, StackGAN: Text to Photo-realistic Image Synthesis with Stacked Generative Adversarial "
            "Networks",
        ),
        "wavegan": Method(
            "WaveGAN",
            "WaveGAN, with bands instead of samples",
            (
                "A latent and a kind grow in five steps into the loudness of 32 bands of pitch, of tones and of "
                "noise, from which a fixed transform makes the samples of a whole hit.",
                "The discriminator D hears it three times: by the same bands, moved in time by chance so that it "
                "cannot go by exact phase, by the spectrogram, and by its lowest tones alone.",
                "An envelope can close entirely, since a network that only adds would hiss where it should be silent.",
            ),
            _HINGE,
            "Donahue, McAuley and Puckette 2019, Adversarial Audio Synthesis",
            unit="hinge score",
        ),
        "gansynth": Method(
            "GANSynth",
            "GANSynth, drawn at a note's partials",
            (
                "A latent, which is the timbre, and a pitch grow in four steps from 4 to 64 px into a picture of a "
                "whole note: how loud each partial is, how far from its place, and how much noise lies beside it.",
                "Sines that follow that picture, and noise, are added up to two seconds of sound; as the picture is "
                "read at the pitch that was asked for, pitch need not be learned.",
                "The discriminator D looks at such pictures of real notes and of drawn ones, and is told the pitch; an "
                "ear E keeps latents to timbres, as what it hears in a note must draw another of the same instrument.",
            ),
            _aligned(
                r"\min_D \;& \mathbb{E}_x \max\bigl(0, 1 - D(x)\bigr)",
                r"& + \mathbb{E}_{z,p} \max\bigl(0, 1 + D(G(z, p))\bigr)",
                r"\min_{G,E} \;& -\mathbb{E}_{z,p} D(G(z, p))",
                r"& + \lambda\, \mathbb{E}_{x,y} \lVert G(E(x), p_y) - y \rVert_1",
                r"& + \mathbb{E}_{z,p} \lVert E(G(z, p)) - z \rVert_2^2",
                r"& + \mu\, \mathrm{KL}(E(x) \,\Vert\, \mathcal{N})",
            ),
            "Engel et al. 2019, GANSynth: Adversarial Neural Audio Synthesis",
            unit="hinge score",
        ),
        "cyclegan-projected": Method(
            "CycleGAN with projected discriminators",
            "CycleGAN with projected discriminators",
            (
                "Two heaps of pictures without any pairs: one network G turns a's into b's, another F turns b's into "
                "a's.",
                "Whoever goes there and back must come home: that keeps pose and place while the looks change.",
                "The two discriminators look through the features P of a frozen network that knows photographs, so "
                "they need not learn first what fur is.",
            ),
            _aligned(
                r"\min_{G,F} \;& -\mathbb{E}_a D_b(P(G(a))) - \mathbb{E}_b D_a(P(F(b)))",
                r"& + \lambda\, \mathbb{E}_a \lVert F(G(a)) - a \rVert_1",
                r"& + \lambda\, \mathbb{E}_b \lVert G(F(b)) - b \rVert_1",
            ),
            "Zhu et al. 2017, CycleGAN; Sauer et al. 2021, Projected GANs Converge Faster",
        ),
        "gamegan": Method(
            "GameGAN",
            "A game that is only a network",
            (
                "The generator is given the last two frames, what the player does and what the dice bring, and draws "
                "the next frame; then it goes on from its own.",
                "It learns by playing on from what it drew itself for a few steps, so that small errors do not grow, "
                "and what changes counts ten times as much as the water that stays.",
                "A discriminator sees frame after frame with the action, and objects where a frame is blurred, does "
                "not follow, or answers another key.",
            ),
            _aligned(
                r"\min_G \;& \mathbb{E}_x \sum_t \lVert x_t - G(\hat x_{t-1}, a_t) \rVert_1",
                r"& - \lambda \, \mathbb{E}_x D\bigl(\hat x_{t-1}, a_t, G(\hat x_{t-1}, a_t)\bigr)",
                r"\max_D \;& \mathbb{E}_x \min\bigl(0, D(\hat x_{t-1}, a_t, x_t) - 1\bigr)",
                r"& + \mathbb{E}_x \min\bigl(0, -1 - D(\hat x_{t-1}, a_t, G(\hat x_{t-1}, a_t))\bigr)",
            ),
            "Kim et al. 2020, Learning to simulate dynamic environments with GameGAN",
        ),
        "pose2person": Method(
            "Pose to person",
            "A person in another pose",
            (
                "The parts of a figure are cut out of its picture and laid along the limbs of a new skeleton; the "
                "generator decides which lies in front, and draws what none of them shows.",
                "It is given its last frame as well, and two discriminators look on: one at a frame with its skeleton, "
                "one at two frames that follow each other, who objects where they do not.",
                "The ground comes from the person's own picture, with the figure filled once, so that it stands still "
                "in a film.",
            ),
            _aligned(
                r"\min_G \;& \mathbb{E}_{s,x} \lVert x_t - G(s_t, \hat x_{t-1}, p) \rVert_1",
                r"& + \nu\, \lVert \phi(x_t) - \phi(G(s_t, \hat x_{t-1}, p)) \rVert_2^2",
                r"& - \lambda\, \bigl(D_1(s_t, \hat x_t) + D_2(s_{t-1}, s_t, \hat x_{t-1}, \hat x_t)\bigr)",
                r"\max_D \;& \sum_k \mathbb{E}_x \min\bigl(0, D_k(s, x) - 1\bigr)",
                r"& + \mathbb{E}_x \min\bigl(0, -1 - D_k(s, \hat x)\bigr)",
            ),
            "Chan et al. 2019, Everybody dance now; Siarohin et al. 2018, Deformable GANs; Isola et al. 2017, pix2pix",
        ),
    }
)

LETTERS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "x": (r"\bx\b|_x\b|,x", "a real picture"),
        "m": (r"\bm\b", "1 in the hole and 0 elsewhere"),
        "h": (r"\bh\b|^h ", "the picture with its hole filled"),
        "x with an arrow": (r"x_\{\\downarrow\}", "a picture made small"),
        "z": (r"\bz\b|_z\b", "a latent"),
        "s": (r"\bs\b|_\{s", "the picture that is given"),
        "p": (r"\bp\b", "the person"),
        "a at step t": (r"a_t\b", "what the player does"),
        "x with a hat": (r"\\hat x", "the last two frames, the network's own"),
        "y": (r"\by\b", "a class"),
        "a, b": (r"_a\b|\ba\b", "pictures of the two kinds"),
        "w": (r"\bw\b|_\{w|!w", "a style"),
        "n": (r"\bn\b", "a picture of noise"),
        "ell": (r"\\ell\b", "the mean of that length so far"),
        "G": (r"\bG\b", "the generator"),
        "F": (r"\bF\b", "the generator of the way back"),
        "D": (r"\bD\b|D_", "the discriminator"),
        "D with a tilde": (r"\\tilde D", "its number before the sigmoid"),
        "f": (r"\bf\b|f_", "the critic"),
        "P": (r"\bP\b|P_", "features of a frozen network"),
        "phi": (r"\\phi", "features of a frozen network that knows photographs"),
        "M": (r"\bM\b", "means, deviations and correlations"),
        "sigma": (r"\\sigma", "the sigmoid"),
        "E": (r"\\mathbb\{E\}", "the mean over what stands below it"),
        "Greek factors": (r"\\(lambda|mu|nu|eta|gamma)\b", "weights of the parts"),
    }
)
"""Words for a letter of the formulas: a pattern that finds it, and its meaning."""


def name_of(method: str) -> str:
    """A method's name in lists; a method that this version does not know goes by its word."""
    return METHODS[method].name if method in METHODS else method


def story_markdown(method: str) -> str:
    """The story of `method` as Markdown with a `$$` formula; a method without one says so in one sentence."""
    story = METHODS.get(method)
    if story is None:
        return f"*This weight was trained by a method without a page here yet: {as_text(method)}.*"
    parts = (f"### {story.title}", " ".join(story.sentences), f"$${story.formula}$$", story.legend, f"*{story.paper}*")
    return "\n\n".join(parts)


def as_text(words: str) -> str:
    """Words from outside for a place that is Markdown: what could be markup there is written by its number."""
    return "".join(sign if sign.isalnum() or sign in " -" else f"&#{ord(sign)};" for sign in words)
