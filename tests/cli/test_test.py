"""`ecoscope-workflows test` and `compile --mock-io`: what is told, what is stored, and the exit codes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ecoscope_workflows.cli import run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Told = Callable[..., tuple[int, list[str]]]

SPEC = """\
id: texts
requirements: []
workflow:
  - {id: words, task: set_list_of_string_vars}
"""
CASES = """\
first:
  params: {words: {vars: [a, b]}}
second:
  params: {words: {vars: [c]}}
wrong:
  params: {words: {}}
  raises: true
"""
TRACKS = """\
id: tracks
requirements: []
workflow:
  - {id: fixes, task: load_relocations}
  - id: relocs
    task: process_relocations
    partial: {observations: "${{ workflow.fixes.return }}"}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "spec.yaml").write_text(SPEC)
    (tmp_path / "tracks.yaml").write_text(TRACKS)
    (tmp_path / "test-cases.yaml").write_text(CASES)
    return tmp_path


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Told:
    """Return a function that runs the command, and returns its exit code and what it prints."""

    def call(*words: str) -> tuple[int, list[str]]:
        code = run(["test", "spec.yaml", *words])
        return code, capsys.readouterr().out.splitlines()

    return call


def test_cases_are_stored_and_compared(told: Told, folder: Path) -> None:
    code, lines = told("--case", "first")
    assert (code, lines) == (
        1,
        [
            "FAILED  first",
            "  nothing is stored to compare with: --update writes first/test_dashboard_json[data].json",
            "1 case, 1 failed",
        ],
    )
    assert told("--update") == (0, ["passed  first", "passed  second", "passed  wrong", "3 cases, 0 failed"])
    stored = folder / "first" / "test_dashboard_json[data].json"
    assert json.loads(stored.read_text())["result"] == ["a", "b"]
    assert (folder / "wrong" / "test_failure_response[data-sequential].json").is_file()
    assert told() == (0, ["passed  first", "passed  second", "passed  wrong", "3 cases, 0 failed"])

    stored.write_text(stored.read_text().replace('"b"', '"z"'))
    code, lines = told("--case", "first", "--case", "second")
    assert code == 1
    assert lines == [
        "FAILED  first",
        "  result.result[1]: 'b', not 'z'",
        "passed  second",
        "2 cases, 1 failed",
    ]


def test_long_lists_of_differences_are_cut(told: Told, folder: Path) -> None:
    words = [f"w{number}" for number in range(50)]
    (folder / "test-cases.yaml").write_text(json.dumps({"first": {"params": {"words": {"vars": words}}}}))
    assert told("--update")[0] == 0
    stored = folder / "first" / "test_dashboard_json[data].json"
    stored.write_text(stored.read_text().replace('"w', '"v'))
    _, lines = told()
    assert len(lines) == 23
    assert lines[-2] == "  ... and 30 more"


def test_the_folders_of_the_runs_are_kept_where_that_is_asked_for(told: Told, folder: Path) -> None:
    assert told("--case", "first", "--update", "--keep", "kept")[0] == 0
    kept = folder / "kept" / "first-data"
    assert json.loads((kept / "results" / "words.json").read_text()) == ["a", "b"]
    assert (kept / "run.log").is_file()
    # What an earlier run left is not what the next one makes.
    (kept / "results" / "other.json").touch()
    assert told("--case", "first", "--keep", "kept")[0] == 0
    assert not (kept / "results" / "other.json").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--case", "frist"], "error[EW271]: there is no case 'frist'"),
        (["--mock-data", "."], "add --mock-io"),
        (["--mock-data", "none", "--mock-io"], "none"),
    ],
)
def test_what_cannot_be_run_is_refused(
    told: Told, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert run(["test", "spec.yaml", *words]) in (1, 2)
    assert said in capsys.readouterr().err
    del told


def test_without_cases_it_is_told_where_they_stand(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "test-cases.yaml").unlink()
    assert run(["test", "spec.yaml"]) == 1
    assert "write test-cases.yaml beside the spec" in capsys.readouterr().err


def compiled(folder: Path, *words: str) -> int:
    return run(["compile", "--spec", "tracks.yaml", "--outpath", str(folder / "out"), *words])


def test_io_is_replaced_by_packaged_examples(folder: Path) -> None:
    assert compiled(folder, "--testing", "--mock-io") == 0
    text = (folder / "out" / "workflow" / "Snakefile").read_text()
    assert 'mocks=["fixes"],' in text
    assert (folder / "out" / "resources" / "mocks" / "fixes.parquet").read_bytes().startswith(b"PAR1")


def test_examples_of_a_folder_go_before_what_is_packaged_and_those_of_an_instance_before_both(
    folder: Path,
) -> None:
    examples = folder / "examples"
    examples.mkdir()
    (examples / "load-relocations.example-return.parquet").write_bytes(b"PAR1mine")
    mocked = folder / "out" / "resources" / "mocks" / "fixes.parquet"
    assert compiled(folder, "--testing", "--mock-io", "--mock-data", "examples") == 0
    assert mocked.read_bytes() == b"PAR1mine"
    (folder / "one.parquet").write_bytes(b"PAR1one")
    words = [
        "--testing",
        "--mock-io",
        "--mock-data",
        "examples",
        "--mock-tasks",
        "load_relocations=one.parquet",
    ]
    assert compiled(folder, *words) == 0
    assert mocked.read_bytes() == b"PAR1one"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--mock-io"], "add --testing to say so"),
        (["--testing", "--mock-data", "."], "add --mock-io to use it"),
    ],
)
def test_mocks_are_asked_for_in_full(
    folder: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert compiled(folder, *words) == 2
    assert said in capsys.readouterr().err
    assert not (folder / "out").exists()
