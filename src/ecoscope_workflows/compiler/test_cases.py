"""The test cases of a spec: read from ``test-cases.yaml``, run as a script, compared with stored results."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.compiler.compile import SCRIPT, Request, compile_graph
from ecoscope_workflows.compiler.empty_data import emptied
from ecoscope_workflows.compiler.mocks import example_file, io_mocks
from ecoscope_workflows.compiler.snapshots import MASKS, differences, masked
from ecoscope_workflows.errors import Problem, SpecError, StorageError, Where, did_you_mean
from ecoscope_workflows.spec.document import parse

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ecoscope_workflows.graph.model import Graph

CASES = "test-cases.yaml"
# As published: a file per kind of data in the folder of the case.
SNAPSHOTS = {"data": "test_dashboard_json[data].json", "nodata": "test_dashboard_json[nodata].json"}
FAILURE = "test_failure_response[data-sequential].json"
# What is empty or hidden, or leads out of the folder that it is in.
_NO_FOLDER = re.compile(r"^$|^\.|[/\\\0]")
_KEYS = frozenset({"name", "description", "params", "raises", "expected_status_code", "mock_io"})


@dataclass(frozen=True)
class Case:
    """One test case.

    Parameters
    ----------
    id
        Its key.
    params
        The params to run with.
    raises
        Whether the run must fail.
    name, description
        For people.
    """

    id: str
    params: Mapping[str, Any]
    raises: bool = False
    name: str = ""
    description: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of a case with one kind of data.

    Parameters
    ----------
    case, data
        Which case, and ``data`` or ``nodata``.
    differences
        What is not as it was stored, in words.
    snapshot
        The file of the stored result.
    stored
        Whether there was one.
    """

    case: str
    data: str
    differences: tuple[str, ...]
    snapshot: Path
    stored: bool

    @property
    def passed(self) -> bool:
        """Return whether the result is the stored one."""
        return self.stored and not self.differences


@dataclass(frozen=True)
class Suite:
    """The test cases of a spec and how they are run.

    Parameters
    ----------
    spec, graph
        The spec.
    folder
        Where each run gets a folder of its own.
    mock_io
        Whether tasks that read the world outside are replaced by example data.
    mock_data
        A folder with example data that goes before the packaged one.
    """

    spec: Path
    graph: Graph
    folder: Path
    mock_io: bool = False
    mock_data: Path | None = None
    _scripts: dict[str, Path] = field(default_factory=dict, init=False)

    def run(self, case: Case, data: str = "data", *, update: bool = False) -> Outcome:
        """Run a case, and compare or store its result.

        Raises
        ------
        TargetError
            When there is no example data for a task that is to be mocked.
        """
        work = self.folder / f"{case.id}-{data}"
        # What an earlier run has left there is not what this one makes.
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        result = self._result(case, data, work)
        name = FAILURE if case.raises else SNAPSHOTS[data]
        snapshot = self.spec.parent / case.id / name
        found: list[str] = []
        if case.raises != (result["error"] is not None):
            found.append("it was to fail, and did not" if case.raises else f"it failed: {result['trace']}")
        elif update:
            snapshot.parent.mkdir(parents=True, exist_ok=True)
            text = json.dumps(masked(result, work), ensure_ascii=False, indent=2, sort_keys=True)
            snapshot.write_text(text + "\n", encoding="utf-8")
        elif snapshot.is_file():
            found += differences(json.loads(snapshot.read_text(encoding="utf-8")), result, work)
        return Outcome(case.id, data, tuple(found), snapshot, stored=snapshot.is_file())

    def _result(self, case: Case, data: str, work: Path) -> dict[str, Any]:
        params = work / "params.yaml"
        params.write_text(json.dumps(case.params, ensure_ascii=False), encoding="utf-8")
        failure = work / "failure.json"
        failure.unlink(missing_ok=True)
        done = subprocess.run(  # noqa: S603  # the script that was just compiled
            [sys.executable, self._script(data), "--config", params.name],
            cwd=work,
            env={**os.environ, "ECOSCOPE_WORKFLOWS_FAILURE": failure.name},
            capture_output=True,
            text=True,
            check=False,
        )
        (work / "run.log").write_text(done.stdout + done.stderr, encoding="utf-8")
        if done.returncode == 0:
            last = self.graph.spec.instances[-1].id
            return {"error": None, "result": self._read(work / "results", last), "trace": None}
        if failure.is_file():
            return {"result": None, **json.loads(failure.read_text(encoding="utf-8"))}
        return {"error": done.stderr.strip(), "result": None, "trace": done.stderr.strip()}

    def _read(self, results: Path, instance: str) -> Any:
        path = results / f"{instance}{self.graph.nodes[instance].suffix}"
        if path.suffix == ".json":
            return json.loads(path.read_text(encoding="utf-8"))
        return str(path.relative_to(results.parent))

    def _script(self, data: str) -> Path:
        """Return the compiled script, which is the same for all cases with one kind of data."""
        if data not in self._scripts:
            mocks = io_mocks(self.graph, self.mock_data) if self.mock_io or data == "nodata" else {}
            if data == "nodata":
                files = {
                    name: file or example_file(self.graph.nodes[name].task) for name, file in mocks.items()
                }
                folder = self.folder / "empty"
                folder.mkdir(parents=True, exist_ok=True)
                mocks = {name: emptied(file, folder / f"{name}{file.suffix}") for name, file in files.items()}
            (script,) = compile_graph(
                self.graph, Request(self.spec, SCRIPT, None, mocks, testing=bool(mocks))
            )
            path = self.folder / f"{data}-{script.path}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(script.content)
            self._scripts[data] = path.resolve()
        return self._scripts[data]


