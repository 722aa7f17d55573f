"""Pictures to features: any size, any number of channels, in batches of a size that does not matter."""

from dataclasses import dataclass

import numpy as np
import torch

from gan_models.pictures import images as pictures
from gan_models.pictures.images import from_levels
from training.data.image_set import Rows
from training.measures.classifier import Classifier


@dataclass(frozen=True)
class Features:
    """What a feature network says of N pictures: features float32 (N, D), logits float32 (N, classes)."""

    features: torch.Tensor
    logits: torch.Tensor

    def __len__(self) -> int:
        return len(self.features)

    def take(self, index: torch.Tensor) -> "Features":
        """Those of some of the pictures. index: int64 (M,)."""
        return Features(self.features[index], self.logits[index])


def extract(network: Classifier, images: torch.Tensor | Rows, batch: int = 250) -> Features:
    """The features of uint8 pictures (N, C, H, W), brought to the network's size and channels first."""
    config, parts = network.config, []
    with torch.inference_mode():
        for start in range(0, len(images), batch):
            part = images[start : start + batch]
            batched = from_levels(fit(part, config.size, config.channels))
            parts.append(network(batched.contiguous(memory_format=torch.channels_last)))
    features, logits = (torch.cat(column).float() for column in zip(*parts))
    return Features(features.clone(), logits.clone())


def fit(images: torch.Tensor, size: int, channels: int) -> torch.Tensor:
    """Pictures uint8 (N, C, H, W) as (N, channels, size, size), by the same filter as the training data.

    A picture that already fits passes unchanged.
    """
    if images.shape[1:] == (channels, size, size):
        return images
    arrays = images.permute(0, 2, 3, 1).numpy()
    out = [pictures.fit(pictures.open_picture(np.ascontiguousarray(a), channels), size) for a in arrays]
    return torch.from_numpy(np.stack(out)).permute(0, 3, 1, 2)
