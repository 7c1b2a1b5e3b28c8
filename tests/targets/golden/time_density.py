"""time_density: compiled by ecoscope-workflows 0.1.0 from spec.yaml.

Run it with: python time_density.py --config params.yaml
"""

from ecoscope_workflows.runtime.script import Instance, Script
from ecoscope_workflows.tasks.analysis import calculate_time_density
from ecoscope_workflows.tasks.io import load_relocations
from ecoscope_workflows.tasks.preprocessing import process_relocations
from ecoscope_workflows.tasks.readme import draw_ecomap, relocations_to_trajectory


def main() -> None:
    """Run the tasks one after the other."""
    workflow = Script.start(
        "time_density",
        spec_sha256="c0928ea908858b1a1fe3129d295ac683a6cd46633ed4f9b6650e9981d4f5902d",
        cache_root="results",
        instances={
            "load_relocations": Instance(load_relocations),
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

    # Read fixes from a file of your own.
    load_relocations_return = workflow.run("load_relocations")

    # Remove wrong fixes, put the rest in order of time and keep the columns that are needed.
    process_relocations_return = workflow.run(
        "process_relocations",
        observations=load_relocations_return,
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
