"""A store in a local folder.

The process that restores a known result imports this module and hardly anything else, so it imports nothing
that Python has not loaded at its start.
"""
# ruff: noqa: PTH102, PTH105, PTH112, PTH116, PTH120, PTH123, PTH208  # importing pathlib takes longer than restoring a small result

from __future__ import annotations

import os

from ecoscope_workflows.runtime.stores.location import KNOWN
from ecoscope_workflows.runtime.stores.seals import seal
from ecoscope_workflows.runtime.whole_files import files_in, make_folder, remove

# What `typing` would say; importing it takes longer than restoring a small result.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

# Asks the file system for a copy that shares its blocks with the source until one of them is changed.
FICLONE = 0x40049409
CHUNK = 1 << 20


class LocalShelf:
    """A folder.

    Parameters
    ----------
    place
        Its path; it need not exist.
    """

    def __init__(self, place: str) -> None:
        self.place = place

    def read(self, name: str) -> str:
        """Return a small text."""
        with open(f"{self.place}/{name}", encoding="utf-8") as stream:
            return stream.read()

    def write(self, name: str, text: str) -> None:
        """Write a small text under another name first."""
        path = f"{self.place}/{name}"
        make_folder(os.path.dirname(path))
        temporary = f"{path}.{os.urandom(8).hex()}.tmp"
        try:
            with open(temporary, "w", encoding="utf-8") as stream:
                stream.write(text)
            os.replace(temporary, path)
        except OSError:
            remove(temporary)
            raise

    def fetch(self, name: str, target: str) -> None:
        """Copy content to a local file or folder."""
        copy(f"{self.place}/{name}", target)

    def sealed(self, name: str) -> str:
        """Return the hash of every byte of content."""
        return seal(f"{self.place}/{name}")

    def keep(self, source: str, name: str) -> None:
        """Copy a local file or folder to a name."""
        path = f"{self.place}/{name}"
        make_folder(os.path.dirname(path))
        copy(source, path)

    def used(self, name: str, made: float) -> None:  # noqa: ARG002  # as `Shelf` has it
        """Note that a small text was of use now."""
        os.utime(f"{self.place}/{name}")

    def remove(self, name: str) -> None:
        """Remove a file or folder."""
        remove(f"{self.place}/{name}")

    def listed(self) -> Iterator[tuple[str, int, float]]:
        """Yield what stands in the folders of this one."""
        for folder in _names(self.place):
            for name in self._names_in(folder):
                path = f"{self.place}/{folder}/{name}"
                try:
                    facts = os.stat(path)
                    size = sum(os.stat(file).st_size for file in files_in(path))
                except OSError:  # another run removes it
                    continue
                yield f"{folder}/{name}", size, facts.st_mtime

    def _names_in(self, folder: str) -> Iterator[str]:
        """Yield what stands in a folder; of records each one, and a folder of them where it is empty."""
        for name in _names(f"{self.place}/{folder}"):
            records = _names(f"{self.place}/{folder}/{name}") if folder == KNOWN else []
            yield from (f"{name}/{record}" for record in records) if records else [name]


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return []


def copy(source: str, target: str) -> None:
    """Copy a file or folder, sharing the blocks on disk where the file system can.

    The copy is a file of its own, never another name of the source: Snakemake sets the times of results, and
    people edit them, and neither may reach another run.
    """
    if not os.path.isdir(source):
        _copy_file(source, target)
        return
    os.mkdir(target)
    for entry in os.scandir(source):
        copy(entry.path, f"{target}/{entry.name}")


def _copy_file(source: str, target: str) -> None:
    with open(source, "rb", buffering=0) as given, open(target, "xb", buffering=0) as made:
        if not _cloned(given.fileno(), made.fileno()):
            while chunk := given.read(CHUNK):
                view = memoryview(chunk)
                while view:
                    view = view[made.write(view) :]


def _cloned(source: int, target: int) -> bool:
    try:
        import fcntl  # noqa: PLC0415  # not everywhere

        fcntl.ioctl(target, FICLONE, source)
    except (ImportError, OSError):
        return False
    return True
