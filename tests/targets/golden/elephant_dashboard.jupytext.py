# ---
# jupyter:
#   jupytext:
#     notebook_metadata_filter: -jupytext.text_representation.jupytext_version
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Elephant dashboard
#
# Tracks, home ranges and distances of each animal on one page that opens without a network.
#
# Compiled from spec.yaml by ecoscope-workflows 0.1.0.
# Each task below runs in a cell of its own, shows a peek at its result, and stores the whole of it.

# %%
from ecoscope_workflows.runtime.notebook import Instance, Notebook
from ecoscope_workflows.tasks.analysis import (
    calculate_elliptical_time_density,
    dataframe_column_mean,
    dataframe_column_sum,
    get_night_day_ratio,
)
from ecoscope_workflows.tasks.config import set_workflow_details
from ecoscope_workflows.tasks.groupby import set_groupers, split_groups
from ecoscope_workflows.tasks.io import load_relocations, persist_text
from ecoscope_workflows.tasks.preprocessing import (
    process_relocations,
    relocations_to_trajectory,
)
from ecoscope_workflows.tasks.results import (
    create_map_widget_single_view,
    create_plot_widget_single_view,
    create_polygon_layer,
    create_polyline_layer,
    create_single_value_widget_single_view,
    draw_ecomap,
    draw_ecoplot,
    gather_dashboard,
    merge_widget_views,
    set_base_maps,
)
from ecoscope_workflows.tasks.transformation import (
    add_temporal_index,
    apply_classification,
    apply_color_map,
    convert_column_values_to_string,
    map_columns,
    sort_values,
    with_unit,
)

# %% [markdown]
# ## Parameters
#
# Change them here, and run the cells from here on; the tables below say which ones there are.
# A path of a params file may stand in place of the mapping.

# %% tags=["parameters"]
params = {
    "workflow_details": {
        "name": "Elephants of the Laikipia plateau",
        "description": "Simulated tracks of three elephants, February to March 2024.",
    },
    "groupers": {"groupers": [{"index_name": "animal"}]},
    "fixes": {"path": "resources/tracks.parquet"},
    "trajectory": {
        "trajectory_segment_filter": {
            "max_length_meters": 20000,
            "max_time_secs": 14400,
            "max_speed_kmhr": 15,
        },
    },
    "densities": {
        "crs": "EPSG:32637",
        "auto_scale_or_custom_cell_size": {
            "auto_scale_or_custom": "Customize",
            "grid_cell_size": 250,
        },
    },
}
results = "results"

# %% [markdown]
# ## The workflow
#
# This cell says which tasks there are, and checks the parameters of all of them.

