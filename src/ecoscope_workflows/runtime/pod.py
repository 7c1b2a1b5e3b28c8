"""What a pod of a compiled Airflow DAG runs: what the DAG says of an instance in, its job run.

The DAG hands everything over as variables and plain words, so that no shell and no template of Airflow has
a part in it. The task runner gets the words that a Snakefile would give it: arguments, fingerprints, results
and provenance are the same there and here.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.errors import EcoscopeWorkflowsError
from ecoscope_workflows.runtime.__main__ import main as run_job
from ecoscope_workflows.runtime.known_fingerprints import known_fingerprints
from ecoscope_workflows.runtime.rule_params import RuleParams
from ecoscope_workflows.runtime.stores.location import STORE_VARIABLE
from ecoscope_workflows.runtime.words import SPEC_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

USAGE = """\
usage: python -m ecoscope_workflows.runtime.pod check-params
       python -m ecoscope_workflows.runtime.pod INSTANCE --output FILE
           [--input ARGUMENT=FILE]... [--each INSTANCE=FILE]... [--threads N] [--timeout SECONDS]
Files are names in the results of the run. A compiled Airflow DAG sets the variables that this needs."""
# No instance has a dash in its id.
CHECK = "check-params"
# What the DAG says of the workflow, and the params and the id of its run.
WORKFLOW_VARIABLE = "ECOSCOPE_WORKFLOWS_WORKFLOW"
PARAMS_VARIABLE = "ECOSCOPE_WORKFLOWS_PARAMS"
RUN_VARIABLE = "ECOSCOPE_WORKFLOWS_RUN"
_METHODS = ("map", "mapvalues")
_HOW = (*_METHODS, "argvalues", "skipif", "unpack_depth")


def main(argv: list[str]) -> int:
    """Run the job of one instance, or check the params of the run; return the exit code."""
    variables = [os.environ.get(name, "") for name in (WORKFLOW_VARIABLE, PARAMS_VARIABLE, RUN_VARIABLE)]
    if not argv or len(argv) % 2 == 0 or not all(variables):
        raise SystemExit(USAGE)
    workflow, params, run = json.loads(variables[0]), json.loads(variables[1]), variables[2]
    # Params name their files from here, as they do from the folder of a compiled Snakemake workflow.
    os.chdir(workflow["folder"])
    try:
        if argv[0] == CHECK:
            _check(workflow, params)
            return 0
        os.environ[SPEC_VARIABLE] = workflow["spec"]
        os.environ.setdefault(STORE_VARIABLE, workflow["store"])
        results = Path(workflow["folder"], workflow["name"], run, "results")
        words = words_of(argv, workflow, params, results)
    except EcoscopeWorkflowsError as error:
        raise SystemExit(f"error: {error}") from None
    return run_job(words)


def words_of(
    argv: Sequence[str], workflow: Mapping[str, Any], params: Mapping[str, Any], results: Path
) -> list[str]:
    """Return the command line of the task runner for one instance.

    Parameters
    ----------
    argv
        The instance and the options that the DAG gives.
    workflow
        What the DAG says of the workflow.
    params
        The params of the run, by instance.
    results
        The folder of the results of the run.
    """
    instance, *options = argv
    declared = workflow["instances"]
    own = declared[instance]
    rules = RuleParams(
        params,
        _with_fingerprint,
        mocks=[name for name, one in declared.items() if "mock" in one],
        skipif=workflow.get("skipif", ()),
        unpack_depth=workflow.get("unpack_depth", 1),
    )
    for name in own.get("calls", ()):
        rules.declare(name, declared[name]["task"], declared[name].get("bound"), **_how(declared[name]))
    files = own.get("files", ())
    arguments = rules.arguments(instance, own.get("bound"), files, **_how(own))
    words = [instance, "--task", _with_fingerprint(own["task"]), "--args", arguments]
    paths = {name: rules.file(instance, name) for name in files} | own.get("paths", {})
    for name, path in paths.items():
        words += [] if path is None else ["--input", f"{name}={path}"]
    words += ["--mock", own["mock"]] if "mock" in own else []
    for option, value in zip(options[::2], options[1::2], strict=True):
        words += [option, _in_results(option, value, results)]
    return words


def _in_results(option: str, value: str, results: Path) -> str:
    if option == "--output":
        return str(results / value)
    if option in {"--input", "--each"}:
        name, _, file = value.partition("=")
        return f"{name}={results / file}"
    return value


def _how(declared: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an instance goes through, and when it is skipped, as the params of rules take it."""
    return {name: declared[name] for name in _HOW if name in declared}


def _with_fingerprint(task: str) -> str:
    module, _, name = task.partition(":")
    return f"{task}@{known_fingerprints().of(module, name)}"


def _check(workflow: Mapping[str, Any], params: Mapping[str, Any]) -> None:
    """Check the params of a run in full, as those of any other target are."""
    from ecoscope_workflows.graph.params import InstanceParams, ParamsModel  # noqa: PLC0415  # no job needs them
    from ecoscope_workflows.runtime.jobs import load_task  # noqa: PLC0415  # as above
    from ecoscope_workflows.runtime.params import validated  # noqa: PLC0415  # as above
    from ecoscope_workflows.spec.document import Document  # noqa: PLC0415  # as above

    known = {
        name: InstanceParams(name, load_task(one["task"]), frozenset(_bound(one)), "mock" in one)
        for name, one in workflow["instances"].items()
    }
    validated(ParamsModel(workflow["name"], known), Document("params", dict(params)))


def _bound(declared: Mapping[str, Any]) -> set[str]:
    """Return the names of the arguments that the spec gives."""
    names = {*declared.get("bound", ()), *declared.get("paths", ()), *declared.get("wired", ())}
    for method in _METHODS:
        mapped = declared.get(method, ())
        names |= {mapped} if isinstance(mapped, str) else set(mapped)
    return names


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
