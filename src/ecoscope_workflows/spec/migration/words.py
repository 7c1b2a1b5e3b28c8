"""Names in, the words of YAML that say them out."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from ecoscope_workflows.spec.document import Document
from ecoscope_workflows.spec.instances import MAX_INSTANCE_ID
from ecoscope_workflows.spec.reader import Cursor
from ecoscope_workflows.spec.workflow_grammar import MAX_SPEC_ID

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

# Words that YAML 1.2 does not read as text.
_NOT_TEXT = frozenset({"null", "Null", "NULL", "true", "True", "TRUE", "false", "False", "FALSE"})


def word(name: str) -> str:
    """Write a name so that YAML reads it as that text."""
    plain = all(part.isidentifier() for part in name.split(".")) and name not in _NOT_TEXT
    return name if plain else json.dumps(name, ensure_ascii=False)


def reference(instance: str, quote: str) -> str:
    """Write a reference to the result of an instance; `quote` is one of ``'``, ``"`` or nothing."""
    return f"{quote}${{{{ workflow.{instance}.return }}}}{quote}"


def short_name(task: str) -> str:
    """Return the name of a task without the module that tells twins apart."""
    return task.rpartition(".")[2]


def free_spec_id(name: str, taken: Collection[str]) -> str:
    """Return an id for a workflow that is called `name`: that name, unless an instance has it."""
    return _first_free(name, "_workflow", MAX_SPEC_ID, taken)


def free_instance_id(task: str, taken: Collection[str]) -> str:
    """Return an id for the instance of a task: its name, unless that is taken or no id can be so called."""
    return _first_free(task, "_task", MAX_INSTANCE_ID, taken)


def _first_free(name: str, ending: str, longest: int, taken: Collection[str]) -> str:
    return next(found for found in _candidates(name, ending, longest) if found not in taken)


def _candidates(name: str, ending: str, longest: int) -> Iterator[str]:
    cleaned = re.sub(r"\W", "_", name) or "_"
    cleaned = cleaned if cleaned.isidentifier() else f"_{cleaned}"
    for candidate in (name, cleaned, _shortened(cleaned, longest)):
        if _usable(candidate, longest):
            yield candidate
    stem = _shortened(cleaned, longest - len(ending))
    if _usable(stem + ending, longest):
        yield stem + ending
    number = 1
    while True:
        number += 1
        yield f"{_shortened(cleaned, longest - len(str(number)) - 1)}_{number}"


def _shortened(name: str, longest: int) -> str:
    """Cut a name between two of its words where it is too long."""
    if len(name) <= longest:
        return name
    cut = name[: longest + 1].rpartition("_")[0].rstrip("_")
    return cut or name[:longest]


def _usable(name: str, longest: int) -> bool:
    cursor = Cursor(Document("", None), name)
    cursor.identifier("", longest)
    return not cursor.problems
