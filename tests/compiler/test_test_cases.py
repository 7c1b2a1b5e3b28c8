"""`test-cases.yaml` becomes cases, and each is run as a script and compared with what is stored."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ecoscope_workflows.compiler.loading import load_graph
from ecoscope_workflows.compiler.test_cases import (
    CASES,
    FAILURE,
    SNAPSHOTS,
    Case,
    Suite,
    kinds_of,
    read_cases,
)
from ecoscope_workflows.contracts.stored import read_value
from ecoscope_workflows.errors import SpecError, StorageError

if TYPE_CHECKING:
    from collections.abc import Callable

TEXTS = """\
id: texts
requirements: []
workflow:
  - {id: head, task: set_string_var}
  - id: whole
    task: concat_string_vars
    partial: {values: ["${{ workflow.head.return }}", "!"]}
"""
TRACKS = """\
id: tracks
requirements: []
workflow:
  - {id: fixes, task: load_relocations, partial: {path: none.csv}}
  - id: names
    task: get_column_names_from_dataframe
    partial: {df: "${{ workflow.fixes.return }}", exclude_column_names: []}
"""


def cases(text: str, folder: Path, *only: str) -> list[Case]:
    path = folder / CASES
    path.write_text(text, encoding="utf-8")
    return read_cases(path, only)


def refused(text: str, folder: Path, *only: str) -> list[str]:
    with pytest.raises(SpecError) as caught:
        cases(text, folder, *only)
    return [str(problem).replace(f"{folder}/", "") for problem in caught.value.problems]


def test_a_case_is_a_name_with_params(tmp_path: Path) -> None:
    text = """\
one:
  name: The first
  description: With params.
  params: {head: {var: a}}
two:
  raises: true
  expected_status_code: 500
  mock_io: true
  params: {}
three: {}
"""
    assert cases(text, tmp_path) == [
        Case("one", {"head": {"var": "a"}}, name="The first", description="With params."),
        Case("two", {}, raises=True, name="two"),
        Case("three", {}, name="three"),
    ]
    assert [case.id for case in cases(text, tmp_path, "three", "one")] == ["one", "three"]


@pytest.mark.parametrize("text", ["", "[]", "- a: {}", "text", "3"], ids=repr)
def test_cases_are_a_mapping(tmp_path: Path, text: str) -> None:
    assert refused(text, tmp_path) == [
        "test-cases.yaml:1:1: EW271 test cases are a mapping from names to cases"
    ]


def test_every_fault_is_told_with_its_place(tmp_path: Path) -> None:
    text = """\
