"""A result in, whether it may stand for an instance that was skipped out: without importing what reads it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.contracts.digests import ARCHIVE, INDEX, MARK_KEY

if TYPE_CHECKING:
    from pathlib import Path

# How a file of a skipped result begins but for Parquet; `contracts.stored` writes it, and imports pydantic.
_MARK = b'{"$skipped":'
# The end of a Parquet file: the length of its footer, and four letters.
_TAIL = 8


def may_be_skipped(result: Path) -> bool:
    """Return whether a result may be a mark, or a collection of nothing but marks; False is sure."""
    index = _index(result)
    if index is not None:
        items = index.get("items")
        return items is None or (bool(items) and all("skipped" in item for item in items))
    with result.open("rb") as stream:
        if result.suffix != ".parquet":
            return stream.read(len(_MARK)) == _MARK
        end = stream.seek(0, 2)
        stream.seek(max(0, end - _TAIL))
        length = int.from_bytes(stream.read(4), "little")
        stream.seek(max(0, end - _TAIL - length))
        return MARK_KEY in stream.read()


def _index(result: Path) -> dict[str, Any] | None:
    """Return the index of a collection; None for another result."""
    if result.is_dir():
        found: dict[str, Any] = json.loads((result / INDEX).read_bytes())
        return found
    if result.suffix != ARCHIVE:
        return None
    from ecoscope_workflows.contracts.archives import Archive, is_archive  # noqa: PLC0415  # few have one

    return Archive(result).index if is_archive(result) else None
