"""Tests that share what is made once for their module run in one process; all others are spread."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = """\
import os
import time
from pathlib import Path

import pytest


def processes():
    return {{path.read_text() for path in Path("{name}").iterdir()}} - {{""}}


{marks}
def made():
    return 1


@pytest.mark.parametrize("number", range(8))
def test_it(number, made):
    Path("{name}", str(number)).write_text(os.environ["PYTEST_XDIST_WORKER"])
    # One process could have done all of them before the other one has come to any.
    while number == 0 and len(processes()) < {count}:
        time.sleep(0.05)
"""
MARKS = {"shared": '@pytest.fixture(scope="module")', "spread": "@pytest.fixture"}
PROCESSES = {"shared": 1, "spread": 2}


@pytest.mark.slow
def test_a_module_that_makes_something_once_goes_to_one_process(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text("from tests.conftest import pytest_xdist_make_scheduler\n")
    for name, marks in MARKS.items():
        (tmp_path / name).mkdir()
        (tmp_path / f"test_{name}.py").write_text(TESTS.format(marks=marks, name=name, count=PROCESSES[name]))
    own = [sys.executable, "-m", "pytest", "--numprocesses", "2", "-p", "no:cacheprovider"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    paths = os.pathsep.join([str(Path(__file__).parents[1]), kept.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    done = subprocess.run(
        own,
        cwd=tmp_path,
        env={**kept, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert "16 passed" in done.stdout, done.stdout + done.stderr
    found = {
        name: len({path.read_text(encoding="utf-8") for path in (tmp_path / name).iterdir()})
        for name in MARKS
    }
    assert found == PROCESSES
