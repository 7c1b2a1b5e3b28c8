"""How a job that ended well came by its result: computed, restored from an earlier run, or skipped.

The log of the job says whether it was restored; this module is the one place that knows in which words.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ecoscope_workflows.compiler.running.progress import DONE, RESTORED, SKIPPED
from ecoscope_workflows.contracts.archives import is_archive
from ecoscope_workflows.contracts.digests import INDEX, MARK_KEY
from ecoscope_workflows.contracts.skipping import SkipSentinel
from ecoscope_workflows.contracts.stored import read_index, read_value

if TYPE_CHECKING:
    from pathlib import Path

    from ecoscope_workflows.targets.view import Row

_RESTORED = re.compile(r"^restored\b", re.MULTILINE)
_NOTHING_COMPUTED = re.compile(r"^\w+: 0 of [1-9]\d* items computed, [1-9]\d* restored$", re.MULTILINE)
# No mark of a skipped result is longer; of a longer file nothing need be read.
_MAX_MARK = 64 * 1024


def how_done(folder: Path, row: Row) -> str:
    """Return what became of an instance whose job has ended well.

    Parameters
    ----------
    folder
        The folder of the run.
    row
        The instance.
    """
    if is_skipped_result(folder / "results" / row.result):
        return SKIPPED
    log = folder / "logs" / f"{row.id}.log"
    said = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
    return RESTORED if _RESTORED.search(said) or _NOTHING_COMPUTED.search(said) else DONE


def is_skipped_result(result: Path) -> bool:
    """Return whether a result stands for an instance that was skipped; nothing, if it is there no more."""
    try:
        if (result / INDEX).is_file() or is_archive(result):
            return isinstance(read_index(result), SkipSentinel)
        if not result.is_file() or result.stat().st_size > _MAX_MARK:
            return False
        if result.suffix == ".parquet":
            return _is_marked(result)
        return isinstance(read_value(result), SkipSentinel)
    except (OSError, ValueError):
        # Another program writes there; the summary tells what is wrong with it.
        return False


def _is_marked(path: Path) -> bool:
    import pyarrow.parquet as pq  # noqa: PLC0415  # 0.1 s

    return MARK_KEY in (pq.read_metadata(path).metadata or {})
