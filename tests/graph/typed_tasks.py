"""Small tasks of all kinds of types, their catalog, and specs of them."""

from __future__ import annotations

import datetime as dt
import re
import textwrap
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import BaseModel

from ecoscope_workflows.annotations import (
    AnyDataFrame,
    DataFrame,
    Html,
    InputFile,
    JsonSerializableDataFrameModel,
    LineGeometry,
    Series,
    UTCDatetime,
)
from ecoscope_workflows.contracts.skipping import SkipSentinel
from ecoscope_workflows.decorators import Effect, distributed
from ecoscope_workflows.errors import SpecError
from ecoscope_workflows.graph.model import Graph, Node
from ecoscope_workflows.graph.resolve import resolve
from ecoscope_workflows.registry.catalog import Catalog, installed_catalog
from ecoscope_workflows.registry.signature import TaskInfo, task_info
from ecoscope_workflows.spec.load import parse_spec

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecoscope_workflows.errors import Problem


class Fixes(JsonSerializableDataFrameModel):
    time: Series[UTCDatetime]
    speed: Series[float]


class NaiveFixes(JsonSerializableDataFrameModel):
    time: Series[dt.datetime]
    speed: Series[float]


class NightFixes(Fixes):
    is_night: Series[bool]


class SlowTrajectory(JsonSerializableDataFrameModel):
    """A trajectory as a package without speeds would return it."""

    groupby_col: Series[str]
    segment_start: Series[UTCDatetime]
    segment_end: Series[UTCDatetime]
    timespan_seconds: Series[float]
    dist_meters: Series[float]
    heading: Series[float]
    junk_status: Series[bool]
    geometry: Series[LineGeometry]


class Window(BaseModel):
    since: int
    until: int = 9


@distributed
def read_fixes() -> DataFrame[Fixes]:
    raise NotImplementedError


@distributed
def read_naive_fixes() -> DataFrame[NaiveFixes]:
    raise NotImplementedError


@distributed
def read_slow_trajectory() -> DataFrame[SlowTrajectory]:
    raise NotImplementedError


@distributed
def read_anything() -> AnyDataFrame:
    raise NotImplementedError


@distributed
def use_fixes(fixes: DataFrame[Fixes]) -> int:
    return len(fixes)


@distributed
def use_night_fixes(fixes: DataFrame[NightFixes]) -> int:
    return len(fixes)


@distributed
def concatenate(frames: list[DataFrame[Fixes]]) -> DataFrame[Fixes]:
    return frames[0]


@distributed
def split(fixes: DataFrame[Fixes]) -> list[tuple[str, DataFrame[Fixes]]]:
    return [("all", fixes)]


@distributed(effect=Effect(adds={"is_night": bool}))
def classify_night(df: AnyDataFrame) -> AnyDataFrame:
    return df


@distributed(effect=lambda columns: Effect(drops=columns) if columns else None)
def drop_columns(df: AnyDataFrame, columns: list[str]) -> AnyDataFrame:
    return df.drop(columns=columns)


def _renamed(names: dict[str, str]) -> Effect:
    if len(set(names.values())) < len(names):
        raise ValueError("two columns get the same name")
    return Effect(renames=names)


@distributed(effect=_renamed)
def rename_columns(df: AnyDataFrame, names: dict[str, str]) -> AnyDataFrame:
    return df.rename(columns=names)


@distributed(effect=lambda by: Effect(drops=[by.upper(), by.nonsense]))
def sort_rows(df: AnyDataFrame, by: str) -> AnyDataFrame:
    return df.sort_values(by)


@distributed
def page(fixes: AnyDataFrame) -> Html:
    return str(fixes)


@distributed
def numbers(n: int = 3) -> list[int]:
    return list(range(n))


@distributed
def pairs() -> list[tuple[int, float]]:
    return [(1, 2.0)]


@distributed
def keyed() -> list[tuple[str, float]]:
    return [("a", 1.0)]


@distributed
def keyed_pairs() -> list[tuple[str, tuple[int, float]]]:
    return [("a", (1, 2.0))]


@distributed
def half(x: float) -> float:
    return x / 2


@distributed
def double(n: int) -> int:
    return 2 * n


@distributed
def scale(n: int, factor: float) -> float:
    return n * factor


@distributed
def total(values: list[float]) -> float:
    return sum(values)


@distributed
def word(n: int = 1) -> str:
    return "x" * n


@distributed
def maybe_word() -> str | None:
    return None


@distributed
def skipped_word() -> str | SkipSentinel:
    return ""


@distributed
def shout(text: str) -> str:
    return text.upper()


@distributed
def anything() -> Any:
    return 1


@distributed
def window() -> Window:
    return Window(since=1)


@distributed
def within(window: Window, bounds: tuple[int, int] = (0, 1), either: int | list[str] = 0) -> int:
    return window.since + bounds[0] + int(bool(either))


@distributed
def pack(context: dict[str, int], columns: list[list[int]] | None = None) -> int:
    return len(context) + len(columns or ())


@distributed
def read_file(path: InputFile) -> int:
    return path.stat().st_size


OWN: list[Callable[..., Any]] = [
    *(read_fixes, read_naive_fixes, read_slow_trajectory, read_anything, use_fixes, use_night_fixes),
    *(concatenate, split, classify_night, drop_columns, rename_columns, sort_rows, page, numbers, pairs),
    *(keyed, keyed_pairs, half, double, scale, total, word, maybe_word, skipped_word, shout, anything),
    *(window, within, pack, read_file),
]


_RESULT = re.compile(r"@(\w+)((?:\.\w+|\[-?\d+\])*)")


def catalog() -> Catalog:
    """Return the tasks above beside the built-in ones."""
    built_in = [task for task in installed_catalog() if task.module.startswith("ecoscope_workflows.tasks.")]
    own = [task_info(task, "kit.tasks", task.__name__, "kit 1.0") for task in OWN]
    return replace(Catalog.of([*built_in, *own]), conditions=installed_catalog().conditions)


def unchecked(instances: str) -> Graph:
    """Return the graph of a spec that no rule has been asked about.

    So it may hold results of types for which there is no file yet.
    """
    spec, known = parse_spec(_text(instances), "spec.yaml"), catalog()
    nodes = {}
    for instance in spec.instances:
        task = known.find(instance.task)
        assert isinstance(task, TaskInfo)
        nodes[instance.id] = Node(instance, task)
    return Graph(spec, nodes)


def graph(instances: str, *, strict: bool = False, file: str = "spec.yaml") -> Graph:
    """Resolve a spec that is given by its instances, one on each line as a YAML flow mapping.

    The result of an instance, or a part of it, is written ``@instance.part``.
    """
    return resolve(parse_spec(_text(instances), file), catalog(), strict=strict)


def _text(instances: str) -> str:
    written = _RESULT.sub(r'"${{ workflow.\1.return\2 }}"', textwrap.dedent(instances))
    lines = [f"  - {line}" for line in written.strip().splitlines()]
    return "\n".join(["id: flow", "requirements: []", "workflow:", *lines, ""])


def faults(instances: str, *, strict: bool = False) -> list[Problem]:
    """Return what is wrong with a spec."""
    with pytest.raises(SpecError) as caught:
        graph(instances, strict=strict)
    return list(caught.value.problems)
