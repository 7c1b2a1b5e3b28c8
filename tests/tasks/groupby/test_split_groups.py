"""Rows split by columns and levels of the index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from shapely import Point

from ecoscope_workflows.tasks.groupby import split_groups
from ecoscope_workflows.tasks.groupers import AllGrouper, SpatialGrouper, TemporalGrouper, ValueGrouper

if TYPE_CHECKING:
    from pathlib import Path

SEX = ValueGrouper(index_name="sex")
KIND = ValueGrouper(index_name="kind")
MONTH = TemporalGrouper(temporal_index="%B")
PLACE = SpatialGrouper(spatial_index_name="Place")


def animals(**columns: Any) -> gpd.GeoDataFrame:
    given = {"sex": ["m", "f", None, "f", "m"], "kind": ["b", "a", "a", "b", "b"], **columns}
    geometry = [Point(0, 0), None, Point(1, 1), Point(2, 2), Point(3, 3)]
    return gpd.GeoDataFrame(given, geometry=geometry, crs="EPSG:4326", index=list("vwxyz"))


def rows(groups: Any) -> dict[tuple[str, ...], str]:
    return {tuple(value for _, _, value in key): "".join(group.index) for key, group in groups}


@pytest.mark.parametrize("groupers", [AllGrouper(), []])
def test_without_groupers_it_is_one_group(groupers: Any) -> None:
    frame = animals()
    ((key, group),) = split_groups(frame, groupers)
    assert key == (("All", "=", "True"),)
    assert group is frame


def test_groups_in_the_order_of_their_values_rows_in_theirs() -> None:
    frame = animals()
    before = frame.copy()
    groups = split_groups(frame, [SEX, KIND])
    assert [key for key, _ in groups] == [
        (("sex", "=", "None"), ("kind", "=", "a")),
        (("sex", "=", "f"), ("kind", "=", "a")),
        (("sex", "=", "f"), ("kind", "=", "b")),
        (("sex", "=", "m"), ("kind", "=", "b")),
    ]
    assert [list(group.index) for _, group in groups] == [["x"], ["w"], ["y"], ["v", "z"]]
    assert groups[0][1]["sex"].tolist() == ["None"]
    last = groups[-1][1]
    assert isinstance(last, gpd.GeoDataFrame)
    assert last.crs == frame.crs
    assert list(last.columns) == list(frame.columns)
    assert_frame_equal(frame, before)


@pytest.mark.parametrize("as_object", [False, True])
def test_an_index_level_counts_like_a_column(as_object: bool) -> None:
    frame = animals()
    if as_object:
        frame["sex"] = frame["sex"].astype(object)
    levels = frame.set_index("sex", append=True)
    groups = split_groups(levels, [SEX])
    assert [key[0][2] for key, _ in groups] == ["None", "f", "m"]
    assert groups[0][1].index.tolist() == [("x", "None")]
    assert groups[2][1].index.names == [None, "sex"]
    alone = split_groups(frame.set_index("sex"), [SEX])
    assert [(key[0][2], group.index.tolist()) for key, group in alone] == [
        ("None", ["None"]),
        ("f", ["f", "f"]),
        ("m", ["m", "m"]),
    ]


def test_a_level_counts_where_there_is_a_column_of_the_name_too() -> None:
    frame = animals().set_index(pd.Index(list("ppqqq"), name="kind"))
    assert [(key[0][2], len(group)) for key, group in split_groups(frame, [KIND])] == [("p", 2), ("q", 3)]


def test_rows_without_a_time_or_a_place_are_in_no_group_and_are_counted() -> None:
    frame = animals()
    months = pd.Index(["May", None, "May", "April", "May"], name="TemporalGrouper_%B")
    regions = pd.Index(["W", "W", "W", None, "E"], name="SpatialGrouper_Place")
    frame = frame.set_index(months, append=True).set_index(regions, append=True)
    with pytest.warns(UserWarning, match=r"2 of 5 rows are in no group: .*TemporalGrouper_%B"):
        groups = split_groups(frame, [MONTH, PLACE, KIND])
    assert [(tuple(value for _, _, value in key), len(group)) for key, group in groups] == [
        (("May", "E", "b"), 1),
        (("May", "W", "a"), 1),
        (("May", "W", "b"), 1),
    ]


@pytest.mark.parametrize(
    ("values", "found"),
    [([1, 2, 3, 4, 5], "int64"), ([1.5, None, 2, 2, 2], "object"), ([b"a"] * 5, "object")],
)
def test_what_is_no_text_is_refused(values: list[Any], found: str) -> None:
    frame = animals(kind=values)
    text = "used as categorical value groupers must contain only string data"
    with pytest.raises(
        ValueError, match=rf"All columns {text} \(with no null values\); got {found} in 'kind'"
    ):
        split_groups(frame, [KIND])
    with pytest.raises(ValueError, match=f"All indexes {text}"):
        split_groups(frame.set_index("kind", append=True), [KIND])


@pytest.mark.parametrize(
    ("grouper", "message"),
    [
        (
            ValueGrouper(index_name="k"),
            "Value grouper 'k' is neither a column nor an index in the DataFrame",
        ),
        (MONTH, "'TemporalGrouper_%B' is neither a column nor an index.*use add_temporal_index"),
        (PLACE, "'SpatialGrouper_Place' is neither a column nor an index.*use add_spatial_index"),
    ],
)
def test_a_grouper_that_the_frame_lacks(grouper: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        split_groups(animals(), [SEX, grouper])


@pytest.mark.parametrize(
    ("frame", "name", "note"),
    [
        (animals(), "sexe", "did you mean 'sex'?; columns: sex, kind, geometry"),
        (animals(), "q", "columns: sex, kind, geometry"),
        (
            animals().set_index("sex", append=True),
            "sexx",
            "did you mean 'sex'?; columns: kind, geometry; index levels: sex",
        ),
        (pd.DataFrame({1: ["a"]}), "q", "columns: 1"),
        (pd.DataFrame(index=pd.Index(["a"], name="day")), "q", "columns: none; index levels: day"),
    ],
)
def test_a_note_says_what_a_value_grouper_may_mean(frame: pd.DataFrame, name: str, note: str) -> None:
    with pytest.raises(ValueError, match="neither a column nor an index in the DataFrame") as caught:
        split_groups(frame, [ValueGrouper(index_name=name)])
    assert caught.value.__notes__ == [note]


def test_few_rows() -> None:
    assert split_groups(animals().iloc[:0], [SEX, KIND]) == []
    assert rows(split_groups(animals().iloc[:1], [SEX])) == {("m",): "v"}


def test_rows_with_the_same_index_stay_apart() -> None:
    frame = animals().set_axis(["x"] * 5, axis="index")
    assert rows(split_groups(frame, [SEX])) == {("None",): "x", ("f",): "xx", ("m",): "xx"}


def test_the_groups_of_the_published_events(reference_data: Path) -> None:
    events = gpd.read_parquet(reference_data / "ecoscope2026" / "io" / "get-events.example-return.parquet")
    groups = split_groups(events, [ValueGrouper(index_name="event_type")])
    assert {key[0][2]: len(group) for key, group in groups} == {
        "bird_sighting_rep": 137,
        "fire_rep": 138,
        "hwc_rep": 130,
        "injured_animal_rep": 121,
        "poacher_camp_rep": 127,
        "wildlife_sighting_rep": 131,
    }
