"""calculate_time_density: compiled by ecoscope-workflows 0.1.0 from spec.yaml.

Run it with: python calculate_time_density.py --config params.yaml
"""

from ecoscope_workflows.runtime.script import Instance, Script
from ecoscope_workflows.tasks.analysis import calculate_time_density
from ecoscope_workflows.tasks.preprocessing import process_relocations
from ecoscope_workflows.tasks.readme import (
    draw_ecomap,
    get_subjectgroup_observations,
    relocations_to_trajectory,
)


def main() -> None:
    """Run the tasks one after the other."""
    workflow = Script.start(
        "calculate_time_density",
        spec_sha256="1377f4fb2bc18b68c951a658802c2a3588d8e4a78d5853032f639ddf5de43861",
        cache_root="results",
        instances={
            "get_subjectgroup_observations": Instance(get_subjectgroup_observations),
            "process_relocations": Instance(
                process_relocations,
                bound=["observations"],
            ),
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
    )

    # Download the observations of every subject in a group and in the groups nested in it.
    get_subjectgroup_observations_return = workflow.run("get_subjectgroup_observations")

    # Remove wrong fixes, put the rest in order of time and keep the columns that are needed.
    process_relocations_return = workflow.run(
        "process_relocations",
        observations=get_subjectgroup_observations_return,
    )

    # Join consecutive fixes of each animal to segments, and keep the segments within the bounds.
    relocations_to_trajectory_return = workflow.run(
        "relocations_to_trajectory",
        relocations=process_relocations_return,
    )

    # Calculate percentile areas of the elliptical time density of a trajectory.
    calculate_time_density_return = workflow.run(
        "calculate_time_density",
        trajectory_gdf=relocations_to_trajectory_return,
    )

    # Draw a frame as an interactive map in one HTML page that opens without a network.
    workflow.run(
        "draw_ecomap",
        geodataframe=calculate_time_density_return,
    )

    workflow.finish()


if __name__ == "__main__":
    main()
