"""A job whose result is known is done from the words of its command line alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from tests.runtime.rule_words import DOUBLE, SUM, listed, run, words

from ecoscope_workflows.contracts.codecs import FrameCodec
from ecoscope_workflows.contracts.digests import digest_of
from ecoscope_workflows.contracts.stored import read_value, write_value
from ecoscope_workflows.runtime import installed
from ecoscope_workflows.runtime.known_results import known, restored
from ecoscope_workflows.runtime.storage import sha256_of
from ecoscope_workflows.runtime.words import SPEC_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.usefixtures("work")
ROOT = Path(__file__).parents[2]


def test_a_known_result_comes_back_with_its_provenance(happened: Callable[[], list[str]]) -> None:
    assert not restored(DOUBLE)
    run(DOUBLE)
    before = listed()
    assert set(before) == {"results/one.json", "results/one.json.provenance.json"}
    Path("results/one.json").unlink()
    assert restored(DOUBLE)
    assert listed() == before
    assert Path("logs/one.log").read_text() == "restored\n"
    assert happened() == ["4"]


def test_what_is_in_the_place_of_the_result_is_replaced(happened: Callable[[], list[str]]) -> None:
    run(DOUBLE)
    before = listed()
    Path("results/one.json").write_text("of an earlier run")
    Path("results/one.files").mkdir()
    Path("results/one.files/map.html").write_text("of an earlier run")
    Path("results/.one.json.123.tmp").write_text("of a run that was killed")
    Path("results/.one.json.stored").write_text("of a run that was killed")
    assert restored(DOUBLE)
    assert listed() == before
    assert happened() == ["4"]


def test_a_folder_comes_back(happened: Callable[[], list[str]]) -> None:
    argv = words("parts", {"value": 3}, suffix="")
    run(argv)
    before = listed()
    assert restored(argv)
    assert listed() == before
    assert happened() == ["3"]


def test_the_provenance_of_this_run_names_its_spec(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SPEC_VARIABLE, "f1857")
    run(DOUBLE)
    text = Path("results/one.json.provenance.json").read_text()
    monkeypatch.setenv(SPEC_VARIABLE, "5ec0d")
    assert restored(DOUBLE)
    assert Path("results/one.json.provenance.json").read_text() == text.replace("f1857", "5ec0d")
    monkeypatch.setenv(SPEC_VARIABLE, '"}')
    assert not restored(DOUBLE)


def table(*rows: int) -> None:
    """Write the file that the task reads."""
    write_value(pd.DataFrame({"number": rows}), Path("table.parquet"), FrameCodec())


ROWS = words("count_rows", {"value": 1}, "--input", "path=table.parquet")
SERVER = words("with_variable", {"value": 1, "server": {"$env": "DEMO_SERVER"}}, suffix=".txt")


def _code(_: pytest.MonkeyPatch) -> list[str]:
    return words("add@0ther", {"right": 1}, "--input", "left=left.json")


def _argument(_: pytest.MonkeyPatch) -> list[str]:
    return words("add", {"right": 2}, "--input", "left=left.json")


def _name_of_the_file(_: pytest.MonkeyPatch) -> list[str]:
    Path("left.json").rename("other.json")
    return words("add", {"right": 1}, "--input", "left=other.json")


def _content(_: pytest.MonkeyPatch) -> list[str]:
    Path("left.json").write_text("5")
    return SUM


def _version_of_a_package(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    folder = Path("site")
    (folder / "numpy-99.0.dist-info").mkdir(parents=True)
    monkeypatch.syspath_prepend(str(folder))
    return SUM


def _version_of_this_package(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(installed, "__version__", "99")
    return SUM


@pytest.mark.parametrize(
    "change",
    [_code, _argument, _name_of_the_file, _content, _version_of_a_package, _version_of_this_package],
    ids=lambda change: change.__name__,
)
def test_what_may_change_a_result_makes_it_unknown(
    change: Callable[[pytest.MonkeyPatch], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("left.json").write_text("4")
    run(SUM)
    assert restored(SUM)
    before = listed()
    assert not restored(change(monkeypatch))
    # What was there is left to the process that computes it.
    assert listed() == before


@pytest.mark.parametrize(
    "more", [["--threads", "3"], ["--timeout", "9"]], ids=lambda more: more[0].strip("-")
)
def test_how_fast_a_result_is_made_does_not_count(more: list[str]) -> None:
    run(DOUBLE)
    assert restored([*DOUBLE, *more])


def test_a_variable_that_the_task_reads_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO_SERVER", "secret-password")
    run(SERVER)
    assert restored(SERVER)
    assert read_value(Path("results/one.txt")) == "secret-password:1"
    monkeypatch.setenv("DEMO_SERVER", "b")
    assert not restored(SERVER)
    monkeypatch.delenv("DEMO_SERVER")
    assert not restored(SERVER)
    for record in Path(".ecoscope-workflows/store/known").rglob("*"):
        assert record.is_dir() or "secret-password" not in record.read_text()


def test_every_byte_counts_of_a_file_that_other_programs_write(happened: Callable[[], list[str]]) -> None:
    table(1, 2)
    run(ROWS)
    assert restored(ROWS)
    # The footer still says of its content what was true before somebody wrote to the file.
    file = Path("table.parquet")
    before = digest_of(file)
    file.write_bytes(b"par1" + file.read_bytes()[4:])
    assert digest_of(file) == before
    assert not restored(ROWS)
    table(1, 2, 3)
    assert not restored(ROWS)
    assert happened() == ["1"]


@pytest.mark.parametrize("name", ["fetch", "uncached"])
def test_what_is_not_kept_leaves_no_record(name: str) -> None:
    argv = words(name, {"value": 4})
    run(argv)
    assert not restored(argv)
    assert not Path(".ecoscope-workflows").exists()


def test_a_job_without_a_fingerprint_leaves_no_record() -> None:
    argv = [word.removesuffix("@c0de") for word in DOUBLE]
    run(argv)
    assert not restored(argv)


def test_it_is_said_beforehand_whether_a_result_is_known(tmp_path: Path) -> None:
    Path("left.json").write_text("4")
    assert known(SUM) == ""
    run(SUM)
    digest = sha256_of(Path("results/one.json"))
    assert known(SUM) == digest
    # From elsewhere, and for files as they will be.
    os.chdir(tmp_path)
    assert known(SUM, folder="work") == digest
    four = sha256_of(tmp_path / "work" / "left.json")
    Path("work/left.json").write_text("5")
    assert known(SUM, folder="work") == ""
    assert known(SUM, {"left.json": four}, folder="work") == digest
    for content in Path("work/.ecoscope-workflows/store").glob("??/*.????????????????"):
        content.unlink()
    assert known(SUM, {"left.json": four}, folder="work") == ""


def process(argv: list[str], *options: str) -> subprocess.CompletedProcess[str]:
    """Run a job as a rule does."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-P", *options, "-m", "ecoscope_workflows.runtime", *argv]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True)


