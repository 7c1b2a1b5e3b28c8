# elephant_dashboard: compiled by ecoscope-workflows 0.1.0 from spec.yaml.
# The next compile replaces this file: edit the spec, or config/params.yaml.
from snakemake.utils import min_version

from ecoscope_workflows.runtime.snakefile import Compiled

min_version("9.16")

# Checks the params in full, before Snakemake reads them.
compiled = Compiled(
    workflow,
    spec="workflow/spec.yaml",
    spec_sha256="35e4659af3555b86f77342a434c2d96b77a23e35bc24e5ef6b3363166ca8c016",
    skipif=[
        "ecoscope_workflows.tasks.skip:any_is_empty_df",
        "ecoscope_workflows.tasks.skip:any_dependency_skipped",
    ],
)

# These cost less than a process: each is evaluated inside the jobs that need its result, and has no file.

# Title of the dashboard
compiled.cheap(
    "workflow_details",
    "ecoscope_workflows.tasks.config:set_workflow_details",
)

# What the data are grouped by
compiled.cheap("groupers", "ecoscope_workflows.tasks.groupby:set_groupers")

# Background of the maps
compiled.cheap("base_maps", "ecoscope_workflows.tasks.results:set_base_maps")

# Create a map widget with a single view.
compiled.cheap(
    "track_views",
    "ecoscope_workflows.tasks.results:create_map_widget_single_view",
    {"title": "Tracks by speed"},
    map=["view", "data"],
    skipif=[],
)

# Merge widgets with the same `title` and `widget_type`.
compiled.cheap(
    "track_widget",
    "ecoscope_workflows.tasks.results:merge_widget_views",
    {"widgets": {"$call": "track_views"}},
)

# Create a map widget with a single view.
compiled.cheap(
    "density_views",
    "ecoscope_workflows.tasks.results:create_map_widget_single_view",
    {"title": "Home range"},
    map=["view", "data"],
    skipif=[],
)

# Merge widgets with the same `title` and `widget_type`.
compiled.cheap(
    "density_widget",
    "ecoscope_workflows.tasks.results:merge_widget_views",
    {"widgets": {"$call": "density_views"}},
)

# Give a number a unit, and convert it to another one.
compiled.cheap(
    "distances_km",
    "ecoscope_workflows.tasks.transformation:with_unit",
    {"original_unit": "m", "new_unit": "km"},
    mapvalues="value",
)

# Create a single value widget with a single view.
compiled.cheap(
    "distance_views",
    "ecoscope_workflows.tasks.results:create_single_value_widget_single_view",
    {"title": "Distance"},
    map=["view", "data"],
    argvalues={"$call": "distances_km"},
    skipif=[],
)

# Merge widgets with the same `title` and `widget_type`.
compiled.cheap(
    "distance_widget",
    "ecoscope_workflows.tasks.results:merge_widget_views",
    {"widgets": {"$call": "distance_views"}},
)

# Give a number a unit, and convert it to another one.
compiled.cheap(
    "speeds_kmh",
    "ecoscope_workflows.tasks.transformation:with_unit",
    {"original_unit": "km/h", "new_unit": "km/h"},
    mapvalues="value",
)

# Create a single value widget with a single view.
compiled.cheap(
    "speed_views",
    "ecoscope_workflows.tasks.results:create_single_value_widget_single_view",
    {"title": "Mean speed"},
    map=["view", "data"],
    argvalues={"$call": "speeds_kmh"},
    skipif=[],
)

# Merge widgets with the same `title` and `widget_type`.
compiled.cheap(
    "speed_widget",
    "ecoscope_workflows.tasks.results:merge_widget_views",
    {"widgets": {"$call": "speed_views"}},
)

# Create a single value widget with a single view.
compiled.cheap(
    "night_day_views",
    "ecoscope_workflows.tasks.results:create_single_value_widget_single_view",
    {"title": "Night/day ratio"},
    map=["view", "data"],
    skipif=[],
)

# Merge widgets with the same `title` and `widget_type`.
compiled.cheap(
    "night_day_widget",
    "ecoscope_workflows.tasks.results:merge_widget_views",
    {"widgets": {"$call": "night_day_views"}},
)

# Create a plot widget with a single view.
compiled.cheap(
    "displacement_views",
    "ecoscope_workflows.tasks.results:create_plot_widget_single_view",
    {"title": "Net squared displacement"},
    map=["view", "data"],
    skipif=[],
)

# Merge widgets with the same `title` and `widget_type`.
compiled.cheap(
    "displacement_widget",
    "ecoscope_workflows.tasks.results:merge_widget_views",
    {"widgets": {"$call": "displacement_views"}},
)


configfile: "config/params.yaml"


report: "report/workflow.rst"


container: "docker://ecoscope-workflows:0.1.0"


localrules:
    all,


rule all:
    input:
        "<results>/fixes.parquet",
        "<results>/relocations.parquet",
        "<results>/trajectory.parquet",
        "<results>/with_months.parquet",
        "<results>/with_speeds.parquet",
        "<results>/named.parquet",
        "<results>/groups.zip",
        "<results>/sorted_tracks.zip",
        "<results>/colored_tracks.zip",
        "<results>/track_layers.zip",
        "<results>/track_maps.zip",
        "<results>/track_map_files.zip",
        "<results>/densities.zip",
        "<results>/density_labels.zip",
        "<results>/colored_densities.zip",
        "<results>/density_layers.zip",
        "<results>/density_maps.zip",
        "<results>/density_map_files.zip",
        "<results>/distances.zip",
        "<results>/speeds.zip",
        "<results>/night_day.zip",
        "<results>/displacements.zip",
        "<results>/displacement_charts.zip",
        "<results>/displacement_files.zip",
        "<results>/dashboard.json",