# %% jupyter={"source_hidden": true}
workflow = Notebook.of(
    "elephant_dashboard",
    spec_sha256="35e4659af3555b86f77342a434c2d96b77a23e35bc24e5ef6b3363166ca8c016",
    skipif=[
        "ecoscope_workflows.tasks.skip:any_is_empty_df",
        "ecoscope_workflows.tasks.skip:any_dependency_skipped",
    ],
    instances={
        "workflow_details": Instance(set_workflow_details, cheap=True),
        "groupers": Instance(set_groupers, cheap=True),
        "fixes": Instance(load_relocations),
        "relocations": Instance(
            process_relocations,
            bound=["filter_point_coords", "observations", "relocs_columns"],
        ),
        "trajectory": Instance(relocations_to_trajectory, bound=["relocations"]),
        "with_months": Instance(
            add_temporal_index,
            bound=["df", "groupers", "time_col"],
        ),
        "with_speeds": Instance(
            apply_classification,
            bound=[
                "classification_options",
                "df",
                "input_column_name",
                "label_options",
                "output_column_name",
            ],
        ),
        "named": Instance(map_columns, bound=["df", "rename_columns"]),
        "groups": Instance(split_groups, bound=["df", "groupers"]),
        "base_maps": Instance(set_base_maps, cheap=True),
        "sorted_tracks": Instance(sort_values, bound=["column_name", "df"]),
        "colored_tracks": Instance(
            apply_color_map,
            bound=["colormap", "df", "input_column_name", "output_column_name"],
        ),
        "track_layers": Instance(
            create_polyline_layer,
            bound=["geodataframe", "layer_style", "legend", "tooltip_columns"],
            skipif=[
                "ecoscope_workflows.tasks.skip:any_is_empty_df",
                "ecoscope_workflows.tasks.skip:any_dependency_skipped",
                "ecoscope_workflows.tasks.skip:all_geometry_are_none",
            ],
        ),
        "track_maps": Instance(
            draw_ecomap,
            bound=["geo_layers", "legend_style", "tile_layers"],
        ),
        "track_map_files": Instance(persist_text, bound=["root_path", "text"]),
        "track_views": Instance(
            create_map_widget_single_view,
            bound=["data", "title", "view"],
            cheap=True,
            skipif=[],
        ),
        "track_widget": Instance(merge_widget_views, bound=["widgets"], cheap=True),
        "densities": Instance(
            calculate_elliptical_time_density,
            bound=["trajectory_gdf"],
        ),
        "density_labels": Instance(
            convert_column_values_to_string,
            bound=["columns", "df"],
        ),
        "colored_densities": Instance(
            apply_color_map,
            bound=["colormap", "df", "input_column_name", "output_column_name"],
        ),
        "density_layers": Instance(
            create_polygon_layer,
            bound=["geodataframe", "layer_style", "legend", "tooltip_columns"],
            skipif=[
                "ecoscope_workflows.tasks.skip:any_is_empty_df",
                "ecoscope_workflows.tasks.skip:any_dependency_skipped",
                "ecoscope_workflows.tasks.skip:all_geometry_are_none",
            ],
        ),
        "density_maps": Instance(
            draw_ecomap,
            bound=["geo_layers", "legend_style", "tile_layers"],
        ),
        "density_map_files": Instance(persist_text, bound=["root_path", "text"]),
        "density_views": Instance(
            create_map_widget_single_view,
            bound=["data", "title", "view"],
            cheap=True,
            skipif=[],
        ),
        "density_widget": Instance(merge_widget_views, bound=["widgets"], cheap=True),
        "distances": Instance(dataframe_column_sum, bound=["column_name", "df"]),
        "distances_km": Instance(
            with_unit,
            bound=["new_unit", "original_unit", "value"],
            cheap=True,
        ),
        "distance_views": Instance(
            create_single_value_widget_single_view,
            bound=["data", "title", "view"],
            cheap=True,
            skipif=[],
        ),
        "distance_widget": Instance(merge_widget_views, bound=["widgets"], cheap=True),
        "speeds": Instance(dataframe_column_mean, bound=["column_name", "df"]),
        "speeds_kmh": Instance(
            with_unit,
            bound=["new_unit", "original_unit", "value"],
            cheap=True,
        ),
        "speed_views": Instance(
            create_single_value_widget_single_view,
            bound=["data", "title", "view"],
            cheap=True,
            skipif=[],
        ),
        "speed_widget": Instance(merge_widget_views, bound=["widgets"], cheap=True),
        "night_day": Instance(get_night_day_ratio, bound=["df"]),
        "night_day_views": Instance(
            create_single_value_widget_single_view,
            bound=["data", "title", "view"],
            cheap=True,
            skipif=[],
        ),
        "night_day_widget": Instance(merge_widget_views, bound=["widgets"], cheap=True),
        "displacements": Instance(map_columns, bound=["df", "rename_columns"]),
        "displacement_charts": Instance(
            draw_ecoplot,
            bound=["dataframe", "ecoplot_configs", "group_by"],
        ),
        "displacement_files": Instance(persist_text, bound=["root_path", "text"]),
        "displacement_views": Instance(
            create_plot_widget_single_view,
            bound=["data", "title", "view"],
            cheap=True,
            skipif=[],
        ),
        "displacement_widget": Instance(
            merge_widget_views,
            bound=["widgets"],
            cheap=True,
        ),
        "dashboard": Instance(
            gather_dashboard,
            bound=["details", "groupers", "widgets"],
        ),
    },
    params=params,
    results=results,
)

