"""`load_relocations`: one track in every format gives one frame; what is wrong with a file is said."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from pandas.testing import assert_frame_equal

from ecoscope_workflows.tasks.io import load_relocations
from ecoscope_workflows.tasks.schemas import Observations

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HEAD = "groupby_col,fixtime,longitude,latitude"


@pytest.fixture
def track() -> Any:
    """Return two animals, three fixes, with a column of their own."""
    return gpd.GeoDataFrame(
        {
            "id": ["p", "q", "r"],
            "groupby_col": ["tamu", "tamu", "007"],
            "fixtime": pd.to_datetime(
                ["2024-03-01T06:30Z", "2024-03-01T07:30:00.250Z", "2024-03-02T00:00Z"], format="ISO8601"
            ),
            "sex": ["female", "female", None],
        },
        geometry=gpd.points_from_xy([37.01, 37.02, 36.5], [0.5, 0.6, -0.25], crs=4326),
    )


@pytest.fixture
def expected(track: Any) -> Any:
    return gpd.GeoDataFrame(
        {
            "groupby_col": track["groupby_col"].array,
            "fixtime": track["fixtime"].dt.as_unit("ns").array,
            "junk_status": False,
            "geometry": track.geometry.array,
            "extra__sex": track["sex"].array,
        },
        index=pd.Index(track["id"].array, name="id"),
        geometry="geometry",
    )


@pytest.fixture
def write_csv(tmp_path: Path) -> Callable[[str], Path]:
    def write(rows: str) -> Path:
        path = tmp_path / "fixes.csv"
        path.write_text(rows, encoding="utf-8")
        return path

    return write


def plain(track: Any) -> pd.DataFrame:
    return pd.DataFrame(track.drop(columns="geometry")).assign(
        longitude=track.geometry.x, latitude=track.geometry.y
    )


WRITERS: dict[str, Callable[[Any, Path], object]] = {
    "geo.parquet": lambda track, path: track.to_parquet(path),
    "indexed.geoparquet": lambda track, path: track.set_index("id").to_parquet(path),
    "plain.parquet": lambda track, path: plain(track).to_parquet(path),
    "points.gpkg": lambda track, path: track.to_file(path),
    "table.gpkg": lambda track, path: pyogrio.write_dataframe(plain(track), path),
    "points.geojson": lambda track, path: track.to_file(path, driver="GeoJSON"),
    "table.CSV": lambda track, path: plain(track).to_csv(path, index=False),
    "projected.gpkg": lambda track, path: track.to_crs("EPSG:32637").to_file(path),
}


@pytest.mark.parametrize("name", WRITERS)
def test_every_format_gives_the_same_observations(
    track: Any, expected: Any, tmp_path: Path, name: str
) -> None:
    WRITERS[name](track, tmp_path / name)
    found: Any = load_relocations(tmp_path / name)
    Observations.validate(found)
    assert found.crs == expected.crs
    assert list(found.columns) == list(expected.columns)
    assert (
        np.abs(shapely.get_coordinates(found.geometry) - shapely.get_coordinates(expected.geometry)).max()
        < 1e-8
    )
    # Formats differ in what they hold for "no value".
    one, other = (pd.DataFrame(each).drop(columns="geometry").fillna("-") for each in (found, expected))
    assert_frame_equal(one, other)


def test_columns_and_crs_may_have_other_names(track: Any, expected: Any, tmp_path: Path) -> None:
    utm = track.to_crs("EPSG:32637")
    table = plain(utm).rename(
        columns={"groupby_col": "animal", "fixtime": "time", "longitude": "east", "latitude": "north"}
    )
    table.to_csv(tmp_path / "a.csv", index=False)
    names = {"id_column": "animal", "time_column": "time", "x_column": "east", "y_column": "north"}
    found: Any = load_relocations(tmp_path / "a.csv", **names, crs="EPSG:32637")
    assert list(found.columns) == list(expected.columns)
    assert np.abs(found.geometry.x - expected.geometry.x).max() < 1e-8
    assert found.crs == "EPSG:4326"


def test_a_geometry_without_crs_has_the_one_given(track: Any, tmp_path: Path) -> None:
    utm = track.to_crs("EPSG:32637").set_crs(None, allow_override=True)
    utm.to_parquet(tmp_path / "a.parquet")
    found: Any = load_relocations(tmp_path / "a.parquet", crs="EPSG:32637")
    assert np.abs(found.geometry.x.to_numpy() - track.geometry.x.to_numpy()).max() < 1e-8


def test_naive_times_in_parquet_are_in_the_time_zone_given(track: Any, tmp_path: Path) -> None:
    naive = track.assign(fixtime=track["fixtime"].dt.tz_localize(None))
    naive.to_parquet(tmp_path / "a.parquet")
    found = load_relocations(tmp_path / "a.parquet", time_zone="Africa/Nairobi")
    assert ((track["fixtime"].to_numpy() - found["fixtime"].to_numpy()) == np.timedelta64(3, "h")).all()


def test_ids_come_from_the_file_only_if_they_tell_fixes_apart(write_csv: Any) -> None:
    rows = "a,2024-03-01,1,1,{}\nb,2024-03-01,1,1,{}\na,2024-03-02,1,1,{}\n"
    good = load_relocations(write_csv(f"{HEAD},id\n" + rows.format("01", "02", "03")))
    assert list(good.index) == ["01", "02", "03"]
    assert "extra__id" not in good
    for ids in (("01", "01", "02"), ("01", "", "02")):
        found = load_relocations(write_csv(f"{HEAD},id\n" + rows.format(*ids)))
        assert list(found.index) == ["a-1", "b-1", "a-2"]
        assert list(found["extra__id"].fillna("")) == list(ids)
    named = load_relocations(write_csv("id,fixtime,longitude,latitude\na,2024-03-01,1,1\n"), id_column="id")
    assert list(named.index) == ["a-1"]


def test_junk_status_comes_from_the_file(write_csv: Any) -> None:
    rows = "a,2024-03-01,1,1,{}\na,2024-03-02,1,1,{}\n"
    for true, false in (("True", "false"), ("1", "0")):
        found = load_relocations(write_csv(f"{HEAD},junk_status\n" + rows.format(true, false)))
        assert list(found["junk_status"]) == [True, False]
    with pytest.raises(
        ValueError, match=r"'junk_status' must be true or false .*\(row 1: 'maybe', row 2: empty\)"
    ):
        load_relocations(write_csv(f"{HEAD},junk_status\n" + rows.format("maybe", "")))


def test_missing_positions_are_kept_as_missing_and_those_off_the_globe_as_they_are(write_csv: Any) -> None:
    places = ["1,1", ",1", "inf,1", "181,1", "1,-90.5"]
    rows = "\n".join(f"a,2024-03-0{day},{place}" for day, place in enumerate(places, start=1))
    with pytest.warns(
        UserWarning, match="^of 5 positions, 2 are missing or not finite, and 2 lie outside"
    ) as caught:
        found: Any = load_relocations(write_csv(f"{HEAD}\n{rows}\n"))
    assert caught[0].filename == __file__
    assert found.geometry.isna().to_list() == [False, True, True, False, False]
    assert found.geometry.iloc[3].wkt == "POINT (181 1)"
    Observations.validate(found)


def test_points_that_are_not_finite_become_missing(track: Any, tmp_path: Path) -> None:
    track.geometry = gpd.points_from_xy([1.0, np.inf, np.nan], [1.0, 1.0, np.nan], crs=4326)
    track.to_parquet(tmp_path / "a.parquet")
    with pytest.warns(UserWarning, match="of 3 positions, 2 are missing or not finite, and 0 lie outside"):
        found: Any = load_relocations(tmp_path / "a.parquet")
    assert found.geometry.isna().to_list() == [False, True, True]


def test_no_position_on_the_globe_is_refused_with_a_look_at_the_crs(write_csv: Any) -> None:
    path = write_csv(f"{HEAD}\na,2024-03-01,250000,9950000\n")
    with pytest.raises(
        ValueError, match=r"none of the 1 positions lies on the globe .* crs='EPSG:4326' right"
    ):
        load_relocations(path)


def test_positions_that_are_no_numbers_are_named(write_csv: Any) -> None:
    with pytest.raises(ValueError, match=r"column 'latitude' must hold numbers, .*\(row 2: '1,5'\)"):
        load_relocations(write_csv(f'{HEAD}\na,2024-03-01,1,1\na,2024-03-01,1,"1,5"\n'))


def test_an_animal_without_a_name_is_refused(write_csv: Any) -> None:
    with pytest.raises(
        ValueError, match=r"'groupby_col' must name the animal in each row, but 1 of 2 .*row 2: empty"
    ):
        load_relocations(write_csv(f"{HEAD}\na,2024-03-01,1,1\n,2024-03-01,1,1\n"))


def test_a_missing_column_is_named_with_the_nearest_one(write_csv: Any) -> None:
    with pytest.raises(
        ValueError, match=r"'fixes.csv' lacks the column 'fixtime' \(did you mean 'fix_time'\?\)"
    ):
        load_relocations(write_csv("groupby_col,fix_time,longitude,latitude\na,2024-03-01,1,1\n"))
    with pytest.raises(ValueError, match=r"lacks the columns 'groupby_col', 'longitude'; existing columns: "):
        load_relocations(write_csv("who,fixtime,east,latitude\na,2024-03-01,1,1\n"))


def test_two_columns_of_one_name_are_refused(write_csv: Any) -> None:
    with pytest.raises(ValueError, match="would both be called 'extra__sex'"):
        load_relocations(write_csv(f"{HEAD},sex,extra__sex\na,2024-03-01,1,1,f,m\n"))


def test_geometries_must_be_points(track: Any, tmp_path: Path) -> None:
    track.set_geometry([shapely.box(0, 0, 1, 1)] * 3, crs=4326).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(ValueError, match="must hold points, but 3 of 3 are Polygon"):
        load_relocations(tmp_path / "a.parquet")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"crs": "EPSG:99999999"}, "crs='EPSG:99999999' is no coordinate reference system"),
        ({"time_zone": "Mars/Olympus"}, "time_zone='Mars/Olympus' is unknown"),
        ({"time_zone": "../etc"}, "time_zone='../etc' is unknown"),
    ],
)
def test_unknown_systems_and_zones_are_refused(write_csv: Any, options: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        load_relocations(write_csv(f"{HEAD}\na,2024-03-01,1,1\n"), **options)


def test_files_without_rows_give_no_observations(write_csv: Any, tmp_path: Path) -> None:
    (tmp_path / "a.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    for path in (write_csv(f"{HEAD}\n"), tmp_path / "a.geojson"):
        found: Any = load_relocations(path)
        assert len(found) == 0
        assert found.crs == "EPSG:4326"
        Observations.validate(found)


def test_a_path_may_be_text(write_csv: Any) -> None:
    path: Any = str(write_csv(f"{HEAD}\na,2024-03-01,1,1\n"))
    assert len(load_relocations(path)) == 1


def test_importing_the_task_imports_nothing_heavy() -> None:
    code = (
        "import sys, ecoscope_workflows.tasks.io._load_relocations\n"
        "print(sorted({'pandas', 'numpy', 'geopandas', 'shapely', 'pyproj', 'pyogrio'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
