from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

SCRIPT = Path(__file__).parents[3] / "benchmarks" / "track_kernels.py"


@pytest.fixture
def benchmark(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("track_kernels", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "track_kernels", module)
    spec.loader.exec_module(module)
    return module


def test_every_case_gives_one_row_under_the_header(
    benchmark: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(benchmark, "REPEATS", 1)
    for task in benchmark.TASKS:
        row = benchmark.measure(task, 300)
        assert row[:2] == [task, "300"]
        assert len(row) == len(benchmark.HEADER)
        assert all(float(number.replace(",", "")) > 0 for number in row[4:])


def test_tracks_are_the_same_in_each_run_and_stay_near_home(benchmark: ModuleType) -> None:
    first, second = benchmark.simulate(2000), benchmark.simulate(2000)
    assert (first.lon == second.lon).all()
    assert abs(first.lon - 37.5).max() < 0.6
    assert abs(first.lat - 0.6).max() < 0.6


def test_the_table_is_markdown(benchmark: ModuleType) -> None:
    assert benchmark.markdown([["task", "s"], ["a", "1"]]) == "| task | s |\n| --- | ---: |\n| a | 1 |"
