"""Files of events and of patrol tracks in place of an EarthRanger site."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from ecoscope_workflows.contracts.frames import FrameContract
from ecoscope_workflows.contracts.parquet import read_frame, write_frame
from ecoscope_workflows.tasks.io import load_events, load_patrol_observations
from ecoscope_workflows.tasks.preprocessing import process_relocations
from ecoscope_workflows.tasks.schemas import EventsWithDisplayNames, PatrolObservations
from ecoscope_workflows.tasks.transformation import extract_value_from_json_column

if TYPE_CHECKING:
    from pathlib import Path

EVENTS = """\
what,time,longitude,latitude,reported_by,observer_notes
fire_rep,2024-03-02T09:00:00+03:00,36.9,0.2,Asha,smoke
snare_rep,2024-03-01 06:30:00,37.0,0.1,,
fire_rep,2024-03-02T06:00:00Z,,,Juma,
"""
FIXES = """\
patrol,when,longitude,latitude,patrol_subject,collar
B,2024-03-01T06:00:00,37.0,0.1,eco_1,7
B,2024-03-01T07:00:00,37.1,0.2,eco_1,7
A,2024-03-01T05:00:00,36.0,0.3,eco_2,8
"""
SUFFIXES = [".parquet", ".geojson", ".gpkg", ".csv"]


def faults(frame: Any, schema: type) -> Any:
    return FrameContract(schema, geo=True).faults(frame)[1]


def stored(frame: gpd.GeoDataFrame, path: Path) -> Path:
    """Write a frame to a file as its suffix says."""
    if path.suffix == ".parquet":
        frame.to_parquet(path)
    elif path.suffix == ".csv":
        flat = pd.DataFrame(frame.drop(columns="geometry"))
        flat.assign(longitude=frame.geometry.x, latitude=frame.geometry.y).to_csv(path, index=False)
    else:
        # Such a file holds times as text, too.
        frame.assign(time=frame["time"].astype("str")).to_file(path)
    return path


@pytest.fixture
def events_file(tmp_path: Path) -> Path:
    path = tmp_path / "events.csv"
    path.write_text(EVENTS, encoding="utf-8")
    return path


@pytest.fixture
def fixes_file(tmp_path: Path) -> Path:
    path = tmp_path / "fixes.csv"
    path.write_text(FIXES, encoding="utf-8")
    return path


def test_events_get_the_columns_of_a_site(events_file: Path, tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="1 of 3 events have no position"):
        frame: Any = load_events(events_file, type_column="what", time_zone="Africa/Nairobi")

    assert faults(frame, EventsWithDisplayNames) == ()
    # 06:30 in Nairobi is before 09:00 there, which is 06:00 in UTC and stands twice: in file order.
    assert list(frame["id"]) == ["event-2", "event-1", "event-3"]
    assert list(frame["serial_number"]) == [2, 1, 3]
    times = ["2024-03-01 03:30:00+00:00", *["2024-03-02 06:00:00+00:00"] * 2]
    assert frame["time"].astype("str").tolist() == times
    assert list(frame["event_type"]) == ["snare_rep", "fire_rep", "fire_rep"]
    assert list(frame["event_type_display"]) == list(frame["event_type"])
    assert frame["event_category"].isna().all()
    assert [None if pd.isna(text) else json.loads(text) for text in frame["reported_by"]] == [
        None, {"name": "Asha"}, {"name": "Juma"},
    ]  # fmt: skip
    assert list(frame["observer_notes"].fillna("")) == ["", "smoke", ""]
    assert frame.geometry.isna().tolist() == [False, False, True]
    assert frame.crs == "EPSG:4326"
    write_frame(frame, tmp_path / "events.parquet", "{}")
    assert_geodataframe_equal(read_frame(tmp_path / "events.parquet"), frame)
    named: Any = extract_value_from_json_column(frame, "reported_by", ["name"], "str", "reported_by_name")
    assert list(named["reported_by_name"].fillna("-")) == ["-", "Asha", "Juma"]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_was_written_is_read_again(tmp_path: Path, suffix: str) -> None:
    times = pd.to_datetime(["2024-03-01T06:30:00Z", "2024-03-02T06:30:00Z"])
    written = gpd.GeoDataFrame(
        {
            "id": ["a", "b"],
            "time": times,
            "event_type": ["fire_rep", "snare_rep"],
            "event_category": ["monitoring", "security"],
            "reported_by": ['{"name": "Asha"}', '{"name": "Juma"}'],
            "serial_number": [5, 6],
            "event_type_display": ["Fire", "Snare"],
        },
        geometry=gpd.points_from_xy([37.0, 36.5], [0.5, -0.5], crs="EPSG:4326"),
    )
    frame: Any = load_events(stored(written, tmp_path / f"events{suffix}"))
    expected = written.astype({"time": "datetime64[ns, UTC]", "serial_number": frame["serial_number"].dtype})
    assert_geodataframe_equal(frame[list(written.columns)], expected)


@pytest.mark.parametrize("points", [True, False])
def test_areas_in_another_crs_become_points_on_demand(tmp_path: Path, points: bool) -> None:
    area = shapely.box(300_000, 10_000, 302_000, 12_000)
    written = gpd.GeoDataFrame(
        {"event_type": ["fire_rep"], "time": pd.to_datetime(["2024-03-01"], utc=True)},
        geometry=[area],
        crs="EPSG:32637",
    )
    path = stored(written, tmp_path / "events.parquet")
    frame: Any = load_events(path, force_point_geometry=points)
    expected = written.to_crs("EPSG:4326").geometry[0]
    found = frame.geometry[0]
    assert found.geom_type == ("Point" if points else "Polygon")
    assert found.distance(expected.centroid if points else expected) == pytest.approx(0, abs=1e-12)
    assert len(frame.columns) == 8


@pytest.mark.parametrize(("text", "arguments", "match"), [
    (EVENTS, {}, "event_type"),
    (EVENTS.replace("snare_rep", ""), {"type_column": "what"}, "must say what happened.*row 2: empty"),
    (EVENTS.replace("06:30:00", "soon"), {"type_column": "what"}, "must hold a date-time"),
    (EVENTS.replace("36.9", "190"), {"type_column": "what"}, "1 of 3 positions lie outside"),
    (EVENTS.replace("36.9", "west"), {"type_column": "what"}, "must hold numbers"),
    (EVENTS, {"type_column": "what", "crs": "no such system"}, "no coordinate reference system"),
    (EVENTS, {"type_column": "what", "crs": "Mercury"}, "cannot be turned into EPSG:4326"),
    (EVENTS, {"type_column": "what", "x_column": "easting"}, "easting"),
])  # fmt: skip
def test_files_that_are_wrong_are_refused(
    tmp_path: Path, text: str, arguments: dict[str, Any], match: str
) -> None:
    path = tmp_path / "events.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=match):
        load_events(path, **arguments)


def test_no_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="there is no file"):
        load_events(tmp_path / "events.csv")
    with pytest.raises(FileNotFoundError, match="there is no file"):
        load_patrol_observations(tmp_path / "fixes.csv")


@pytest.mark.parametrize("rows", [0, 1])
def test_few_events_are_of_the_same_shape(tmp_path: Path, rows: int) -> None:
    path = tmp_path / "events.csv"
    path.write_text("\n".join(EVENTS.splitlines()[: rows + 1]) + "\n", encoding="utf-8")
    frame: Any = load_events(path, type_column="what")
    assert len(frame) == rows
    assert faults(frame, EventsWithDisplayNames) == ()


def test_fixes_get_the_columns_of_a_site(fixes_file: Path, tmp_path: Path) -> None:
    frame: Any = load_patrol_observations(
        fixes_file, patrol_column="patrol", time_column="when", time_zone="Africa/Nairobi"
    )

    assert faults(frame, PatrolObservations) == ()
    assert list(frame["groupby_col"]) == list(frame["patrol_id"]) == ["B", "B", "A"]
    assert list(frame["patrol_serial_number"]) == [1, 1, 2]
    starts = [f"2024-03-01T0{hour}:00:00+00:00" for hour in (3, 3, 2)]
    ends = [f"2024-03-01T0{hour}:00:00+00:00" for hour in (4, 4, 2)]
    assert list(frame["patrol_start_time"]) == starts
    assert list(frame["patrol_end_time"]) == ends
    assert list(frame["patrol_subject"]) == ["eco_1", "eco_1", "eco_2"]
    assert frame[["patrol_type__value", "patrol_type__display", "patrol_status"]].isna().all(axis=None)
    assert list(frame["extra__collar"]) == [7, 7, 8]
    write_frame(frame, tmp_path / "fixes.parquet", "{}")
    assert_geodataframe_equal(read_frame(tmp_path / "fixes.parquet"), frame)
    columns = ["patrol_id", "patrol_start_time", "patrol_serial_number", "groupby_col", "fixtime"]
    relocations = process_relocations(
        frame, filter_point_coords=[], relocs_columns=[*columns, "junk_status", "geometry"]
    )
    assert len(relocations) == 3


def test_fixes_of_a_site_can_be_stored_and_loaded(reference_data: Path) -> None:
    path = reference_data / "ecoscope2026" / "io" / "get-patrol-observations.example-return.parquet"
    published = gpd.read_parquet(path)

    frame: Any = load_patrol_observations(path)

    assert set(frame.columns) == set(published.columns)
    assert list(frame.index) == list(published.index)
    for name in published.columns.drop(["geometry", "extra__location"]):
        assert list(frame[name]) == list(published[name]), name


def test_events_of_a_site_can_be_stored_and_loaded(reference_data: Path) -> None:
    path = reference_data / "ecoscope2026" / "io" / "get-events.example-return.parquet"
    published = gpd.read_parquet(path).sort_values("time", kind="stable")

    with pytest.warns(UserWarning, match="9 of 784 events have no position"):
        frame: Any = load_events(path)

    assert set(frame.columns) == set(published.columns)
    for name in ("id", "time", "event_type", "event_category", "serial_number", "event_type_display"):
        assert list(frame[name]) == list(published[name]), name
    assert {json.loads(text)["name"] for text in frame["reported_by"]} == {"eco_1"}
    counts = frame["time"].dt.month.value_counts().sort_index()
    assert list(counts) == [98, 59, 46, 63, 72, 48, 73, 55, 78, 65, 58, 69]
