"""Entries of a store in, the result of a job in its place out."""
# ruff: noqa: PTH105, PTH118, PTH119, PTH120, PTH123  # importing pathlib takes longer than restoring a small result

from __future__ import annotations

import os
import sys

from ecoscope_workflows.runtime.orphans import Orphanage
from ecoscope_workflows.runtime.spec_hashes import spec_of
from ecoscope_workflows.runtime.stores.entries import Facts, take
from ecoscope_workflows.runtime.stores.local import LocalShelf
from ecoscope_workflows.runtime.whole_files import discard, make_folder, remove, with_suffix, write_whole

# What `typing` would say; importing it takes longer than restoring a small result.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ecoscope_workflows.runtime.stores.records import Record


def place(
    take: Callable[[str, str], Facts | None],
    keys: Mapping[str, str],
    output: str,
    provenance: Callable[[Facts], str] | None,
    allowed: Callable[[], None] | None,
) -> Facts | None:
    """Put a result in its place, and return the facts of its entry; None where a part of it is not known.

    Parameters
    ----------
    take
        Copies the entry of a key to a path.
    keys
        By suffix the key of each file that belongs to the result; of the result itself by an empty text.
    output
        Where the result goes.
    provenance
        Returns what goes to a file beside it; None where that stands inside.
    allowed
        As `write_whole` has it.
    """
    folder = os.path.dirname(output)
    make_folder(folder)
    paths = {suffix: with_suffix(output, suffix) if suffix else output for suffix in keys}
    waiting = {
        suffix: os.path.join(folder, f".{os.path.basename(path)}.stored") for suffix, path in paths.items()
    }
    for path in waiting.values():
        remove(path)
    try:
        found = {suffix: take(key, waiting[suffix]) for suffix, key in keys.items()}
        own = found[""]
        if own is None or None in found.values():
            return None

        def fill(temporary: str, record: str) -> None:
            del record
            for suffix, path in waiting.items():
                os.replace(path, paths[suffix] if suffix else temporary)

        text = provenance(own) if provenance is not None else ""
        write_whole(output, fill, text, embedded=provenance is None, allowed=allowed)
    finally:
        for path in waiting.values():
            remove(path)
    return own


def restore(record: Record, store: str, output: str, log: str) -> bool:
    """Restore a result of which there is a record, and return whether that was possible.

    Parameters
    ----------
    record
        What is known of it.
    store
        The folder of the store.
    output, log
        Where the result goes, and where to say so; standard error where the latter is empty.

    Raises
    ------
    SystemExit
        When the program that started this job is gone.
    OSError
        When something cannot be read or written.
    """
    orphanage = Orphanage(os.getpid())
    spec = spec_of(output)
    if record.before and spec and not spec.isalnum():
        return False
    discard(output, [suffix for suffix in record.keys if suffix])
    text = f"{record.before}{spec}{record.after}"
    provenance = (lambda _: text) if record.before else None
    shelf = LocalShelf(store)

    def fetch(key: str, target: str) -> Facts | None:
        return take(shelf, key, target)

    try:
        if place(fetch, record.keys, output, provenance, orphanage) is None:
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
