"""Photographs of any size, whole and in memory: what super-resolution cuts its crops from."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from gan_models.errors import TrainingError
from gan_models.files import at_home
from gan_models.pictures.resize import resize
from training.data.cache import memory_budget_mb
from training.data.known import OWN, Known, known
from training.data.layout import counted, layout, readable, split_of, stripped
from training.data.pictures import content_hash, decoded, open_files

HELD_OUT, MOST_HELD_OUT = 40, 8
"""One photograph in so many is kept back, and no more than so many in all."""
KEPT = 0.1
"""Share of a set without splits that `split_photos` keeps back."""


@dataclass(frozen=True)
class Photos:
    """Photographs for training. pictures: uint8 (H, W, 3) each; the rest as for an ImageSet."""

    name: str
    pictures: tuple[np.ndarray, ...]
    sha256: str = ""
    licence: str = OWN
    free: bool = False
    source: str = ""
    skipped: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    told: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.pictures)


def load_photos(places: Sequence[str], least: int) -> Photos:
    """All photographs of several folders or zips, in RGB, whatever folders they lie in.

    Those with a side below `least` pixels, or that cannot be read, are skipped and named. Raises TrainingError
    for a place without usable photographs, or more of them than a quarter of memory holds.
    """
    return joined([_load(at_home(place), least) for place in places])


def split_photos(place: str, least: int) -> tuple[Photos, Photos]:
    """The photographs of one folder or zip to learn from, and those held out; as `load_photos` reads them.

    Held out is what lies in folders named as splits (val, validation, test); without such folders the last tenth, by
    name, of each folder, so that neighbours, which may be of one series, stay on one side.
    """
    path = at_home(place)
    return _load(path, least, lambda names: _learned(names, path)), _load(path, least, lambda names: _kept(names, path))


def held_out_photos(photos: Photos) -> tuple[Photos, Photos]:
    """(to train on, held out): evenly spaced ones, at least one; TrainingError for fewer than two."""
    if len(photos) < 2:
        raise TrainingError(f"{photos.name} has {len(photos)} usable photograph: at least 2 are needed.")
    count = min(MOST_HELD_OUT, max(1, len(photos) // HELD_OUT))
    chosen = {round((place + 0.5) * len(photos) / count - 0.5) for place in range(count)}
    kept = tuple(picture for index, picture in enumerate(photos.pictures) if index in chosen)
    learned = tuple(picture for index, picture in enumerate(photos.pictures) if index not in chosen)
    return replace(photos, pictures=learned), replace(photos, pictures=kept)


def with_smaller(photos: Photos, shares: Sequence[float], least: int) -> Photos:
    """The photographs and, at each of `shares` of their size, smaller copies where no side gets below `least`.

    A photograph made smaller is sharper by the pixel and has lost the blocks of its JPEG.
    """
    smaller = [_shrunk(picture, share) for share in shares for picture in photos.pictures]
    fitting = tuple(picture for picture in smaller if min(picture.shape[:2]) >= least)
    return replace(photos, pictures=photos.pictures + fitting)


def _shrunk(picture: np.ndarray, share: float) -> np.ndarray:
    height, width = (max(1, round(side * share)) for side in picture.shape[:2])
    levels = torch.from_numpy(picture).permute(2, 0, 1)[None].float()
    return to_levels(resize(levels, height, width))


def to_levels(levels: torch.Tensor) -> np.ndarray:
    """Bring float levels (1, 3, H, W) of 0 to 255 to uint8 (H, W, 3), rounded and clamped."""
    return levels[0].permute(1, 2, 0).round().clamp(0, 255).to(torch.uint8).contiguous().numpy()


def _learned(names: Sequence[str], path: Path) -> tuple[str, ...]:
    kept = set(_kept(names, path))
    return tuple(name for name in names if name not in kept)


def _kept(names: Sequence[str], path: Path) -> tuple[str, ...]:
    tops = {split_of(name.partition("/")[0])[0] for name in stripped(tuple(names))}
    if tops == {"train", "test"}:
        return layout(names, "test", path).names
    folders: dict[str, list[str]] = {}
    for name in names:
        folders.setdefault(name.rpartition("/")[0], []).append(name)
    return tuple(name for of in folders.values() for name in of[-max(1, round(len(of) * KEPT)) :])


def _load(path: Path, least: int, wanted: Callable[[Sequence[str]], Sequence[str]] = tuple) -> Photos:
    with open_files(path) as files:
        names = wanted(files.names)
        if not names:
            raise TrainingError(f"{path} holds no pictures: give a folder or zip of photographs.")
        with ThreadPoolExecutor() as pool:
            read = pool.map(lambda name: _read(files.read, name, least), names)
            try:
                pictures, skipped = _sorted_out(read, path)
            except TrainingError:
                pool.shutdown(cancel_futures=True)  # or the rest would still be decoded
                raise
        digest, told = content_hash(path, files), (*files.told, *told_of_folders(names))
    if not pictures:
        raise TrainingError(f"None of the {len(skipped)} pictures in {path} can be used; the first: {skipped[0]}.")
    of = known(digest) or Known(path.stem if path.is_file() else path.resolve().name, OWN, False, "")
    return Photos(of.name, tuple(pictures), digest, of.licence, of.free, of.source, tuple(skipped), told=told)


def told_of_folders(names: Sequence[str]) -> list[str]:
    """A sentence where folders are named like splits: here all of them are learned from."""
    tops = [name.partition("/")[0] for name in stripped(tuple(names)) if "/" in name]
    named = {split_of(top)[0] for top in tops} == {"train", "test"}
    return [f"all folders are learned from, whatever their names: {counted(tops)}"] if named else []


def _read(read, name: str, least: int) -> np.ndarray | str:
    """The picture, or one line that says why it is left out."""
    try:
        picture = decoded(read(name))
    except Exception as error:  # damaged zips raise a dozen types, and one file must not stop a run
        return readable(f"{name}: {error}")
    height, width = picture.shape[:2]
    return picture if min(height, width) >= least else readable(f"{name}: {width}x{height}, a crop has {least} px")


def _sorted_out(read: Iterator[np.ndarray | str], path: Path) -> tuple[list[np.ndarray], list[str]]:
    pictures, skipped, used, room = [], [], 0, memory_budget_mb() * 1_000_000
    for found in read:
        if isinstance(found, str):
            skipped.append(found)
            continue
        pictures.append(found)
        used += found.nbytes
        if used > room:
            raise TrainingError(f"{path} decodes to more than {room // 1_000_000} MB: give a part of it.")
    return pictures, skipped


def joined(parts: Sequence[Photos]) -> Photos:
    """Several sets as one, named, hashed and licensed by all of them; TrainingError for none."""
    if not parts:
        raise TrainingError("There are no photographs to train on; name a folder or zip with --data.")
    if len(parts) == 1:
        return parts[0]
    return Photos(
        name=" and ".join(part.name for part in parts),
        pictures=tuple(picture for part in parts for picture in part.pictures),
        sha256=hashlib.sha256("\n".join(part.sha256 for part in parts).encode()).hexdigest(),
        licence="; ".join(dict.fromkeys(f"{part.name}: {part.licence}" for part in parts)),
        free=all(part.free for part in parts),
        source="; ".join(dict.fromkeys(part.source for part in parts if part.source)),
        skipped=tuple(line for part in parts for line in part.skipped),
        told=tuple(line for part in parts for line in part.told),
    )
