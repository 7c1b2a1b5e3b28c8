"""YAML text in, a tree out in which each node knows the stretch of text that it stands in.

`spec.document` says what a text means; this module says where each word of it begins and ends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

try:
    from yaml import CSafeLoader
except ImportError:  # PyYAML was built without libyaml: the same, slower
    from yaml import SafeLoader as CSafeLoader  # type: ignore[assignment]  # stands in for it

if TYPE_CHECKING:
    from collections.abc import Iterator

LOADER = CSafeLoader

# An anchor or a tag before a node, and what may stand between it and the node.
_PROPERTIES = re.compile(r"(?:[&!][^\s,\[\]{}]*(?:\s+(?:#[^\n]*\n\s*)*|(?=[,\]}])|\Z))*")


@dataclass(frozen=True, slots=True, eq=False)
class Scalar:
    """A text, number or word; `start` to `end` is its extent, `content` where it begins behind its anchor."""

    start: int
    content: int
    end: int
    text: str
    style: str | None

    @property
    def bare(self) -> bool:
        """Return whether it stands without quotes."""
        return not self.style


@dataclass(frozen=True, slots=True, eq=False)
class Alias:
    """``*name``, which stands for the node `target`."""

    start: int
    end: int
    target: Node


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A key of a mapping and its value."""

    key: Node
    value: Node

    @property
    def start(self) -> int:
        """Return where the entry begins."""
        return self.key.start

    @property
    def end(self) -> int:
        """Return where the entry ends."""
        return max(self.key.end, self.value.end)


@dataclass(slots=True, eq=False)
class Mapping:
    """A mapping; one in block style ends where its last entry does."""

    start: int
    content: int
    flow: bool
    end: int = 0
    entries: list[Entry] = field(default_factory=list)

    def get(self, name: str) -> Entry | None:
        """Return the entry whose key is `name`."""
        return next((entry for entry in self.entries if key_text(entry) == name), None)


@dataclass(slots=True, eq=False)
class Sequence:
    """A list; one in block style ends where its last item does."""

    start: int
    content: int
    flow: bool
    end: int = 0
    items: list[Node] = field(default_factory=list)


Node = Scalar | Alias | Mapping | Sequence


def key_text(entry: Entry) -> str:
    """Return the key of an entry, or nothing where the key is not a word."""
    return entry.key.text if isinstance(entry.key, Scalar) else ""


def is_merge(entry: Entry) -> bool:
    """Return whether an entry is ``<<: …``, which adds the keys of another mapping."""
    return isinstance(entry.key, Scalar) and entry.key.bare and entry.key.text == "<<"


def lay_out(text: str) -> Node:
    """Return the tree of a text that `spec.document.parse` accepts and that is not empty."""
    return _Builder(text).root()


class _Builder:
    def __init__(self, text: str) -> None:
        self.text = text
        # Typed loosely: which attributes an event has depends on its class.
        self.events: Iterator[Any] = iter(yaml.parse(text, Loader=LOADER))
        self.anchors: dict[str, Node] = {}

    def root(self) -> Node:
        while True:
            event = next(self.events)
            if isinstance(event, yaml.NodeEvent):
                return self.node(event)

    def node(self, event: Any) -> Node:
        start, end = event.start_mark.index, event.end_mark.index
        if isinstance(event, yaml.AliasEvent):
            return Alias(start, end, self.anchors[str(event.anchor)])
        content = self.content(event, start)
        node: Node
        if isinstance(event, yaml.ScalarEvent):
            # A block of text runs up to the next word of the document.
            trimmed = start + len(self.text[start:end].rstrip())
            node = Scalar(start, min(content, trimmed), trimmed, event.value, event.style)
        elif isinstance(event, yaml.MappingStartEvent):
            node = Mapping(start, content, bool(event.flow_style))
        else:
            node = Sequence(start, content, bool(event.flow_style))
        # An alias may stand inside the node that it names; `spec.document` refuses that, but later.
        if event.anchor:
            self.anchors[event.anchor] = node
        if isinstance(node, Mapping):
            self.fill_mapping(node)
        elif isinstance(node, Sequence):
            self.fill_sequence(node)
        return node

    def content(self, event: Any, start: int) -> int:
        if not event.anchor and not getattr(event, "tag", None):
            return start
        match = _PROPERTIES.match(self.text, start)
        return match.end() if match else start

    def fill_mapping(self, node: Mapping) -> None:
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.node(event)
            node.entries.append(Entry(key, self.node(next(self.events))))
        node.end = self.end(node, event, node.entries)

    def fill_sequence(self, node: Sequence) -> None:
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            node.items.append(self.node(event))
        node.end = self.end(node, event, node.items)

    @staticmethod
    def end(node: Mapping | Sequence, event: Any, parts: list[Entry] | list[Node]) -> int:
        if node.flow:
            return int(event.end_mark.index)
        return parts[-1].end if parts else node.start
