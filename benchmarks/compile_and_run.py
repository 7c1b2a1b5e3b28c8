"""What compiling a spec and running one task cost, as whole processes, beside a fixed unit of work.

Run ``python benchmarks/compile_and_run.py``.
The unit of compiling is an empty Python process; that of running a task is ``python -c "import geopandas"``,
the least that any task on spatial frames can cost in a process of its own.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.processes import Cost, measure

SIZES = (5, 50, 500)
# What upstream's compiler takes on a machine of this class, in seconds; both use one core all the time.
PUBLISHED = {50: 1.7, 500: 2.85}
INSTANCES_OF_A_CHAIN = 5
SIMULATED = (
    Path(__file__).parents[1] / "src/ecoscope_workflows/tasks/io/load-relocations.example-return.parquet"
)
DRAWN = "static: false, width: 0, height: 0, search_control: false, title: t, title_kws: {}, tile_layers: []"


def spec_of(instances: int) -> str:
    """Return a spec of that many instances: chains from a file to a map, every argument bound."""
    lines = ["id: bench", "requirements: []", "workflow:"]
    for chain in range(instances // INSTANCES_OF_A_CHAIN):
        load, clean, track, density = (f"{name}_{chain}" for name in ("load", "clean", "track", "density"))
        lines += [
            f"  - {{id: {load}, task: load_relocations, partial: {{path: tracks.parquet}}}}",
            f"  - id: {clean}",
            "    task: process_relocations",
            "    partial:",
            f"      observations: ${{{{ workflow.{load}.return }}}}",
            "      filter_point_coords: [[180, 90], [0, 0]]",
            "      relocs_columns: [groupby_col, fixtime, junk_status, geometry]",
            f"  - id: {track}",
            "    task: ecoscope_workflows.tasks.readme.relocations_to_trajectory",
            f"    partial: {{relocations: '${{{{ workflow.{clean}.return }}}}'}}",
            f"  - id: {density}",
            "    task: calculate_time_density",
            f"    partial: {{trajectory_gdf: '${{{{ workflow.{track}.return }}}}', crs: 'EPSG:32637'}}",
            f"  - id: map_{chain}",
            "    task: ecoscope_workflows.tasks.readme.draw_ecomap",
            f"    partial: {{geodataframe: '${{{{ workflow.{density}.return }}}}', {DRAWN},",
            "      north_arrow_kws: {}, add_gdf_kws: {}}",
        ]
    return "\n".join(lines) + "\n"


def compile_rows() -> list[list[str]]:
    """Return what compiling costs, by the number of instances, with an index of the installed tasks."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        program = [
            "env",
            f"ECOSCOPE_WORKFLOWS_INDEX={folder}/index",
            sys.executable,
            "-m",
            "ecoscope_workflows",
        ]
        commands: dict[str, list[str]] = {"python": [sys.executable, "-c", "pass"]}
        for size in SIZES:
            (folder / f"{size}.yaml").write_text(spec_of(size))
            words = ["compile", "--spec", f"{size}.yaml", "--outpath", f"out_{size}"]
            commands[str(size)] = [*program, *words]
        costs = measure(commands, folder)
    unit = costs.pop("python")
    header = ["compile to Snakemake", "CPU s", "wall s", "CPU / empty Python", "ms per further instance"]
    rows = [[*header, "published s", "published / CPU s", "peak MB"]]
    before: tuple[int, Cost] | None = None
    for size, cost in zip(SIZES, costs.values(), strict=True):
        slope = "" if before is None else f"{1000 * (cost.cpu - before[1].cpu) / (size - before[0]):.2f}"
        numbers = [f"{cost.cpu:.2f}", f"{cost.wall:.2f}", f"{cost.cpu / unit.cpu:.0f}", slope]
        published = PUBLISHED.get(size)
        compared = [f"{published}", f"{published / cost.cpu:.1f}"] if published else ["", ""]
        rows.append([f"{size} instances", *numbers, *compared, f"{cost.peak:.0f}"])
        before = size, cost
    return rows


def runner_rows() -> list[list[str]]:
    """Return what one task costs in a process of its own, cold."""
    runtime = [sys.executable, "-P", "-m", "ecoscope_workflows.runtime"]
    clean = json.dumps(
        {
            "filter_point_coords": [[180, 90], [0, 0]],
            "relocs_columns": ["groupby_col", "fixtime", "junk_status", "geometry"],
        }
    )
    task = "ecoscope_workflows.tasks.preprocessing:process_relocations"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        job = ["process_relocations", "--task", task, "--args", clean, "--output", "out.parquet"]
        commands = {
            "empty Python": [sys.executable, "-c", "pass"],
            "import geopandas": [sys.executable, "-c", "import geopandas"],
            "import geopandas, pandera": [sys.executable, "-c", "import geopandas, pandera.pandas"],
            "process_relocations, 4,016 fixes, cold": [
                *runtime,
                *job,
                "--input",
                f"observations={SIMULATED}",
            ],
        }
        costs = measure(commands, folder)
    unit = costs["import geopandas"]
    rows = [["process", "CPU s", "wall s", "CPU / import geopandas", "peak MB"]]
    rows += [
        [name, f"{cost.cpu:.2f}", f"{cost.wall:.2f}", f"{cost.cpu / unit.cpu:.2f}", f"{cost.peak:.0f}"]
        for name, cost in costs.items()
    ]
    return rows


if __name__ == "__main__":
    from benchmarks.tables import markdown

    print(markdown(compile_rows()), markdown(runner_rows()), sep="\n")
