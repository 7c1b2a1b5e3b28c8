"""What the references of a draft stand for; the edits that write them as today's grammar does."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ecoscope_workflows.errors import Problem, did_you_mean
from ecoscope_workflows.spec.migration.layout import Entry, Mapping, Scalar, Sequence
from ecoscope_workflows.spec.migration.words import reference, short_name, word

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecoscope_workflows.spec.migration.edits import Edits
    from ecoscope_workflows.spec.migration.layout import Node

_VARIABLE = re.compile(r"\$\{\{\s*(.*?)\s*\}\}", re.DOTALL)
_NAMESPACES = ("workflow", "env", "vars")
_ITEM = re.compile(r"(?:workflow\.)?(\w+)\.return\[(\d+)\]")


def text_of(entry: Entry | None) -> str:
    """Return the text of an entry's value, or nothing."""
    return entry.value.text if entry and isinstance(entry.value, Scalar) else ""


@dataclass
class References:
    """The instances of a draft by id and by task.

    Parameters
    ----------
    file
        The name of the file, as messages give it.
    edits
        Where the edits go.
    problems
        Where the faults go.
    """

    file: str
    edits: Edits
    problems: list[Problem]
    ids: set[str] = field(default_factory=set)
    by_task: dict[str, list[str]] = field(default_factory=dict)

    def know(self, instances: Iterable[Mapping]) -> None:
        """Take note of the id and the task of each instance."""
        for instance in instances:
            task = short_name(text_of(instance.get("task")))
            identifier = text_of(instance.get("id")) or task
            if identifier:
                self.ids.add(identifier)
                self.by_task.setdefault(task, []).append(identifier)

    def fault(self, code: str, what: str, offset: int, hint: str) -> None:
        """Report a part that cannot be rewritten."""
        self.problems.append(Problem(code, what, self.edits.lines.where(offset, self.file), hint))

    def rewrite(self, value: Node, *, in_flow: bool, names: bool) -> None:
        """Rewrite the references in a value; `names` says whether a single word is the name of a task."""
        if isinstance(value, Mapping):
            for entry in value.entries:
                self.rewrite(entry.value, in_flow=in_flow or value.flow, names=names)
        elif isinstance(value, Sequence):
            for item in value.items:
                self.rewrite(item, in_flow=in_flow or value.flow, names=names)
        elif isinstance(value, Scalar):
            variable = _VARIABLE.fullmatch(value.text)
            if variable:
                self.variable(value, variable.group(1))
            elif names and value.text and word(value.text) == value.text:
                self.name(value, in_flow=in_flow)

    def variable(self, value: Scalar, inner: str) -> None:
        """Rewrite ``${{ x.return }}`` as ``${{ workflow.<id>.return }}``."""
        name, _, rest = inner.partition(".")
        if name in _NAMESPACES or not rest.startswith("return"):
            return
        found = self.known(value, name)
        at = self.edits.text.find(inner, value.content, value.end)
        if found and at >= 0:
            self.edits.replace(at, at + len(name), f"workflow.{found}")

    def name(self, value: Scalar, *, in_flow: bool) -> None:
        """Rewrite ``with: {argument: x}`` as a reference to the result of x."""
        found = self.known(value, value.text)
        if found:
            first = self.edits.text[value.content]
            quote = first if first in "'\"" else '"' if in_flow else ""
            self.edits.replace(value.content, value.end, reference(found, quote))

    def known(self, value: Scalar, name: str) -> str:
        """Return the id that a name stands for: an id, or the task of one instance; report any other."""
        if name in self.ids:
            return name
        instances = self.by_task.get(short_name(name), [])
        if len(instances) == 1:
            return instances[0]
        if instances:
            what = f"{name!r} is the task of {len(instances)} instances"
            hint = f"write the id of the one that is meant: {', '.join(instances)}"
        else:
            what = f"{name!r} is neither the id nor the task of an instance"
            hint = did_you_mean(name, self.ids | set(self.by_task))
        self.fault("EW253", what, value.start, hint)
        return ""

    def unpacked(self, each: Mapping) -> tuple[str, list[str]] | None:
        """Read ``{a: ${{ x.return[0] }}, b: ${{ x.return[1] }}}``: x, and the arguments in order."""
        found: dict[int, str] = {}
        sources = set()
        for entry in each.entries:
            variable = _VARIABLE.fullmatch(text_of(entry))
            item = _ITEM.fullmatch(variable.group(1)) if variable else None
            if item and isinstance(entry.key, Scalar):
                sources.add(item.group(1))
                found[int(item.group(2))] = entry.key.text
        if len(sources) != 1 or sorted(found) != list(range(len(each.entries))):
            what = "`iter` has several arguments, and not each is an item of one result"
            hint = "write `map: {argnames: [...], argvalues: ${{ workflow.<id>.return }}}`"
            self.fault("EW254", what, each.start, hint)
            return None
        value = next(entry.value for entry in each.entries)
        known = self.known(value, sources.pop()) if isinstance(value, Scalar) else ""
        return (known, [found[number] for number in sorted(found)]) if known else None
