"""A run folder in, what became of each task instance out: from its results, logs and benchmarks alone."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ecoscope_workflows.compiler.job_logs import ERROR, log_of
from ecoscope_workflows.compiler.loading import load_graph
from ecoscope_workflows.compiler.planning.manifest import layout_of
from ecoscope_workflows.compiler.slurm_logs import why_slurm_ended
from ecoscope_workflows.contracts.digests import INDEX, MARK_KEY
from ecoscope_workflows.contracts.skipping import SkipSentinel
from ecoscope_workflows.contracts.stored import Collection, Item, read_value
from ecoscope_workflows.errors import Problem, StorageError, Where
from ecoscope_workflows.runtime.whereabouts import results_elsewhere
from ecoscope_workflows.spec.encoding import called
from ecoscope_workflows.targets.view import view

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ecoscope_workflows.targets.view import Row, View

SPEC = "workflow/spec.yaml"
DONE, SKIPPED, FAILED, NOT_RUN, INSIDE = "done", "skipped", "failed", "not run", "inside"
# How `runtime.failures` begins the report of an exception in a task, and Python that of its own watchdog.
_RAISED = re.compile(r"\bEW621 .* raised (?P<kind>\w+)$")
_TIMEOUT = re.compile(r"Timeout \(\d+:\d+:\d+(\.\d+)?\)!$")
# A longer line is not read in a table; the log has the whole.
MAX_DETAIL = 200
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
        Why it was skipped or failed (of an exception its type and message), what is known of a job that left
        neither a result nor an error, where it is evaluated, or how many of its items were skipped.
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
        When the folder holds no compiled workflow, or the results of its last run are elsewhere.
    """
    spec = folder / SPEC
    if not spec.is_file():
        hint = "name the folder that `ecoscope-workflows compile --outpath` wrote"
        raise StorageError(Problem("EW601", "here is no compiled workflow", Where(str(folder)), hint))
    place = results_elsewhere(folder)
    if place:
        hint = "ask Snakemake with the same profile: snakemake --profile k8s --dry-run"
        raise StorageError(Problem("EW607", f"the results are in {place}", Where(str(folder)), hint))
    laid_out = view(load_graph(spec), layout=layout_of(folder))
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
    log = log_of(folder, row.id)
    exists = (result / INDEX).is_file() if row.is_folder else result.is_file()
    # The result of an earlier run stays where a chunk of this one failed.
    if not exists or log.parent.name == row.id:
        error = error_in(log) or why_slurm_ended(folder, "\n".join(_lines(log)))
        return Status(row.id, FAILED, error) if error else Status(row.id, NOT_RUN, _last_words(folder, row))
    try:
        return _finished(folder, row, result)
    except (OSError, ValueError, KeyError) as error:
        return Status(row.id, FAILED, f"the result cannot be read: {str(error).partition(chr(10))[0]}")


def _finished(folder: Path, row: Row, result: Path) -> Status:
    seconds = _seconds(folder / "benchmarks" / f"{row.id}.tsv")
    finished = (result / INDEX if row.is_folder else result).stat().st_mtime
    if not row.node.suffix:
        return replace(
            _collection(row.id, result, seconds, finished),
            restored=_restored(folder / "logs" / f"{row.id}.log"),
        )
    rows, skipped = _rows_or_skip(result)
    if skipped is not None:
        return Status(row.id, SKIPPED, why(skipped), seconds, finished)
    return Status(row.id, DONE, "", seconds, finished, None, rows)


def _collection(instance: str, result: Path, seconds: float | None, finished: float) -> Status:
    collection = Collection(result)
    index = collection.index
    if isinstance(index, SkipSentinel):
        return Status(instance, SKIPPED, why(index), seconds, finished)
    skips = [SkipSentinel.of(item.skipped) for item in index.items if item.skipped is not None]
    if skips and len(skips) == len(index.items):
        return Status(instance, SKIPPED, why(skips[0]), seconds, finished, len(index.items))
    frames = [item for item in index.items if item.file.endswith(".parquet")]
    rows = sum(_rows_of(collection, item) for item in frames) if frames else None
    detail = f"{len(skips)} skipped: {why(skips[0])}" if skips else ""
    return Status(instance, DONE, detail, seconds, finished, len(index.items), rows)


def _rows_of(collection: Collection, item: Item) -> int:
    with collection.file(item) as path:
        return _rows_or_skip(path)[0] or 0


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


def error_in(log: Path) -> str:
    """Return on one line the error that a job ended with, or an empty text."""
    lines = _lines(log)
    starts = [number for number, line in enumerate(lines) if line.startswith(ERROR)]
    if not starts:
        # The second watchdog of a time limit needs no interpreter, and has no words of ours.
        return next((line for line in lines if _TIMEOUT.match(line)), "")
    first, *rest = lines[starts[-1] :]
    first = first.removeprefix(ERROR).strip()
    raised = _RAISED.search(first)
    if raised:
        said = _exception(rest, raised["kind"])
        if said:
            return _on_one_line([f"EW621 {said[0]}", *said[1:]])
    until = next((number for number, line in enumerate(rest) if line.startswith("  hint: ")), len(rest))
    return _on_one_line([first, *rest[:until]])


def _exception(traceback: list[str], kind: str) -> list[str]:
    """Return what an exception says: the end of its traceback, from the line that its type begins."""
    name = re.compile(rf"([\w.]+\.)?{re.escape(kind)}(:|$)")
    frames = [number for number, line in enumerate(traceback) if line.startswith("  File ")]
    after = traceback[frames[-1] :] if frames else traceback
    for lines in (after, traceback):  # what looks like a frame may be part of the message
        start = next((number for number, line in enumerate(lines) if name.match(line)), None)
        if start is not None:
            return lines[start:]
    return []


def _on_one_line(lines: list[str]) -> str:
    text = ""
    for line in filter(None, (" ".join(line.split()) for line in lines)):
        # What ends in a sign goes on; of other lines each says something of its own.
        text += (" " if not text or text[-1] in ".,:;?!" else "; ") + line
    return _cut(text.strip())


def _cut(text: str) -> str:
    return text if len(text) <= MAX_DETAIL else f"{text[: MAX_DETAIL - 4]} ..."


def _last_words(folder: Path, row: Row) -> str:
    """Return why there may be no result although a job began: its log is newer than its measurement."""
    log, benchmark = (
        folder / kind / f"{row.id}{end}" for kind, end in (("logs", ".log"), ("benchmarks", ".tsv"))
    )
    if not log.is_file():
        return ""
    # A measurement is written last: where it is the newer one, the job ended well and its result was removed.
    if benchmark.is_file() and benchmark.stat().st_mtime >= log.stat().st_mtime:
        return ""
    lines = [line for line in _lines(log) if line.strip()]
    last = f"; the log ends with: {lines[-1].strip()}" if lines else ""
    # A Snakemake at work holds a lock; one that was killed has left it.
    is_locked = any((folder / ".snakemake" / "locks").glob("*.lock"))
    return _cut(f"{'killed, or still running' if is_locked else 'killed or stopped'}{last}")


def _lines(log: Path) -> list[str]:
    return log.read_text(encoding="utf-8", errors="replace").splitlines() if log.is_file() else []


def _restored(log: Path) -> int | None:
    """Return how many items a job took from an earlier run, where its log says so."""
    counts = _COUNTS.findall("\n".join(_lines(log)))
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
