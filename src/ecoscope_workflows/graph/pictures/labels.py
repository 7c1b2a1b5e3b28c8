"""A graph in, the words of its picture out: the same for every format."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecoscope_workflows.graph.export import facts_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ecoscope_workflows.graph.export import Edge
    from ecoscope_workflows.graph.model import Graph

# What no XML text may hold, and what would end a line of text.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Label:
    """What a picture says of an instance.

    Parameters
    ----------
    id, task
        Its id, and the name of its task with the method where it is called more than once.
    group
        The title of its group, or an empty text.
    result
        The type of its result, in words.
    columns
        The columns of its result, where it is a frame whose schema says them and they were asked for.
    """

    id: str
    task: str
    group: str
    result: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """What a picture says of the uses of a result in one place.

    Parameters
    ----------
    source, target
        The instance that returns the result, and the one that uses it.
    port
        The argument that it is for; all of them where each value is unpacked over several.
    carries
        What comes: for each argument its name and its type, in words.
    """

    source: str
    target: str
    port: str
    carries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """What a picture of a graph says."""

    title: str
    labels: tuple[Label, ...]
    links: tuple[Link, ...]


def words_of(graph: Graph, *, columns: bool = False) -> Words:
    """Return the words of a picture, with the columns of frames on request."""
    facts = facts_of(graph)
    labels = []
    for node in graph:
        fan_out, result = node.instance.fan_out, facts.results[node.id]
        task = f"{node.task.name} ({fan_out.method})" if fan_out else node.task.name
        named = result.columns or () if columns else ()
        rows = tuple(f"{column['name']}: {column['type']}" for column in named)
        labels.append(Label(node.id, task, node.instance.group or "", result.whole, rows))
    return Words(graph.spec.id, tuple(labels), tuple(_links(facts.edges)))


def _links(edges: Iterable[Edge]) -> Iterator[Link]:
    # A result that is used twice in one argument, or is unpacked over several, is one line to draw.
    links: dict[tuple[str, str, str], list[Edge]] = {}
    for edge in edges:
        links.setdefault((edge.source, edge.target, "" if edge.each else edge.argument), []).append(edge)
    for (source, target, _), together in links.items():
        each = "each " if together[0].each else ""
        port = each + ", ".join(dict.fromkeys(edge.argument for edge in together))
        carries = dict.fromkeys(f"{each}{edge.argument}: {edge.carries}" for edge in together)
        yield Link(source, target, port, tuple(carries))


def one_line(text: str) -> str:
    """Return text on one line, without characters that no format can show."""
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", " ".join(text.split()))


def shortened(text: str, longest: int) -> str:
    """Return text on one line, cut where it is longer than a picture has room for."""
    line = one_line(text)
    return line if len(line) <= longest else f"{line[: longest - 1]}\N{HORIZONTAL ELLIPSIS}"
