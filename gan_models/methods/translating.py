"""Methods of networks that make a picture of a picture."""

from collections.abc import Mapping
from types import MappingProxyType

from gan_models.methods.method import Method, aligned

TRANSLATING: Mapping[str, Method] = MappingProxyType(
    {
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
            aligned(
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
            aligned(
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
            aligned(
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
            aligned(
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
            aligned(
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
            aligned(
                r"\min_G \;& \mathbb{E}_{s,w} \lVert \phi(G(s, w)) - \phi(s) \rVert_2^2",
                r"& + \lambda\, \mathbb{E}_{s,w} \lVert M(\phi(G(s, w))) - M(\phi(w)) \rVert_2^2",
            ),
            "Wang et al. 2023, MicroAST: Towards Super-Fast Ultra-Resolution Arbitrary Style Transfer",
        ),
        "cartoon": Method(
            "Cartoon GAN",
            "Cartoons by surface, structure and texture",
            (
                "One network G draws a photograph s as a cartoon; no photograph has a drawn partner, there are only "
                "drawings x of other things.",
                "Two discriminators look on: one at surfaces only, through a guided filter that wipes texture out, one "
                "at texture only, in gray of colours weighted at random.",
                "In the features of a frozen network the result shows what s shows, and also what u shows, which is s "
                "with one colour for each of its areas: that makes surfaces flat.",
            ),
            aligned(
                r"\min_G \;& \sum_k \lambda_k \, \mathbb{E}_s (D_k(G(s)) - 1)^2",
                r"& + \mu \, \mathbb{E}_s \lVert \phi(G(s)) - \phi(u) \rVert_1",
                r"& + \nu \, \mathbb{E}_s \lVert \phi(G(s)) - \phi(s) \rVert_1",
                r"\min_D \;& \sum_k \mathbb{E}_{s,x} (D_k(x) - 1)^2 + D_k(G(s))^2",
            ),
            "Wang and Yu 2020, Learning to Cartoonize Using White-Box Cartoon Representations",
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
            aligned(
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
            aligned(
                r"\min_{G,F} \;& -\mathbb{E}_a D_b(P(G(a))) - \mathbb{E}_b D_a(P(F(b)))",
                r"& + \lambda\, \mathbb{E}_a \lVert F(G(a)) - a \rVert_1",
                r"& + \lambda\, \mathbb{E}_b \lVert G(F(b)) - b \rVert_1",
            ),
            "Zhu et al. 2017, CycleGAN; Sauer et al. 2021, Projected GANs Converge Faster",
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
            aligned(
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
