"""BigGAN: Brock et al. 2019 ("Large scale GAN training for high fidelity natural image synthesis").

As in the paper: SAGAN's blocks, with a batch norm in each that is conditioned on an embedding of the class, shared by
all of them, beside a piece of the latent of its own (section 3.1 and appendix B); orthogonal first weights; the
discriminator's projection; statistics of the averaged generator when it draws (section 4, appendix D, without standing
ones: the average's own are as smooth). Orthogonal regularisation (section 3.1, equation 3) is
`training.losses.penalties.non_orthogonal`.
Departs from it: SAGAN's departures; a truncated latent is a shorter one, as in every family here, instead of one whose
large numbers were drawn again. Where there are no classes, the pieces of the latent alone condition the norms.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gan_models.networks.layers import check_labels, check_latents
from gan_models.networks.sagan import (
    Attentive,
    AttentiveGenerator,
    SaganDiscriminator,
    Trunk,
    first_map,
    initialise,
    normalise_spectra,
)

__all__ = ["BigganConfig", "BigganDiscriminator", "BigganGenerator"]


@dataclass(frozen=True)
class BigganConfig(Attentive):
    """Sizes of a BigGAN, as of a SAGAN; `piece` numbers of the latent for each block and for the first map.

    `embedding` numbers of the class for all blocks.
    """

    size: int = 64
    channels: int = 3
    piece: int = 20
    classes: int = 0
    embedding: int = 128
    base: int = 2048
    most: int = 256
    attention: int = 1
    discriminator_base: int = 2048

    @property
    def latent_dim(self) -> int:
        """Numbers in a latent: a piece for the first map and one for each block."""
        return self.piece * len(self.sides)


class BigganGenerator(AttentiveGenerator):
    """From a latent, piece by piece, and a class to a picture."""

    def __init__(self, config: BigganConfig) -> None:
        super().__init__()
        self.config = config
        self.latent_dim = config.latent_dim
        self.first = nn.Linear(config.piece, config.width(4, config.base) * 16)
        self.trunk = Trunk(config, config.piece + (config.embedding if config.classes else 0))
        initialise(self, nn.init.orthogonal_)
        normalise_spectra(self)
        # Not normalised: how much the class says is for the training to find.
        self.embedding = nn.Embedding(config.classes, config.embedding) if config.classes else None
        if self.embedding is not None:
            nn.init.orthogonal_(self.embedding.weight)

    def begin(self, z: Tensor, labels: Tensor | None) -> tuple[Tensor, list[Tensor | None]]:
        """The first map (N, C, 4, 4), and for each block its condition: the class and a piece of the latent."""
        check_latents(z, self.latent_dim)
        check_labels(labels, self.config.classes, len(z))
        first, *pieces = z.split(self.config.piece, 1)
        if self.embedding is not None:
            of_class = self.embedding(labels)
            pieces = [torch.cat([of_class, piece], 1) for piece in pieces]
        return first_map(self.first, first), pieces


BigganDiscriminator = SaganDiscriminator