# %% [markdown]
# ## Title of the dashboard
#
# Add information that will help to differentiate this workflow from another.
#
# Task `set_workflow_details` of `ecoscope_workflows.tasks.config`
#
# <details><summary>Parameters, in <code>params["workflow_details"]</code></summary>
#
# | parameter | type | default | |
# |---|---|---|---|
# | `name` | text | **required** | What the workflow is called; the title of its dashboard. |
# | `description` | text | `""` | What it is for, in a sentence or two. |
#
# </details>

# %%
workflow_details_return = workflow.run("workflow_details")
workflow_details_return.peek()

# %% [markdown]
# ## What the data are grouped by
#
# Choose how the data is split into groups, each of which becomes a view of a dashboard.
#
# Task `set_groupers` of `ecoscope_workflows.tasks.groupby`
#
# <details><summary>Parameters, in <code>params["groupers"]</code></summary>
#
# | parameter | type | default | |
# |---|---|---|---|
# | `groupers` | list of ValueGrouper or TemporalGrouper or SpatialGrouper or null | `null` | Specify how the data should be grouped to create the views for your dashboard. This field is optional; if left blank, all the data will appear in a single view. |
#
# </details>

# %%
groupers_return = workflow.run("groupers")
groupers_return.peek()

# %% [markdown]
# ## Tracks
#
# From fixes to segments.

# %% [markdown]
# ### Read the fixes
#
# Read fixes from a file of your own.
#
# Task `load_relocations` of `ecoscope_workflows.tasks.io`
#
# <details><summary>Parameters, in <code>params["fixes"]</code></summary>
#
# | parameter | type | default | |
# |---|---|---|---|
# | `path` | path | **required** | A file of fixes: .parquet, .geoparquet, .gpkg, .geojson or .csv. |
# | `id_column` | text | `"groupby_col"` | Column that names the animal. |
# | `time_column` | text | `"fixtime"` | Column with the time of the fix. |
# | `x_column` | text | `"longitude"` | Column with the longitude or easting, where the file has no geometry. |
# | `y_column` | text | `"latitude"` | Column with the latitude or northing, where the file has no geometry. |
# | `crs` | text | `"EPSG:4326"` | Coordinate reference system of the positions, where the file names none. |
# | `time_zone` | text | `"UTC"` | Time zone of times that name none, such as Africa/Nairobi. |
#
# </details>

# %%
fixes_return = workflow.run("fixes")
fixes_return.peek()

# %% [markdown]
# ### Remove wrong fixes
#
# Remove wrong fixes, put the rest in order of time and keep the columns that are needed.
#
# Task `process_relocations` of `ecoscope_workflows.tasks.preprocessing`

# %%
relocations_return = workflow.run(
    "relocations",
    observations=fixes_return,
    filter_point_coords=[{"x": 180, "y": 90}, {"x": 0, "y": 0}],
    relocs_columns=["groupby_col", "fixtime", "junk_status", "geometry"],
)
relocations_return.peek()

# %% [markdown]
# ### Join fixes to segments
#
# Join consecutive fixes of each animal to segments, and keep the segments within the bounds.
#
# Task `relocations_to_trajectory` of `ecoscope_workflows.tasks.preprocessing`
#
# <details><summary>Parameters, in <code>params["trajectory"]</code></summary>
#
# | parameter | type | default | |
# |---|---|---|---|
# | `trajectory_segment_filter` | TrajectorySegmentFilter or null | `{"min_length_meters": 0.001, "max_length_meters": 100000.0, "min_time_secs": 1.0, "max_time_secs": 172800.0, "min_speed_kmhr": 0.01, "max_speed_kmhr": 500.0}` | Filter track data by setting limits on track segment length, duration, and speed. Segments outside these bounds are removed, reducing noise and to focus on m... |
#
# </details>

# %%
trajectory_return = workflow.run(
    "trajectory",
    relocations=relocations_return,
)
trajectory_return.peek()

