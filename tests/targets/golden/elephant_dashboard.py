"""elephant_dashboard: compiled by ecoscope-workflows 0.1.0 from spec.yaml.

Run it with: python elephant_dashboard.py --config params.yaml
"""

from ecoscope_workflows.runtime.script import Instance, Script
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


def main() -> None:
    """Run the tasks one after the other."""
    workflow = Script.start(
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
            "density_widget": Instance(
                merge_widget_views,
                bound=["widgets"],
                cheap=True,
            ),
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
            "distance_widget": Instance(
                merge_widget_views,
                bound=["widgets"],
                cheap=True,
            ),
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
            "night_day_widget": Instance(
                merge_widget_views,
                bound=["widgets"],
                cheap=True,
            ),
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
    )

    # Title of the dashboard
    workflow_details_return = workflow.run("workflow_details")

    # What the data are grouped by
    groupers_return = workflow.run("groupers")

    # Read the fixes
    fixes_return = workflow.run("fixes")

    # Remove wrong fixes
    relocations_return = workflow.run(
        "relocations",
        observations=fixes_return,
        filter_point_coords=[{"x": 180, "y": 90}, {"x": 0, "y": 0}],
        relocs_columns=["groupby_col", "fixtime", "junk_status", "geometry"],
    )

    # Join fixes to segments
    trajectory_return = workflow.run(
        "trajectory",
        relocations=relocations_return,
    )

    # Say in which month each segment starts
    with_months_return = workflow.run(
        "with_months",
        df=trajectory_return,
        time_col="segment_start",
        groupers=groupers_return,
    )

    # Sort the segments into classes of speed
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

    # Call the column of the animals by its name
    named_return = workflow.run(
        "named",
        df=with_speeds_return,
        rename_columns={"groupby_col": "animal"},
    )

    # Split the segments into groups
    groups_return = workflow.run(
        "groups",
        df=named_return,
        groupers=groupers_return,
    )

    # Background of the maps
    base_maps_return = workflow.run("base_maps")

    # Put fast segments on top
    sorted_tracks_return = workflow.run(
        "sorted_tracks",
        workflow.mapvalues("df", groups_return),
        column_name="speed_kmhr",
    )

    # Give each class of speed a colour
    colored_tracks_return = workflow.run(
        "colored_tracks",
        workflow.mapvalues("df", sorted_tracks_return),
        input_column_name="speed_class",
        output_column_name="color",
        colormap=["#1a9850", "#91cf60", "#d9ef8b", "#fee08b", "#fc8d59", "#d73027"],
    )

    # Make a layer of each track
    track_layers_return = workflow.run(
        "track_layers",
        workflow.mapvalues("geodataframe", colored_tracks_return),
        layer_style={"color_column": "color"},
        legend={"label_column": "speed_class", "color_column": "color"},
        tooltip_columns=["animal", "segment_start", "speed_kmhr"],
    )

    # Draw a map of each track
    track_maps_return = workflow.run(
        "track_maps",
        workflow.mapvalues("geo_layers", track_layers_return),
        tile_layers=base_maps_return,
        legend_style={"title": "Speed", "placement": "bottom-right"},
    )

    # Write the maps into files
    track_map_files_return = workflow.run(
        "track_map_files",
        workflow.mapvalues("text", track_maps_return),
        root_path=workflow.environment("ECOSCOPE_WORKFLOWS_RESULTS"),
    )

    # Create a map widget with a single view.
    track_views_return = workflow.run(
        "track_views",
        workflow.map(["view", "data"], track_map_files_return),
        title="Tracks by speed",
    )

    # Merge widgets with the same `title` and `widget_type`.
    track_widget_return = workflow.run(
        "track_widget",
        widgets=track_views_return,
    )

    # Compute the time density of each group
    densities_return = workflow.run(
        "densities",
        workflow.mapvalues("trajectory_gdf", groups_return),
    )

    # Write percentiles as text
    density_labels_return = workflow.run(
        "density_labels",
        workflow.mapvalues("df", densities_return),
        columns=["percentile"],
    )

    # Give each percentile a colour
    colored_densities_return = workflow.run(
        "colored_densities",
        workflow.mapvalues("df", density_labels_return),
        input_column_name="percentile",
        output_column_name="color",
        colormap="RdYlGn_r",
    )

    # Make a layer of each home range
    density_layers_return = workflow.run(
        "density_layers",
        workflow.mapvalues("geodataframe", colored_densities_return),
        layer_style={
            "fill_color_column": "color",
            "opacity": 0.7,
            "get_line_width": 0,
        },
        legend={
            "label_column": "percentile",
            "color_column": "color",
            "label_suffix": " %",
            "sort": "ascending",
        },
        tooltip_columns=["percentile", "area_sqkm"],
    )

    # Draw a map of each home range
    density_maps_return = workflow.run(
        "density_maps",
        workflow.mapvalues("geo_layers", density_layers_return),
        tile_layers=base_maps_return,
        legend_style={"title": "Time spent", "placement": "bottom-right"},
    )

    # Write the maps into files
    density_map_files_return = workflow.run(
        "density_map_files",
        workflow.mapvalues("text", density_maps_return),
        root_path=workflow.environment("ECOSCOPE_WORKFLOWS_RESULTS"),
    )

    # Create a map widget with a single view.
    density_views_return = workflow.run(
        "density_views",
        workflow.map(["view", "data"], density_map_files_return),
        title="Home range",
    )

    # Merge widgets with the same `title` and `widget_type`.
    density_widget_return = workflow.run(
        "density_widget",
        widgets=density_views_return,
    )

    # Add up the distances
    distances_return = workflow.run(
        "distances",
        workflow.mapvalues("df", groups_return),
        column_name="dist_meters",
    )

    # Give a number a unit, and convert it to another one.
    distances_km_return = workflow.run(
        "distances_km",
        workflow.mapvalues("value", distances_return),
        original_unit="m",
        new_unit="km",
    )

    # Create a single value widget with a single view.
    distance_views_return = workflow.run(
        "distance_views",
        workflow.map(["view", "data"], distances_km_return),
        title="Distance",
    )

    # Merge widgets with the same `title` and `widget_type`.
    distance_widget_return = workflow.run(
        "distance_widget",
        widgets=distance_views_return,
    )

    # Take the mean of the speeds
    speeds_return = workflow.run(
        "speeds",
        workflow.mapvalues("df", groups_return),
        column_name="speed_kmhr",
    )

    # Give a number a unit, and convert it to another one.
    speeds_kmh_return = workflow.run(
        "speeds_kmh",
        workflow.mapvalues("value", speeds_return),
        original_unit="km/h",
        new_unit="km/h",
    )

    # Create a single value widget with a single view.
    speed_views_return = workflow.run(
        "speed_views",
        workflow.map(["view", "data"], speeds_kmh_return),
        title="Mean speed",
    )

    # Merge widgets with the same `title` and `widget_type`.
    speed_widget_return = workflow.run(
        "speed_widget",
        widgets=speed_views_return,
    )

    # Compare nights with days
    night_day_return = workflow.run(
        "night_day",
        workflow.mapvalues("df", groups_return),
    )

    # Create a single value widget with a single view.
    night_day_views_return = workflow.run(
        "night_day_views",
        workflow.map(["view", "data"], night_day_return),
        title="Night/day ratio",
    )

    # Merge widgets with the same `title` and `widget_type`.
    night_day_widget_return = workflow.run(
        "night_day_widget",
        widgets=night_day_views_return,
    )

    # Name the axes
    displacements_return = workflow.run(
        "displacements",
        workflow.mapvalues("df", groups_return),
        rename_columns={"segment_start": "Time", "nsd": "km²"},
    )

    # Draw the displacement over time
    displacement_charts_return = workflow.run(
        "displacement_charts",
        workflow.mapvalues("dataframe", displacements_return),
        group_by="animal",
        ecoplot_configs=[{"x_col": "Time", "y_col": "km²"}],
    )

    # Write the charts into files
    displacement_files_return = workflow.run(
        "displacement_files",
        workflow.mapvalues("text", displacement_charts_return),
        root_path=workflow.environment("ECOSCOPE_WORKFLOWS_RESULTS"),
    )

    # Create a plot widget with a single view.
    displacement_views_return = workflow.run(
        "displacement_views",
        workflow.map(["view", "data"], displacement_files_return),
        title="Net squared displacement",
    )

    # Merge widgets with the same `title` and `widget_type`.
    displacement_widget_return = workflow.run(
        "displacement_widget",
        widgets=displacement_views_return,
    )

    # Gather the dashboard
    workflow.run(
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

    workflow.finish()


if __name__ == "__main__":
    main()
