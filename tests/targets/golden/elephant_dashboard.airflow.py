# elephant_dashboard: compiled by ecoscope-workflows 0.1.0 from spec.yaml.
# The next compile replaces this file: edit the spec, or compile with other options.
from __future__ import annotations

import json
import re
from datetime import timedelta

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.sdk import DAG, Param
from kubernetes.client import models as k8s

IMAGE = "ecoscope-workflows:0.1.0"
# The claim of a volume that all pods read and write, and where it is in them.
VOLUME = "ecoscope-workflows"
ROOT = "/mnt/ecoscope-workflows"
# The keys of this secret are variables of the tasks: connections, and what signs in.
ENVIRONMENT = "ecoscope-workflows"

# What the task runner in the pods is told.
WORKFLOW = {
    "name": "elephant_dashboard",
    "spec": "35e4659af3555b86f77342a434c2d96b77a23e35bc24e5ef6b3363166ca8c016",
    "folder": ROOT,
    "store": "/mnt/ecoscope-workflows/.ecoscope-workflows/store",
    "skipif": [
        "ecoscope_workflows.tasks.skip:any_is_empty_df",
        "ecoscope_workflows.tasks.skip:any_dependency_skipped",
    ],
    "instances": {
        "workflow_details": {
            "task": "ecoscope_workflows.tasks.config:set_workflow_details",
        },
        "groupers": {"task": "ecoscope_workflows.tasks.groupby:set_groupers"},
        "fixes": {
            "task": "ecoscope_workflows.tasks.io:load_relocations",
            "files": ["path"],
        },
        "relocations": {
            "task": "ecoscope_workflows.tasks.preprocessing:process_relocations",
            "bound": {
                "filter_point_coords": [{"x": 180, "y": 90}, {"x": 0, "y": 0}],
                "relocs_columns": [
                    "groupby_col",
                    "fixtime",
                    "junk_status",
                    "geometry",
                ],
            },
            "wired": ["observations"],
        },
        "trajectory": {
            "task": "ecoscope_workflows.tasks.preprocessing:relocations_to_trajectory",
            "wired": ["relocations"],
        },
        "with_months": {
            "task": "ecoscope_workflows.tasks.transformation:add_temporal_index",
            "bound": {
                "time_col": "segment_start",
                "groupers": {"$call": "groupers"},
            },
            "calls": ["groupers"],
            "wired": ["df"],
        },
        "with_speeds": {
            "task": "ecoscope_workflows.tasks.transformation:apply_classification",
            "bound": {
                "input_column_name": "speed_kmhr",
                "output_column_name": "speed_class",
                "classification_options": {"scheme": "equal_interval", "k": 6},
                "label_options": {
                    "label_ranges": True,
                    "label_decimals": 1,
                    "label_suffix": " km/h",
                },
            },
            "wired": ["df"],
        },
        "named": {
            "task": "ecoscope_workflows.tasks.transformation:map_columns",
            "bound": {"rename_columns": {"groupby_col": "animal"}},
            "wired": ["df"],
        },
        "groups": {
            "task": "ecoscope_workflows.tasks.groupby:split_groups",
            "bound": {"groupers": {"$call": "groupers"}},
            "calls": ["groupers"],
            "wired": ["df"],
        },
        "base_maps": {"task": "ecoscope_workflows.tasks.results:set_base_maps"},
        "sorted_tracks": {
            "task": "ecoscope_workflows.tasks.transformation:sort_values",
            "bound": {"column_name": "speed_kmhr"},
            "mapvalues": "df",
        },
        "colored_tracks": {
            "task": "ecoscope_workflows.tasks.transformation:apply_color_map",
            "bound": {
                "input_column_name": "speed_class",
                "output_column_name": "color",
                "colormap": [
                    "#1a9850",
                    "#91cf60",
                    "#d9ef8b",
                    "#fee08b",
                    "#fc8d59",
                    "#d73027",
                ],
            },
            "mapvalues": "df",
        },
        "track_layers": {
            "task": "ecoscope_workflows.tasks.results:create_polyline_layer",
            "bound": {
                "layer_style": {"color_column": "color"},
                "legend": {"label_column": "speed_class", "color_column": "color"},
                "tooltip_columns": ["animal", "segment_start", "speed_kmhr"],
            },
            "mapvalues": "geodataframe",
            "skipif": [
                "ecoscope_workflows.tasks.skip:any_is_empty_df",
                "ecoscope_workflows.tasks.skip:any_dependency_skipped",
                "ecoscope_workflows.tasks.skip:all_geometry_are_none",
            ],
        },
        "track_maps": {
            "task": "ecoscope_workflows.tasks.results:draw_ecomap",
            "bound": {
                "tile_layers": {"$call": "base_maps"},
                "legend_style": {"title": "Speed", "placement": "bottom-right"},
            },
            "calls": ["base_maps"],
            "mapvalues": "geo_layers",
        },
        "track_map_files": {
            "task": "ecoscope_workflows.tasks.io:persist_text",
            "bound": {"root_path": {"$env": "ECOSCOPE_WORKFLOWS_RESULTS"}},
            "mapvalues": "text",
        },
        "track_views": {
            "task": "ecoscope_workflows.tasks.results:create_map_widget_single_view",
            "bound": {"title": "Tracks by speed"},
            "map": ["view", "data"],
            "skipif": [],
        },
        "track_widget": {
            "task": "ecoscope_workflows.tasks.results:merge_widget_views",
            "bound": {"widgets": {"$call": "track_views"}},
        },
        "densities": {
            "task": "ecoscope_workflows.tasks.analysis:calculate_elliptical_time_density",
            "mapvalues": "trajectory_gdf",
        },
        "density_labels": {
            "task": "ecoscope_workflows.tasks.transformation:convert_column_values_to_string",
            "bound": {"columns": ["percentile"]},
            "mapvalues": "df",
        },
        "colored_densities": {
            "task": "ecoscope_workflows.tasks.transformation:apply_color_map",
            "bound": {
                "input_column_name": "percentile",
                "output_column_name": "color",
                "colormap": "RdYlGn_r",
            },
            "mapvalues": "df",
        },
        "density_layers": {
            "task": "ecoscope_workflows.tasks.results:create_polygon_layer",
            "bound": {
                "layer_style": {
                    "fill_color_column": "color",
                    "opacity": 0.7,
                    "get_line_width": 0,
                },
                "legend": {
                    "label_column": "percentile",
                    "color_column": "color",
                    "label_suffix": " %",
                    "sort": "ascending",
                },
                "tooltip_columns": ["percentile", "area_sqkm"],
            },
            "mapvalues": "geodataframe",
            "skipif": [
                "ecoscope_workflows.tasks.skip:any_is_empty_df",
                "ecoscope_workflows.tasks.skip:any_dependency_skipped",
                "ecoscope_workflows.tasks.skip:all_geometry_are_none",
            ],
        },
        "density_maps": {
            "task": "ecoscope_workflows.tasks.results:draw_ecomap",
            "bound": {
                "tile_layers": {"$call": "base_maps"},
                "legend_style": {
                    "title": "Time spent",
                    "placement": "bottom-right",
                },
            },
            "calls": ["base_maps"],
            "mapvalues": "geo_layers",
        },
        "density_map_files": {
            "task": "ecoscope_workflows.tasks.io:persist_text",
            "bound": {"root_path": {"$env": "ECOSCOPE_WORKFLOWS_RESULTS"}},
            "mapvalues": "text",
        },
        "density_views": {
            "task": "ecoscope_workflows.tasks.results:create_map_widget_single_view",
            "bound": {"title": "Home range"},
            "map": ["view", "data"],
            "skipif": [],
        },
        "density_widget": {
            "task": "ecoscope_workflows.tasks.results:merge_widget_views",
            "bound": {"widgets": {"$call": "density_views"}},
        },
        "distances": {
            "task": "ecoscope_workflows.tasks.analysis:dataframe_column_sum",
            "bound": {"column_name": "dist_meters"},
            "mapvalues": "df",
        },
        "distances_km": {
            "task": "ecoscope_workflows.tasks.transformation:with_unit",
            "bound": {"original_unit": "m", "new_unit": "km"},
            "mapvalues": "value",
        },
        "distance_views": {
            "task": "ecoscope_workflows.tasks.results:create_single_value_widget_single_view",
            "bound": {"title": "Distance"},
            "map": ["view", "data"],
            "argvalues": {"$call": "distances_km"},
            "skipif": [],
        },
        "distance_widget": {
            "task": "ecoscope_workflows.tasks.results:merge_widget_views",
            "bound": {"widgets": {"$call": "distance_views"}},
        },
        "speeds": {
            "task": "ecoscope_workflows.tasks.analysis:dataframe_column_mean",
            "bound": {"column_name": "speed_kmhr"},
            "mapvalues": "df",
        },
        "speeds_kmh": {
            "task": "ecoscope_workflows.tasks.transformation:with_unit",
            "bound": {"original_unit": "km/h", "new_unit": "km/h"},
            "mapvalues": "value",
        },
        "speed_views": {
            "task": "ecoscope_workflows.tasks.results:create_single_value_widget_single_view",
            "bound": {"title": "Mean speed"},
            "map": ["view", "data"],
            "argvalues": {"$call": "speeds_kmh"},
            "skipif": [],
        },
        "speed_widget": {
            "task": "ecoscope_workflows.tasks.results:merge_widget_views",
            "bound": {"widgets": {"$call": "speed_views"}},
        },
        "night_day": {
            "task": "ecoscope_workflows.tasks.analysis:get_night_day_ratio",
            "mapvalues": "df",
        },
        "night_day_views": {
            "task": "ecoscope_workflows.tasks.results:create_single_value_widget_single_view",
            "bound": {"title": "Night/day ratio"},
            "map": ["view", "data"],
            "skipif": [],
        },
        "night_day_widget": {
            "task": "ecoscope_workflows.tasks.results:merge_widget_views",
            "bound": {"widgets": {"$call": "night_day_views"}},
        },
        "displacements": {
            "task": "ecoscope_workflows.tasks.transformation:map_columns",
            "bound": {"rename_columns": {"segment_start": "Time", "nsd": "km²"}},
            "mapvalues": "df",
        },
        "displacement_charts": {
            "task": "ecoscope_workflows.tasks.results:draw_ecoplot",
            "bound": {
                "group_by": "animal",
                "ecoplot_configs": [{"x_col": "Time", "y_col": "km²"}],
            },
            "mapvalues": "dataframe",
        },
        "displacement_files": {
            "task": "ecoscope_workflows.tasks.io:persist_text",
            "bound": {"root_path": {"$env": "ECOSCOPE_WORKFLOWS_RESULTS"}},
            "mapvalues": "text",
        },
        "displacement_views": {
            "task": "ecoscope_workflows.tasks.results:create_plot_widget_single_view",
            "bound": {"title": "Net squared displacement"},
            "map": ["view", "data"],
            "skipif": [],
        },
        "displacement_widget": {
            "task": "ecoscope_workflows.tasks.results:merge_widget_views",
            "bound": {"widgets": {"$call": "displacement_views"}},
        },
        "dashboard": {
            "task": "ecoscope_workflows.tasks.results:gather_dashboard",
            "bound": {
                "details": {"$call": "workflow_details"},
                "groupers": {"$call": "groupers"},
                "widgets": [
                    {"$call": "distance_widget"},
                    {"$call": "speed_widget"},
                    {"$call": "night_day_widget"},
                    {"$call": "track_widget"},
                    {"$call": "density_widget"},
                    {"$call": "displacement_widget"},
                ],
            },
            "calls": [
                "density_views",
                "density_widget",
                "displacement_views",
                "displacement_widget",
                "distance_views",
                "distance_widget",
                "distances_km",
                "groupers",
                "night_day_views",
                "night_day_widget",
                "speed_views",
                "speed_widget",
                "speeds_kmh",
                "track_views",
                "track_widget",
                "workflow_details",
            ],
        },
    },
}

