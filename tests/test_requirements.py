"""What has to be installed stands the same in every file that says it, and the exact versions fit each other."""

import tomllib
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
ADDED = [*EXTRAS["train"], *EXTRAS["worlds"], *EXTRAS["test"]]


def lines(file: str) -> list[str]:
    text = (ROOT / file).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def pins() -> dict[str, str]:
    return dict(line.split("==") for line in lines("constraints.txt"))


def fits(requirement: Requirement) -> bool:
    """Whether the pinned version, where there is one, is what is asked for."""
    pin = pins().get(canonicalize_name(requirement.name))
    return pin is None or requirement.specifier.contains(pin, prereleases=True)


def test_the_files_of_requirements_say_what_the_project_says():
    assert lines("requirements.txt") == PROJECT["dependencies"]
    assert lines("requirements-dev.txt") == ["-r requirements.txt", *ADDED]


def test_every_requirement_has_an_exact_version_in_its_range():
    for text in (*PROJECT["dependencies"], *ADDED):
        requirement = Requirement(text)
        assert canonicalize_name(requirement.name) in pins() and fits(requirement), text
    for name, version in pins().items():
        assert name == canonicalize_name(name) and "+" not in version, "of every index, without a build's own name"


def test_the_exact_versions_fit_each_other():
    """Asked of those that are installed here in their exact version: of all, where the lock was installed."""
    seen = 0
    for name, version in pins().items():
        try:
            found = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        if found.version.partition("+")[0] != version:
            continue
        seen += 1
        for text in found.requires or ():
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                assert fits(requirement), f"{name} {version} wants {text}"
    if not seen:
        pytest.skip("nothing is installed in its exact version here")


def test_the_workflow_checks_what_is_said_to_be_supported():
    text = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    job = yaml.safe_load(text)["jobs"]["check"]
    matrix = job["strategy"]["matrix"]
    needed = {requirement.name: requirement for requirement in map(Requirement, PROJECT["dependencies"])}
    for row in matrix["include"][: len(matrix["torch"])]:
        for name in ("torch", "torchvision"):
            assert needed[name].specifier.contains(f"{row[name]}.0")
    assert [row["torch"] for row in matrix["include"][: len(matrix["torch"])]] == matrix["torch"]
    assert pins()["torch"].startswith(f"{matrix['torch'][-1]}.")
    assert PROJECT["requires-python"] == f">={matrix['python'][0]}"
    assert job["steps"][-1]["run"] == "bash .ci/run"
