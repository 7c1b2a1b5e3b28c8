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
# # Calculate time density
#
# Compiled from spec.yaml by ecoscope-workflows 0.1.0.
# Each task below runs in a cell of its own, shows a peek at its result, and stores the whole of it.

# %%
from ecoscope_workflows.runtime.notebook import Instance, Notebook
from ecoscope_workflows.tasks.analysis import calculate_time_density
from ecoscope_workflows.tasks.preprocessing import process_relocations
from ecoscope_workflows.tasks.readme import (
    draw_ecomap,
    get_subjectgroup_observations,
    relocations_to_trajectory,
)

# %% [markdown]
# ## Parameters
#
# Change them here, and run the cells from here on; the tables below say which ones there are.
# A path of a params file may stand in place of the mapping.

# %% tags=["parameters"]
params = {
    "get_subjectgroup_observations": {
        "tcp_limit": 5,
        "sub_page_size": 4000,
        "subject_group_name": "Elephants",
        "include_inactive": True,
        "since": "2017-01-01T00:00:00Z",
        "until": "2017-04-01T00:00:00Z",
    },
    "process_relocations": {
        "filter_point_coords": [[180, 90], [0, 0]],
        "relocs_columns": ["groupby_col", "fixtime", "junk_status", "geometry"],
    },
    "relocations_to_trajectory": {
        "min_length_meters": 0.001,
        "max_length_meters": 10000,
        "min_time_secs": 1,
        "max_time_secs": 3600,
        "min_speed_kmhr": 0.0,
        "max_speed_kmhr": 120,
    },
    "calculate_time_density": {
        "pixel_size": 250,
        "crs": "ESRI:102022",
        "percentiles": [50, 60, 70, 80, 90, 95],
    },
    "draw_ecomap": {
        "title": "Time density",
        "static": False,
        "width": 0,
        "height": 0,
        "search_control": False,
        "title_kws": {},
        "tile_layers": [{"name": "OpenStreetMap"}],
        "north_arrow_kws": {},
        "add_gdf_kws": {},
    },
}
results = "results"

# %% [markdown]
# ## The workflow
#
# This cell says which tasks there are, and checks the parameters of all of them.

# %% jupyter={"source_hidden": true}
workflow = Notebook.of(
    "calculate_time_density",
    spec_sha256="1377f4fb2bc18b68c951a658802c2a3588d8e4a78d5853032f639ddf5de43861",
    cache_root="results",
    instances={
        "get_subjectgroup_observations": Instance(get_subjectgroup_observations),
        "process_relocations": Instance(process_relocations, bound=["observations"]),
        "relocations_to_trajectory": Instance(
            relocations_to_trajectory,
            bound=["relocations"],
        ),
        "calculate_time_density": Instance(
            calculate_time_density,
            bound=["trajectory_gdf"],
        ),
        "draw_ecomap": Instance(draw_ecomap, bound=["geodataframe"]),
    },
    params=params,
    results=results,
)

# %% [markdown]
# ## Download the observations of every subject in a group and in the groups nested in it
#
# Task `get_subjectgroup_observations` of `ecoscope_workflows.tasks.readme`
#
# <details><summary>Parameters, in <code>params["get_subjectgroup_observations"]</code></summary>
#
# | parameter | type | default | |
# |---|---|---|---|
# | `server` | text |  | URL for EarthRanger API |
# | `username` | text |  | EarthRanger username |
# | `tcp_limit` | whole number | **required** | TCP limit for EarthRanger API requests |
# | `sub_page_size` | whole number | **required** | Sub page size for EarthRanger API requests |
# | `subject_group_name` | text | **required** | Name of EarthRanger Subject |
# | `include_inactive` | true or false | **required** | Whether or not to include inactive subjects |
# | `since` | date and time | **required** | Start date |
# | `until` | date and time | **required** | End date |
#
# </details>

# %%
get_subjectgroup_observations_return = workflow.run("get_subjectgroup_observations")
get_subjectgroup_observations_return.peek()

# %% [markdown]
# ## Remove wrong fixes, put the rest in order of time and keep the columns that are needed
#
# Task `process_relocations` of `ecoscope_workflows.tasks.preprocessing`
#
# <details><summary>Parameters, in <code>params["process_relocations"]</code></summary>
#
# | parameter | type | default | |
# |---|---|---|---|
# | `filter_point_coords` | list of list of number | **required** | Positions that stand for "no fix" in degrees: pairs `[longitude, latitude]`, e.g. `[[0, 0]]`, or mappings `{x: longitude, y: latitude}`. |
# | `relocs_columns` | list of text | **required** | The columns to keep, in this order, with their names in `observations`. In the result `extra__` and then `subject__` are removed from the names, wherever the... |
#
# </details>

# %%
process_relocations_return = workflow.run(
    "process_relocations",
    observations=get_subjectgroup_observations_return,
)
process_relocations_return.peek()

