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
# # Compare density methods
#
# Elliptical time density as published and by the formula of Wall et al. (2014), side by side.
#
# Compiled from spec.yaml by ecoscope-workflows 0.1.0.
# Each task below runs in a cell of its own, shows a peek at its result, and stores the whole of it.

# %%
from ecoscope_workflows.runtime.notebook import Instance, Notebook
from ecoscope_workflows.tasks.analysis import calculate_time_density
from ecoscope_workflows.tasks.io import load_relocations
from ecoscope_workflows.tasks.preprocessing import process_relocations
from ecoscope_workflows.tasks.readme import draw_ecomap, relocations_to_trajectory

# %% [markdown]
# ## Parameters
#
# Change them here, and run the cells from here on; the tables below say which ones there are.
# A path of a params file may stand in place of the mapping.

# %% tags=["parameters"]
params = {
    "relocations": {"path": "resources/tracks.parquet"},
    "trajectory": {
        "min_length_meters": 0.001,
        "max_length_meters": 20000,
        "min_time_secs": 1,
        "max_time_secs": 14400,
        "min_speed_kmhr": 0.0,
        "max_speed_kmhr": 15,
    },
    "density_published": {"pixel_size": 250, "percentiles": [50, 95]},
    "density_formula": {"pixel_size": 250, "percentiles": [50, 95]},
}
results = "results"

# %% [markdown]
# ## The workflow
#
# This cell says which tasks there are, and checks the parameters of all of them.

# %% jupyter={"source_hidden": true}
workflow = Notebook.of(
    "compare_density_methods",
    spec_sha256="69f5d41fe99050873580f6661a4160ae9a9e2a1ec6ce9f58b62e348fc2ac2f89",
    instances={
        "relocations": Instance(load_relocations),
        "clean_relocations": Instance(
            process_relocations,
            bound=["filter_point_coords", "observations", "relocs_columns"],
        ),
        "trajectory": Instance(relocations_to_trajectory, bound=["relocations"]),
        "density_published": Instance(
            calculate_time_density,
            bound=["crs", "method", "trajectory_gdf"],
        ),
        "map_published": Instance(
            draw_ecomap,
            bound=[
                "add_gdf_kws",
                "geodataframe",
                "height",
                "north_arrow_kws",
                "search_control",
                "static",
                "tile_layers",
                "title",
                "title_kws",
                "width",
            ],
        ),
        "density_formula": Instance(
            calculate_time_density,
            bound=["crs", "method", "trajectory_gdf"],
        ),
        "map_formula": Instance(
            draw_ecomap,
            bound=[
                "add_gdf_kws",
                "geodataframe",
                "height",
                "north_arrow_kws",
                "search_control",
                "static",
                "tile_layers",
                "title",
                "title_kws",
                "width",
            ],
        ),
        "map_track": Instance(
            draw_ecomap,
            bound=[
                "add_gdf_kws",
                "geodataframe",
                "height",
                "north_arrow_kws",
                "search_control",
                "static",
                "tile_layers",
                "title",
                "title_kws",
                "width",
            ],
        ),
    },
    params=params,
    results=results,
)

# %% [markdown]
# ## Read the fixes
#
# Read fixes from a file of your own.
#
# Task `load_relocations` of `ecoscope_workflows.tasks.io`
#
# <details><summary>Parameters, in <code>params["relocations"]</code></summary>
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
relocations_return = workflow.run("relocations")
relocations_return.peek()

# %% [markdown]
# ## Remove wrong fixes
#
# Remove wrong fixes, put the rest in order of time and keep the columns that are needed.
#
# Task `process_relocations` of `ecoscope_workflows.tasks.preprocessing`

# %%
clean_relocations_return = workflow.run(
    "clean_relocations",
    observations=relocations_return,
    filter_point_coords=[[180, 90], [0, 0]],
    relocs_columns=["groupby_col", "fixtime", "junk_status", "geometry"],
)
clean_relocations_return.peek()

# %% [markdown]
# ## Join fixes to segments
#
# Join consecutive fixes of each animal to segments, and keep the segments within the bounds.
#
# Task `relocations_to_trajectory` of `ecoscope_workflows.tasks.readme`
#
# <details><summary>Parameters, in <code>params["trajectory"]</code></summary>
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
trajectory_return = workflow.run(
    "trajectory",
    relocations=clean_relocations_return,
)
trajectory_return.peek()

# %% [markdown]
# ## As published
#
# Each segment weighs the same, whatever its duration.

