"""Results by what they were made from: a folder that several runs can share.

An entry is found by a key, which is the hash of everything that decides a result.
It is a file or folder with the content, and a small file of facts beside it, which is written last.
What is wrong with an entry is a miss, never an error.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.contracts.digests import sha256_of_bytes
from ecoscope_workflows.contracts.stored import Item
from ecoscope_workflows.errors import Problem, StorageError
from ecoscope_workflows.runtime.storage import remove

if TYPE_CHECKING:
    from collections.abc import Iterator

STORE_VARIABLE = "ECOSCOPE_WORKFLOWS_STORE"
DEFAULT_STORE = ".ecoscope-workflows/store"
LIMIT_VARIABLE = "ECOSCOPE_WORKFLOWS_STORE_BYTES"
DEFAULT_LIMIT = 4 << 30
# Of so many results that are added, one has the store looked through.
PRUNED_ONCE_IN = 16


class Store:
    """A folder of results.

    Parameters
    ----------
    root
        The folder; it need not exist.
    limit
        The number of bytes that may stay when a run ends.
    """

    def __init__(self, root: Path, limit: int = DEFAULT_LIMIT) -> None:
        self.root = root
        self._limit = limit
        self._due = False

    @classmethod
    def here(cls, folder: Path = Path()) -> Store | None:
        """Return the store that a run in a folder uses, or None where it is switched off.

        Raises
        ------
        StorageError
            When the limit that is set is no number.
        """
        name = os.environ.get(STORE_VARIABLE, DEFAULT_STORE)
        limit = os.environ.get(LIMIT_VARIABLE, str(DEFAULT_LIMIT))
        if not limit.isdecimal():
            what = f"{LIMIT_VARIABLE} is {limit!r}, not a number of bytes"
            raise StorageError(Problem("EW606", what, hint=f"such as {DEFAULT_LIMIT}, which is the default"))
        return cls(folder / name, int(limit)) if name else None

    def _entry(self, key: str) -> Path:
        return self.root / key[:2] / key

    def fetch(self, key: str, target: Path) -> Item | None:
        """Copy the result of a key to `target`, and return what is known of it; None where there is none."""
        entry = self._entry(key)
        facts_file = entry.with_suffix(".json")
        try:
            if not facts_file.exists():
                return None
            facts: dict[str, Any] = json.loads(facts_file.read_text(encoding="utf-8"))
            _copy(entry, target)
            if _seal(target) == facts["seal"]:
                with suppress(OSError):  # only the order of eviction depends on it
                    os.utime(facts_file)
                return Item(target.name, facts["sha256"], None, facts["skipped"])
        except (OSError, ValueError, KeyError, TypeError):  # whatever was written there in its place
            pass
        remove(target)
        self._drop(entry)
        return None

    def keep(self, key: str, source: Path, item: Item) -> None:
        """Add a result; where the store cannot take it, the run goes on without."""
        entry = self._entry(key)
        temporary = entry.with_name(f"{entry.name}.{secrets.token_hex(8)}.tmp")
        record = temporary.with_suffix(".facts")
        facts: dict[str, Any] = {
            "sha256": item.digest,
            "skipped": dict(item.skipped) if item.skipped else None,
        }
        try:
            entry.parent.mkdir(parents=True, exist_ok=True)
            _copy(source, temporary)
            facts["seal"] = _seal(temporary)
            if entry.is_dir():
                shutil.rmtree(entry)
            temporary.replace(entry)
            record.write_text(json.dumps(facts), encoding="utf-8")
            record.replace(entry.with_suffix(".json"))
            # Now and then is enough: looking at all entries takes longer than most tasks.
            self._due = self._due or int(key[:2], 16) % PRUNED_ONCE_IN == 0
        except OSError:
            for left in (temporary, record):
                with suppress(OSError):  # where nothing can be written, nothing is left
                    remove(left)

    def prune(self, limit: int | None = None) -> int:
        """Remove the entries that were not used for the longest time, until the rest fits in `limit` bytes.

        Returns
        -------
        int
            The number of entries that were removed.
        """
        if limit is None:
            if not self._due:
                return 0
            limit = self._limit
        entries = sorted(self._entries(), reverse=True)
        used = removed = 0
        for _, size, entry in entries:
            used += size
            if used > limit:
                self._drop(entry)
                removed += 1
        return removed

    def facts(self) -> dict[str, Any]:
        """Return where the store is, how many results and bytes are in it, and when the oldest was used."""
        entries = list(self._entries())
        return {
            "folder": str(self.root),
            "entries": len(entries),
            "bytes": sum(size for _, size, _ in entries),
            "limit": self._limit,
            "oldest": min((used for used, _, _ in entries), default=None),
        }

    def verify(self) -> tuple[int, int]:
        """Read every entry, and remove those that are not as they were written.

        Returns
        -------
        tuple of int
            How many are whole, and how many were removed.
        """
        good = bad = 0
        for _, _, entry in list(self._entries()):
            try:
                facts: dict[str, Any] = json.loads(entry.with_suffix(".json").read_text(encoding="utf-8"))
                whole = _seal(entry) == facts["seal"]
            except (OSError, ValueError, KeyError, TypeError):  # as in `fetch`
                whole = False
            good, bad = good + whole, bad + (not whole)
            if not whole:
                self._drop(entry)
        return good, bad

    def _entries(self) -> Iterator[tuple[float, int, Path]]:
        for facts in self.root.glob("??/*.json"):
            entry = facts.with_suffix("")
            with suppress(FileNotFoundError):  # another run removed it
                yield facts.stat().st_mtime, _size(entry), entry

    def _drop(self, entry: Path) -> None:
        with suppress(OSError):  # another run removes it, or it is not ours to remove
            entry.with_suffix(".json").unlink(missing_ok=True)
            remove(entry)


def _seal(path: Path) -> str:
    """Return the hash of every byte of a file or folder: what is damaged in between is no result."""
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    facts = [[str(file.relative_to(path)), sha256_of_bytes(file)] for file in files if file.is_file()]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copyfile(source, target)


def _size(entry: Path) -> int:
    if entry.is_dir():
        return sum(file.stat().st_size for file in entry.rglob("*") if file.is_file())
    return entry.stat().st_size