# Read the fixes
rule fixes:
    input:
        path=compiled.file("fixes", "path"),
    output:
        "<results>/fixes.parquet",
    log:
        "<logs>/fixes.log",
    benchmark:
        "<benchmarks>/fixes.tsv"
    threads: 1
    params:
        task=compiled.code("ecoscope_workflows.tasks.io:load_relocations"),
        args=compiled.args("fixes", files=["path"]),
    shell:
        "python -P -m ecoscope_workflows.runtime fixes"
        " --task {params.task:q} --args {params.args:q}"
        " --input path={input.path:q}"
        " --output {output:q} --log {log:q}"


# Remove wrong fixes
rule relocations:
    input:
        observations="<results>/fixes.parquet",
    output:
        "<results>/relocations.parquet",
    log:
        "<logs>/relocations.log",
    benchmark:
        "<benchmarks>/relocations.tsv"
    threads: 1
    params:
        task=compiled.code(
            "ecoscope_workflows.tasks.preprocessing:process_relocations",
        ),
        args=compiled.args(
            "relocations",
            {
                "filter_point_coords": [{"x": 180, "y": 90}, {"x": 0, "y": 0}],
                "relocs_columns": [
                    "groupby_col",
                    "fixtime",
                    "junk_status",
                    "geometry",
                ],
            },
        ),
    shell:
        "python -P -m ecoscope_workflows.runtime relocations"
        " --task {params.task:q} --args {params.args:q}"
        " --input observations={input.observations:q}"
        " --output {output:q} --log {log:q}"


# Join fixes to segments
rule trajectory:
    input:
        relocations="<results>/relocations.parquet",
    output:
        "<results>/trajectory.parquet",
    log:
        "<logs>/trajectory.log",
    benchmark:
        "<benchmarks>/trajectory.tsv"
    threads: 1
    params:
        task=compiled.code(
            "ecoscope_workflows.tasks.preprocessing:relocations_to_trajectory",
        ),
        args=compiled.args("trajectory"),
    shell:
        "python -P -m ecoscope_workflows.runtime trajectory"
        " --task {params.task:q} --args {params.args:q}"
        " --input relocations={input.relocations:q}"
        " --output {output:q} --log {log:q}"


# Say in which month each segment starts
rule with_months:
    input:
        df="<results>/trajectory.parquet",
    output:
        "<results>/with_months.parquet",
    log:
        "<logs>/with_months.log",
    benchmark:
        "<benchmarks>/with_months.tsv"
    threads: 1
    params:
        task=compiled.code(
            "ecoscope_workflows.tasks.transformation:add_temporal_index",
        ),
        args=compiled.args(
            "with_months",
            {"time_col": "segment_start", "groupers": {"$call": "groupers"}},
        ),
    shell:
        "python -P -m ecoscope_workflows.runtime with_months"
        " --task {params.task:q} --args {params.args:q}"
        " --input df={input.df:q}"
        " --output {output:q} --log {log:q}"


# Sort the segments into classes of speed
rule with_speeds:
    input:
        df="<results>/with_months.parquet",
    output:
        "<results>/with_speeds.parquet",
    log:
        "<logs>/with_speeds.log",
    benchmark:
        "<benchmarks>/with_speeds.tsv"
    threads: 1
    params:
        task=compiled.code(
            "ecoscope_workflows.tasks.transformation:apply_classification",
        ),
        args=compiled.args(
            "with_speeds",
            {
                "input_column_name": "speed_kmhr",
                "output_column_name": "speed_class",
                "classification_options": {"scheme": "equal_interval", "k": 6},
                "label_options": {
                    "label_ranges": True,
                    "label_decimals": 1,
                    "label_suffix": " km/h",
                },
            },
        ),
    shell:
        "python -P -m ecoscope_workflows.runtime with_speeds"
        " --task {params.task:q} --args {params.args:q}"
        " --input df={input.df:q}"
        " --output {output:q} --log {log:q}"


# Call the column of the animals by its name
rule named:
    input:
        df="<results>/with_speeds.parquet",
    output:
        "<results>/named.parquet",
    log:
        "<logs>/named.log",
    benchmark:
        "<benchmarks>/named.tsv"
    threads: 1
    params:
        task=compiled.code("ecoscope_workflows.tasks.transformation:map_columns"),
        args=compiled.args("named", {"rename_columns": {"groupby_col": "animal"}}),
    shell:
        "python -P -m ecoscope_workflows.runtime named"
        " --task {params.task:q} --args {params.args:q}"
        " --input df={input.df:q}"
        " --output {output:q} --log {log:q}"


# Split the segments into groups
checkpoint groups:
    input:
        df="<results>/named.parquet",
    output:
        collection="<results>/groups.zip",
        index="<results>/groups.index.json",
    log:
        "<logs>/groups.log",
    benchmark:
        "<benchmarks>/groups.tsv"
    threads: 1
    params:
        task=compiled.code("ecoscope_workflows.tasks.groupby:split_groups"),
        args=compiled.args("groups", {"groupers": {"$call": "groupers"}}),
    shell:
        "python -P -m ecoscope_workflows.runtime groups"
        " --task {params.task:q} --args {params.args:q}"
        " --input df={input.df:q}"
        " --index {output.index:q}"
        " --output {output.collection:q} --log {log:q}"


