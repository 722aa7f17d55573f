"""What is seen of flowers: their kind by the feature network `flowers`, their colours as those of the photographs."""

from __future__ import annotations

from torch import Tensor

from training.data.flower_traits import COLOUR, DARK_GREEN, GROUND, GROUNDS, KIND, KINDS, PETALS, colours
from training.measures.classifier import Classifier
from training.measures.features import extract
from training.measures.traits import NONE, Seen, labels_of

VALUES = {KIND: (*KINDS, NONE), COLOUR: (*PETALS, NONE), GROUND: (*GROUNDS, DARK_GREEN, NONE)}


def seen(network: Classifier, images: Tensor) -> Seen:
    """Ask the network and the pixels of pictures uint8 (N, 3, S, S)."""
    kinds = [network.config.classes[index] for index in extract(network, images).logits.argmax(1).tolist()]
    said = [{KIND: kind} | of for kind, of in zip(kinds, colours(images, kinds))]
    return Seen(labels_of(said, VALUES), VALUES)
