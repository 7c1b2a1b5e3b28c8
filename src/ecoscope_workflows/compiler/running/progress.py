"""Events of a run in; what is done, runs, was restored, skipped or failed so far out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from ecoscope_workflows.compiler.running.events import Event

DONE, RESTORED, SKIPPED, FAILED, STOPPED = "done", "restored", "skipped", "failed", "stopped"
NOT_RUN = "not run"
STATES = (DONE, RESTORED, SKIPPED, FAILED, STOPPED)


@dataclass(frozen=True, slots=True)
class Ended:
    """A job that has ended.

    Parameters
    ----------
    instance
        Its instance.
    state
        One of `STATES`.
    seconds
        How long it took.
    is_part
        Whether it made one chunk of the result.
    """

    instance: str
    state: str
    seconds: float
    is_part: bool = False

    @property
    def log(self) -> str:
        """Where its log is, in the folder of the run."""
        return f"logs/{self.instance}{'/' if self.is_part else '.log'}"


@dataclass
class Progress:
    """What is known of a run.

    Parameters
    ----------
    instances
        The instances that have jobs; Snakemake's own rules, such as ``all``, are not counted.
    how_done
        Says of an instance whose job ended well whether it is done, restored or skipped.
    planned
        The instances that this run is to make.
    running
        Those that are being made, with their time of start in seconds since 1970.
    ended
        Those that have ended in this run, with how.
    cores
        How many cores Snakemake may use.
    is_started
        Whether Snakemake has got so far as to look what is to be done.
    is_dry
        Whether nothing is to be run.
    errors
        What went wrong beside the jobs.
    executor_said
        For each instance that failed what its executor says of it, where it says anything.
    stopped
        When the run was told to stop, in seconds since 1970: a job that fails later has not failed by itself.
    parts
        For each rule that makes a part of an instance's result that instance.
    """

    instances: Collection[str]
    how_done: Callable[[str], str]
    planned: Mapping[str, int] = field(default_factory=dict)
    running: dict[str, float] = field(default_factory=dict)
    ended: dict[str, Ended] = field(default_factory=dict)
    cores: int = 1
    is_started: bool = False
    is_dry: bool = False
    errors: list[str] = field(default_factory=list)
    executor_said: dict[str, str] = field(default_factory=dict)
    stopped: float | None = None
    parts: Mapping[str, str] = field(default_factory=dict)
    _rules: dict[int, str] = field(default_factory=dict)
    _parts: dict[int, str] = field(default_factory=dict)

    def take(self, events: Iterable[Event]) -> Iterator[Ended]:
        """Take note of events, and yield each job that has ended."""
        for event in events:
            reaction = getattr(self, f"_on_{event.name}", None)
            ended = reaction(event) if reaction else None
            if ended is not None:
                yield ended

    def count(self, state: str) -> int:
        """Return how many jobs of this run have ended in a state."""
        return sum(ended.state == state for ended in self.ended.values())

    @property
    def total(self) -> int:
        """How many jobs this run is to do."""
        return sum(self.planned.values())

    @property
    def waiting(self) -> list[str]:
        """The instances that this run is still to start."""
        return [name for name in self.planned if name not in self.ended and name not in self.running]

    def _on_process(self, event: Event) -> None:
        self.is_dry = bool(event.facts.get("dry_run"))

    def _on_workflow(self, event: Event) -> None:
        del event
        self.is_started = True

    def _on_cores(self, event: Event) -> None:
        self.cores = max(1, int(event.facts["cores"]))

    def _on_plan(self, event: Event) -> None:
        jobs: Mapping[str, int] = event.facts["jobs"]
        self.planned = {name: count for name, count in jobs.items() if name in self.instances}

    def _on_job(self, event: Event) -> None:
        rule = str(event.facts["rule"])
        if rule in self.parts:
            self._parts[event.facts["job"]] = self.parts[rule]
            self.running.setdefault(self.parts[rule], event.time)
        if rule not in self.instances:
            return
        self._rules[event.facts["job"]] = rule
        # One that failed before is tried once more.
        self.ended.pop(rule, None)
        self.running.setdefault(rule, event.time)

    def _on_finished(self, event: Event) -> Ended | None:
        rule = self._rules.get(event.facts["job"])
        return self._end(rule, self.how_done(rule), event.time) if rule else None

    def _on_failed(self, event: Event) -> Ended | None:
        job = event.facts["job"]
        part = self._parts.get(job)
        # Without a part of it there is no result; of several that fail one is enough.
        rule = self._rules.get(job) if part is None or part in self.ended else part
        is_stopped = self.stopped is not None and event.time >= self.stopped
        if rule and event.facts.get("text"):
            self.executor_said[rule] = str(event.facts["text"])
        state = STOPPED if is_stopped else FAILED
        return self._end(rule, state, event.time, is_part=rule == part) if rule else None

    def _end(self, rule: str, state: str, time: float, *, is_part: bool = False) -> Ended:
        started = self.running.pop(rule, time)
        self.ended[rule] = Ended(rule, state, max(0.0, time - started), is_part)
        return self.ended[rule]

    def _on_error(self, event: Event) -> None:
        self.errors.append(str(event.facts["text"]))