# %% [markdown]
# ## Join consecutive fixes of each animal to segments, and keep the segments within the bounds
#
# Task `relocations_to_trajectory` of `ecoscope_workflows.tasks.readme`
#
# <details><summary>Parameters, in <code>params["relocations_to_trajectory"]</code></summary>
#
# | parameter | type | default | |
# |---|---|---|---|
# | `min_length_meters` | number | **required** | Bounds on the length of a segment in metres; a segment on a bound is kept, here and below. |
# | `max_length_meters` | number | **required** | Bounds on the length of a segment in metres; a segment on a bound is kept, here and below. |
# | `max_time_secs` | number | **required** | Bounds on its duration in seconds. |
# | `min_time_secs` | number | **required** | Bounds on its duration in seconds. |
# | `max_speed_kmhr` | number | **required** | Bounds on its mean speed in km/h. |
# | `min_speed_kmhr` | number | **required** | Bounds on its mean speed in km/h. |
#
# </details>

# %%
relocations_to_trajectory_return = workflow.run(
    "relocations_to_trajectory",
    relocations=process_relocations_return,
)
relocations_to_trajectory_return.peek()

# %% [markdown]
# ## Calculate percentile areas of the elliptical time density of a trajectory
#
# Task `calculate_time_density` of `ecoscope_workflows.tasks.analysis`
#
# <details><summary>Parameters, in <code>params["calculate_time_density"]</code></summary>
#
# | parameter | type | default | |
# |---|---|---|---|
# | `pixel_size` | number | `250.0` | Pixel size for raster profile. |
# | `crs` | text | `"ESRI:102022"` | The projected CRS of the raster, in metres: an EPSG or ESRI code, or any text that pyproj reads. |
# | `nodata_value` | number | `"nan"` | Accepted because published workflows set it; polygons have no cells without data, so it has no effect. |
# | `band_count` | whole number | `1` | Accepted because published workflows set it; a distribution has one band, so only 1 is valid. |
# | `max_speed_factor` | number | `1.05` | The largest possible speed, as a multiple above 1 of the largest recorded speed. |
# | `expansion_factor` | number | `1.3` | Width and height of the grid, as a multiple of those of the trajectory; 1 does not widen it. |
# | `percentiles` | list of number | `[50.0, 60.0, 70.0, 80.0, 90.0, 95.0]` | Shares in %, each above 0 and at most 100; repeated values count once. 100 is every cell that the search around some segment covers, which ends where its den... |
# | `method` | 'ecoscope' or 'wall2014' | `"ecoscope"` | 'ecoscope' gives the numbers of the published system; 'wall2014' follows the formula of Wall et al. (2014), in which each segment counts with its duration. |
#
# </details>

# %%
calculate_time_density_return = workflow.run(
    "calculate_time_density",
    trajectory_gdf=relocations_to_trajectory_return,
)
calculate_time_density_return.peek()

# %% [markdown]
# ## Draw a frame as an interactive map in one HTML page that opens without a network
#
# Task `draw_ecomap` of `ecoscope_workflows.tasks.readme`
#
# <details><summary>Parameters, in <code>params["draw_ecomap"]</code></summary>
#
# | parameter | type | default | |
# |---|---|---|---|
# | `static` | true or false | **required** | True draws a picture: it cannot be moved or zoomed and has no buttons. |
# | `height` | whole number | **required** | Size of the map with its title in CSS pixels, 0 to 10000; 0 fills the window. The page is never wider than its window. |
# | `width` | whole number | **required** | Size of the map with its title in CSS pixels, 0 to 10000; 0 fills the window. The page is never wider than its window. |
# | `search_control` | true or false | **required** | True adds a box that finds features by the values of text columns and zooms to them. A column with more than 10,000 distinct values is left out. There is no... |
# | `title` | text | **required** | Shown above the map; blank shows none. |
# | `title_kws` | mapping of text to anything | **required** | `font_size` (pixels, or CSS such as `"1.5em"`), `font_color`, `font_family` (text or list), `font_style` (normal, italic, oblique), `font_weight` (normal, bo... |
# | `tile_layers` | list of mapping of text to anything | **required** | Backgrounds, the first at the bottom. Each has a `name` (`OpenStreetMap`, `ROADMAP`, `SATELLITE`, `TERRAIN`) or a `url` such as \`https://example.org/{z}/{x}/... |
# | `north_arrow_kws` | mapping of text to anything | **required** | `placement` or `position` (top-left, top-right, bottom-left, bottom-right, also without hyphen), `scale` (0.2 to 5), `angle` (degrees clockwise; north is up,... |
# | `add_gdf_kws` | mapping of text to anything | **required** | Colour: `column` (numbers, times or words); `cmap` (a name such as `"viridis"` or `"Reds_r"`, a list of colours, or `{value: colour}`); `scheme` (equal\_inter... |
#
# </details>

# %%
draw_ecomap_return = workflow.run(
    "draw_ecomap",
    geodataframe=calculate_time_density_return,
)
draw_ecomap_return.peek()
