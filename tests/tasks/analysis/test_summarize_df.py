"""Tables of summaries, against the published numbers and by hand."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from pandas.testing import assert_frame_equal
from pydantic import TypeAdapter, ValidationError

from ecoscope_workflows.tasks.analysis import set_patrol_summary_metrics, summarize_df
from ecoscope_workflows.tasks.analysis._get_night_day_ratio import get_night_day_ratio
from ecoscope_workflows.tasks.analysis._patrol_summary import CustomMetric, TotalDurationMetric
from ecoscope_workflows.tasks.analysis._summaries import coverage_area_sqkm
from ecoscope_workflows.tasks.analysis._summary_params import SummaryParam

if TYPE_CHECKING:
    from pathlib import Path

FRAME = pd.DataFrame(
    {"A": [1, 2, 3, 4, 5], "B": [5, 4, 3, 2, 1], "Group": ["X", "X", "Y", "Y", "Y"]}, index=list("abcde")
)


def params(*given: dict[str, Any]) -> list[SummaryParam]:
    return TypeAdapter(list[SummaryParam]).validate_python(given)


def stat(name: str, statistic: str, column: str, **more: Any) -> dict[str, Any]:
    return {"display_name": name, "aggregator": statistic, "column": column, **more}


@pytest.mark.parametrize(
    ("statistic", "column", "expected"),
    [("sum", "A", 15), ("min", "A", 1), ("max", "A", 5), ("mean", "A", 3), ("median", "A", 3),
     ("count", "A", 5), ("nunique", "Group", 2), ("sum", "B", 15), ("min", "Group", "X")],
)  # fmt: skip
def test_gives_statistics_of_a_whole_frame(statistic: str, column: str, expected: Any) -> None:
    table = summarize_df(FRAME, params(stat("Out", statistic, column)))
    assert table.loc[0, "Out"] == expected
    assert table.shape == (1, 1)


def test_gives_a_row_for_each_group() -> None:
    given = params(stat("Sum of A", "sum", "A"), stat("Rows", "count", "A"))
    table = summarize_df(FRAME, given, ["Group"])
    assert table["Sum of A"].to_dict() == {"X": 3, "Y": 12}
    assert table["Rows"].to_dict() == {"X": 2, "Y": 3}
    assert table.index.name == "Group"
    numbered = summarize_df(FRAME, given, ["Group"], reset_index=True)
    assert list(numbered.columns) == ["Group", "Sum of A", "Rows"]
    by_level = summarize_df(FRAME.set_index("Group"), given, ["Group"])
    assert_frame_equal(by_level, table)


def test_groups_by_several_columns_and_leaves_out_rows_without_a_group() -> None:
    frame = FRAME.assign(Sub=pd.Series(["p", None, "q", "p", "p"], index=FRAME.index, dtype=str))
    table = summarize_df(frame, params(stat("n", "count", "A")), ["Group", "Sub"])
    assert table["n"].to_dict() == {("X", "p"): 1, ("Y", "p"): 2, ("Y", "q"): 1}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"original_unit": "m", "new_unit": "km", "decimal_places": 3}, 0.015),
        ({"original_unit": "m", "new_unit": "km"}, 0.02),
        ({"original_unit": "s", "new_unit": "h", "decimal_places": None}, 15 / 3600),
        ({"convert_units": False, "original_unit": "m", "new_unit": "km"}, 15),
        ({"original_unit": None, "new_unit": None, "decimal_places": 0}, 15),
    ],
)
def test_converts_units_and_rounds(more: dict[str, Any], expected: float) -> None:
    assert summarize_df(FRAME, params(stat("Out", "sum", "A", **more))).loc[0, "Out"] == expected


@pytest.mark.parametrize(
    "wrong",
    [
        {"display_name": "x", "aggregator": "sum"},
        stat("x", "sum", "A", original_unit="m"),
        stat("x", "sum", "A", convert_units=True),
        stat("x", "mode", "A"),
        {"display_name": "x", "aggregator": "coverage_area", "swath_width_meters": 0},
    ],
)
def test_refuses_incomplete_columns(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        params(wrong)


def test_lists_different_values() -> None:
    given = params(stat("Who", "unique", "Group"))
    assert summarize_df(FRAME, given).loc[0, "Who"] == "X, Y"
    assert summarize_df(FRAME, given, ["Group"])["Who"].to_dict() == {"X": "X", "Y": "Y"}


def test_divides_statistics_and_a_ratio_to_nothing_is_missing() -> None:
    frame = pd.DataFrame({"n": [1, 1, 1], "s": [1800.0, 1800.0, 0.0], "g": ["a", "a", "b"]})
    ratio = {
        "display_name": "per hour",
        "aggregator": "ratio",
        "numerator": {"aggregator": "count", "column": "n"},
        "denominator": {"aggregator": "sum", "column": "s"},
        "scale": 3600.0,
    }
    assert summarize_df(frame, params(ratio)).loc[0, "per hour"] == 3.0
    by_group = summarize_df(frame, params(ratio), ["g"])["per hour"]
    assert by_group["a"] == 2.0
    assert math.isnan(by_group["b"])


def test_gives_the_published_summary(reference_data: Path) -> None:
    segments = gpd.read_parquet(
        reference_data / "ecoscope2026/preprocessing/relocations-to-trajectory.example-return.parquet"
    )
    table = summarize_df(
        segments,
        params(
            {"display_name": "Night Day Ratio", "aggregator": "night_day_ratio", "decimal_places": 2},
            stat("Total Dist Km", "sum", "dist_meters", original_unit="m", new_unit="km", decimal_places=2),
        ),
    )
    assert table.loc[0, "Total Dist Km"] == 2242.49
    assert table.loc[0, "Night Day Ratio"] == round(get_night_day_ratio(segments), 2)


def track(*lines: list[tuple[float, float]], crs: str = "EPSG:4326") -> gpd.GeoDataFrame:
    shapes = [shapely.LineString(line) for line in lines]
    return gpd.GeoDataFrame({"id": range(len(shapes))}, geometry=shapes, crs=crs)


def test_measures_the_area_of_swaths() -> None:
    # 10 km along a line of UTM zone 37 S; a swath of 500 m and a disc of 500 m at its ends.
    one = track([(300_000, 9_800_000), (310_000, 9_800_000)], crs="EPSG:32737")
    expected = 10 * 0.5 + math.pi * 0.25**2
    assert coverage_area_sqkm(one, 500, merged=True) == pytest.approx(expected, rel=1e-3)
    twice = pd.concat([one, one], ignore_index=True)
    assert coverage_area_sqkm(twice, 500, merged=True) == pytest.approx(expected, rel=1e-3)
    assert coverage_area_sqkm(twice, 500, merged=False) == pytest.approx(2 * expected, rel=1e-3)


@pytest.mark.parametrize(("latitude", "zone"), [(1.0, "EPSG:32660"), (-1.0, "EPSG:32760")])
def test_measures_swaths_across_the_antimeridian(latitude: float, zone: str) -> None:
    across = track([(179.8, latitude), (179.9, latitude)], [(-179.99, latitude), (-179.98, latitude)])
    measured = across.to_crs(zone).buffer(250).area.sum() / 1e6
    assert coverage_area_sqkm(across, 500, merged=False) == pytest.approx(measured, rel=1e-12)


def test_what_has_no_geometry_covers_nothing() -> None:
    empty = gpd.GeoDataFrame({"id": [1, 2]}, geometry=[None, shapely.Point()], crs="EPSG:4326")
    assert coverage_area_sqkm(empty, 500, merged=True) == 0
    assert coverage_area_sqkm(empty.iloc[:0], 500, merged=True) == 0
    with pytest.raises(ValueError, match="needs a frame with a geometry"):
        coverage_area_sqkm(FRAME, 500, merged=True)
    with pytest.raises(ValueError, match="needs the CRS"):
        coverage_area_sqkm(track([(0, 0), (1, 1)]).set_crs(None, allow_override=True), 500, merged=True)


def patrols() -> gpd.GeoDataFrame:
    line = [(36.0, 1.0), (36.01, 1.0)]
    return track(line, line, [(37.0, 1.0), (37.01, 1.0)]).assign(
        patrol_id=["p1", "p1", "p2"],
        dist_meters=[1000.0, 500.0, 250.0],
        timespan_seconds=[3600.0, 1800.0, 900.0],
        segment_start_date=["2017-01-01", "2017-01-02", "2017-01-01"],
    )


def test_presets_of_patrols_make_a_table() -> None:
    frame = patrols()
    before = frame.copy(deep=True)
    table = summarize_df(frame, set_patrol_summary_metrics(), ["patrol_id"], reset_index=True)
    assert_frame_equal(frame, before)
    assert list(table.columns) == [
        "patrol_id",
        "Patrol Count",
        "Total Distance (km)",
        "Total Duration (hrs)",
        "Patrol Days",
        "Merged Area Covered (km²)",
        "Unmerged Area Covered (km²)",
    ]
    assert list(table["Patrol Count"]) == [1, 1]
    assert list(table["Total Distance (km)"]) == [1.5, 0.25]
    assert list(table["Total Duration (hrs)"]) == [1.5, 0.25]
    assert list(table["Patrol Days"]) == [2, 1]
    merged, unmerged = table["Merged Area Covered (km²)"], table["Unmerged Area Covered (km²)"]
    assert unmerged[0] == pytest.approx(2 * merged[0], abs=0.02)
    assert unmerged[1] == merged[1] == pytest.approx(1.113 * 0.5 + math.pi * 0.25**2, abs=0.01)


def test_presets_take_units_and_columns_of_ones_own() -> None:
    custom = CustomMetric(display_name="Longest", aggregator="max", column="dist_meters")
    given = set_patrol_summary_metrics([TotalDurationMetric(unit="d"), custom])
    table = summarize_df(patrols(), given)
    assert table.to_dict("list") == {"Total Duration (days)": [0.07], "Longest": [1000.0]}


@pytest.mark.parametrize("groups", [None, ["patrol_id"]])
def test_a_frame_without_rows_has_a_table(groups: list[str] | None) -> None:
    table = summarize_df(patrols().iloc[:0], set_patrol_summary_metrics(), groups)
    assert len(table) == (groups is None)
    if groups is None:
        assert table.iloc[0].tolist() == [0] * 6


@pytest.mark.parametrize(
    ("given", "groups", "error", "words"),
    [
        ([stat("x", "sum", "C")], None, KeyError, r"summary_params \('x'\) names the column 'C'"),
        ([stat("x", "sum", "A")], ["Grp"], KeyError, "groupby_cols names the column 'Grp'"),
        ([stat("x", "sum", "A"), stat("x", "max", "A")], None, ValueError, "two columns of the name 'x'"),
        ([stat("x", "sum", "Group")], None, ValueError, "column 'Group' holds .*, which has no sum"),
        ([stat("x", "mean", "Group")], ["Group"], ValueError, "column 'Group' holds .*, which has no mean"),
        ([stat("x", "sum", "A", original_unit="m", new_unit="h")], None, ValueError, "unit of length"),
    ],
)
def test_says_why_there_is_no_summary(
    given: list[dict[str, Any]], groups: list[str] | None, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        summarize_df(FRAME, params(*given), groups)
