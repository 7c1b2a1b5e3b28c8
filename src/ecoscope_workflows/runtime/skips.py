"""The arguments of a call in; why it is skipped, out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecoscope_workflows.contracts.skipping import SkipSentinel, is_skipped
from ecoscope_workflows.errors import Problem, TaskError
from ecoscope_workflows.runtime.jobs import load_condition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ecoscope_workflows.runtime.jobs import SkipIf


def skip_of(instance: str, skipif: SkipIf | None, arguments: Mapping[str, Any]) -> SkipSentinel | None:
    """Return what stands in for the result where a condition holds for the values of a call, else None.

    As published, lists and tuples are unpacked to a depth, mappings never.

    Raises
    ------
    TaskError
        When a condition raises an exception.
    """
    if skipif is None:
        return None
    values = [
        (name, value) for name, whole in arguments.items() for value in _unpacked(whole, skipif.unpack_depth)
    ]
    for written in skipif.conditions:
        condition = load_condition(written)
        if _holds(instance, condition, *(value for _, value in values)):
            name, value = next(
                ((name, value) for name, value in values if _holds(instance, condition, value)), ("", None)
            )
            cause = value if isinstance(value, SkipSentinel) else None
            return SkipSentinel(instance, condition.__name__, name, cause)
    return None


def _holds(instance: str, condition: Callable[..., Any], *values: Any) -> bool:
    try:
        return bool(condition(*values))
    except Exception as error:
        name = getattr(condition, "__name__", repr(condition))
        what = f"{instance}: the condition {name!r} raised {type(error).__name__}: {error}"
        raise TaskError(Problem("EW623", what)) from error


def _unpacked(value: Any, depth: int) -> Iterator[Any]:
    if depth < 1 or is_skipped(value) or not isinstance(value, list | tuple):
        yield value
        return
    for item in value:
        yield from _unpacked(item, depth - 1)
