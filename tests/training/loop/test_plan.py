"""Every entry hands `start` one kind of thing."""

import typing
from dataclasses import fields
from importlib import import_module
from pathlib import Path

import pytest

from training.loop.plan import Plan

WANTED = {name for name in vars(Plan) if not name.startswith("_")}
ENTRIES = sorted(path.stem for path in (Path(__file__).parents[3] / "training").glob("train_*.py"))


@pytest.mark.parametrize("entry", [name for name in ENTRIES if hasattr(import_module(f"training.{name}"), "plan")])
def test_an_entrys_plan_has_all_that_a_plan_has(entry: str) -> None:
    plan = import_module(f"training.{entry}").plan
    made = typing.get_type_hints(plan)["return"]
    assert {*(field.name for field in fields(made)), *dir(made)} >= WANTED, made