# %% [markdown]
# ### Say in which month each segment starts
#
# Add a level to the index for each temporal grouper, with the part of a time that it groups by.
#
# Task `add_temporal_index` of `ecoscope_workflows.tasks.transformation`
#
# <details><summary>Parameters, in <code>params["with_months"]</code></summary>
#
# | parameter | type | default | |
# |---|---|---|---|
# | `cast_to_datetime` | true or false | `true` | Whether to attempt casting `time_col` to datetime. |
# | `format` | text | `"mixed"` | If `cast_to_datetime=True`, the format to pass to `pd.to_datetime` when attempting to cast `time_col` to datetime. Defaults to "mixed". |
#
# </details>

# %%
with_months_return = workflow.run(
    "with_months",
    df=trajectory_return,
    time_col="segment_start",
    groupers=groupers_return,
)
with_months_return.peek()

# %% [markdown]
# ### Sort the segments into classes of speed
#
# Sort the values of a column into classes, and add a column with the labels of their classes.
#
# Task `apply_classification` of `ecoscope_workflows.tasks.transformation`

# %%
with_speeds_return = workflow.run(
    "with_speeds",
    df=with_months_return,
    input_column_name="speed_kmhr",
    output_column_name="speed_class",
    classification_options={"scheme": "equal_interval", "k": 6},
    label_options={
        "label_ranges": True,
        "label_decimals": 1,
        "label_suffix": " km/h",
    },
)
with_speeds_return.peek()

# %% [markdown]
# ### Call the column of the animals by its name
#
# Drop columns, then keep and order some, then rename some.
#
# Task `map_columns` of `ecoscope_workflows.tasks.transformation`
#
# <details><summary>Parameters, in <code>params["named"]</code></summary>
#
# | parameter | type | default | |
# |---|---|---|---|
# | `drop_columns` | list of text or null | `[]` | List of columns to drop. |
# | `retain_columns` | list of text or null | `[]` | List of columns to retain with the order specified by the list. Keep all the columns if the list is empty. |
# | `raise_if_not_found` | true or false | `true` | Whether or not to raise if a column is not found. |
#
# </details>

# %%
named_return = workflow.run(
    "named",
    df=with_speeds_return,
    rename_columns={"groupby_col": "animal"},
)
named_return.peek()

# %% [markdown]
# ### Split the segments into groups
#
# Split a frame into groups of rows that have the same values.
#
# Task `split_groups` of `ecoscope_workflows.tasks.groupby`

# %%
groups_return = workflow.run(
    "groups",
    df=named_return,
    groupers=groupers_return,
)
groups_return.peek()

# %% [markdown]
# ## Map of the tracks
#
# Each segment in the colour of its speed.

# %% [markdown]
# ### Background of the maps
#
# Choose the backgrounds of maps.
#
# Task `set_base_maps` of `ecoscope_workflows.tasks.results`
#
# <details><summary>Parameters, in <code>params["base_maps"]</code></summary>
#
# | parameter | type | default | |
# |---|---|---|---|
# | `base_maps` | list of TileLayer or null | `null` | Select tile layers to use as base layers in map outputs. The first layer in the list will be the bottommost layer displayed. |
#
# </details>

# %%
base_maps_return = workflow.run("base_maps")
base_maps_return.peek()

# %% [markdown]
# ### Put fast segments on top
#
# Put rows in the order of the values of a column; rows of the same value stay in their order.
#
# Task `sort_values` of `ecoscope_workflows.tasks.transformation`
#
# <details><summary>Parameters, in <code>params["sorted_tracks"]</code></summary>
#
# | parameter | type | default | |
# |---|---|---|---|
# | `ascending` | true or false | `true` | Sort ascending if true |
# | `na_position` | 'first' or 'last' | `"last"` | Where to place NaN values in the sort |
#
# </details>

# %%
sorted_tracks_return = workflow.run(
    "sorted_tracks",
    workflow.mapvalues("df", groups_return),
    column_name="speed_kmhr",
)
sorted_tracks_return.peek()

# %% [markdown]
# ### Give each class of speed a colour
#
# Add a column with a colour for each value of a column.
#
# Task `apply_color_map` of `ecoscope_workflows.tasks.transformation`

# %%
colored_tracks_return = workflow.run(
    "colored_tracks",
    workflow.mapvalues("df", sorted_tracks_return),
    input_column_name="speed_class",
    output_column_name="color",
    colormap=["#1a9850", "#91cf60", "#d9ef8b", "#fee08b", "#fc8d59", "#d73027"],
)
colored_tracks_return.peek()

