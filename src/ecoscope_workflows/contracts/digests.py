"""Files in, the hash of what they hold out: of the values, not of where these come from.

Nothing here imports more than the standard library.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

INDEX = "index.json"
CHUNK = 1 << 20
# The key of a Parquet file's footer that says the hash of its content.
CONTENT_KEY = "ecoscope_workflows.content"
# Says that a Parquet file stands for something else than a frame: None, or a skipped result.
MARK_KEY = b"ecoscope_workflows.mark"
_CONTENT = re.compile(CONTENT_KEY.encode() + rb"[^0-9a-f]{1,4}([0-9a-f]{64})")
_PARQUET_END = b"PAR1"
# The end of the file: the length of the footer, and four letters.
_TAIL = 8


def digest_of(path: Path) -> str:
    """Return the SHA-256 of what a file holds, or of the items of a folder that holds a collection.

    Two results with equal values have equal hashes, wherever they were made: of a Parquet file that we have
    written, the provenance in its footer does not count.

    Raises
    ------
    FileNotFoundError, ValueError
        When there is no such file, or a folder is no collection.
    """
    if path.is_dir():
        found = json.loads((path / INDEX).read_text(encoding="utf-8"))
        if not isinstance(found, dict):
            raise ValueError(f"{INDEX} is no mapping")  # what is wrong is a file, not a type
        found.pop("provenance", None)
        for number, item in enumerate(found.get("items", ())):
            # The name of a file says what stands in the key.
            found["items"][number] = {name: value for name, value in item.items() if name != "file"}
        return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()
    return (path.suffix == ".parquet" and _recorded(path)) or sha256_of_bytes(path)


def sha256_of_bytes(path: Path) -> str:
    """Return the SHA-256 of a file, read in chunks."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _recorded(path: Path) -> str:
    """Return the hash that the footer of a Parquet file says, or an empty text."""
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        if size < _TAIL:
            return ""
        stream.seek(size - _TAIL)
        tail = stream.read(_TAIL)
        length = int.from_bytes(tail[:4], "little")
        if tail[4:] != _PARQUET_END or length > size - _TAIL:
            return ""
        stream.seek(size - _TAIL - length)
        found = _CONTENT.search(stream.read(length))
    return found[1].decode() if found else ""
