"""Make sure that a Chromium is there for the browser tests: `python tests/browser/install.py`.

Playwright's own download first; where that is out of reach, the system's package.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

# The one without windows first: it takes a third less of the processor for a page.
SYSTEM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def playwrights_own() -> str | None:
    """The path of the Chromium that Playwright downloaded, or None."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if path and Path(path).exists() else None


def find_chromium() -> str | None:
    """The path of a Chromium to test with: Playwright's own, else the system's, else None."""
    return playwrights_own() or next(filter(None, map(shutil.which, SYSTEM_NAMES)), None)


def _run(*command: str) -> bool:
    print("+", *command, flush=True)
    return subprocess.run(command, check=False).returncode == 0


def install() -> None:
    """Install what `find_chromium` will find; SystemExit with a sentence where nothing helps."""
    if find_chromium() or (_run(sys.executable, "-m", "playwright", "install", "chromium") and find_chromium()):
        return
    if shutil.which("apt-get"):
        sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
        _run(*sudo, "apt-get", "update", "-qq")
        _run(*sudo, "apt-get", "install", "-y", "-qq", "chromium")
    if not find_chromium():
        raise SystemExit("No Chromium for the browser tests: install the system's package `chromium` and try again.")


if __name__ == "__main__":
    install()
    print("browser:", find_chromium())
