"""Keep the words that steering reads: python -m training.keep_words VECTORS.npz

Of word vectors (`words`, `vectors`), those that are most like the words of any attribute that is measured here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from zipfile import BadZipFile

import numpy as np
import tyro

from gan_models.errors import TrainingError, one_line
from gan_models.files import swapped
from gan_models.steering.vocabulary import WORDS, unit
from training.measures.avatar_looks import looks
from training.measures.looks import CATS
from training.options import asked


@dataclass(frozen=True)
class Options:
    """Choose words near the attributes' own and write them beside the code that reads them."""

    vectors: Annotated[Path, tyro.conf.Positional]
    """An .npz of `words` (N,) and `vectors` (N, D), such as GloVe's."""
    out: Path = WORDS
    """The file to write."""
    count: int = 2000
    """Words that are kept."""


def keep(options: Options) -> None:
    """Write the words that are nearest to those of all looks."""
    words, vectors = read(options.vectors)
    own = {word for look in (*CATS, *looks()) for word in (*look.more, *look.less, *look.about)}
    rows = unit(vectors.astype(np.float32))
    seeds = rows[[row for row, word in enumerate(words) if word in own]]
    kept = np.sort((rows @ seeds.T).max(1).argsort()[::-1][: options.count])
    chosen = [words[row] for row in kept]
    text = np.frombuffer("\n".join(chosen).encode(), np.uint8)
    with swapped(options.out) as file:
        np.savez_compressed(file, words=text, vectors=vectors[kept].astype(np.float16))
    print(f"{len(chosen)} words in {options.out}, {options.out.stat().st_size / 1e3:.0f} kB")


def read(path: Path) -> tuple[list[str], np.ndarray]:
    """Words and their vectors; TrainingError for a file that is none of them."""
    try:
        with np.load(path, allow_pickle=False) as file:
            return [str(word) for word in file["words"]], file["vectors"]
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        raise TrainingError(f"{path} holds no `words` and `vectors` ({error}); give an .npz of word vectors.") from None


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    with one_line():
        keep(asked(Options, argv, "keep_words"))


if __name__ == "__main__":
    main()
