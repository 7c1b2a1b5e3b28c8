"""The words of a picture in, a Mermaid flowchart out (https://mermaid.js.org/syntax/flowchart.html)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecoscope_workflows.graph.pictures.labels import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ecoscope_workflows.graph.pictures.labels import Label, Words

_PLAIN = frozenset(" _.,:-()[]")


def mermaid(words: Words) -> str:
    """Draw a graph as a Mermaid flowchart."""
    return "\n".join(_lines(words)) + "\n"


def quoted(text: str) -> str:
    """Return text as Mermaid shows it to the letter: all but letters, digits and a few signs as entities."""
    entities = (
        letter if letter.isalnum() or letter in _PLAIN else f"#{ord(letter)};" for letter in one_line(text)
    )
    # Even so Mermaid takes a backslash and an n for the end of a line; a word joiner between is not seen.
    return "".join(entities).replace("#92;n", "#92;#8288;n")


def _lines(words: Words) -> Iterator[str]:
    # Ids would do as names of nodes, but for those that Mermaid keeps for itself, such as `end`.
    names = {label.id: f"n{number}" for number, label in enumerate(words.labels, 1)}
    yield "flowchart LR"
    groups: dict[str, list[Label]] = {}
    for label in words.labels:
        groups.setdefault(label.group, []).append(label)
    for number, (title, members) in enumerate(groups.items(), 1):
        if title:
            yield f'  subgraph g{number}["{quoted(title)}"]'
        indent = "    " if title else "  "
        for label in members:
            yield f'{indent}{names[label.id]}["{_text(label)}"]'
        if title:
            yield "  end"
    for link in words.links:
        yield f'  {names[link.source]} -->|"{_lines_of(link.carries)}"| {names[link.target]}'


def _text(label: Label) -> str:
    return _lines_of((label.id, label.task, *label.columns))


def _lines_of(texts: Iterable[str]) -> str:
    return "<br/>".join(map(quoted, texts))
