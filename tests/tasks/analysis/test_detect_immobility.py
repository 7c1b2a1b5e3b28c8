"""`detect_immobility`: the published cluster, and when there is none."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pandas.testing import assert_frame_equal

from ecoscope_workflows.contracts.codecs import codec_for
from ecoscope_workflows.registry.signature import task_info
from ecoscope_workflows.tasks.analysis import detect_immobility


def fixes_at(*metres: float, minutes: int = 60, lon: float = 37.0) -> Any:
    """Return fixes that lie metres east of a point on the equator, one every some minutes."""
    times = pd.date_range("2024-03-20", periods=len(metres), freq=f"{minutes}min", tz="UTC")
    return gpd.GeoDataFrame(
        {"groupby_col": "a", "fixtime": times, "junk_status": False},
        geometry=gpd.points_from_xy(lon + np.array(metres) / 111_320, np.zeros(len(metres)), crs="EPSG:4326"),
    )


def test_the_published_cluster(movebank_relocations: Any) -> None:
    track = movebank_relocations[movebank_relocations["groupby_col"] == "Salif Keita"].head(100)
    before = track.copy(deep=True)
    found = detect_immobility(track, threshold_radius=1000, threshold_time=130, threshold_probability=0.5)
    assert found is not None
    assert found.cluster_radius == pytest.approx(1913.5975702951566, abs=1e-6)
    assert (found.probability_value, found.cluster_fix_count, found.total_fix_count) == (0.83, 83, 100)
    assert found.immobility_time == timedelta(days=4, hours=3)
    assert_frame_equal(track, before)
    assert detect_immobility(track, threshold_radius=1000, threshold_time=130) is not None
    assert detect_immobility(track) is None


def test_order_zones_and_useless_fixes_make_no_difference() -> None:
    fixes = fixes_at(0, 1, 2, 3, 4, 5, 6)
    found = detect_immobility(fixes)
    assert found is not None
    assert found.cluster_radius == pytest.approx(3.0, abs=0.01)
    broken = fixes_at(0, 900, 900, 900, 900)
    broken.loc[0, "geometry"] = None
    broken.loc[1, "fixtime"] = pd.NaT
    broken.loc[2, "junk_status"] = True
    broken.loc[3, "geometry"] = shapely.Point()
    broken = broken.iloc[:4]
    mixed = pd.concat([broken, fixes.sample(frac=1, random_state=2)], ignore_index=True)
    assert detect_immobility(gpd.GeoDataFrame(mixed)) == found
    assert detect_immobility(fixes.drop(columns=["junk_status", "groupby_col"])) == found
    local = fixes.assign(fixtime=[time.tz_convert("Africa/Nairobi") for time in fixes["fixtime"]])
    assert detect_immobility(local) == found


def test_the_antimeridian_is_no_edge() -> None:
    fixes = fixes_at(0, 1, 2, 3, 4, 5, 6, lon=180.0)
    wrapped = fixes.set_geometry(
        gpd.points_from_xy((fixes.geometry.x + 180) % 360 - 180, fixes.geometry.y, crs=4326)
    )
    found = detect_immobility(wrapped)
    assert found is not None
    assert found.cluster_fix_count == 7


@pytest.mark.parametrize("fixes", [fixes_at(), fixes_at(0), fixes_at(0, 1, minutes=299)])
def test_too_short_a_time_is_an_error(fixes: Any) -> None:
    with pytest.raises(ValueError, match=r"Insufficient Data: \d fixes span .* give more fixes"):
        detect_immobility(fixes)


def test_several_animals_are_refused() -> None:
    with pytest.raises(ValueError, match="that of 2 animals"):
        detect_immobility(fixes_at(0, 1).assign(groupby_col=["a", "b"]))


def test_the_result_can_be_stored() -> None:
    info = task_info(detect_immobility, detect_immobility.__module__, "detect_immobility")
    codec = codec_for(info.returns)
    assert codec is not None
    assert codec.suffix == ".json"