PARAMS = {
    "workflow_details": Param(
        {
            "name": "Elephants of the Laikipia plateau",
            "description": "Simulated tracks of three elephants, February to March 2024.",
        },
        description="Title of the dashboard",
        schema={
            "additionalProperties": False,
            "properties": {
                "name": {"type": "string", "title": "Workflow Name"},
                "description": {
                    "type": "string",
                    "title": "Workflow Description",
                    "default": "",
                },
            },
            "required": ["name"],
            "type": "object",
        },
    ),
    "groupers": Param(
        {"groupers": [{"index_name": "animal"}]},
        description="What the data are grouped by",
        schema={
            "additionalProperties": False,
            "properties": {
                "groupers": {
                    "type": "array",
                    "items": {
                        "anyOf": [
                            {"$ref": "#/$defs/ValueGrouper"},
                            {"$ref": "#/$defs/TemporalGrouper"},
                            {"$ref": "#/$defs/SpatialGrouper"},
                        ],
                        "title": "Group by",
                    },
                    "title": " ",
                    "description": "            Specify how the data should be grouped to create the views for your dashboard.\n            This field is optional; if left blank, all the data will appear in a single view.\n            ",
                    "default": None,
                },
            },
            "$defs": {
                "SpatialGrouper": {
                    "properties": {
                        "spatial_index_name": {
                            "title": "Spatial Regions",
                            "type": "string",
                        },
                    },
                    "required": ["spatial_index_name"],
                    "title": "Spatial",
                    "type": "object",
                },
                "TemporalGrouper": {
                    "properties": {
                        "temporal_index": {
                            "oneOf": [
                                {"const": "%Y", "title": "Year (example: 2024)"},
                                {
                                    "const": "%B",
                                    "title": "Month (example: September)",
                                },
                                {
                                    "const": "%Y-%m",
                                    "title": "Year and Month (example: 2023-01)",
                                },
                                {
                                    "const": "%j",
                                    "title": "Day of the year as a number (example: 365)",
                                },
                                {
                                    "const": "%d",
                                    "title": "Day of the month as a number (example: 31)",
                                },
                                {
                                    "const": "%A",
                                    "title": "Day of the week (example: Sunday)",
                                },
                                {
                                    "const": "%H",
                                    "title": "Hour (24-hour clock) as number (example: 22)",
                                },
                                {
                                    "const": "%Y-%m-%d",
                                    "title": "Date (example: 2025-01-31)",
                                },
                            ],
                            "title": "Time",
                            "type": "string",
                        },
                    },
                    "required": ["temporal_index"],
                    "title": "Time",
                    "type": "object",
                },
                "ValueGrouper": {
                    "properties": {
                        "index_name": {"title": "Category", "type": "string"},
                    },
                    "required": ["index_name"],
                    "title": "Category",
                    "type": "object",
                },
            },
            "type": "object",
        },
    ),
    "fixes": Param(
        {"path": "resources/tracks.parquet"},
        description="Read the fixes",
        schema={
            "additionalProperties": False,
            "properties": {
                "path": {
                    "type": "string",
                    "description": "A file of fixes: .parquet, .geoparquet, .gpkg, .geojson or .csv.",
                    "format": "path",
                    "title": "Path",
                },
                "id_column": {
                    "type": "string",
                    "description": "Column that names the animal.",
                    "title": "Id Column",
                    "default": "groupby_col",
                },
                "time_column": {
                    "type": "string",
                    "description": "Column with the time of the fix.",
                    "title": "Time Column",
                    "default": "fixtime",
                },
                "x_column": {
                    "type": "string",
                    "description": "Column with the longitude or easting, where the file has no geometry.",
                    "title": "X Column",
                    "default": "longitude",
                },
                "y_column": {
                    "type": "string",
                    "description": "Column with the latitude or northing, where the file has no geometry.",
                    "title": "Y Column",
                    "default": "latitude",
                },
                "crs": {
                    "type": "string",
                    "description": "Coordinate reference system of the positions, where the file names none.",
                    "title": "Crs",
                    "default": "EPSG:4326",
                },
                "time_zone": {
                    "type": "string",
                    "description": "Time zone of times that name none, such as Africa/Nairobi.",
                    "title": "Time Zone",
                    "default": "UTC",
                },
            },
            "required": ["path"],
            "type": "object",
        },
    ),
    "trajectory": Param(
        {
            "trajectory_segment_filter": {
                "max_length_meters": 20000,
                "max_time_secs": 14400,
                "max_speed_kmhr": 15,
            },
        },
        description="Join fixes to segments",
        schema={
            "additionalProperties": False,
            "properties": {
                "trajectory_segment_filter": {
                    "$ref": "#/$defs/TrajectorySegmentFilter",
                    "title": " ",
                    "description": "Filter track data by setting limits on track segment length, duration, and speed. Segments outside these bounds are removed, reducing noise and to focus on meaningful movement patterns.",
                    "ecoscope:advanced": True,
                    "default": {
                        "min_length_meters": 0.001,
                        "max_length_meters": 100000.0,
                        "min_time_secs": 1.0,
                        "max_time_secs": 172800.0,
                        "min_speed_kmhr": 0.01,
                        "max_speed_kmhr": 500.0,
                    },
                },
            },
            "$defs": {
                "TrajectorySegmentFilter": {
                    "additionalProperties": False,
                    "description": "Which segments count as movement: bounds on length (m), duration (s) and speed (km/h), bounds kept.\n\nRaises\n------\nValueError\n    When a bound is below its least value, or a maximum is not greater than its minimum.",
                    "properties": {
                        "min_length_meters": {
                            "default": 0.001,
                            "ecoscope:advanced": True,
                            "minimum": 0.001,
                            "title": "Minimum Segment Length (Meters)",
                            "type": "number",
                        },
                        "max_length_meters": {
                            "default": 100000,
                            "ecoscope:advanced": True,
                            "exclusiveMinimum": 0.001,
                            "title": "Maximum Segment Length (Meters)",
                            "type": "number",
                        },
                        "min_time_secs": {
                            "default": 1,
                            "ecoscope:advanced": True,
                            "minimum": 1,
                            "title": "Minimum Segment Duration (Seconds)",
                            "type": "number",
                        },
                        "max_time_secs": {
                            "default": 172800,
                            "ecoscope:advanced": True,
                            "exclusiveMinimum": 1,
                            "title": "Maximum Segment Duration (Seconds)",
                            "type": "number",
                        },
                        "min_speed_kmhr": {
                            "default": 0.01,
                            "ecoscope:advanced": True,
                            "exclusiveMinimum": 0.001,
                            "title": "Minimum Segment Speed (Kilometers per Hour)",
                            "type": "number",
                        },
                        "max_speed_kmhr": {
                            "default": 500,
                            "ecoscope:advanced": True,
                            "exclusiveMinimum": 0.001,
                            "title": "Maximum Segment Speed (Kilometers per Hour)",
                            "type": "number",
                        },
                    },
                    "title": "TrajectorySegmentFilter",
                    "type": "object",
                },
            },
            "type": "object",
        },
    ),
    "with_months": Param(
        {},
        description="Say in which month each segment starts",
        schema={
            "additionalProperties": False,
            "properties": {
                "cast_to_datetime": {
                    "type": "boolean",
                    "description": "Whether to attempt casting `time_col` to datetime.",
                    "ecoscope:advanced": True,
                    "title": "Cast To Datetime",
                    "default": True,
                },
                "format": {
                    "type": "string",
                    "description": '            If `cast_to_datetime=True`, the format to pass to `pd.to_datetime`\n            when attempting to cast `time_col` to datetime. Defaults to "mixed".\n            ',
                    "ecoscope:advanced": True,
                    "title": "Format",
                    "default": "mixed",
                },
            },
            "type": "object",
        },
    ),
    "named": Param(
        {},
        description="Call the column of the animals by its name",
        schema={
            "additionalProperties": False,
            "properties": {
                "drop_columns": {
                    "type": "array",
                    "items": {"type": "string"},
                    "description": "List of columns to drop.",
                    "ecoscope:advanced": True,
                    "title": "Drop Columns",
                    "default": [],
                },
                "retain_columns": {
                    "type": "array",
                    "items": {"type": "string"},
                    "description": "List of columns to retain with the order specified by the list. Keep all the columns if the list is empty.",
                    "ecoscope:advanced": True,
                    "title": "Retain Columns",
                    "default": [],
                },
                "raise_if_not_found": {
                    "type": "boolean",
                    "description": "Whether or not to raise if a column is not found.",
                    "title": "Raise If Not Found",
                    "default": True,
                },
            },
            "type": "object",
        },
    ),
    "base_maps": Param(
        {},
        description="Background of the maps",
        schema={
            "additionalProperties": False,
            "properties": {
                "base_maps": {
                    "type": "array",
                    "items": {
                        "title": "Base Layer",
                        "anyOf": [
                            {
                                "description": "A tiled raster layer loaded on-demand from a URL template (e.g., base maps).",
                                "properties": {
                                    "url": {
                                        "const": "https://tile.openstreetmap.org/{z}/{x}/{y}.png",
                                        "default": "https://tile.openstreetmap.org/{z}/{x}/{y}.png",
                                        "enum": [
                                            "https://tile.openstreetmap.org/{z}/{x}/{y}.png",
                                        ],
                                        "title": "Preset Layer URL",
                                        "type": "string",
                                    },
                                    "opacity": {
                                        "default": 1,
                                        "description": "Set layer transparency from 1 (fully visible) to 0 (hidden).",
                                        "ecoscope:advanced": True,
                                        "maximum": 1,
                                        "minimum": 0,
                                        "title": "Layer Opacity",
                                        "type": "number",
                                    },
                                },
                                "title": "Open Street Map",
                                "type": "object",
                            },
                            {
                                "description": "A tiled raster layer loaded on-demand from a URL template (e.g., base maps).",
                                "properties": {
                                    "url": {
                                        "const": "https://server.arcgisonline.com/ArcGIS/rest/services/World_Street_Map/MapServer/tile/{z}/{y}/{x}",
                                        "default": "https://server.arcgisonline.com/ArcGIS/rest/services/World_Street_Map/MapServer/tile/{z}/{y}/{x}",
                                        "enum": [
                                            "https://server.arcgisonline.com/ArcGIS/rest/services/World_Street_Map/MapServer/tile/{z}/{y}/{x}",
                                        ],
                                        "title": "Preset Layer URL",
                                        "type": "string",
                                    },
                                    "opacity": {
                                        "default": 1,
                                        "description": "Set layer transparency from 1 (fully visible) to 0 (hidden).",
                                        "ecoscope:advanced": True,
                                        "maximum": 1,
                                        "minimum": 0,
                                        "title": "Layer Opacity",
                                        "type": "number",
                                    },
                                },
                                "title": "Roadmap",
                                "type": "object",
                            },
                            {
                                "description": "A tiled raster layer loaded on-demand from a URL template (e.g., base maps).",
                                "properties": {
                                    "url": {
                                        "const": "https://server.arcgisonline.com/ArcGIS/rest/services/World_Imagery/MapServer/tile/{z}/{y}/{x}",
                                        "default": "https://server.arcgisonline.com/ArcGIS/rest/services/World_Imagery/MapServer/tile/{z}/{y}/{x}",
                                        "enum": [
                                            "https://server.arcgisonline.com/ArcGIS/rest/services/World_Imagery/MapServer/tile/{z}/{y}/{x}",
                                        ],
                                        "title": "Preset Layer URL",
                                        "type": "string",
                                    },
                                    "opacity": {
                                        "default": 1,
                                        "description": "Set layer transparency from 1 (fully visible) to 0 (hidden).",
                                        "ecoscope:advanced": True,
                                        "maximum": 1,
                                        "minimum": 0,
                                        "title": "Layer Opacity",
                                        "type": "number",
                                    },
                                },
                                "title": "Satellite",
                                "type": "object",
                            },
                            {
                                "description": "A tiled raster layer loaded on-demand from a URL template (e.g., base maps).",
                                "properties": {
                                    "url": {
                                        "const": "https://server.arcgisonline.com/ArcGIS/rest/services/World_Topo_Map/MapServer/tile/{z}/{y}/{x}",
                                        "default": "https://server.arcgisonline.com/ArcGIS/rest/services/World_Topo_Map/MapServer/tile/{z}/{y}/{x}",
                                        "enum": [
                                            "https://server.arcgisonline.com/ArcGIS/rest/services/World_Topo_Map/MapServer/tile/{z}/{y}/{x}",
                                        ],
                                        "title": "Preset Layer URL",
                                        "type": "string",
                                    },
                                    "opacity": {
                                        "default": 1,
                                        "description": "Set layer transparency from 1 (fully visible) to 0 (hidden).",
                                        "ecoscope:advanced": True,
                                        "maximum": 1,
                                        "minimum": 0,
                                        "title": "Layer Opacity",
                                        "type": "number",
                                    },
                                },
                                "title": "Terrain",
                                "type": "object",
                            },
                            {
                                "description": "A tiled raster layer loaded on-demand from a URL template (e.g., base maps).",
                                "properties": {
                                    "url": {
                                        "const": "https://server.arcgisonline.com/arcgis/rest/services/Elevation/World_Hillshade/MapServer/tile/{z}/{y}/{x}",
                                        "default": "https://server.arcgisonline.com/arcgis/rest/services/Elevation/World_Hillshade/MapServer/tile/{z}/{y}/{x}",
                                        "enum": [
                                            "https://server.arcgisonline.com/arcgis/rest/services/Elevation/World_Hillshade/MapServer/tile/{z}/{y}/{x}",
                                        ],
                                        "title": "Preset Layer URL",
                                        "type": "string",
                                    },
                                    "opacity": {
                                        "default": 1,
                                        "description": "Set layer transparency from 1 (fully visible) to 0 (hidden).",
                                        "ecoscope:advanced": True,
                                        "maximum": 1,
                                        "minimum": 0,
                                        "title": "Layer Opacity",
                                        "type": "number",
                                    },
                                },
                                "title": "USGS Hillshade",
                                "type": "object",
                            },
                            {
                                "description": "A tiled raster layer loaded on-demand from a URL template (e.g., base maps).",
                                "properties": {
                                    "url": {
                                        "default": "https://example.tiles.com/{z}/{x}/{y}.png",
                                        "description": "The URL of a publicly accessible tiled raster service.",
                                        "pattern": "https?:\\/\\/(www\\.)?[-a-zA-Z0-9@:%._\\+~#=]{1,256}\\.[a-zA-Z0-9()]{1,6}([-a-zA-Z0-9()@:%_\\+.~#?&//=\\{\\}]*)",
                                        "title": "Custom Layer URL",
                                        "type": "string",
                                    },
                                    "opacity": {
                                        "default": 1,
                                        "description": "Set layer transparency from 1 (fully visible) to 0 (hidden).",
                                        "ecoscope:advanced": True,
                                        "maximum": 1,
                                        "minimum": 0,
                                        "title": "Custom Layer Opacity",
                                        "type": "number",
                                    },
                                    "max_zoom": {
                                        "default": 20,
                                        "description": "Set the maximum zoom level to fetch tiles for.",
                                        "title": "Custom Layer Max Zoom",
                                        "type": "integer",
                                    },
                                    "min_zoom": {
                                        "default": 0,
                                        "description": "Set the minimum zoom level to fetch tiles for.",
                                        "title": "Custom Layer Min Zoom",
                                        "type": "integer",
                                    },
                                },
                                "title": "Custom Layer (Advanced)",
                                "type": "object",
                            },
                        ],
                    },
                    "title": " ",
                    "description": "Select tile layers to use as base layers in map outputs. The first layer in the list will be the bottommost layer displayed.",
                    "default": None,
                    "ecoscope:advanced": True,
                },
            },
            "$defs": {
                "TileLayer": {
                    "description": "A tiled raster layer loaded on-demand from a URL template (e.g., base maps).",
                    "properties": {
                        "url": {
                            "default": "https://example.tiles.com/{z}/{x}/{y}.png",
                            "description": "The URL of a publicly accessible tiled raster service.",
                            "pattern": "https?:\\/\\/(www\\.)?[-a-zA-Z0-9@:%._\\+~#=]{1,256}\\.[a-zA-Z0-9()]{1,6}([-a-zA-Z0-9()@:%_\\+.~#?&//=\\{\\}]*)",
                            "title": "Layer URL",
                            "type": "string",
                        },
                        "opacity": {
                            "default": 1,
                            "description": "Set layer transparency from 1 (fully visible) to 0 (hidden).",
                            "ecoscope:advanced": True,
                            "maximum": 1,
                            "minimum": 0,
                            "title": "Layer Opacity",
                            "type": "number",
                        },
                        "max_zoom": {
                            "default": 20,
                            "description": "Set the maximum zoom level to fetch tiles for.",
                            "title": "Layer Max Zoom",
                            "type": "integer",
                        },
                        "min_zoom": {
                            "default": 0,
                            "description": "Set the minimum zoom level to fetch tiles for.",
                            "title": "Layer Min Zoom",
                            "type": "integer",
                        },
                    },
                    "title": "TileLayer",
                    "type": "object",
                },
            },
            "type": "object",
        },
    ),
    "sorted_tracks": Param(
        {},
        description="Put fast segments on top",
        schema={
            "additionalProperties": False,
            "properties": {
                "ascending": {
                    "type": "boolean",
                    "description": "Sort ascending if true",
                    "title": "Ascending",
                    "default": True,
                },
                "na_position": {
                    "enum": ["first", "last"],
                    "type": "string",
                    "description": "Where to place NaN values in the sort",
                    "ecoscope:advanced": True,
                    "title": "Na Position",
                    "default": "last",
                },
            },
            "type": "object",
        },
    ),
    "track_maps": Param(
        {},
        description="Draw a map of each track",
        schema={
            "additionalProperties": False,
            "properties": {
                "static": {
                    "type": "boolean",
                    "description": "Set to true to disable map pan/zoom.",
                    "title": "Static",
                    "default": False,
                },
                "title": {
                    "anyOf": [{"type": "string"}, {"type": "null"}],
                    "title": "Title",
                    "description": "            The map title. Note this is the title drawn on the map canvas itself, and will result\n            in duplicate titles if set in the context of a dashboard in which the iframe/widget\n            container also has a title set on it.\n            ",
                    "ecoscope:advanced": True,
                    "default": None,
                },
                "north_arrow_style": {
                    "$ref": "#/$defs/NorthArrowStyle",
                    "description": "Additional arguments for configuring the North Arrow.",
                    "default": None,
                },
                "max_zoom": {
                    "type": "integer",
                    "description": "Max zoom level.",
                    "title": "Max Zoom",
                    "default": 20,
                },
            },
            "$defs": {
                "NorthArrowStyle": {
                    "additionalProperties": False,
                    "description": 'Where the north arrow stands, and ``{"transform": "scale(0.8)"}``, its size.',
                    "properties": {
                        "placement": {
                            "default": "top-left",
                            "ecoscope:advanced": True,
                            "enum": [
                                "top-left",
                                "top-right",
                                "bottom-left",
                                "bottom-right",
                                "fill",
                            ],
                            "title": "Placement",
                            "type": "string",
                        },
                        "style": {
                            "additionalProperties": {"type": "string"},
                            "default": {"transform": "scale(0.8)"},
                            "ecoscope:advanced": True,
                            "title": "Style",
                            "type": "object",
                        },
                    },
                    "title": "NorthArrowStyle",
                    "type": "object",
                },
            },
            "type": "object",
        },
    ),
    "densities": Param(
        {
            "crs": "EPSG:32637",
            "auto_scale_or_custom_cell_size": {
                "auto_scale_or_custom": "Customize",
                "grid_cell_size": 250,
            },
        },
        description="Compute the time density of each group",
        schema={
            "additionalProperties": False,
            "properties": {
                "auto_scale_or_custom_cell_size": {
                    "anyOf": [
                        {"$ref": "#/$defs/AutoScaleGridCellSize"},
                        {"$ref": "#/$defs/CustomGridCellSize"},
                    ],
                    "title": "Grid Cell Size",
                    "ecoscope:advanced": True,
                    "default": {"auto_scale_or_custom": "Auto-scale"},
                },
                "crs": {
                    "type": "string",
                    "title": "Coordinate Reference System",
                    "description": "The coordinate reference system in which to perform the calculation, must be a valid CRS authority code, for example ESRI:53042",
                    "ecoscope:advanced": True,
                    "default": "EPSG:3857",
                },
                "nodata_value": {
                    "anyOf": [{"type": "number"}, {"type": "string"}],
                    "ecoscope:advanced": True,
                    "title": "Nodata Value",
                    "default": "nan",
                },
                "band_count": {
                    "type": "integer",
                    "ecoscope:advanced": True,
                    "title": "Band Count",
                    "default": 1,
                },
                "max_speed_factor": {
                    "type": "number",
                    "title": "Max Speed Factor (Kilometers per Hour)",
                    "description": "An estimate of the subject's maximum speed as a factor of the maximum measured speed value in the dataset.",
                    "ecoscope:advanced": True,
                    "default": 1.05,
                },
                "expansion_factor": {
                    "type": "number",
                    "title": "Shape Buffer Expansion Factor",
                    "description": "Controls how far time density values spread across the grid, affecting the smoothness of the output.",
                    "ecoscope:advanced": True,
                    "default": 1.05,
                },
                "percentiles": {
                    "type": "array",
                    "items": {
                        "enum": [
                            "50",
                            "60",
                            "70",
                            "80",
                            "90",
                            "95",
                            "99",
                            "99.999",
                            "100",
                        ],
                        "type": "string",
                    },
                    "title": "Percentile Levels",
                    "description": "Choose the time density percentile bins to display.",
                    "uniqueItems": True,
                    "minItems": 1,
                    "ecoscope:advanced": True,
                    "default": ["50", "60", "70", "80", "90", "99.999"],
                },
            },
            "$defs": {
                "AutoScaleGridCellSize": {
                    "description": "A cell size that follows from the extent of the data.",
                    "properties": {
                        "auto_scale_or_custom": {
                            "const": "Auto-scale",
                            "default": "Auto-scale",
                            "ecoscope:advanced": True,
                            "title": "Grid Cell Size",
                            "type": "string",
                        },
                    },
                    "title": "Auto-scale",
                    "type": "object",
                },
                "CustomGridCellSize": {
                    "description": "A given cell size, in the unit of the CRS of the grid.",
                    "properties": {
                        "auto_scale_or_custom": {
                            "const": "Customize",
                            "default": "Customize",
                            "ecoscope:advanced": True,
                            "title": "Grid Cell Size",
                            "type": "string",
                        },
                        "grid_cell_size": {
                            "default": 5000.0,
                            "description": "Define the resolution of the raster grid (in the unit of measurement defined by the coordinate reference system set below). A smaller grid cell size provides more detail, while a larger size generalizes the data.",
                            "exclusiveMaximum": 10000,
                            "exclusiveMinimum": 0,
                            "title": "Custom Grid Cell Size",
                            "type": "number",
                        },
                    },
                    "title": "Customize",
                    "type": "object",
                },
            },
            "type": "object",
        },
    ),
    "density_maps": Param(
        {},
        description="Draw a map of each home range",
        schema={
            "additionalProperties": False,
            "properties": {
                "static": {
                    "type": "boolean",
                    "description": "Set to true to disable map pan/zoom.",
                    "title": "Static",
                    "default": False,
                },
                "title": {
                    "anyOf": [{"type": "string"}, {"type": "null"}],
                    "title": "Title",
                    "description": "            The map title. Note this is the title drawn on the map canvas itself, and will result\n            in duplicate titles if set in the context of a dashboard in which the iframe/widget\n            container also has a title set on it.\n            ",
                    "ecoscope:advanced": True,
                    "default": None,
                },
                "north_arrow_style": {
                    "$ref": "#/$defs/NorthArrowStyle",
                    "description": "Additional arguments for configuring the North Arrow.",
                    "default": None,
                },
                "max_zoom": {
                    "type": "integer",
                    "description": "Max zoom level.",
                    "title": "Max Zoom",
                    "default": 20,
                },
            },
            "$defs": {
                "NorthArrowStyle": {
                    "additionalProperties": False,
                    "description": 'Where the north arrow stands, and ``{"transform": "scale(0.8)"}``, its size.',
                    "properties": {
                        "placement": {
                            "default": "top-left",
                            "ecoscope:advanced": True,
                            "enum": [
                                "top-left",
                                "top-right",
                                "bottom-left",
                                "bottom-right",
                                "fill",
                            ],
                            "title": "Placement",
                            "type": "string",
                        },
                        "style": {
                            "additionalProperties": {"type": "string"},
                            "default": {"transform": "scale(0.8)"},
                            "ecoscope:advanced": True,
                            "title": "Style",
                            "type": "object",
                        },
                    },
                    "title": "NorthArrowStyle",
                    "type": "object",
                },
            },
            "type": "object",
        },
    ),
    "distance_views": Param(
        {},
        description="Create a single value widget with a single view.",
        schema={
            "additionalProperties": False,
            "properties": {
                "decimal_places": {
                    "type": "integer",
                    "description": "The number of decimal places to display.",
                    "ecoscope:advanced": True,
                    "title": "Decimal Places",
                    "default": 1,
                },
            },
            "type": "object",
        },
    ),
    "speed_views": Param(
        {},
        description="Create a single value widget with a single view.",
        schema={
            "additionalProperties": False,
            "properties": {
                "decimal_places": {
                    "type": "integer",
                    "description": "The number of decimal places to display.",
                    "ecoscope:advanced": True,
                    "title": "Decimal Places",
                    "default": 1,
                },
            },
            "type": "object",
        },
    ),
    "night_day_views": Param(
        {},
        description="Create a single value widget with a single view.",
        schema={
            "additionalProperties": False,
            "properties": {
                "decimal_places": {
                    "type": "integer",
                    "description": "The number of decimal places to display.",
                    "ecoscope:advanced": True,
                    "title": "Decimal Places",
                    "default": 1,
                },
            },
            "type": "object",
        },
    ),
    "displacements": Param(
        {},
        description="Name the axes",
        schema={
            "additionalProperties": False,
            "properties": {
                "drop_columns": {
                    "type": "array",
                    "items": {"type": "string"},
                    "description": "List of columns to drop.",
                    "ecoscope:advanced": True,
                    "title": "Drop Columns",
                    "default": [],
                },
                "retain_columns": {
                    "type": "array",
                    "items": {"type": "string"},
                    "description": "List of columns to retain with the order specified by the list. Keep all the columns if the list is empty.",
                    "ecoscope:advanced": True,
                    "title": "Retain Columns",
                    "default": [],
                },
                "raise_if_not_found": {
                    "type": "boolean",
                    "description": "Whether or not to raise if a column is not found.",
                    "title": "Raise If Not Found",
                    "default": True,
                },
            },
            "type": "object",
        },
    ),
    "displacement_charts": Param(
        {},
        description="Draw the displacement over time",
        schema={
            "additionalProperties": False,
            "properties": {
                "tickformat": {
                    "type": "string",
                    "description": "The time format for timeseries data.",
                    "ecoscope:advanced": True,
                    "title": "Tickformat",
                    "default": "%b-%Y",
                },
            },
            "type": "object",
        },
    ),
    "dashboard": Param(
        {},
        description="Gather the dashboard",
        schema={
            "additionalProperties": False,
            "properties": {
                "time_range": {
                    "$ref": "#/$defs/TimeRange",
                    "description": "Time range filter",
                    "default": None,
                },
            },
            "$defs": {
                "TimeRange": {
                    "description": "From `since` until `until`, both included.\n\nA time without a zone is taken in the offset of `timezone`.",
                    "properties": {
                        "since": {
                            "format": "date-time",
                            "title": "Since",
                            "type": "string",
                        },
                        "until": {
                            "format": "date-time",
                            "title": "Until",
                            "type": "string",
                        },
                        "timezone": {
                            "$ref": "#/$defs/TimezoneInfo",
                            "default": {
                                "label": "UTC",
                                "tzCode": "UTC",
                                "name": "UTC",
                                "utc": "+00:00",
                            },
                        },
                        "time_format": {
                            "default": "%d %b %Y %H:%M:%S",
                            "title": "Time Format",
                            "type": "string",
                        },
                    },
                    "required": ["since", "until"],
                    "title": "TimeRange",
                    "type": "object",
                },
                "TimezoneInfo": {
                    "properties": {
                        "label": {"title": "Label", "type": "string"},
                        "tzCode": {"title": "Tzcode", "type": "string"},
                        "name": {"title": "Name", "type": "string"},
                        "utc": {"title": "Utc", "type": "string"},
                    },
                    "required": ["label", "tzCode", "name", "utc"],
                    "title": "TimezoneInfo",
                    "type": "object",
                },
            },
            "type": "object",
        },
    ),
}


