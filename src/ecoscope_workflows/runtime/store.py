"""Results by what they were made from, in a folder or at a URL that several runs can share.

An entry is found by a key, which is the hash of everything that decides a result.
What is wrong with an entry is a miss, and what is wrong with the store is a note in the log, never an error.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.contracts.stored import Item
from ecoscope_workflows.errors import Problem, StorageError
from ecoscope_workflows.runtime.stores.entries import (
    Facts,
    content_name,
    discard,
    drop,
    put,
    take,
)
from ecoscope_workflows.runtime.stores.listing import listing
from ecoscope_workflows.runtime.stores.local import LocalShelf
from ecoscope_workflows.runtime.stores.location import is_url, store_of

if TYPE_CHECKING:
    from pathlib import Path

    from ecoscope_workflows.runtime.stores.records import Record
    from ecoscope_workflows.runtime.stores.shelf import Shelf

LIMIT_VARIABLE = "ECOSCOPE_WORKFLOWS_STORE_BYTES"
DEFAULT_LIMIT = 4 << 30
# Of so many results that are added, one has the store looked through.
PRUNED_ONCE_IN = 16
# Content that no facts name may be of a process that is about to write them; after so many seconds not.
ABANDONED = 24 * 3600.0


class Store:
    """A place full of results.

    Parameters
    ----------
    shelf
        The folder or URL; it need not exist.
    limit
        The number of bytes that may stay when a run ends.
    """

    def __init__(self, shelf: Shelf, limit: int = DEFAULT_LIMIT) -> None:
        self.shelf = shelf
        self._limit = limit
        self._due = False
        self._unusable = False

    @classmethod
    def here(cls, folder: Path | str = "", cache_root: str = "") -> Store | None:
        """Return the store that a run in a folder uses, or None where it is switched off.

        Parameters
        ----------
        folder
            The folder of the run.
        cache_root
            The folder or URL that the store is in, where the environment does not say where it is.

        Raises
        ------
        StorageError
            When the limit that is set is no number, or what reaches the URL of the store is not installed.
        """
        place = store_of(os.fspath(folder), cache_root)
        limit = os.environ.get(LIMIT_VARIABLE, str(DEFAULT_LIMIT))
        if not limit.isdecimal():
            what = f"{LIMIT_VARIABLE} is {limit!r}, not a number of bytes"
            raise StorageError(Problem("EW606", what, hint=f"such as {DEFAULT_LIMIT}, which is the default"))
        if not place:
            return None
        if is_url(place):
            from ecoscope_workflows.runtime.stores.remote import RemoteShelf  # noqa: PLC0415  # imports fsspec

            return cls(RemoteShelf(place), int(limit))
        return cls(LocalShelf(place), int(limit))

    def fetch(self, key: str, target: Path, newest: float = 0.0) -> Item | None:
        """Copy the result of a key to `target`, and return what is known of it; None where there is none.

        Parameters
        ----------
        key
            The key.
        target
            A file or folder that does not exist.
        newest
            A result that was computed before this time is as good as none.
        """
        found = self.take(key, os.fspath(target), newest)
        if found is None:
            return None
        skipped = json.loads(found.skipped) if found.skipped else None
        return Item(target.name, found.digest, None, skipped)

    def take(self, key: str, target: str, newest: float = 0.0) -> Facts | None:
        """Copy the result of a key to `target`, as `fetch` does, and return its facts."""
        if self._unusable:
            return None
        try:
            return take(self.shelf, key, target, newest)
        except OSError as error:
            self._give_up(error)
            return None

    def keep(self, key: str, source: Path, item: Item) -> None:
        """Add a result; where the store cannot take it, the run goes on without."""
        if self._unusable:
            return
        skipped = json.dumps(dict(item.skipped), sort_keys=True) if item.skipped else ""
        try:
            put(self.shelf, key, os.fspath(source), item.digest, skipped)
        except OSError as error:
            self._give_up(error)
            return
        self.has_grown(key)

    def has_grown(self, key: str) -> None:
        """Note that this process or a child of it has added the result of a key."""
        # Now and then is enough: looking at all entries takes longer than most tasks.
        self._due = self._due or int(key[:2], 16) % PRUNED_ONCE_IN == 0

    def add_record(self, path: str, record: Record) -> None:
        """Add what lets a process restore a result without loading its task."""
        if self._unusable:
            return
        try:
            record.write(path)
        except OSError as error:
            self._give_up(error)

    def _give_up(self, error: OSError) -> None:
        """Say once what is wrong with the store, and leave it alone from then on."""
        self._unusable = True
        what = f"the store {self.shelf.place} cannot be used: {error}"
        print(f"note: {what}; the run goes on without it", file=sys.stderr, flush=True)  # noqa: T201  # goes to the rule's log

    def prune(self, limit: int | None = None) -> int:
        """Remove the results that were not used for the longest time, until the rest fits in `limit` bytes.

        Other processes may read and write meanwhile: what one of them loses is a miss.

        Returns
        -------
        int
            The number of results that were removed.
        """
        if limit is None:
            if not self._due or self._unusable:
                return 0
            try:
                return self.prune(self._limit)
            except OSError as error:
                self._give_up(error)
                return 0
        entries, others = listing(self.shelf)
        # What helps to find results takes room as well.
        used, removed = sum(thing.size for thing in others), 0
        oldest = time.time()
        for entry in sorted(entries, reverse=True):
            # What is too large by itself must not cost all the others.
            used += entry.size if entry.size <= limit else 0
            if max(used, entry.size) > limit:
                drop(self.shelf, entry.key)
                removed += 1
            else:
                oldest = entry.used
        for thing in others:
            if thing.changed < min(oldest, time.time() - ABANDONED):
                discard(self.shelf, thing.name)
        return removed

    def facts(self) -> dict[str, Any]:
        """Return where the store is, how many results and bytes are in it, and when the oldest was used."""
        entries, _ = listing(self.shelf)
        return {
            "folder": self.shelf.place,
            "entries": len(entries),
            "bytes": sum(entry.size for entry in entries),
            "limit": self._limit,
            "oldest": min((entry.used for entry in entries), default=None),
        }

    def verify(self) -> tuple[int, int]:
        """Read every result, and remove those that are not as they were written.

        Returns
        -------
        tuple of int
            How many are whole, and how many were removed.
        """
        good = bad = 0
        for entry in listing(self.shelf)[0]:
            try:
                facts = Facts.read(self.shelf, entry.key)
                whole = self.shelf.sealed(content_name(entry.key, facts)) == facts.seal
            except (FileNotFoundError, ValueError):  # its content is gone, or something else is in its place
                whole = False
            good, bad = good + whole, bad + (not whole)
            if not whole:
                drop(self.shelf, entry.key)
        return good, bad
