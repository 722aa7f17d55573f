"""The tensors of a weight, to and from safetensors: the one place that decides whether a file is trusted."""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

import safetensors.torch
import torch
from torch import Tensor

from gan_models.errors import WeightError, reason
from gan_models.files import regular, write_atomically
from gan_models.weight.card import Card

GENERATOR, DISCRIMINATOR, DIRECTIONS = (
    "generator.safetensors",
    "discriminator.safetensors",
    "directions.safetensors",
)
ENCODER = "encoder.safetensors"
"""From photographs to styles, and what was measured on photographs that it did not learn from."""
STYLES = "styles."
"""Of directions of styles: what their names begin with, in the file of directions."""
SCALE, LEVELS = ".scale", 127
"""Of weights kept in 8 bits: what the name of their scales ends in, and the largest level."""
MOST_BYTES = 2_000_000_000
"""A longer file of a weight is refused unread."""
_PICKLES = (b"PK", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")


def read_file(folder: Path, card: Card, file: str) -> bytes:
    """Read a file of a weight and compare it with the card; raises WeightError where they differ."""
    what, known = f"{file} of {card.name}", card.files[file]
    try:
        with regular(folder / file, MOST_BYTES) as opened:
            length = os.fstat(opened.fileno()).st_size
            content = opened.read(min(known.bytes, MOST_BYTES) + 1)
    except FileNotFoundError:
        raise WeightError(f"{what} is missing; fetch or export the weight again.") from None
    except OSError as error:
        raise WeightError(f"{what} cannot be read ({reason(error)}); fetch or export the weight again.") from None
    # The first eight bytes of safetensors are a length, whose low bytes can look like a pickle's mark;
    # what follows it is always a brace.
    pickled = content.startswith(_PICKLES) and content[8:9] != b"{"
    if file.endswith(".safetensors") and pickled:
        raise WeightError(f"{what} is a pickle under another name, which could run code; only safetensors are read.")
    if len(content) != known.bytes:
        raise WeightError(
            f"{what} has {length:,} bytes and its card says {known.bytes:,}: it is cut off or changed; "
            "fetch or export the weight again."
        )
    if (seen := hashlib.sha256(content).hexdigest()) != known.sha256:
        raise WeightError(
            f"{what} has the hash {seen[:12]}... and its card says {known.sha256[:12]}...: it was changed; "
            "fetch or export the weight again."
        )
    return content


def read_tensors(folder: Path, card: Card, file: str) -> dict[str, Tensor]:
    """Read a safetensors file of a weight; WeightError unless it is what its card says, and finite."""
    content = read_file(folder, card, file)
    what = f"{file} of {card.name}"
    try:
        tensors = safetensors.torch.load(content)
    except Exception as error:  # the reader's own type, and KeyError for a dtype that torch has not
        raise WeightError(f"{what} is not a safetensors file ({error}); export the weight again.") from None
    for name, tensor in tensors.items():
        if tensor.is_floating_point() and not torch.isfinite(tensor.float()).all():
            raise WeightError(f"{what} has values that are not finite in {name!r}; the training went wrong.")
    return unpacked(tensors)


def packed(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Layers' weights in 8 bits, with a scale for each output channel under the same name and SCALE; the rest as is."""
    found = {}
    for name, tensor in tensors.items():
        found[name] = tensor
        if tensor.is_floating_point() and tensor.ndim > 1:
            rows = tensor.float().flatten(1)
            scale = rows.abs().amax(1) / LEVELS
            levels = rows / scale.where(scale > 0, 1)[:, None]
            found[name], found[name + SCALE] = levels.round().to(torch.int8).view_as(tensor), scale
    return found


def unpacked(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """What `packed` was given, up to half a level; tensors that are not packed stay as they are."""
    found = dict(tensors)
    for name, tensor in tensors.items():
        scale = tensors.get(name + SCALE)
        if tensor.dtype == torch.int8 and scale is not None and scale.shape == tensor.shape[:1]:
            found[name] = (tensor.flatten(1) * found.pop(name + SCALE)[:, None]).view_as(tensor)
    return found


def compare(what: str, expected: Mapping[str, Tensor], found: Mapping[str, Tensor]) -> None:
    """Raise WeightError for the first tensor of a network that is missing, too many, or of another shape."""
    if missing := [key for key in expected if key not in found]:
        lost = f"{missing[0]!r} ({len(missing)} of {len(expected)} tensors)"
        raise WeightError(f"{what} lacks {lost}; it does not fit its card.")
    if extra := [key for key in found if key not in expected]:
        raise WeightError(
            f"{what} has {extra[0]!r} ({len(extra)} tensors too many), which its family has not; "
            "it does not fit its card."
        )
    for key, tensor in expected.items():
        if tensor.shape != found[key].shape or tensor.is_floating_point() != found[key].is_floating_point():
            raise WeightError(
                f"{what} has {key!r} as {found[key].dtype} {tuple(found[key].shape)} and its card asks for "
                f"{tensor.dtype} {tuple(tensor.shape)}."
            )


def write_tensors(path: Path, tensors: Mapping[str, Tensor], half: bool, pack: bool = False) -> None:
    """Write tensors as safetensors, floating ones as float32 or (`half`) float16; they have to be finite.

    `pack` keeps layers' weights in 8 bits.
    """
    ready = {}
    for name, tensor in tensors.items():
        kept = tensor.detach().cpu()
        if kept.is_floating_point():
            kept = kept.to(torch.float16 if half else torch.float32)
            if not torch.isfinite(kept).all():
                raise WeightError(f"{path.name} would have values that are not finite in {name!r}; not written.")
        # A copy: tied tensors and channels_last views are stored plainly.
        ready[name] = kept.clone(memory_format=torch.contiguous_format)
    write_atomically(path, safetensors.torch.save(packed(ready) if pack else ready))