def kinds_of(case: Case, spec: Path) -> tuple[str, ...]:
    """Return the kinds of data that a case is run with: with none too, where that was stored."""
    if not case.raises and (spec.parent / case.id / SNAPSHOTS["nodata"]).is_file():
        return ("data", "nodata")
    return ("data",)


def read_cases(path: Path, only: tuple[str, ...] = ()) -> list[Case]:
    """Read the test cases of a file.

    Raises
    ------
    SpecError, StorageError
        When the file is missing, is not of the form, or has no case of a name that is asked for.
    """
    try:
        document = parse(path.read_text(encoding="utf-8"), str(path))
    except FileNotFoundError:
        hint = f"write {CASES} beside the spec: for each case its params"
        raise StorageError(Problem("EW601", "there is no such file", Where(str(path)), hint)) from None
    values = document.value
    if not isinstance(values, dict):
        raise SpecError(
            Problem("EW271", "test cases are a mapping from names to cases", Where(str(path), 1, 1))
        )
    problems = []
    for name, value in values.items():
        if _NO_FOLDER.search(name):
            what = f"{name!r} cannot be the name of a folder, which the results of a case are stored in"
            problems.append(Problem("EW271", what, document.key_at(name)))
        if not isinstance(value, dict) or not isinstance(value.get("params", {}), dict):
            problems.append(
                Problem("EW271", f"case {name!r} must be a mapping with `params`", document.key_at(name))
            )
            continue
        problems += [
            Problem("EW271", f"unknown key {key!r}", document.key_at(name, key), did_you_mean(key, _KEYS))
            for key in value
            if key not in _KEYS
        ]
        if not isinstance(value.get("raises", False), bool):
            problems.append(Problem("EW271", "`raises` is true or false", document.at(name, "raises")))
    problems += [
        Problem("EW271", f"there is no case {name!r}", Where(str(path)), did_you_mean(name, values))
        for name in only
        if name not in values
    ]
    if problems:
        raise SpecError(problems)
    return [_case(name, value) for name, value in values.items() if not only or name in only]


def _case(name: str, value: Mapping[str, Any]) -> Case:
    return Case(
        name,
        value.get("params", {}),
        bool(value.get("raises", False)),
        str(value.get("name") or name),
        str(value.get("description") or ""),
    )


__all__ = ["CASES", "MASKS", "Case", "Outcome", "Suite", "kinds_of", "read_cases"]