# %% [markdown]
# ### Make a layer of each track
#
# Make a layer of lines, such as the segments of trajectories.
#
# Task `create_polyline_layer` of `ecoscope_workflows.tasks.results`

# %%
track_layers_return = workflow.run(
    "track_layers",
    workflow.mapvalues("geodataframe", colored_tracks_return),
    layer_style={"color_column": "color"},
    legend={"label_column": "speed_class", "color_column": "color"},
    tooltip_columns=["animal", "segment_start", "speed_kmhr"],
)
track_layers_return.peek()

# %% [markdown]
# ### Draw a map of each track
#
# Draw layers as an interactive map in one HTML page that opens without a network.
#
# Task `draw_ecomap` of `ecoscope_workflows.tasks.results`
#
# <details><summary>Parameters, in <code>params["track_maps"]</code></summary>
#
# | parameter | type | default | |
# |---|---|---|---|
# | `static` | true or false | `false` | Set to true to disable map pan/zoom. |
# | `title` | text or null | `null` | The map title. Note this is the title drawn on the map canvas itself, and will result in duplicate titles if set in the context of a dashboard in which the i... |
# | `north_arrow_style` | NorthArrowStyle or null | `null` | Additional arguments for configuring the North Arrow. |
# | `max_zoom` | whole number | `20` | Max zoom level. |
#
# </details>

# %%
track_maps_return = workflow.run(
    "track_maps",
    workflow.mapvalues("geo_layers", track_layers_return),
    tile_layers=base_maps_return,
    legend_style={"title": "Speed", "placement": "bottom-right"},
)
track_maps_return.peek()

# %% [markdown]
# ### Write the maps into files
#
# Write a text to a file, replacing one of the same name as a whole.
#
# Task `persist_text` of `ecoscope_workflows.tasks.io`

# %%
track_map_files_return = workflow.run(
    "track_map_files",
    workflow.mapvalues("text", track_maps_return),
    root_path=workflow.environment("ECOSCOPE_WORKFLOWS_RESULTS"),
)
track_map_files_return.peek()

# %% [markdown]
# ### Create a map widget with a single view
#
# Task `create_map_widget_single_view` of `ecoscope_workflows.tasks.results`

# %%
track_views_return = workflow.run(
    "track_views",
    workflow.map(["view", "data"], track_map_files_return),
    title="Tracks by speed",
)
track_views_return.peek()

# %% [markdown]
# ### Merge widgets with the same `title` and `widget_type`
#
# Task `merge_widget_views` of `ecoscope_workflows.tasks.results`

# %%
track_widget_return = workflow.run(
    "track_widget",
    widgets=track_views_return,
)
track_widget_return.peek()

# %% [markdown]
# ## Home range
#
# Where each animal spends its time.

# %% [markdown]
# ### Compute the time density of each group
#
# Calculate percentile areas of the elliptical time density of tracks.
#
# Task `calculate_elliptical_time_density` of `ecoscope_workflows.tasks.analysis`
#
# <details><summary>Parameters, in <code>params["densities"]</code></summary>
#
# | parameter | type | default | |
# |---|---|---|---|
# | `auto_scale_or_custom_cell_size` | AutoScaleGridCellSize or CustomGridCellSize or null | `{"auto_scale_or_custom": "Auto-scale"}` | `{"auto_scale_or_custom": "Auto-scale"}`, or `{"auto_scale_or_custom": "Customize", "grid_cell_size": 250}` with an edge in metres, above 0 and below 10000. |
# | `crs` | text | `"EPSG:3857"` | The coordinate reference system in which to perform the calculation, must be a valid CRS authority code, for example ESRI:53042 |
# | `nodata_value` | number or text | `"nan"` | Accepted because published workflows set it; polygons have no cells without data, so it has no effect. |
# | `band_count` | whole number | `1` | Accepted because published workflows set it; a distribution has one band, so only 1 is valid. |
# | `max_speed_factor` | number | `1.05` | An estimate of the subject's maximum speed as a factor of the maximum measured speed value in the dataset. |
# | `expansion_factor` | number | `1.05` | Controls how far time density values spread across the grid, affecting the smoothness of the output. |
# | `percentiles` | list of '50' or '60' or '70' or '80' or '90' or '95' or '99' or '99.999' or '100' or list of number or null | `["50", "60", "70", "80", "90", "99.999"]` | Choose the time density percentile bins to display. |
#
# </details>

