"""A schema may say the CRS of a geometry column, and a frame is held to it."""

from __future__ import annotations

from typing import Annotated, Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point
from tests.contracts.made_schemas import schema

from ecoscope_workflows.annotations import Column, PointGeometry
from ecoscope_workflows.contracts.frames import FrameContract

IN_WGS84 = schema("InWgs84", geometry=Annotated[PointGeometry, Column(crs="EPSG:4326", nullable=True)])


def faults(crs: Any, points: list[Any]) -> list[str]:
    frame = gpd.GeoDataFrame({"n": range(len(points))}, geometry=points, crs=crs)
    return [str(fault) for fault in FrameContract(IN_WGS84).faults(frame)[1]]


@pytest.mark.parametrize("crs", ["EPSG:4326", 4326, "OGC:CRS84"])
def test_a_frame_in_the_crs_passes_however_its_crs_is_written(crs: Any) -> None:
    assert faults(crs, [Point(1, 2), None]) == []


def test_a_frame_in_another_crs_is_refused_with_both_named() -> None:
    assert faults("EPSG:32637", [Point(1, 2)]) == [
        "column 'geometry': expected CRS EPSG:4326, got EPSG:32637"
    ]


def test_a_frame_without_a_crs_is_refused() -> None:
    assert faults(None, [Point(1, 2)]) == ["column 'geometry': expected CRS EPSG:4326, got none"]


def test_an_empty_frame_has_a_crs_too() -> None:
    assert faults("EPSG:4326", []) == []
    assert faults("EPSG:3857", []) == ["column 'geometry': expected CRS EPSG:4326, got EPSG:3857"]


def test_a_plain_frame_with_a_geometry_column_is_held_to_it() -> None:
    spatial = gpd.GeoDataFrame(geometry=[Point(1, 2)], crs="EPSG:3857")
    contract = FrameContract(IN_WGS84)
    assert len(contract.faults(pd.DataFrame(spatial))[1]) == 1
    assert contract.faults(pd.DataFrame(spatial.set_crs(4326, allow_override=True)))[1] == ()


def test_text_in_place_of_geometries_breaks_both_rules() -> None:
    _, found = FrameContract(IN_WGS84).faults(pd.DataFrame({"geometry": ["here"]}))
    assert [str(fault).partition(", got")[0] for fault in found] == [
        "column 'geometry': expected Point",
        "column 'geometry': expected CRS EPSG:4326",
    ]


def test_a_crs_is_inherited_with_its_column() -> None:
    below = type(IN_WGS84)("Below", (IN_WGS84,), {"__annotations__": {}})
    frame = gpd.GeoDataFrame(geometry=[Point(1, 2)], crs="EPSG:3857")
    assert len(FrameContract(below).faults(frame)[1]) == 1