# Put fast segments on top (one chunk)
rule sorted_tracks_chunk:
    input:
        argvalues=ancient("<results>/groups.zip"),
    output:
        "<results>/sorted_tracks.chunks/{chunk}.zip",
    log:
        "<logs>/sorted_tracks/{chunk}.log",
    benchmark:
        "<benchmarks>/sorted_tracks/{chunk}.tsv"
    threads: 1
    params:
        task=compiled.code("ecoscope_workflows.tasks.transformation:sort_values"),
        args=compiled.args(
            "sorted_tracks",
            {"column_name": "speed_kmhr"},
            mapvalues="df",
        ),
    shell:
        "python -P -m ecoscope_workflows.runtime sorted_tracks"
        " --task {params.task:q} --args {params.args:q}"
        " --each sorted_tracks={input.argvalues:q}"
        " --threads {threads}"
        " --chunk-size 20 --chunk {wildcards.chunk}"
        " --output {output:q} --log {log:q}"


# Put fast segments on top (its chunks together)
checkpoint sorted_tracks:
    input:
        argvalues="<results>/groups.zip",
        chunks=compiled.chunks(
            checkpoints.groups,
            "<results>/sorted_tracks.chunks",
            20,
        ),
    output:
        collection="<results>/sorted_tracks.zip",
        index="<results>/sorted_tracks.index.json",
    log:
        "<logs>/sorted_tracks.log",
    benchmark:
        "<benchmarks>/sorted_tracks.tsv"
    threads: 1
    params:
        task=compiled.code("ecoscope_workflows.tasks.transformation:sort_values"),
        args=compiled.args(
            "sorted_tracks",
            {"column_name": "speed_kmhr"},
            mapvalues="df",
        ),
    shell:
        "python -P -m ecoscope_workflows.runtime sorted_tracks"
        " --task {params.task:q} --args {params.args:q}"
        " --each sorted_tracks={input.argvalues:q}"
        " --threads {threads}"
        " --chunk-size 20"
        " --index {output.index:q}"
        " --output {output.collection:q} --log {log:q}"


