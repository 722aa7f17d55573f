"""`hf:<dataset id>`: picture sets of the Hugging Face Hub, as folders of pictures, one zip, or Parquet."""

import json
import os
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from gan_models.errors import TrainingError, first_line
from gan_models.files import beside
from gan_models.pictures.files import is_picture
from gan_models.targets import folder_names
from training.data import pictures
from training.data.cache import cache_folder
from training.data.image_set import ImageSet
from training.data.layout import split_of

# licences of the Hub's list under which a weight may be put to any use
FREE = {
    *("apache-2.0", "mit", "bsd", "bsd-2-clause", "bsd-3-clause", "unlicense", "wtfpl"),
    *("cc0-1.0", "cc-by-2.0", "cc-by-2.5", "cc-by-3.0", "cc-by-4.0", "pddl", "odc-by"),
}


@dataclass(frozen=True)
class Repository:
    """What the Hub says of a data set: the commit, the licence ("" if none is stated), the files' paths."""

    name: str
    sha: str
    licence: str
    files: tuple[str, ...]


def load_set(
    name: str,
    *,
    size: int | None = None,
    channels: int | None = None,
    split: str = "train",
    limit: int | None = None,
    memory_mb: int | None = None,
) -> ImageSet:
    """The pictures of the Hub's data set `user/name[@revision]`, kept in the Hub's own cache.

    Raises TrainingError if it cannot be reached, is unknown, or holds neither pictures, one zip nor Parquet.
    """
    repository = describe(name)
    path = _fetch(repository, split)
    found = pictures.load_set(path, size=size, channels=channels, split=split, limit=limit, memory_mb=memory_mb)
    return replace(
        found,
        name=repository.name,
        licence=repository.licence or "not stated on the Hub",
        free=repository.licence in FREE,
        source=f"huggingface.co/datasets/{repository.name}@{repository.sha[:7]}",
    )


def describe(name: str) -> Repository:
    """What the Hub says of `user/name[@revision]`, or said last time where it cannot be reached now."""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    kept = cache_folder() / "hub" / f"{re.sub(r'[^A-Za-z0-9.@-]', '--', name)}.json"
    plain, _, revision = name.partition("@")
    try:
        info = HfApi(endpoint=endpoint()).dataset_info(plain, revision=revision or None)
    except (HfHubHTTPError, HFValidationError) as error:
        raise TrainingError(f"the Hub has no data set {name!r} that can be read ({first_line(error)}).") from error
    except Exception as error:  # the transport's own errors: their types are not part of the Hub's interface
        if kept.exists():
            return Repository(**json.loads(kept.read_text()) | {"files": tuple(json.loads(kept.read_text())["files"])})
        raise TrainingError(
            f"the Hub cannot be reached for {name!r} ({first_line(error)}): connect to the network, or give a folder."
        ) from error
    licence = getattr(info.card_data, "license", None) or ""
    licence = ", ".join(licence) if isinstance(licence, list) else licence
    found = Repository(plain, info.sha, licence, tuple(f.rfilename for f in info.siblings))
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(asdict(found)))
    return found


def endpoint() -> str | None:
    """`$HF_ENDPOINT` as it is now, or None for the Hub's own."""
    return os.environ.get("HF_ENDPOINT")


def _fetch(repository: Repository, split: str) -> Path:
    """A folder or zip on this machine that holds the split's pictures."""
    tables = [f for f in repository.files if f.endswith(".parquet") and not f.split("/")[-1].startswith("metadata")]
    zips = [f for f in repository.files if f.endswith(".zip")]
    images = [f for f in repository.files if is_picture(f)]
    if tables:
        return _unpack(repository, _of_split(tables, split), split)
    if len(zips) > 1:
        zips = _of_split(zips, split)
    if len(zips) == 1:
        return _download(repository, zips) / zips[0]
    if images and not zips:
        return _download(repository, [f"*{suffix}" for suffix in {Path(f).suffix for f in images}])
    raise TrainingError(
        f"hf:{repository.name} holds {len(images)} pictures, {len(zips)} zips and no Parquet: "
        "expected pictures in folders, one zip a split, or Parquet; download it and give the folder."
    )


def _of_split(files: Sequence[str], split: str) -> list[str]:
    """Files whose path names the split; all of them where none names any."""

    def named(file: str) -> set[str]:
        return {split for token in re.split(r"[/._-]", file) if (split := split_of(token)[0])}

    if not any(named(f) for f in files):
        return list(files)
    return [f for f in files if split in named(f)]


def _download(repository: Repository, patterns: Sequence[str]) -> Path:
    from huggingface_hub import snapshot_download

    try:
        folder = snapshot_download(
            repository.name,
            repo_type="dataset",
            revision=repository.sha,
            allow_patterns=list(patterns),
            endpoint=endpoint(),
        )
    except Exception as error:  # the transport's own errors again
        raise TrainingError(
            f"hf:{repository.name} could not be downloaded ({first_line(error)}): "
            "run the command again, it goes on where it stopped."
        ) from error
    return Path(folder)


def _unpack(repository: Repository, tables: Sequence[str], split: str) -> Path:
    """The pictures of Parquet tables as files, `<class>/<number>` where there is a label; once."""
    folder = cache_folder() / "hub" / repository.sha / split
    if folder.exists():
        return folder
    if not tables:
        raise TrainingError(f"hf:{repository.name} has no Parquet table for the split {split!r}.")
    if len({Path(t).parent for t in tables}) > 1:
        parents = ", ".join(sorted({str(Path(t).parent) for t in tables}))
        raise TrainingError(f"hf:{repository.name} has several configurations ({parents}): download one as a folder.")
    try:
        from pyarrow import parquet
    except ImportError as error:
        raise TrainingError(
            f"hf:{repository.name} is stored as Parquet, which needs one more package: pip install pyarrow"
        ) from error
    source = _download(repository, tables)
    with beside(folder, folder=True) as part:
        count = 0
        for table in sorted(tables):
            count = _write_pictures(parquet.ParquetFile(source / table), part, count, repository.name)
        part.rename(folder)
    return folder


def _write_pictures(table, folder: Path, count: int, name: str) -> int:
    """Writes one table's pictures from number `count` on; returns the number after the last."""
    schema = table.schema_arrow
    image = next((f.name for f in schema if hasattr(f.type, "fields") and "bytes" in {c.name for c in f.type}), None)
    if image is None:
        raise TrainingError(f"hf:{name} has no column of pictures, only {', '.join(schema.names)}.")
    features = json.loads((schema.metadata or {}).get(b"huggingface", b"{}")).get("info", {}).get("features", {})
    label = next((c for c in schema.names if features.get(c, {}).get("_type") == "ClassLabel"), None)
    names = features[label].get("names", []) if label else []
    places = folder_names(tuple(names))
    for batch in table.iter_batches(256, columns=[c for c in (image, label) if c]):
        for row in batch.to_pylist():
            # A label may be missing, or -1 where the set keeps it secret.
            known = label and row[label] is not None and 0 <= row[label] < len(names)
            place = folder / places[row[label]] if known else folder
            place.mkdir(exist_ok=True)
            # Pillow looks at the contents: the ending only says that this is a picture
            (place / f"{count:08d}.png").write_bytes(row[image]["bytes"] or b"")
            count += 1
    return count
