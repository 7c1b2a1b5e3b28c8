"""Tasks that show results: maps, charts and tables as pages that open without a network, and dashboards."""

from __future__ import annotations

from ecoscope_workflows.tasks.results._base_maps import set_base_maps, set_layer_opacity
from ecoscope_workflows.tasks.results._create_layers import (
    create_point_layer,
    create_polygon_layer,
    create_polyline_layer,
)
from ecoscope_workflows.tasks.results._dashboard import gather_dashboard
from ecoscope_workflows.tasks.results._draw_bar_charts import draw_bar_chart, draw_time_series_bar_chart
from ecoscope_workflows.tasks.results._draw_ecoplot import draw_ecoplot
from ecoscope_workflows.tasks.results._draw_line_chart import draw_line_chart
from ecoscope_workflows.tasks.results._draw_pie_chart import draw_pie_chart
from ecoscope_workflows.tasks.results._draw_table import draw_table
from ecoscope_workflows.tasks.results._ecomap import draw_ecomap
from ecoscope_workflows.tasks.results._widget_tasks import (
    create_files_single_view,
    create_map_v2_widget_single_view,
    create_map_widget_single_view,
    create_plot_widget_single_view,
    create_single_value_widget_single_view,
    create_table_widget_single_view,
    create_text_widget_single_view,
    merge_file_views,
    merge_widget_views,
)

__all__ = [
    "create_files_single_view",
    "create_map_v2_widget_single_view",
    "create_map_widget_single_view",
    "create_plot_widget_single_view",
    "create_point_layer",
    "create_polygon_layer",
    "create_polyline_layer",
    "create_single_value_widget_single_view",
    "create_table_widget_single_view",
    "create_text_widget_single_view",
    "draw_bar_chart",
    "draw_ecomap",
    "draw_ecoplot",
    "draw_line_chart",
    "draw_pie_chart",
    "draw_table",
    "draw_time_series_bar_chart",
    "gather_dashboard",
    "merge_file_views",
    "merge_widget_views",
    "set_base_maps",
    "set_layer_opacity",
]
