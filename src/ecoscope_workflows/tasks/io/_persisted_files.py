"""Bytes, a folder and a name in; a file that is there as a whole or not at all, and its path, out."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

HASH_LETTERS = 7
READABLE = 0o644


def short_hash(content: bytes) -> str:
    """Return the first letters of the SHA-256 of a content."""
    return hashlib.sha256(content).hexdigest()[:HASH_LETTERS]


def with_suffix(name: str, suffix: str | None) -> str:
    """Put a suffix between a name and its ending, after an underscore."""
    if not suffix:
        return name
    path = PurePosixPath(name)
    return str(path.with_name(f"{path.stem}_{suffix}{path.suffix}"))


def with_ending(name: str, ending: str) -> str:
    """Give a name without an ending one."""
    return name if PurePosixPath(name).suffix else f"{name}{ending}"


def write(content: bytes, root_path: str, name: str) -> str:
    """Write a file below a folder, and return `root_path`, ``/`` and its name.

    Raises
    ------
    ValueError
        When the folder is elsewhere than on this machine, or the name leads out of it.
    """
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or ".." in parts or "\0" in name:
        raise ValueError(f"{name!r} is no name of a file below {root_path!r}")
    path = _folder(root_path).joinpath(*parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name[:100]}.", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # Temporary files are for their owner alone; these are for people.
        Path(temporary).chmod(READABLE)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return f"{root_path.rstrip('/')}/{name}"


def _folder(root_path: str) -> Path:
    parts = urlsplit(root_path)
    # A letter and a colon are a drive, not a scheme.
    if parts.scheme == "file" and parts.netloc in {"", "localhost"}:
        return Path(unquote(parts.path))
    if len(parts.scheme) > 1 and "://" in root_path:
        raise ValueError(f"{root_path!r} is not on this machine: give a folder, or a file:// address")
    if not root_path.strip():
        raise ValueError("root_path is empty: give a folder, such as that in ECOSCOPE_WORKFLOWS_RESULTS")
    return Path(root_path)
