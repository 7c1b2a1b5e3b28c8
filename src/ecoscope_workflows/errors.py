"""Errors as data: a `Problem` says where, what and what to do; exceptions carry problems; the CLI prints."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# A warning is worth a look and stops nothing.
Severity = Literal["error", "warning"]

# More than this at once is noise: the reader fixes the first ones and asks again.
MAX_SHOWN = 20
# From where on, of 1, two words are taken for one another; and how much further off a second one may be.
_SIMILAR = 0.6
_AS_NEAR = 0.1
_MAX_WORDS = 3


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a text the user wrote; lines and columns count from 1, line 0 is the file as a whole."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault or warning: a stable code, where it stands, what is wrong, and what to do about it.

    Parameters
    ----------
    related
        Further places that have a part in it, such as the other end of an edge, and what to say of each.
    """

    code: str
    what: str
    where: Where | None = None
    hint: str = ""
    severity: Severity = "error"
    related: tuple[tuple[Where, str], ...] = ()

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        hint = f"\n  hint: {self.hint}" if self.hint else ""
        return f"{place}{self.code} {self.what}{hint}"

    def at(self, where: Where) -> Problem:
        """Return the same problem at `where`."""
        return replace(self, where=where)


class EcoscopeWorkflowsError(Exception):
    """The root of every error this package raises on purpose.

    Parameters
    ----------
    problems
        Every fault found in the phase that failed, at least one.
    """

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        shown = [str(problem) for problem in self.problems[:MAX_SHOWN]]
        hidden = len(self.problems) - len(shown)
        return "\n".join([*shown, f"... and {hidden} more"] if hidden else shown)


class RegistrationError(EcoscopeWorkflowsError):
    """A function cannot be a task, or two tasks claim one name."""


class SpecError(EcoscopeWorkflowsError):
    """A spec is not valid YAML, not of the grammar, or does not fit the tasks it names."""


class ParamsError(EcoscopeWorkflowsError):
    """A params file does not fit the workflow it is meant for."""


class TargetError(EcoscopeWorkflowsError):
    """A target cannot express what a spec asks for, or its output folder cannot be written."""


class ContractError(EcoscopeWorkflowsError):
    """A value that passes between tasks breaks the type or schema it must satisfy."""


class TaskError(EcoscopeWorkflowsError):
    """A task raised an exception; the problem holds the traceback trimmed to the task's own frames.

    Parameters
    ----------
    problems
        What is told of it.
    published
        The same in the words of the published system: ``Task instance 'a' raised ValueError('b')``.
    """

    def __init__(self, problems: Problem | Iterable[Problem], published: str = "") -> None:
        super().__init__(problems)
        self.published = published


class StorageError(EcoscopeWorkflowsError):
    """A file of the workflow is missing, unreadable or not what its name says."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a hint that names the known words nearest to `name`, or all of them when there are few."""
    words: Sequence[str] = sorted(set(known))
    ratios = dict(_similar(name, words))
    best = max(ratios.values(), default=0.0)
    # A word much further off than the nearest one is noise.
    likely = [word for word in ratios if ratios[word] >= best - _AS_NEAR]
    near = sorted(likely, key=lambda word: -ratios[word])[:_MAX_WORDS]
    if near:
        return f"did you mean {' or '.join(repr(word) for word in near)}?"
    if words and len(words) <= 12:  # noqa: PLR2004  # a list this long is still read
        return f"expected one of: {', '.join(words)}"
    return ""


def _similar(name: str, words: Iterable[str]) -> Iterator[tuple[str, float]]:
    """Yield the words that `name` may be taken for, and how similar they are."""
    # What is known of the second text is kept from one comparison to the next, and cheap bounds come first.
    matcher = difflib.SequenceMatcher(None, "", name)
    for word in words:
        matcher.set_seq1(word)
        if matcher.real_quick_ratio() >= _SIMILAR and matcher.quick_ratio() >= _SIMILAR:
            ratio = matcher.ratio()
            if ratio >= _SIMILAR:
                yield word, ratio
