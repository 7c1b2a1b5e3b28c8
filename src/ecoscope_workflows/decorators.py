"""`@distributed` marks a plain function as a task; it attaches metadata and returns the function itself."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeVar, overload

from ecoscope_workflows.contracts.effects import Effect, EffectOf, effect_faults
from ecoscope_workflows.errors import Problem, RegistrationError, Where

__all__ = ["Effect", "TaskMetadata", "distributed", "task_faults", "task_metadata"]

TASK_ATTRIBUTE = "__ecoscope_task__"

Function = TypeVar("Function", bound=Callable[..., object])
Resource = int | float | str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskMetadata:
    """What a task says about itself beside its signature.

    Parameters
    ----------
    image
        Container image that holds the task's dependencies, or None for the workflow's default image.
    tags
        Free words for sorting, such as ``io``.
    resources
        Snakemake resources of one call, e.g. ``{"mem_mb": 4000, "threads": 2}``.
    retries
        How often a failed call is tried again.
    timeout
        Seconds after which a call is stopped, or None for no limit.
    effect
        What the task does to the columns of a frame that passes through it, or a function that says so for
        the arguments of a call; None where that is not said.
    """

    image: str | None = None
    tags: tuple[str, ...] = ()
    resources: Mapping[str, Resource] = field(default_factory=lambda: MappingProxyType({}))
    retries: int = 0
    timeout: int | None = None
    effect: Effect | EffectOf | None = None


@overload
def distributed(function: Function, /) -> Function: ...
@overload
def distributed(
    *,
    image: str | None = None,
    tags: Sequence[str] = (),
    resources: Mapping[str, Resource] | None = None,
    retries: int = 0,
    timeout: int | None = None,
    effect: Effect | EffectOf | None = None,
) -> Callable[[Function], Function]: ...
def distributed(
    function: Function | None = None,
    /,
    *,
    image: str | None = None,
    tags: Sequence[str] = (),
    resources: Mapping[str, Resource] | None = None,
    retries: int = 0,
    timeout: int | None = None,
    effect: Effect | EffectOf | None = None,
) -> Function | Callable[[Function], Function]:
    """Make a function a task: bare (``@distributed``) or with metadata (``@distributed(tags=["io"])``).

    The function stays an ordinary function: it can be called, tested and imported as before.

    Raises
    ------
    RegistrationError
        When the function is no plain function, is async, takes ``*args`` or ``**kwargs``,
        or lacks an annotation on a parameter or on the return;
        or when its effect names a parameter that it does not have.
    """
    metadata = TaskMetadata(
        image=image,
        tags=(tags,) if isinstance(tags, str) else tuple(tags),
        resources=MappingProxyType(dict(resources or {})),
        retries=retries,
        timeout=timeout,
        effect=effect,
    )

    def attach(task: Function) -> Function:
        problems = task_faults(task) or (effect_faults(effect, task) if effect is not None else [])
        if problems:
            raise RegistrationError(problems)
        setattr(task, TASK_ATTRIBUTE, metadata)
        return task

    return attach if function is None else attach(function)


def task_metadata(task: object) -> TaskMetadata | None:
    """Return the metadata of a task, or None for anything that `distributed` did not mark."""
    found = getattr(task, TASK_ATTRIBUTE, None)
    return found if isinstance(found, TaskMetadata) else None


def task_faults(task: Callable[..., object]) -> list[Problem]:
    """Return why a function cannot be a task."""
    if not inspect.isfunction(task):
        what = f"{task!r} is not a plain function, so it cannot be a task"
        return [Problem("EW101", what, hint="decorate a function defined with `def`")]
    where = Where(task.__code__.co_filename, task.__code__.co_firstlineno)
    name = task.__name__
    if inspect.iscoroutinefunction(task) or inspect.isasyncgenfunction(task):
        return [Problem("EW102", f"task {name!r} is async", where, "use `def`: tasks run as processes")]
    signature = inspect.signature(task)
    problems = []
    for parameter in signature.parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY):
            written = str(parameter.replace(annotation=parameter.empty))
            what = f"parameter {written!r} of task {name!r} cannot be given by name"
            problems.append(Problem("EW103", what, where, "give every parameter a name of its own"))
        elif parameter.annotation is parameter.empty:
            what = f"parameter {parameter.name!r} of task {name!r} has no type annotation"
            problems.append(Problem("EW104", what, where, f"write `{parameter.name}: <type>`"))
    if signature.return_annotation is signature.empty:
        what = f"task {name!r} has no return annotation"
        problems.append(Problem("EW105", what, where, f"write `def {name}(...) -> <type>:`"))
    return problems
