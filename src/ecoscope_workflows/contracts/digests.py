"""Files in, the hash of what they hold out: of the values, not of where these come from.

The process that restores a known result imports this module and hardly anything else, so it imports nothing
that takes longer to load than to do without, such as `re` and `pathlib`.
"""
# ruff: noqa: PTH112, PTH123  # see above

from __future__ import annotations

import hashlib
import os

# What `typing` would say; importing it takes longer than restoring a small result.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike
    from typing import Any

INDEX = "index.json"
# How a collection ends that is one file: the archive of its folder.
ARCHIVE = ".zip"
CHUNK = 1 << 20
# The key of a Parquet file's footer that says the hash of its content.
CONTENT_KEY = "ecoscope_workflows.content"
# Says that a Parquet file stands for something else than a frame: None, or a skipped result.
MARK_KEY = b"ecoscope_workflows.mark"
_DIGEST_LENGTH = 64
_HEX = frozenset(b"0123456789abcdef")
# Between a key of the footer and its value stand a type and a length.
_MAX_BETWEEN = 4
_PARQUET_END = b"PAR1"
# The end of the file: the length of the footer, and four letters.
_TAIL = 8
# The end of an archive: four letters, numbers, and how long the comment is that follows.
_ARCHIVE_END = b"PK\5\6"
_ARCHIVE_TAIL = 22
_COMMENT = f"{CONTENT_KEY}=".encode()


def digest_of(path: str | PathLike[str]) -> str:
    """Return the SHA-256 of what a file holds, or of the items of a folder or archive of a collection.

    Two results with equal values have equal hashes, wherever they were made: of a Parquet file that we have
    written, the provenance in its footer does not count.

    Raises
    ------
    FileNotFoundError, ValueError
        When there is no such file, or a folder is no collection.
    """
    path = os.fspath(path)
    if os.path.isdir(path):
        return _of_items(f"{path}/{INDEX}")
    recorded = _recorded if path.endswith(".parquet") else recorded_in_archive
    return (path.endswith((".parquet", ARCHIVE)) and recorded(path)) or sha256_of_bytes(path)


def _of_items(index: str) -> str:
    import json  # noqa: PLC0415  # only for collections

    with open(index, encoding="utf-8") as stream:
        found = json.load(stream)
    if not isinstance(found, dict):
        raise ValueError(f"{INDEX} is no mapping")  # noqa: TRY004  # what is wrong is a file, not a type
    return digest_of_index(found)


def digest_of_index(index: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the items of a collection, by what its index says of them."""
    import json  # noqa: PLC0415  # only for collections

    found = {name: value for name, value in index.items() if name != "provenance"}
    if "items" in found:
        # The name of a file says what stands in the key.
        found["items"] = [
            {name: value for name, value in item.items() if name != "file"} for item in found["items"]
        ]
    return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()


def recorded_in_archive(path: str) -> str:
    """Return the hash that the comment of an archive says, or an empty text: then it is none of ours."""
    length = len(_COMMENT) + _DIGEST_LENGTH
    with open(path, "rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(max(0, size - _ARCHIVE_TAIL - length))
        tail = stream.read()
    end, comment = tail[:_ARCHIVE_TAIL], tail[_ARCHIVE_TAIL:]
    if not end.startswith(_ARCHIVE_END) or end[-2:] != length.to_bytes(2, "little"):
        return ""
    digest = comment.removeprefix(_COMMENT)
    whole = len(digest) == _DIGEST_LENGTH and _HEX.issuperset(digest)
    return digest.decode() if whole else ""


def sha256_of_bytes(path: str | PathLike[str]) -> str:
    """Return the SHA-256 of a file, read in chunks."""
    digest = hashlib.sha256()
    with open(path, "rb", buffering=0) as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _recorded(path: str) -> str:
    """Return the hash that the footer of a Parquet file says, or an empty text."""
    with open(path, "rb") as stream:
        size = stream.seek(0, 2)
        if size < _TAIL:
            return ""
        stream.seek(size - _TAIL)
        tail = stream.read(_TAIL)
        length = int.from_bytes(tail[:4], "little")
        if tail[4:] != _PARQUET_END or length > size - _TAIL:
            return ""
        stream.seek(size - _TAIL - length)
        footer = stream.read(length)
    _, found, value = footer.partition(CONTENT_KEY.encode())
    start = next((at for at, byte in enumerate(value[: _MAX_BETWEEN + 1]) if byte in _HEX), 0)
    digest = value[start : start + _DIGEST_LENGTH]
    whole = found and start and len(digest) == _DIGEST_LENGTH and _HEX.issuperset(digest)
    return digest.decode() if whole else ""
