"""What a run looks like, in lines and as a picture."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

import pytest

from ecoscope_workflows.cli.run_view import Lines, Picture, clock, duration, is_terminal
from ecoscope_workflows.compiler.running.events import Event
from ecoscope_workflows.compiler.running.progress import Ended, Progress


@dataclass
class Run:
    """A run that is where it is told to be."""

    progress: Progress
    began: float = 0.0
    stops: int = 0
    seconds_left: float | None = None
    now: float = 0.0
    news: list[Ended] = field(default_factory=list)

    def happens(self, name: str, **facts: object) -> None:
        self.news = list(self.progress.take([Event(name, self.now, facts)]))


@pytest.fixture
def run() -> Run:
    run = Run(Progress({"a", "b", "c"}, {"a": "done", "b": "skipped"}.__getitem__))
    run.happens("workflow")
    run.happens("plan", jobs={"a": 1, "b": 1, "c": 1, "all": 1})
    return run


def test_each_end_is_a_line(run: Run) -> None:
    stream = io.StringIO()
    view = Lines(run, stream, lambda: run.now)  # type: ignore[arg-type]  # all that it looks at
    for number, (name, end) in enumerate([("a", "finished"), ("b", "finished"), ("c", "failed")], 1):
        run.happens("job", job=number, rule=name)
        run.now += 1.25
        run.happens(end, job=number, rule=name)
        view.show(run.news)
    assert stream.getvalue().splitlines() == [
        "[1/3] done     a  1.2 s",
        "[2/3] skipped  b  1.2 s",
        "[3/3] failed   c  1.2 s  see logs/c.log",
    ]


def test_a_long_silence_is_broken_by_what_runs(run: Run) -> None:
    stream = io.StringIO()
    view = Lines(run, stream, lambda: run.now)  # type: ignore[arg-type]  # as above
    run.happens("job", job=1, rule="a")
    run.seconds_left = 65
    for run.now in (29.0, 30.0, 45.0, 60.0):
        view.show([])
    assert stream.getvalue().splitlines() == [
        "[0/3] running: a (0:30), about 1:05 left",
        "[0/3] running: a (1:00), about 1:05 left",
    ]


def test_ctrl_c_is_answered_once_each(run: Run) -> None:
    stream = io.StringIO()
    view = Lines(run, stream, lambda: run.now)  # type: ignore[arg-type]  # as above
    for run.stops in (1, 1, 2, 3):
        view.show([])
    assert [line.partition(":")[0] for line in stream.getvalue().splitlines()] == [
        "stopping",
        "ending all jobs at once",
        "ending Snakemake",
    ]


def test_the_picture_shows_counts_and_what_runs_and_draws_only_what_is_new(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    stream = io.StringIO()
    view = Picture(run, stream, colors=False, now=lambda: run.now)  # type: ignore[arg-type]  # as above
    run.happens("job", job=1, rule="a")
    run.happens("finished", job=1)
    run.happens("job", job=2, rule="c")
    run.now, run.seconds_left = 3.0, 9.0
    view.show([])
    drawn = stream.getvalue()
    assert "[########................] 1 of 3  1 running, 1 done  0:03, about 0:09 left\n" in drawn
    assert "  c  0:03\n" in drawn
    view.show([])
    assert stream.getvalue() == drawn
    view.close()
    assert stream.getvalue() == f"{drawn}\x1b[2F\x1b[0J"


@pytest.mark.parametrize("colors", [True, False])
def test_no_line_is_wider_than_the_terminal(run: Run, monkeypatch: pytest.MonkeyPatch, colors: bool) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    stream = io.StringIO()
    view = Picture(run, stream, colors=colors, now=lambda: run.now)  # type: ignore[arg-type]  # as above
    run.happens("job", job=1, rule="a")
    view.show([])
    lines = [line.removeprefix("\x1b[2K") for line in stream.getvalue().removesuffix("\x1b[0J").splitlines()]
    # The numbers say more than a bar that leaves no room for them.
    assert lines[0] == "0 of 3  1 running  0:00"
    assert all(len(line) < 30 for line in lines)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.04, "0.0 s"), (9.94, "9.9 s"), (65.0, "1:05"), (7201.0, "2:00:01")]
)
def test_time_spans_are_written_as_people_do(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_a_clock_has_hours_where_there_are_any() -> None:
    assert (clock(5), clock(3599), clock(3600)) == ("0:05", "59:59", "1:00:00")


@pytest.mark.parametrize(
    ("terminal", "term", "expected"),
    [(True, "xterm", True), (True, "dumb", False), (True, "", False), (False, "xterm", False)],
)
def test_a_picture_needs_a_terminal_that_can_move_its_cursor(
    terminal: bool, term: str, expected: bool
) -> None:
    class Stream(io.StringIO):
        def isatty(self) -> bool:
            return terminal

    assert is_terminal(Stream(), {"TERM": term}) is expected