# %%
densities_return = workflow.run(
    "densities",
    workflow.mapvalues("trajectory_gdf", groups_return),
)
densities_return.peek()

# %% [markdown]
# ### Write percentiles as text
#
# Write the values of columns as text: \`\`50.0\`\`, \`\`True\`\`, \`\`eco\_1\`\`.
#
# Task `convert_column_values_to_string` of `ecoscope_workflows.tasks.transformation`

# %%
density_labels_return = workflow.run(
    "density_labels",
    workflow.mapvalues("df", densities_return),
    columns=["percentile"],
)
density_labels_return.peek()

# %% [markdown]
# ### Give each percentile a colour
#
# Add a column with a colour for each value of a column.
#
# Task `apply_color_map` of `ecoscope_workflows.tasks.transformation`

# %%
colored_densities_return = workflow.run(
    "colored_densities",
    workflow.mapvalues("df", density_labels_return),
    input_column_name="percentile",
    output_column_name="color",
    colormap="RdYlGn_r",
)
colored_densities_return.peek()

# %% [markdown]
# ### Make a layer of each home range
#
# Make a layer of areas, such as percentile areas or cells of a grid.
#
# Task `create_polygon_layer` of `ecoscope_workflows.tasks.results`

# %%
density_layers_return = workflow.run(
    "density_layers",
    workflow.mapvalues("geodataframe", colored_densities_return),
    layer_style={"fill_color_column": "color", "opacity": 0.7, "get_line_width": 0},
    legend={
        "label_column": "percentile",
        "color_column": "color",
        "label_suffix": " %",
        "sort": "ascending",
    },
    tooltip_columns=["percentile", "area_sqkm"],
)
density_layers_return.peek()

# %% [markdown]
# ### Draw a map of each home range
#
# Draw layers as an interactive map in one HTML page that opens without a network.
#
# Task `draw_ecomap` of `ecoscope_workflows.tasks.results`
#
# <details><summary>Parameters, in <code>params["density_maps"]</code></summary>
#
# | parameter | type | default | |
# |---|---|---|---|
# | `static` | true or false | `false` | Set to true to disable map pan/zoom. |
# | `title` | text or null | `null` | The map title. Note this is the title drawn on the map canvas itself, and will result in duplicate titles if set in the context of a dashboard in which the i... |
# | `north_arrow_style` | NorthArrowStyle or null | `null` | Additional arguments for configuring the North Arrow. |
# | `max_zoom` | whole number | `20` | Max zoom level. |
#
# </details>

# %%
density_maps_return = workflow.run(
    "density_maps",
    workflow.mapvalues("geo_layers", density_layers_return),
    tile_layers=base_maps_return,
    legend_style={"title": "Time spent", "placement": "bottom-right"},
)
density_maps_return.peek()

# %% [markdown]
# ### Write the maps into files
#
# Write a text to a file, replacing one of the same name as a whole.
#
# Task `persist_text` of `ecoscope_workflows.tasks.io`

# %%
density_map_files_return = workflow.run(
    "density_map_files",
    workflow.mapvalues("text", density_maps_return),
    root_path=workflow.environment("ECOSCOPE_WORKFLOWS_RESULTS"),
)
density_map_files_return.peek()

# %% [markdown]
# ### Create a map widget with a single view
#
# Task `create_map_widget_single_view` of `ecoscope_workflows.tasks.results`

# %%
density_views_return = workflow.run(
    "density_views",
    workflow.map(["view", "data"], density_map_files_return),
    title="Home range",
)
density_views_return.peek()

# %% [markdown]
# ### Merge widgets with the same `title` and `widget_type`
#
# Task `merge_widget_views` of `ecoscope_workflows.tasks.results`

