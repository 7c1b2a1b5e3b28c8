"""A target in, the results of its program or its error out: each program runs in a folder of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ecoscope_workflows.compiler.compile import (
    AIRFLOW,
    JUPYTEXT,
    PARAMS,
    SCRIPT,
    SNAKEMAKE,
    Request,
    compile_graph,
)
from ecoscope_workflows.compiler.job_logs import log_of
from ecoscope_workflows.compiler.mocks import mocked_instances
from ecoscope_workflows.compiler.running.occupation import Occupation
from ecoscope_workflows.compiler.running.preparing import Prepared
from ecoscope_workflows.compiler.running.watching import Watched
from ecoscope_workflows.compiler.status import FAILED, error_in, status_of
from ecoscope_workflows.compiler.verifying.installed_airflow import installed_airflow, run_dag
from ecoscope_workflows.errors import ParamsError, TargetError, Where
from ecoscope_workflows.runtime.stores.location import STORE_VARIABLE
from ecoscope_workflows.runtime.words import RESULTS_VARIABLE
from ecoscope_workflows.targets.airflow import Pods
from ecoscope_workflows.targets.layout import FOLDERS, Layout
from ecoscope_workflows.targets.view import View, view

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecoscope_workflows.graph.model import Graph

LOG = "run.log"
# An error of a task as that of its script, without the way to it through this package.
_TOLD_ONCE = """\
import runpy, sys
from ecoscope_workflows.errors import EcoscopeWorkflowsError
try:
    runpy.run_path(sys.argv.pop(1), run_name="__main__")
except EcoscopeWorkflowsError as error:
    sys.exit(f"error: {error}")