def test_a_process_that_restores_a_result_loads_next_to_nothing() -> None:
    Path("left.json").write_text("4")
    process(SUM)
    before = listed()
    Path("results/one.json").unlink()
    again = process(SUM, "-X", "importtime")
    loaded = {line.rpartition("|")[2].strip() for line in again.stderr.splitlines()}
    assert listed() == before
    assert "ecoscope_workflows.runtime.restoring" in loaded
    heavy = {"json", "re", "pathlib", "typing", "pydantic", "pandas", "pyarrow", "tests.runtime.demo"}
    assert not heavy & loaded


def test_a_process_without_a_record_looks_for_one_without_loading_anything() -> None:
    first = process(DOUBLE, "-X", "importtime").stderr
    loaded = [line.rpartition("|")[2].strip() for line in first.splitlines()]
    usual = loaded.index("ecoscope_workflows.runtime.warm.announcement")
    ours = {name for name in loaded[:usual] if name.startswith("ecoscope_workflows.")}
    assert ours == {
        "ecoscope_workflows.runtime",
        "ecoscope_workflows.runtime.known_results",
        "ecoscope_workflows.runtime.stores",
        "ecoscope_workflows.runtime.stores.location",
        "ecoscope_workflows.runtime.warm",
    }
    assert "hashlib" not in loaded[:usual]
