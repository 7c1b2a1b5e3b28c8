"""Edits of the entries of a mapping: rename a key, add entries, remove one; comments stay."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from ecoscope_workflows.spec.migration.layout import Scalar

if TYPE_CHECKING:
    from collections.abc import Collection

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


def remove_entries(edits: Edits, mapping: Mapping, gone: Collection[Entry]) -> None:
    """Remove entries of a mapping, and the lines where nothing else stands."""
    previous: Entry | None = None
    entries = mapping.entries
    for goes, group in itertools.groupby(entries, key=lambda entry: entry in gone):
        run = list(group)
        if goes:
            following = next((entry for entry in entries if entry.start > run[-1].start), None)
            if mapping.flow:
                _remove_from_flow(edits, run, previous, following)
            else:
                _remove_from_block(edits, run, following)
        previous = run[-1]


def _remove_from_block(edits: Edits, run: list[Entry], following: Entry | None) -> None:
    text, lines = edits.text, edits.lines
    for entry in run:
        rest = text[entry.end : lines.end(entry.end)].lstrip(" \t")
        if rest:
            # A comment takes its place.
            edits.replace(entry.start, lines.end(entry.end) - len(rest), "")
        elif not text[lines.start(entry.start) : entry.start].strip():
            edits.replace(lines.start(entry.start), lines.next(entry.end), "")
        elif following is not None and "#" not in text[entry.end : following.start]:
            # The first entry of a list item: the next one moves up, behind the dash.
            edits.replace(entry.start, following.start, "")
        else:
            edits.replace(entry.start, entry.end, "")


def _remove_from_flow(
    edits: Edits, run: list[Entry], previous: Entry | None, following: Entry | None
) -> None:
    text = edits.text
    start, end = run[0].start, run[-1].end
    before = previous.end if previous else start
    if following is not None and "#" not in text[start : following.start]:
        edits.replace(start, following.start, "")
    elif following is None and "#" not in text[before:end] and not _COMMA.match(text, end):
        edits.replace(before, end, "")
    else:
        for entry in run:
            comma = _COMMA.match(text, entry.end)
            edits.replace(entry.start, comma.end() if comma else entry.end, "")
