"""A weight's card for people: pictures, licence in plain words, measures, how it was made, its film."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from gan_models.drawing.sources import SOURCES
from gan_models.errors import PictureError, RequestError
from gan_models.networks import build_config
from gan_models.pictures.images import stored, stored_film
from gan_models.weight.sheet import sheet_of
from page.parts.flipbook import CRISP, data_uri, flipbook_value
from page.training.run_panel import span

if TYPE_CHECKING:
    from gan_models.weight.card import Attribute, Card, Making, Measure


SMALL = 264
"""Side in pixels of a film's frame in the sprite; the full one is asked for when it is looked at."""
NO_FILM = "This weight came without a film of its training."
MEANS = {
    "Fréchet distance": "how far the cloud of samples is from the cloud of real images; lower is better",
    "FID": "Fréchet distance in Inception-v3's features; lower is better",
    "kernel distance": "another distance between the two clouds, fair to few samples; lower is better",
    "KID": "kernel distance in Inception-v3's features; lower is better",
    "precision": "share of the samples that lie among real images; higher is better",
    "recall": "share of the real images that lie among the samples; higher is better",
    "density": "how densely samples lie among real images; about 1 is like real ones",
    "coverage": "share of the real images with a sample close by; higher is better",
    "classifier score": "how clear and how varied a classifier finds the samples; higher is better",
    "IS": "classifier score by Inception-v3; higher is better",
    "agreement with label": "how often a classifier sees the class that was asked for; higher is better",
    "smallest class share": "share of the class drawn least often",
    "largest class share": "share of the class drawn most often",
    "cat faces": "how often OpenCV's cat-face detectors fire; real photographs give 0.90 to 0.96",
    "thumbnail distance": "mean distance of two samples as 16 px thumbnails: variety",
    "feature distance": "mean distance of two samples in features: variety",
    "upscale: feature distance": "how far it is from the truth in features; lower is better",
    "suspected copies": "share of samples nearer to a training image than real ones are to each other",
    "PSNR Y": "likeness of brightness to the truth in dB; higher is better",
    "SSIM Y": "likeness of structure in brightness, at most 1; higher is better",
    "PSNR RGB": "likeness of all colours to the truth in dB; higher is better",
    "SSIM RGB": "likeness of structure in all colours, at most 1; higher is better",
    "consistency": "how well the result, made small again, gives back its source, in dB; higher is better",
    "high-frequency energy": "fine detail in per cent of the truth's; 100 is like the truth",
    "LPIPS": "how different it looks from the truth, by a network's features; lower is better",
    "agreement with kind": "how often a classifier of sounds hears the kind that was asked for; higher is better",
    "silent or clipped": "share of sounds that are silent, or louder than a file can hold",
    "distance of sounds": "Fréchet distance in the features of the classifier of sounds; lower is better",
    "L1": "mean difference from the true answer in grey levels, beside that from another's; lower is better",
    "SSIM": "likeness of structure to the true answer, beside that to another's; higher is better",
    "cycle error": "difference in grey levels after going there and back, beside that of two pictures",
    "colourfulness": "how colourful results are, beside the originals",
    "diversity of draws": "difference in grey levels between two draws of the same source",
    "edge correlation": "how well edges stay in place, 1 at most, beside two unlike pictures",
    "brightness": "mean brightness of what is drawn, 0 to 1, beside that of the photographs",
    "as bright as the photo": "share of cartoons whose mean brightness is within 5 % of the photograph's",
    "change in a tenth of places": "how much of all change from pixel to pixel lies in the steepest tenth, beside "
    "photographs'; a cartoon is flat between its outlines",
    "boats together": "steps for which the network's boat stays within 4 px of the true one; higher is better",
    "events counted": "share of coins and rocks that the network's purse counts too, within 2 steps",
    "tiles together": "steps for which three of four tiles of the land are the true ones, with noise that fits "
    "what came, beside a frame that is kept; higher is better",
    "tiles together by chance": "the same with noise by chance, as it is played: what comes into view is then invented",
    "tiles at step 10": "share of the land's tiles that are the true ones after 10 steps, beside a frame that is kept",
    "PSNR at step 100": "likeness to the true game's frame after 100 steps in dB",
    **{
        f"{name}, {share}% out": f"{what}, where {share}% of it was hidden; {better} is better"
        for share in (10, 25)
        for name, what, better in (
            ("distance in features", "how far a repaired picture lies from the true one in features", "lower"),
            ("PSNR in the hole", "likeness of what was filled in to the truth in dB", "higher"),
        )
    },
    "cat faces after repair": "how often a face is found after an eye or ear was hidden, beside the whole pictures",
    "called the target set": "share that a classifier takes for the other set, beside real ones of it",
}


OPENS = {
    "sample": "Draw with it",
    "upscale": "Enlarge with it",
    "translate": "Try it",
    "repair": "Fill holes with it",
    "sound": "Play it",
    "play": "Play it",
    "pose": "Dance with it",
}
FLOORS = {
    "sample": "real to real",
    "upscale": "bicubic",
    "translate": "for comparison",
    "repair": "cv2.inpaint",
    "sound": "real to real",
    "play": "for comparison",
    "pose": "real pictures",
}
"""What a measure is held against, by task."""


