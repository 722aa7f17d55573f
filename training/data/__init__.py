"""Pictures to train on: named sets, folders, zips and the Hub's, all as one ImageSet."""

from dataclasses import replace
from pathlib import Path

from gan_models.errors import TrainingError
from gan_models.files import at_home
from training.data import avatars, hub, idx, pictures, robots
from training.data.batches import Batches
from training.data.cache import cache_folder
from training.data.held_out import held_out
from training.data.image_set import ImageSet
from training.data.known import OWN

__all__ = ["NAMES", "Batches", "ImageSet", "held_out", "load"]

NAMES = (*idx.TORCHVISION, "avatars", *robots.SETS)
"""The sets that go by a name."""


def load_set(
    data: str | Path,
    *,
    size: int | None = None,
    channels: int | None = None,
    data_root: Path | None = None,
    split: str = "train",
    limit: int | None = None,
    licence: str | None = None,
    memory_mb: int | None = None,
) -> ImageSet:
    """The pictures that `data` names: a set, hf:<dataset id>, or a folder or zip.

    Sets: mnist, fashion-mnist, avatars, robohash (and robohash-monsters, -heads, -cats).

    size: pixels, channels: 1 or 3, both None for the natural ones. data_root: where mnist and fashion-mnist
    lie or are downloaded to (None: the user's cache). limit: the first so many pictures only. licence: what
    the card says of pictures of one's own. memory_mb: above this the pictures are mapped from a file of the
    cache (None: a quarter of memory). Raises TrainingError with one sentence for a bad path, an empty set, an
    unknown name.
    """
    name, shape = str(data), {"size": size, "channels": channels, "split": split, "limit": limit}
    if not name.strip():
        raise TrainingError("The name of the pictures is empty; give a set, a folder or a zip, or . for this folder.")
    if name in idx.TORCHVISION:
        found = idx.load_set(name, Path(data_root) if data_root else cache_folder() / "data", **shape)
    elif name == "avatars":
        found = avatars.load_set(**shape)
    elif name in robots.SETS:
        found = robots.load_set(name, **shape)
    elif name.startswith("hf:"):
        found = hub.load_set(name.removeprefix("hf:"), memory_mb=memory_mb, **shape)
    else:
        path = at_home(name)
        if not path.exists():
            raise TrainingError(
                f"{name} does not exist: give a folder or zip of pictures, hf:user/name, or one of {', '.join(NAMES)}."
            )
        found = pictures.load_set(path, memory_mb=memory_mb, **shape)
    if licence and found.licence == OWN:
        return replace(found, licence=licence, free=licence.lower().replace(" ", "-") in hub.FREE)
    return found


load = load_set
"""As it was called at first: others import it by this name."""
