"""The README's table of weights, written from their cards: `python -m training.table [--check]`."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gan_models.errors import TrainingError, one_line
from gan_models.files import contents, write_atomically
from gan_models.methods import name_of
from gan_models.weight.card import CARD, Card, Making, Measure
from gan_models.weight.sheet import sheet_named
from training.options import asked
from training.run import span

BEGIN, END = "<!-- weights:begin -->", "<!-- weights:end -->"
ROOT = Path(__file__).resolve().parent.parent
HEAD = ("", "weight", "trained on", "licence", "size", "figure", "trained in")


@dataclass(frozen=True)
class Options:
    """Write the table of weights into the README."""

    check: bool = False
    """Write nothing; fail if the README is not what the cards say."""
    weights: Path = ROOT / "weights"
    """The folder of weight folders."""
    readme: Path = ROOT / "README.md"
    """The file that holds the two markers."""


def table(cards: Sequence[Card]) -> str:
    """The table in Markdown, a row a card."""
    rows = [HEAD, ("---",) * len(HEAD), *(row(card) for card in cards)]
    return "\n".join(f"| {' | '.join(cells)} |".replace("|  |", "| |") for cells in rows)


def row(card: Card) -> tuple[str, ...]:
    """One card's cells, in the order of HEAD."""
    sheet = sheet_named(card.files)
    classes = f", {len(card.labels)} classes" if card.labels else ""
    return (
        f'<img src="weights/{card.name}/{sheet}" width="96" alt="">' if sheet else "",
        f"**{card.name}**<br>{name_of(card.method)}",
        f"{card.data.name}{side(card)}{classes}<br>{learned_from(card)}",
        f"{card.licence}<br>{'free for any use' if card.free else 'not free for any use'}",
        f"{sum(card.parameters.values()) / 1e6:.1f} M parameters<br>{megabytes(card):.1f} MB",
        distance(card.measures),
        made(card.making, "sounds" if card.task == "sound" else "images"),
    )


def learned_from(card: Card) -> str:
    """How many of what it learned from."""
    return f"{card.data.count:,} {card.things}" if card.data.count else "drawn while it learned"


def made(making: Making, things: str) -> str:
    """Time of all stages and how many it saw, how many of them there were, and what computed besides processors."""
    many = f"<br>{len(making.before) + 1} stages" if making.before else ""
    graphics = [name for name in making.machines if "thread" not in name]
    share = "partly " if making.before else ""
    on = "".join(f"<br>{share}on {name}" for name in graphics)
    return f"{span(making.all_seconds)}<br>{making.all_images:,} {things}{many}{on}"


def side(card: Card) -> str:
    """The side of the pictures that a weight draws, where the name of its data does not say the same."""
    if "size" not in card.config or f" {card.config['size']} px" in card.data.name:
        return ""
    return f", {'drawn at ' if ' px' in card.data.name else ''}{card.config['size']} px"


def megabytes(card: Card) -> float:
    """All files of a weight together, in millions of bytes."""
    return sum(file.bytes for file in card.files.values()) / 1e6


def distance(measures: Sequence[Measure]) -> str:
    """The Fréchet or kernel distance, or what else a family is measured by, with how to read it; or a dash."""
    agreeing = next((m for m in measures if m.name == "boats together"), None)
    if agreeing is not None:
        return f"the true game for {agreeing.value:.0f} steps<br>median, n {agreeing.n:,}"
    tiled = next((m for m in measures if m.name == "tiles together"), None)
    if tiled is not None:
        return f"3 of 4 tiles for {tiled.value:g} steps<br>median, n {tiled.n:,}; a frame kept {tiled.floor or 0:g}"
    posed = next((m for m in measures if m.name == "joints within 4 px"), None)
    if posed is not None:
        return f"{posed.value:.0%} of joints within 4 px<br>n {posed.n:,}; real {posed.floor or 0:.0%}"
    repaired = next((m for m in measures if m.name == "distance in features, 25% out"), None)
    if repaired is not None:
        return f"features {repaired.value:.3f} off<br>n {repaired.n:,}; OpenCV {repaired.floor or 0:.3f}"
    said = next((m for m in measures if m.name == "agreement with sentences"), None)
    if said is not None:
        return f"{said.value:.0%} of what sentences name<br>n {said.n:,}; real {said.floor:.0%}"
    likeness = next((m for m in measures if m.name == "PSNR Y"), None)
    if likeness is not None:
        floor = f"; bicubic {likeness.floor:.2f}" if likeness.floor is not None else ""
        return f"PSNR {likeness.value:.2f} dB<br>{likeness.features}, n {likeness.n:,}{floor}"
    found = next((m for m in measures if m.name in ("Fréchet distance", "FID", "distance of sounds")), None)
    kernel = next((m for m in measures if m.name.startswith("kernel distance")), None)
    kind, found = ("kernel ", kernel) if found is None else ("", found)
    if found is None:
        return "-"
    spread = f" ± {found.spread:.2g}" if found.spread is not None else ""
    floor = f"; real {found.floor:.2g}" if found.floor is not None else ""
    return f"{kind}{found.value:.3g}{spread}<br>{found.features}, n {found.n:,}{floor}"


def written(readme: str, cards: Sequence[Card]) -> str:
    """The README with the table between its two markers; TrainingError if they are not there."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise TrainingError(f"the README lacks the lines {BEGIN} and {END}, between which the table stands.")
    return f"{before}{BEGIN}\n{table(cards)}\n{END}{after}" if cards else f"{before}{BEGIN}\n{END}{after}"


def update(options: Options) -> bool:
    """Brings the README up to date; whether it was. With `check`, TrainingError instead of writing."""
    paths = sorted(options.weights.glob(f"*/{CARD}"))
    before = contents(options.readme).decode()
    after = written(before, [Card.read(path.parent) for path in paths])
    if after != before and options.check:
        raise TrainingError(f"{options.readme.name} does not say what the cards say: run python -m training.table")
    if after != before:
        write_atomically(options.readme, after.encode())
    return after == before


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    with one_line():
        options = asked(Options, argv, "table")
        print(f"{options.readme.name} {'was up to date' if update(options) else 'written'}")


if __name__ == "__main__":
    main()