# %%
density_widget_return = workflow.run(
    "density_widget",
    widgets=density_views_return,
)
density_widget_return.peek()

# %% [markdown]
# ## Numbers
#
# What each animal walked.

# %% [markdown]
# ### Add up the distances
#
# Return the sum of the numbers in a column; missing ones do not count. It is 0 where there is none.
#
# Task `dataframe_column_sum` of `ecoscope_workflows.tasks.analysis`

# %%
distances_return = workflow.run(
    "distances",
    workflow.mapvalues("df", groups_return),
    column_name="dist_meters",
)
distances_return.peek()

# %% [markdown]
# ### Give a number a unit, and convert it to another one
#
# Task `with_unit` of `ecoscope_workflows.tasks.transformation`

# %%
distances_km_return = workflow.run(
    "distances_km",
    workflow.mapvalues("value", distances_return),
    original_unit="m",
    new_unit="km",
)
distances_km_return.peek()

# %% [markdown]
# ### Create a single value widget with a single view
#
# Task `create_single_value_widget_single_view` of `ecoscope_workflows.tasks.results`
#
# <details><summary>Parameters, in <code>params["distance_views"]</code></summary>
#
# | parameter | type | default | |
# |---|---|---|---|
# | `decimal_places` | whole number | `1` | The number of decimal places to display. |
#
# </details>

# %%
distance_views_return = workflow.run(
    "distance_views",
    workflow.map(["view", "data"], distances_km_return),
    title="Distance",
)
distance_views_return.peek()

# %% [markdown]
# ### Merge widgets with the same `title` and `widget_type`
#
# Task `merge_widget_views` of `ecoscope_workflows.tasks.results`

# %%
distance_widget_return = workflow.run(
    "distance_widget",
    widgets=distance_views_return,
)
distance_widget_return.peek()

# %% [markdown]
# ### Take the mean of the speeds
#
# Return the mean of the numbers in a column; missing ones do not count. It is nan where there is none.
#
# Task `dataframe_column_mean` of `ecoscope_workflows.tasks.analysis`

# %%
speeds_return = workflow.run(
    "speeds",
    workflow.mapvalues("df", groups_return),
    column_name="speed_kmhr",
)
speeds_return.peek()

# %% [markdown]
# ### Give a number a unit, and convert it to another one
#
# Task `with_unit` of `ecoscope_workflows.tasks.transformation`

# %%
speeds_kmh_return = workflow.run(
    "speeds_kmh",
    workflow.mapvalues("value", speeds_return),
    original_unit="km/h",
    new_unit="km/h",
)
speeds_kmh_return.peek()

# %% [markdown]
# ### Create a single value widget with a single view
#
# Task `create_single_value_widget_single_view` of `ecoscope_workflows.tasks.results`
#
# <details><summary>Parameters, in <code>params["speed_views"]</code></summary>
#
# | parameter | type | default | |
# |---|---|---|---|
# | `decimal_places` | whole number | `1` | The number of decimal places to display. |
#
# </details>

# %%
speed_views_return = workflow.run(
    "speed_views",
    workflow.map(["view", "data"], speeds_kmh_return),
    title="Mean speed",
)
speed_views_return.peek()

# %% [markdown]
# ### Merge widgets with the same `title` and `widget_type`
#
# Task `merge_widget_views` of `ecoscope_workflows.tasks.results`

# %%
speed_widget_return = workflow.run(
    "speed_widget",
    widgets=speed_views_return,
)
speed_widget_return.peek()

# %% [markdown]
# ### Compare nights with days
#
# Return how much more animals move by night than by day, averaged over local solar days.
#
# Task `get_night_day_ratio` of `ecoscope_workflows.tasks.analysis`

# %%
night_day_return = workflow.run(
    "night_day",
    workflow.mapvalues("df", groups_return),
)
night_day_return.peek()

# %% [markdown]
# ### Create a single value widget with a single view
#
# Task `create_single_value_widget_single_view` of `ecoscope_workflows.tasks.results`
#
# <details><summary>Parameters, in <code>params["night_day_views"]</code></summary>
#
# | parameter | type | default | |
# |---|---|---|---|
# | `decimal_places` | whole number | `1` | The number of decimal places to display. |
#
# </details>

