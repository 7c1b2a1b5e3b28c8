"""The kernel: laws that hold for any fixes, and the published net squared displacement."""

from __future__ import annotations

import subprocess
import sys
import warnings
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecoscope_workflows.tasks.preprocessing._fixes import ordered_fixes
from ecoscope_workflows.tasks.preprocessing._trajectory import (
    SegmentFilter,
    net_squared_displacement,
    segment_ids,
    segments_between,
)
from ecoscope_workflows.tasks.readme import relocations_to_trajectory

if TYPE_CHECKING:
    from pathlib import Path

ANY_FIXES = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.integers(0, 10**6),
        st.floats(-180, 180, allow_nan=False),
        st.floats(-90, 90, allow_nan=False),
    ),
    max_size=15,
)


def frame(fixes: list[tuple[str, int, float, float]]) -> Any:
    return gpd.GeoDataFrame(
        {
            "groupby_col": pd.Series([fix[0] for fix in fixes], dtype=str),
            "fixtime": pd.to_datetime(
                pd.Series([fix[1] for fix in fixes], dtype="int64"), unit="s", utc=True
            ),
            "junk_status": pd.Series([False] * len(fixes), dtype=bool),
        },
        geometry=gpd.points_from_xy([fix[2] for fix in fixes], [fix[3] for fix in fixes], crs=4326),
    )


@given(ANY_FIXES)
def test_segments_of_any_fixes(fixes: list[tuple[str, int, float, float]]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        ordered = ordered_fixes(frame(fixes))
    segments = segments_between(ordered)
    distinct = {(animal, second) for animal, second, _, _ in fixes}
    animals = {animal for animal, _ in distinct}
    assert len(ordered.row) == len(distinct)
    assert len(segments.start) == len(distinct) - len(animals)
    assert (segments.timespan_seconds > 0).all()
    assert np.isfinite(segments.speed_kmhr).all()
    # No two places on the globe are further apart than half a meridian ellipse, 20 003.93 km.
    assert ((segments.dist_meters >= 0) & (segments.dist_meters <= 20_003_932)).all()
    assert ((segments.heading >= 0) & (segments.heading <= 360)).all()
    for animal in animals:
        seconds = [second for name, second in distinct if name == animal]
        own = [fixes[row][0] == animal for row in ordered.row[segments.start]]
        assert segments.timespan_seconds[own].sum() == max(seconds) - min(seconds)


@given(ANY_FIXES, st.randoms(use_true_random=False))
def test_segments_do_not_depend_on_the_order_of_fixes(
    fixes: list[tuple[str, int, float, float]], random: Any
) -> None:
    single = list({(fix[0], fix[1]): fix for fix in fixes}.values())
    shuffled = list(single)
    random.shuffle(shuffled)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        one, other = (
            segments_between(ordered_fixes(frame(single))),
            segments_between(ordered_fixes(frame(shuffled))),
        )
    for name in ("start", "timespan_seconds", "dist_meters", "speed_kmhr", "heading"):
        assert (getattr(one, name) == getattr(other, name)).all()


@given(st.lists(st.sampled_from(["a", "a-2", "a-3", "a-2-2", "b"])))
def test_ids_are_unique_and_the_first_of_each_name_keeps_it(names: list[str]) -> None:
    found = segment_ids(pd.Index(names, dtype=object))
    assert found.is_unique
    assert found.name == "id"
    for name in set(names):
        assert found[names.index(name)] == name


def test_net_squared_displacement_is_the_published_one(reference_data: Path) -> None:
    folder = reference_data / "ecoscope2026" / "preprocessing"
    published = gpd.read_parquet(folder / "relocations-to-trajectory.example-return.parquet")
    relocations = gpd.read_parquet(folder / "process-relocations.example-return.parquet")
    fixes = ordered_fixes(relocations)
    segments = segments_between(fixes)
    found = pd.Series(
        net_squared_displacement(fixes, segments), index=relocations.index[fixes.row[segments.start]]
    )
    assert np.abs(found.loc[published.index] - published["nsd"]).max() < 1e-6


def test_displacement_of_known_tracks(reference_data: Path) -> None:
    data = pd.read_feather(reference_data / "ecoscope2026" / "tests" / "movebank_data.feather")
    relocations = gpd.GeoDataFrame(
        {
            "groupby_col": data["individual-local-identifier"],
            "fixtime": pd.to_datetime(data["timestamp"]).dt.tz_localize("UTC"),
            "junk_status": False,
        },
        geometry=gpd.points_from_xy(data["location-long"], data["location-lat"], crs=4326),
    )
    habiba = relocations[relocations["groupby_col"] == "Habiba"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        fixes = ordered_fixes(habiba)
    squared = net_squared_displacement(fixes, segments_between(fixes))
    first_five = [0.0008928503827, 0.0036063060587, 0.0058326373607, 0.0578192576499, 0.1449508202423]
    assert squared[:5] == pytest.approx(first_five, abs=1e-9)
    assert np.sqrt(squared[-1]) * 1000 == pytest.approx(2633.9728734217356, abs=1e-6)


def test_distances_and_headings_are_those_of_the_surveyors() -> None:
    # Flinders Peak to Buninyong, the worked example of Geoscience Australia's GDA technical manual:
    # 54 972.271 m at 306 degrees 52 minutes 5.37 seconds (GRS 80, here within 0.1 mm of WGS 84).
    flinders = (144 + 25 / 60 + 29.52440 / 3600, -(37 + 57 / 60 + 3.72030 / 3600))
    buninyong = (143 + 55 / 60 + 35.38390 / 3600, -(37 + 39 / 60 + 10.15610 / 3600))
    segments = segments_between(ordered_fixes(frame([("a", 0, *flinders), ("a", 3600, *buninyong)])))
    assert segments.dist_meters == pytest.approx([54972.271], abs=1e-3)
    assert segments.heading == pytest.approx([306 + 52 / 60 + 5.37 / 3600], abs=1e-2 / 3600)


def test_the_filter_counts_what_lies_outside_of_each_bound() -> None:
    fixes = ordered_fixes(frame([("a", 0, 0, 0), ("a", 1, 0, 1), ("a", 7201, 0, 1), ("a", 7300, 0, 1.0001)]))
    keep, outside = SegmentFilter(0.001, 10000, 1, 3600, 0, 120).keep(segments_between(fixes))
    assert keep.tolist() == [False, False, True]
    expected = "1 below min_length_meters, 1 above max_length_meters, 1 above max_time_secs, "
    assert outside == expected + "1 above max_speed_kmhr"


def test_importing_the_tasks_imports_nothing_heavy() -> None:
    code = (
        "import sys, ecoscope_workflows.tasks.preprocessing\n"
        "print(sorted({'pandas', 'numpy', 'geopandas', 'shapely', 'pyproj', 'pandera'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
def test_a_million_fixes_become_as_many_segments() -> None:
    count, animals = 1_000_000, 50
    rng = np.random.default_rng(1)
    relocations = gpd.GeoDataFrame(
        {
            "groupby_col": np.repeat([f"animal-{number:02}" for number in range(animals)], count // animals),
            "fixtime": pd.to_datetime(
                np.tile(np.arange(count // animals) * 1800, animals), unit="s", utc=True
            ),
            "junk_status": False,
        },
        geometry=gpd.points_from_xy(37 + rng.random(count), rng.random(count), crs=4326),
    )
    found = relocations_to_trajectory(relocations, 0.0, 1e7, 1e6, 1.0, 1e6, 0.0)
    assert len(found) == count - animals
