"""Tasks that measure how animals use space."""

from __future__ import annotations

from ecoscope_workflows.tasks.analysis._arithmetic import (
    aggregate_over_rows,
    apply_arithmetic_operation,
    apply_arithmetic_operation_over_rows,
)
from ecoscope_workflows.tasks.analysis._calculate_elliptical_time_density import (
    calculate_elliptical_time_density,
)
from ecoscope_workflows.tasks.analysis._calculate_feature_density import calculate_feature_density
from ecoscope_workflows.tasks.analysis._calculate_linear_time_density import calculate_linear_time_density
from ecoscope_workflows.tasks.analysis._calculate_time_density import calculate_time_density
from ecoscope_workflows.tasks.analysis._column_numbers import (
    dataframe_column_first_unique,
    dataframe_column_max,
    dataframe_column_mean,
    dataframe_column_min,
    dataframe_column_nunique,
    dataframe_column_percentile,
    dataframe_column_sum,
    dataframe_count,
)
from ecoscope_workflows.tasks.analysis._create_meshgrid import create_meshgrid
from ecoscope_workflows.tasks.analysis._detect_immobility import detect_immobility
from ecoscope_workflows.tasks.analysis._get_night_day_ratio import get_night_day_ratio
from ecoscope_workflows.tasks.analysis._patrol_summary import set_patrol_summary_metrics
from ecoscope_workflows.tasks.analysis._summarize_df import summarize_df
from ecoscope_workflows.tasks.analysis._track_measures import add_turn_angle, get_displacement, get_tortuosity

__all__ = [
    "add_turn_angle",
    "aggregate_over_rows",
    "apply_arithmetic_operation",
    "apply_arithmetic_operation_over_rows",
    "calculate_elliptical_time_density",
    "calculate_feature_density",
    "calculate_linear_time_density",
    "calculate_time_density",
    "create_meshgrid",
    "dataframe_column_first_unique",
    "dataframe_column_max",
    "dataframe_column_mean",
    "dataframe_column_min",
    "dataframe_column_nunique",
    "dataframe_column_percentile",
    "dataframe_column_sum",
    "dataframe_count",
    "detect_immobility",
    "get_displacement",
    "get_night_day_ratio",
    "get_tortuosity",
    "set_patrol_summary_metrics",
    "summarize_df",
]
