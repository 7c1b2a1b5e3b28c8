"""Tests that share what is made once for their module run in one process; all others are spread."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = """\
import os
from pathlib import Path

import pytest


{marks}
def made():
    return 1


@pytest.mark.parametrize("number", range(8))
def test_it(number, made):
    Path("{name}", str(number)).write_text(os.environ["PYTEST_XDIST_WORKER"])
"""
MARKS = {"shared": '@pytest.fixture(scope="module")', "spread": "@pytest.fixture"}


@pytest.mark.slow
def test_a_module_that_makes_something_once_goes_to_one_process(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text("from tests.conftest import pytest_xdist_make_scheduler\n")
    for name, marks in MARKS.items():
        (tmp_path / name).mkdir()
        (tmp_path / f"test_{name}.py").write_text(TESTS.format(marks=marks, name=name))
    own = [sys.executable, "-m", "pytest", "--numprocesses", "2", "-p", "no:cacheprovider"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    paths = os.pathsep.join([str(Path(__file__).parents[1]), kept.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    done = subprocess.run(
        own, cwd=tmp_path, env={**kept, "PYTHONPATH": paths}, capture_output=True, text=True, check=False
    )
    assert "16 passed" in done.stdout, done.stdout + done.stderr
    processes = {
        name: sorted(path.read_text(encoding="utf-8") for path in (tmp_path / name).iterdir())
        for name in MARKS
    }
    assert len(set(processes["shared"])) == 1
    assert set(processes["spread"]) == {"gw0", "gw1"}
