"""What Snakemake has recorded of results, and what it sees of files; the working folder is the run's.

Each function does as its namesake in Snakemake 9.27 (`persistence`, `io`), but never writes.
"""

from __future__ import annotations

import json
import os
import stat
from base64 import urlsafe_b64encode
from functools import cached_property
from pathlib import Path
from typing import Any

from ecoscope_workflows.contracts.digests import sha256_of_bytes

FOLDER = ".snakemake"
# The form of the records that this module can read.
RECORD_FORMAT = 6
_TIMESTAMP = ".snakemake_timestamp"
_LONGEST_NAME = 255


class Records:
    """What Snakemake has recorded of the results in the working folder."""

    def __init__(self) -> None:
        self._found: dict[str, dict[str, Any] | None] = {}

    def of(self, output: str) -> dict[str, Any] | None:
        """Return what is recorded of an output file; None where there is nothing, or nothing readable."""
        if output not in self._found:
            self._found[output] = _read(_record_path(f"{FOLDER}/metadata", output))
        return self._found[output]

    def is_incomplete(self, output: str) -> bool:
        """Return whether an output file was being written when a run was killed."""
        return _record_path(f"{FOLDER}/incomplete", output) in self._incomplete and exists(output)

    @cached_property
    def _incomplete(self) -> frozenset[str]:
        return frozenset(
            os.path.join(folder, name)  # noqa: PTH118  # as Snakemake writes it
            for folder, _, names in os.walk(f"{FOLDER}/incomplete")
            for name in names
        )


def _read(path: str) -> dict[str, Any] | None:
    try:
        with open(path, encoding="utf-8") as stream:  # noqa: PTH123  # hundreds of them: pathlib doubles the time
            found = json.load(stream)
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    return found if isinstance(found, dict) and found else None


def _record_path(folder: str, key: str) -> str:
    name = urlsafe_b64encode(key.encode()).decode()
    step = _LONGEST_NAME - 1
    parts = [name[start : start + step] for start in range(0, len(name), step)]
    return "/".join([folder, *(f"@{part}" for part in parts[:-1]), parts[-1]])


def locked() -> bool:
    """Return whether a Snakemake is at work in the working folder, or was killed there."""
    try:
        return any(name.endswith(".lock") for name in os.listdir(f"{FOLDER}/locks"))  # noqa: PTH208  # as above
    except FileNotFoundError:
        return False


def exists(path: str) -> bool:
    """Return whether a file or folder is there."""
    return os.path.exists(path)  # noqa: PTH110  # as above


def modified(path: str, *, through_links: bool) -> float:
    """Return when a file was written, or a folder filled; of a link its own time, or the later of both."""
    own = os.lstat(path)
    if not stat.S_ISLNK(own.st_mode):
        return _filled(path) if stat.S_ISDIR(own.st_mode) else own.st_mtime
    if not through_links:
        return own.st_mtime
    target = os.stat(path)  # noqa: PTH116  # as above
    return max(own.st_mtime, _filled(path) if stat.S_ISDIR(target.st_mode) else target.st_mtime)


def _filled(folder: str) -> float:
    try:
        return os.stat(f"{folder}/{_TIMESTAMP}").st_mtime  # noqa: PTH116  # as above
    except FileNotFoundError:
        return os.stat(folder).st_mtime  # noqa: PTH116  # as above


def has_content(path: str, recorded: str | None, at_most: int) -> bool:
    """Return whether a file holds what a checksum was taken of; False where that cannot be told."""
    facts = os.stat(path)  # noqa: PTH116  # as above
    if not stat.S_ISREG(facts.st_mode) or facts.st_size > at_most or not recorded:
        return False
    return recorded.removeprefix("sha256:") == sha256_of_bytes(Path(path))
