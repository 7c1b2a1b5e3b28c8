"""Values in, whole files out: written atomically with their provenance, read with plain errors."""

from __future__ import annotations

import hashlib
import json
import os
from importlib.metadata import PackageNotFoundError, version
from platform import python_version
from typing import TYPE_CHECKING, Any

from ecoscope_workflows import __version__
from ecoscope_workflows.contracts.codecs import FrameCodec, JsonCodec, TextCodec
from ecoscope_workflows.errors import Problem, StorageError, Where

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from ecoscope_workflows.contracts.codecs import Codec

CHUNK = 1 << 20
# What decides the bytes of a result beside the task's own code.
_CODECS: Mapping[str, Codec] = {
    ".parquet": FrameCodec(),
    ".json": JsonCodec(),
    ".txt": TextCodec(),
    ".html": TextCodec(".html"),
}
_RECORDED = ("numpy", "pandas", "pyarrow", "geopandas", "shapely", "pyproj")


def sidecar(path: Path) -> Path:
    """Return where the provenance of a file stands that cannot hold it itself."""
    return path.with_name(f"{path.name}.provenance.json")


def discard(path: Path) -> None:
    """Remove a result of an earlier run, so that there is none where this one fails."""
    for file in (path, sidecar(path)):
        file.unlink(missing_ok=True)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, read in chunks."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def provenance(facts: Mapping[str, Any]) -> str:
    """Return `facts` and the versions at work as one line of JSON; nothing in it changes from run to run."""
    versions = {"ecoscope-workflows": __version__, "python": python_version()}
    for name in _RECORDED:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return json.dumps({**facts, "versions": versions}, sort_keys=True)


def write_result(
    value: Any, path: Path, codec: Codec, facts: Mapping[str, Any], allowed: Callable[[], None] | None = None
) -> None:
    """Write a result so that at any moment `path` holds a whole file or none.

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
    if allowed is not None:
        allowed()
    path.parent.mkdir(parents=True, exist_ok=True)
    # Left over from a run that was killed: the only writer that is allowed is this one.
    for abandoned in path.parent.glob(f".{path.name}.*.tmp"):
        abandoned.unlink(missing_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    record = provenance(facts)
    try:
        codec.write(value, temporary, record)
        _to_disk(temporary)
        if allowed is not None:
            allowed()
        if not codec.embeds_provenance:
            _write_text(sidecar(path), record + "\n")
        temporary.replace(path)
        _to_disk(path.parent)
    except Exception as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, StorageError):
            raise
        what = f"the result cannot be stored as {path.name}: {type(error).__name__}: {error}"
        raise StorageError(Problem("EW603", what, hint="see the log for the whole error")) from error


def _write_text(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.write_text(text, encoding="utf-8")
    _to_disk(temporary)
    temporary.replace(path)


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_result(path: Path, codec: Codec | None = None) -> Any:
    """Read a result of another task: by its suffix, or by `codec` where the suffix is not a built-in one.

    Raises
    ------
    StorageError
        When the file is missing, or is not what its name says.
    """
    reader = _CODECS.get(path.suffix) or codec or TextCodec(path.suffix)
    where = Where(str(path))
    try:
        return reader.read(path)
    except FileNotFoundError:
        hint = "run the workflow from its start, or check the path"
        raise StorageError(Problem("EW601", "there is no such file", where, hint)) from None
    except (OSError, ValueError, KeyError) as error:
        first = str(error).partition("\n")[0]
        what = f"not a readable {path.suffix} file: {first}"
        hint = "delete it: the next run makes it again"
        raise StorageError(Problem("EW602", what, where, hint)) from error
