"""A draft of the `workflow:` grammar in, the edits that bring it into today's grammar out.

The drafts of 2024, oldest first:

- ``{task, with: {argument: <task>}}`` under ``name:`` and ``cache_root:``; an instance had no id;
- ``{name, id, task, with: {argument: "${{ <id or task>.return }}"}}``;
- ``{…, mode: map, iter: {argument: …}, with: {argument: "${{ workflow.<id>.return }}"}}`` under ``id:``;
- ``{…, partial: {…}, map: {argnames, argvalues}}``, which is today's grammar without ``requirements:``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ecoscope_workflows.errors import did_you_mean
from ecoscope_workflows.spec.migration.entries import add_after, remove_entries, rename_key, separator
from ecoscope_workflows.spec.migration.layout import Mapping, Scalar, Sequence
from ecoscope_workflows.spec.migration.references import References, text_of
from ecoscope_workflows.spec.migration.words import free_spec_id, reference, short_name, word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecoscope_workflows.spec.migration.edits import Edits
    from ecoscope_workflows.spec.migration.layout import Node

_MODES = ("call", "map", "mapvalues")


@dataclass
class DraftMigration:
    """Fills `edits`, the problems of `references`, and `notes` for one spec."""

    root: Mapping
    edits: Edits
    references: References
    notes: list[str] = field(default_factory=list)

    def run(self) -> None:
        """Rewrite every part of the spec."""
        instances = list(self.instances())
        self.references.know(instances)
        self.header()
        for instance in instances:
            self.identifier(instance)
            self.arguments(instance)
            self.mode(instance)

    def instances(self) -> Iterator[Mapping]:
        """Yield the instances, those in groups too."""
        workflow = self.root.get("workflow")
        for item in workflow.value.items if workflow and isinstance(workflow.value, Sequence) else []:
            tasks = item.get("tasks") if isinstance(item, Mapping) else None
            if tasks and isinstance(tasks.value, Sequence):
                yield from (inner for inner in tasks.value.items if isinstance(inner, Mapping))
            elif isinstance(item, Mapping):
                yield item

    def header(self) -> None:
        """Rewrite ``name:`` as ``id:``, and add the requirements."""
        identifier, name = self.root.get("id"), self.root.get("name")
        if identifier is None and name is not None:
            identifier = name
            rename_key(self.edits, name, "id")
            self.rename_spec(name.value)
        if identifier is not None and self.root.get("requirements") is None:
            add_after(self.edits, self.root, identifier, "requirements: []")

    def rename_spec(self, value: Node) -> None:
        """Give the workflow another id where one of its instances has it: a ``name`` could be shared."""
        ids = self.references.ids
        if isinstance(value, Scalar) and value.text in ids:
            new = free_spec_id(value.text, ids)
            self.edits.replace(value.content, value.end, word(new))
            self.notes.append(f"the workflow is called {new!r} now: {value.text!r} is one of its instances")

    def identifier(self, instance: Mapping) -> None:
        """Give an instance without an id the name of its task, by which others referred to it."""
        task = instance.get("task")
        name = short_name(text_of(task))
        if instance.get("id") or task is None or not name:
            return
        first = instance.entries[0].start
        twins = [other for other in self.references.by_task[name] if other == name]
        if len(twins) > 1:
            what = f"{len(twins)} instances would have the id {name!r}, and this one has none of its own"
            self.references.fault("EW256", what, first, "add an `id:` to each")
        self.edits.insert(first, f"id: {word(name)}{separator(self.edits, instance)}")

    def arguments(self, instance: Mapping) -> None:
        """Rewrite ``with`` as ``partial``, and the references in all that is bound or mapped over."""
        bound, given = instance.get("with"), instance.get("partial")
        if bound and given:
            what = "an instance has both `with` and `partial`"
            hint = "move what stands in `with` to `partial`"
            self.references.fault("EW255", what, bound.start, hint)
        elif bound:
            rename_key(self.edits, bound, "partial")
            self.references.rewrite(bound.value, in_flow=instance.flow, names=True)
        if given:
            self.references.rewrite(given.value, in_flow=instance.flow, names=False)
        for key in ("map", "mapvalues"):
            fan_out = instance.get(key)
            values = (
                fan_out.value.get("argvalues") if fan_out and isinstance(fan_out.value, Mapping) else None
            )
            if values:
                self.references.rewrite(values.value, in_flow=instance.flow, names=False)

    def mode(self, instance: Mapping) -> None:
        """Rewrite ``mode: map`` and ``iter: {argument: values}`` as ``map: {argnames, argvalues}``."""
        mode, each = instance.get("mode"), instance.get("iter")
        method = text_of(mode) or "call"
        gone = [mode] if mode else []
        fault = self.mode_fault(instance, method)
        if fault:
            code, what, at, hint = fault
            self.references.fault(code, what, at, hint)
        mapped = each is not None and not fault and method != "call" and self.iterable(each.value)
        if each and mapped:
            rename_key(self.edits, each, method)
        elif each:
            gone.append(each)
        remove_entries(self.edits, instance, gone)

    def mode_fault(self, instance: Mapping, method: str) -> tuple[str, str, int, str] | None:
        """Return what is wrong with a mode that is none, or does not fit what else the instance says."""
        mode, each = instance.get("mode"), instance.get("iter")
        at = mode.value.start if mode else instance.start
        if method not in _MODES:
            return "EW254", f"unknown mode {method!r}", at, did_you_mean(method, _MODES)
        empty = each is None or (isinstance(each.value, Mapping) and not each.value.entries)
        if each and method == "call":
            hint = "add `mode: map` or `mode: mapvalues`"
            return None if empty else ("EW254", "`iter` needs a mode", each.start, hint)
        if method != "call" and (empty or not (each and isinstance(each.value, Mapping))):
            return "EW254", f"`mode: {method}` needs `iter`", at, "add `iter: {argument: values}`"
        given = instance.get("map") or instance.get("mapvalues")
        if each and given:
            return "EW255", "an instance has both `iter` and `map` or `mapvalues`", given.start, "keep one"
        return None

    def iterable(self, each: Node) -> bool:
        """Rewrite ``{argument: values}``, or ``{a: x[0], b: x[1]}`` of one result whose items are tuples."""
        if not isinstance(each, Mapping):
            return False
        first, *others = each.entries
        space = separator(self.edits, each)
        if not others:
            name = self.edits.text[first.key.start : first.key.end]
            self.edits.replace(first.key.start, first.key.end, f"argnames: {name}{space}argvalues")
            self.references.rewrite(first.value, in_flow=each.flow, names=True)
            return True
        unpacked = self.references.unpacked(each)
        if unpacked is None:
            return False
        instance, names = unpacked
        values = f"argvalues: {reference(instance, chr(34) if each.flow else '')}"
        argnames = f"argnames: [{', '.join(map(word, names))}]"
        self.edits.replace(first.start, first.end, f"{argnames}{space}{values}")
        remove_entries(self.edits, each, others)
        return True
