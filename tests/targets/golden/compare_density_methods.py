"""compare_density_methods: compiled by ecoscope-workflows 0.1.0 from spec.yaml.

Run it with: python compare_density_methods.py --config params.yaml
"""

from ecoscope_workflows.runtime.script import Instance, Script
from ecoscope_workflows.tasks.analysis import calculate_time_density
from ecoscope_workflows.tasks.io import load_relocations
from ecoscope_workflows.tasks.preprocessing import process_relocations
from ecoscope_workflows.tasks.readme import draw_ecomap, relocations_to_trajectory


def main() -> None:
    """Run the tasks one after the other."""
    workflow = Script.start(
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
    )

    # Read the fixes
    relocations_return = workflow.run("relocations")

    # Remove wrong fixes
    clean_relocations_return = workflow.run(
        "clean_relocations",
        observations=relocations_return,
        filter_point_coords=[[180, 90], [0, 0]],
        relocs_columns=["groupby_col", "fixtime", "junk_status", "geometry"],
    )

    # Join fixes to segments
    trajectory_return = workflow.run(
        "trajectory",
        relocations=clean_relocations_return,
    )

    # Time density as published
    density_published_return = workflow.run(
        "density_published",
        trajectory_gdf=trajectory_return,
        method="ecoscope",
        crs="EPSG:32637",
    )

    # Map of the time density as published
    workflow.run(
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

    # Time density by the formula of Wall et al. (2014)
    density_formula_return = workflow.run(
        "density_formula",
        trajectory_gdf=trajectory_return,
        method="wall2014",
        crs="EPSG:32637",
    )

    # Map of the time density by the formula
    workflow.run(
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

    # Map of the track
    workflow.run(
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

    workflow.finish()


if __name__ == "__main__":
    main()
