"""Edits of the entries of a mapping: rename a key, add entries, remove one; comments stay."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ecoscope_workflows.spec.migration.layout import Scalar

if TYPE_CHECKING:
    from ecoscope_workflows.spec.migration.edits import Edits
    from ecoscope_workflows.spec.migration.layout import Entry, Mapping

_COMMA = re.compile(r"\s*,[ \t]*")


def separator(edits: Edits, mapping: Mapping) -> str:
    """Return what stands between two entries of a mapping: a comma, or a line break and the indentation."""
    if mapping.flow:
        return ", "
    return edits.line_break + " " * edits.lines.column(mapping.content)


def rename_key(edits: Edits, entry: Entry, new: str) -> None:
    """Give a key another name; its anchor stays."""
    if isinstance(entry.key, Scalar):
        edits.replace(entry.key.content, entry.key.end, new)


def add_after(edits: Edits, mapping: Mapping, entry: Entry, *new: str) -> None:
    """Add entries behind an entry of a mapping, and behind the comment at the end of its line."""
    at = entry.end if mapping.flow else edits.lines.end(entry.end)
    edits.insert(at, "".join(separator(edits, mapping) + text for text in new))


def remove_entry(edits: Edits, mapping: Mapping, entry: Entry) -> None:
    """Remove an entry of a mapping, and its line where nothing else stands there."""
    number = mapping.entries.index(entry)
    following = mapping.entries[number + 1].start if number + 1 < len(mapping.entries) else None
    if mapping.flow:
        before = mapping.entries[number - 1].end if number else entry.start
        _remove_from_flow(edits, entry, before, following)
        return
    text, lines = edits.text, edits.lines
    rest = text[entry.end : lines.end(entry.end)].lstrip(" \t")
    if rest:
        # A comment takes its place.
        edits.replace(entry.start, lines.end(entry.end) - len(rest), "")
    elif not text[lines.start(entry.start) : entry.start].strip():
        edits.replace(lines.start(entry.start), lines.next(entry.end), "")
    elif following is not None and "#" not in text[entry.end : following]:
        # The first entry of a list item: the next one moves up, behind the dash.
        edits.replace(entry.start, following, "")
    else:
        edits.replace(entry.start, entry.end, "")


def _remove_from_flow(edits: Edits, entry: Entry, before: int, following: int | None) -> None:
    comma = _COMMA.match(edits.text, entry.end)
    if following is not None and "#" not in edits.text[entry.end : following]:
        edits.replace(entry.start, following, "")
    elif following is None and not comma and "#" not in edits.text[before : entry.start]:
        edits.replace(before, entry.end, "")
    else:
        edits.replace(entry.start, comma.end() if comma else entry.end, "")
