"""The published subject-tracking workflow with its results in S3: begun here, stopped, and ended in pods.

Not all of it is in pods, which take two or three seconds of a processor each.
The rest is the part with the maps that tasks write themselves, and the page that is made of them.
"""

from __future__ import annotations

import re
import shutil
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest
import yaml
from tests.end_to_end.conftest import whole
from tests.end_to_end.kubernetes_cluster import Cluster, Going, cluster_in
from tests.end_to_end.test_subject_tracking import CASE, WRITERS, mocks_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from tests.end_to_end.conftest import Project, Run

FINISHED = re.compile(r"Finished jobid: \d+ \(Rule: (\w+)\)")


@pytest.fixture(scope="module")
def there(new_project: Callable[[], Project], reference_data: Path) -> Project:
    """Return a project whose results are to be in S3."""
    return compiled(new_project(), reference_data)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory, there: Project) -> Iterator[Cluster]:
    """Start a cluster and a storage with the example data, or take the ones that are given."""
    with cluster_in(tmp_path_factory.mktemp("cluster"), there.site) as cluster:
        for path in (there.work / "resources").rglob("*.*"):
            cluster.bucket.put(path, f"{cluster.storage(there)}/{path.relative_to(there.work)}")
        yield cluster


@pytest.fixture(scope="module")
def made(cluster: Cluster, there: Project) -> set[str]:
    """Return what had been made here when the run was stopped."""
    begun = cluster.start(there, "snakemake", "--profile", "profiles/local", *cluster.here(there))
    begun.says("(Rule: traj_map_layers)")
    begun.stop()
    assert begun.finish().code == 1, begun.said()
    return set(FINISHED.findall(begun.said()))


@pytest.fixture(scope="module")
def rest(cluster: Cluster, there: Project, made: set[str]) -> Iterator[Going]:
    """Return the run in pods that makes the rest."""
    assert made
    going = cluster.start(there, "snakemake", *cluster.options(there))
    yield going
    going.stop()
    going.finish()


@pytest.fixture
def ran(rest: Going) -> Run:
    """Return that run when it has ended well."""
    run = rest.finish()
    assert run.code == 0, run.output
    return run


@pytest.fixture(scope="module")
def here(
    new_project: Callable[[], Project],
    reference_data: Path,
    rest: Going,  # noqa: ARG001  # it goes on in pods meanwhile
) -> Project:
    """Return a project in which the workflow has run, all on this machine."""
    project = compiled(new_project(), reference_data)
    project.finish()
    return project


def compiled(project: Project, data: Path) -> Project:
    published = data / "snapshots" / "subject-tracking"
    shutil.copyfile(published / "spec.yaml", project.folder / "spec.yaml")
    project.compiled(*mocks_in(data), "--collections", "file")
    cases = yaml.safe_load((published / "test-cases.yaml").read_text(encoding="utf-8"))
    project.write_params(cases[CASE]["params"])
    return project


def test_the_rest_of_it_runs_in_pods(here: Project, made: set[str], ran: Run) -> None:
    every = {path.stem for path in (here.work / "logs").glob("*.log")}
    assert "traj_map_layers" in made
    assert set(ran.plan) == every - made
    assert "subject_tracking_dashboard" in ran.plan
    assert WRITERS & set(ran.plan)


@pytest.mark.usefixtures("ran")
def test_all_files_are_the_same_as_here(cluster: Cluster, here: Project, there: Project) -> None:
    stored, local = unpacked(cluster.files(there, "results")), whole(here.results)
    assert stored.keys() == local.keys()
    assert [name for name in local if stored[name] != local[name]] == []


@pytest.mark.usefixtures("ran")
def test_the_log_of_each_job_is_in_the_storage(cluster: Cluster, here: Project, there: Project) -> None:
    assert cluster.files(there, "logs").keys() == whole(here.work / "logs").keys()


def unpacked(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return files as they lie on a machine: what a task has written itself is one file in the storage."""
    found: dict[str, bytes] = {}
    for name, content in files.items():
        if name.endswith(".files.zip"):
            with ZipFile(BytesIO(content)) as archive:
                folder = name.removesuffix(".zip")
                found |= {f"{folder}/{inner}": archive.read(inner) for inner in archive.namelist()}
        else:
            found[name] = content
    return found
