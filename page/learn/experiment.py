"""What training.augment_experiment found, as it lies beside this file: augmented.md, its table, and augmented.svg."""

from __future__ import annotations

from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def found(folder: Path = HERE) -> dict[str, Any] | None:
    """{"head": column names, "rows": cells, "plot": the SVG}; None where the experiment was not made."""
    table, plot = folder / "augmented.md", folder / "augmented.svg"
    if not (table.is_file() and plot.is_file()):
        return None
    lines = table.read_text(encoding="utf-8").splitlines()
    head, _, *rows = ([cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line.startswith("|"))
    return {"head": head, "rows": rows, "plot": plot.read_text(encoding="utf-8")}
