"""The four drafts of August 2024 say after their migration what they said before; expectations by hand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.spec.migration.graph_text import as_lines, graph_of

from ecoscope_workflows.spec.migration.migrate import migrate

if TYPE_CHECKING:
    from pathlib import Path

# The parameters of each task that the drafts use, as it was then.
TASKS = {
    "add_temporal_index": "df index_name time_col directive cast_to_datetime format",
    "apply_arithmetic_operation": "a b operation",
    "apply_reloc_coord_filter": "df min_x max_x min_y max_y filter_point_coords",
    "calculate_time_density": "trajectory_gdf pixel_size crs nodata_value band_count max_speed_factor"
    " expansion_factor percentiles",
    "create_map_layer": "geodataframe layer_style",
    "create_map_widget_single_view": "title data view",
    "create_plot_widget_single_view": "title data view",
    "create_single_value_widget_single_view": "title data view",
    "dataframe_column_max": "df column_name",
    "dataframe_column_mean": "df column_name",
    "dataframe_column_nunique": "df column_name",
    "dataframe_column_sum": "df column_name",
    "dataframe_count": "df",
    "draw_ecomap": "geo_layers tile_layer static title north_arrow_style",
    "draw_pie_chart": "dataframe value_column label_column plot_style layout_style",
    "draw_time_series_bar_chart": "dataframe x_axis y_axis category agg_function time_interval grouped_styles"
    " plot_style layout_style",
    "gather_dashboard": "title description widgets groupers",
    "get_day_night_ratio": "df",
    "get_patrol_events": "client since until patrol_type status",
    "get_patrol_observations": "client since until patrol_type status include_patrol_details",
    "get_subjectgroup_observations": "client subject_group_name since until include_inactive",
    "groupbykey": "iterables",
    "merge_widget_views": "widgets",
    "persist_text": "text root_path filename",
    "process_relocations": "observations filter_point_coords relocs_columns",
    "relocations_to_trajectory": "relocations min_length_meters max_length_meters max_time_secs min_time_secs"
    " max_speed_kmhr min_speed_kmhr",
    "set_groupers": "groupers",
    "split_groups": "df groupers",
}
RESULTS = "root_path=$ECOSCOPE_WORKFLOWS_RESULTS"

MEANING = {
    "mode-map": f"""
obs_a = get_subjectgroup_observations()
obs_b = get_subjectgroup_observations()
obs_c = get_subjectgroup_observations()
map_layers = create_map_layer().map(geodataframe=[obs_a, obs_b, obs_c])
ecomaps = draw_ecomap().map(geo_layers=map_layers)
td_ecomap_html_url = persist_text({RESULTS}).map(text=ecomaps)
""",
    "mode-mapvalues": f"""
patrol_events = get_patrol_events()
groupers = set_groupers()
split_obs = split_groups(df=patrol_events, groupers=groupers)
map_layers = create_map_layer().mapvalues(geodataframe=split_obs)
ecomaps = draw_ecomap().mapvalues(geo_layers=map_layers)
ecomaps_persist = persist_text({RESULTS}).mapvalues(text=ecomaps)
ecomap_widgets = create_map_widget_single_view().map(view data=ecomaps_persist)
ecomap_widgets_merged = merge_widget_views(widgets=ecomap_widgets)
dashboard = gather_dashboard(widgets=ecomap_widgets_merged, groupers=groupers)
""",
    "subject_tracking": f"""
