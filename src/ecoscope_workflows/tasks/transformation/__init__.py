"""Tasks that change, add or leave out columns and rows of a frame."""

from __future__ import annotations

from ecoscope_workflows.tasks.transformation._apply_classification import apply_classification
from ecoscope_workflows.tasks.transformation._apply_color_map import apply_color_map
from ecoscope_workflows.tasks.transformation._classify_is_night import classify_is_night
from ecoscope_workflows.tasks.transformation._column_names import (
    drop_column_prefix,
    drop_duplicate_columns,
)
from ecoscope_workflows.tasks.transformation._concat import concat_dataframes
from ecoscope_workflows.tasks.transformation._conversion import (
    convert_column_values_to_numeric,
    convert_column_values_to_string,
    convert_crs,
    convert_values_to_timezone,
)
from ecoscope_workflows.tasks.transformation._coordinate_filter import apply_reloc_coord_filter
from ecoscope_workflows.tasks.transformation._decompose_datetime import decompose_datetime
from ecoscope_workflows.tasks.transformation._extract_values import (
    extract_column_as_type,
    extract_value_from_json_column,
)
from ecoscope_workflows.tasks.transformation._grouper_indexes import (
    extract_grouper_index_names,
    extract_spatial_grouper_feature_group_names,
    rename_grouper_index_columns,
)
from ecoscope_workflows.tasks.transformation._map_columns import (
    map_columns,
    reorder_columns,
    strip_prefix_from_column_names,
    title_case_columns_by_prefix,
)
from ecoscope_workflows.tasks.transformation._map_values import (
    assign_value,
    fill_na,
    lookup_string_var,
    map_values,
)
from ecoscope_workflows.tasks.transformation._normalize import (
    normalize_json_column,
    normalize_numeric_column,
)
from ecoscope_workflows.tasks.transformation._rows import (
    drop_nan_values_by_column,
    drop_null_geometry,
    explode,
    filter_by_geometry_type,
    filter_df,
    sort_values,
)
from ecoscope_workflows.tasks.transformation._spatial_index import (
    add_spatial_index,
    resolve_spatial_feature_groups_for_spatial_groupers,
)
from ecoscope_workflows.tasks.transformation._temporal_index import add_temporal_index
from ecoscope_workflows.tasks.transformation._transpose import transpose
from ecoscope_workflows.tasks.transformation._units import (
    map_values_with_unit,
    with_unit,
)

__all__ = [
    "add_spatial_index",
    "add_temporal_index",
    "apply_classification",
    "apply_color_map",
    "apply_reloc_coord_filter",
    "assign_value",
    "classify_is_night",
    "concat_dataframes",
    "convert_column_values_to_numeric",
    "convert_column_values_to_string",
    "convert_crs",
    "convert_values_to_timezone",
    "decompose_datetime",
    "drop_column_prefix",
    "drop_duplicate_columns",
    "drop_nan_values_by_column",
    "drop_null_geometry",
    "explode",
    "extract_column_as_type",
    "extract_grouper_index_names",
    "extract_spatial_grouper_feature_group_names",
    "extract_value_from_json_column",
    "fill_na",
    "filter_by_geometry_type",
    "filter_df",
    "lookup_string_var",
    "map_columns",
    "map_values",
    "map_values_with_unit",
    "normalize_json_column",
    "normalize_numeric_column",
    "rename_grouper_index_columns",
    "reorder_columns",
    "resolve_spatial_feature_groups_for_spatial_groupers",
    "sort_values",
    "strip_prefix_from_column_names",
    "title_case_columns_by_prefix",
    "transpose",
    "with_unit",
]
