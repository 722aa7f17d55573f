"""What of the page's JavaScript can be tried without a browser, by Node where it is there."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")
def test_the_scripts_do_what_their_own_tests_say() -> None:
    files = sorted(map(str, (ROOT / "tests" / "js").glob("*.test.js")))
    done = subprocess.run(["node", "--test", *files], capture_output=True, text=True, cwd=ROOT, timeout=120)
    assert files and done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
