"""The words of a recipe: how a picture or film was made, in a form that its file can carry.

`gan_models.pictures.notes` and `gan_models.sounds.notes` are where they lie in a file, `gan_models.remake` what follows
them.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gan_models import __version__
from gan_models.errors import RequestError, reason
from gan_models.pictures import notes
from gan_models.sounds import notes as sound_notes

NO_RECIPE = "This file carries no recipe; only what the atelier saved does, and many sites remove it."


@dataclass(frozen=True)
class Recipe:
    """What made a picture: a weight by name and generator hash, a verb with its arguments, and our version.

    Each verb (`gan_models.sample`, `interpolate`, `drag`, `upscale`, `translate`, `sound`) says in its `recipe_of` what
    its arguments are, and follows them in its `make_again`.
    """

    weight: str
    sha256: str
    verb: str
    arguments: Mapping[str, Any]
    version: str = __version__

    def __post_init__(self) -> None:
        words = (self.weight, self.sha256, self.verb, self.version)
        if not all(isinstance(word, str) and word for word in words) or not isinstance(self.arguments, Mapping):
            raise RequestError(
                "A recipe has a weight, sha256, verb and version as text and arguments as an object; "
                f"got {str(asdict(self))[:80]}."
            )

    def to_json(self) -> str:
        """This recipe as one line of JSON."""
        return json.dumps(asdict(self), separators=(",", ":"), ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> "Recipe":
        """Read what `to_json` wrote; RequestError for anything else."""
        try:
            made = cls(**json.loads(text))
            # Whoever follows it writes it into the new file: what that could not hold (NaN) is refused here.
            made.to_json().encode()
            return made
        except TypeError:
            raise RequestError("The recipe in this file is damaged (it is no object with the fields of one).") from None
        except (ValueError, RecursionError) as error:
            raise RequestError(f"The recipe in this file is damaged ({reason(error)}).") from None


def stamp(picture: np.ndarray, recipe: Recipe, kind: str = "png") -> bytes:
    """Write a uint8 (H, W, C) picture with its recipe as the bytes of a "png", "jpeg" or "webp" file.

    PNG and WebP keep every pixel. The same picture and recipe give the same bytes.
    """
    return notes.write(picture, recipe.to_json(), kind)


def text_in(file: Path | str | bytes) -> str:
    """What a picture, film or sound, by path or as bytes, says of itself; "" where it says nothing.

    PictureError or SoundError for what is none.
    """
    content = file if isinstance(file, bytes) else notes.bytes_of(file)
    return sound_notes.read(content) if sound_notes.is_wav(content) else notes.read(content)


def read(file: Path | str | bytes) -> Recipe:
    """Read the recipe out of a file of ours, by path or as bytes; RequestError where there is none."""
    text = text_in(file)
    if not text.startswith("{") or len(text) > notes.MOST_CHARACTERS:
        raise RequestError(NO_RECIPE)
    return Recipe.from_json(text)