"""
_RAISED = re.compile(r"\bEW621 (\w+)")


@dataclass(frozen=True)
class Ran:
    """What came of the program of a target.

    Parameters
    ----------
    target
        The target.
    results
        The folder of its results.
    log
        What it has printed, or the log of the job that failed.
    error
        The error that it ended with on one line, if it did.
    layout
        How it stores collections.
    """

    target: str
    results: Path
    log: Path
    error: str = ""
    layout: Layout = FOLDERS


@dataclass(frozen=True)
class Programs:
    """The programs of a workflow, one for each target.

    Nothing is taken from a store of results: a target that only fetched what another one has computed would
    prove nothing.

    Parameters
    ----------
    spec, graph
        The workflow.
    folder
        Where each target gets a folder of its own.
    mocks
        For each mocked task a file with its result, or None for the packaged example.
    layout
        How Snakemake's jobs store collections, and how many compute one.
    params
        The params file, where it is not that beside the spec.
    """

    spec: Path
    graph: Graph
    folder: Path
    mocks: Mapping[str, Path | None] = field(default_factory=dict)
    layout: Layout = FOLDERS
    params: Path | None = None

    def prepare(self) -> None:
        """Compile the workflow for Snakemake, and check the params that all targets get.

        Raises
        ------
        EcoscopeWorkflowsError
            With every fault of the phase that failed.
        """
        artifacts = compile_graph(self.graph, self._request(SNAKEMAKE))
        prepared = Prepared(self._of(SNAKEMAKE), self.graph, self._mocked, tuple(artifacts))
        prepared.write()
        beside = self.spec.with_name("params.yaml")
        given = self.params or beside
        if given.is_file():
            # Its faults are told where the user finds them, not in a folder that is removed.
            prepared.give_params(given)
            return
        try:
            prepared.check_params()
        except ParamsError as error:
            where, hint = Where(str(self.spec)), f"write it into {beside}, or give --params FILE"
            raise ParamsError([replace(item, where=where, hint=hint) for item in error.problems]) from None

    def run(self, target: str) -> Ran:
        """Run the program of a target.

        Raises
        ------
        KeyboardInterrupt
            Where the user has stopped it.
        """
        folder = self._of(target)
        folder.mkdir(exist_ok=True)
        resources = self._of(SNAKEMAKE) / "resources"
        if target != SNAKEMAKE and resources.is_dir():
            (folder / "resources").symlink_to(os.path.relpath(resources, folder))
        programs = {
            SNAKEMAKE: self._snakemake,
            SCRIPT: self._script,
            JUPYTEXT: self._notebook,
            AIRFLOW: self._dag,
        }
        try:
            return programs[target](folder)
        except TargetError as error:
            # It cannot express what the spec asks for; the others may.
            return Ran(target, folder, folder, str(error))

    @property
    def laid_out(self) -> View:
        """The workflow as programs without a layout of their own have it."""
        return self._view(FOLDERS)

    def _view(self, layout: Layout) -> View:
        return view(self.graph, {name: name for name in self._mocked}, layout=layout)

    @property
    def _mocked(self) -> tuple[str, ...]:
        return tuple(mocked_instances(self.graph, self.mocks))

    def _of(self, target: str) -> Path:
        return self.folder / target

    def _request(self, target: str) -> Request:
        # Of the spec only the params file beside it is still read, which stands there.
        spec = self.spec if self.params is None else (self._of(SNAKEMAKE) / PARAMS).with_name("spec.yaml")
        return Request(
            self.spec if target == SNAKEMAKE else spec,
            target,
            mocks=self.mocks,
            testing=bool(self.mocks),
            pods=Pods(volume=f"results:{self._of(target)}"),
            layout=self.layout if target == SNAKEMAKE else FOLDERS,
        )

    def _compiled(self, target: str, path: Path) -> Path:
        """Compile the workflow into a program that is one file."""
        (artifact,) = compile_graph(self.graph, self._request(target))
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(artifact.content)
        return path

    def _script(self, folder: Path) -> Ran:
        program = self._compiled(SCRIPT, folder / "script.py")
        return _run_python(SCRIPT, folder, program.name, "--config", str(self._of(SNAKEMAKE) / PARAMS))

    def _notebook(self, folder: Path) -> Ran:
        # The cells of a notebook in the percent format are a program as they stand.
        program = self._compiled(JUPYTEXT, folder / "notebook.py")
        return _run_python(JUPYTEXT, folder, "-c", _TOLD_ONCE, program.name)

    def _snakemake(self, folder: Path) -> Ran:
        with Occupation(folder) as occupation:
            watched = Watched(occupation, self._view(self.layout), (), environment())
            for _ in watched.run():
                pass  # what has ended is told when all has
        if watched.stops:
            raise KeyboardInterrupt
        if watched.code == 0:
            return Ran(SNAKEMAKE, folder / "results", watched.output, layout=self.layout)
        failed = [status.instance for status in status_of(folder) if status.state == FAILED]
        log = log_of(folder, failed[0]) if failed else watched.output
        return Ran(SNAKEMAKE, folder / "results", log, told(log), self.layout)

    def _dag(self, folder: Path) -> Ran:
        self._compiled(AIRFLOW, folder / "dags" / "dag.py")
        python, _ = installed_airflow()
        log = folder / LOG
        if not run_dag(folder, python, environment(), log):
            of_tasks = sorted(folder.glob("logs/*.log"), key=lambda path: path.stat().st_mtime_ns)
            log = next((path for path in of_tasks if error_in(path)), log)
            return Ran(AIRFLOW, folder, log, told(log))
        # In a folder for each run of the DAG, of which there is one.
        (results,) = folder.glob(f"{self.graph.spec.id}/*/results")
        return Ran(AIRFLOW, results, log)


def environment() -> dict[str, str]:
    """Return the environment of a program: without a store, and with this interpreter before all others."""
    kept = {name: value for name, value in os.environ.items() if name != RESULTS_VARIABLE}
    path = os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", os.defpath)])
    return {**kept, "PATH": path, STORE_VARIABLE: ""}


def _run_python(target: str, folder: Path, *words: str) -> Ran:
    log = folder / LOG
    with log.open("wb") as stream:
        done = subprocess.run(  # noqa: S603  # the program that was just compiled
            # What lies beside a program is not imported in place of what its tasks mean.
            [sys.executable, "-P", *words],
            cwd=folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            check=False,
        )
    return Ran(target, folder / "results", log, told(log) if done.returncode else "")


def told(log: Path) -> str:
    """Return on one line the error that a program ended with, without its traceback."""
    said = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
    error = error_in(log)
    instances = _RAISED.findall(said)
    if instances and error.startswith("EW621 "):
        return f"EW621 {instances[-1]} raised {error.removeprefix('EW621 ')}"
    last = next((line.strip() for line in reversed(said.splitlines()) if line.strip()), "it said nothing")
    return error or last
