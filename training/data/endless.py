"""Sets without an end: nothing of them is read, their pictures are drawn while the training goes on."""

from dataclasses import dataclass


@dataclass(frozen=True)
class EndlessSet:
    """What a card says of such a set, as an ImageSet says it. `sha256`: of the rules by which it is drawn; `count`: of
    what it begins from, where there is such."""

    name: str
    sha256: str
    count: int
    source: str
    licence: str = "CC0-1.0"
    free: bool = True
    skipped: tuple[str, ...] = ()
    told: tuple[str, ...] = ("drawn while the training goes on",)

    def __len__(self) -> int:
        return self.count
