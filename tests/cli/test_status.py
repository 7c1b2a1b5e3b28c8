"""`ecoscope-workflows status`: a table for people, JSON for programs."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from ecoscope_workflows.cli import run
from ecoscope_workflows.contracts.codecs import CollectionCodec, FrameCodec, JsonCodec
from ecoscope_workflows.contracts.skipping import SkipSentinel
from ecoscope_workflows.contracts.stored import write_value

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SPEC = """\
id: tracks
requirements: []
workflow:
  - {id: word, task: set_string_var}
  - {id: fixes, task: load_relocations}
  - id: groups
    task: process_relocations
    map: {argnames: observations, argvalues: ["${{ workflow.fixes.return }}", "${{ workflow.fixes.return }}"]}
  - id: names
    task: get_column_names_from_dataframe
    partial: {df: "${{ workflow.fixes.return }}", exclude_column_names: ["${{ workflow.word.return }}"]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder where one instance is done, one skipped, one failed, and one inside another."""
    for name in ("workflow", "results", "logs", "benchmarks"):
        (tmp_path / name).mkdir()
    (tmp_path / "workflow" / "spec.yaml").write_text(SPEC)
    write_value(pd.DataFrame({"x": range(1500)}), tmp_path / "results" / "fixes.parquet", FrameCodec())
    (tmp_path / "benchmarks" / "fixes.tsv").write_text("s\n2.345\n")
    skipped = SkipSentinel("groups", "any_is_empty_df", "observations")
    items = CollectionCodec(FrameCodec())
    write_value([skipped, pd.DataFrame({"x": [1]})], tmp_path / "results" / "groups", items)
    (tmp_path / "logs" / "groups.log").write_text("groups: 1 of 2 items computed, 1 restored\n")
    (tmp_path / "logs" / "names.log").write_text("error: EW621 names raised ValueError\n")
    return tmp_path


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Callable[..., list[str]]:
    """Return a function that runs the command, and returns what it prints."""

    def show(*words: str) -> list[str]:
        assert run(["status", *words]) == 0
        printed = capsys.readouterr()
        assert printed.err == ""
        return printed.out.splitlines()

    return show


def test_the_table_has_a_line_an_instance_and_a_sum(folder: Path, lines: Callable[..., list[str]]) -> None:
    header, *rows, total = lines(str(folder))
    assert header.split() == ["instance", "state", "seconds", "finished", "items", "rows"]
    assert [row.split()[:2] for row in rows] == [
        ["word", "inside"],
        ["fixes", "done"],
        ["groups", "done"],
        ["names", "failed"],
    ]
    assert total == "1 inside, 2 done, 1 failed"
    word, fixes, groups, names = rows
    assert word.endswith("  names")
    assert "  2.3  " in fixes
    assert fixes.endswith("1,500")
    assert groups.endswith("2      1  1 restored; 1 skipped: any_is_empty_df on 'observations'")
    assert names.endswith("EW621 names raised ValueError")


def test_columns_stand_below_one_another(folder: Path, lines: Callable[..., list[str]]) -> None:
    header, *rows, _ = lines(str(folder))
    start = header.index("state")
    assert {row[start - 1] for row in rows} == {" "}
    assert [row[start:].split()[0] for row in rows] == ["inside", "done", "done", "failed"]
    # Numbers stand right below one another.
    assert rows[1].index("1,500") + len("1,500") == header.index("rows") + len("rows")


def test_the_current_folder_is_meant_where_none_is_named(
    folder: Path, lines: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    assert lines() == lines(str(folder))


def test_programs_read_json(folder: Path, lines: Callable[..., list[str]]) -> None:
    found = json.loads("\n".join(lines(str(folder), "--format", "json")))
    assert [one["state"] for one in found] == ["inside", "done", "done", "failed"]
    assert found[1]["rows"] == 1500
    assert found[1]["seconds"] == 2.345


def test_a_skipped_instance_is_told_with_its_cause(folder: Path, lines: Callable[..., list[str]]) -> None:
    first = SkipSentinel("fixes", "any_is_empty_df", "df")
    skipped = SkipSentinel("names", "any_dependency_skipped", "df", first)
    write_value(skipped, folder / "results" / "names.json", JsonCodec())
    assert lines(str(folder))[-2].endswith(
        "any_dependency_skipped on 'df', because fixes was skipped: any_is_empty_df on 'df'"
    )


def test_nothing_is_changed(folder: Path, lines: Callable[..., list[str]]) -> None:
    def files() -> dict[str, int]:
        return {str(path): path.stat().st_mtime_ns for path in folder.rglob("*")}

    before = files()
    lines(str(folder))
    assert files() == before


def test_another_folder_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["status", str(tmp_path)]) == 1
    assert "error[EW601]: here is no compiled workflow" in capsys.readouterr().err
    assert run(["status", str(tmp_path / "none")]) == 2


@pytest.mark.parametrize("no_color", [True, False])
def test_a_terminal_gets_colours_only_where_they_are_wanted(folder: Path, no_color: bool) -> None:
    variables = {**os.environ, "NO_COLOR": "1" if no_color else ""}
    for place in (folder, folder / "logs"):  # a table, and an error
        ours, theirs = pty.openpty()
        command = [sys.executable, "-m", "ecoscope_workflows", "status", str(place)]
        subprocess.run(command, stdout=theirs, stderr=theirs, env=variables, check=False)
        os.close(theirs)
        said = b""
        with suppress(OSError):  # how Linux says that nobody writes any more
            while more := os.read(ours, 4096):
                said += more
        os.close(ours)
        assert (b"fixes" in said, b"EW601" in said) == (place == folder, place != folder)
        assert (b"\x1b[" in said) is not no_color
