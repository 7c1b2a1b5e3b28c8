"""What a job costs in a pod of Kubernetes beside a job of this machine with the same storage.

Run ``python benchmarks/kubernetes_jobs.py`` with ECOSCOPE_WORKFLOWS_KUBERNETES naming a folder that has the
packages of ``tests/clusters/kubernetes.txt``.
The API is a stand-in and its pods are processes of this machine, so no queue, no image and no network takes
time: what is measured is the start of Snakemake in each pod, the executor's questions, and the storage's.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.slurm_jobs import JOBS, LOCAL, TABLE, run, spec
from tests.end_to_end.conftest import Project
from tests.end_to_end.kubernetes_cluster import Cluster, cluster_in
from tests.standins.kubernetes_image import VARIABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

HEADER = [f"{JOBS} jobs of no work", "wall s", "s per job", "CPU s", "pods"]
FILES, STORED, PODS = "here, files here", "here, files in S3", "in pods, files in S3"


def prepare(project: Project, cluster: Cluster, options: tuple[str, ...], *, chained: bool) -> None:
    """Compile a workflow, and run its first job here, which reads the table."""
    project.work.mkdir(parents=True)
    project.write_spec(spec(chained=chained))
    project.compiled()
    project.write_params("fixes: {path: fixes.csv}\n")
    table = project.work / "fixes.csv"
    table.write_text(TABLE)
    cluster.bucket.put(table, f"{cluster.storage(project)}/fixes.csv")
    command = ["snakemake", *LOCAL, "--until", "fixes", *options]
    environment = cluster.environment(project)
    subprocess.run(command, cwd=project.work, env=environment, check=True, capture_output=True)


def measured(cluster: Cluster, folder: Path, where: str, *, chained: bool) -> list[str]:
    """Return the row of a way to run the jobs."""
    project = Project(folder)
    stored = () if where == FILES else tuple(cluster.here(project))
    prepare(project, cluster, stored, chained=chained)
    options = tuple(cluster.options(project)) if where == PODS else (*LOCAL, *stored)
    environment: Mapping[str, str] = cluster.environment(project)
    before = len(cluster.api.manifests) if cluster.api else 0
    wall, cpu = run(project.work, options, environment)
    pods = len(cluster.api.manifests) - before if cluster.api else 0
    order = "one behind the other" if chained else "side by side"
    return [f"{order}, {where}", f"{wall:.1f}", f"{wall / JOBS:.1f}", f"{cpu:.1f}", str(pods)]


def rows() -> list[list[str]]:
    """Return the header, and a row for each way to run the jobs; none where there are no plugins."""
    if not os.environ.get(VARIABLE):
        return [HEADER, [f"not measured: {VARIABLE} is not set", "", "", "", ""]]
    found = [HEADER]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "tasks").mkdir()
        with cluster_in(folder, folder / "tasks") as cluster:
            for number, (chained, where) in enumerate(product((False, True), (FILES, STORED, PODS))):
                found.append(measured(cluster, folder / f"run{number}", where, chained=chained))
    return found


if __name__ == "__main__":
    from benchmarks.tables import markdown

    print(markdown(rows()), end="")
