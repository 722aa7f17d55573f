"""Weight folders and the shelf that lists them.

A folder holds `card.json`, `generator.safetensors`, and where they were made `discriminator.safetensors`,
`directions.safetensors`, `samples.webp` and `film.webp`. Only safetensors are read, never pickles.
"""

import hashlib
import os
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from torch import Tensor, nn

from gan_models.errors import WeightError, first_line
from gan_models.weight import hub as _hub
from gan_models.weight.card import CARD, Card, WeightFile
from gan_models.weight.model import Model
from gan_models.weight.sheet import SHEETS
from gan_models.weight.tensors import DIRECTIONS, DISCRIMINATOR, GENERATOR, STYLES, read_file, write_tensors

WEIGHTS = Path(__file__).resolve().parent.parent / "weights"
"""The weights that come with the atelier."""

PICTURES = (*SHEETS, "film.webp")

Stamp = tuple[tuple[str, int, int], ...]


def load(name_or_folder_or_hub: str | Path, device: str = "cpu") -> Model:
    """Load a weight by its name in `weights/`, by its folder, or from the Hub as "user/repo[@revision]"."""
    where = str(name_or_folder_or_hub)
    # An empty name would be the folder one is in.
    if where.strip() and (folder := Path(where)).is_dir():
        return verified(folder, device)
    if "/" not in where and (WEIGHTS / where / CARD).is_file() and where == Path(where).name:
        return verified(WEIGHTS / where, device)
    if _hub.is_repo(where):
        return verified(_hub.download(where), device)
    known = ", ".join(sorted(path.parent.name for path in WEIGHTS.glob(f"*/{CARD}"))) or "none yet"
    raise WeightError(
        f"There is no weight {where!r}; give a folder, a Hub name such as user/repo, or one of weights/: {known}."
    )


def verified(folder: Path | str, device: str = "cpu") -> Model:
    """Open a weight folder after comparing every file with its card; the networks are read on first use."""
    folder = Path(folder)
    card = Card.read(folder)
    if GENERATOR not in card.files:
        raise WeightError(f"The card of {card.name} names no {GENERATOR}; export the weight again.")
    for file in card.files:
        read_file(folder, card, file)
    return Model(folder, card, device)


class Shelf:
    """Weights by name, listed from their cards and loaded on first use; safe to share between threads.

    `folders` are weight folders or folders of such; `hub` names repositories that are fetched once, now.
    `open_only` hides weights that are not free for any use. When the loaded networks take more than
    `memory_mb`, the least recently used ones leave. A broken weight never raises here but in `get`: it is
    kept in `refused`, name to sentence, until its files change.
    """

    def __init__(
        self,
        folders: Sequence[Path | str] = (WEIGHTS,),
        hub: Sequence[str] = (),
        open_only: bool = False,
        memory_mb: float = 512,
    ) -> None:
        self.open_only, self.memory_mb = open_only, memory_mb
        self._lock = threading.RLock()
        self._folders = [Path(folder) for folder in folders]
        self._unfetched: dict[str, str] = {}
        self._seen: dict[Path, tuple[Stamp, Model | str]] = {}
        self._models: dict[str, Model] = {}
        self._refused: dict[str, str] = {}
        self._recent: OrderedDict[str, Model] = OrderedDict()
        for repo in hub:
            self.fetch(repo)
        self.cards()

    @property
    def home(self) -> Path:
        """The first of its folders that holds weights and is none: where new ones go."""
        return next((folder for folder in self._folders if not (folder / CARD).exists()), WEIGHTS)

    @property
    def refused(self) -> dict[str, str]:
        """Weights that cannot be used: name (or folder) to one sentence that says why."""
        with self._lock:
            return {**self._unfetched, **self._refused}

    def cards(self) -> list[Card]:
        """The cards on the shelf, in the order of folders and names; looks at the folders again."""
        with self._lock:
            self._models, self._refused = {}, {}
            for folder in self._weight_folders():
                self._place(folder)
            for name in [name for name, model in self._recent.items() if self._models.get(name) is not model]:
                del self._recent[name]
            return [model.card for model in self._models.values()]

    def get(self, name: str) -> Model:
        """The model of that name, its generator loaded; WeightError where there is none or it is broken."""
        with self._lock:
            if name not in self._models:
                self.cards()
            if name not in self._models:
                raise WeightError(self._absent(name))
            model = self._models[name]
        try:
            _ = model.drawing_generator, model.directions, model.style_directions
        except WeightError as error:
            self._refuse(model, str(error))
            raise
        self._keep(model)
        return model

    def find(self, name: str, sha256: str) -> Model:
        """The model whose generator has this hash, whatever its name now is.

        WeightError where there is only another one of that name, or none.
        """
        for card in self.cards():
            file = card.files.get(GENERATOR)
            if file and file.sha256 == sha256:
                return self.get(card.name)
        model = self.get(name)
        raise WeightError(
            f"The picture was made with {name} of hash {sha256[:12]}..., and the one here has "
            f"{model.sha256[:12]}...; it was trained again since."
        )

    def folder(self, name: str) -> Path:
        """Where the weight's pictures and files lie; loads nothing."""
        with self._lock:
            if name not in self._models:
                raise WeightError(self._absent(name))
            return self._models[name].folder

    def fetch(self, repo: str) -> None:
        """Fetch a repository of the Hub and put its weight on the shelf; until then, and where it fails, `refused`
        says why it is not there. May take minutes, so that a page does this beside its visitors."""
        with self._lock:
            self._unfetched[repo] = f"{repo} is being fetched from the Hub; it appears here by itself."
        try:
            folder = _hub.download(repo)
        except WeightError as error:
            with self._lock:
                self._unfetched[repo] = str(error)
            return
        with self._lock:
            del self._unfetched[repo]
            self._folders.append(folder)

    def _weight_folders(self) -> list[Path]:
        found = []
        for folder in self._folders:
            if os.path.lexists(folder / CARD):
                found.append(folder)
            elif folder.is_dir():
                found += sorted(path.parent for path in folder.glob(f"[!.]*/{CARD}"))
        return found

    def _place(self, folder: Path) -> None:
        """Put a folder's model on the shelf, or its refusal; files are hashed only after they changed."""
        stamp = _stamp(folder)
        if folder not in self._seen or self._seen[folder][0] != stamp:
            self._seen[folder] = stamp, _opened(folder)
        model = self._seen[folder][1]
        if isinstance(model, str):
            self._refused[self._label(folder, model)] = model
        elif model.name in self._models:
            other = self._models[model.name].folder
            if other.resolve() != folder.resolve():
                self._refused[str(folder)] = f"{folder} has the name {model.name}, which {other} has already."
        elif model.card.free or not self.open_only:
            self._models[model.name] = model

    def _label(self, folder: Path, sentence: str) -> str:
        """What a refused folder is called: its own name, its whole path where another refused one has that name."""
        return folder.name if self._refused.get(folder.name) in (None, sentence) else str(folder)

    def _keep(self, model: Model) -> None:
        """Note a use, and let the least recently used networks go while memory is over its limit."""
        with self._lock:
            if self._models.get(model.name) is not model:
                return
            self._recent[model.name] = model
            self._recent.move_to_end(model.name)
            while len(self._recent) > 1 and self._loaded_bytes() > self.memory_mb * 1e6:
                name, old = self._recent.popitem(last=False)
                # A fresh, unread model takes the place of the old one, which lives on while somebody uses it.
                fresh = Model(old.folder, old.card)
                self._models[name] = fresh
                self._seen[old.folder] = self._seen[old.folder][0], fresh

    def _loaded_bytes(self) -> int:
        return sum(model.loaded_bytes for model in self._recent.values())

    def _refuse(self, model: Model, sentence: str) -> None:
        with self._lock:
            if self._models.get(model.name) is model:
                del self._models[model.name]
                self._seen[model.folder] = self._seen[model.folder][0], sentence
                self._refused[self._label(model.folder, sentence)] = sentence

    def _absent(self, name: str) -> str:
        if name in self._refused:
            return self._refused[name]
        return f"There is no weight {name[:80]!r} on the shelf; it has {', '.join(self._models) or 'none'}."


