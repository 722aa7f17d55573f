"""Uploads weights, or the app with them, to the Hugging Face Hub.

`python -m training.publish weights/NAME --repo user/name` makes a model repository with the card as its
README; `--space user/name` makes a Space of the app and all of weights/. `--dry-run` shows what would go.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import tyro

from gan_models.errors import TrainingError, first_line, one_line
from gan_models.loading import verified
from gan_models.weight.card import CARD, Card, Making, Stage
from gan_models.weight.hub import is_repo
from gan_models.weight.sheet import sheet_named
from training.options import asked
from training.run import span
from training.table import ROOT

# what the page needs to run, and nothing else: no tests, no runs, no training beyond what reads run folders
SPACE = (
    *(
        "app.py",
        "page/**/*",
        "gan_models/**/*.py",
        "gan_models/steering/*.npz",
        "weights/*/*",
        "requirements.txt",
        "README.md",
        "LICENSE",
    ),
    *(f"training/{name}.py" for name in ("__init__", "checkpoint", "lines", "run", "doctor", "orders")),
    *("training/plane/*.py", "training/games/__init__.py", "training/games/phases.py"),
    *("training/loop/__init__.py", "training/loop/ema.py", "training/losses/__init__.py"),
    *(f"training/losses/{name}.py" for name in ("adversarial", "augment", "penalties", "variety")),
)
# licences that the Hub has a short name for; others are "other" with their full name beside
LICENCES = {
    "Apache-2.0": "apache-2.0",
    "MIT": "mit",
    "CC0 1.0": "cc0-1.0",
    "CC0-1.0": "cc0-1.0",
    "CC BY 4.0": "cc-by-4.0",
    "CC BY 3.0": "cc-by-3.0",
    "CC BY-NC 4.0": "cc-by-nc-4.0",
}

PIPELINES = {"sample": "unconditional-image-generation", "sound": "other"}
"""What the Hub calls a task."""

Files = Mapping[str, Path | bytes]


@dataclass(frozen=True)
class Options:
    """Upload a weight, or the app as a Space, to the Hugging Face Hub."""

    folder: tyro.conf.Positional[Path | None] = None
    """The weight folder, for --repo."""
    repo: str | None = None
    """user/name of the model repository; it is made if it is not there."""
    space: str | None = None
    """user/name of the Space; it is made if it is not there."""
    dry_run: bool = False
    """Show what would go, and send nothing."""


def weight_files(folder: Path, repo: str) -> Files:
    """What a model repository gets: README, card and the files that the card names, all of them checked."""
    card = verified(folder).card
    return {"README.md": readme(card, repo).encode()} | {name: folder / name for name in (CARD, *sorted(card.files))}


def space_files(root: Path = ROOT) -> Files:
    """What a Space gets: the app, the library and every weight that has a card."""
    found = (path for pattern in SPACE for path in sorted(root.glob(pattern)) if path.is_file())
    return {
        path.relative_to(root).as_posix(): path
        for path in found
        if "__pycache__" not in path.parts
        and (path.parts[len(root.parts)] != "weights" or (path.parent / CARD).exists())
    }


def readme(card: Card, repo: str) -> str:
    """The Hub's README of a weight: its card as front matter with model-index, and in words."""
    measures = "\n".join(
        f"| {m.name} | {m.value:.4g} | {_number(m.spread)} | {_number(m.floor)} | {m.n:,} | {m.features} |"
        for m in card.measures
    )
    licence = "free for any use" if card.free else "not free for any use"
    parts = [
        f"---\n{front_matter(card)}\n---\n\n# {card.title}",
        f"![Samples]({sheet})" if (sheet := sheet_named(card.files)) else "",
        f"A weight of GAN Atelier, trained on {card.data.count:,} {card.things} of {card.data.name}.",
        f"## Use\n\n```python\n{_example(card, repo)}\n```\n\nOr `python app.py --model {repo}`.",
        _table(measures),
        f"## How it was made\n\n```bash\n{card.making.command}\n```\n\n{_made(card)}",
        f"## Data and licence\n\nThis weight: {card.licence} ({licence}). Data: {card.data.name}, "
        f"{card.data.licence}; {card.data.source or 'no source given'}; sha256 `{card.data.sha256}`.",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def front_matter(card: Card) -> str:
    """The YAML that the Hub reads: licence, tags, data set, and the figures as model-index."""
    from huggingface_hub import EvalResult, ModelCardData

    short = LICENCES.get(card.licence)
    task = PIPELINES.get(card.task, "image-to-image")
    results = [
        EvalResult(
            task_type=task,
            dataset_type=card.data.sha256,
            dataset_name=card.data.name,
            metric_type=m.name.lower().replace("é", "e").replace(" ", "-"),
            metric_name=f"{m.name} ({m.features}, n={m.n})",
            metric_value=m.value,
        )
        for m in card.measures
    ]
    return ModelCardData(
        license=short or "other",
        license_name=None if short else card.licence[:90],
        library_name="gan-atelier",
        pipeline_tag=task,
        tags=["gan", "gan-atelier", card.family, card.method],
        model_name=card.name if results else None,
        eval_results=results or None,
    ).to_yaml()


def send(files: Files, name: str, kind: str) -> str:
    """Uploads the files in one commit to a "model" or "space", made if need be; the commit's address."""
    from huggingface_hub import CommitOperationAdd, HfApi
    from huggingface_hub.errors import HfHubHTTPError, LocalTokenNotFoundError

    api = HfApi(endpoint=os.environ.get("HF_ENDPOINT"))
    try:
        api.create_repo(name, repo_type=kind, exist_ok=True, space_sdk="gradio" if kind == "space" else None)
        operations = [CommitOperationAdd(path, content) for path, content in files.items()]
        return api.create_commit(name, operations, commit_message="Upload from GAN Atelier", repo_type=kind).commit_url
    except LocalTokenNotFoundError as error:
        raise TrainingError("the Hub does not know who you are: run hf auth login, or set HF_TOKEN.") from error
    except HfHubHTTPError as error:
        refused = error.response is not None and error.response.status_code in (401, 403)
        remedy = "run hf auth login with a token that may write" if refused else "run the command again"
        raise TrainingError(f"the Hub refused the upload to {name} ({first_line(error)}): {remedy}.") from error
    except Exception as error:  # the transport's own errors: their types are not part of the Hub's interface
        raise TrainingError(
            f"the Hub cannot be reached ({first_line(error)}): run the command again with a network."
        ) from error


def show(files: Files, name: str, kind: str) -> None:
    """Prints what would go, and a model's README."""
    sizes = {path: len(c) if isinstance(c, bytes) else c.stat().st_size for path, c in files.items()}
    print(f"{kind} {name}: {len(files)} files, {sum(sizes.values()) / 1e6:.1f} MB")
    for path, size in sizes.items():
        print(f"{size:>12,}  {path}")
    if kind == "model":
        print(f"\n{files['README.md'].decode()}")


def publish(options: Options) -> None:
    """Does what the options say; TrainingError where they do not fit together."""
    if not options.repo and not options.space:
        raise TrainingError("say where to: --repo user/name for a weight, --space user/name for the app.")
    if bool(options.repo) != bool(options.folder):
        raise TrainingError("--repo and a weight folder go together: training.publish weights/NAME --repo user/name")
    for name in (options.repo, options.space):
        if name and (not is_repo(name) or "@" in name):
            raise TrainingError(f"a place on the Hub is named user/name, got {name!r}.")
    jobs = [(options.repo, "model", lambda: weight_files(options.folder, options.repo))] if options.repo else []
    jobs += [(options.space, "space", space_files)] if options.space else []
    for name, kind, collect in jobs:
        files = collect()
        if options.dry_run:
            show(files, name, kind)
        else:
            print(send(files, name, kind))


def _table(measures: str) -> str:
    if not measures:
        return ""
    return (
        "## Figures\n\n| measure | value | spread | floor | n | features |\n|---|---|---|---|---|---|\n"
        f"{measures}\n\nFloor: real pictures against other real ones. "
        "A Fréchet distance in other features than Inception's is not FID."
    )


def _made(card: Card) -> str:
    made = card.making
    behind = "".join(
        f" After {span(s.seconds)} of `{s.command}` ({s.images:,} images{_on(s)}).{_gap(s)}" for s in made.before
    )
    return (
        f"{made.steps:,} steps, {made.images:,} images, {span(made.seconds)} on "
        f"{made.hardware or 'a CPU'}, torch {made.torch}, seed {made.seed}.{_gap(made)}{behind}"
    )


def _gap(stage: Stage | Making) -> str:
    return f" {stage.gap}" if stage.gap else ""


def _on(stage: Stage) -> str:
    return f", {stage.hardware}" if stage.hardware else ""


def _example(card: Card, repo: str) -> str:
    if card.task == "sound":
        return (
            "from gan_models.loading import load\nfrom gan_models.sound import Hit, stamp\n\n"
            f'open("hit.wav", "wb").write(stamp(load("{repo}"), Hit(seed=1{", label=0" * bool(card.labels)})))'
        )
    if card.task != "sample":
        return f'from gan_models.loading import load\n\ngenerator = load("{repo}").generator'
    point = "Point(seed=n, label=0)" if card.labels else "Point(seed=n)"
    return (
        "from gan_models.latents.point import Point\nfrom gan_models.loading import load\n"
        f'from gan_models.sample import sample\n\npictures = sample(load("{repo}"), '
        f"[{point} for n in range(16)])"
    )


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    with one_line():
        publish(asked(Options, argv, "publish"))


if __name__ == "__main__":
    main()
