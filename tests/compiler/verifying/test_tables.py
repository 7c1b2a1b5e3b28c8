"""Two tables are compared to the last value, and what differs first is told with its column and row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Point

from ecoscope_workflows.compiler.verifying.tables import is_mark, table_difference
from ecoscope_workflows.contracts.parquet import write_frame, write_mark

if TYPE_CHECKING:
    from pathlib import Path

NAN = float("nan")
TIMES = pd.Series(pd.to_datetime(["2024-01-01", "2024-01-02"]))
POINTS = [Point(0, 0), Point(1, 2)]
LINES = [LineString([(0, 0), (1, 1), (2, 1)]), LineString([(0, 0), (1, 1)])]


def table(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame(columns)


def places(geometry: Any, crs: Any = "EPSG:4326") -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"name": ["a", "b"]}, geometry=geometry, crs=crs)


DIFFERENT: dict[str, tuple[pd.DataFrame, pd.DataFrame, str]] = {
    "missing": (table(a=[1], b=[2]), table(a=[1]), "column 'b' is missing"),
    "new": (table(a=[1]), table(a=[1], b=[2]), "column 'b' was not there"),
    "order": (
        table(a=[1], b=[2]),
        table(b=[2], a=[1]),
        "the order of the columns: ['b', 'a'], not ['a', 'b']",
    ),
    "dtype": (table(a=[1]), table(a=[1.0]), "column 'a': dtype float64, not int64"),
    "width": (table(a=[1]), table(a=[1]).astype("int32"), "column 'a': dtype int32, not int64"),
    "zone": (
        table(t=TIMES.dt.tz_localize("UTC")),
        table(t=TIMES.dt.tz_localize("Africa/Nairobi")),
        "column 't': dtype timestamp[us, tz=Africa/Nairobi], not timestamp[us, tz=UTC]",
    ),
    "categories": (
        table(c=pd.Categorical(["x", "x"], ["x", "y"])),
        table(c=pd.Categorical(["x", "x"], ["x", "y"], ordered=True)),
        "column 'c': dtype dictionary<values=string, indices=int8, ordered=1>, not dictionary<",
    ),
    "rows": (table(a=[1]), table(a=[1, 1]), "2 rows, not 1"),
    "value": (
        table(a=[1, 2], b=[1.5, NAN]),
        table(a=[1, 2], b=[1.5, 2.0]),
        "column 'b', row 1: 2.0, not None",
    ),
    "last-digit": (table(a=[0.1 + 0.2]), table(a=[0.3]), "column 'a', row 0: 0.3, not 0.30000000000000004"),
    "nan-in-list": (
        table(a=[[NAN, 1.0]]),
        table(a=[[NAN, 2.0]]),
        "column 'a', row 0: [None, 2.0], not [None, 1.0]",
    ),
    "null": (table(a=["x", None]), table(a=["x", "None"]), "column 'a', row 1: 'None', not None"),
    "second": (table(a=[[NAN]], b=[1]), table(a=[[NAN]], b=[2]), "column 'b', row 0: 2, not 1"),
    "nested": (table(a=[{"k": [1, 2]}]), table(a=[{"k": [1, 3]}]), "column 'a', row 0: {'k': [1, 3]}, not"),
    "index": (
        table(a=[1, 2]).set_axis(["x", "y"]),
        table(a=[1, 2]).set_axis(["x", "z"]),
        "the index, row 1: 'z', not 'y'",
    ),
    "range": (
        table(a=[1, 2]),
        table(a=[1, 2]).set_axis(pd.RangeIndex(1, 3)),
        "footer.pandas.index_columns[0].start: 1, not 0",
    ),
    "geometry": (
        places(POINTS),
        places([Point(0, 0), Point(1, 2.5)]),
        "column 'geometry', row 1: 'POINT (1 2.5)', not 'POINT (1 2)'",
    ),
    "line": (
        places(LINES),
        places([LINES[1], LINES[1]]),
        "column 'geometry', row 0: 'LINESTRING (0 0, 1 1)'",
    ),
    "crs": (places(POINTS), places(POINTS, "EPSG:32637"), "column 'geometry': CRS EPSG:32637, not EPSG:4326"),
    "no-crs": (places(POINTS), places(POINTS, None), "column 'geometry': CRS None, not EPSG:4326"),
    "no-geometry": (
        places(POINTS),
        places([Point(0, 0), None]),
        "column 'geometry', row 1: None, not 'POINT (1 2)'",
    ),
}


@pytest.mark.parametrize("case", DIFFERENT)
def test_what_differs_first_is_told_with_its_place(case: str, tmp_path: Path) -> None:
    first, second, said = DIFFERENT[case]
    write_frame(first, tmp_path / "first.parquet", '{"a": 1}')
    write_frame(second, tmp_path / "second.parquet", '{"a": 1}')
    assert table_difference(tmp_path / "first.parquet", tmp_path / "second.parquet").startswith(said)


@pytest.mark.parametrize("case", DIFFERENT)
def test_a_table_is_the_same_wherever_it_comes_from(case: str, tmp_path: Path) -> None:
    for frame in DIFFERENT[case][:2]:
        write_frame(frame, tmp_path / "first.parquet", '{"a": 1}')
        write_frame(frame.copy(), tmp_path / "second.parquet", '{"a": 2}')
        assert table_difference(tmp_path / "first.parquet", tmp_path / "second.parquet") == ""


# Of a number that is none Parquet holds that there is none.
NUMBERS = st.floats(allow_nan=False) | st.none()


@given(column=st.lists(NUMBERS, min_size=1, max_size=4), row=st.integers(min_value=0), value=NUMBERS)
def test_any_number_in_the_place_of_another_is_found(
    column: list[float | None], row: int, value: float | None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("tables")
    place = row % len(column)
    changed = [*column[:place], value, *column[place + 1 :]]
    for name, cells in (("first", column), ("second", changed)):
        write_frame(table(a=pd.Series(cells, dtype=float)), folder / f"{name}.parquet", "{}")
    said = "" if column[place] == value else f"column 'a', row {place}: {value!r}, not {column[place]!r}"
    assert table_difference(folder / "first.parquet", folder / "second.parquet") == said


def test_a_mark_is_no_table(tmp_path: Path) -> None:
    write_mark(tmp_path / "mark.parquet", "null", "{}")
    write_frame(table(a=[1]), tmp_path / "table.parquet", "{}")
    assert is_mark(tmp_path / "mark.parquet")
    assert not is_mark(tmp_path / "table.parquet")