def head_html(card: Card) -> str:
    """Title, what it draws, and its licence as a plain sentence."""
    return (
        f'<div class="at title"><h2>{escape(card.title)}</h2><button type="button" class="btn main" '
        f'data-{card.task}="{escape(card.name, quote=True)}">{OPENS[card.task]}</button></div>'
        f'<p class="subdued"><code>{escape(card.name)}</code> {escape(kind(card))}</p>'
        f"{licence_html(card)}"
    )


def kind(card: Card) -> str:
    """What it draws, or makes of what, in a few words."""
    config = build_config(card.family, card.config)
    if card.task == "upscale":
        return f"pictures {config.scale} times larger"
    if card.task == "sound" and config.pitched:
        names = f", {card.labels[0]} to {card.labels[-1]}" if card.labels else ""
        return f"{config.classes} notes of {config.seconds:.2g} s at {config.rate / 1000:g} kHz{names}"
    if card.task == "sound":
        return f"sounds of {config.seconds:.2g} s at {config.rate / 1000:g} kHz: {', '.join(card.labels)}".rstrip(": ")
    look = f"{config.size} x {config.size} px, {'colour' if config.channels == 3 else 'gray'}"
    if card.translation and card.translation.directions:
        return " and ".join(card.translation.directions)
    if card.source is not None:
        return f"{SOURCES[card.source].makes}, {config.size} px"
    return look + (f", {len(card.labels)} classes: {', '.join(card.labels)}" if card.labels else "")


def licence_html(card: Card) -> str:
    """Whether one may use it for anything, in words, with the licences of weight and data."""
    badge = "Free for any use" if card.free else "Not free for every use"
    why = f"Licence of the weight: {card.licence}. It learned from {card.data.name} ({card.data.licence})."
    if not card.free:
        why += " Look into these before you use it for more than play."
    return f'<p class="licence {"free" if card.free else "bound"}"><b>{badge}.</b> {escape(why)}</p>'


def samples_html(card: Card, folder: Path) -> str:
    """The weight's own sheet of samples."""
    path = sheet_of(folder)
    if not path.exists():
        return '<p class="subdued">This weight came without a sheet of samples.</p>'
    try:
        address = _sheet(path, path.stat().st_mtime_ns)
    except PictureError as error:
        return f'<p class="subdued">{escape(str(error))}</p>'
    alt = escape(f"Samples of {card.title}", quote=True)
    kind = "sheet crisp" if is_small(card) else "sheet"
    return f'<h3>What it draws</h3><img class="{kind}" src="{address}" alt="{alt}">'


def is_small(card: Card) -> bool:
    """Whether the weight's pictures are so small that their pixels are shown as squares."""
    return int(card.config.get("size", CRISP + 1)) <= CRISP


@lru_cache(maxsize=32)
def _sheet(path: Path, changed: int) -> str:
    return data_uri(np.asarray(stored(path)))


def measures_html(card: Card) -> str:
    """The measures as a table with n, spread and floor; what each means stands under its name."""
    if not card.measures:
        return '<h3>How good it is</h3><p class="subdued">Nobody has measured this weight yet.</p>'
    rows = "".join(_row(measure, card.task) for measure in card.measures)
    commands = "\n".join(dict.fromkeys(m.command for m in card.measures if m.command))
    return (
        "<h3>How good it is</h3><div class='scroll'><table><thead><tr><th>measure</th><th>value</th>"
        f"<th>{FLOORS[card.task]}</th><th>n, features</th></tr></thead>"
        f"<tbody>{rows}</tbody></table></div>{command_html(commands, 'Measure again:') if commands else ''}"
    )


def _row(measure: Measure, task: str) -> str:
    spread = f" <small>± {number(measure.spread)}</small>" if measure.spread is not None else ""
    floor = "" if measure.floor is None else number(measure.floor)
    means = MEANS.get(f"{task}: {measure.name}", MEANS.get(measure.name, ""))
    samples = f"{measure.n:,} <small>{escape(measure.features)}</small>"
    cells = (f"{number(measure.value)}{spread}", floor, samples)
    return (
        f"<tr><th>{escape(measure.name)}<small>{means}</small></th>"
        + "".join(f"<td>{cell}</td>" for cell in cells)
        + "</tr>"
    )


