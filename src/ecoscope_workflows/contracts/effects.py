"""What a task does to the columns of a frame that passes through it, so that they can be followed.

A task that takes any frame and returns any frame (rename, filter, classify) says nothing of columns in its
signature.
With an effect it does, and what a later task needs can still be checked before anything runs.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin

from ecoscope_workflows.contracts.columns import ColumnOptions
from ecoscope_workflows.contracts.dtypes import dtype_of
from ecoscope_workflows.contracts.frame_data import UNSAID, ColumnType, FrameType
from ecoscope_workflows.contracts.frame_types import column_type
from ecoscope_workflows.errors import Problem, Where

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What happens to the columns of a frame, in this order: keep, drop, rename, add.

    Columns that are not named pass through, and their values stay of the type they were.

    Parameters
    ----------
    keeps
        The only columns that are kept; None keeps all.
        A task that declares this raises an error where a frame lacks one of them.
    drops
        Columns that are removed, where they exist.
    renames
        New names of columns by their old ones, where they exist.
    adds
        Columns that are added or replaced, by name: the type of their values as in ``Series[...]``, or
        ``Any`` where it is not known.
        ``Annotated[float, Column(ge=0)]`` says more of one, such as that it has no nulls.
    adds_others
        Whether columns may be added whose names are known only when the task runs, such as the levels of an
        index that is reset.
        They are none that the frame had.
    reindexes
        Whether the rows get another index, or may stand more than once: of the index, and of columns whose
        values stood once only, that is not said any more.
    frame
        The parameter that takes the frame; the first one that takes a data frame where this is empty.

    Examples
    --------
    >>> Effect(drops=["junk_status"], renames={"fixtime": "time"}).drops
    ('junk_status',)
    """

    keeps: Sequence[str] | None = None
    drops: Sequence[str] = ()
    renames: Mapping[str, str] = field(default_factory=dict)
    adds: Mapping[str, Any] = field(default_factory=dict)
    adds_others: bool = False
    reindexes: bool = False
    frame: str = ""

    def __post_init__(self) -> None:
        """Make what was given unchangeable."""
        object.__setattr__(self, "keeps", None if self.keeps is None else tuple(self.keeps))
        object.__setattr__(self, "drops", tuple(self.drops))
        object.__setattr__(self, "renames", MappingProxyType(dict(self.renames)))
        object.__setattr__(self, "adds", MappingProxyType(dict(self.adds)))


# An effect that depends on arguments is a function of them, under the names that they have in the task.
# It returns None for arguments of which nothing can be said, as if the task had no effect declared.
EffectOf = Callable[..., Effect | None]


def effect_arguments(effect: Effect | EffectOf) -> tuple[str, ...]:
    """Return the names of the arguments that an effect depends on."""
    return () if isinstance(effect, Effect) else tuple(inspect.signature(effect).parameters)


def effect_faults(effect: Effect | EffectOf, task: Callable[..., object]) -> list[Problem]:
    """Return what is wrong with the declared effect of a task."""
    where = Where(task.__code__.co_filename, task.__code__.co_firstlineno)
    named = [effect.frame] if isinstance(effect, Effect) and effect.frame else effect_arguments(effect)
    known = inspect.signature(task).parameters
    return [
        Problem(
            "EW112",
            f"the effect of task {task.__name__!r} names {name!r}, which is no parameter of it",
            where,
            f"its parameters are {', '.join(known)}",
        )
        for name in named
        if name not in known
    ]


def applied(effect: Effect, frame: FrameType) -> FrameType:
    """Return what is said of a frame once an effect has happened to it."""
    columns = dict(frame.columns)
    absent = set(frame.absent)
    rest = frame.rest
    if effect.keeps is not None:
        columns = {name: _kept(columns.get(name)) for name in effect.keeps}
        rest = "nothing"
        absent = set()
    for name in effect.drops:
        columns.pop(name, None)
        absent.add(name)
    columns, absent = _renamed(columns, absent, effect.renames)
    if effect.reindexes:
        columns = {name: replace(column, unique=False) for name, column in columns.items()}
    columns |= {name: _added(kind) for name, kind in effect.adds.items()}
    return replace(
        frame,
        columns=MappingProxyType(columns),
        index=() if effect.reindexes else frame.index,
        rest="unknown" if effect.adds_others else rest,
        absent=frozenset() if effect.adds_others else frozenset(absent - set(columns)),
        # What the frame as a whole satisfied may no longer hold.
        ordered=False,
        strict=False,
        rules=frozenset(),
    )


def _kept(column: ColumnType | None) -> ColumnType:
    # A frame without the column raises an error, so there is one in every result.
    return UNSAID if column is None else replace(column, required=True)


def _renamed(
    columns: Mapping[str, ColumnType], absent: Iterable[str], renames: Mapping[str, str]
) -> tuple[dict[str, ColumnType], set[str]]:
    renamed = {renames.get(name, name): column for name, column in columns.items()}
    missing = {name for name in absent if name not in renames.values()} | set(renames)
    return renamed, missing - set(renamed)


def _added(kind: Any) -> ColumnType:
    if get_origin(kind) is Annotated:
        for item in kind.__metadata__:
            if isinstance(item, ColumnOptions):
                return column_type(get_args(kind)[0], item.options)
    # Of these types no value is a null; of others, it is not said.
    return ColumnType(dtype=dtype_of(kind), nullable=False if kind in (bool, int) else None)


def narrowed(passed: FrameType, declared: FrameType) -> FrameType:
    """Return what is said of a result by its effect and by its declared type together.

    Both hold: the declared type is checked when the task has run.
    """
    columns = dict(passed.columns)
    for name, column in declared.columns.items():
        known = columns.get(name)
        columns[name] = column if known is None else _more_said(column, known)
    return replace(
        declared,
        name=declared.name or passed.name,
        columns=MappingProxyType(columns),
        index=declared.index or passed.index,
        geo=declared.geo or passed.geo,
        rest="nothing" if "nothing" in (declared.rest, passed.rest) else passed.rest,
        absent=passed.absent - set(columns),
    )


def _more_said(declared: ColumnType, passed: ColumnType) -> ColumnType:
    """Return a declared column, with what only the other one says of it."""
    same = passed.dtype == declared.dtype
    return replace(
        declared,
        dtype=passed.dtype if declared.dtype == UNSAID.dtype else declared.dtype,
        nullable=False if passed.nullable is False else declared.nullable,
        crs=declared.crs or (passed.crs if same else ""),
    )
