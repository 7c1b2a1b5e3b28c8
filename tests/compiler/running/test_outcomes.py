"""How a job came by its result: by its log, and by the result."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from ecoscope_workflows.compiler.loading import load_graph
from ecoscope_workflows.compiler.running.outcomes import how_done
from ecoscope_workflows.contracts.file_codecs import FrameCodec, JsonCodec
from ecoscope_workflows.contracts.skipping import SkipSentinel
from ecoscope_workflows.contracts.stored import write_value
from ecoscope_workflows.targets.view import view

if TYPE_CHECKING:
    from pathlib import Path

    from ecoscope_workflows.targets.view import Row

SPEC = "name: tracks\ntasks:\n  load_relocations: {}\n"


@pytest.fixture
def row(tmp_path: Path) -> Row:
    (tmp_path / "spec.yaml").write_text(SPEC)
    (only,) = view(load_graph(tmp_path / "spec.yaml")).jobs
    for name in ("results", "logs"):
        (tmp_path / name).mkdir()
    return only


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        (None, "done"),
        ("", "done"),
        ("restored from the store\n", "restored"),
        ("note: cold\nload_relocations: 0 of 3 items computed, 3 restored\n", "restored"),
        ("load_relocations: 1 of 3 items computed, 2 restored\n", "done"),
        ("load_relocations: 0 of 0 items computed, 0 restored\n", "done"),
        ("the painting was restored\n", "done"),
    ],
)
def test_the_log_says_whether_a_result_was_restored(
    tmp_path: Path, row: Row, log: str | None, expected: str
) -> None:
    if log is not None:
        (tmp_path / "logs" / "load_relocations.log").write_text(log)
    write_value(pd.DataFrame({"a": [1]}), tmp_path / "results" / row.result, FrameCodec())
    assert how_done(tmp_path, row) == expected


def test_the_result_says_whether_it_was_skipped(tmp_path: Path, row: Row) -> None:
    skipped = SkipSentinel("load_relocations", "never")
    write_value(skipped, tmp_path / "results" / row.result, FrameCodec())
    assert how_done(tmp_path, row) == "skipped"
    as_json = replace(row, result="load_relocations.json")
    write_value(skipped, tmp_path / "results" / as_json.result, JsonCodec())
    assert how_done(tmp_path, as_json) == "skipped"
    write_value([1, 2], tmp_path / "results" / as_json.result, JsonCodec())
    assert how_done(tmp_path, as_json) == "done"


def test_a_result_that_is_gone_or_broken_ends_nothing(tmp_path: Path, row: Row) -> None:
    assert how_done(tmp_path, row) == "done"
    (tmp_path / "results" / row.result).write_bytes(b"no parquet")
    assert how_done(tmp_path, row) == "done"