def as_json(value: object) -> str:
    """Return JSON in which neither Airflow nor Kubernetes finds anything to fill in."""
    # JSON itself has no such pair: it is inside of a text, where it can be escaped.
    text = re.sub(r"\{(?=[{%#])", r"\\u007b", json.dumps(value))
    return text.replace("$", r"\u0024")


# Values pass between pods by files on the volume, in a folder for each run.
POD = {
    "image": IMAGE,
    "cmds": ["python", "-P", "-m", "ecoscope_workflows.runtime.pod"],
    "env_vars": {
        "ECOSCOPE_WORKFLOWS_WORKFLOW": as_json(WORKFLOW),
        "ECOSCOPE_WORKFLOWS_PARAMS": r"{{ params | tojson | replace('$', '\\u0024') }}",
        "ECOSCOPE_WORKFLOWS_RUN": "{{ run_id }}",
    },
    "env_from": [
        k8s.V1EnvFromSource(
            secret_ref=k8s.V1SecretEnvSource(name=ENVIRONMENT, optional=True),
        ),
    ],
    "volumes": [
        k8s.V1Volume(
            name="results",
            persistent_volume_claim=k8s.V1PersistentVolumeClaimVolumeSource(
                claim_name=VOLUME,
            ),
        ),
    ],
    "volume_mounts": [k8s.V1VolumeMount(name="results", mount_path=ROOT)],
    "container_resources": k8s.V1ResourceRequirements(requests={"cpu": "1"}),
    "startup_timeout_seconds": 600,
    "startup_check_interval_seconds": 2,
    "retry_delay": timedelta(minutes=1),
    # A failed task shows what it has printed, not how its pod was made.
    "termination_message_policy": "FallbackToLogsOnError",
    "log_pod_spec_on_failure": False,
}

