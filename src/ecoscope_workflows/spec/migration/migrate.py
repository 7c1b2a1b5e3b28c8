"""The text of a spec in, the same spec in the `workflow:` grammar out, or every reason why not."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ecoscope_workflows.errors import Problem, SpecError, Where
from ecoscope_workflows.spec.document import parse
from ecoscope_workflows.spec.load import parse_spec
from ecoscope_workflows.spec.migration.comments import lost
from ecoscope_workflows.spec.migration.drafts import DraftMigration
from ecoscope_workflows.spec.migration.edits import Edits, Lines
from ecoscope_workflows.spec.migration.layout import Mapping, lay_out
from ecoscope_workflows.spec.migration.meaning import same_meaning
from ecoscope_workflows.spec.migration.readme import Names, ReadmeMigration
from ecoscope_workflows.spec.migration.references import References

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecoscope_workflows.spec.model import Spec

_BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Migration:
    """A spec in the `workflow:` grammar.

    Parameters
    ----------
    text
        Its text.
    changed
        Whether it is another text than it was.
    notes
        What its author has to know, a sentence each.
    """

    text: str
    changed: bool
    notes: tuple[str, ...] = ()


def migrate(text: str, file: str) -> Migration:
    """Bring a spec into the `workflow:` grammar; `file` is the name that messages give it.

    A spec that is in that grammar stays as it is, to the byte.
    Comments, quotes and the order of lines stay; nothing but the words that must change changes.

    Complexity: n log n in the length of the text.

    Raises
    ------
    SpecError
        With every part that cannot be migrated and every fault that the result would have, at its place in
        `text`.
    """
    body = text.removeprefix(_BYTE_ORDER_MARK)
    value = parse(body, file).value
    if isinstance(value, dict) and "workflow" in value:
        migration = _draft(body, file)
    else:
        # A spec of neither grammar is refused here.
        migration = _readme(body, parse_spec(body, file))
    return replace(migration, text=text[: len(text) - len(body)] + migration.text)


def _readme(text: str, spec: Spec) -> Migration:
    names = Names.of(spec)
    edits = Edits(text)
    migration = ReadmeMigration(_root(text), spec, names, edits)
    migration.run()
    if migration.problems:
        raise SpecError(sorted(migration.problems, key=_position))
    result = edits.apply()
    migrated = _load(edits, result, spec.file, [])
    if not same_meaning(spec, migrated, names.instances):
        what = "this spec cannot be rewritten without changing what it says"
        hint = "write each task on a line of its own, and keys as `key:`"
        raise SpecError(Problem("EW251", what, spec.where, hint))
    return Migration(result, changed=True, notes=tuple(names.notes(spec)))


def _draft(text: str, file: str) -> Migration:
    try:
        parse_spec(text, file)
    except SpecError:
        edits = Edits(text)
        problems: list[Problem] = []
        migration = DraftMigration(_root(text), edits, References(file, edits, problems))
        migration.run()
        result = edits.apply()
        _load(edits, result, file, problems)
        return Migration(result, changed=True, notes=tuple(migration.notes))
    return Migration(text, changed=False)


def _root(text: str) -> Mapping:
    root = lay_out(text)
    # Both grammars are read from a mapping.
    return root if isinstance(root, Mapping) else Mapping(0, 0, flow=False)


def _load(edits: Edits, result: str, file: str, problems: list[Problem]) -> Spec:
    """Load the result of a migration; its faults are told at the places that they come from."""
    spec = None
    found = list(problems)
    try:
        spec = parse_spec(result, file)
        found += _lost_comments(edits, result, file)
    except SpecError as error:
        places = {problem.where for problem in problems}
        loading = _at_their_origin(error.problems, edits, result, file)
        found += [problem for problem in loading if problem.where not in places]
    if found or spec is None:
        raise SpecError(sorted(found, key=_position))
    return spec


def _lost_comments(edits: Edits, result: str, file: str) -> list[Problem]:
    hint = "move it to a line of its own, in front of the task"
    return [
        Problem("EW251", f"the comment {comment!r} would be lost", edits.lines.where(start, file), hint)
        for start, comment in lost(edits.text, result)
    ]


def _at_their_origin(problems: Iterable[Problem], edits: Edits, result: str, file: str) -> list[Problem]:
    origins, lines = edits.origins(), Lines(result)
    # A hint may name a second place.
    place = re.compile(rf"{re.escape(file)}:(\d+):(\d+)")

    def moved(where: Where) -> Where:
        if where.file != file or not where.line:
            return where
        return edits.lines.where(origins.of(lines.offset(where.line, where.column)), file)

    return [
        replace(
            problem,
            where=moved(problem.where) if problem.where else None,
            hint=place.sub(lambda match: str(moved(Where(file, int(match[1]), int(match[2])))), problem.hint),
            related=tuple((moved(where), what) for where, what in problem.related),
        )
        for problem in problems
    ]


def _position(problem: Problem) -> tuple[int, int]:
    return (problem.where.line, problem.where.column) if problem.where else (0, 0)