# %%
night_day_views_return = workflow.run(
    "night_day_views",
    workflow.map(["view", "data"], night_day_return),
    title="Night/day ratio",
)
night_day_views_return.peek()

# %% [markdown]
# ### Merge widgets with the same `title` and `widget_type`
#
# Task `merge_widget_views` of `ecoscope_workflows.tasks.results`

# %%
night_day_widget_return = workflow.run(
    "night_day_widget",
    widgets=night_day_views_return,
)
night_day_widget_return.peek()

# %% [markdown]
# ## Net squared displacement
#
# How far each animal is from where it started.

# %% [markdown]
# ### Name the axes
#
# Drop columns, then keep and order some, then rename some.
#
# Task `map_columns` of `ecoscope_workflows.tasks.transformation`
#
# <details><summary>Parameters, in <code>params["displacements"]</code></summary>
#
# | parameter | type | default | |
# |---|---|---|---|
# | `drop_columns` | list of text or null | `[]` | List of columns to drop. |
# | `retain_columns` | list of text or null | `[]` | List of columns to retain with the order specified by the list. Keep all the columns if the list is empty. |
# | `raise_if_not_found` | true or false | `true` | Whether or not to raise if a column is not found. |
#
# </details>

# %%
displacements_return = workflow.run(
    "displacements",
    workflow.mapvalues("df", groups_return),
    rename_columns={"segment_start": "Time", "nsd": "km²"},
)
displacements_return.peek()

# %% [markdown]
# ### Draw the displacement over time
#
# Draw curves as an interactive chart: a panel for each group, sorted, over one horizontal axis.
#
# Task `draw_ecoplot` of `ecoscope_workflows.tasks.results`
#
# <details><summary>Parameters, in <code>params["displacement_charts"]</code></summary>
#
# | parameter | type | default | |
# |---|---|---|---|
# | `tickformat` | text | `"%b-%Y"` | The time format for timeseries data. |
#
# </details>

# %%
displacement_charts_return = workflow.run(
    "displacement_charts",
    workflow.mapvalues("dataframe", displacements_return),
    group_by="animal",
    ecoplot_configs=[{"x_col": "Time", "y_col": "km²"}],
)
displacement_charts_return.peek()

# %% [markdown]
# ### Write the charts into files
#
# Write a text to a file, replacing one of the same name as a whole.
#
# Task `persist_text` of `ecoscope_workflows.tasks.io`

# %%
displacement_files_return = workflow.run(
    "displacement_files",
    workflow.mapvalues("text", displacement_charts_return),
    root_path=workflow.environment("ECOSCOPE_WORKFLOWS_RESULTS"),
)
displacement_files_return.peek()

# %% [markdown]
# ### Create a plot widget with a single view
#
# Task `create_plot_widget_single_view` of `ecoscope_workflows.tasks.results`

# %%
displacement_views_return = workflow.run(
    "displacement_views",
    workflow.map(["view", "data"], displacement_files_return),
    title="Net squared displacement",
)
displacement_views_return.peek()

# %% [markdown]
# ### Merge widgets with the same `title` and `widget_type`
#
# Task `merge_widget_views` of `ecoscope_workflows.tasks.results`

# %%
displacement_widget_return = workflow.run(
    "displacement_widget",
    widgets=displacement_views_return,
)
displacement_widget_return.peek()

# %% [markdown]
# ## Gather the dashboard
#
# Gather widgets into a dashboard: one view for each group that any of them shows.
#
# Task `gather_dashboard` of `ecoscope_workflows.tasks.results`
#
# <details><summary>Parameters, in <code>params["dashboard"]</code></summary>
#
# | parameter | type | default | |
# |---|---|---|---|
# | `time_range` | TimeRange or null | `null` | Time range filter |
#
# </details>

# %%
dashboard_return = workflow.run(
    "dashboard",
    details=workflow_details_return,
    groupers=groupers_return,
    widgets=[
        distance_widget_return,
        speed_widget_return,
        night_day_widget_return,
        track_widget_return,
        density_widget_return,
        displacement_widget_return,
    ],
)
dashboard_return.peek()