one: 3
two: {param: {}}
three: {params: []}
four:
five: {params: {}, raises: perhaps}
"""
    assert refused(text, tmp_path, "fife") == [
        "test-cases.yaml:1:1: EW271 case 'one' must be a mapping with `params`",
        "test-cases.yaml:2:7: EW271 unknown key 'param'\n  hint: did you mean 'params'?",
        "test-cases.yaml:3:1: EW271 case 'three' must be a mapping with `params`",
        "test-cases.yaml:4:1: EW271 case 'four' must be a mapping with `params`",
        "test-cases.yaml:5:28: EW271 `raises` is true or false",
        "test-cases.yaml: EW271 there is no case 'fife'\n  hint: did you mean 'five'?",
    ]


@pytest.mark.parametrize("name", ["../other", "a/b", "..", ".", "/x", ".hidden", '""', '"a\\\\b"'])
def test_the_name_of_a_case_is_that_of_one_folder(tmp_path: Path, name: str) -> None:
    (said,) = refused(f"{name}: {{}}\n", tmp_path)
    assert "cannot be the name of a folder" in said


@pytest.mark.parametrize("name", ["all-grouper", "case 1", "Größe", "v1.2"])
def test_a_name_that_a_folder_can_have_is_taken(tmp_path: Path, name: str) -> None:
    assert [case.id for case in cases(f"{name}: {{}}\n", tmp_path)] == [name]


def test_a_file_that_is_missing_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"EW601 there is no such file\n  hint: write test-cases\.yaml"):
        read_cases(tmp_path / CASES)


def test_a_case_is_run_without_data_too_where_that_is_stored(tmp_path: Path) -> None:
    spec, case = tmp_path / "spec.yaml", Case("one", {})
    assert kinds_of(case, spec) == ("data",)
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / SNAPSHOTS["nodata"]).touch()
    assert kinds_of(case, spec) == ("data", "nodata")
    assert kinds_of(Case("one", {}, raises=True), spec) == ("data",)


@pytest.fixture
def suite(tmp_path: Path) -> Callable[..., Suite]:
    """Return a function that makes the suite of a spec."""

    def make(text: str = TEXTS, **how: object) -> Suite:
        spec = tmp_path / "spec" / "spec.yaml"
        spec.parent.mkdir(exist_ok=True)
        spec.write_text(text)
        return Suite(spec, load_graph(spec), tmp_path / "runs", **how)  # type: ignore[arg-type]  # of the tests

    return make


def test_a_result_is_stored_and_then_compared(suite: Callable[..., Suite]) -> None:
    runs = suite()
    hello, bye = Case("one", {"head": {"var": "hello"}}), Case("one", {"head": {"var": "bye"}})
    before = runs.run(hello)
    assert (before.passed, before.stored, before.differences) == (False, False, ())
    stored = runs.run(hello, update=True)
    assert stored.passed
    assert stored.snapshot == runs.spec.parent / "one" / SNAPSHOTS["data"]
    assert json.loads(stored.snapshot.read_text()) == {
        "error": None,
        "result": "tmpfile",
        "trace": None,
    }
    assert runs.run(hello).passed
    # The result is a text, which is a file of its own; it is compared by being there.
    assert runs.run(bye).passed


def test_json_is_compared_by_its_values(suite: Callable[..., Suite]) -> None:
    text = TEXTS + "  - {id: last, task: set_list_of_string_vars}\n"
    runs = suite(text)
    params = {"head": {"var": "a"}}
    assert runs.run(Case("one", {**params, "last": {"vars": ["b", "c"]}}), update=True).passed
    found = runs.run(Case("one", {**params, "last": {"vars": ["b", "d"]}}))
    assert found.differences == ("result.result[1]: 'd', not 'c'",)


def test_a_case_that_fails_shows_why(suite: Callable[..., Suite]) -> None:
    runs = suite()
    found = runs.run(Case("one", {"head": {}}), update=True)
    assert not found.passed
    assert re.search(r"it failed: .*EW40\d", found.differences[0])
    assert not found.snapshot.exists()
    assert (runs.folder / "one-data" / "run.log").read_text().startswith("error: ")


def test_a_case_that_must_fail_stores_its_error(suite: Callable[..., Suite]) -> None:
    runs = suite(TRACKS)
    case = Case("one", {}, raises=True)
    stored = runs.run(case, update=True)
    assert stored.snapshot.name == FAILURE
    assert stored.passed
    found = json.loads(stored.snapshot.read_text())
    assert "none.csv" in found["error"]
    assert (found["result"], found["trace"]) == (None, "str")
    assert runs.run(case).passed


def test_a_case_that_must_fail_and_does_not_is_told(suite: Callable[..., Suite]) -> None:
    found = suite().run(Case("one", {"head": {"var": "a"}}, raises=True))
    assert found.differences == ("it was to fail, and did not",)


def test_example_data_stands_in_for_io_and_is_empty_for_no_data(
    suite: Callable[..., Suite], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    runs = suite(TRACKS, mock_io=True)
    for data in ("data", "nodata"):
        assert runs.run(Case("one", {}), data, update=True).passed
        assert runs.run(Case("one", {}), data).passed
    rows = {
        data: len(read_value(runs.folder / f"one-{data}" / "results" / "fixes.parquet"))
        for data in ("data", "nodata")
    }
    assert rows["data"] > 0
    assert rows["nodata"] == 0


def test_example_data_of_a_folder_goes_before_what_is_packaged(
    suite: Callable[..., Suite], tmp_path: Path
) -> None:
    examples = tmp_path / "examples"
    examples.mkdir()
    packaged = next(Path("src").rglob("load-relocations.example-return.parquet"))
    frame = read_value(packaged)
    frame.iloc[:3].to_parquet(examples / packaged.name)
    runs = suite(TRACKS, mock_io=True, mock_data=examples)
    runs.run(Case("one", {}), update=True)
    assert len(read_value(runs.folder / "one-data" / "results" / "fixes.parquet")) == 3
