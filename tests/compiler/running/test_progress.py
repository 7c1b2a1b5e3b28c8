"""Events in, counts and news out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ecoscope_workflows.compiler.running.events import Event, EventFile
from ecoscope_workflows.compiler.running.progress import DONE, FAILED, RESTORED, STOPPED, Ended, Progress

if TYPE_CHECKING:
    from pathlib import Path


def event(name: str, time: float = 0.0, **facts: Any) -> Event:
    return Event(name, time, facts)


PLAN = event("plan", jobs={"a": 1, "b": 1, "all": 1, "total": 3})


@pytest.fixture
def progress() -> Progress:
    return Progress({"a", "b", "c"}, {"a": DONE, "b": RESTORED, "c": DONE}.__getitem__)


def test_a_run_is_followed_from_plan_to_end(progress: Progress) -> None:
    assert not list(
        progress.take([event("process", dry_run=False), event("workflow"), event("cores", cores=2), PLAN])
    )
    assert (progress.is_started, progress.is_dry, progress.cores, progress.total) == (True, False, 2, 2)
    assert progress.waiting == ["a", "b"]
    assert not list(progress.take([event("job", 10.0, job=1, rule="a"), event("job", 11.0, job=2, rule="b")]))
    assert progress.running == {"a": 10.0, "b": 11.0}
    assert list(progress.take([event("finished", 12.5, job=2)])) == [Ended("b", RESTORED, 1.5)]
    assert list(progress.take([event("failed", 14.0, job=1, rule="a")])) == [Ended("a", FAILED, 4.0)]
    assert (progress.count(RESTORED), progress.count(FAILED), progress.count(DONE)) == (1, 1, 0)
    assert (progress.running, progress.waiting) == ({}, [])


def test_a_job_that_is_tried_again_is_running_again(progress: Progress) -> None:
    first = [event("job", 1.0, job=1, rule="a"), event("failed", 2.0, job=1, rule="a")]
    list(progress.take([PLAN, *first, event("job", 3.0, job=1, rule="a")]))
    assert (progress.count(FAILED), progress.running) == (0, {"a": 3.0})
    assert list(progress.take([event("finished", 4.0, job=1)])) == [Ended("a", DONE, 1.0)]


def test_rules_of_snakemake_itself_and_unknown_events_are_no_news(progress: Progress) -> None:
    news = [PLAN, event("job", job=3, rule="all"), event("finished", job=3), event("news of tomorrow", job=1)]
    assert not list(progress.take(news))
    assert not progress.running


def test_a_job_that_ends_after_the_run_was_told_to_stop_has_not_failed(progress: Progress) -> None:
    progress.stopped = 5.0
    jobs = [event("job", 1.0, job=1, rule="a"), event("job", 1.0, job=2, rule="b")]
    ends = [event("failed", 4.0, job=1, rule="a"), event("failed", 6.0, job=2, rule="b")]
    assert [ended.state for ended in progress.take([PLAN, *jobs, *ends])] == [FAILED, STOPPED]


def test_errors_beside_the_jobs_are_kept(progress: Progress) -> None:
    assert not list(progress.take([event("error", text="LockException", exception="LockException")]))
    assert progress.errors == ["LockException"]


def test_a_line_that_is_being_written_is_read_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    events = EventFile(path)
    assert events.new() == []
    line = json.dumps({"time": 1.5, "event": "finished", "job": 1})
    path.write_text(f"{line}\n{line[:10]}")
    assert events.new() == [Event("finished", 1.5, {"job": 1})]
    assert events.new() == []
    with path.open("a") as stream:
        stream.write(f"{line[10:]}\nno event\n[]\n{{}}\n")
    assert events.new() == [Event("finished", 1.5, {"job": 1})]


def test_what_an_executor_says_of_a_failed_job_is_kept(progress: Progress) -> None:
    for number, rule in enumerate("ab", 1):
        list(progress.take([event("job", job=number, rule=rule)]))
    list(
        progress.take(
            [event("failed", job=1, rule="a", text="SLURM-job '7' failed."), event("failed", job=2, rule="b")]
        )
    )
    assert progress.executor_said == {"a": "SLURM-job '7' failed."}


def test_a_chunk_that_fails_is_a_failure_of_its_instance() -> None:
    progress = Progress({"a"}, {"a": DONE}.__getitem__, parts={"a_chunk": "a"})
    chunks = [event("job", 1.0, job=1, rule="a_chunk"), event("job", 2.0, job=2, rule="a_chunk")]
    assert not list(progress.take([event("plan", jobs={"a": 1, "total": 1}), *chunks]))
    assert progress.running == {"a": 1.0}
    ends = [event("failed", 3.0, job=1, text="out of memory"), event("failed", 4.0, job=2)]
    (failed,) = progress.take(ends)
    assert (failed, failed.log) == (Ended("a", FAILED, 2.0, is_part=True), "logs/a/")
    assert progress.executor_said == {"a": "out of memory"}


def test_an_instance_takes_from_its_first_chunk_to_its_end() -> None:
    progress = Progress({"a"}, {"a": DONE}.__getitem__, parts={"a_chunk": "a"})
    chunk = [event("job", 1.0, job=1, rule="a_chunk"), event("finished", 3.0, job=1)]
    whole = [event("job", 5.0, job=2, rule="a"), event("finished", 6.0, job=2)]
    (done,) = progress.take([*chunk, *whole])
    assert (done, done.log) == (Ended("a", DONE, 5.0), "logs/a.log")
