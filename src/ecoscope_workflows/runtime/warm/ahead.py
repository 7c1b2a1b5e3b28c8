"""A server that is started while Snakemake still plans: its libraries are loaded when the first job comes.

It costs what it loads also where no job comes, so it is started once for each state of params and spec only:
what has not changed since mostly has nothing to do.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.runtime.warm.announcement import SERVERS, announced
from ecoscope_workflows.runtime.warm.client import ColdError, open_folder
from ecoscope_workflows.runtime.warm.starting import start

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecoscope_workflows.runtime.warm.announcement import Run

# What a rule runs behind the program.
OPTIONS = ("-P",)
# The state of params and spec that a server was started for.
MARK = "started-for"
# Commands of Snakemake that parse the workflow and run no job, by how their words begin.
NO_RUN = (
    "--archive",
    "--cleanup",
    "--conda-c",
    "--container-cl",
    "--containerize",
    "--d3dag",
    "--dag",
    "--delete",
    "--detailed",
    "--filegraph",
    "--generate",
    "--lint",
    "--list",
    "--print",
    "--report",
    "--rulegraph",
    "--summary",
    "--touch",
    "--unlock",
)
NO_RUN_LETTERS = frozenset("lStcD")


def start_ahead(workflow: Any, state: str) -> None:
    """Start the server of this process' run, where jobs will run on this machine and there may be some.

    Parameters
    ----------
    workflow
        Snakemake's ``workflow``.
    state
        The hash of params and spec.
    """
    run = announced()
    python = Path(sys.executable).with_name("python")
    if run is None or not runs_here(workflow, sys.argv[1:]) or not python.exists():
        return
    # Where nothing can be written, or others can, the first job says so.
    with suppress(OSError, ColdError):
        _start(run, [str(python), *OPTIONS], state)


def _start(run: Run, interpreter: list[str], state: str) -> None:
    folder = open_folder(run)
    mark = Path(run.folder) / MARK
    try:
        if mark.exists() and mark.read_text(encoding="ascii") == state:
            return
        mark.write_text(state, encoding="ascii")
        reading, writing = os.pipe()
        try:
            start(run, folder, interpreter, reading)
        finally:
            os.close(reading)
    finally:
        os.close(folder)
    os.set_blocking(writing, False)
    SERVERS.append(writing)


def runs_here(workflow: Any, words: Sequence[str]) -> bool:
    """Return whether Snakemake will run jobs that are due as processes of this machine.

    Parameters
    ----------
    workflow
        Snakemake's ``workflow``, as it is while the Snakefile is read: the executor is not known yet.
    words
        The words of Snakemake's command line.
    """
    elsewhere = getattr(workflow.resource_settings, "nodes", None) is not None
    # In an environment of its own a job has another Python, and starts a server there.
    elsewhere = elsewhere or bool(workflow.deployment_settings.deployment_method)
    return not (elsewhere or workflow.output_settings.dryrun or any(map(_runs_nothing, words)))


def _runs_nothing(word: str) -> bool:
    if word.startswith("--"):
        return word.startswith(NO_RUN)
    return word[:1] == "-" and not NO_RUN_LETTERS.isdisjoint(word[1:2])
