"""What is sure of a frame, pandera says as well; and of what tasks pass on, it is never asked."""

from __future__ import annotations

import subprocess
import sys
from itertools import product
from typing import TYPE_CHECKING, Annotated, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from tests.contracts.made_schemas import Optional, schema

from ecoscope_workflows.annotations import (
    AwareDatetime,
    Column,
    Geometry,
    LineGeometry,
    PointGeometry,
    UTCDatetime,
)
from ecoscope_workflows.contracts.frame_check import is_unique_text, surely_satisfies
from ecoscope_workflows.contracts.frame_types import written_type
from ecoscope_workflows.contracts.frames import FrameContract
from ecoscope_workflows.contracts.schemas import LazyModel
from ecoscope_workflows.contracts.track_geometry import LONG, track_array
from ecoscope_workflows.tasks import schemas

if TYPE_CHECKING:
    from pathlib import Path

ROWS = 3
POINT, LINE = shapely.Point(1, 2), shapely.LineString([(0, 0), (1, 5)])


def geometries(shapes: list[Any], crs: Any = "EPSG:4326") -> Any:
    return gpd.GeoSeries(shapes, crs=crs).array


# Columns of three rows, of each kind that a frame may hold.
VALUES: dict[str, Any] = {
    "text": pd.array(["a", "b", "c"], dtype="str"),
    "text twice": pd.array(["a", "b", "a"], dtype="str"),
    "text with a null": pd.array(["a", None, "c"], dtype="str"),
    "nullable text": pd.array(["a", "b", "c"], dtype="string"),
    "objects of text": np.array(["a", "b", "c"], dtype=object),
    "objects": np.array([[1], {}, "c"], dtype=object),
    "objects with a null": np.array([[1], None, "c"], dtype=object),
    "categories": pd.Categorical(["a", "b", "a"]),
    "integers": np.array([0, 1, 2]),
    "small integers": np.array([0, 1, 2], dtype="int32"),
    "nullable integers": pd.array([1, None, 2], dtype="Int64"),
    "negative": np.array([-1.5, 0.0, 3.0]),
    "floats": np.array([0.5, 1.0, 99.5]),
    "floats with a null": np.array([0.5, np.nan, 99.5]),
    "infinite": np.array([0.5, np.inf, 99.5]),
    "small floats": np.array([0.5, 1.0, 2.0], dtype="float32"),
    "booleans": np.array([True, False, True]),
    "nullable booleans": pd.array([True, None, True], dtype="boolean"),
    "times in UTC": pd.date_range("2020-01-01", periods=ROWS, tz="UTC"),
    "times in a zone": pd.date_range("2020-01-01", periods=ROWS, tz="Africa/Nairobi"),
    "times without a zone": pd.date_range("2020-01-01", periods=ROWS),
    "times with a null": pd.DatetimeIndex(["2020-01-01", None, "2020-01-03"], tz="UTC"),
    "points": geometries([POINT, POINT, POINT]),
    "points with a null": geometries([POINT, None, POINT]),
    "points elsewhere": geometries([POINT, POINT, POINT], "EPSG:32637"),
    "points without a CRS": geometries([POINT, POINT, POINT], None),
    "lines": geometries([LINE, LINE, LINE]),
    "a line among points": geometries([POINT, LINE, POINT]),
}
KINDS = [
    *(str, int, float, bool, object, Any, np.int32, np.float32),
    *(UTCDatetime, AwareDatetime, Geometry, PointGeometry, LineGeometry),
]
OPTIONS: list[dict[str, Any]] = [
    *({}, {"nullable": True}, {"unique": True}, {"coerce": True}, {"crs": "EPSG:4326"}),
    *({"ge": 0}, {"gt": 0}, {"le": 99.5}, {"lt": 99.5}, {"isin": ["a", "b", "c"]}, {"eq": 1}),
    *({"nullable": True, "unique": True}, {"nullable": True, "ge": 0, "ignore_na": False}),
    *({"nullable": True, "ge": 0}, {"nullable": True, "crs": "EPSG:4326"}, {"unique": True, "lt": 1000}),
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_what_is_sure_is_no_fault_for_pandera(options: dict[str, Any]) -> None:
    sure = 0
    for kind, index, rows in product(KINDS, (None, str, int), (0, ROWS)):
        made = schema("Made", index, {}, one=Annotated[kind, Column(**options)])
        said = written_type(made)
        assert said is not None
        for values in VALUES.values():
            frame = pd.DataFrame({"one": values}, index=pd.Index(["x", "y", "x"], name="id")).iloc[:rows]
            if surely_satisfies(frame, said):
                sure += 1
                pd.testing.assert_frame_equal(made.validate(frame, lazy=True), frame)
    assert sure or options.keys() & {"coerce", "isin", "eq"}


@pytest.mark.parametrize(
    "config", [{"strict": True}, {"coerce": True}, {"ordered": True}, {"unique": ["one"]}], ids=str
)
def test_what_a_whole_schema_says_is_left_to_pandera(config: dict[str, Any]) -> None:
    said = written_type(schema("Made", None, config, one=float))
    assert said is not None
    assert not surely_satisfies(pd.DataFrame({"one": [1.0]}), said)


def test_a_column_that_may_be_absent_is_checked_where_it_is_there() -> None:
    said = written_type(schema("Made", None, {}, one=Optional(float), other=float))
    assert said is not None
    assert surely_satisfies(pd.DataFrame({"other": [1.0]}), said)
    assert surely_satisfies(pd.DataFrame({"one": [1.0], "other": [1.0]}), said)
    assert not surely_satisfies(pd.DataFrame({"one": ["a"], "other": [1.0]}), said)
    assert not surely_satisfies(pd.DataFrame({"one": [1.0]}), said)


SURE = {
    str: "text",
    int: "integers",
    float: "floats",
    bool: "booleans",
    Any: "objects",
    np.int32: "small integers",
    UTCDatetime: "times in UTC",
    AwareDatetime: "times in a zone",
    Geometry: "a line among points",
    PointGeometry: "points",
    LineGeometry: "lines",
}


@pytest.mark.skipif(pd.__version__ < "3", reason="text was objects before pandas 3")
@pytest.mark.parametrize(("kind", "values"), SURE.items(), ids=SURE.values())
def test_what_fits_is_sure(kind: Any, values: str) -> None:
    said = written_type(schema("Made", str, {}, one=kind))
    frame = pd.DataFrame({"one": VALUES[values]}, index=["x", "y", "z"])
    assert said is not None
    assert surely_satisfies(frame, said)


def test_the_same_column_twice_is_left_to_pandera() -> None:
    said = written_type(schema("Made", None, {}, one=float))
    frame = pd.DataFrame([[1.0, 2.0]], columns=["one", "one"])
    assert said is not None
    assert not surely_satisfies(frame, said)


def test_a_schema_with_anything_of_panderas_is_left_to_it() -> None:
    import pandera.pandas as pa  # noqa: PLC0415  # what is asked about

    own = LazyModel(
        "Own", (), {"__annotations__": {"one": "float"}, "one": pa.Field(), "__module__": __name__}
    )
    assert written_type(own) is None


def test_long_tracks_are_checked_without_geometries() -> None:
    coordinates = np.zeros((LONG, 2, 2))
    frame = gpd.GeoDataFrame({"geometry": track_array(coordinates, crs="EPSG:4326")}, geometry="geometry")
    for kind, fits in ((LineGeometry, True), (PointGeometry, False)):
        said = written_type(schema("Made", None, {}, geometry=Annotated[kind, Column(crs="EPSG:4326")]))
        assert said is not None
        assert surely_satisfies(frame, said) == fits
    assert frame["geometry"].array.coordinates is not None


@given(st.lists(st.sampled_from(["", "a", "b", "ab", "a" * 40, "ä"])))
def test_text_that_stands_once_only(texts: list[str]) -> None:
    assert is_unique_text(pd.Series(texts, dtype="str")) == (len(set(texts)) == len(texts))


def test_what_is_done_to_a_checked_frame_is_not_done_to_the_one_given() -> None:
    frame = gpd.GeoDataFrame({"speed": [1.0, 2.0]}, geometry=geometries([POINT, POINT]))
    made = schema("Made", None, {}, speed=float, geometry=PointGeometry)
    checked: Any
    checked, faults = FrameContract(made).faults(frame)
    assert faults == ()
    checked.loc[0, "speed"] = 9.0
    checked["more"] = 1
    checked.geometry = geometries([LINE, LINE])
    assert list(frame["speed"]) == [1.0, 2.0]
    assert list(frame.columns) == ["speed", "geometry"]
    assert (frame.geometry == POINT).all()


@pytest.mark.skipif(pd.__version__ < "3", reason="as above")
def test_pandera_is_not_loaded_for_what_tasks_pass_on(tmp_path: Path) -> None:
    segments = gpd.GeoDataFrame(
        {
            "groupby_col": ["a"],
            **dict.fromkeys(("segment_start", "segment_end"), pd.date_range("2020", periods=1, tz="UTC")),
            **dict.fromkeys(("timespan_seconds", "dist_meters", "speed_kmhr", "heading", "nsd"), 1.0),
            "junk_status": [False],
        },
        geometry=geometries([LINE]),
        index=pd.Index(["x"], name="id"),
    )
    segments.to_parquet(tmp_path / "segments.parquet")
    assert FrameContract(schemas.DisplacedTrajectory).faults(segments)[1] == ()
    code = (
        "import sys; import geopandas as gpd; from ecoscope_workflows.contracts.frames import FrameContract;"
        "from ecoscope_workflows.tasks.schemas import DisplacedTrajectory as schema;"
        f"frame = gpd.read_parquet({str(tmp_path / 'segments.parquet')!r});"
        "assert FrameContract(schema).faults(frame)[1] == ();"
        "assert 'pandera' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
