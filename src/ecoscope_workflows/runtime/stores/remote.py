"""A store at a URL: object storage, or whatever else fsspec reaches.

A file or small text is one object, which such storage writes whole or not at all; a folder is an archive.
What takes too long is given up, so that a network that swallows everything costs a job seconds and not hours.
"""

from __future__ import annotations

import os
import tarfile
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.errors import Problem, StorageError
from ecoscope_workflows.runtime.stores.entries import ARCHIVE, USED
from ecoscope_workflows.runtime.stores.location import shown
from ecoscope_workflows.runtime.stores.seals import seal

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator

# Seconds for one request, and bytes for each second more that content may take.
PATIENCE = 10.0
SLOWEST = 1 << 20
# These have no folders, and would make the bucket of a misspelt URL.
WITHOUT_FOLDERS = frozenset({"abfs", "abfss", "az", "gcs", "gs", "oci", "oss", "r2", "s3", "s3a"})
# Seconds in which a result counts as used because it was made.
RECENT = 24 * 3600.0
# What file systems call the time of the last change.
_TIMES = ("mtime", "LastModified", "last_modified", "updated", "created")


class RemoteShelf:
    """The place that a URL names.

    Parameters
    ----------
    place
        The URL. What is needed to sign in is the business of fsspec, and stands in no URL.

    Raises
    ------
    StorageError
        When what reaches such a URL is not installed.
    """

    def __init__(self, place: str) -> None:
        self.place = shown(place)
        self._files: Any = None
        self._root = ""
        self._unreachable: OSError | None = None
        try:
            self._files, root = self._within(0, lambda: _opened(place))
            self._root = root.rstrip("/")
        except OSError as error:
            if isinstance(error.__cause__, ImportError | ValueError):
                what = f"the store {self.place} cannot be reached: {error.__cause__}"
                hint = "install what fsspec needs for it, e.g. pip install s3fs for s3://, gcsfs for gs://"
                raise StorageError(Problem("EW606", what, hint=hint)) from None
            # Some file systems look for who signs in, over the network: what is wrong is a note, as later.
            self._unreachable = error

    def read(self, name: str) -> str:
        """Return a small text."""
        found: bytes = self._within(0, lambda: self._files.cat_file(self._path(name)))
        return found.decode()

    def write(self, name: str, text: str) -> None:
        """Write a small text, as one object."""
        path = self._path(name)

        def pipe() -> None:
            self._make_folder_of(path)
            self._files.pipe_file(path, text.encode())

        self._within(0, pipe)

    def fetch(self, name: str, target: str) -> None:
        """Copy content to a local file, or take a folder out of its archive."""
        path = self._path(name)
        size = self._within(0, lambda: self._files.size(path)) or 0
        if not name.endswith(ARCHIVE):
            self._within(size, lambda: self._files.get_file(path, target))
            return
        with TemporaryDirectory(dir=Path(target).parent) as folder:
            archive = Path(folder, "archive")
            self._within(size, lambda: self._files.get_file(path, str(archive)))
            try:
                with tarfile.open(archive, "r:") as opened:
                    opened.extractall(target, filter="data")
            except tarfile.TarError as error:
                raise FileNotFoundError(f"{name} is no archive: {error}") from error

    def sealed(self, name: str) -> str:
        """Return the hash of every byte of content."""
        with TemporaryDirectory() as folder:
            target = str(Path(folder, "content"))
            self.fetch(name, target)
            return seal(target)

    def keep(self, source: str, name: str) -> None:
        """Copy a local file to a name, or a folder as an archive."""
        path = self._path(name)
        if not name.endswith(ARCHIVE):
            self._put(Path(source), path)
            return
        with TemporaryDirectory(dir=Path(source).parent) as folder:
            archive = Path(folder, "archive")
            with tarfile.open(archive, "w") as opened:
                opened.add(source, arcname=".")
            self._put(archive, path)

    def _put(self, source: Path, path: str) -> None:
        def put() -> None:
            self._make_folder_of(path)
            self._files.put_file(str(source), path)

        self._within(source.stat().st_size, put)

    def used(self, name: str, made: float) -> None:
        """Write a mark beside what has not been written lately: object storage knows no time of last use."""
        if time.time() - made > RECENT:
            self.write(f"{name}{USED}", "")

    def remove(self, name: str) -> None:
        """Remove an object."""
        try:
            self._within(0, lambda: self._files.rm_file(self._path(name)))
        except FileNotFoundError:
            return

    def listed(self) -> Iterator[tuple[str, int, float]]:
        """Yield every object below the URL."""
        try:
            # Many thousands of names come in pages.
            found = self._within(60 * SLOWEST, lambda: self._files.find(self._root, detail=True))
        except FileNotFoundError:
            return
        for path, facts in found.items():
            yield path[len(self._root) :].lstrip("/"), facts.get("size") or 0, _changed(facts)

    def _make_folder_of(self, path: str) -> None:
        if self.place.partition("://")[0] not in WITHOUT_FOLDERS:
            self._files.makedirs(path.rpartition("/")[0], exist_ok=True)

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    def _within(self, size: int, work: Callable[[], Any]) -> Any:
        """Return what `work` returns, or raise `TimeoutError` where it takes too long.

        Whatever a file system raises becomes an `OSError`.
        """
        if self._unreachable is not None:
            raise self._unreachable
        outcome: list[Any] = []
        failure: list[BaseException] = []

        def run() -> None:
            try:
                outcome.append(work())
            except BaseException as error:  # noqa: BLE001  # it is raised below
                failure.append(error)

        # A thread that still waits for an answer does not keep the process from its end.
        thread = threading.Thread(target=run, daemon=True, name=f"store {os.getpid()}")
        thread.start()
        seconds = PATIENCE + size / SLOWEST
        thread.join(seconds)
        if thread.is_alive():
            raise TimeoutError(f"no answer within {seconds:.0f} s")
        if failure:
            if isinstance(failure[0], OSError) or not isinstance(failure[0], Exception):
                raise failure[0]
            # Each library has errors of its own for a server that says no.
            raise OSError(f"{type(failure[0]).__name__}: {failure[0]}") from failure[0]
        return outcome[0]


def _opened(place: str) -> tuple[Any, str]:
    """Return the file system of a URL, and the path in it."""
    from fsspec.core import url_to_fs  # type: ignore[import-untyped]  # noqa: PLC0415  # half a second with what it finds

    opened: tuple[Any, str] = url_to_fs(place)
    return opened


def _changed(facts: dict[str, Any]) -> float:
    when: dt.datetime | float | str | None = next(
        (facts[name] for name in _TIMES if facts.get(name) is not None), None
    )
    if isinstance(when, int | float):
        return float(when)
    if isinstance(when, str):
        from datetime import datetime  # noqa: PLC0415  # only some file systems write times as text

        when = datetime.fromisoformat(when)
    return when.timestamp() if when is not None else 0.0
