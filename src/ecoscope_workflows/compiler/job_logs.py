"""An instance in, the log that says what became of it out: its own, or that of a chunk which failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

ERROR = "error:"


def log_of(folder: Path, instance: str) -> Path:
    """Return the log of an instance; of one that is computed in chunks, that of the last one that failed.

    Where the job that puts the chunks together came later, no chunk has failed since.
    """
    own = folder / "logs" / f"{instance}.log"
    began = own.stat().st_mtime if own.is_file() else 0.0
    times = {path: path.stat().st_mtime for path in own.with_suffix("").glob("*.log")}
    failed = [path for path, time in times.items() if time > began and _has_error(path)]
    return max(failed, key=times.__getitem__, default=own)


def _has_error(log: Path) -> bool:
    text = log.read_text(encoding="utf-8", errors="replace")
    return any(line.startswith(ERROR) for line in text.splitlines())
