"""Named areas from a file or an address: the schema of those from a site, and what is refused."""

from __future__ import annotations

from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
from geopandas.testing import assert_geodataframe_equal
from pydantic import TypeAdapter, ValidationError
from shapely import MultiPolygon, Point, box

from ecoscope_workflows.contracts.frames import FrameContract
from ecoscope_workflows.tasks.io import get_spatial_features_group, load_regions, load_spatial_features_group
from ecoscope_workflows.tasks.io._spatial_features import SpatialFeaturesConfig
from ecoscope_workflows.tasks.schemas import Regions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COLUMNS = ["pk", "name", "short_name", "feature_type", "metadata", "geometry"]
AREAS = gpd.GeoDataFrame(
    {"zone": ["North", "South"], "size": [1, 2]},
    geometry=[box(30, 0, 31, 1), MultiPolygon([box(30, -1, 31, 0), box(32, -1, 33, 0)])],
    crs="EPSG:4326",
)


def faults(frame: gpd.GeoDataFrame) -> Any:
    return FrameContract(Regions, geo=True).faults(frame)[1]


def config(**fields: Any) -> Any:
    return TypeAdapter(SpatialFeaturesConfig).validate_python(fields)


def write(path: Path, frame: gpd.GeoDataFrame = AREAS) -> Path:
    if path.suffix in {".parquet", ".geoparquet"}:
        frame.to_parquet(path)
    else:
        frame.to_file(path)
    return path


@pytest.mark.parametrize("name", ["a.parquet", "a.geoparquet", "a.gpkg", "a.geojson"])
def test_a_file_of_any_format_gives_the_same_areas(tmp_path: Path, name: str) -> None:
    regions: Any = load_regions(write(tmp_path / name), "zone", group_name="Zones")

    assert faults(regions) == ()
    assert set(regions.columns) == set(COLUMNS)
    assert list(regions["name"]) == list(regions["short_name"]) == ["North", "South"]
    assert list(regions["feature_type"]) == ["polygon", "polygon"]
    assert {record["display_name"] for record in regions["metadata"]} == {"Zones"}
    # A GeoPackage has one type for a whole layer.
    assert regions.geom_equals(AREAS.geometry).all()
    others = load_regions(write(tmp_path / "b.parquet"), "zone", group_name="Zones")
    assert list(regions["pk"]) == list(others["pk"])
    assert regions["pk"].is_unique


def test_areas_in_another_crs_are_reprojected(tmp_path: Path) -> None:
    path = write(tmp_path / "my_own-zones.gpkg", AREAS.to_crs("EPSG:32636"))

    regions: Any = load_regions(path, "zone")

    assert regions.crs.to_epsg() == 4326
    assert regions.normalize().get_coordinates().round(6).equals(AREAS.normalize().get_coordinates())
    assert regions["metadata"][0]["display_name"] == "My Own Zones"


def test_a_layer_is_chosen_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    AREAS.to_file(path, layer="first")
    AREAS.assign(zone=["x", "y"]).to_file(path, layer="second")

    assert list(load_regions(path, "zone", "second")["name"]) == ["x", "y"]
    with pytest.raises(ValueError, match="has no layer 'thrid': expected one of: first, second"):
        load_regions(path, "zone", "thrid")
    with pytest.raises(ValueError, match=r"only .gpkg files have layers"):
        load_regions(write(tmp_path / "a.parquet"), "zone", "second")


def test_what_is_no_polygon_is_left_out_and_counted(tmp_path: Path) -> None:
    mixed = gpd.GeoDataFrame(
        {"zone": ["a", "b", "c"]}, geometry=[Point(1, 1), None, box(0, 0, 1, 1)], crs="EPSG:4326"
    )

    with pytest.warns(UserWarning, match="2 of 3 rows of the file 'a.parquet' are no polygons"):
        regions = load_regions(write(tmp_path / "a.parquet", mixed), "zone")

    assert list(regions["name"]) == ["c"]
    assert list(regions.index) == [0]


