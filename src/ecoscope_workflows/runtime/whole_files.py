"""Files and folders that appear at once or not at all.

The process that restores a known result imports this module and hardly anything else, so it imports nothing
that Python has not loaded at its start.
"""
# ruff: noqa: PTH103, PTH105, PTH108, PTH112, PTH118, PTH122, PTH123, PTH208  # importing pathlib takes longer than restoring a small result

from __future__ import annotations

import os

# What `typing` would say; importing it takes longer than restoring a small result.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

# Where Snakemake has its copies of what is in object storage, for the jobs of such a run.
COPIES_VARIABLE = "ECOSCOPE_WORKFLOWS_COPIES"
# More files than this are brought to disk together.
MAX_SYNCED = 100


def sidecar(path: str) -> str:
    """Return where the provenance of a file stands that cannot hold it itself."""
    return f"{path}.provenance.json"


def beside(path: str) -> str:
    """Return the folder for files that a task writes itself, beside its result.

    Of a copy of what is in object storage it is where it would be without: results name these files, and are
    the same wherever they are.
    """
    return with_suffix(path.removeprefix(os.environ.get(COPIES_VARIABLE, "")), ".files")


def with_suffix(path: str, suffix: str) -> str:
    """Return the name of a file that belongs to a result."""
    return f"{os.path.splitext(path)[0]}{suffix}"


def discard(path: str, suffixes: Sequence[str] = ()) -> None:
    """Remove a result of an earlier run, so that there is none where this one fails.

    Parameters
    ----------
    path
        The result.
    suffixes
        Of the files beside it that belong to it.
    """
    for left in (path, beside(path), sidecar(path), *(with_suffix(path, suffix) for suffix in suffixes)):
        remove(left)


def write_whole(
    path: str,
    fill: Callable[[str, str], None],
    record: str,
    *,
    embedded: bool,
    allowed: Callable[[], None] | None = None,
) -> None:
    """Have a file or folder filled under another name, and give it its own once it is whole.

    Parameters
    ----------
    path
        The file or folder.
    fill
        Writes it, given its other name and the provenance.
    record
        The provenance.
    embedded
        Whether the provenance is inside; if not, it goes to a file beside it.
    allowed
        Called first, and at the last moment before the file appears; it raises where the file is no longer
        wanted.
    """
    if allowed is not None:
        allowed()
    folder, name = os.path.split(path)
    make_folder(folder)
    # Left over from a run that was killed: the only writer that is allowed is this one.
    for left in os.listdir(folder or "."):
        if left.startswith(f".{name}.") and left.endswith(".tmp"):
            remove(os.path.join(folder, left))
    temporary = os.path.join(folder, f".{name}.{os.getpid()}.tmp")
    try:
        fill(temporary, record)
        _to_disk(temporary)
        if allowed is not None:
            allowed()
        if not embedded:
            _write_text(sidecar(path), f"{record}\n")
        os.replace(temporary, path)
        _sync(folder or ".")
    except BaseException:
        remove(temporary)
        raise


def remove(path: str) -> None:
    """Remove a file or folder, if it is there."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        return
    except (IsADirectoryError, PermissionError):
        # Linux and macOS refuse a folder each in its own way.
        if not os.path.isdir(path):
            raise
        import shutil  # noqa: PLC0415  # only for folders

        shutil.rmtree(path)


def make_folder(folder: str) -> None:
    """Make a folder and those it is in, where they are not there."""
    if folder:
        os.makedirs(folder, exist_ok=True)


def files_in(path: str) -> Iterator[str]:
    """Yield the files of a folder, at any depth, or the file itself."""
    if not os.path.isdir(path):
        yield path
        return
    for entry in os.scandir(path):
        yield from files_in(entry.path)


def _write_text(path: str, text: str) -> None:
    folder, name = os.path.split(path)
    temporary = os.path.join(folder, f".{name}.{os.getpid()}.tmp")
    with open(temporary, "w", encoding="utf-8") as stream:
        stream.write(text)
    _sync(temporary)
    os.replace(temporary, path)


def _to_disk(path: str) -> None:
    if os.path.isdir(path):
        inside = list(files_in(path))
        if len(inside) > MAX_SYNCED:
            # One pass over everything is faster than waiting for each of many small files.
            os.sync()
            return
        for file in inside:
            _sync(file)
    _sync(path)


def _sync(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
