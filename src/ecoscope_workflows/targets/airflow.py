"""The target ``airflow-kubernetes``: a view in, one Airflow DAG out, each of its tasks a pod."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.errors import Problem, TargetError
from ecoscope_workflows.spec.encoding import called
from ecoscope_workflows.targets.lines import one_line, testing_note
from ecoscope_workflows.targets.quoting import INDENT, LINE_LENGTH, literal, text_literal
from ecoscope_workflows.targets.snakemake import how, is_example, named_inputs, option_of, param_files, skipif
from ecoscope_workflows.targets.templating import render, render_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from ecoscope_workflows.targets.view import Row, View

# The task before all others.
CHECK = "check_params"
MOUNT = "/mnt/ecoscope-workflows"
NAME = "ecoscope-workflows"
# What the DAG file calls things of its own.
_NAMES = frozenset(
    {
        *("DAG", "ENVIRONMENT", "IMAGE", "KubernetesPodOperator", "PARAMS", "POD", "Param", "ROOT", "VOLUME"),
        *("WORKFLOW", "annotations", "as_json", "json", "k8s", "re", "timedelta"),
    }
)
# Linux allows 128 KiB for one variable with its name.
_MAX_VARIABLE = 128 * 1024 - 200
# How long a pod may wait for a node and its image, beside the time that its task has.
_PATIENCE = 600


@dataclass(frozen=True, slots=True)
class Pods:
    """How the pods of a DAG are run, and when.

    Parameters
    ----------
    schedule
        When the DAG runs by itself, as Airflow writes it; None where it never does.
    image
        The image of tasks that name none; empty for the one of this version.
    volume
        The claim of the volume that all pods share, and behind a colon where it is in the pods.
    secret
        The Kubernetes secret whose keys are variables of the tasks.
    """

    schedule: str | None = None
    image: str = ""
    volume: str = NAME
    secret: str = NAME

    def mount(self, cache_root: str) -> str:
        """Return where the volume is in the pods."""
        given = self.volume.partition(":")[2]
        return given or (cache_root if cache_root.startswith("/") else MOUNT)


def airflow(
    view: View,
    schemas: Mapping[str, Any],
    params: Mapping[str, Any],
    pods: Pods | None = None,
    template: Path | None = None,
) -> str:
    """Return the DAG file of a workflow, by the package's template or one of the user's.

    Parameters
    ----------
    view
        The workflow.
    schemas
        The JSON Schema of the parameters of each instance that may be given some.
    params
        Those that they are given where a run says nothing else.
    pods
        How its pods are run.
    template
        The user's template.

    Raises
    ------
    TargetError
        Where a schedule lacks parameters, or the spec holds more than pods can be told.
    """
    context = airflow_context(view, schemas, params, pods or Pods())
    if template is not None:
        return render_file(template, context)
    return render("airflow-kubernetes.jinja2", context)


def airflow_context(
    view: View, schemas: Mapping[str, Any], params: Mapping[str, Any], pods: Pods
) -> dict[str, Any]:
    """Return what a template may print; `docs/reference/templates.md` describes it."""
    wanted = [row for row in view.jobs if row.result in view.wanted]
    rows = {row.id: row for row in view.rows}
    calls = {row.id: _calls(row, rows) for row in wanted}
    needed = {name for names in calls.values() for name in names}
    told = [row for row in view.rows if row.id in needed or row in wanted]
    instances = {row.id: _declared(row, view, calls.get(row.id, [])) for row in told}
    _refuse_long(view, instances)
    mount = pods.mount(view.cache_root)
    # An instance may have any name: the check of the params goes out of its way.
    *named, check = _variables([*(row.id for row in wanted), CHECK])
    variables = dict(zip((row.id for row in wanted), named, strict=True))
    return {
        "name": text_literal(view.name),
        "workflow_name": view.name,
        "about": text_literal(one_line(view.description)) if view.description else "",
        "version": view.version,
        "spec_name": one_line(view.spec_name),
        "spec_sha256": view.spec_sha256,
        "testing": view.testing,
        "testing_note": testing_note(view),
        "schedule": literal(pods.schedule),
        "image": text_literal(pods.image or f"{NAME}:{view.version}"),
        "volume": text_literal(pods.volume.partition(":")[0]),
        "mount": text_literal(mount),
        "secret": text_literal(pods.secret),
        "store": text_literal(_store(view.cache_root, mount)),
        "skipif": [
            f"{text_literal(key)}: {literal(value, 1, 8 + len(key))}"
            for key, value in (skipif(view.skipif) if view.skipif else {}).items()
        ],
        "instances": literal(instances, 1, len('    "instances": ')),
        "params": [
            {**param, "description": text_literal(one_line(rows[name].title))}
            for name, param in _params(schemas, params, scheduled=pods.schedule is not None).items()
        ],
        "check": check,
        "tasks": [_task(row, variables[row.id]) for row in wanted],
        "edges": list(_edges(wanted, variables, check)),
    }


def _store(cache_root: str, mount: str) -> str:
    """Return where the store of results is; a relative root starts at the volume."""
    whole = cache_root.startswith("/") or "://" in cache_root
    return f"{cache_root if whole else f'{mount}/{cache_root}'}".rstrip("/") + "/.ecoscope-workflows/store"


def _calls(row: Row, rows: Mapping[str, Row]) -> list[str]:
    """Return the cheap instances that are evaluated in a pod."""
    found: dict[str, None] = {}
    waiting = [row]
    while waiting:
        one = waiting.pop()
        for name in called([*one.bound.values(), one.each.argvalues if one.each else None]):
            if name not in found:
                found[name] = None
                waiting.append(rows[name])
    return sorted(found)


def _declared(row: Row, view: View, calls: list[str]) -> dict[str, Any]:
    """Return what a pod is told of an instance, as `ecoscope_workflows.runtime.pod` takes it."""
    paths = {item.argument: item.path for item in row.inputs if item.path and not is_example(row, item)}
    files = param_files(row)
    told = {
        "task": f"{row.module}:{row.function}",
        "bound": dict(row.bound),
        "files": files,
        "paths": paths,
        "calls": calls,
        "mock": row.mock,
        # Given by the spec, and not among what else is said here.
        "wired": sorted(row.node.bound - {*row.bound, *paths, *(row.each.argnames if row.each else ())}),
    }
    return {name: value for name, value in told.items() if value} | how(row, view.skipif)


def _refuse_long(view: View, instances: Mapping[str, Any]) -> None:
    size = len(json.dumps(instances)) + len(view.name)
    if size > _MAX_VARIABLE:
        what = f"the values in the spec take {size} letters, and a pod can be told {_MAX_VARIABLE}"
        hint = "put long values into files that tasks read, or use another target"
        raise TargetError(Problem("EW762", what, hint=hint))


def _params(
    schemas: Mapping[str, Any], params: Mapping[str, Any], *, scheduled: bool
) -> dict[str, dict[str, str]]:
    """Return the parameters of a run: for each instance what it is given, and its schema."""
    problems, found = [], {}
    for name, schema in schemas.items():
        given = params.get(name) or {}
        missing = [f"{name}.{key}" for key in schema.get("required", ()) if given.get(key) is None]
        if missing and scheduled:
            what = f"a run by schedule would lack {', '.join(missing)}"
            hint = "put values into the params.yaml beside the spec, or leave out --schedule"
            problems.append(Problem("EW761", what, hint=hint))
        # A parameter without a value must be given by whoever starts a run.
        told = "" if missing else literal(given, 2)
        found[name] = {"id": text_literal(name), "given": told, "schema": literal(schema, 2, 15)}
    if problems:
        raise TargetError(problems)
    return found


def _variables(ids: Sequence[str]) -> list[str]:
    """Return for each id a name in the file: the id itself where nothing else is called so."""
    taken = {*_NAMES, *ids}
    found = []
    for number, name in enumerate(ids):
        variable = name
        while variable in _NAMES or variable in ids[:number] or (variable != name and variable in taken):
            variable += "_"
        taken.add(variable)
        found.append(variable)
    return found


def _task(row: Row, variable: str) -> dict[str, Any]:
    words = [row.id]
    for _, item in named_inputs(row):
        if item.file:
            option, _, name = option_of(row, item).partition(" ")
            words += [f"--{option}", f"{name}{item.file}"]
    words += ["--threads", str(row.threads)] if row.each is not None else []
    words += ["--timeout", str(row.timeout)] if row.timeout else []
    words += ["--output", row.result]
    return {
        "id": row.id,
        "variable": variable,
        "task_id": text_literal(row.id),
        "title": one_line(row.title),
        "arguments": literal(words, 2, 2 * 4 + len("arguments=")),
        "image": text_literal(row.image) if row.image else "",
        "requests": _requests(row),
        "memory": text_literal(f"{row.resources['mem_mb']}M") if "mem_mb" in row.resources else "",
        "retries": row.retries,
        "seconds": _seconds(row),
    }


def _requests(row: Row) -> str:
    """Return the resources that a pod asks for, where they are not those of any pod."""
    asked = {"cpu": str(row.threads)}
    if "mem_mb" in row.resources:
        asked["memory"] = f"{row.resources['mem_mb']}M"
    if "disk_mb" in row.resources:
        asked["ephemeral-storage"] = f"{row.resources['disk_mb']}M"
    return literal(asked, 3, 3 * 4 + len("requests=")) if asked != {"cpu": "1"} else ""


def _seconds(row: Row) -> int:
    """Return how long Airflow waits for a task in all; 0 for no limit."""
    runtime = row.resources.get("runtime", 0)
    seconds = row.timeout or (int(runtime * 60) if isinstance(runtime, int | float) else 0)
    return seconds + _PATIENCE if seconds else 0


def _edges(rows: Sequence[Row], variables: Mapping[str, str], check: str) -> Iterator[str]:
    """Yield the statements that put tasks in order: params are checked before anything runs."""
    roots = [variables[row.id] for row in rows if not _before(row)]
    yield _edge([check], roots)
    for row in rows:
        if _before(row):
            yield _edge([variables[name] for name in _before(row)], [variables[row.id]])


def _before(row: Row) -> list[str]:
    """Return the instances whose results an instance reads, each once."""
    return list(dict.fromkeys(item.instance for item in row.inputs if item.instance))


def _edge(before: Sequence[str], after: Sequence[str]) -> str:
    sides = [one[0] if len(one) == 1 else f"[{', '.join(one)}]" for one in (before, after)]
    line = " >> ".join(sides)
    if len(INDENT + line) <= LINE_LENGTH:
        return line
    return " >> ".join(one[0] if len(one) == 1 else _exploded(one) for one in (before, after))


def _exploded(names: Sequence[str]) -> str:
    return "[\n" + "".join(f"{INDENT * 2}{name},\n" for name in names) + f"{INDENT}]"
