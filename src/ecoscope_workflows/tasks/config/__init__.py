"""Tasks that set values once, for others to use."""

from __future__ import annotations

from ecoscope_workflows.tasks.config._column_names import get_column_names_from_dataframe
from ecoscope_workflows.tasks.config._density_args import (
    call_etd_from_combined_params,
    call_ltd_from_combined_params,
    call_meshgrid_from_combined_params,
    get_opacity_from_combined_params,
    set_density_grid_options,
    set_etd_args_with_opacity,
    set_ltd_args_with_opacity,
)
from ecoscope_workflows.tasks.config._set_vars import (
    concat_string_vars,
    default_if_string_is_empty,
    default_if_string_is_none_or_skip,
    prefix_string_var,
    set_bool_var,
    set_list_of_string_vars,
    set_optional_string_var,
    set_string_var,
    title_case_var,
)
from ecoscope_workflows.tasks.config._workflow_details import set_workflow_details

__all__ = [
    "call_etd_from_combined_params",
    "call_ltd_from_combined_params",
    "call_meshgrid_from_combined_params",
    "concat_string_vars",
    "default_if_string_is_empty",
    "default_if_string_is_none_or_skip",
    "get_column_names_from_dataframe",
    "get_opacity_from_combined_params",
    "prefix_string_var",
    "set_bool_var",
    "set_density_grid_options",
    "set_etd_args_with_opacity",
    "set_list_of_string_vars",
    "set_ltd_args_with_opacity",
    "set_optional_string_var",
    "set_string_var",
    "set_workflow_details",
    "title_case_var",
]