def save(
    folder: Path | str,
    card: Card,
    generator: nn.Module,
    discriminator: nn.Module | None = None,
    directions: Tensor | None = None,
    half: bool = False,
    style_directions: Mapping[str, Tensor] | None = None,
    pack: bool = False,
) -> Card:
    """Write a weight folder and return its card with files and parameters filled in.

    `half` stores floating tensors as float16, and in 8 bits the layers' weights of the discriminator, which only
    judges, and, where `pack`, of the generator. `style_directions`, by kind, stand in the file of the directions.
    Pictures already in the folder (the sheet of samples, the film) are named in the card too. Raises WeightError for
    tensors that are not finite (in float16: above 65504).
    """
    folder = Path(folder)
    parameters = {"generator": _count(generator)}
    write_tensors(folder / GENERATOR, generator.state_dict(), half, pack=pack)
    if discriminator is not None:
        parameters["discriminator"] = _count(discriminator)
        write_tensors(folder / DISCRIMINATOR, discriminator.state_dict(), half, pack=half)
    if directions is not None:
        of_styles = {STYLES + kind: rows for kind, rows in (style_directions or {}).items()}
        write_tensors(folder / DIRECTIONS, {"directions": directions, **of_styles}, half=False)
    written = {GENERATOR} | ({DISCRIMINATOR} if discriminator is not None else set())
    written |= {DIRECTIONS} if directions is not None else set()
    return seal(folder, replace(card, parameters=parameters), written)


def seal(folder: Path | str, card: Card, files: set[str] | None = None) -> Card:
    """Hash `files` (by default those the card names) and the pictures in the folder; write the card."""
    folder = Path(folder)
    named = set(card.files if files is None else files)
    named |= {picture for picture in PICTURES if (folder / picture).is_file()}
    sealed = replace(card, files={name: _fingerprint(folder / name) for name in sorted(named)})
    sealed.write(folder)
    return sealed


def _fingerprint(path: Path) -> WeightFile:
    content = path.read_bytes()
    return WeightFile(sha256=hashlib.sha256(content).hexdigest(), bytes=len(content))


def _count(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def _opened(folder: Path) -> Model | str:
    """The model of a folder, or the sentence that says why there is none: one bad weight must not hide the others."""
    try:
        return verified(folder)
    except WeightError as error:
        return str(error)
    # What nobody has thought of yet: a card is somebody else's file.
    except Exception as error:
        return f"{folder} cannot be used ({type(error).__name__}: {first_line(error)[:200]}); export the weight again."


def _stamp(folder: Path) -> Stamp:
    """What changes when a file of the folder does: names, times and lengths."""
    try:
        stats = [(path.name, path.stat()) for path in sorted(folder.iterdir())]
    except OSError:
        # Swapped for a newer one at this very moment: the next look will see it.
        return ()
    return tuple((name, status.st_mtime_ns, status.st_size) for name, status in stats)
