"""Print the first shell block of a README that follows a line holding the given words."""

import sys
from pathlib import Path


def block_after(text: str, words: str) -> str:
    """The lines between the first two fences after `words`; SystemExit where there are none."""
    _, found, rest = text.partition(words)
    parts = rest.split("```")
    if not found or len(parts) < 3:
        raise SystemExit(f"no shell block after {words!r}")
    return parts[1].partition("\n")[2]


if __name__ == "__main__":
    print(block_after(Path(sys.argv[1]).read_text(encoding="utf-8"), sys.argv[2]))