WRONG: list[tuple[gpd.GeoDataFrame, str]] = [
    (AREAS.assign(zone="x"), "names of areas must differ, but the file 'a.parquet' has several of x"),
    (AREAS.assign(zone=["x", None]), "1 areas of the file 'a.parquet' have no name in column 'zone'"),
    (AREAS.rename(columns={"zone": "zones"}), "has no column 'zone': did you mean 'zones'"),
    (AREAS.set_crs(None, allow_override=True), "does not say in which CRS"),
    (AREAS.iloc[:0], "the file 'a.parquet' has no polygons"),
    (AREAS.set_geometry(AREAS.representative_point()), "has no polygons"),
]


@pytest.mark.parametrize(("frame", "message"), WRONG)
def test_a_file_that_holds_no_named_areas_is_refused(
    tmp_path: Path, frame: gpd.GeoDataFrame, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        load_regions(write(tmp_path / "a.parquet", frame), "zone")


def test_a_table_without_geometry_is_refused(tmp_path: Path) -> None:
    AREAS.drop(columns="geometry").to_parquet(tmp_path / "a.parquet")

    with pytest.raises(ValueError, match="has no geometry"):
        load_regions(tmp_path / "a.parquet", "zone")


@pytest.mark.parametrize("layer", [None, "x"])
def test_a_file_that_is_not_there_is_named(tmp_path: Path, layer: str | None) -> None:
    with pytest.raises(FileNotFoundError, match=r"there is no file .*a.gpkg"):
        load_regions(tmp_path / "a.gpkg", "zone", layer)


@pytest.mark.parametrize(("fields", "message"), [
    ({"file_path": "a.shp", "name_column": "n"}, "ends in '.shp': expected one of .parquet"),
    ({"file_path": "a.parquet", "name_column": "n", "layer": "x"}, "leave the layer out"),
    ({"url": "https://x.org/a.zip", "name_column": "n"}, "ends in '.zip'"),
    ({"url": "file:///etc/a.gpkg", "name_column": "n"}, "must begin with https:// or http://"),
    ({"url": "ftp://x.org/a.gpkg", "name_column": "n"}, "must begin with https:// or http://"),
])  # fmt: skip
def test_a_source_that_cannot_be_read_is_refused_when_it_is_written(
    fields: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValidationError, match=message):
        config(**fields)


def test_each_source_gives_the_schema(connected: str, tmp_path: Path) -> None:
    local = load_spatial_features_group(
        config(file_path=str(write(tmp_path / "a.gpkg")), name_column="zone", source="local_file")
    )
    remote = load_spatial_features_group(
        config(data_source=connected, spatial_features_group_name="Laikipia")
    )

    assert_geodataframe_equal(local, load_regions(tmp_path / "a.gpkg", "zone"))
    assert_geodataframe_equal(remote, get_spatial_features_group(connected, "Laikipia"))
    with pytest.raises(ValueError, match="group 'Nothing yet' has no polygons"):
        load_spatial_features_group(config(data_source=connected, spatial_features_group_name="Nothing yet"))


@pytest.fixture
def web(tmp_path: Path) -> Iterator[str]:
    """Return the address of a server of files, which says 404 of those it has not got."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            file = tmp_path / self.path.partition("?")[0].lstrip("/")
            body = file.read_bytes() if file.is_file() else b""
            self.send_response(200 if body else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name http.server calls
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=partial(server.serve_forever, 0.01))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_address_is_read_as_its_file_is(web: str, tmp_path: Path) -> None:
    local = load_regions(write(tmp_path / "my_zones.gpkg"), "zone")

    remote = load_spatial_features_group(config(url=f"{web}/my_zones.gpkg?key=hunter2", name_column="zone"))

    assert_geodataframe_equal(remote, local)


@pytest.mark.parametrize("place", ["{web}/gone.gpkg?key=hunter2", "http://127.0.0.1:9/a.gpkg?key=hunter2"])
def test_an_address_that_cannot_be_read_is_named_without_its_query(web: str, place: str) -> None:
    with pytest.raises(ConnectionError, match=r"\.gpkg cannot be read: (status 404|ConnectError)") as caught:
        load_spatial_features_group(config(url=place.format(web=web), name_column="zone"))

    assert "hunter2" not in str(caught.value)