# Give each class of speed a colour (one chunk)
rule colored_tracks_chunk:
    input:
        argvalues=ancient("<results>/sorted_tracks.zip"),
    output:
        "<results>/colored_tracks.chunks/{chunk}.zip",
    log:
        "<logs>/colored_tracks/{chunk}.log",
    benchmark:
        "<benchmarks>/colored_tracks/{chunk}.tsv"
    threads: 1
    params:
        task=compiled.code("ecoscope_workflows.tasks.transformation:apply_color_map"),
        args=compiled.args(
            "colored_tracks",
            {
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
            mapvalues="df",
        ),
    shell:
        "python -P -m ecoscope_workflows.runtime colored_tracks"
        " --task {params.task:q} --args {params.args:q}"
        " --each colored_tracks={input.argvalues:q}"
        " --threads {threads}"
        " --chunk-size 20 --chunk {wildcards.chunk}"
        " --output {output:q} --log {log:q}"


# Give each class of speed a colour (its chunks together)
checkpoint colored_tracks:
    input:
        argvalues="<results>/sorted_tracks.zip",
        chunks=compiled.chunks(
            checkpoints.sorted_tracks,
            "<results>/colored_tracks.chunks",
            20,
        ),
    output:
        collection="<results>/colored_tracks.zip",
        index="<results>/colored_tracks.index.json",
    log:
        "<logs>/colored_tracks.log",
    benchmark:
        "<benchmarks>/colored_tracks.tsv"
    threads: 1
    params:
        task=compiled.code("ecoscope_workflows.tasks.transformation:apply_color_map"),
        args=compiled.args(
            "colored_tracks",
            {
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
            mapvalues="df",
        ),
    shell:
        "python -P -m ecoscope_workflows.runtime colored_tracks"
        " --task {params.task:q} --args {params.args:q}"
        " --each colored_tracks={input.argvalues:q}"
        " --threads {threads}"
        " --chunk-size 20"
        " --index {output.index:q}"
        " --output {output.collection:q} --log {log:q}"


# Make a layer of each track (one chunk)
rule track_layers_chunk:
    input:
        argvalues=ancient("<results>/colored_tracks.zip"),
    output:
        "<results>/track_layers.chunks/{chunk}.zip",
    log:
        "<logs>/track_layers/{chunk}.log",
    benchmark:
        "<benchmarks>/track_layers/{chunk}.tsv"
    threads: 1
    params:
        task=compiled.code("ecoscope_workflows.tasks.results:create_polyline_layer"),
        args=compiled.args(
            "track_layers",
            {
                "layer_style": {"color_column": "color"},
                "legend": {"label_column": "speed_class", "color_column": "color"},
                "tooltip_columns": ["animal", "segment_start", "speed_kmhr"],
            },
            mapvalues="geodataframe",
            skipif=[
                "ecoscope_workflows.tasks.skip:any_is_empty_df",
                "ecoscope_workflows.tasks.skip:any_dependency_skipped",
                "ecoscope_workflows.tasks.skip:all_geometry_are_none",
            ],
        ),
    shell:
        "python -P -m ecoscope_workflows.runtime track_layers"
        " --task {params.task:q} --args {params.args:q}"
        " --each track_layers={input.argvalues:q}"
        " --threads {threads}"
        " --chunk-size 20 --chunk {wildcards.chunk}"
        " --output {output:q} --log {log:q}"


# Make a layer of each track (its chunks together)
checkpoint track_layers:
    input:
        argvalues="<results>/colored_tracks.zip",
        chunks=compiled.chunks(
            checkpoints.colored_tracks,
            "<results>/track_layers.chunks",
            20,
        ),
    output:
        collection="<results>/track_layers.zip",
        index="<results>/track_layers.index.json",
    log:
        "<logs>/track_layers.log",
    benchmark:
        "<benchmarks>/track_layers.tsv"
    threads: 1
    params:
        task=compiled.code("ecoscope_workflows.tasks.results:create_polyline_layer"),
        args=compiled.args(
            "track_layers",
            {
                "layer_style": {"color_column": "color"},
                "legend": {"label_column": "speed_class", "color_column": "color"},
                "tooltip_columns": ["animal", "segment_start", "speed_kmhr"],
            },
            mapvalues="geodataframe",
            skipif=[
                "ecoscope_workflows.tasks.skip:any_is_empty_df",
                "ecoscope_workflows.tasks.skip:any_dependency_skipped",
                "ecoscope_workflows.tasks.skip:all_geometry_are_none",
            ],
        ),
    shell:
        "python -P -m ecoscope_workflows.runtime track_layers"
        " --task {params.task:q} --args {params.args:q}"
        " --each track_layers={input.argvalues:q}"
        " --threads {threads}"
        " --chunk-size 20"
        " --index {output.index:q}"
        " --output {output.collection:q} --log {log:q}"


# Draw a map of each track (one chunk)
rule track_maps_chunk:
    input:
        argvalues=ancient("<results>/track_layers.zip"),
    output:
        "<results>/track_maps.chunks/{chunk}.zip",
    log:
        "<logs>/track_maps/{chunk}.log",
    benchmark:
        "<benchmarks>/track_maps/{chunk}.tsv"
    threads: 1
    params:
        task=compiled.code("ecoscope_workflows.tasks.results:draw_ecomap"),
        args=compiled.args(
            "track_maps",
            {
                "tile_layers": {"$call": "base_maps"},
                "legend_style": {"title": "Speed", "placement": "bottom-right"},
            },
            mapvalues="geo_layers",
        ),
    shell:
        "python -P -m ecoscope_workflows.runtime track_maps"
        " --task {params.task:q} --args {params.args:q}"
        " --each track_maps={input.argvalues:q}"
        " --threads {threads}"
        " --chunk-size 20 --chunk {wildcards.chunk}"
        " --output {output:q} --log {log:q}"


# Draw a map of each track (its chunks together)
rule track_maps:
    input:
        argvalues="<results>/track_layers.zip",
        chunks=compiled.chunks(
            checkpoints.track_layers,
            "<results>/track_maps.chunks",
            20,
        ),
    output:
        report(
            "<results>/track_maps.zip",
            caption="report/track_maps.rst",
            category="Maps, charts and tables",
            subcategory="Map of the tracks",
            labels={"result": "Draw a map of each track"},
        ),
    log:
        "<logs>/track_maps.log",
    benchmark:
        "<benchmarks>/track_maps.tsv"
    threads: 1
    params:
        task=compiled.code("ecoscope_workflows.tasks.results:draw_ecomap"),
        args=compiled.args(
            "track_maps",
            {
                "tile_layers": {"$call": "base_maps"},
                "legend_style": {"title": "Speed", "placement": "bottom-right"},
            },
            mapvalues="geo_layers",
        ),
    shell:
        "python -P -m ecoscope_workflows.runtime track_maps"
        " --task {params.task:q} --args {params.args:q}"
        " --each track_maps={input.argvalues:q}"
        " --threads {threads}"
        " --chunk-size 20"
        " --output {output:q} --log {log:q}"


# Write the maps into files
rule track_map_files:
    input:
        argvalues="<results>/track_maps.zip",
    output:
        "<results>/track_map_files.zip",
    log:
        "<logs>/track_map_files.log",
    benchmark:
        "<benchmarks>/track_map_files.tsv"
    threads: 1
    params:
        task=compiled.code("ecoscope_workflows.tasks.io:persist_text"),
        args=compiled.args(
            "track_map_files",
            {"root_path": {"$env": "ECOSCOPE_WORKFLOWS_RESULTS"}},
            mapvalues="text",
        ),
    shell:
        "python -P -m ecoscope_workflows.runtime track_map_files"
        " --task {params.task:q} --args {params.args:q}"
        " --each track_map_files={input.argvalues:q}"
        " --threads {threads}"
        " --output {output:q} --log {log:q}"


# Compute the time density of each group (one chunk)
rule densities_chunk:
    input:
        argvalues=ancient("<results>/groups.zip"),
    output:
        "<results>/densities.chunks/{chunk}.zip",
    log:
        "<logs>/densities/{chunk}.log",
    benchmark:
        "<benchmarks>/densities/{chunk}.tsv"
    threads: 1
    params:
        task=compiled.code(
            "ecoscope_workflows.tasks.analysis:calculate_elliptical_time_density",
        ),
        args=compiled.args("densities", mapvalues="trajectory_gdf"),
    shell:
        "python -P -m ecoscope_workflows.runtime densities"
        " --task {params.task:q} --args {params.args:q}"
        " --each densities={input.argvalues:q}"
        " --threads {threads}"
        " --chunk-size 20 --chunk {wildcards.chunk}"
        " --output {output:q} --log {log:q}"


# Compute the time density of each group (its chunks together)
checkpoint densities:
    input:
        argvalues="<results>/groups.zip",
        chunks=compiled.chunks(checkpoints.groups, "<results>/densities.chunks", 20),
    output:
        collection="<results>/densities.zip",
        index="<results>/densities.index.json",
    log:
        "<logs>/densities.log",
    benchmark:
        "<benchmarks>/densities.tsv"
    threads: 1
    params:
        task=compiled.code(
            "ecoscope_workflows.tasks.analysis:calculate_elliptical_time_density",
        ),
        args=compiled.args("densities", mapvalues="trajectory_gdf"),
    shell:
        "python -P -m ecoscope_workflows.runtime densities"
        " --task {params.task:q} --args {params.args:q}"
        " --each densities={input.argvalues:q}"
        " --threads {threads}"
        " --chunk-size 20"
        " --index {output.index:q}"
        " --output {output.collection:q} --log {log:q}"


# Write percentiles as text (one chunk)
rule density_labels_chunk:
    input:
        argvalues=ancient("<results>/densities.zip"),
    output:
        "<results>/density_labels.chunks/{chunk}.zip",
    log:
        "<logs>/density_labels/{chunk}.log",
    benchmark:
        "<benchmarks>/density_labels/{chunk}.tsv"
    threads: 1
    params:
        task=compiled.code(
            "ecoscope_workflows.tasks.transformation:convert_column_values_to_string",
        ),
        args=compiled.args(
            "density_labels",
            {"columns": ["percentile"]},
            mapvalues="df",
        ),
    shell:
        "python -P -m ecoscope_workflows.runtime density_labels"
        " --task {params.task:q} --args {params.args:q}"
        " --each density_labels={input.argvalues:q}"
        " --threads {threads}"
        " --chunk-size 20 --chunk {wildcards.chunk}"
        " --output {output:q} --log {log:q}"


# Write percentiles as text (its chunks together)
checkpoint density_labels:
    input:
        argvalues="<results>/densities.zip",
        chunks=compiled.chunks(
            checkpoints.densities,
            "<results>/density_labels.chunks",
            20,
        ),
    output:
        collection="<results>/density_labels.zip",
        index="<results>/density_labels.index.json",
    log:
        "<logs>/density_labels.log",
    benchmark:
        "<benchmarks>/density_labels.tsv"
    threads: 1
    params:
        task=compiled.code(
            "ecoscope_workflows.tasks.transformation:convert_column_values_to_string",
        ),
        args=compiled.args(
            "density_labels",
            {"columns": ["percentile"]},
            mapvalues="df",
        ),
    shell:
        "python -P -m ecoscope_workflows.runtime density_labels"
        " --task {params.task:q} --args {params.args:q}"
        " --each density_labels={input.argvalues:q}"
        " --threads {threads}"
        " --chunk-size 20"
        " --index {output.index:q}"
        " --output {output.collection:q} --log {log:q}"


# Give each percentile a colour (one chunk)
rule colored_densities_chunk:
    input:
        argvalues=ancient("<results>/density_labels.zip"),
    output:
        "<results>/colored_densities.chunks/{chunk}.zip",
    log:
        "<logs>/colored_densities/{chunk}.log",
    benchmark:
        "<benchmarks>/colored_densities/{chunk}.tsv"
    threads: 1
    params:
        task=compiled.code("ecoscope_workflows.tasks.transformation:apply_color_map"),
        args=compiled.args(
            "colored_densities",
            {
                "input_column_name": "percentile",
                "output_column_name": "color",
                "colormap": "RdYlGn_r",
            },
            mapvalues="df",
        ),
    shell:
        "python -P -m ecoscope_workflows.runtime colored_densities"
        " --task {params.task:q} --args {params.args:q}"
        " --each colored_densities={input.argvalues:q}"
        " --threads {threads}"
        " --chunk-size 20 --chunk {wildcards.chunk}"
        " --output {output:q} --log {log:q}"


# Give each percentile a colour (its chunks together)
checkpoint colored_densities:
    input:
        argvalues="<results>/density_labels.zip",
        chunks=compiled.chunks(
            checkpoints.density_labels,
            "<results>/colored_densities.chunks",
            20,
        ),
    output:
        collection="<results>/colored_densities.zip",
        index="<results>/colored_densities.index.json",
    log:
        "<logs>/colored_densities.log",
    benchmark:
        "<benchmarks>/colored_densities.tsv"
    threads: 1
    params:
        task=compiled.code("ecoscope_workflows.tasks.transformation:apply_color_map"),
        args=compiled.args(
            "colored_densities",
            {
                "input_column_name": "percentile",
                "output_column_name": "color",
                "colormap": "RdYlGn_r",
            },
            mapvalues="df",
        ),
    shell:
        "python -P -m ecoscope_workflows.runtime colored_densities"
        " --task {params.task:q} --args {params.args:q}"
        " --each colored_densities={input.argvalues:q}"
        " --threads {threads}"
        " --chunk-size 20"
        " --index {output.index:q}"
        " --output {output.collection:q} --log {log:q}"


# Make a layer of each home range (one chunk)
rule density_layers_chunk:
    input:
        argvalues=ancient("<results>/colored_densities.zip"),
    output:
        "<results>/density_layers.chunks/{chunk}.zip",
    log:
        "<logs>/density_layers/{chunk}.log",
    benchmark:
        "<benchmarks>/density_layers/{chunk}.tsv"
    threads: 1
    params:
        task=compiled.code("ecoscope_workflows.tasks.results:create_polygon_layer"),
        args=compiled.args(
            "density_layers",
            {
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
            mapvalues="geodataframe",
            skipif=[
                "ecoscope_workflows.tasks.skip:any_is_empty_df",
                "ecoscope_workflows.tasks.skip:any_dependency_skipped",
                "ecoscope_workflows.tasks.skip:all_geometry_are_none",
            ],
        ),
    shell:
        "python -P -m ecoscope_workflows.runtime density_layers"
        " --task {params.task:q} --args {params.args:q}"
        " --each density_layers={input.argvalues:q}"
        " --threads {threads}"
        " --chunk-size 20 --chunk {wildcards.chunk}"
        " --output {output:q} --log {log:q}"


# Make a layer of each home range (its chunks together)
checkpoint density_layers:
    input:
        argvalues="<results>/colored_densities.zip",
        chunks=compiled.chunks(
            checkpoints.colored_densities,
            "<results>/density_layers.chunks",
            20,
        ),
    output:
        collection="<results>/density_layers.zip",
        index="<results>/density_layers.index.json",
    log:
        "<logs>/density_layers.log",
    benchmark:
        "<benchmarks>/density_layers.tsv"
    threads: 1
    params:
        task=compiled.code("ecoscope_workflows.tasks.results:create_polygon_layer"),
        args=compiled.args(
            "density_layers",
            {
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
            mapvalues="geodataframe",
            skipif=[
                "ecoscope_workflows.tasks.skip:any_is_empty_df",
                "ecoscope_workflows.tasks.skip:any_dependency_skipped",
                "ecoscope_workflows.tasks.skip:all_geometry_are_none",
            ],
        ),
    shell:
        "python -P -m ecoscope_workflows.runtime density_layers"
        " --task {params.task:q} --args {params.args:q}"
        " --each density_layers={input.argvalues:q}"
        " --threads {threads}"
        " --chunk-size 20"
        " --index {output.index:q}"
        " --output {output.collection:q} --log {log:q}"


# Draw a map of each home range (one chunk)
rule density_maps_chunk:
    input:
        argvalues=ancient("<results>/density_layers.zip"),
    output:
        "<results>/density_maps.chunks/{chunk}.zip",
    log:
        "<logs>/density_maps/{chunk}.log",
    benchmark:
        "<benchmarks>/density_maps/{chunk}.tsv"
    threads: 1
    params:
        task=compiled.code("ecoscope_workflows.tasks.results:draw_ecomap"),
        args=compiled.args(
            "density_maps",
            {
                "tile_layers": {"$call": "base_maps"},
                "legend_style": {
                    "title": "Time spent",
                    "placement": "bottom-right",
                },
            },
            mapvalues="geo_layers",
        ),
    shell:
        "python -P -m ecoscope_workflows.runtime density_maps"
        " --task {params.task:q} --args {params.args:q}"
        " --each density_maps={input.argvalues:q}"
        " --threads {threads}"
        " --chunk-size 20 --chunk {wildcards.chunk}"
        " --output {output:q} --log {log:q}"


# Draw a map of each home range (its chunks together)
rule density_maps:
    input:
        argvalues="<results>/density_layers.zip",
        chunks=compiled.chunks(
            checkpoints.density_layers,
            "<results>/density_maps.chunks",
            20,
        ),
    output:
        report(
            "<results>/density_maps.zip",
            caption="report/density_maps.rst",
            category="Maps, charts and tables",
            subcategory="Home range",
            labels={"result": "Draw a map of each home range"},
        ),
    log:
        "<logs>/density_maps.log",
    benchmark:
        "<benchmarks>/density_maps.tsv"
    threads: 1
    params:
        task=compiled.code("ecoscope_workflows.tasks.results:draw_ecomap"),
        args=compiled.args(
            "density_maps",
            {
                "tile_layers": {"$call": "base_maps"},
                "legend_style": {
                    "title": "Time spent",
                    "placement": "bottom-right",
                },
            },
            mapvalues="geo_layers",
        ),
    shell:
        "python -P -m ecoscope_workflows.runtime density_maps"
        " --task {params.task:q} --args {params.args:q}"
        " --each density_maps={input.argvalues:q}"
        " --threads {threads}"
        " --chunk-size 20"
        " --output {output:q} --log {log:q}"


# Write the maps into files
rule density_map_files:
    input:
        argvalues="<results>/density_maps.zip",
    output:
        "<results>/density_map_files.zip",
    log:
        "<logs>/density_map_files.log",
    benchmark:
        "<benchmarks>/density_map_files.tsv"
    threads: 1
    params:
        task=compiled.code("ecoscope_workflows.tasks.io:persist_text"),
        args=compiled.args(
            "density_map_files",
            {"root_path": {"$env": "ECOSCOPE_WORKFLOWS_RESULTS"}},
            mapvalues="text",
        ),
    shell:
        "python -P -m ecoscope_workflows.runtime density_map_files"
        " --task {params.task:q} --args {params.args:q}"
        " --each density_map_files={input.argvalues:q}"
        " --threads {threads}"
        " --output {output:q} --log {log:q}"


# Add up the distances (one chunk)
rule distances_chunk:
    input:
        argvalues=ancient("<results>/groups.zip"),
    output:
        "<results>/distances.chunks/{chunk}.zip",
    log:
        "<logs>/distances/{chunk}.log",
    benchmark:
        "<benchmarks>/distances/{chunk}.tsv"
    threads: 1
    params:
        task=compiled.code("ecoscope_workflows.tasks.analysis:dataframe_column_sum"),
        args=compiled.args("distances", {"column_name": "dist_meters"}, mapvalues="df"),
    shell:
        "python -P -m ecoscope_workflows.runtime distances"
        " --task {params.task:q} --args {params.args:q}"
        " --each distances={input.argvalues:q}"
        " --threads {threads}"
        " --chunk-size 20 --chunk {wildcards.chunk}"
        " --output {output:q} --log {log:q}"


# Add up the distances (its chunks together)
rule distances:
    input:
        argvalues="<results>/groups.zip",
        chunks=compiled.chunks(checkpoints.groups, "<results>/distances.chunks", 20),
    output:
        "<results>/distances.zip",
    log:
        "<logs>/distances.log",
    benchmark:
        "<benchmarks>/distances.tsv"
    threads: 1
    params:
        task=compiled.code("ecoscope_workflows.tasks.analysis:dataframe_column_sum"),
        args=compiled.args("distances", {"column_name": "dist_meters"}, mapvalues="df"),
    shell:
        "python -P -m ecoscope_workflows.runtime distances"
        " --task {params.task:q} --args {params.args:q}"
        " --each distances={input.argvalues:q}"
        " --threads {threads}"
        " --chunk-size 20"
        " --output {output:q} --log {log:q}"


# Take the mean of the speeds (one chunk)
rule speeds_chunk:
    input:
        argvalues=ancient("<results>/groups.zip"),
    output:
        "<results>/speeds.chunks/{chunk}.zip",
    log:
        "<logs>/speeds/{chunk}.log",
    benchmark:
        "<benchmarks>/speeds/{chunk}.tsv"
    threads: 1
    params:
        task=compiled.code("ecoscope_workflows.tasks.analysis:dataframe_column_mean"),
        args=compiled.args("speeds", {"column_name": "speed_kmhr"}, mapvalues="df"),
    shell:
        "python -P -m ecoscope_workflows.runtime speeds"
        " --task {params.task:q} --args {params.args:q}"
        " --each speeds={input.argvalues:q}"
        " --threads {threads}"
        " --chunk-size 20 --chunk {wildcards.chunk}"
        " --output {output:q} --log {log:q}"


# Take the mean of the speeds (its chunks together)
rule speeds:
    input:
        argvalues="<results>/groups.zip",
        chunks=compiled.chunks(checkpoints.groups, "<results>/speeds.chunks", 20),
    output:
        "<results>/speeds.zip",
    log:
        "<logs>/speeds.log",
    benchmark:
        "<benchmarks>/speeds.tsv"
    threads: 1
    params:
        task=compiled.code("ecoscope_workflows.tasks.analysis:dataframe_column_mean"),
        args=compiled.args("speeds", {"column_name": "speed_kmhr"}, mapvalues="df"),
    shell:
        "python -P -m ecoscope_workflows.runtime speeds"
        " --task {params.task:q} --args {params.args:q}"
        " --each speeds={input.argvalues:q}"
        " --threads {threads}"
        " --chunk-size 20"
        " --output {output:q} --log {log:q}"


# Compare nights with days (one chunk)
rule night_day_chunk:
    input:
        argvalues=ancient("<results>/groups.zip"),
    output:
        "<results>/night_day.chunks/{chunk}.zip",
    log:
        "<logs>/night_day/{chunk}.log",
    benchmark:
        "<benchmarks>/night_day/{chunk}.tsv"
    threads: 1
    params:
        task=compiled.code("ecoscope_workflows.tasks.analysis:get_night_day_ratio"),
        args=compiled.args("night_day", mapvalues="df"),
    shell:
        "python -P -m ecoscope_workflows.runtime night_day"
        " --task {params.task:q} --args {params.args:q}"
        " --each night_day={input.argvalues:q}"
        " --threads {threads}"
        " --chunk-size 20 --chunk {wildcards.chunk}"
        " --output {output:q} --log {log:q}"


# Compare nights with days (its chunks together)
rule night_day:
    input:
        argvalues="<results>/groups.zip",
        chunks=compiled.chunks(checkpoints.groups, "<results>/night_day.chunks", 20),
    output:
        "<results>/night_day.zip",
    log:
        "<logs>/night_day.log",
    benchmark:
        "<benchmarks>/night_day.tsv"
    threads: 1
    params:
        task=compiled.code("ecoscope_workflows.tasks.analysis:get_night_day_ratio"),
        args=compiled.args("night_day", mapvalues="df"),
    shell:
        "python -P -m ecoscope_workflows.runtime night_day"
        " --task {params.task:q} --args {params.args:q}"
        " --each night_day={input.argvalues:q}"
        " --threads {threads}"
        " --chunk-size 20"
        " --output {output:q} --log {log:q}"


# Name the axes (one chunk)
rule displacements_chunk:
    input:
        argvalues=ancient("<results>/groups.zip"),
    output:
        "<results>/displacements.chunks/{chunk}.zip",
    log:
        "<logs>/displacements/{chunk}.log",
    benchmark:
        "<benchmarks>/displacements/{chunk}.tsv"
    threads: 1
    params:
        task=compiled.code("ecoscope_workflows.tasks.transformation:map_columns"),
        args=compiled.args(
            "displacements",
            {"rename_columns": {"segment_start": "Time", "nsd": "km²"}},
            mapvalues="df",
        ),
    shell:
        "python -P -m ecoscope_workflows.runtime displacements"
        " --task {params.task:q} --args {params.args:q}"
        " --each displacements={input.argvalues:q}"
        " --threads {threads}"
        " --chunk-size 20 --chunk {wildcards.chunk}"
        " --output {output:q} --log {log:q}"


# Name the axes (its chunks together)
checkpoint displacements:
    input:
        argvalues="<results>/groups.zip",
        chunks=compiled.chunks(
            checkpoints.groups,
            "<results>/displacements.chunks",
            20,
        ),
    output:
        collection="<results>/displacements.zip",
        index="<results>/displacements.index.json",
    log:
        "<logs>/displacements.log",
    benchmark:
        "<benchmarks>/displacements.tsv"
    threads: 1
    params:
        task=compiled.code("ecoscope_workflows.tasks.transformation:map_columns"),
        args=compiled.args(
            "displacements",
            {"rename_columns": {"segment_start": "Time", "nsd": "km²"}},
            mapvalues="df",
        ),
    shell:
        "python -P -m ecoscope_workflows.runtime displacements"
        " --task {params.task:q} --args {params.args:q}"
        " --each displacements={input.argvalues:q}"
        " --threads {threads}"
        " --chunk-size 20"
        " --index {output.index:q}"
        " --output {output.collection:q} --log {log:q}"


# Draw the displacement over time (one chunk)
rule displacement_charts_chunk:
    input:
        argvalues=ancient("<results>/displacements.zip"),
    output:
        "<results>/displacement_charts.chunks/{chunk}.zip",
    log:
        "<logs>/displacement_charts/{chunk}.log",
    benchmark:
        "<benchmarks>/displacement_charts/{chunk}.tsv"
    threads: 1
    params:
        task=compiled.code("ecoscope_workflows.tasks.results:draw_ecoplot"),
        args=compiled.args(
            "displacement_charts",
            {
                "group_by": "animal",
                "ecoplot_configs": [{"x_col": "Time", "y_col": "km²"}],
            },
            mapvalues="dataframe",
        ),
    shell:
        "python -P -m ecoscope_workflows.runtime displacement_charts"
        " --task {params.task:q} --args {params.args:q}"
        " --each displacement_charts={input.argvalues:q}"
        " --threads {threads}"
        " --chunk-size 20 --chunk {wildcards.chunk}"
        " --output {output:q} --log {log:q}"


# Draw the displacement over time (its chunks together)
rule displacement_charts:
    input:
        argvalues="<results>/displacements.zip",
        chunks=compiled.chunks(
            checkpoints.displacements,
            "<results>/displacement_charts.chunks",
            20,
        ),
    output:
        report(
            "<results>/displacement_charts.zip",
            caption="report/displacement_charts.rst",
            category="Maps, charts and tables",
            subcategory="Net squared displacement",
            labels={"result": "Draw the displacement over time"},
        ),
    log:
        "<logs>/displacement_charts.log",
    benchmark:
        "<benchmarks>/displacement_charts.tsv"
    threads: 1
    params:
        task=compiled.code("ecoscope_workflows.tasks.results:draw_ecoplot"),
        args=compiled.args(
            "displacement_charts",
            {
                "group_by": "animal",
                "ecoplot_configs": [{"x_col": "Time", "y_col": "km²"}],
            },
            mapvalues="dataframe",
        ),
    shell:
        "python -P -m ecoscope_workflows.runtime displacement_charts"
        " --task {params.task:q} --args {params.args:q}"
        " --each displacement_charts={input.argvalues:q}"
        " --threads {threads}"
        " --chunk-size 20"
        " --output {output:q} --log {log:q}"


# Write the charts into files
rule displacement_files:
    input:
        argvalues="<results>/displacement_charts.zip",
    output:
        "<results>/displacement_files.zip",
    log:
        "<logs>/displacement_files.log",
    benchmark:
        "<benchmarks>/displacement_files.tsv"
    threads: 1
    params:
        task=compiled.code("ecoscope_workflows.tasks.io:persist_text"),
        args=compiled.args(
            "displacement_files",
            {"root_path": {"$env": "ECOSCOPE_WORKFLOWS_RESULTS"}},
            mapvalues="text",
        ),
    shell:
        "python -P -m ecoscope_workflows.runtime displacement_files"
        " --task {params.task:q} --args {params.args:q}"
        " --each displacement_files={input.argvalues:q}"
        " --threads {threads}"
        " --output {output:q} --log {log:q}"


# Gather the dashboard
rule dashboard:
    input:
        night_day_views_argvalues="<results>/night_day.zip",
        track_views_argvalues="<results>/track_map_files.zip",
        density_views_argvalues="<results>/density_map_files.zip",
        displacement_views_argvalues="<results>/displacement_files.zip",
        distances_km_argvalues="<results>/distances.zip",
        speeds_kmh_argvalues="<results>/speeds.zip",
    output:
        "<results>/dashboard.json",
        html=report(
            "<results>/dashboard.html",
            caption="report/dashboard.rst",
            category="Dashboards",
            labels={"result": "Gather the dashboard"},
        ),
    log:
        "<logs>/dashboard.log",
    benchmark:
        "<benchmarks>/dashboard.tsv"
    threads: 1
    params:
        task=compiled.code("ecoscope_workflows.tasks.results:gather_dashboard"),
        args=compiled.args(
            "dashboard",
            {
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
        ),
    shell:
        "python -P -m ecoscope_workflows.runtime dashboard"
        " --task {params.task:q} --args {params.args:q}"
        " --each night_day_views={input.night_day_views_argvalues:q}"
        " --each track_views={input.track_views_argvalues:q}"
        " --each density_views={input.density_views_argvalues:q}"
        " --each displacement_views={input.displacement_views_argvalues:q}"
        " --each distances_km={input.distances_km_argvalues:q}"
        " --each speeds_kmh={input.speeds_kmh_argvalues:q}"
        " --output {output[0]:q} --log {log:q}"


# Where results are in object storage: Snakemake's records of what made them are of one machine alone.
compiled.agree_with_storage()
