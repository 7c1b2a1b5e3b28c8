"""What a generated script is written with: instances, their results, and parts of these, as arguments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.spec.encoding import ENVIRONMENT, as_mapping, mark_call, mark_input

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Instance:
    """One use of a task in a script.

    Parameters
    ----------
    task
        The task.
    bound
        The arguments that the script itself gives.
    mock
        A file that stands in for the result.
    cheap
        Whether it has no file: it is evaluated in the instances that need it.
    skipif, unpack_depth
        When it is skipped, if not as all are.
    threads
        How many elements of a collection are computed at a time.
    """

    task: Callable[..., Any]
    bound: Sequence[str] = ()
    mock: str | None = None
    cheap: bool = False
    skipif: Sequence[str] | None = None
    unpack_depth: int = 1
    threads: int = 1


@dataclass(frozen=True)
class Result:
    """What an instance returned: a file, or, of a cheap instance, what it is called with."""

    instance: str
    path: Path | None

    def part(self, *steps: str | int) -> Part:
        """Stand for the part of the result that these fields and positions lead to."""
        return Part(self, steps)


@dataclass(frozen=True)
class Part:
    """A part of a result."""

    whole: Result
    steps: tuple[str | int, ...]


@dataclass(frozen=True)
class Variable:
    """An environment variable, read where it is needed and never written down."""

    name: str


@dataclass(frozen=True)
class Mapped:
    """What a task is called for one by one."""

    method: str
    argnames: tuple[str, ...]
    argvalues: Any


def encode_argument(value: Any, results: list[Result]) -> Any:
    """Encode an argument as `ecoscope_workflows.spec.encoding` does; results with files are collected."""
    if isinstance(value, Result):
        return encode_argument(Part(value, ()), results)
    if isinstance(value, Part):
        if value.whole.path is None:
            return mark_call(value.whole.instance, value.steps)
        results.append(value.whole)
        return mark_input(len(results) - 1, value.steps)
    if isinstance(value, Variable):
        return {ENVIRONMENT: value.name}
    if isinstance(value, list):
        return [encode_argument(item, results) for item in value]
    if isinstance(value, dict):
        return as_mapping({key: encode_argument(item, results) for key, item in value.items()})
    return value