with DAG(
    "elephant_dashboard",
    description="Tracks, home ranges and distances of each animal on one page that opens without a network.",
    schedule=None,
    catchup=False,
    params=PARAMS,
    default_args=POD,
):
    check_params = KubernetesPodOperator(
        task_id="check_params",
        arguments=["check-params"],
    )

    # Read the fixes
    fixes = KubernetesPodOperator(
        task_id="fixes",
        arguments=["fixes", "--output", "fixes.parquet"],
    )

    # Remove wrong fixes
    relocations = KubernetesPodOperator(
        task_id="relocations",
        arguments=[
            "relocations",
            "--input",
            "observations=fixes.parquet",
            "--output",
            "relocations.parquet",
        ],
    )

    # Join fixes to segments
    trajectory = KubernetesPodOperator(
        task_id="trajectory",
        arguments=[
            "trajectory",
            "--input",
            "relocations=relocations.parquet",
            "--output",
            "trajectory.parquet",
        ],
    )

    # Say in which month each segment starts
    with_months = KubernetesPodOperator(
        task_id="with_months",
        arguments=[
            "with_months",
            "--input",
            "df=trajectory.parquet",
            "--output",
            "with_months.parquet",
        ],
    )

    # Sort the segments into classes of speed
    with_speeds = KubernetesPodOperator(
        task_id="with_speeds",
        arguments=[
            "with_speeds",
            "--input",
            "df=with_months.parquet",
            "--output",
            "with_speeds.parquet",
        ],
    )

    # Call the column of the animals by its name
    named = KubernetesPodOperator(
        task_id="named",
        arguments=[
            "named",
            "--input",
            "df=with_speeds.parquet",
            "--output",
            "named.parquet",
        ],
    )

    # Split the segments into groups
    groups = KubernetesPodOperator(
        task_id="groups",
        arguments=["groups", "--input", "df=named.parquet", "--output", "groups"],
    )

    # Put fast segments on top
    sorted_tracks = KubernetesPodOperator(
        task_id="sorted_tracks",
        arguments=[
            "sorted_tracks",
            "--each",
            "sorted_tracks=groups",
            "--threads",
            "1",
            "--output",
            "sorted_tracks",
        ],
    )

    # Give each class of speed a colour
    colored_tracks = KubernetesPodOperator(
        task_id="colored_tracks",
        arguments=[
            "colored_tracks",
            "--each",
            "colored_tracks=sorted_tracks",
            "--threads",
            "1",
            "--output",
            "colored_tracks",
        ],
    )

    # Make a layer of each track
    track_layers = KubernetesPodOperator(
        task_id="track_layers",
        arguments=[
            "track_layers",
            "--each",
            "track_layers=colored_tracks",
            "--threads",
            "1",
            "--output",
            "track_layers",
        ],
    )

    # Draw a map of each track
    track_maps = KubernetesPodOperator(
        task_id="track_maps",
        arguments=[
            "track_maps",
            "--each",
            "track_maps=track_layers",
            "--threads",
            "1",
            "--output",
            "track_maps",
        ],
    )

    # Write the maps into files
    track_map_files = KubernetesPodOperator(
        task_id="track_map_files",
        arguments=[
            "track_map_files",
            "--each",
            "track_map_files=track_maps",
            "--threads",
            "1",
            "--output",
            "track_map_files",
        ],
    )

    # Compute the time density of each group
    densities = KubernetesPodOperator(
        task_id="densities",
        arguments=[
            "densities",
            "--each",
            "densities=groups",
            "--threads",
            "1",
            "--output",
            "densities",
        ],
    )

    # Write percentiles as text
    density_labels = KubernetesPodOperator(
        task_id="density_labels",
        arguments=[
            "density_labels",
            "--each",
            "density_labels=densities",
            "--threads",
            "1",
            "--output",
            "density_labels",
        ],
    )

    # Give each percentile a colour
    colored_densities = KubernetesPodOperator(
        task_id="colored_densities",
        arguments=[
            "colored_densities",
            "--each",
            "colored_densities=density_labels",
            "--threads",
            "1",
            "--output",
            "colored_densities",
        ],
    )

    # Make a layer of each home range
    density_layers = KubernetesPodOperator(
        task_id="density_layers",
        arguments=[
            "density_layers",
            "--each",
            "density_layers=colored_densities",
            "--threads",
            "1",
            "--output",
            "density_layers",
        ],
    )

    # Draw a map of each home range
    density_maps = KubernetesPodOperator(
        task_id="density_maps",
        arguments=[
            "density_maps",
            "--each",
            "density_maps=density_layers",
            "--threads",
            "1",
            "--output",
            "density_maps",
        ],
    )

    # Write the maps into files
    density_map_files = KubernetesPodOperator(
        task_id="density_map_files",
        arguments=[
            "density_map_files",
            "--each",
            "density_map_files=density_maps",
            "--threads",
            "1",
            "--output",
            "density_map_files",
        ],
    )

    # Add up the distances
    distances = KubernetesPodOperator(
        task_id="distances",
        arguments=[
            "distances",
            "--each",
            "distances=groups",
            "--threads",
            "1",
            "--output",
            "distances",
        ],
    )

    # Take the mean of the speeds
    speeds = KubernetesPodOperator(
        task_id="speeds",
        arguments=[
            "speeds",
            "--each",
            "speeds=groups",
            "--threads",
            "1",
            "--output",
            "speeds",
        ],
    )

    # Compare nights with days
    night_day = KubernetesPodOperator(
        task_id="night_day",
        arguments=[
            "night_day",
            "--each",
            "night_day=groups",
            "--threads",
            "1",
            "--output",
            "night_day",
        ],
    )

    # Name the axes
    displacements = KubernetesPodOperator(
        task_id="displacements",
        arguments=[
            "displacements",
            "--each",
            "displacements=groups",
            "--threads",
            "1",
            "--output",
            "displacements",
        ],
    )

    # Draw the displacement over time
    displacement_charts = KubernetesPodOperator(
        task_id="displacement_charts",
        arguments=[
            "displacement_charts",
            "--each",
            "displacement_charts=displacements",
            "--threads",
            "1",
            "--output",
            "displacement_charts",
        ],
    )

    # Write the charts into files
    displacement_files = KubernetesPodOperator(
        task_id="displacement_files",
        arguments=[
            "displacement_files",
            "--each",
            "displacement_files=displacement_charts",
            "--threads",
            "1",
            "--output",
            "displacement_files",
        ],
    )

    # Gather the dashboard
    dashboard = KubernetesPodOperator(
        task_id="dashboard",
        arguments=[
            "dashboard",
            "--each",
            "night_day_views=night_day",
            "--each",
            "track_views=track_map_files",
            "--each",
            "density_views=density_map_files",
            "--each",
            "displacement_views=displacement_files",
            "--each",
            "distances_km=distances",
            "--each",
            "speeds_kmh=speeds",
            "--output",
            "dashboard.json",
        ],
    )

    check_params >> fixes
    fixes >> relocations
    relocations >> trajectory
    trajectory >> with_months
    with_months >> with_speeds
    with_speeds >> named
    named >> groups
    groups >> sorted_tracks
    sorted_tracks >> colored_tracks
    colored_tracks >> track_layers
    track_layers >> track_maps
    track_maps >> track_map_files
    groups >> densities
    densities >> density_labels
    density_labels >> colored_densities
    colored_densities >> density_layers
    density_layers >> density_maps
    density_maps >> density_map_files
    groups >> distances
    groups >> speeds
    groups >> night_day
    groups >> displacements
    displacements >> displacement_charts
    displacement_charts >> displacement_files
    [
        night_day,
        track_map_files,
        density_map_files,
        displacement_files,
        distances,
        speeds,
    ] >> dashboard
