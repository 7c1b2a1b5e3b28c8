"""The words of a picture in, a graph in Graphviz' language out (https://graphviz.org/doc/info/lang.html)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecoscope_workflows.graph.pictures.labels import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecoscope_workflows.graph.pictures.labels import Label, Words


def dot(words: Words) -> str:
    """Draw a graph in the language of Graphviz."""
    return "\n".join(_lines(words)) + "\n"


def quoted(*lines: str) -> str:
    r"""Return lines as one quoted label that shows them to the letter.

    Inside the quotes Graphviz reads ``\"``, escapes such as ``\n`` and ``\N``, and the entities of HTML.
    """
    shown = [one_line(line).replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;") for line in lines]
    return '"' + "\\n".join(shown) + '"'


def _lines(words: Words) -> Iterator[str]:
    names = {label.id: f"n{number}" for number, label in enumerate(words.labels, 1)}
    yield f"digraph {quoted(words.title)} {{"
    yield '  graph [rankdir=LR, fontname="sans-serif"]'
    yield '  node [shape=box, style=rounded, fontname="sans-serif"]'
    yield '  edge [fontname="sans-serif", fontsize=10]'
    groups: dict[str, list[Label]] = {}
    for label in words.labels:
        groups.setdefault(label.group, []).append(label)
    for number, (title, members) in enumerate(groups.items(), 1):
        indent = "    " if title else "  "
        if title:
            yield f"  subgraph cluster_{number} {{"
            yield f"{indent}label={quoted(title)}"
        for label in members:
            yield f"{indent}{names[label.id]} [label={quoted(label.id, label.task, *label.columns)}]"
        if title:
            yield "  }"
    for link in words.links:
        yield f"  {names[link.source]} -> {names[link.target]} [label={quoted(*link.carries)}]"
    yield "}"
