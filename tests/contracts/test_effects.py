"""What a task says that it does to columns, applied to what is known of a frame."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from tests.contracts.made_schemas import schema

from ecoscope_workflows.annotations import AnyDataFrame, Column, UTCDatetime
from ecoscope_workflows.contracts.dtypes import DType
from ecoscope_workflows.contracts.effects import Effect, applied, narrowed
from ecoscope_workflows.contracts.frame_data import UNSAID, ColumnType, FrameType, IndexLevel
from ecoscope_workflows.contracts.frame_types import schema_type
from ecoscope_workflows.decorators import distributed, task_metadata
from ecoscope_workflows.errors import RegistrationError
from ecoscope_workflows.tasks.analysis import summarize_df
from ecoscope_workflows.tasks.schemas import Relocations
from ecoscope_workflows.tasks.transformation import (
    add_spatial_index,
    add_temporal_index,
    apply_reloc_coord_filter,
    explode,
    filter_df,
)

if TYPE_CHECKING:
    from collections.abc import Callable

FIXES = schema_type(schema("Fixes", str, None, time=UTCDatetime, speed=float, note=str))
ANYTHING = FrameType()


def dtypes(frame: FrameType) -> dict[str, str]:
    return {name: str(column.dtype) for name, column in frame.columns.items()}


def test_columns_that_are_not_named_pass_through() -> None:
    after = applied(Effect(), FIXES)
    assert after.columns == FIXES.columns
    assert after.index == FIXES.index
    assert after.rest == "extra"


def test_keeping_drops_all_else_and_promises_what_is_kept() -> None:
    after = applied(Effect(keeps=["note", "colour"]), FIXES)
    assert dtypes(after) == {"note": "text", "colour": "any"}
    assert after.columns["colour"] == UNSAID
    assert after.rest == "nothing"


def test_dropped_columns_are_absent_even_where_nothing_else_is_known() -> None:
    after = applied(Effect(drops=["speed"]), ANYTHING)
    assert after.absent == {"speed"}
    assert after.rest == "unknown"
    assert "speed" not in applied(Effect(drops=["speed"]), FIXES).columns


def test_a_renamed_column_keeps_its_type_and_leaves_its_old_name() -> None:
    after = applied(Effect(renames={"time": "fixtime", "note": "time", "other": "more"}), FIXES)
    assert dtypes(after) == {"fixtime": "datetime in UTC", "time": "text", "speed": "float64"}
    assert after.absent == {"note", "other"}


def test_the_order_is_keep_drop_rename_add() -> None:
    effect = Effect(keeps=["time", "note"], drops=["note"], renames={"time": "note"}, adds={"time": int})
    assert dtypes(applied(effect, FIXES)) == {"note": "datetime in UTC", "time": "int64"}


def test_an_added_column_replaces_one_of_its_name_and_is_there_again() -> None:
    after = applied(Effect(drops=["speed"], adds={"speed": str, "is_night": bool}), FIXES)
    assert dtypes(after)["speed"] == "text"
    assert after.absent == frozenset()
    assert (after.columns["speed"].nullable, after.columns["is_night"].nullable) == (None, False)


def test_more_can_be_said_of_an_added_column() -> None:
    after = applied(Effect(adds={"share": Annotated[float, Column(ge=0, le=1)]}), ANYTHING)
    share = after.columns["share"]
    assert (share.dtype, share.nullable, share.constraints) == (
        DType("float64"),
        False,
        (("ge", 0), ("le", 1)),
    )


def test_what_a_frame_satisfied_as_a_whole_is_no_longer_said() -> None:
    strict = schema_type(schema("Strict", None, {"strict": True, "ordered": True, "unique": ["a"]}, a=int))
    after = applied(Effect(adds={"b": int}), strict)
    assert (after.strict, after.ordered, after.rules) == (False, False, frozenset())
    assert after.rest == "nothing"


def test_rows_that_get_another_index_are_no_longer_said_to_be_unique() -> None:
    named = FrameType(
        columns={"name": ColumnType(unique=True), "count": UNSAID},
        index=(IndexLevel("id", ColumnType(unique=True)),),
        rest="nothing",
        absent=frozenset({"speed"}),
    )
    kept = applied(Effect(), named)
    assert (kept.index, kept.columns["name"].unique) == (named.index, True)
    added = Annotated[str, Column(unique=True)]
    after = applied(Effect(adds={"key": added}, reindexes=True), named)
    assert after.index == ()
    assert {name: column.unique for name, column in after.columns.items()} == {
        "name": False,
        "count": False,
        "key": True,
    }
    assert after.rest == "nothing"
    assert after.absent == {"speed"}


def test_columns_of_unknown_names_may_be_any_that_the_frame_lacked() -> None:
    after = applied(Effect(keeps=["time"], drops=["note"], adds_others=True), FIXES)
    assert dtypes(after) == {"time": "datetime in UTC"}
    assert (after.rest, after.absent) == ("unknown", frozenset())


@pytest.mark.parametrize(
    ("task", "arguments"),
    [
        (add_temporal_index, {"time_col": "time"}),
        (add_spatial_index, {}),
        (apply_reloc_coord_filter, {}),
        (filter_df, {}),
        (explode, {"column_name": "note"}),
        (summarize_df, {"summary_params": [], "groupby_cols": ["note"], "reset_index": False}),
    ],
)
def test_built_in_tasks_that_change_the_index_say_so(
    task: Callable[..., object], arguments: dict[str, Any]
) -> None:
    metadata = task_metadata(task)
    assert metadata is not None
    effect = metadata.effect
    if effect is not None and not isinstance(effect, Effect):
        effect = effect(**arguments)
    assert effect is not None
    assert FIXES.index
    assert applied(effect, FIXES).index == ()


def test_a_declared_type_and_an_effect_hold_together() -> None:
    declared = schema_type(Relocations)
    passed = applied(Effect(keeps=["fixtime", "colour"], adds={"n": int}), ANYTHING)
    both = narrowed(passed, declared)
    assert set(both.columns) == {*declared.columns, "colour", "n"}
    assert both.columns["fixtime"].dtype == DType("datetime", "aware")
    assert both.rest == "nothing"


def test_an_effect_cannot_be_changed() -> None:
    names = ["a"]
    effect = Effect(drops=names, renames={"a": "b"})
    names.append("c")
    assert effect.drops == ("a",)
    with pytest.raises(FrozenInstanceError):
        effect.drops = ()  # type: ignore[misc]  # what is tested
    with pytest.raises(TypeError):
        effect.renames["b"] = "c"  # type: ignore[index]  # what is tested


def test_a_task_carries_its_effect() -> None:
    effect = Effect(adds={"is_night": bool})

    @distributed(effect=effect)
    def classify(df: AnyDataFrame) -> AnyDataFrame:
        return df

    metadata = task_metadata(classify)
    assert metadata is not None
    assert metadata.effect is effect


def test_an_effect_of_a_parameter_that_does_not_exist_is_refused() -> None:
    def effect(columns: list[str]) -> Effect:
        return Effect(drops=columns)

    def drop(df: AnyDataFrame, names: list[str]) -> AnyDataFrame:
        del names
        return df

    faults: list[Any] = []
    for wrong in (effect, Effect(frame="frame")):
        with pytest.raises(RegistrationError) as caught:
            distributed(effect=wrong)(drop)
        faults += caught.value.problems
    assert [problem.code for problem in faults] == ["EW112", "EW112"]
    assert "'columns'" in faults[0].what
    assert "'frame'" in faults[1].what
    assert faults[0].hint == "its parameters are df, names"