groupers = set_groupers()
subject_obs = get_subjectgroup_observations()
subject_reloc = process_relocations(observations=subject_obs)
subject_traj = relocations_to_trajectory(relocations=subject_reloc)
traj_add_temporal_index = add_temporal_index(df=subject_traj)
split_subject_traj_groups = split_groups(df=traj_add_temporal_index, groupers=groupers)
traj_map_layers = create_map_layer().mapvalues(geodataframe=split_subject_traj_groups)
traj_ecomap = draw_ecomap().mapvalues(geo_layers=traj_map_layers)
ecomap_html_urls = persist_text({RESULTS}).mapvalues(text=traj_ecomap)
traj_map_widgets_single_views = create_map_widget_single_view().map(view data=ecomap_html_urls)
traj_grouped_map_widget = merge_widget_views(widgets=traj_map_widgets_single_views)
mean_speed = dataframe_column_mean().mapvalues(df=split_subject_traj_groups)
mean_speed_sv_widgets = create_single_value_widget_single_view().map(view data=mean_speed)
mean_speed_grouped_sv_widget = merge_widget_views(widgets=mean_speed_sv_widgets)
max_speed = dataframe_column_max().mapvalues(df=split_subject_traj_groups)
max_speed_sv_widgets = create_single_value_widget_single_view().map(view data=max_speed)
max_speed_grouped_sv_widget = merge_widget_views(widgets=max_speed_sv_widgets)
num_location = dataframe_count().mapvalues(df=split_subject_traj_groups)
num_location_sv_widgets = create_single_value_widget_single_view().map(view data=num_location)
num_location_grouped_sv_widget = merge_widget_views(widgets=num_location_sv_widgets)
daynight_ratio = get_day_night_ratio().mapvalues(df=split_subject_traj_groups)
daynight_ratio_sv_widgets = create_single_value_widget_single_view().map(view data=daynight_ratio)
daynight_ratio_grouped_sv_widget = merge_widget_views(widgets=daynight_ratio_sv_widgets)
td = calculate_time_density().mapvalues(trajectory_gdf=split_subject_traj_groups)
td_map_layer = create_map_layer().mapvalues(geodataframe=td)
td_ecomap = draw_ecomap().mapvalues(geo_layers=td_map_layer)
td_ecomap_html_url = persist_text({RESULTS}).mapvalues(text=td_ecomap)
td_map_widget = create_map_widget_single_view().map(view data=td_ecomap_html_url)
td_grouped_map_widget = merge_widget_views(widgets=td_map_widget)
subject_tracking_dashboard = gather_dashboard(widgets=[traj_grouped_map_widget, \
mean_speed_grouped_sv_widget, max_speed_grouped_sv_widget, num_location_grouped_sv_widget, \
daynight_ratio_grouped_sv_widget, td_grouped_map_widget], groupers=groupers)
""",
    "patrol_workflow": f"""
