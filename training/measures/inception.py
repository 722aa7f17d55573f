"""The usual Inception-v3, for figures to set beside published ones; downloaded once, on demand."""

from collections.abc import Callable

import torch

from gan_models.errors import TrainingError
from training.measures.features import Features
from training.measures.fidelity import import_fidelity

LAYERS = ["2048", "logits_unbiased"]


def inception(batch: int = 32) -> Callable[[torch.Tensor], Features]:
    """A function from uint8 pictures (N, C, H, W) of any size to Inception's 2048 features and 1008 logits.

    The weights (91 MB, torch-fidelity's conversion of the original) go to torch's own cache of downloads.
    Raises TrainingError, one sentence, where they are neither there nor within reach.
    """
    kind = import_fidelity().feature_extractor_inceptionv3.FeatureExtractorInceptionV3
    try:
        network = kind("inception-v3-compat", LAYERS, verbose=False)
    except (OSError, RuntimeError) as error:  # URLError is an OSError; a bad hash is a RuntimeError
        raise TrainingError(
            f"Inception-v3 (91 MB) could not be downloaded ({error}): connect to the network once, or use "
            "--features mnist, fashion or photos, which come with the atelier."
        ) from error
    return lambda images: _extract(network, images, batch)


def _extract(network: torch.nn.Module, images: torch.Tensor, batch: int) -> Features:
    parts = []
    with torch.inference_mode():
        for start in range(0, len(images), batch):
            part = images[start : start + batch]
            parts.append(network(part.expand(-1, 3, -1, -1) if part.shape[1] == 1 else part))
    features, logits = (torch.cat(column) for column in zip(*parts))
    return Features(features.clone(), logits.clone())
