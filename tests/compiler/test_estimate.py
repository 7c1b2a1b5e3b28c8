"""What is left of a run is played through with the times of the last one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecoscope_workflows.compiler.estimate import recorded_seconds, seconds_left

if TYPE_CHECKING:
    from pathlib import Path

NEEDS = {"b": {"a"}, "c": {"a"}, "d": {"b", "c"}}
RECORDED = {"a": 1.0, "b": 2.0, "c": 4.0, "d": 8.0}


@pytest.mark.parametrize(
    ("running", "waiting", "cores", "expected"),
    [
        ({}, ["a", "b", "c", "d"], 1, 15.0),
        ({}, ["a", "b", "c", "d"], 2, 13.0),
        ({}, ["a", "b", "c", "d"], 0, 15.0),
        # What is done is not waited for.
        ({}, ["c", "d"], 2, 12.0),
        ({"a": 0.25}, ["b", "c"], 2, 4.75),
        # One that takes longer than before may end at any moment.
        ({"d": 100.0}, [], 2, 0.0),
        # Nothing is known of `e`: it is taken for one like the others, whose middle is 3 s.
        ({"a": 0.0}, ["e"], 1, 4.0),
    ],
)
def test_what_is_left_depends_on_times_cores_and_needs(
    running: dict[str, float], waiting: list[str], cores: int, expected: float
) -> None:
    assert seconds_left(RECORDED, NEEDS, running, waiting, cores) == pytest.approx(expected)


def test_where_nothing_was_recorded_nothing_is_promised() -> None:
    assert seconds_left({}, NEEDS, {"a": 1.0}, ["b"], 2) is None
    assert seconds_left({"a": 1.0}, NEEDS, {}, ["b"], 2) is None
    assert seconds_left(RECORDED, NEEDS, {}, [], 2) is None


def test_needs_that_go_round_in_a_circle_do_not_hang() -> None:
    assert seconds_left(RECORDED, {"a": {"b"}, "b": {"a"}}, {}, ["a", "b"], 1) == 0.0


def test_a_job_that_was_restored_since_takes_as_long_as_it_took_to_compute(tmp_path: Path) -> None:
    usage = tmp_path / ".snakemake" / "ecoscope-workflows" / "usage"
    for folder, name, text in (
        (tmp_path / "benchmarks", "restored.tsv", "s\n0.01\n"),
        (usage, "restored.json", '{"seconds": 3.5}'),
        # With the start of its process.
        (tmp_path / "benchmarks", "computed.tsv", "s\n2.0\n"),
        (usage, "computed.json", '{"seconds": 1.75}'),
        # Snakemake has removed its record, and was killed.
        (usage, "killed.json", '{"seconds": 0.5}'),
        (usage, "cut.json", '{"sec'),
    ):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    found = recorded_seconds(tmp_path, ["restored", "computed", "killed", "cut", "missing"])
    assert found == {"restored": 3.5, "computed": 2.0, "killed": 0.5}


def test_times_come_from_the_last_line_of_snakemakes_own_records(tmp_path: Path) -> None:
    folder = tmp_path / "benchmarks"
    folder.mkdir()
    (folder / "a.tsv").write_text("s\th:m:s\n1.5\t0:00:01\n2.5\t0:00:02\n")
    (folder / "cut.tsv").write_text("s\th:m:s\n")
    (folder / "odd.tsv").write_text("s\nNA\n")
    assert recorded_seconds(tmp_path, ["a", "cut", "odd", "missing"]) == {"a": 2.5}
