"""Values in, whole files out: written atomically with their provenance, read with plain errors."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from functools import cache, partial
from html import escape
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from platform import python_version
from typing import TYPE_CHECKING, Any

from ecoscope_workflows import __version__
from ecoscope_workflows.contracts.archives import pack
from ecoscope_workflows.contracts.digests import ARCHIVE, INDEX, digest_of
from ecoscope_workflows.contracts.skipping import SkipSentinel, is_skipped
from ecoscope_workflows.contracts.stored import read_index, read_value, write_value
from ecoscope_workflows.errors import EcoscopeWorkflowsError, Problem, StorageError, Where
from ecoscope_workflows.runtime import whole_files
from ecoscope_workflows.runtime.installed import RECORDED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ecoscope_workflows.contracts.codecs import Codec
    from ecoscope_workflows.contracts.stored import Collection, Index, Item

_MISSING_HINT = "run the workflow from its start, or check the path"


def beside(path: Path) -> Path:
    """Return the folder for files that a task writes itself, beside its result."""
    return Path(whole_files.beside(os.fspath(path)))


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, or of the content of a folder that holds a collection."""
    with _told(path):
        facts = (path / INDEX if path.is_dir() else path).stat()
        return _digest(path, facts.st_mtime_ns, facts.st_size, facts.st_ino)


@cache
def _digest(path: Path, *stamp: int) -> str:
    """Return the digest of a file as it is now: the key of a job and its provenance both ask for it."""
    del stamp
    return digest_of(path)


def provenance(facts: Mapping[str, Any]) -> str:
    """Return `facts` and the versions at work as one line of JSON; nothing in it changes from run to run."""
    return json.dumps({**facts, "versions": dict(versions_at_work())}, sort_keys=True)


@cache
def versions_at_work() -> tuple[tuple[str, str], ...]:
    """Return the versions that decide the bytes of a result beside the task's own code."""
    versions = {"ecoscope-workflows": __version__, "python": python_version()}
    for name in RECORDED:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return tuple(versions.items())


def write_result(
    value: Any, path: Path, codec: Codec, facts: Mapping[str, Any], allowed: Callable[[], None] | None = None
) -> None:
    """Write a result so that at any moment `path` holds a whole one or none.

    Parameters
    ----------
    value, codec
        What to write, and how.
    facts
        Where the value comes from.
    allowed
        Called first, and at the last moment before the file appears; it raises where the file is no longer
        wanted.
    """

    def fill(temporary: Path, record: str) -> None:
        write_value(value, temporary, codec, record)
        _write_companions(value, path, codec, allowed)

    write_whole(path, fill, provenance(facts), embedded=codec.embeds_provenance, allowed=allowed)


def _write_companions(value: Any, path: Path, codec: Any, allowed: Callable[[], None] | None) -> None:
    beside = [path.with_suffix(suffix) for suffix in companions_of(codec)]
    made = {one: one.with_name(f".{one.name}.{os.getpid()}.tmp") for one in beside}
    try:
        for one, temporary in made.items():
            if is_skipped(value):
                # Whoever opens it finds why, and Snakemake the file that it expects.
                reason = value.reason if isinstance(value, SkipSentinel) else "skipped"
                temporary.write_text(f"<!DOCTYPE html>\n<p>{escape(reason)}</p>\n", encoding="utf-8")
            else:
                codec.write_companion(value, one.suffix, temporary)
        if made and allowed is not None:
            allowed()
        for one, temporary in made.items():
            temporary.replace(one)
    finally:
        for temporary in made.values():
            temporary.unlink(missing_ok=True)


def companions_of(codec: Codec) -> tuple[str, ...]:
    """Return the suffixes of what a codec writes beside its file, for people to look at."""
    return tuple(getattr(codec, "companions", ()))


def write_whole(
    path: Path,
    fill: Callable[[Path, str], None],
    record: str,
    *,
    embedded: bool,
    allowed: Callable[[], None] | None = None,
) -> None:
    """Write a result as `whole_files.write_whole` does, a folder as an archive where the path is one.

    Raises
    ------
    StorageError
        When the result cannot be stored.
    """
    filled = partial(_packed, fill) if path.suffix == ARCHIVE else fill
    try:
        whole_files.write_whole(
            os.fspath(path),
            lambda name, text: filled(Path(name), text),
            record,
            embedded=embedded,
            allowed=allowed,
        )
    except EcoscopeWorkflowsError:
        raise
    except Exception as error:
        what = f"the result cannot be stored as {path.name}: {type(error).__name__}: {error}"
        raise StorageError(Problem("EW603", what, hint="see the log for the whole error")) from error


def _packed(fill: Callable[[Path, str], None], path: Path, record: str) -> None:
    """Have a folder filled, and make one file of it; a file stays as it is."""
    folder = path.with_name(f"{path.name}.items.tmp")
    try:
        fill(folder, record)
        if folder.is_dir():
            pack(folder, path)
        else:
            folder.replace(path)
    finally:
        whole_files.remove(os.fspath(folder))


def read_result(path: Path, codec: Codec | None = None) -> Any:
    """Read a result of another task: by its suffix, or by `codec` where the suffix is not a built-in one.

    Raises
    ------
    StorageError
        When the file is missing, or is not what its name says.
    """
    with _told(path):
        return read_value(path, codec)


def read_item(collection: Collection, item: Item) -> Any:
    """Read one item of a collection.

    Raises
    ------
    StorageError
        When it is missing, or is not what its name says.
    """
    with _told(collection.path / item.file):
        return collection.read(item)


def copy_item(collection: Collection, item: Item, target: Path) -> None:
    """Copy the file or folder of an item, as it is.

    Raises
    ------
    StorageError
        As for `read_item`.
    """
    with _told(collection.path / item.file):
        collection.copy(item, target)


def read_collection_index(path: Path) -> Index | SkipSentinel:
    """Read what a result holds that is a collection, without its items.

    Raises
    ------
    StorageError
        When it is missing, or is no collection.
    """
    with _told(path):
        return read_index(path)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Say of what cannot be read what to do."""
    where = Where(str(path))
    try:
        yield
    except FileNotFoundError:
        raise StorageError(Problem("EW601", "there is no such file", where, _MISSING_HINT)) from None
    except (OSError, ValueError, KeyError) as error:
        first = str(error).partition("\n")[0]
        what = f"not a readable {path.suffix or 'collection'} file: {first}"
        hint = "delete it: the next run makes it again"
        raise StorageError(Problem("EW602", what, where, hint)) from error
