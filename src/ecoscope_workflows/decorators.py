"""`@distributed` marks a plain function as a task; it attaches metadata and returns the function itself."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import TypeVar, overload

from ecoscope_workflows.contracts.effects import Effect, EffectOf, effect_faults
from ecoscope_workflows.errors import Problem, RegistrationError, Where

__all__ = [
    "Effect",
    "TaskMetadata",
    "distributed",
    "is_condition",
    "skip_condition",
    "task_faults",
    "task_metadata",
]

TASK_ATTRIBUTE = "__ecoscope_task__"
CONDITION_ATTRIBUTE = "__ecoscope_condition__"

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
    cheap
        Whether a call takes less time than a process takes to start: it sets a value or reads a field.
        Such an instance gets no job of its own; it is evaluated inside the jobs that need its result.
    grammar
        The grammar of specs in which the task answers to its short name, where another task of that name
        answers to it in the other one: ``"tasks"`` for the README's; None where it makes no difference.
    cache
        Whether a result may be used again where code, arguments and inputs are the same; None: unless it is
        tagged ``io``, because the world outside changes. A task that writes files of its own says False.
    ttl
        For how many seconds a result may be used again, or None where it stays true: a task that reads the
        world outside says how old what it has read may be.
    """

    image: str | None = None
    tags: tuple[str, ...] = ()
    resources: Mapping[str, Resource] = field(default_factory=lambda: MappingProxyType({}))
    retries: int = 0
    timeout: int | None = None
    effect: Effect | EffectOf | None = None
    cheap: bool = False
    grammar: str | None = None
    cache: bool | None = None
    ttl: float | None = None

    @property
    def storable(self) -> bool:
        """Return whether a result may be used again where everything that it is made from is the same."""
        return self.ttl is not None or "io" not in self.tags if self.cache is None else self.cache


@overload
def distributed(function: Function, /) -> Function: ...
@overload
def distributed(  # as below
    *,
    image: str | None = None,
    tags: Sequence[str] = (),
    resources: Mapping[str, Resource] | None = None,
    retries: int = 0,
    timeout: int | None = None,
    effect: Effect | EffectOf | None = None,
    cheap: bool = False,
    grammar: str | None = None,
    cache: bool | None = None,
    ttl: float | timedelta | None = None,
) -> Callable[[Function], Function]: ...
def distributed(  # noqa: PLR0913  # one for each thing that a task can say of itself
    function: Function | None = None,
    /,
    *,
    image: str | None = None,
    tags: Sequence[str] = (),
    resources: Mapping[str, Resource] | None = None,
    retries: int = 0,
    timeout: int | None = None,
    effect: Effect | EffectOf | None = None,
    cheap: bool = False,
    grammar: str | None = None,
    cache: bool | None = None,
    ttl: float | timedelta | None = None,
) -> Function | Callable[[Function], Function]:
    """Make a function a task: bare (``@distributed``) or with metadata (``@distributed(tags=["io"])``).

    The function stays an ordinary function: it can be called, tested and imported as before.

    Raises
    ------
    RegistrationError
        When the function is no plain function, is async, takes ``*args`` or ``**kwargs``,
        or lacks an annotation on a parameter or on the return;
        or when its effect names a parameter that it does not have;
        or when its ttl is no time, or is given with ``cache=False``.
    """
    metadata = TaskMetadata(
        image=image,
        tags=(tags,) if isinstance(tags, str) else tuple(tags),
        resources=MappingProxyType(dict(resources or {})),
        retries=retries,
        timeout=timeout,
        effect=effect,
        cheap=cheap,
        grammar=grammar,
        cache=cache,
        ttl=ttl.total_seconds() if isinstance(ttl, timedelta) else ttl,
    )

    def attach(task: Function) -> Function:
        problems = task_faults(task) or (effect_faults(effect, task) if effect is not None else [])
        problems += _ttl_faults(task, metadata)
        if problems:
            raise RegistrationError(problems)
        setattr(task, TASK_ATTRIBUTE, metadata)
        return task

    return attach if function is None else attach(function)


def _ttl_faults(task: Callable[..., object], metadata: TaskMetadata) -> list[Problem]:
    if metadata.ttl is None or (metadata.ttl > 0 and metadata.cache is not False):
        return []
    what = f"task {task.__name__!r} has a ttl of {metadata.ttl:g} s"
    hint = "a ttl is a number of seconds above 0, or a timedelta"
    if metadata.ttl > 0:
        what += ", but its results are not kept: cache=False"
        hint = "leave out one of them"
    return [Problem("EW113", what, Where(task.__code__.co_filename, task.__code__.co_firstlineno), hint)]


def skip_condition(function: Function) -> Function:
    """Make a function a condition of `skipif`: it is called with the values of a call, by position.

    Raises
    ------
    RegistrationError
        When it is no plain function, or is async.
    """
    if not inspect.isfunction(function) or inspect.iscoroutinefunction(function):
        what = f"{function!r} is not a plain function, so it cannot be a condition"
        hint = "decorate a function defined with `def name(*args: object) -> bool:`"
        raise RegistrationError(Problem("EW101", what, hint=hint))
    setattr(function, CONDITION_ATTRIBUTE, True)
    return function


def is_condition(function: object) -> bool:
    """Return whether `skip_condition` marked a function."""
    return getattr(function, CONDITION_ATTRIBUTE, False) is True


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
