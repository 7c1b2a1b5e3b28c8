"""Index levels made of times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from ecoscope_workflows.registry.signature import task_info
from ecoscope_workflows.tasks.groupby import split_groups
from ecoscope_workflows.tasks.groupers import (
    DIRECTIVES,
    MONTHS,
    AllGrouper,
    SpatialGrouper,
    TemporalGrouper,
    ValueGrouper,
)
from ecoscope_workflows.tasks.transformation import add_temporal_index

if TYPE_CHECKING:
    from pathlib import Path

    from ecoscope_workflows.tasks.groupers import UserDefinedGroupers

MONTH = TemporalGrouper(temporal_index="%B")
HOUR = TemporalGrouper(temporal_index="%H")


def times(*texts: str | None, zone: str = "UTC") -> pd.DataFrame:
    column = pd.to_datetime(pd.Series(texts, dtype=object), utc=True).dt.tz_convert(zone)
    return pd.DataFrame(
        {"time": column.array, "value": range(len(texts))}, index=list("abcdefg"[: len(texts)])
    )


def levels(frame: pd.DataFrame, name: str = "TemporalGrouper_%B") -> list[Any]:
    return list(frame.index.get_level_values(name))


@pytest.mark.parametrize("directive", DIRECTIVES)
def test_levels_are_what_strftime_writes(directive: Any) -> None:
    days = pd.date_range("2023-12-25 05:30", "2025-03-05", freq="29h", tz="Africa/Nairobi")
    frame = pd.DataFrame({"time": days})
    indexed = add_temporal_index(frame, "time", [TemporalGrouper(temporal_index=directive)])
    assert levels(indexed, f"TemporalGrouper_{directive}") == [day.strftime(directive) for day in days]


def test_times_count_in_the_zone_of_their_column() -> None:
    moment = "2024-01-31T22:30:00Z"
    assert levels(add_temporal_index(times(moment), "time", [MONTH])) == ["January"]
    assert levels(add_temporal_index(times(moment, zone="Africa/Nairobi"), "time", [MONTH])) == ["February"]
    # Over the change to summer time: 01:30 and 03:30 on clocks there, an hour apart.
    spring = times("2024-03-31T00:30:00Z", "2024-03-31T01:30:00Z", zone="Europe/Berlin")
    assert levels(add_temporal_index(spring, "time", [HOUR]), HOUR.index_name) == ["01", "03"]


def test_a_level_per_temporal_grouper_behind_the_index() -> None:
    frame = times("2024-05-01T10:00:00Z", None, "2023-04-01T00:00:00Z", "2024-05-01T10:00:00Z")
    before = frame.copy()
    groupers: UserDefinedGroupers = [
        ValueGrouper(index_name="value"),
        MONTH,
        SpatialGrouper(spatial_index_name="Place"),
        HOUR,
    ]
    indexed = add_temporal_index(frame, "time", groupers)
    assert indexed.index.names == [None, "TemporalGrouper_%B", "TemporalGrouper_%H"]
    assert indexed.index.get_level_values(0).tolist() == list("abcd")
    assert levels(indexed)[0] == "May"
    assert pd.isna(levels(indexed)[1])
    assert levels(indexed, HOUR.index_name)[2:] == ["00", "10"]
    assert_frame_equal(indexed.reset_index([1, 2], drop=True), before)
    assert_frame_equal(frame, before)


def test_a_level_that_is_there_already_stays() -> None:
    once = add_temporal_index(times("2024-05-01T10:00:00Z"), "time", [MONTH])
    assert_frame_equal(add_temporal_index(once, "time", [MONTH, MONTH]), once)


@pytest.mark.parametrize("groupers", [AllGrouper(), [], [ValueGrouper(index_name="value")]])
def test_without_temporal_groupers_the_index_stays(groupers: Any) -> None:
    frame = times("2024-05-01T10:00:00Z")
    assert_frame_equal(add_temporal_index(frame, "time", groupers), frame)


@pytest.mark.parametrize(
    ("texts", "time_format", "expected"),
    [
        (["2024-05-01", "2024-06-01T00:00:00"], "mixed", ["May", "June"]),
        (["01/05/2024", "02/06/2024"], "%d/%m/%Y", ["May", "June"]),
        (["2024-05-01T23:00:00+03:00", "2024-06-01T00:00:00+03:00"], "mixed", ["May", "June"]),
        ([], "mixed", []),
    ],
)
def test_times_that_are_written(texts: list[str], time_format: str, expected: list[str]) -> None:
    frame = pd.DataFrame({"time": pd.Series(texts, dtype=object)})
    indexed = add_temporal_index(frame, "time", [MONTH], format=time_format)
    assert levels(indexed) == expected
    assert pd.api.types.is_datetime64_any_dtype(indexed["time"])
    assert frame["time"].tolist() == texts
    # Also where nothing is grouped by time, so that the column is the same either way.
    alone = add_temporal_index(frame, "time", AllGrouper(), format=time_format)
    assert_frame_equal(alone.reset_index(drop=True), indexed.reset_index(drop=True))


@pytest.mark.parametrize(
    ("texts", "cast", "message"),
    [
        (["2024-05-01T00:00:00+03:00", "2024-05-01T00:00:00+01:00"], True, "converted to one zone before"),
        (["yesterday"], True, "column 'time' cannot be read as times with format='mixed'"),
        (["2024-05-01"], False, "set cast_to_datetime to true"),
    ],
)
def test_times_that_cannot_be_read(texts: list[str], cast: bool, message: str) -> None:
    frame = pd.DataFrame({"time": texts})
    with pytest.raises(ValueError, match=message):
        add_temporal_index(frame, "time", [MONTH], cast_to_datetime=cast)


def test_a_column_that_is_missing() -> None:
    with pytest.raises(ValueError, match="no column 'when' of times; existing columns: time, value"):
        add_temporal_index(times("2024-05-01T00:00:00Z"), "when", [MONTH])


def test_groupers_stand_in_no_form() -> None:
    parameters = task_info(add_temporal_index, "transformation", "add_temporal_index").parameters
    assert [name for name, parameter in parameters.items() if parameter.hidden] == ["groupers"]
    for name in ("cast_to_datetime", "format"):
        assert parameters[name].adapter.json_schema()["ecoscope:advanced"] is True


def test_the_months_of_the_published_events(reference_data: Path) -> None:
    events = gpd.read_parquet(reference_data / "ecoscope2026" / "io" / "get-events.example-return.parquet")
    groups = split_groups(add_temporal_index(events, "time", [MONTH]), [MONTH])
    counts = {key[0][2]: len(group) for key, group in groups}
    assert list(counts) == sorted(MONTHS)
    assert [counts[month] for month in MONTHS] == [98, 59, 46, 63, 72, 48, 73, 55, 78, 65, 58, 69]
