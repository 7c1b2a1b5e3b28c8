"""What is said of bad specs, word for word; `python -m tests.regenerate` writes it anew."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

FOLDER = Path(__file__).with_name("bad_specs")
SPECS = sorted(FOLDER.glob("*.yaml"))


@pytest.fixture(scope="module")
def bad_specs() -> Iterator[ModuleType]:
    """Return the module that makes the messages."""
    name = "bad_spec_messages"
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # The types of the tasks in it are looked up by the name of their module.
    sys.modules[name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[name]


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.stem)
def test_the_message_is_the_committed_one(spec: Path, bad_specs: ModuleType) -> None:
    fresh = bad_specs.message(spec)
    assert fresh != bad_specs.ACCEPTED
    assert fresh == spec.with_suffix(".txt").read_text(encoding="utf-8"), "run `python -m tests.regenerate`"


def test_specs_and_messages_are_pairs_numbered_without_a_hole() -> None:
    assert [path.stem for path in SPECS] == [path.stem for path in sorted(FOLDER.glob("*.txt"))]
    assert [int(path.name[:3]) for path in SPECS] == list(range(1, len(SPECS) + 1))


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.stem)
def test_every_problem_has_a_code_and_a_place_in_the_file(spec: Path) -> None:
    text = spec.with_suffix(".txt").read_text(encoding="utf-8")
    problems = [line for line in text.splitlines() if not line.startswith("  hint: ")]
    lines = spec.read_text(encoding="utf-8").splitlines()
    assert problems
    for problem in problems:
        found = re.match(rf"{re.escape(spec.name)}(?::(\d+):(\d+))?: EW\d{{3}} \S", problem)
        assert found, problem
        if found[1]:
            assert 1 <= int(found[1]) <= len(lines) + 1
            assert int(found[2]) >= 1
        else:
            # A file that holds nothing has no place to point at.
            assert all(line.startswith("#") for line in lines)
