"""A graph in, the words of its picture out: the same for every format."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecoscope_workflows.graph.export import Edge, columns_of, edges, type_names

if TYPE_CHECKING:
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
class Words:
    """What a picture of a graph says."""

    title: str
    labels: tuple[Label, ...]
    edges: tuple[Edge, ...]


def words_of(graph: Graph, *, columns: bool = False) -> Words:
    """Return the words of a picture, with the columns of frames on request."""
    names = type_names(graph)
    labels = []
    for node in graph:
        fan_out = node.instance.fan_out
        task = f"{node.task.name} ({fan_out.method})" if fan_out else node.task.name
        named = columns_of(node.task.returns) or () if columns else ()
        rows = tuple(f"{column['name']}: {column['type']}" for column in named)
        labels.append(Label(node.id, task, node.instance.group or "", names[node.id][1], rows))
    return Words(graph.spec.id, tuple(labels), tuple(edges(graph, names)))


def one_line(text: str) -> str:
    """Return text on one line, without characters that no format can show."""
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", " ".join(text.split()))


def shortened(text: str, longest: int) -> str:
    """Return text on one line, cut where it is longer than a picture has room for."""
    line = one_line(text)
    return line if len(line) <= longest else f"{line[: longest - 1]}\N{HORIZONTAL ELLIPSIS}"


def argument_words(edge: Edge) -> str:
    """Return the arguments that an edge is for, as a picture says them."""
    names = ", ".join(edge.arguments)
    return f"each {names}" if edge.each else names
