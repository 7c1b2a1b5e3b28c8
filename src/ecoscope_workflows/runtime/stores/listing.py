"""All that is in a store: the results in it, and what belongs to none."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from ecoscope_workflows.runtime.stores.entries import ARCHIVE, FACTS, USED, Facts, content_name
from ecoscope_workflows.runtime.stores.location import KNOWN

if TYPE_CHECKING:
    from ecoscope_workflows.runtime.stores.shelf import Shelf

# The letters behind the key in the name of content.
UNIQUE = 16
HEX = frozenset("0123456789abcdef")


class Entry(NamedTuple):
    """A result: when it was last used, how many bytes it has, and its key."""

    used: float
    size: int
    key: str


class Thing(NamedTuple):
    """Something with a name, a size and a time of its last change."""

    name: str
    size: int
    changed: float


def listing(shelf: Shelf) -> tuple[list[Entry], list[Thing]]:
    """Return the results of a store, and what is no part of one.

    The latter is content that is about to get its facts, or was abandoned, or helps to find results.
    What is no part of a store in its place is left out: somebody may keep other things there.
    """
    groups: dict[str, list[Thing]] = defaultdict(list)
    others: list[Thing] = []
    for found in shelf.listed():
        thing = Thing(*found)
        folder, _, file = thing.name.partition("/")
        key = _key_in(folder, file)
        if key:
            groups[key].append(thing)
        elif (folder == KNOWN and "@" in file) or (file.startswith(folder) and file.endswith(".tmp")):
            others.append(thing)
    entries = []
    for key, things in groups.items():
        marks = [thing for thing in things if thing.name.endswith((FACTS, USED))]
        contents = [thing for thing in things if thing not in marks]
        if any(thing.name.endswith(FACTS) for thing in marks):
            live = contents if len(contents) == 1 else _named(shelf, key, contents)
            size = sum(thing.size for thing in live)
            entries.append(Entry(max(thing.changed for thing in marks), size, key))
            others += [thing for thing in contents if thing not in live]
        else:
            others += things
    return entries, others


def _key_in(folder: str, file: str) -> str:
    """Return the key that something belongs to; an empty text where it belongs to none."""
    key, dot, kind = file.partition(".")
    own = kind.removesuffix(ARCHIVE)
    is_content = len(own) == UNIQUE and HEX.issuperset(own)
    is_mark = f".{kind}" in {FACTS, f"{FACTS}{USED}"}
    return key if dot and folder == key[:2] and (is_content or is_mark) else ""


def _named(shelf: Shelf, key: str, contents: list[Thing]) -> list[Thing]:
    """Return which of several contents of a key is the one that its facts name."""
    try:
        name = content_name(key, Facts.read(shelf, key))
    except (OSError, ValueError):
        return []
    return [thing for thing in contents if thing.name == name]
