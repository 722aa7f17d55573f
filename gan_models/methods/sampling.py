"""Methods of generators that draw pictures of noise, of classes or of words."""

from collections.abc import Mapping
from types import MappingProxyType

from gan_models.methods.method import FROZEN, HINGE, PROJECTED, R1, Method, aligned

SAMPLING: Mapping[str, Method] = MappingProxyType(
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
            aligned(
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
            aligned(
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
            aligned(
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
            aligned(
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
            aligned(
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
            PROJECTED,
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
            aligned(
                r"\max_f \;& \mathbb{E}_x f(x) - \mathbb{E}_z f(G(z))",
                r"& - \lambda\, \mathbb{E}_{\hat x} \bigl(\lVert \nabla f(\hat x) \rVert_2 - 1\bigr)^2",
                r"\max_G \;& \mathbb{E}_z f(G(z))",
            ),
            "Karras et al. 2018, Progressive Growing of GANs for Improved Quality, Stability, and Variation",
            unit="critic's score",
        ),
        "progan-r1": Method(
            "ProGAN with R1",
            "Progressively grown GAN with R1",
            (
                "Both networks begin with pictures of a few pixels, where only pose and colour are to be learned, and "
                "get layers for twice the side once they can draw them.",
                "A new layer is faded in over many pictures, so that what is already known is not shaken.",
                "In place of a critic's slope of one at every step, the discriminator is kept flat at real pictures at "
                "every sixteenth, which is half the work.",
            ),
            R1,
            "Karras et al. 2018, Progressive Growing of GANs; Mescheder et al. 2018, Which Training Methods for GANs "
            "do actually Converge?",
        ),
        "progan-projected": Method(
            "ProGAN with a projected discriminator",
            "Progressively grown GAN with a projected discriminator",
            (
                "The generator begins with pictures of a few pixels, where only pose and colour are to be learned, "
                "and gets layers for twice the side once it can draw them.",
                "A new layer is faded in over many pictures, so that what is already known is not shaken.",
                FROZEN,
            ),
            PROJECTED,
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
            HINGE,
            "Zhang et al. 2018, Self-Attention Generative Adversarial Networks",
        ),
        "sagan-projected": Method(
            "SAGAN with a projected discriminator",
            "Self-attention GAN with a projected discriminator",
            (
                "A convolution sees only its neighbourhood; self-attention lets every place of a map ask all others "
                "what it should look like.",
                "So both eyes get one colour and petals one kind, and one can click a place and see where it looked.",
                FROZEN,
            ),
            PROJECTED,
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
            HINGE,
            "Brock, Donahue and Simonyan 2019, Large Scale GAN Training for High Fidelity Natural Image Synthesis",
        ),
        "biggan-projected": Method(
            "BigGAN with a projected discriminator",
            "BigGAN with a projected discriminator",
            (
                "Each block of the generator is told the class, and gets a piece of the random numbers for itself: "
                "the first ones decide on the shape, the last ones on colour.",
                "Self-attention lets every place of a map ask all others what it should look like.",
                FROZEN,
            ),
            PROJECTED,
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
            R1,
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
                FROZEN,
            ),
            PROJECTED,
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
            aligned(
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
            PROJECTED,
            "Karras et al. 2020, StyleGAN2; Sauer et al. 2021, Projected GANs Converge Faster",
            unit="hinge score",
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
            aligned(
                r"\max_D \;& \mathbb{E}_{x,t}\, \log \sigma(D(x)) + \log \sigma(D(x, t))",
                r"& + \tfrac{1}{2}\, \mathbb{E}_{x,\bar t}\, \log \sigma(-D(x, \bar t))",
                r"& + \mathbb{E}_{z,t}\, \log \sigma(-D(G)) + \tfrac{1}{2} \log \sigma(-D(G, t))",
                r"\max_G \;& \mathbb{E}_{z,t}\, \log \sigma(D(G)) + \log \sigma(D(G, t))",
            ),
            "Zhang et al. 2017, StackGAN: Text to Photo-realistic Image Synthesis with Stacked Generative Adversarial "
            "Networks",
        ),
        "stackgan-projected": Method(
            "StackGAN with projected discriminators",
            "StackGAN with projected discriminators",
            (
                "A small reader turns a sentence into numbers, about which chance draws a little: near sentences "
                "fill the space between them.",
                "Stage one draws a small picture from them and the latent; stage two looks at it, and at the sentence "
                "again, and draws it at twice the side.",
                "A discriminator a stage, which looks through a frozen network, is shown real pictures with their own "
                "sentence and with another's: a good picture of something else is wrong, too.",
            ),
            aligned(
                r"\min_D \;& \sum_l \mathbb{E}_{x,t} \max\bigl(0, 1 - D_l(P_l(x), t)\bigr)",
                r"& + \tfrac{1}{2} \sum_l \mathbb{E}_{x,\bar t} \max\bigl(0, 1 + D_l(P_l(x), \bar t)\bigr)",
                r"& + \tfrac{1}{2} \sum_l \mathbb{E}_{z,t} \max\bigl(0, 1 + D_l(P_l(G), t)\bigr)",
                r"\max_G \;& \sum_l \mathbb{E}_{z,t} D_l(P_l(G), t)",
            ),
            "Zhang et al. 2017, StackGAN; Sauer et al. 2021, Projected GANs Converge Faster",
        ),
    }
)
