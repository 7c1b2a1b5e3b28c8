"""`ecoscope-workflows migrate`, as a user types it."""

from __future__ import annotations

import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from ecoscope_workflows.cli import run

if TYPE_CHECKING:
    from pathlib import Path

SPEC = "name: tracks\r\ntasks:\r\n  load_relocations: {}  # größe\r\n"
MIGRATED = (
    "id: tracks\r\nrequirements: []\r\nworkflow:\r\n"
    "  - id: load_relocations  # größe\r\n    task: load_relocations\r\n"
)
FAULTY = "name: f\ntasks:\n  ? a\n  : {}\n  b: {x: c d}\n"


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "spec.yaml"
    path.write_bytes(SPEC.encode())
    return path


def test_the_result_goes_to_standard_output_to_the_byte(spec: Path) -> None:
    words = [sys.executable, "-m", "ecoscope_workflows", "migrate", str(spec)]
    done = subprocess.run(words, capture_output=True, check=True)
    assert done.stdout == MIGRATED.encode()
    assert done.stderr == b""
    assert spec.read_bytes() == SPEC.encode()


def test_the_result_goes_to_a_file(spec: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outpath = tmp_path / "new" / "spec.yaml"
    assert run(["migrate", str(spec), "--outpath", str(outpath)]) == 0
    assert outpath.read_bytes() == MIGRATED.encode()
    assert spec.read_bytes() == SPEC.encode()
    assert capsys.readouterr().err == f"wrote {outpath}\n"


def test_the_result_replaces_the_spec_and_keeps_its_permissions(
    spec: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    link = tmp_path / "link.yaml"
    link.symlink_to(spec)
    spec.chmod(0o640)
    assert run(["migrate", str(link), "--in-place"]) == 0
    assert spec.read_bytes() == MIGRATED.encode()
    assert link.is_symlink()
    assert stat.S_IMODE(spec.stat().st_mode) == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.yaml", "spec.yaml"]
    assert capsys.readouterr().err == f"wrote {spec}\n"


def test_what_the_author_has_to_know_goes_to_standard_error(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec.write_text("name: load\ntasks: {load: , sum: }\n")
    assert run(["migrate", str(spec)]) == 0
    printed = capsys.readouterr()
    assert printed.out == (
        "id: load_workflow\nrequirements: []\nworkflow: [{id: load, task: load}, {id: sum_task, task: sum}]\n"
    )
    assert printed.err == (
        "note: task 'sum' has the id 'sum_task' now: in a params file, 'sum' becomes 'sum_task'\n"
        "note: the workflow is called 'load_workflow' now: 'load' is one of its tasks\n"
    )


@pytest.mark.parametrize("options", [[], ["--in-place"], ["--outpath", "same.yaml"]], ids=" ".join)
def test_a_spec_of_the_workflow_grammar_is_left_as_it_is(
    options: list[str],
    spec: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(spec.parent)
    spec.write_bytes(MIGRATED.encode())
    before = spec.stat().st_mtime_ns
    assert run(["migrate", "spec.yaml", *options]) == 0
    printed = capsys.readouterr()
    assert "spec.yaml is in the `workflow:` grammar already: unchanged\n" in printed.err
    assert (printed.out == MIGRATED) == (not options)
    assert (spec.read_bytes(), spec.stat().st_mtime_ns) == (MIGRATED.encode(), before)
    if "--outpath" in options:
        assert spec.with_name("same.yaml").read_bytes() == MIGRATED.encode()


@pytest.mark.parametrize("options", [[], ["--in-place"], ["--outpath", "new.yaml"]], ids=" ".join)
def test_nothing_is_written_where_a_part_cannot_be_migrated(
    options: list[str],
    spec: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(spec.parent)
    spec.write_text(FAULTY)
    assert run(["migrate", "spec.yaml", *options]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "error[EW251]: a key of this form cannot be migrated here\n --> spec.yaml:3:5\n" in printed.err
    assert "error[EW252]: 'c d' is not the name of a task\n --> spec.yaml:5:10\n" in printed.err
    assert [path.name for path in spec.parent.iterdir()] == ["spec.yaml"]
    assert spec.read_text() == FAULTY


def test_two_places_to_write_to_are_a_wrong_command_line(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["migrate", str(spec), "--in-place", "--outpath", "x.yaml"]) == 2
    assert "--in-place and --outpath exclude one another" in capsys.readouterr().err


def test_a_file_that_is_no_text_is_refused(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec.write_bytes(b"name: \xff\n")
    assert run(["migrate", str(spec)]) == 1
    assert "error[EW200]: not UTF-8 text (byte 6)" in capsys.readouterr().err
