"""Methods of networks whose medium is sound or a game."""

from collections.abc import Mapping
from types import MappingProxyType

from gan_models.methods.method import HINGE, Method, aligned

MEDIA: Mapping[str, Method] = MappingProxyType(
    {
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
            HINGE,
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
                "ear H keeps latents to timbres, as what it hears in a note must draw another of the same instrument.",
            ),
            aligned(
                r"\min_D \;& \mathbb{E}_x \max\bigl(0, 1 - D(x)\bigr)",
                r"& + \mathbb{E}_{z,q} \max\bigl(0, 1 + D(G(z, q))\bigr)",
                r"\min_{G,H} \;& -\mathbb{E}_{z,q} D(G(z, q))",
                r"& + \lambda\, \mathbb{E}_{x,x'} \lVert G(H(x), q') - x' \rVert_1",
                r"& + \mathbb{E}_{z,q} \lVert H(G(z, q)) - z \rVert_2^2",
                r"& + \mu\, \mathrm{KL}(H(x) \,\Vert\, \mathcal{N})",
            ),
            "Engel et al. 2019, GANSynth: Adversarial Neural Audio Synthesis",
            unit="hinge score",
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
            aligned(
                r"\min_G \;& \mathbb{E}_x \sum_t \lVert x_t - G(\hat x_{t-1}, a_t) \rVert_1",
                r"& - \lambda \, \mathbb{E}_x D\bigl(\hat x_{t-1}, a_t, G(\hat x_{t-1}, a_t)\bigr)",
                r"\max_D \;& \mathbb{E}_x \min\bigl(0, D(\hat x_{t-1}, a_t, x_t) - 1\bigr)",
                r"& + \mathbb{E}_x \min\bigl(0, -1 - D(\hat x_{t-1}, a_t, G(\hat x_{t-1}, a_t))\bigr)",
            ),
            "Kim et al. 2020, Learning to simulate dynamic environments with GameGAN",
        ),
        "gametiles": Method(
            "GameGAN of tiles",
            "A game that is only a network",
            (
                "The generator is given the last two frames, what the player does and noise, a number for each tile, "
                "and chooses the tiles of the next frame: those that were there, those beside them, or new ones.",
                "What nobody could know, such as the land beyond the edge, follows from the noise: it learns with "
                "noise that fits what came and over all is plain noise, and is played with any.",
                "It learns how likely it held each tile that came, while a discriminator sees frame after frame with "
                "the action, and objects where a frame does not follow, or answers another key.",
            ),
            aligned(
                r"\min_G \;& -\mathbb{E}_{x,z} \sum_t \log p_G\bigl(x_t \mid \hat x_{t-1}, a_t, z_t\bigr)",
                r"& - \lambda \, \mathbb{E}_{x,z} D\bigl(\hat x_{t-1}, a_t, G(\hat x_{t-1}, a_t, z_t)\bigr)",
                r"\max_D \;& \mathbb{E}_x \min\bigl(0, D(\hat x_{t-1}, a_t, x_t) - 1\bigr)",
                r"& + \mathbb{E}_{x,z} \min\bigl(0, -1 - D(\hat x_{t-1}, a_t, G(\hat x_{t-1}, a_t, z_t))\bigr)",
            ),
            "After Kim et al. 2020, Learning to simulate dynamic environments with GameGAN",
        ),
    }
)
