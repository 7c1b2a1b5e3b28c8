"""Entries of a store in, the result of a job in its place out."""
# ruff: noqa: PTH105, PTH118, PTH119, PTH120, PTH123  # importing pathlib takes longer than restoring a small result

from __future__ import annotations

import os
import sys

from ecoscope_workflows.runtime.orphans import Orphanage
from ecoscope_workflows.runtime.spec_hashes import spec_of
from ecoscope_workflows.runtime.stores.entries import Facts, take
from ecoscope_workflows.runtime.stores.local import LocalShelf
from ecoscope_workflows.runtime.whole_files import discard, make_folder, remove, write_whole

# What `typing` would say; importing it takes longer than restoring a small result.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ecoscope_workflows.runtime.stores.records import Record


def place(
    take: Callable[[str], Facts | None],
    output: str,
    provenance: Callable[[Facts], str] | None,
    allowed: Callable[[], None] | None,
) -> Facts | None:
    """Put a result in its place, and return the facts of its entry; None where there is none.

    Parameters
    ----------
    take
        Copies the entry to a path.
    output
        Where the result goes.
    provenance
        Returns what goes to a file beside it; None where that stands inside.
    allowed
        As `write_whole` has it.
    """
    folder = os.path.dirname(output)
    make_folder(folder)
    waiting = os.path.join(folder, f".{os.path.basename(output)}.stored")
    remove(waiting)
    try:
        found = take(waiting)
        if found is None:
            return None

        def fill(temporary: str, record: str) -> None:
            del record
            os.replace(waiting, temporary)

        text = provenance(found) if provenance is not None else ""
        write_whole(output, fill, text, embedded=provenance is None, allowed=allowed)
    finally:
        remove(waiting)
    return found


def restore(
    record: Record, store: str, output: str, log: str, allowed: Callable[[], None] | None = None
) -> bool:
    """Restore a result of which there is a record, and return whether that was possible.

    Parameters
    ----------
    record
        What is known of it.
    store
        The folder of the store.
    output, log
        Where the result goes, and where to say so; standard error where the latter is empty.
    allowed
        Raises where the result is no longer wanted; this process is a job of its own where nothing is said.

    Raises
    ------
    SystemExit
        When the program that started this job is gone.
    OSError
        When something cannot be read or written.
    """
    allowed = allowed or Orphanage(os.getpid())
    spec = spec_of(output)
    if record.before and spec and not spec.isalnum():
        return False
    discard(output)
    text = f"{record.before}{spec}{record.after}"
    provenance = (lambda _: text) if record.before else None
    shelf = LocalShelf(store)

    def fetch(target: str) -> Facts | None:
        return take(shelf, record.key, target)

    try:
        if place(fetch, output, provenance, allowed) is None:
            return False
    except OSError:
        raise
    except _refusal() as error:
        _say(log, f"error: {error}")
        raise SystemExit(1) from None
    _say(log, "restored")
    return True


def _refusal() -> type[Exception]:
    """Return the error of an `Orphanage`, which is loaded only where something went wrong."""
    from ecoscope_workflows.errors import StorageError  # noqa: PLC0415  # as said

    return StorageError


def _say(log: str, text: str) -> None:
    if not log:
        sys.stderr.write(f"{text}\n")
        return
    make_folder(os.path.dirname(log))
    with open(log, "w", encoding="utf-8") as stream:
        stream.write(f"{text}\n")
