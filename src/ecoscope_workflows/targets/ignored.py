"""A view and a target in, what tasks ask for and do not get there out: a warning for each kind of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecoscope_workflows.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ecoscope_workflows.targets.view import Row, View

# One process of one machine computes everything.
_IN_ONE_PROCESS = frozenset({"script-sequential", "jupytext"})
# What the pods of a DAG are asked for; as numbers, in the units that the names say.
_OF_PODS = frozenset({"mem_mb", "disk_mb", "runtime"})
# More names than these say less.
_MAX_NAMED = 5
# What is asked for, in the words of a row.
_Asked = tuple[str, "Callable[[Row], Iterable[str]]", str]


def ignored(view: View, target: str, *, chunks: bool = False) -> list[Problem]:
    """Return a warning for each kind of thing that tasks ask for and a target does not give them.

    Parameters
    ----------
    view
        The workflow.
    target
        The name of the target.
    chunks
        Whether elements of collections were asked to be computed by several jobs.
    """
    rows = [row for row in view.jobs if row.mock is None]
    if target == "snakemake":
        in_one_job = list(_warnings(rows, [_IN_ONE_JOB], f"the target {target}")) if chunks else []
        return [*_warnings(rows, [_IMAGE_BY_SNAKEMAKE], "Snakemake by itself"), *in_one_job]
    asked = _IN_PROCESS if target in _IN_ONE_PROCESS else [_IN_POD]
    return list(_warnings(rows, asked, f"the target {target}"))


def _warnings(rows: Sequence[Row], asked: Sequence[_Asked], who: str) -> Iterator[Problem]:
    for kind, of, hint in asked:
        found = {row.id: list(of(row)) for row in rows}
        asking = [row for row in rows if found[row.id]]
        if not asking:
            continue
        words = dict.fromkeys(word for row in asking for word in found[row.id])
        named = [repr(row.id) for row in asking]
        listed = ", ".join(named[:_MAX_NAMED])
        if len(named) > _MAX_NAMED:
            listed += f" and {len(named) - _MAX_NAMED} more"
        what = f"{who} ignores {kind.format(', '.join(words))} of {listed}"
        yield Problem("EW387", what, asking[0].node.instance.where, hint, severity="warning")


def _image(row: Row) -> list[str]:
    return [row.image] if row.image else []


def _resources(row: Row) -> list[str]:
    asked = {**row.node.task.metadata.resources, **row.node.instance.resources}
    return [name for name in asked if name != "threads"]


def _retries(row: Row) -> list[str]:
    return ["retries"] * bool(row.retries)


def _timeout(row: Row) -> list[str]:
    return ["timeout"] * bool(row.timeout)


def _not_of_pods(row: Row) -> list[str]:
    return [
        name
        for name in _resources(row)
        if name not in _OF_PODS or not isinstance(row.resources[name], int | float)
    ]


_IMAGE_BY_SNAKEMAKE = (
    "the image {}",
    _image,
    "run it with `--sdm apptainer`; on Kubernetes all pods have the one image of the profile",
)
_IN_ONE_JOB = (
    "--fan-out {}",
    lambda row: ["jobs"] * (row.each is not None and row.chunked is None),
    "one job computes it: it goes through no collection that an instance stores, or writes files of its own",
)
_IN_PROCESS = (
    ("the image {}", _image, "run it where all that the image holds is installed"),
    ("the resources {}", _resources, "run it on a machine that has as much"),
    ("the {}", _retries, "a task that fails ends the run: run it again"),
    ("the {}", _timeout, "a task that hangs is ended by you alone"),
)
_IN_POD = (
    "the resources {}",
    _not_of_pods,
    "pods are asked for `threads`, `mem_mb`, `disk_mb` and `runtime`, each of them a number",
)
