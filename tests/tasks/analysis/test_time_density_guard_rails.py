"""What the task refuses, leaves out with a count, or answers with an empty result."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from ecoscope_workflows.tasks.analysis import _elliptical_time_density as etd
from ecoscope_workflows.tasks.analysis import calculate_time_density
from ecoscope_workflows.tasks.schemas import TimeDensity

UTM = "EPSG:32637"


def density_of(trajectory: Any, **options: Any) -> Any:
    return calculate_time_density(trajectory_gdf=trajectory, **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"pixel_size": 0.0}, "pixel_size=0.0 must be a number of metres above 0"),
        ({"pixel_size": float("nan")}, "pixel_size=nan must be"),
        ({"band_count": 2}, "band_count=2 must be 1"),
        ({"max_speed_factor": 1.0}, r"max_speed_factor=1.0 must be above 1"),
        ({"expansion_factor": 0.9}, r"expansion_factor=0.9 must be at least 1"),
        ({"percentiles": []}, "percentiles is empty"),
        ({"percentiles": [0.0]}, "out of range"),
        ({"method": "kernel"}, "method='kernel' must be 'ecoscope' or 'wall2014'"),
        ({"crs": "EPSG:4326"}, r"crs='EPSG:4326' \(WGS 84\) is not projected, and areas need metres"),
        ({"crs": "EPSG:4978"}, "is not projected"),
        ({"crs": "EPSG:2263"}, "is in US survey foot, not in metres"),
        ({"crs": "Mali"}, "crs='Mali' is not a coordinate reference system that pyproj knows"),
    ],
)
def test_wrong_parameters_are_refused(options: dict[str, Any], message: str, walk: Any) -> None:
    with pytest.raises(ValueError, match=message):
        density_of(walk, **{"crs": UTM, **options})


def test_any_text_that_pyproj_reads_is_a_crs(walk: Any) -> None:
    crs = "+proj=laea +lat_0=0 +lon_0=37.5 +datum=WGS84 +units=m"
    found = density_of(walk, crs=crs)
    assert found.crs == crs
    assert len(found) == 6


# Trajectories that are not as they should be


def test_an_empty_trajectory_is_refused(walk: Any) -> None:
    with pytest.raises(ValueError, match="the trajectory has no segments"):
        density_of(walk.iloc[:0], crs=UTM)


def test_a_frame_that_pandas_made_is_as_good(walk: Any) -> None:
    assert density_of(pd.DataFrame(walk), crs=UTM).equals(density_of(walk, crs=UTM))


def test_a_trajectory_without_crs_is_refused(walk: Any) -> None:
    with pytest.raises(ValueError, match="the trajectory has no CRS"):
        density_of(walk.set_crs(None, allow_override=True), crs=UTM)


def test_one_segment_is_refused(walk: Any) -> None:
    with pytest.raises(ValueError, match=r"1 speed\(s\) without any difference"):
        density_of(walk.iloc[:1], crs=UTM, pixel_size=10.0)


def test_equal_speeds_are_refused(walk: Any) -> None:
    with pytest.raises(ValueError, match=r"300 speed\(s\) without any difference"):
        density_of(walk.assign(speed_kmhr=2.0), crs=UTM)


def test_speeds_in_another_unit_are_refused(walk: Any) -> None:
    with pytest.raises(ValueError, match="check that speed_kmhr is in km/h"):
        density_of(walk.assign(speed_kmhr=walk["speed_kmhr"] / 1e6), crs=UTM)


def test_segments_that_cannot_be_used_are_left_out_and_counted_by_reason(walk: Any) -> None:
    expected = density_of(walk.iloc[10:], crs=UTM)
    broken = walk.copy()
    place = broken.columns.get_loc
    broken.iloc[0, place("geometry")] = None
    broken.iloc[1, place("geometry")] = shapely.LineString()
    broken.iloc[2, place("timespan_seconds")] = np.nan
    broken.iloc[3, place("timespan_seconds")] = 0.0
    broken.iloc[4, place("timespan_seconds")] = -60.0
    broken.iloc[5, place("speed_kmhr")] = np.nan
    broken.iloc[6, place("speed_kmhr")] = np.inf
    broken.iloc[7, place("speed_kmhr")] = -1.0
    broken.iloc[8, place("speed_kmhr")] = 1000.1
    broken.iloc[9, place("geometry")] = shapely.LineString([(37.5, 91.0), (37.5, 95.0)])
    with pytest.warns(UserWarning, match="segments are left out") as caught:
        found = density_of(broken, crs=UTM)
    assert str(caught[0].message) == (
        "10 of 300 segments are left out of the time density: 2 without geometry, "
        "1 outside the area of WGS 84 / UTM zone 37N, 3 whose timespan is not above 0, 3 without a speed, "
        "1 faster than 1000 km/h"
    )
    assert_geodataframe_equal(found, expected)


def test_a_trajectory_without_a_usable_segment_is_refused(walk: Any) -> None:
    with pytest.raises(ValueError, match="so none remains: 300 whose timespan is not above 0; check"):
        density_of(walk.assign(timespan_seconds=0.0), crs=UTM)


def test_resting_segments_count_as_time_spent_but_not_as_speeds(walk: Any) -> None:
    place = shapely.LineString([walk.geometry.iloc[0].coords[0]] * 2)
    resting = walk.copy()
    resting.iloc[:100, resting.columns.get_loc("geometry")] = place
    resting.iloc[:100, resting.columns.get_loc("speed_kmhr")] = 0.0
    with pytest.warns(UserWarning, match="100 of 300 segments have speed 0: they count as time spent"):
        found = density_of(resting, crs=UTM)
    assert found.to_crs("EPSG:4326").geometry.iloc[-1].covers(place)
    assert found["area_sqkm"].iloc[-1] < density_of(walk, crs=UTM)["area_sqkm"].iloc[-1]


def test_a_grid_of_fewer_than_50_cells_gives_an_empty_result_and_a_warning(walk: Any) -> None:
    with pytest.warns(UserWarning, match="at least 50 cells are needed, so the result is empty"):
        found = density_of(walk, crs=UTM, pixel_size=10_000.0)
    TimeDensity.validate(found)
    assert len(found) == 0
    assert found.crs == UTM


def test_segments_between_the_cell_centres_are_counted(walk: Any) -> None:
    short = walk.iloc[:3].assign(timespan_seconds=1.0)
    short = short.set_geometry(
        shapely.linestrings(np.array([[[37.5, 0.1], [37.500001, 0.1]]] * 3)), crs="EPSG:4326"
    )
    with pytest.warns(UserWarning, match="3 of 303 segments .*: their ellipse holds no cell centre"):
        density_of(pd.concat([walk, short]), crs=UTM, pixel_size=300.0)


def test_segments_too_long_for_their_time_in_the_plane_are_counted(walk: Any) -> None:
    # Web Mercator doubles distances at 60 degrees, so half of the largest speed is already too fast.
    north = walk.set_geometry(walk.geometry.translate(yoff=60.0), crs=walk.crs)
    with pytest.warns(UserWarning, match=r"\d+ of 300 segments are not in the time density: in the plane"):
        density_of(north, crs="EPSG:3857")


def test_a_grid_beyond_the_memory_budget_is_refused_before_it_is_made(
    walk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ValueError, match=r"fit in memory; use pixel_size >= .* or remove fixes far"):
        density_of(walk, crs=UTM, pixel_size=0.01)
    monkeypatch.setattr(etd, "MAX_GRID_CELLS", 100)
    with pytest.raises(ValueError, match="more than the 100 that fit"):
        density_of(walk, crs=UTM)
