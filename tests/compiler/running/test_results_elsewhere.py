"""Results in object storage: what is told of a run comes from Snakemake, not from files in the folder."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from ecoscope_workflows.compiler.loading import load_graph
from ecoscope_workflows.compiler.running.events import Event
from ecoscope_workflows.compiler.running.progress import DONE, Progress
from ecoscope_workflows.compiler.running.summary import summary_of
from ecoscope_workflows.compiler.status import status_of
from ecoscope_workflows.errors import StorageError
from ecoscope_workflows.runtime.whereabouts import note_whereabouts, results_elsewhere
from ecoscope_workflows.targets.view import view

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SPEC = """\
id: tracks
requirements: []
workflow:
  - {id: before, task: load_relocations}
  - {id: made, task: load_relocations}
  - {id: broken, task: load_relocations}
  - {id: behind, task: sort_values, partial: {df: "${{ workflow.broken.return }}", column_name: fixtime}}
"""
PLACE = "s3://bucket/site-a"


class Snakemake:
    """The part of Snakemake's workflow that says what is run, and is told what to do when it begins."""

    def __init__(self, *, dryrun: bool = False) -> None:
        self.output_settings = SimpleNamespace(dryrun=dryrun)
        self._onstart: Callable[[object], None] = lambda _: None

    def onstart(self, action: Callable[[object], None]) -> None:
        self._onstart = action

    def begins(self) -> None:
        self._onstart("the log")


def starts(place: str, **how: Any) -> Snakemake:
    workflow = Snakemake(**how)
    note_whereabouts(workflow, place)
    return workflow


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a run with its results in a bucket, with a log of an earlier run here."""
    (tmp_path / "workflow").mkdir()
    (tmp_path / "workflow" / "spec.yaml").write_text(SPEC)
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "broken.log").write_text("error: EW621 of an earlier run\n")
    monkeypatch.chdir(tmp_path)
    starts(PLACE)
    return tmp_path


def test_the_results_are_where_the_last_run_had_them(folder: Path) -> None:
    assert results_elsewhere(folder) == PLACE
    starts("s3://bucket/site-b", dryrun=True)
    assert results_elsewhere(folder) == PLACE
    run_here = starts("")
    # Nothing has been made here yet.
    assert results_elsewhere(folder) == PLACE
    run_here.begins()
    assert results_elsewhere(folder) == ""


def test_the_status_does_not_take_what_lies_here_for_it(folder: Path) -> None:
    with pytest.raises(StorageError, match=f"EW607 the results are in {PLACE}"):
        status_of(folder)


def test_a_summary_says_what_snakemake_has_told(folder: Path) -> None:
    progress = Progress({"before", "made", "broken", "behind"}, lambda _: DONE)
    jobs = [{"job": number, "rule": name} for number, name in enumerate(("made", "broken"), 1)]
    failed = {**jobs[1], "text": "the pod was evicted. For further error details see the cluster/cloud log."}
    events = [
        Event("plan", 0.0, {"jobs": {"made": 1, "broken": 1, "behind": 1}}),
        *(Event("job", 1.0, facts) for facts in jobs),
        Event("finished", 2.0, jobs[0]),
        Event("failed", 3.0, failed),
    ]
    list(progress.take(events))
    summary = summary_of(folder, view(load_graph(folder / "workflow" / "spec.yaml")), progress)
    states = {status.instance: status.state for status in summary.statuses}
    assert states == {"before": "done", "made": "done", "broken": "failed", "behind": "not run"}
    (failure,) = summary.failures
    assert failure.error == "the pod was evicted."
    assert failure.log == f"{PLACE}/logs/broken.log"
    assert summary.held_up == {"behind": ("broken",)}
    assert summary.place == PLACE
