"""Whatever is wrong with what is known of a result, a job never takes a wrong one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.runtime.rule_words import DOUBLE, SUM, run, words

from ecoscope_workflows.contracts.stored import read_value
from ecoscope_workflows.runtime import orphans
from ecoscope_workflows.runtime.command import parse
from ecoscope_workflows.runtime.execute import execute
from ecoscope_workflows.runtime.known_results import restored
from ecoscope_workflows.runtime.warm import direct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.usefixtures("work")


def spoil(pattern: str, data: bytes) -> None:
    """Write other bytes into the files of the store that a pattern finds."""
    found = [path for path in Path(".ecoscope-workflows/store").glob(pattern) if path.is_file()]
    assert found
    for path in found:
        path.write_bytes(data)


def test_what_a_task_is_declared_with_counts_though_it_is_in_no_fingerprint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (
        "from ecoscope_workflows.decorators import distributed\n"
        "@distributed{}\ndef grow(n: int) -> int:\n    return n + 1\n"
    )
    module = tmp_path / "growing.py"
    module.write_text(text.format(""))
    monkeypatch.syspath_prepend(str(tmp_path))
    argv = [word.replace("tests.runtime.demo:double", "growing:grow") for word in words("double", {"n": 1})]
    run(argv)
    assert restored(argv)
    module.write_text(text.format("(cache=False)"))
    assert not restored(argv)


@pytest.mark.parametrize("data", [b"", b"\xff", b"{}", b"\n" * 8, b"\n" * 9])
def test_a_record_that_is_damaged_is_no_record(data: bytes, happened: Callable[[], list[str]]) -> None:
    run(DOUBLE)
    spoil("known/*/*", data)
    assert not restored(DOUBLE)
    run(DOUBLE)
    assert restored(DOUBLE)
    assert happened() == ["4"]


@pytest.mark.parametrize("pattern", ["??/*.facts", "??/*.????????????????"])
def test_an_entry_that_is_damaged_is_computed_again(pattern: str, happened: Callable[[], list[str]]) -> None:
    run(DOUBLE)
    spoil(pattern, b"9")
    assert not restored(DOUBLE)
    assert not list(Path("results").glob("*.json"))
    assert not list(Path("results").glob(".*"))
    run(DOUBLE)
    assert read_value(Path("results/one.json")) == 8
    assert happened() == ["4", "4"]
    assert restored(DOUBLE)


def test_an_input_that_changes_while_the_task_runs_makes_no_wrong_record() -> None:
    Path("left.json").write_text("4")
    job, _ = parse(SUM)

    def at_the_end() -> None:
        Path("left.json").write_text("100")

    execute(job, allowed=at_the_end, words=SUM)
    assert not restored(SUM)


def test_nothing_appears_where_the_workflow_is_gone(
    monkeypatch: pytest.MonkeyPatch, happened: Callable[[], list[str]]
) -> None:
    run(DOUBLE)
    parents: Iterator[tuple[int, int]] = iter([(10, 20), (10, 20), (1, 0)])
    monkeypatch.setattr(orphans, "ancestors", lambda _: next(parents))
    with pytest.raises(SystemExit) as end:
        restored(DOUBLE)
    assert end.value.code == 1
    assert not list(Path("results").iterdir())
    assert "EW604 the workflow that started this job is gone" in Path("logs/one.log").read_text()
    assert happened() == ["4"]


def test_a_thread_of_snakemake_whose_result_is_not_wanted_ends_as_a_job_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run(DOUBLE)
    # As where another Snakemake has taken over its process id.
    births: Iterator[tuple[int, int]] = iter([(10, 20), (10, 20), (10, 30)])
    monkeypatch.setattr(direct, "birth", lambda _: next(births))
    assert direct.run(DOUBLE, threads=1, temporary="") == 1
    assert not list(Path("results").iterdir())
    assert "EW604 the workflow that started this job is gone" in Path("logs/one.log").read_text()


def test_a_store_that_may_only_be_read_is_restored_from_at_once(
    monkeypatch: pytest.MonkeyPatch, happened: Callable[[], list[str]]
) -> None:
    run(DOUBLE)

    def read_only(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(os, "utime", read_only)
    assert restored(DOUBLE)
    assert happened() == ["4"]


def test_a_disk_that_is_full_leaves_it_to_the_usual_way(monkeypatch: pytest.MonkeyPatch) -> None:
    run(DOUBLE)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert not restored(DOUBLE)
    assert not list(Path("results").iterdir())
