import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import gan_models

ROOT = Path(gan_models.__file__).parent

MEASURE = """
import json, sys, time
start = time.process_time()
import torch
torch_seconds, before = time.process_time() - start, set(sys.modules)
import gan_models.weight.card, gan_models.pictures.images, gan_models.loading, gan_models.sample
import gan_models.recipe, gan_models.interpolate, gan_models.upscale
added = {name.partition(".")[0] for name in set(sys.modules) - before}
print(json.dumps([torch_seconds, time.process_time() - start, sorted(added)]))
"""


def test_gan_models_is_imported_in_little_more_time_than_torch() -> None:
    done = subprocess.run([sys.executable, "-c", MEASURE], capture_output=True, check=True)
    torch_seconds, seconds, added = json.loads(done.stdout)
    # Two seconds of an idle processor; a busy one is slower for both.
    assert seconds < max(2.0, 1.6 * torch_seconds)
    heavy = {"gradio", "torchvision", "training", "page", "huggingface_hub", "av", "scipy", "cv2", "httpx", "spandrel"}
    assert not heavy & set(added)


def test_arrows_point_one_way() -> None:
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            rooms = {name.partition(".")[0] for name in names}
            assert not rooms & {"gradio", "torchvision", "training", "page", "app"}, f"{path}: {rooms}"


def test_the_version_is_said_once() -> None:
    project = (ROOT.parent / "pyproject.toml").read_text()
    assert re.search(r'^version = "(.+)"', project, re.M)[1] == gan_models.__version__
