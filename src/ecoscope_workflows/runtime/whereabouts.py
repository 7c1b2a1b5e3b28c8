"""Where the results of the last run of a folder are, if not there, for commands that look at files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ecoscope_workflows.runtime.at_start import on_start

NOTE = Path(".ecoscope-workflows/results-in")


def note_whereabouts(workflow: Any, place: str) -> None:
    """Note where a run has its results.

    Parameters
    ----------
    workflow
        Snakemake's own, in the process that sends the jobs.
    place
        The prefix of object storage; empty where they are in the folder of the run.
    """
    if place:
        if not getattr(workflow.output_settings, "dryrun", False):
            NOTE.parent.mkdir(exist_ok=True)
            NOTE.write_text(place, encoding="utf-8")
    elif NOTE.exists():
        # Until a job makes results here, they are where they were.
        on_start(workflow, NOTE.unlink)


def results_elsewhere(folder: Path) -> str:
    """Return where the last run of a folder had its results; empty where they are in the folder."""
    note = folder / NOTE
    return note.read_text(encoding="utf-8") if note.exists() else ""
