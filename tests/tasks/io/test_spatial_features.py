"""Named areas from a site: what comes of a group, beside the public client, and what is refused."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
from erclient import AsyncERClient
from tests.standins.earthranger_records import identifier, simulated_feature

from ecoscope_workflows.contracts.frames import FrameContract
from ecoscope_workflows.tasks.io import get_spatial_features_group
from ecoscope_workflows.tasks.io._earthranger_regions import regions_frame
from ecoscope_workflows.tasks.schemas import Regions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.standins.earthranger import EarthRangerStandIn

COLUMNS = ["pk", "name", "short_name", "feature_type", "metadata", "geometry"]


def faults(frame: gpd.GeoDataFrame) -> Any:
    return FrameContract(Regions, geo=True).faults(frame)[1]


def test_a_group_has_one_row_per_feature(site: EarthRangerStandIn, connected: str) -> None:
    regions = get_spatial_features_group(connected, "Laikipia")

    assert faults(regions) == ()
    assert list(regions["name"]) == ["West", "East"]
    assert list(regions["pk"]) == [identifier("feature West"), identifier("feature East")]
    assert regions.crs.to_epsg() == 4326
    assert regions.total_bounds.tolist() == [36.5, -0.5, 38.5, 1.5]
    group = {"id": identifier("feature group Laikipia"), "display_name": "Laikipia"}
    assert list(regions["metadata"]) == [group, group]
    assert [call.resource for call in site.calls[1:]] == [
        "spatialfeaturegroup",
        f"spatialfeaturegroup/{group['id']}",
    ]


def test_the_public_client_reads_the_same(site: EarthRangerStandIn, connected: str) -> None:
    async def read() -> Any:
        async with AsyncERClient(
            service_root=site.url, username=site.username, password=site.password, client_id="das_web_client"
        ) as client:
            return await client.get_feature_group(identifier("feature group Laikipia"))

    theirs = [collection["features"][0] for collection in asyncio.run(read())["features"]]
    ours = get_spatial_features_group(connected, "Laikipia")

    assert list(ours["pk"]) == [feature["properties"]["pk"] for feature in theirs]
    assert list(ours.geometry) == list(gpd.GeoDataFrame.from_features(theirs).geometry)
    expected = set(theirs[0]["properties"]) | {"metadata", "geometry"}
    assert set(ours.columns) == expected


def test_a_group_without_features_is_a_frame_without_rows(connected: str, tmp_path: Path) -> None:
    regions = get_spatial_features_group(connected, "Nothing yet")

    assert len(regions) == 0
    assert faults(regions) == ()
    full = get_spatial_features_group(connected, "Laikipia")
    assert {name: regions[name].dtype for name in COLUMNS} == {name: full[name].dtype for name in COLUMNS}
    regions.to_parquet(tmp_path / "regions.parquet")


@pytest.mark.parametrize(("name", "message"), [
    ("Laikipa", "no group of spatial features at .* is called 'Laikipa': did you mean 'Laikipia'"),
    ("x", "expected one of: Laikipia, Nothing yet"),
])  # fmt: skip
def test_an_unknown_group_is_answered_with_the_known_ones(connected: str, name: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        get_spatial_features_group(connected, name)


def test_two_groups_of_one_name_are_refused(site: EarthRangerStandIn, connected: str) -> None:
    twins = '{"data": [{"id": "a", "name": "Laikipia"}, {"id": "b", "name": "Laikipia"}]}'
    site.fail("spatialfeaturegroup", body=twins)

    with pytest.raises(ValueError, match=r"2 groups of spatial features at .* rename one"):
        get_spatial_features_group(connected, "Laikipia")


@pytest.mark.parametrize("body", ['{"data": []}', '{"data": {"features": 3}}', '{"data": {"features": [3]}}'])
def test_an_answer_of_another_kind_is_refused(site: EarthRangerStandIn, connected: str, body: str) -> None:
    site.fail(f"spatialfeaturegroup/{identifier('feature group Laikipia')}", body=body)

    with pytest.raises(ConnectionError, match=r"does not answer /spatialfeaturegroup/.* like EarthRanger"):
        get_spatial_features_group(connected, "Laikipia")


def test_features_without_geometry_or_in_no_collection_are_kept() -> None:
    plain = {"type": "Feature", "id": "7", "properties": {"name": "Well"}, "geometry": None}
    typed = simulated_feature("Farm", 30.0)
    typed["features"][0]["properties"]["feature_type"] = {"id": "1", "name": "farm"}

    regions = regions_frame(
        {"id": "g", "name": "G", "features": [plain, typed, {"type": "FeatureCollection"}]}
    )

    assert faults(regions) == ()
    assert list(regions["pk"]) == ["7", identifier("feature Farm")]
    assert list(regions["feature_type"]) == ["", "farm"]
    assert regions.geometry.isna().tolist() == [True, False]


@pytest.mark.parametrize("geometry", [{"type": "Polygon"}, {"type": "Blob", "coordinates": []}, "x"])
def test_a_geometry_that_is_none_is_named(geometry: Any) -> None:
    feature = {"type": "Feature", "properties": {"name": "Farm"}, "geometry": geometry}

    with pytest.raises(ValueError, match="geometry of spatial feature 'Farm' cannot be read"):
        regions_frame({"id": "g", "name": "G", "features": [feature]})


def test_the_published_regions_come_out_again(
    site: EarthRangerStandIn, connected: str, reference_data: Path, reread: Callable[[Any], Any]
) -> None:
    folder = reference_data / "ecoscope2026" / "io"
    published = gpd.read_parquet(folder / "get-spatial-features-group.example-return.parquet")
    name = "SpatialGrouperTest"
    features = json.loads(published.drop(columns="metadata").to_json())["features"]
    site.feature_groups = {name: [{"type": "FeatureCollection", "features": [one]} for one in features]}

    regions = get_spatial_features_group(connected, name)

    assert faults(regions) == ()
    assert set(regions.columns) == set(published.columns)
    plain = [column for column in published.columns if column not in {"metadata", "geometry"}]
    assert reread(regions[plain]) == reread(published[plain])
    assert list(regions.geometry) == list(published.geometry)
    assert {record["display_name"] for record in regions["metadata"]} == {name}


@pytest.fixture
def reread() -> Callable[[Any], Any]:
    """Return a function that gives a table as plain values, missing ones as None."""
    return lambda frame: json.loads(frame.to_json(orient="records"))
