"""What holds of every task that turns one frame into another, whatever it does to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from pandas.testing import assert_frame_equal

from ecoscope_workflows.contracts.effects import Effect, applied, effect_arguments
from ecoscope_workflows.contracts.frame_data import UNSAID, FrameType
from ecoscope_workflows.contracts.parquet import read_frame, write_frame
from ecoscope_workflows.decorators import task_metadata
from ecoscope_workflows.registry.signature import task_info
from ecoscope_workflows.tasks import analysis, transformation

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TIMES = ["2017-01-01 23:30", "2017-03-01 00:00", "2017-03-01 00:00", "NaT"]


def some_frame() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "name": ["b", "a", None, "a"],
            "speed": [2.0, 1.0, float("nan"), 1.0],
            "count": [3, 1, 2, 2],
            "night": [True, False, True, False],
            "time": pd.to_datetime(TIMES, utc=True),
            "details": [{"kind": "x", "n": 1}, None, {"kind": None, "n": 2}, {}],
            "tags": [["p", "q"], [], None, ["r"]],
        },
        geometry=[shapely.Point(36, 1), None, shapely.Point(), shapely.LineString([(179, 0), (181, 1)])],
        crs="EPSG:4326",
        index=pd.Index(["i1", "i2", "i2", "i3"], name="id"),
    )


@dataclass
class Call:
    task: Callable[..., Any]
    arguments: dict[str, Any] = field(default_factory=dict)
    frame: str = "df"

    def __call__(self, frame: Any) -> Any:
        return self.task(**{self.frame: frame}, **self.arguments)

    def __str__(self) -> str:
        return f"{self.task.__name__}-{'-'.join(map(str, self.arguments.values()))}"[:60]


FIELD = {"column_name": "details", "field_name_options": ["kind"], "output_column_name": "kind"}
VALUE = {"column_name": "speed", "output_column_name": "out"}

CALLS = [
    Call(transformation.map_columns),
    Call(transformation.map_columns, {"drop_columns": ["name"], "rename_columns": {"speed": "Speed"}}),
    Call(transformation.map_columns, {"retain_columns": ["count", "geometry"]}),
    Call(transformation.map_columns, {"retain_columns": ["count"]}),
    Call(transformation.map_columns, {"rename_columns": {"geometry": "shape"}}),
    Call(transformation.reorder_columns, {"columns": ["speed", "name"]}),
    Call(transformation.title_case_columns_by_prefix, {"prefix": "ti"}),
    Call(transformation.strip_prefix_from_column_names, {"prefix": "na"}),
    Call(transformation.drop_column_prefix, {"prefix": "n"}),
    Call(transformation.drop_duplicate_columns),
    Call(transformation.map_values, {"column_name": "name", "value_map": {"a": "A"}}),
    Call(transformation.map_values, {"column_name": "name", "missing_values": "preserve"}),
    Call(transformation.map_values, {"column_name": "name", "missing_values": "replace", "replacement": "?"}),
    Call(transformation.map_values, {"column_name": "speed"}),
    Call(transformation.assign_value, {"column_name": "new", "value": 1}),
    Call(transformation.assign_value, {"column_name": "name", "value": None}),
    Call(transformation.fill_na, {"value": "none", "columns": ["name"]}),
    Call(transformation.map_values_with_unit, {"input_column_name": "speed", "output_column_name": "out"}),
    Call(transformation.convert_column_values_to_string, {"columns": ["speed", "name", "night", "time"]}),
    Call(transformation.convert_column_values_to_numeric, {"columns": ["name", "count"]}),
    Call(transformation.convert_values_to_timezone, {"timezone": "Africa/Nairobi", "columns": ["time"]}),
    Call(transformation.convert_crs, {"crs": "EPSG:3857"}),
    *(
        Call(transformation.extract_value_from_json_column, {**FIELD, "output_type": kind})
        for kind in ("str", "float", "bool", "datetime", "date", "json", "series")
    ),
    *(
        Call(transformation.extract_column_as_type, {**VALUE, "output_type": kind})
        for kind in ("str", "float", "bool", "datetime", "date", "json", "series")
    ),
    Call(transformation.sort_values, {"column_name": "speed"}),
    Call(transformation.drop_nan_values_by_column, {"column_name": "speed"}),
    Call(transformation.drop_null_geometry, frame="gdf"),
    Call(transformation.filter_by_geometry_type, {"geometry_types": ["Point"]}),
    Call(transformation.filter_df, {"column_name": "speed", "op": "ge", "value": "1"}),
    Call(transformation.explode, {"column_name": "tags", "ignore_index": False}),
    Call(transformation.apply_reloc_coord_filter),
    Call(transformation.normalize_json_column, {"column": "details"}),
    Call(transformation.normalize_numeric_column, {"column": "count", "output_column_name": None}),
    Call(transformation.decompose_datetime, {"datetime_column": "time", "components": ["month", "date"]}),
    Call(
        analysis.apply_arithmetic_operation_over_rows,
        {"column_a": "speed", "column_b": "count", "output_column": "out", "operation": "divide"},
    ),
    Call(
        analysis.aggregate_over_rows,
        {"agg_ops": "sum", "output_column": "out", "columns": ["speed", "count"]},
    ),
]


@pytest.fixture(params=CALLS, ids=str)
def call(request: pytest.FixtureRequest) -> Call:
    found: Call = request.param
    return found


def assert_declared_columns(call: Call, before: Any, after: Any) -> None:
    """Check that what is said of the columns before anything runs holds of the result."""
    task = call.task
    metadata = task_metadata(task)
    assert metadata is not None
    effect = metadata.effect
    if effect is None:
        return
    if not isinstance(effect, Effect):
        info = task_info(task, task.__module__, task.__name__)
        defaults = {name: parameter.default for name, parameter in info.parameters.items()}
        given = {**defaults, **call.arguments}
        effect = effect(**{name: given[name] for name in effect_arguments(effect)})
        assert effect is not None
    said = applied(effect, FrameType(columns=dict.fromkeys(before.columns, UNSAID)))
    assert set(said.columns) <= set(after.columns)
    assert not set(said.absent) & set(after.columns)
    for name in effect.adds:
        column = said.columns[name]
        if column.dtype.name in {"str", "float64"}:
            found = after[name]
            assert str(found.dtype) == column.dtype.name or found.dtype == pd.Series(dtype=str).dtype
        if column.nullable is False:
            assert after[name].notna().all()


@pytest.mark.parametrize("rows", [slice(None), slice(0), slice(1), slice(None, None, -1)])
def test_leaves_its_input_alone_and_says_what_its_columns_become(call: Call, rows: slice) -> None:
    frame = some_frame().iloc[rows]
    before = frame.copy(deep=True)
    after = call(frame)
    assert_frame_equal(frame, before)
    assert frame.crs == before.crs
    assert_declared_columns(call, before, after)


def test_can_be_stored_with_the_same_bytes_each_time(call: Call, tmp_path: Path) -> None:
    result = call(some_frame())
    for name in ("first", "second"):
        write_frame(result, tmp_path / name, "")
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()
    again = read_frame(tmp_path / "first")
    assert list(again.columns) == list(result.columns)
    assert list(again.index) == list(result.index)


def test_keeps_the_geometry_and_its_crs(call: Call) -> None:
    result = call(some_frame())
    names = {"geometry", "shape"} & set(result.columns)
    if names:
        assert isinstance(result, gpd.GeoDataFrame)
        assert result.geometry.name in names
        assert result.crs == call.arguments.get("crs", "EPSG:4326")
