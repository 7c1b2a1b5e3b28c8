"""A run folder in, what became of each task instance out: from its results, logs and benchmarks alone."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ecoscope_workflows.compiler.loading import load_graph
from ecoscope_workflows.contracts.digests import INDEX, MARK_KEY
from ecoscope_workflows.contracts.skipping import SkipSentinel
from ecoscope_workflows.contracts.stored import read_index, read_value
from ecoscope_workflows.errors import Problem, StorageError, Where
from ecoscope_workflows.spec.encoding import called
from ecoscope_workflows.targets.view import view

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ecoscope_workflows.targets.view import Row, View

SPEC = "workflow/spec.yaml"
DONE, SKIPPED, FAILED, NOT_RUN, INSIDE = "done", "skipped", "failed", "not run", "inside"
_ERROR = "error:"
# What the log of a job says last of the items of its collection.
_COUNTS = re.compile(r"^\w+: \d+ of \d+ items computed, (\d+) restored$", re.MULTILINE)


@dataclass(frozen=True)
class Status:
    """What became of one task instance.

    Parameters
    ----------
    instance
        Its id.
    state
        ``done``, ``skipped``, ``failed``, ``not run``, or ``inside``: evaluated in the jobs of others.
    detail
        Why it was skipped or failed, where it is evaluated, or how many of its items were skipped.
    seconds
        How long its last job took.
    finished
        When its result was written, in seconds since 1970.
    items, rows
        The number of items of a collection, and of rows of the frames.
    restored
        How many items the last job did not compute: their inputs were those of an earlier run.
    """

    instance: str
    state: str
    detail: str = ""
    seconds: float | None = None
    finished: float | None = None
    items: int | None = None
    rows: int | None = None
    restored: int | None = None


def status_of(folder: Path) -> list[Status]:
    """Return what became of each instance of a workflow that was compiled into a folder.

    Raises
    ------
    StorageError
        When the folder holds no compiled workflow.
    """
    spec = folder / SPEC
    if not spec.is_file():
        hint = "name the folder that `ecoscope-workflows compile --outpath` wrote"
        raise StorageError(Problem("EW601", "here is no compiled workflow", Where(str(folder)), hint))
    laid_out = view(load_graph(spec))
    users = _users(laid_out)
    return [_cheap(row, users) if row.cheap else _status(folder, row) for row in laid_out.rows]


def _users(laid_out: View) -> Mapping[str, list[str]]:
    """Return for each cheap instance those that need its result."""
    users: dict[str, list[str]] = {}
    for row in laid_out.rows:
        values = [*row.bound.values(), *([row.each.argvalues] if row.each else [])]
        for name in dict.fromkeys(name for value in values for name in called(value)):
            users.setdefault(name, []).append(row.id)
    return users


def _cheap(row: Row, users: Mapping[str, list[str]]) -> Status:
    return Status(row.id, INSIDE, ", ".join(users.get(row.id, [])))


def _status(folder: Path, row: Row) -> Status:
    result = folder / "results" / row.result
    log = folder / "logs" / f"{row.id}.log"
    exists = (result / INDEX).is_file() if row.is_folder else result.is_file()
    if not exists:
        error = _error_in(log)
        return Status(row.id, FAILED if error else NOT_RUN, error)
    try:
        return _finished(folder, row, result)
    except (OSError, ValueError, KeyError) as error:
        return Status(row.id, FAILED, f"the result cannot be read: {str(error).partition(chr(10))[0]}")


def _finished(folder: Path, row: Row, result: Path) -> Status:
    seconds = _seconds(folder / "benchmarks" / f"{row.id}.tsv")
    finished = (result / INDEX if row.is_folder else result).stat().st_mtime
    if row.is_folder:
        return replace(
            _collection(row.id, result, seconds, finished),
            restored=_restored(folder / "logs" / f"{row.id}.log"),
        )
    rows, skipped = _rows_or_skip(result)
    if skipped is not None:
        return Status(row.id, SKIPPED, why(skipped), seconds, finished)
    return Status(row.id, DONE, "", seconds, finished, None, rows)


def _collection(instance: str, result: Path, seconds: float | None, finished: float) -> Status:
    index = read_index(result)
    if isinstance(index, SkipSentinel):
        return Status(instance, SKIPPED, why(index), seconds, finished)
    skips = [SkipSentinel.of(item.skipped) for item in index.items if item.skipped is not None]
    if skips and len(skips) == len(index.items):
        return Status(instance, SKIPPED, why(skips[0]), seconds, finished, len(index.items))
    frames = [result / item.file for item in index.items if item.file.endswith(".parquet")]
    rows = sum(_rows_or_skip(path)[0] or 0 for path in frames) if frames else None
    detail = f"{len(skips)} skipped: {why(skips[0])}" if skips else ""
    return Status(instance, DONE, detail, seconds, finished, len(index.items), rows)


def why(skipped: SkipSentinel) -> str:
    """Return why an instance was skipped, and because of which one upstream."""
    on = f" on {skipped.argument!r}" if skipped.argument else ""
    own = f"{skipped.condition}{on}"
    first = skipped.root
    if first is skipped or not first.instance:
        return own
    return f"{own}, because {first.reason}"


def _rows_or_skip(path: Path) -> tuple[int | None, SkipSentinel | None]:
    """Return the number of rows of a frame, or what a skipped result says; neither for other results."""
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq  # noqa: PLC0415  # 0.1 s

        footer = pq.read_metadata(path)
        if MARK_KEY not in (footer.metadata or {}):
            return footer.num_rows, None
    elif path.stat().st_size > _MAX_MARK:
        return None, None
    value = read_value(path)
    return None, value if isinstance(value, SkipSentinel) else None


# No mark of a skipped result is longer; of a longer file nothing need be read.
_MAX_MARK = 64 * 1024


def _error_in(log: Path) -> str:
    """Return the first line of the error that a job ended with, or an empty text."""
    if not log.is_file():
        return ""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    found = [line.removeprefix(_ERROR).strip() for line in lines if line.startswith(_ERROR)]
    return found[-1] if found else ""


def _restored(log: Path) -> int | None:
    """Return how many items a job took from an earlier run, where its log says so."""
    if not log.is_file():
        return None
    counts = _COUNTS.findall(log.read_text(encoding="utf-8", errors="replace"))
    return int(counts[-1]) if counts else None


def _seconds(benchmark: Path) -> float | None:
    if not benchmark.is_file():
        return None
    with benchmark.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    return float(rows[-1]["s"]) if rows and rows[-1].get("s") else None


def as_json(statuses: list[Status]) -> str:
    """Return what became of each instance as JSON, an object an instance."""
    return json.dumps(
        [{name: getattr(one, name) for name in Status.__dataclass_fields__} for one in statuses],
        ensure_ascii=False,
        indent=1,
    )
