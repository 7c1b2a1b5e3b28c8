"""A spec in the README's grammar in, the edits that bring it into the `workflow:` grammar out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ecoscope_workflows.errors import Problem
from ecoscope_workflows.spec.migration.entries import add_after, rename_key, separator
from ecoscope_workflows.spec.migration.layout import Alias, Mapping, Scalar, Sequence, is_merge, key_text
from ecoscope_workflows.spec.migration.readme_tasks import meant_by
from ecoscope_workflows.spec.migration.words import (
    free_instance_id,
    free_spec_id,
    reference,
    short_name,
    word,
)

if TYPE_CHECKING:
    from ecoscope_workflows.spec.migration.edits import Edits
    from ecoscope_workflows.spec.migration.layout import Entry, Node
    from ecoscope_workflows.spec.model import Spec

_COLON = re.compile(r"\s*:")
_PROPERTIES_OF_LINE = re.compile(r"[&!]\S*(?:[ \t]+[&!]\S*)*")
_INDENT = "  "


@dataclass(frozen=True)
class Names:
    """What the workflow and its instances are called after the migration; ids are often left as they are."""

    spec: str
    instances: dict[str, str]

    @classmethod
    def of(cls, spec: Spec) -> Names:
        """Choose the names; the rules for an id are stricter in the `workflow:` grammar."""
        taken: set[str] = set()
        instances = {}
        for instance in spec.instances:
            instances[instance.id] = free_instance_id(instance.id, taken)
            taken.add(instances[instance.id])
        return cls(free_spec_id(spec.id, taken), instances)

    def notes(self, spec: Spec) -> list[str]:
        """Return what the author has to know of the new names."""
        notes = [
            f"task {old!r} has the id {new!r} now: in a params file, {old!r} becomes {new!r}"
            for old, new in self.instances.items()
            if old != new
        ]
        if self.spec != spec.id:
            notes.append(f"the workflow is called {self.spec!r} now: {spec.id!r} is one of its tasks")
        if spec.description:
            notes.append("`metadata` names no licence and no maintainers yet: fill them in")
        return notes


@dataclass
class ReadmeMigration:
    """Fills `edits` and `problems` for one spec."""

    root: Mapping
    spec: Spec
    names: Names
    edits: Edits
    problems: list[Problem] = field(default_factory=list)
    _rewritten: set[Scalar] = field(default_factory=set)

    def run(self) -> None:
        """Rewrite every part of the spec."""
        for entry in self.root.entries:
            match key_text(entry):
                case "name":
                    self.name(entry)
                case "description":
                    self.description(entry)
                case "tasks":
                    self.tasks(entry)
                case "<<":
                    self.refuse(entry.start, "a merged key (`<<`)", "write out what it merges")

    def refuse(self, offset: int, what: str, hint: str) -> None:
        """Report a part that cannot be rewritten."""
        where = self.edits.lines.where(offset, self.spec.file)
        self.problems.append(Problem("EW251", f"{what} cannot be migrated here", where, hint))

    def name(self, entry: Entry) -> None:
        """Rewrite ``name: x`` as ``id: x`` and ``requirements: []``."""
        rename_key(self.edits, entry, "id")
        if self.names.spec != self.spec.id:
            content = entry.value.content if isinstance(entry.value, Scalar) else entry.value.start
            self.edits.replace(content, entry.value.end, word(self.names.spec))
        add_after(self.edits, self.root, entry, "requirements: []")

    def description(self, entry: Entry) -> None:
        """Rewrite ``description: x`` as part of ``metadata``, which must name a licence and maintainers."""
        if isinstance(entry.value, Scalar) and entry.value.bare and not self.spec.description:
            # It is null, as `metadata` may be.
            rename_key(self.edits, entry, "metadata")
            return
        name = f"name: {word(self.names.spec)}"
        rest = ["maintainers: []", 'license: ""']
        if self.root.flow:
            rename_key(self.edits, entry, f"metadata: {{{name}, description")
            self.edits.insert(entry.end, f", {', '.join(rest)}}}")
            return
        margin = separator(self.edits, self.root) + _INDENT
        rename_key(self.edits, entry, f"metadata:{margin}{name}{margin}description")
        self.indent(self.edits.lines.next(entry.start), entry.end)
        add_after(self.edits, self.root, entry, *(_INDENT + line for line in rest))

    def tasks(self, entry: Entry) -> None:
        """Rewrite the tasks as a list of instances."""
        if not isinstance(entry.value, Mapping):
            self.refuse(entry.value.start, "an alias", "write out what it stands for")
            return
        rename_key(self.edits, entry, "workflow")
        tasks = entry.value
        if tasks.flow:
            self.edits.replace(tasks.content, tasks.content + 1, "[")
            self.edits.replace(tasks.end - 1, tasks.end, "]")
        for number, task in enumerate(tasks.entries):
            colon = self.colon(task)
            if is_merge(task):
                self.refuse(task.start, "a merged key (`<<`)", "write out the tasks that it merges")
            elif colon is None and not (tasks.flow and self.says_nothing(task.value)):
                self.refuse(task.start, "a key of this form", "write `task:` on a line of its own")
            elif tasks.flow:
                self.flow_task(task, colon or task.key.end)
            else:
                following = tasks.entries[number + 1 :]
                end = following[0].start if following else self.after(entry)
                self.block_task(task, colon or task.key.end, end)

    def after(self, entry: Entry) -> int:
        """Return where the entry of the spec behind this one starts."""
        starts = [other.start for other in self.root.entries if other.start > entry.start]
        return min(starts, default=len(self.edits.text))

    def colon(self, task: Entry) -> int | None:
        """Return where the colon behind a task's name ends; an explicit key (``? name``) has none of ours."""
        before = self.edits.text[self.edits.lines.start(task.start) : task.start]
        if before.rstrip().endswith("?"):
            return None
        match = _COLON.match(self.edits.text, task.key.end)
        return match.end() if match else None

    def says_nothing(self, value: Node) -> bool:
        """Return whether a value is null or an empty mapping without a comment, or an alias of one."""
        if isinstance(value, Alias):
            return self.says_nothing(value.target)
        if isinstance(value, Mapping):
            return not value.entries and "#" not in self.edits.text[value.start : value.end]
        return isinstance(value, Scalar)

    def named(self, task: Entry) -> tuple[str, str]:
        """Return the id and the task of an entry, as they are written."""
        name = key_text(task)
        identifier = word(self.names.instances[short_name(name)])
        key = self.edits.text[task.key.start : task.key.end]
        if meant_by(name) != name:
            quote = key[-1] if key[-1] in "'\"" else ""
            return identifier, f"{quote}{meant_by(name)}{quote}"
        as_written = not (
            isinstance(task.key, Scalar) and task.key.bare and task.key.content == task.key.start
        )
        return identifier, key if as_written else word(name)

    def flow_task(self, task: Entry, colon: int) -> None:
        """Rewrite ``task: {…}`` within braces."""
        identifier, name = self.named(task)
        head = f"{{id: {identifier}, task: {name}"
        nothing = self.says_nothing(task.value)
        if nothing and "#" not in self.edits.text[colon : task.end]:
            self.edits.replace(task.start, max(colon, task.end), head + "}")
            return
        if nothing:
            self.refuse(task.start, "a comment inside a task", "move it in front of the task")
            return
        space = "" if self.edits.text[colon : colon + 1].isspace() else " "
        self.edits.replace(task.start, colon, f"{head}, partial:{space}")
        self.edits.insert(task.end, "}")
        self.arguments(task.value, in_flow=True)

    def block_task(self, task: Entry, colon: int, end: int) -> None:
        """Rewrite a task and its arguments on lines of their own; `end` is where the next task starts."""
        identifier, name = self.named(task)
        lines, value = self.edits.lines, task.value
        margin = self.edits.line_break + " " * lines.column(task.start) + _INDENT
        same_line = value.start < lines.end(colon)
        self.edits.replace(task.start, colon, f"- id: {identifier}")
        if self.says_nothing(value):
            self.remove(colon, value, same_line=same_line)
            self.edits.insert(lines.end(value.end if same_line else colon), f"{margin}task: {name}")
            return
        if isinstance(value, Mapping) and not value.flow:
            # An anchor of the arguments stands on the line of the task's name.
            found = _PROPERTIES_OF_LINE.match(self.edits.text, value.start) if same_line else None
            properties = f" {found.group()}" if found else ""
            if found:
                self.edits.replace(colon, found.end(), "")
            head_end = lines.end(colon)
            self.edits.insert(head_end, f"{margin}task: {name}{margin}partial:{properties}")
        elif same_line:
            self.edits.replace(colon, value.start, f"{margin}task: {name}{margin}partial: ")
        else:
            self.edits.insert(lines.end(colon), f"{margin}task: {name}{margin}partial:")
        self.indent(lines.next(colon), value.end)
        self.indent_comments(lines.next(value.end), end, deeper_than=lines.column(task.start))
        self.arguments(value, in_flow=False)

    def remove(self, colon: int, value: Node, *, same_line: bool) -> None:
        """Remove a value that says nothing, with the line that it stands on where that is left empty."""
        lines = self.edits.lines
        if value.start == value.end:
            return
        if same_line:
            self.edits.replace(colon, value.end, "")
            return
        alone = not self.edits.text[value.end : lines.end(value.end)].strip()
        start, end = (lines.start(value.start), lines.next(value.end)) if alone else (value.start, value.end)
        self.edits.replace(start, end, "")

    def indent(self, start: int, end: int) -> None:
        """Indent the lines that begin from `start` to `end`; empty ones stay empty."""
        while start < end:
            if self.edits.text[start : self.edits.lines.end(start)].strip():
                self.edits.insert(start, _INDENT)
            start = self.edits.lines.next(start)

    def indent_comments(self, start: int, end: int, deeper_than: int) -> None:
        """Indent the comments behind the last argument of a task that stand as deep as its arguments."""
        while start < end:
            line = self.edits.text[start : self.edits.lines.end(start)]
            comment = line.lstrip(" ")
            if comment.startswith("#") and len(line) - len(comment) > deeper_than:
                self.edits.insert(start, _INDENT)
            start = self.edits.lines.next(start)

    def arguments(self, value: Node, *, in_flow: bool) -> None:
        """Rewrite the name of a task that each argument has as a reference to its result."""
        if isinstance(value, Sequence):
            for item in value.items:
                self.arguments(item, in_flow=in_flow or value.flow)
        if not isinstance(value, Mapping):
            return
        in_flow = in_flow or value.flow
        for entry in value.entries:
            if is_merge(entry):
                self.arguments(entry.value, in_flow=in_flow)
            elif isinstance(entry.value, Alias):
                self.alias(entry.value, in_flow=in_flow)
            elif isinstance(entry.value, Scalar):
                self._rewritten.add(entry.value)
                self.argument(entry.value, entry.value.content, entry.value, in_flow=in_flow)

    def alias(self, alias: Alias, *, in_flow: bool) -> None:
        """Keep an alias of what became a reference; write out one of anything else, a task's name say."""
        if isinstance(alias.target, Scalar) and alias.target not in self._rewritten:
            self.argument(alias, alias.start, alias.target, in_flow=in_flow)

    def argument(self, written: Scalar | Alias, start: int, value: Scalar, *, in_flow: bool) -> None:
        """Rewrite one name of a task, in the quotes that it had; between braces it needs some."""
        name = short_name(value.text)
        if not name.isidentifier():
            where = self.edits.lines.where(written.start, self.spec.file)
            hint = "write the name of the task whose result it takes"
            self.problems.append(Problem("EW252", f"{value.text!r} is not the name of a task", where, hint))
            return
        first = self.edits.text[start]
        quote = first if first in "'\"" else '"' if in_flow else ""
        new = reference(self.names.instances.get(name, name), quote)
        # A block of text may have a comment behind its `|` or `>`.
        head = self.edits.text[start : self.edits.lines.end(start)] if first in "|>" else ""
        _, mark, comment = head.partition("#")
        self.edits.replace(start, written.end, f"{new}  {mark}{comment}" if mark else new)
