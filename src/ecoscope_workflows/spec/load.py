"""The text of a spec in, a `Spec` out, whichever of the two grammars it is written in."""

from __future__ import annotations

import hashlib
import unicodedata
from typing import TYPE_CHECKING

from ecoscope_workflows.errors import Problem, SpecError, Where
from ecoscope_workflows.spec.document import parse
from ecoscope_workflows.spec.includes import expand
from ecoscope_workflows.spec.model import Instance, Spec, references
from ecoscope_workflows.spec.reader import Cursor, kind_of
from ecoscope_workflows.spec.readme_grammar import read_readme_spec
from ecoscope_workflows.spec.workflow_grammar import read_workflow_spec

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ecoscope_workflows.spec.model import Binding


def load_spec(path: Path) -> Spec:
    """Read a spec file.

    Raises
    ------
    SpecError
        With every fault of the file that can be found without knowing the tasks.
    """
    return _load(path, ())


def _load(path: Path, above: tuple[Path, ...]) -> Spec:
    """Read a spec and those it includes; `above` are the files that include it."""
    spec = parse_spec(read_text(path), str(path))
    if not spec.includes:
        return spec
    here = (*above, path.resolve())

    def load_inner(relative: str, where: Where) -> Spec:
        inner = path.parent / relative
        if inner.resolve() in here:
            what = f"{relative!r} includes itself"
            raise SpecError(Problem("EW263", what, where, "remove one of the includes"))
        if not inner.is_file():
            raise SpecError(Problem("EW264", f"there is no file {relative!r} to include", where))
        return _load(inner, here)

    whole = expand(spec, load_inner)
    problems = [*_twins(whole), *_own_names(whole)]
    if problems:
        raise SpecError(problems)
    return whole


def read_text(path: Path) -> str:
    """Read a file the user wrote; say so plainly when that cannot be done."""
    where = Where(str(path))
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SpecError(Problem("EW200", "there is no such file", where)) from None
    except UnicodeDecodeError as error:
        what = f"not UTF-8 text (byte {error.start})"
        raise SpecError(Problem("EW200", what, where, "save the file as UTF-8")) from None
    except OSError as error:
        raise SpecError(Problem("EW200", f"cannot be read: {error.strerror}", where)) from None


def parse_spec(text: str, file: str) -> Spec:
    """Read the text of a spec; `file` is the name that messages give it."""
    root = Cursor(document := parse(text, file), document.value)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    if root.value is None:
        hint = "start with `id:`, `requirements:` and `workflow:`"
        raise SpecError(Problem("EW210", "the file is empty", Where(file), hint))
    if not isinstance(root.value, dict):
        what = f"a spec must be a mapping, not {kind_of(root.value)}"
        raise SpecError(Problem("EW211", what, root.where, "start with `id:` and `workflow:`"))
    if root.has("workflow"):
        spec = read_workflow_spec(root, sha256)
    elif root.has("tasks"):
        spec = read_readme_spec(root, sha256)
    else:
        hint = "add `workflow:` with a list of task instances"
        raise SpecError(Problem("EW213", "the spec has neither `workflow:` nor `tasks:`", root.where, hint))
    problems = [*root.problems, *_twins(spec), *_self_references(spec)]
    if root.has("workflow"):
        problems += _own_names(spec)
    if problems:
        raise SpecError(sorted(problems, key=_position))
    return spec


def _position(problem: Problem) -> tuple[int, int]:
    return (problem.where.line, problem.where.column) if problem.where else (0, 0)


def _twins(spec: Spec) -> list[Problem]:
    seen: dict[str, Instance] = {}
    problems = []
    for instance in spec.instances:
        # Python takes two spellings of one word for the same name.
        first = seen.setdefault(unicodedata.normalize("NFKC", instance.id), instance)
        if first is not instance and instance.id:
            hint = f"first used at {first.where}"
            problems.append(Problem("EW231", f"id {instance.id!r} is used twice", instance.where, hint))
    return problems


def _own_names(spec: Spec) -> list[Problem]:
    # Not in the README grammar: there an id is a task's name, and a workflow may be named for its main task.
    return [
        Problem(
            "EW232", f"id {instance.id!r} is also the id of the spec", instance.where, "rename one of them"
        )
        for instance in spec.instances
        if instance.id == spec.id and instance.id
    ]


def _bindings(instance: Instance) -> Iterator[tuple[str, Binding]]:
    yield from instance.arguments.items()
    if instance.fan_out:
        yield "argvalues", instance.fan_out.argvalues


def _self_references(spec: Spec) -> list[Problem]:
    return [
        Problem(
            "EW233",
            f"{instance.id}.{argument} refers to its own return value",
            reference.where,
            "use another id",
        )
        for instance in spec.instances
        for argument, binding in _bindings(instance)
        for reference in references(binding)
        if reference.instance == instance.id
    ]
