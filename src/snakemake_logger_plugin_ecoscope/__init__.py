"""Snakemake's logger plugin ``ecoscope``: what a run does, as a file with one JSON object a line.

`ecoscope-workflows run` reads the file; `docs/decisions/019-run-watches-snakemake.md` lists the events.
Every start of Snakemake imports this module, so it imports nothing that Snakemake does not.
"""

from __future__ import annotations

import json
import logging
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent
from snakemake_interface_logger_plugins.settings import LogHandlerSettingsBase

if TYPE_CHECKING:
    from collections.abc import Mapping
    from logging import LogRecord
    from typing import TextIO

# Snakemake says these only while it holds the lock of its folder.
_LOCKED = frozenset({LogEvent.RESOURCES_INFO, LogEvent.RUN_INFO})
_LOCKS = Path(".snakemake/locks")


@dataclass
class LogHandlerSettings(LogHandlerSettingsBase):
    """The options of the plugin on Snakemake's command line."""

    path: str = field(
        default=".snakemake/ecoscope-workflows/events.jsonl",
        metadata={"help": "The file to write what happens to.", "metavar": "FILE", "type": str},
    )


class LogHandler(LogHandlerBase):
    """Writes what happens to a file; what Snakemake prints stays as it is."""

    def __post_init__(self) -> None:
        """Open the file, and note which locks are another Snakemake's."""
        path = Path(getattr(self.settings, "path", None) or LogHandlerSettings.path)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._others = _locks()
        self._has_lock = False
        self._file: TextIO = path.open("a", buffering=1, encoding="utf-8")
        self._write("process", pid=os.getpid(), dry_run=bool(getattr(self.common_settings, "dryrun", False)))

    def emit(self, record: LogRecord) -> None:
        """Write one line, or none where nothing has happened that a reader waits for."""
        try:
            event = getattr(record, "event", None)
            if event in _LOCKED and not self._has_lock:
                self._has_lock = True
                self._write("locked", locks=[lock for lock in _locks() if lock not in self._others])
            said = _said(event, record)
            if said is not None:
                self._write(*said)
        except (OSError, ValueError, TypeError):
            # A full disk must not end the run.
            self.handleError(record)

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()

    def _write(self, event: str, facts: Mapping[str, Any] | None = None, **more: Any) -> None:
        line = {"time": round(time.time(), 3), "event": event, **(facts or {}), **more}
        self._file.write(json.dumps(line, default=str) + "\n")

    @property
    def writes_to_stream(self) -> bool:
        """Whether it takes the place of what Snakemake prints."""
        return False

    @property
    def writes_to_file(self) -> bool:
        """Whether Snakemake names its file to the user as a log."""
        return False

    @property
    def has_filter(self) -> bool:
        """Whether it sees everything, whatever ``--quiet`` says."""
        return True

    @property
    def has_formatter(self) -> bool:
        """Whether it needs none of Snakemake's texts."""
        return True

    @property
    def needs_rulegraph(self) -> bool:
        """Whether Snakemake must work out the graph of the rules for it."""
        return False


def _said(event: LogEvent | None, record: LogRecord) -> tuple[str, dict[str, Any]] | None:
    facts = vars(record)
    match event:
        case LogEvent.WORKFLOW_STARTED:
            return "workflow", {}
        case LogEvent.RESOURCES_INFO if "cores" in facts:
            return "cores", {"cores": facts["cores"]}
        case LogEvent.RUN_INFO:
            return "plan", {"jobs": {str(name): count for name, count in facts["stats"].items()}}
        case LogEvent.JOB_INFO:
            return "job", {"job": facts["jobid"], "rule": facts["rule_name"], "reason": facts["reason"]}
        case LogEvent.JOB_FINISHED:
            return "finished", {"job": facts["job_id"]}
        case LogEvent.JOB_ERROR:
            # What the executor says, such as the state in which a cluster has ended the job.
            said = {"text": facts["rule_msg"]} if facts.get("rule_msg") else {}
            return "failed", {"job": facts["jobid"], "rule": facts["rule_name"], **said}
        case LogEvent.ERROR:
            return "error", {"text": record.getMessage(), "exception": facts.get("exception")}
        case None if record.levelno >= logging.WARNING:
            return "note", {"text": record.getMessage(), "level": record.levelname}
    return None


def _locks() -> list[list[Any]]:
    """Return the name, the number and the time of each lock of the folder: together they never come again."""
    found: list[list[Any]] = []
    try:
        for entry in os.scandir(_LOCKS):
            if entry.name.endswith(".lock"):
                facts = entry.stat()
                found.append([entry.name, facts.st_ino, facts.st_mtime_ns])
    except FileNotFoundError:
        return found  # there is no lock, or it has just been removed
    return sorted(found)
