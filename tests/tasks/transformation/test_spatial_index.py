"""Index levels made of the regions that rows lie in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from shapely import LineString, MultiPolygon, Point, box

from ecoscope_workflows.annotations import SkipSentinel
from ecoscope_workflows.registry.signature import task_info
from ecoscope_workflows.tasks.groupby import split_groups
from ecoscope_workflows.tasks.groupers import AllGrouper, SpatialGrouper, TemporalGrouper, view_key
from ecoscope_workflows.tasks.transformation import (
    add_spatial_index,
    resolve_spatial_feature_groups_for_spatial_groupers,
)

if TYPE_CHECKING:
    from pathlib import Path

PLACE = SpatialGrouper(spatial_index_name="Place")
MONTH = TemporalGrouper(temporal_index="%B")
LEVEL = "SpatialGrouper_Place"
WEST, EAST = box(0, 0, 2, 2), box(1, 0, 4, 2)


def feature_group(
    geometries: list[Any], names: list[str | None], group: str = "Place", crs: Any = "EPSG:4326"
) -> gpd.GeoDataFrame:
    columns = {
        "name": pd.Series(names, dtype=object).to_numpy(),
        "short_name": "",
        "feature_type": "area",
        "pk": [f"pk-{number}" for number in range(len(names))],
        "metadata": [{"id": "1", "display_name": group} for _ in names],
    }
    return gpd.GeoDataFrame(columns, geometry=geometries, crs=crs)


def resolved(*frames: Any, groupers: Any = (PLACE,)) -> Any:
    """Call the task as a workflow does: its argument read by its type first."""
    task = resolve_spatial_feature_groups_for_spatial_groupers
    parameter = task_info(task, "transformation", task.__name__).parameters["spatial_feature_groups"]
    return task(list(groupers), parameter.adapter.validate_python(list(frames)))


TWO = feature_group([WEST, EAST], ["West", "East"])


def events(*geometries: Any, crs: Any = "EPSG:4326") -> gpd.GeoDataFrame:
    ids = pd.Index([f"event-{number}" for number in range(len(geometries))], name="id", dtype="str")
    return gpd.GeoDataFrame({"region": "own"}, geometry=list(geometries), crs=crs, index=ids)


def segments(*lines: LineString) -> gpd.GeoDataFrame:
    times = pd.date_range("2024-01-01", periods=len(lines) + 1, freq="h", tz="UTC")
    columns = {
        "segment_start": times[:-1],
        "segment_end": times[1:],
        "speed_kmhr": 10.0,
        "region": "own",
    }
    return gpd.GeoDataFrame(columns, geometry=list(lines), crs="EPSG:4326")


def test_events_in_one_several_and_no_region() -> None:
    frame = events(Point(3, 1), Point(1.5, 1), Point(9, 9), Point(0, 0), LineString([(-1, 1), (0.5, 1)]))
    before = frame.copy()
    indexed = add_spatial_index(frame, resolved(TWO))
    assert indexed.index.names == ["id", LEVEL]
    assert indexed.index.tolist() == [
        ("event-0", "East"),
        ("event-1", "West"),
        ("event-1", "East"),
        ("event-3", "West"),
        ("event-4", "West"),
    ]
    assert list(indexed.columns) == list(frame.columns)
    assert indexed.crs == frame.crs
    assert_frame_equal(frame, before)


def test_segments_are_cut_at_the_border() -> None:
    frame = segments(
        LineString([(-1, 1), (0.5, 1)]), LineString([(2.5, 1), (3, 1)]), LineString([(8, 8), (9, 9)])
    )
    before = frame.copy()
    indexed = add_spatial_index(frame, resolved(TWO))
    assert indexed.index.tolist() == [(0, "West"), (1, "East")]
    assert list(indexed.geometry.iloc[0].coords) == [(0, 1), (0.5, 1)]
    assert indexed["region"].tolist() == ["own", "own"]
    assert "name" not in indexed.columns
    assert_frame_equal(frame, before)


def test_a_segment_over_the_antimeridian_takes_the_short_way() -> None:
    regions = feature_group([box(178, -1, 180, 1), box(-180, -1, -178, 1), WEST], ["Fiji", "Samoa", "Gulf"])
    indexed = add_spatial_index(segments(LineString([(179, 0.5), (-179, 0.5)])), resolved(regions))
    assert sorted(indexed.index.get_level_values(LEVEL)) == ["Fiji", "Samoa"]


def test_rows_in_another_projection() -> None:
    points = events(Point(3, 1), Point(9, 9)).to_crs("EPSG:3857")
    indexed = add_spatial_index(points, resolved(TWO.to_crs("EPSG:32631")))
    assert indexed.index.tolist() == [("event-0", "East")]
    assert indexed.crs == "EPSG:3857"


@pytest.mark.parametrize("geometry", [None, Point()])
def test_rows_without_a_place_are_left_out_and_counted(geometry: Any) -> None:
    with pytest.warns(UserWarning, match=r"1 of 2 rows have no geometry and were left out.*'Place'"):
        indexed = add_spatial_index(events(geometry, Point(3, 1)), resolved(TWO))
    assert indexed.index.tolist() == [("event-1", "East")]


def test_few_rows() -> None:
    for frame in (events(), segments()):
        indexed = add_spatial_index(frame, resolved(TWO))
        assert indexed.empty
        assert indexed.index.names[-1] == LEVEL
        assert split_groups(indexed, resolved(TWO)) == []
    assert len(add_spatial_index(events(Point(0.5, 1)), resolved(TWO))) == 1


def test_several_groupers_and_a_level_that_is_there_already() -> None:
    other = SpatialGrouper(spatial_index_name="Other")
    group = feature_group([box(0, 0, 9, 9)], ["All of it"], "Other")
    groupers = resolved(group, TWO, groupers=[PLACE, MONTH, other])
    for frame in (events(Point(3, 1)), segments(LineString([(2.5, 1), (3, 1)]))):
        indexed = add_spatial_index(frame, groupers)
        assert indexed.index.names[1:] == [LEVEL, "SpatialGrouper_Other"]
        assert [row[1:] for row in indexed.index] == [("East", "All of it")]
        assert_frame_equal(add_spatial_index(indexed, groupers), indexed)


@pytest.mark.parametrize("groupers", [AllGrouper(), [MONTH]])
def test_without_spatial_groupers_the_frame_stays(groupers: Any) -> None:
    frame = events(Point(0, 0))
    assert add_spatial_index(frame, groupers) is frame


def test_what_cannot_be_indexed() -> None:
    with pytest.raises(ValueError, match="regions of spatial grouper 'Place' are not known"):
        add_spatial_index(events(Point(0, 0)), [PLACE])
    with pytest.raises(ValueError, match="no CRS"):
        add_spatial_index(events(Point(0, 0), crs=None), resolved(TWO))


def test_each_grouper_gets_the_polygons_of_its_feature_group() -> None:
    mixed = feature_group(
        [Point(0, 0), MultiPolygon([WEST]), EAST, None, LineString([(0, 0), (1, 1)])],
        ["Camp", "", "East", "Nowhere", "Road"],
    )
    other = feature_group([WEST], [None], "Other")
    empty = pd.DataFrame()
    before = mixed.copy()
    first, month, second = resolved(
        empty,
        other,
        SkipSentinel(),
        mixed,
        groupers=[PLACE, MONTH, SpatialGrouper(spatial_index_name="Other")],
    )
    assert [region.name for region in first.regions] == ["pk-1", "East"]
    assert [region.name for region in second.regions] == ["pk-0"]
    assert month is MONTH
    assert_frame_equal(mixed, before)
    assert resolved(mixed)[0].regions == first.regions


def test_a_grouper_without_a_feature_group_stays_without_regions() -> None:
    assert resolved(feature_group([WEST], ["West"], "Another")) == [PLACE]
    assert resolved(pd.DataFrame()) == [PLACE]


@pytest.mark.parametrize("groups", [[], SkipSentinel(), [SkipSentinel()], None, pd.DataFrame(), TWO])
def test_where_no_grouper_is_spatial_nothing_is_looked_up(groups: Any) -> None:
    task = resolve_spatial_feature_groups_for_spatial_groupers
    parameter = task_info(task, "transformation", task.__name__).parameters["spatial_feature_groups"]
    found = parameter.adapter.validate_python(groups)
    assert task(AllGrouper(), found) == AllGrouper()
    assert task([MONTH], found) == [MONTH]


def test_one_feature_group_need_not_stand_in_a_list() -> None:
    task = resolve_spatial_feature_groups_for_spatial_groupers
    assert task([PLACE], TWO) == resolved(TWO)
    assert task([PLACE], None) == [PLACE]


@pytest.mark.parametrize(
    ("group", "message"),
    [
        (feature_group([Point(0, 0)], ["Camp"]), "There are no polygons in Feature Group Place"),
        (feature_group([WEST], ["West"], crs=None), "no CRS is said of feature group 'Place'"),
        (TWO.drop(columns="metadata"), "lacks 'metadata': expected the columns name, pk, metadata"),
        (pd.DataFrame(TWO.drop(columns="geometry")), "lacks a geometry"),
        (TWO.assign(metadata="Place"), "expected a mapping with 'display_name'"),
    ],
)
def test_feature_groups_that_cannot_be_used(group: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        resolved(group)


def published(folder: Path, *parts: str) -> gpd.GeoDataFrame:
    return gpd.read_parquet(folder.joinpath("ecoscope2026", *parts))


def test_the_groups_of_the_published_dashboards(reference_data: Path) -> None:
    group = published(reference_data, "io", "get-spatial-features-group.example-return.parquet")
    grouper = SpatialGrouper(spatial_index_name="SpatialGrouperTest")
    groupers = resolved(group, groupers=[grouper])
    track = published(reference_data, "preprocessing", "relocations-to-trajectory.example-return.parquet")
    groups = split_groups(add_spatial_index(track, groupers), groupers)
    path = (
        reference_data
        / "snapshots"
        / "subject-tracking"
        / "spatial-grouper"
        / "test_dashboard_json[data].json"
    )
    dashboard = json.loads(path.read_text(encoding="utf-8"))["result"]
    assert [view_key(key) for key, _ in groups] == list(dashboard["views"])
    assert [
        (
            len(rows),
            round(rows["speed_kmhr"].mean(), 1),
            round(rows["dist_meters"].sum() / 1000, 1),
            round(rows["timespan_seconds"].sum() / 3600, 1),
        )
        for _, rows in groups
    ] == [(822, 1.8, 238.9, 135.9), (6370, 1.9, 2001.3, 1060.7)]

    reported = published(reference_data, "io", "get-events.example-return.parquet")
    with pytest.warns(UserWarning, match="9 of 784 rows have no geometry"):
        indexed = add_spatial_index(reported, groupers)
    counts = {key[0][2]: len(rows) for key, rows in split_groups(indexed, groupers)}
    within = gpd.sjoin(reported, group[["name", "geometry"]].rename(columns={"name": "area"}))
    assert counts == within["area"].value_counts().sort_index().to_dict()