def number(value: float) -> str:
    """Three digits that count, without powers of ten."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{float(f'{value:.3g}'):g}"


def attributes_html(card: Card) -> str:
    """What words steer on Edit, and how cleanly; nothing where the card names nothing."""
    if not card.attributes:
        return ""
    rows = "".join(_steered(attribute) for attribute in card.attributes)
    commands = "\n".join(dict.fromkeys(one.command for one in card.attributes if one.command))
    return (
        "<h3>What words steer</h3><div class='scroll'><table><thead><tr><th>attribute</th><th>moved</th><th>by</th>"
        f"<th>most of the others</th></tr></thead><tbody>{rows}</tbody></table></div>"
        "<p class='subdued label'>At strength 1, to either side: the share of pictures whose own measure moves by a "
        "standard deviation, the mean change in deviations, and the largest mean change of another measure.</p>"
        + (command_html(commands, "Measure again:") if commands else "")
    )


def _steered(attribute: Attribute) -> str:
    worst = max(attribute.effects, key=attribute.effects.__getitem__, default="")
    else_ = f"{attribute.effects[worst]:.2f} <small>{escape(worst)}</small>" if worst else ""
    words = escape(", ".join((*attribute.more[:3], *attribute.less[:3])))
    return (
        f"<tr><th>{escape(attribute.name)}<small>{words}</small></th><td>{attribute.moved:.0%} <small>n {attribute.n}"
        f"</small></td><td>{attribute.change:.2f}</td><td>{else_}</td></tr>"
    )


def making_html(card: Card) -> str:
    """How it was made: time, images, machine, size, and the command that makes it again."""
    making, total = card.making, sum(file.bytes for file in card.files.values())
    told = {
        "images seen": f"{making.all_images:,}" if making.images else "",
        "steps": f"{making.all_steps:,}" if making.all_steps else "",
        "training time": span(making.all_seconds) if making.seconds else "",
        "in stages": str(len(making.before) + 1) if making.before else "",
        "on": ", ".join(making.machines),
        "pictures": f"{card.data.name} ({card.data.count:,})" if card.data.count else card.data.name,
        "from": card.data.source,
        "generator": _parameters(card, "generator"),
        "discriminator": _parameters(card, "discriminator"),
        "size on disk": f"{total / 1e6:.1f} MB" if total else "",
    }
    cells = "".join(f"<div><dt>{k}</dt><dd>{escape(v)}</dd></div>" for k, v in told.items() if v)
    commands = " && \\\n".join(stage.command for stage in making.stages if stage.command)
    again = command_html(commands, "Make it again:") if commands else ""
    return f'<h3>How it was made</h3><dl class="figures small">{cells}</dl>{again}{gaps_html(making)}'


def gaps_html(making: Making) -> str:
    """What the commands cannot bring back, stage by stage."""
    numbers = {index: f"Stage {index}: " if making.before else "" for index in range(1, len(making.stages) + 1)}
    told = [numbers[index] + stage.gap for index, stage in enumerate(making.stages, 1) if stage.gap]
    lines = "".join(f"<li>{escape(line)}</li>" for line in told)
    return f'<p class="subdued label">What they cannot bring back:</p><ul class="subdued">{lines}</ul>' if told else ""


def _parameters(card: Card, network: str) -> str:
    count = card.parameters.get(network)
    return f"{count:,} parameters" if count else ""


def command_html(command: str, label: str) -> str:
    """A command with a button that copies it (copy.js)."""
    return (
        f'<p class="subdued label">{label}</p><div class="at command"><code>{escape(command)}</code>'
        '<button type="button" class="btn plain" data-copy>Copy</button></div>'
    )


def film_value(card: Card, folder: Path) -> dict[str, Any]:
    """The progress film as a flipbook's value: a frame for each moment of the training."""
    try:
        frames = film_frames(folder)
    except PictureError as error:
        return {"empty": str(error)}
    if not frames:
        return {"empty": NO_FILM}
    known, earlier = len(card.film) == len(frames), card.making.all_images - card.making.images
    stage = f", stage {len(card.making.stages)} of {len(card.making.stages)}" if card.making.before else ""
    return flipbook_value(
        [_reduced(frame) for frame in frames],
        labels=[f"{earlier + images:,} images seen{stage}" for images in card.film] if known else (),
        start=1.0,
        name=card.name,
        fps=5,
        request={"weight": card.name},
        sharper=max(frames[0].shape[:2]) > SMALL,
        crisp=is_small(card),
    )


def film_frames(folder: Path) -> tuple[np.ndarray, ...]:
    """All frames of film.webp, uint8 (H, W, 3), decoded once; none when there is no film, PictureError for one that
    is damaged."""
    path = folder / "film.webp"
    return _frames(path, path.stat().st_mtime_ns) if path.exists() else ()


def film_picture(folder: Path, index: int) -> str:
    """Frame `index` (the last one when there are fewer) as a data URI; RequestError when the film is gone."""
    frames = film_frames(folder)
    if not frames:
        raise RequestError("That film is not here any more; choose the model again.")
    return data_uri(frames[min(max(index, 0), len(frames) - 1)])


# A film of 24 frames of 528 px takes 20 MB decoded: two stay, for the two models side by side.
@lru_cache(maxsize=2)
def _frames(path: Path, changed: int) -> tuple[np.ndarray, ...]:
    return stored_film(path)


def _reduced(frame: np.ndarray) -> np.ndarray:
    picture = Image.fromarray(frame)
    picture.thumbnail((SMALL, SMALL), Image.Resampling.LANCZOS)
    return np.asarray(picture)
