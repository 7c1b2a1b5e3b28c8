"""Entries of a store: content under a name of its own, and a small text of facts that is written last.

The facts are found by the key of a result, and name the content.
So a reader sees one writer's facts and content together, however many write the same key, and content that
was not written to its end is named by nobody.
What is wrong with an entry is a miss, never an error, and is removed.

The process that restores a known result imports this module and hardly anything else.
"""
# ruff: noqa: PTH112, SIM105  # importing pathlib takes longer than restoring a small result

from __future__ import annotations

import os
import time

from ecoscope_workflows.runtime.stores.seals import seal
from ecoscope_workflows.runtime.whole_files import remove

# What `typing` would say; importing it takes longer than restoring a small result.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from ecoscope_workflows.runtime.stores.shelf import Shelf

FACTS = ".facts"
# Behind the name of content that is a folder, which a place without folders keeps as an archive.
ARCHIVE = ".tar"
# Behind the name of facts that were used, where a place cannot say so of the facts themselves.
USED = ".used"
# Another process may replace an entry between our reading its facts and its content; this often in a row.
TRIES = 3


class Facts:
    """What is known of an entry.

    Parameters
    ----------
    seal
        The hash of every byte of its content.
    content
        The name of its content, without the folder.
    digest
        The hash of what the result holds, as `ecoscope_workflows.contracts.digests` has it.
    made
        When it was computed, in seconds since 1970.
    skipped
        What is known of the skip, as JSON; empty where it was not skipped.
    """

    __slots__ = ("content", "digest", "made", "seal", "skipped")

    def __init__(self, seal: str, content: str, digest: str, made: float, skipped: str) -> None:
        self.seal, self.content, self.digest, self.made, self.skipped = seal, content, digest, made, skipped

    @classmethod
    def read(cls, shelf: Shelf, key: str) -> Facts:
        """Return the facts of a key.

        Raises
        ------
        OSError
            Where there are none, or the store cannot be reached.
        ValueError
            Where something else stands in their place.
        """
        seal, content, digest, made, skipped, end = shelf.read(facts_name(key)).split("\n")
        if end or not content.startswith(f"{key}.") or "/" in content:
            raise ValueError("not the facts of this key")
        return cls(seal, content, digest, float(made), skipped)

    def text(self) -> str:
        """Return what `read` reads."""
        return f"{self.seal}\n{self.content}\n{self.digest}\n{self.made}\n{self.skipped}\n"


def facts_name(key: str) -> str:
    """Return the name of the facts of a key."""
    return f"{key[:2]}/{key}{FACTS}"


def content_name(key: str, facts: Facts) -> str:
    """Return the name of the content of a key."""
    return f"{key[:2]}/{facts.content}"


def take(shelf: Shelf, key: str, target: str, newest: float = 0.0) -> Facts | None:
    """Copy the content of a key to `target`, and return its facts; None where there is none.

    Parameters
    ----------
    shelf
        Where the store is.
    key
        The key.
    target
        A file or folder that does not exist.
    newest
        An entry that was computed before this time is as good as none, and so is one that is as far ahead.

    Raises
    ------
    OSError
        When the store cannot be reached, or the target not be written.
    """
    for _ in range(TRIES):
        try:
            facts = Facts.read(shelf, key)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except ValueError:
            discard(shelf, facts_name(key))
            return None
        # A clock that went back has made the age of an entry unknown.
        if newest and not newest <= facts.made <= 2 * time.time() - newest:
            return None
        if _fetched(shelf, key, facts, target):
            try:
                shelf.used(facts_name(key), facts.made)
            except OSError:  # only the order of eviction depends on it
                pass
            return facts
        if not _replaced(shelf, key, facts):
            try:
                drop(shelf, key, facts)
            except OSError:  # it is a miss all the same
                pass
            return None
    return None


def _fetched(shelf: Shelf, key: str, facts: Facts, target: str) -> bool:
    try:
        shelf.fetch(content_name(key, facts), target)
        if seal(target) == facts.seal:
            return True
    except FileNotFoundError:
        pass  # removed by another process, or never there
    except BaseException:
        remove(target)
        raise
    remove(target)
    return False


def _replaced(shelf: Shelf, key: str, facts: Facts) -> bool:
    """Return whether another process has written the entry anew, or removed it, since its facts were read."""
    try:
        return Facts.read(shelf, key).content != facts.content
    except FileNotFoundError:
        return True
    except ValueError:
        return False


def put(shelf: Shelf, key: str, source: str, digest: str, skipped: str = "") -> None:
    """Add an entry, or replace it.

    Raises
    ------
    OSError
        When the store cannot take it; then nothing of it is left, where it can be reached.
    """
    try:
        before = Facts.read(shelf, key)
    except (OSError, ValueError):
        before = None
    content = f"{key}.{os.urandom(8).hex()}{ARCHIVE if os.path.isdir(source) else ''}"
    facts = Facts(seal(source), content, digest, round(time.time(), 3), skipped)
    try:
        shelf.keep(source, content_name(key, facts))
        shelf.write(facts_name(key), facts.text())
    except BaseException:
        discard(shelf, content_name(key, facts))
        raise
    if before is not None:
        discard(shelf, content_name(key, before))


def drop(shelf: Shelf, key: str, facts: Facts | None = None) -> None:
    """Remove an entry: first what finds it.

    Raises
    ------
    OSError
        When it stays, as in a store that may only be read.
    """
    if facts is None:
        try:
            facts = Facts.read(shelf, key)
        except (OSError, ValueError):
            facts = None
    shelf.remove(facts_name(key))
    if facts is not None:
        discard(shelf, content_name(key, facts))


def discard(shelf: Shelf, name: str) -> None:
    """Remove something that may stay where it cannot be removed: nobody finds it."""
    try:
        shelf.remove(name)
    except OSError:
        pass