groupers = set_groupers()
patrol_obs = get_patrol_observations()
patrol_reloc = process_relocations(observations=patrol_obs)
patrol_traj = relocations_to_trajectory(relocations=patrol_reloc)
traj_add_temporal_index = add_temporal_index(df=patrol_traj)
split_patrol_traj_groups = split_groups(df=traj_add_temporal_index, groupers=groupers)
patrol_traj_map_layers = create_map_layer().mapvalues(geodataframe=split_patrol_traj_groups)
patrol_events = get_patrol_events()
filter_patrol_events = apply_reloc_coord_filter(df=patrol_events)
pe_add_temporal_index = add_temporal_index(df=filter_patrol_events)
split_pe_groups = split_groups(df=pe_add_temporal_index, groupers=groupers)
patrol_events_map_layers = create_map_layer().mapvalues(geodataframe=split_pe_groups)
combined_traj_and_pe_map_layers = groupbykey(iterables=[patrol_traj_map_layers, patrol_events_map_layers])
traj_patrol_events_ecomap = draw_ecomap().mapvalues(geo_layers=combined_traj_and_pe_map_layers)
traj_pe_ecomap_html_urls = persist_text({RESULTS}).mapvalues(text=traj_patrol_events_ecomap)
traj_pe_map_widgets_single_views = create_map_widget_single_view().map(view data=traj_pe_ecomap_html_urls)
traj_pe_grouped_map_widget = merge_widget_views(widgets=traj_pe_map_widgets_single_views)
total_patrols = dataframe_column_nunique().mapvalues(df=split_patrol_traj_groups)
total_patrols_sv_widgets = create_single_value_widget_single_view().map(view data=total_patrols)
total_patrols_grouped_sv_widget = merge_widget_views(widgets=total_patrols_sv_widgets)
total_patrol_time = dataframe_column_sum().mapvalues(df=split_patrol_traj_groups)
total_patrol_time_converted = apply_arithmetic_operation().mapvalues(a=total_patrol_time)
total_patrol_time_sv_widgets = create_single_value_widget_single_view().map(\
view data=total_patrol_time_converted)
patrol_time_grouped_widget = merge_widget_views(widgets=total_patrol_time_sv_widgets)
total_patrol_dist = dataframe_column_sum().mapvalues(df=split_patrol_traj_groups)
total_patrol_dist_converted = apply_arithmetic_operation().mapvalues(a=total_patrol_dist)
total_patrol_dist_sv_widgets = create_single_value_widget_single_view().map(\
view data=total_patrol_dist_converted)
patrol_dist_grouped_widget = merge_widget_views(widgets=total_patrol_dist_sv_widgets)
avg_speed = dataframe_column_mean().mapvalues(df=split_patrol_traj_groups)
avg_speed_sv_widgets = create_single_value_widget_single_view().map(view data=avg_speed)
avg_speed_grouped_widget = merge_widget_views(widgets=avg_speed_sv_widgets)
max_speed = dataframe_column_max().mapvalues(df=split_patrol_traj_groups)
max_speed_sv_widgets = create_single_value_widget_single_view().map(view data=max_speed)
max_speed_grouped_widget = merge_widget_views(widgets=max_speed_sv_widgets)
patrol_events_bar_chart = draw_time_series_bar_chart(dataframe=filter_patrol_events)
patrol_events_bar_chart_html_url = persist_text(text=patrol_events_bar_chart, {RESULTS})
patrol_events_bar_chart_widget = create_plot_widget_single_view(data=patrol_events_bar_chart_html_url)
patrol_events_pie_chart = draw_pie_chart(dataframe=filter_patrol_events)
patrol_events_pie_chart_html_url = persist_text(text=patrol_events_pie_chart, {RESULTS})
patrol_events_pie_chart_widget = create_plot_widget_single_view(data=patrol_events_pie_chart_html_url)
td = calculate_time_density(trajectory_gdf=patrol_traj)
td_map_layer = create_map_layer(geodataframe=td)
td_ecomap = draw_ecomap(geo_layers=[td_map_layer])
td_ecomap_html_url = persist_text(text=td_ecomap, {RESULTS})
td_map_widget = create_map_widget_single_view(data=td_ecomap_html_url)
patrol_dashboard = gather_dashboard(widgets=[traj_pe_grouped_map_widget, td_map_widget, \
patrol_events_bar_chart_widget, patrol_events_pie_chart_widget, total_patrols_grouped_sv_widget, \
patrol_time_grouped_widget, patrol_dist_grouped_widget, avg_speed_grouped_widget, \
max_speed_grouped_widget], groupers=groupers)
""",
}


def draft(reference_data: Path, name: str) -> str:
    return (reference_data / "specs" / "aug2024" / f"{name}.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", MEANING)
def test_a_draft_of_2024_says_what_it_said(name: str, reference_data: Path) -> None:
    graph = graph_of(migrate(draft(reference_data, name), "draft.yaml").text, TASKS)
    said = [line.partition(" <-")[0] for line in as_lines(graph)]
    assert sorted(said) == sorted(MEANING[name].strip().splitlines())


@pytest.mark.parametrize("name", MEANING)
def test_a_draft_of_2024_leaves_open_what_its_params_file_gave(name: str, reference_data: Path) -> None:
    params = reference_data / "specs" / "aug2024" / f"{name.replace('-', '_')}_params_fillable.json"
    form: dict[str, Any] = json.loads(params.read_text(encoding="utf-8"))["properties"]
    # The form knows an instance by its name, of which two of a kind had one entry.
    expected = {title: set(part.get("properties", {})) for title, part in form.items()}
    graph = graph_of(migrate(draft(reference_data, name), "draft.yaml").text, TASKS)
    # `view` had no place in a form.
    assert {node.instance.name: set(node.free) - {"view"} for node in graph} == expected


@pytest.mark.parametrize("name", MEANING)
def test_nothing_but_the_requirements_is_added_to_a_draft_of_2024(name: str, reference_data: Path) -> None:
    text = draft(reference_data, name)
    first, rest = text.split("\n", 1)
    assert migrate(text, "draft.yaml").text == f"{first}\nrequirements: []\n{rest}"