# %% [markdown]
# ### Time density as published
#
# Calculate percentile areas of the elliptical time density of a trajectory.
#
# Task `calculate_time_density` of `ecoscope_workflows.tasks.analysis`
#
# <details><summary>Parameters, in <code>params["density_published"]</code></summary>
#
# | parameter | type | default | |
# |---|---|---|---|
# | `pixel_size` | number | `250.0` | Pixel size for raster profile. |
# | `nodata_value` | number | `"nan"` | Accepted because published workflows set it; polygons have no cells without data, so it has no effect. |
# | `band_count` | whole number | `1` | Accepted because published workflows set it; a distribution has one band, so only 1 is valid. |
# | `max_speed_factor` | number | `1.05` | The largest possible speed, as a multiple above 1 of the largest recorded speed. |
# | `expansion_factor` | number | `1.3` | Width and height of the grid, as a multiple of those of the trajectory; 1 does not widen it. |
# | `percentiles` | list of number | `[50.0, 60.0, 70.0, 80.0, 90.0, 95.0]` | Shares in %, each above 0 and at most 100; repeated values count once. 100 is every cell that the search around some segment covers, which ends where its den... |
#
# </details>

# %%
density_published_return = workflow.run(
    "density_published",
    trajectory_gdf=trajectory_return,
    method="ecoscope",
    crs="EPSG:32637",
)
density_published_return.peek()

# %% [markdown]
# ### Map of the time density as published
#
# Draw a frame as an interactive map in one HTML page that opens without a network.
#
# Task `draw_ecomap` of `ecoscope_workflows.tasks.readme`

# %%
map_published_return = workflow.run(
    "map_published",
    geodataframe=density_published_return,
    title="Time density as published",
    static=False,
    width=0,
    height=0,
    search_control=False,
    title_kws={},
    tile_layers=[],
    north_arrow_kws={},
    add_gdf_kws={},
)
map_published_return.peek()

# %% [markdown]
# ## By the formula
#
# Each segment counts with its duration.

# %% [markdown]
# ### Time density by the formula of Wall et al. (2014)
#
# Calculate percentile areas of the elliptical time density of a trajectory.
#
# Task `calculate_time_density` of `ecoscope_workflows.tasks.analysis`
#
# <details><summary>Parameters, in <code>params["density_formula"]</code></summary>
#
# | parameter | type | default | |
# |---|---|---|---|
# | `pixel_size` | number | `250.0` | Pixel size for raster profile. |
# | `nodata_value` | number | `"nan"` | Accepted because published workflows set it; polygons have no cells without data, so it has no effect. |
# | `band_count` | whole number | `1` | Accepted because published workflows set it; a distribution has one band, so only 1 is valid. |
# | `max_speed_factor` | number | `1.05` | The largest possible speed, as a multiple above 1 of the largest recorded speed. |
# | `expansion_factor` | number | `1.3` | Width and height of the grid, as a multiple of those of the trajectory; 1 does not widen it. |
# | `percentiles` | list of number | `[50.0, 60.0, 70.0, 80.0, 90.0, 95.0]` | Shares in %, each above 0 and at most 100; repeated values count once. 100 is every cell that the search around some segment covers, which ends where its den... |
#
# </details>

# %%
density_formula_return = workflow.run(
    "density_formula",
    trajectory_gdf=trajectory_return,
    method="wall2014",
    crs="EPSG:32637",
)
density_formula_return.peek()

# %% [markdown]
# ### Map of the time density by the formula
#
# Draw a frame as an interactive map in one HTML page that opens without a network.
#
# Task `draw_ecomap` of `ecoscope_workflows.tasks.readme`

# %%
map_formula_return = workflow.run(
    "map_formula",
    geodataframe=density_formula_return,
    title="Time density by the formula of Wall et al. (2014)",
    static=False,
    width=0,
    height=0,
    search_control=False,
    title_kws={},
    tile_layers=[],
    north_arrow_kws={},
    add_gdf_kws={},
)
map_formula_return.peek()

# %% [markdown]
# ## Map of the track
#
# Draw a frame as an interactive map in one HTML page that opens without a network.
#
# Task `draw_ecomap` of `ecoscope_workflows.tasks.readme`

# %%
map_track_return = workflow.run(
    "map_track",
    geodataframe=trajectory_return,
    title="Speed of each segment",
    static=False,
    width=0,
    height=0,
    search_control=False,
    title_kws={},
    tile_layers=[],
    north_arrow_kws={},
    add_gdf_kws={"column": "speed_kmhr"},
)
map_track_return.peek()
