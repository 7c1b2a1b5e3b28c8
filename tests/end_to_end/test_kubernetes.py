"""Workflows on Kubernetes: the executor and the client are real, the API is a stand-in, S3 is moto's.

Pods are slow to start, so the runs of all tests go on at the same time; each test looks at its own.
With ECOSCOPE_WORKFLOWS_KUBECONFIG the example runs on a real cluster: it needs ECOSCOPE_WORKFLOWS_IMAGE, an
image that has this package, and ECOSCOPE_WORKFLOWS_S3, an address of S3 that its pods reach.
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest
from tests.end_to_end.conftest import whole
from tests.end_to_end.kubernetes_cluster import SECRETS, STORAGE_NAMES, Cluster, Going, cluster_in, until
from tests.end_to_end.kubernetes_runs import OF_STORE, Runs, all_going
from tests.end_to_end.test_fan_out import PARAMS
from tests.end_to_end.test_fan_out import SPEC as GROUPS
from tests.standins import kubernetes_image as image
from tests.standins.kubernetes_api import KubernetesStandIn, container_of

from ecoscope_workflows.contracts.digests import digest_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from tests.end_to_end.conftest import Project


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory, site: Path) -> Iterator[Cluster]:
    """Start a cluster and a storage, or take the ones that are given."""
    with cluster_in(tmp_path_factory.mktemp("cluster"), site) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def site(new_project: Callable[[], Project]) -> Path:
    """Return the folder of the task packages that are in the image."""
    return new_project().site


@pytest.fixture(scope="module")
def api(cluster: Cluster) -> KubernetesStandIn:
    """Return the stand-in, for tests that disturb it."""
    if cluster.api is None:
        pytest.skip("a real cluster is not disturbed")
    return cluster.api


@pytest.fixture(scope="module")
def example(cluster: Cluster, new_project: Callable[[], Project], examples: Path) -> Iterator[Going]:
    """Start the time density example with a profile that was installed."""
    project = new_project().compiled(spec=examples / "time_density" / "spec.yaml")
    cluster.bucket.put(
        project.work / "resources" / "tracks.parquet",
        f"{cluster.storage(project)}/resources/tracks.parquet",
    )
    words = {"--image": cluster.image_name, "--namespace": cluster.namespace}
    words["--bucket"] = f"s3://{cluster.bucket.name}/{cluster.storage(project)}"
    settings = ("--set", "seconds-between-status-checks=1", "--set", "latency-wait=2")
    given = [part for pair in words.items() for part in pair]
    installing = ("ecoscope-workflows", "profiles", "install", "k8s", *given, *settings)
    installed = cluster.start(project, *installing).finish()
    assert installed.code == 0, installed.output
    going = cluster.start(project, "snakemake", "--profile", "k8s")
    yield going
    going.stop()
    going.finish()


@pytest.fixture(scope="module")
def runs(
    cluster: Cluster,
    api: KubernetesStandIn,
    example: Going,  # noqa: ARG001  # it has begun before
    new_project: Callable[[], Project],
) -> Iterator[Runs]:
    """Start all runs at once."""
    with all_going(cluster, api, new_project) as runs:
        yield runs


@pytest.fixture(scope="module")
def failed(runs: Runs) -> Going:
    """Return the run with faults when all has ended in it that ends."""
    for rule in ("evicted", "removed", "secret"):
        runs.faults.says(f"(Rule: {rule})")
    until(lambda: runs.faults.said().count("Error in rule noisy:") == 2, "not tried twice", runs.faults.said)
    runs.faults.stop()
    assert runs.faults.finish().code == 1
    return runs.faults


def test_the_example_makes_the_same_bytes_as_here(
    cluster: Cluster, example: Going, examples: Path, project: Project
) -> None:
    project.compiled(spec=examples / "time_density" / "spec.yaml")
    assert project.snakemake().code == 0
    there = example.finish()
    assert there.code == 0, there.output
    # With the provenance of those that cannot hold it.
    here, stored = whole(project.results), cluster.files(example.project, "results")
    assert stored.keys() == here.keys()
    assert [name for name in here if stored[name] != here[name]] == []
    assert cluster.files(example.project, "logs").keys() == {f"{name}.log" for name in there.plan}


def test_a_task_that_fails_is_named_with_its_error_and_log(
    cluster: Cluster, api: KubernetesStandIn, failed: Going
) -> None:
    folder = cluster.storage(failed.project)
    error = failed.said().rpartition("Error in rule noisy:")[2]
    assert f"log: s3://{cluster.bucket.name}/{folder}/logs/noisy.log" in error
    shown = failed.said().rpartition("Log of noisy:")[2]
    printed = api.printed("noisy", folder)
    assert len(printed) == 2, "tried once more"
    log = cluster.files(failed.project, "logs")["noisy.log"].decode()
    for words in ("to standard output", "to standard error", "EW621 noisy (task 'talks') raised ValueError"):
        # In the file, in what the pod has printed, and on the terminal of the user.
        assert log.count(words) == 1
        assert [text.count(words) for text in printed] == [1, 1]
        assert words in shown
    assert log.strip() in shown


def test_a_pod_that_cannot_start_is_told_with_the_reason(failed: Going) -> None:
    (line,) = [line for line in failed.said().splitlines() if "cannot start" in line and "too_big" in line]
    assert "Unschedulable: 0/1 nodes are available: 1 Insufficient memory (99000 MB)." in line
    assert "kubectl describe pod" in line


@pytest.mark.parametrize("rule", ["evicted", "removed"])
def test_a_pod_that_is_lost_is_tried_again(rule: str, cluster: Cluster, failed: Going) -> None:
    assert f"Error in rule {rule}" in failed.said()
    assert cluster.files(failed.project, "results")[f"{rule}.json"].strip() == b"1"


def test_an_api_that_is_away_for_a_while_costs_no_job(runs: Runs, failed: Going) -> None:
    assert "Kubernetes does not answer (MaxRetryError)" in failed.said()
    assert "Kubernetes does not answer (ApiException)" in failed.said()
    assert runs.shared.finish().code == 0, runs.shared.said()


def test_secrets_reach_the_pods_and_stand_nowhere_else(
    cluster: Cluster, api: KubernetesStandIn, failed: Going
) -> None:
    sent = [request.body for request in api.requests if request.path.endswith("/secrets") and request.body]
    carried = [
        secret["data"] for secret in sent if {name.lower() for name in SECRETS} <= secret["data"].keys()
    ]
    for name, value in SECRETS.items():
        assert base64.b64decode(carried[0][name.lower()]).decode() == value
    assert cluster.files(failed.project, "results")["secret.json"].strip() == b"16"
    elsewhere = [json.dumps(api.manifests), *api.logs.values(), failed.said()]
    stored = b"".join(cluster.bucket.files(cluster.storage(failed.project)).values())
    for value in SECRETS.values():
        assert not any(value in text for text in elsewhere)
        assert value.encode() not in stored


def test_nothing_of_this_machine_leaks_into_a_pod(api: KubernetesStandIn, failed: Going) -> None:
    assert failed.process.returncode == 1
    names = {variable["name"] for body in api.manifests for variable in container_of(body)["env"]}
    of_storage = {f"SNAKEMAKE_STORAGE_S3_{name}" for name in STORAGE_NAMES}
    assert names <= {*SECRETS, *of_storage, *OF_STORE, "ECOSCOPE_WORKFLOWS_STORE"}


def test_what_a_task_takes_is_what_kubernetes_is_asked_for(api: KubernetesStandIn, failed: Going) -> None:
    asked = {
        "{cpu} {memory} {ephemeral-storage}".format(**container_of(body)["resources"]["requests"])
        for body in api.manifests
        if f"/{failed.project.folder.name}/" in container_of(body)["args"][1]
    }
    # The executor leaves a twentieth of each processor to the node.
    assert asked == {"950m 1000M 2000M", "1900m 99000M 3000M"}
    assert {container_of(body)["image"] for body in api.manifests} == {image.NAME}


def test_a_run_that_was_stopped_in_pods_goes_on_here(cluster: Cluster, runs: Runs) -> None:
    project = runs.stopped.project
    assert runs.stopped.finish().code != 0
    assert cluster.files(project, "results").keys() == {"first.json", "first.json.provenance.json"}
    (project.folder / "go").touch()
    here = cluster.start(project, "ecoscope-workflows", "run", "--", *cluster.here(project)).finish()
    assert here.code == 0, here.output
    place = f"s3://{cluster.bucket.name}/{cluster.storage(project)}"
    assert "3 done  (2 made in" in here.output
    assert f"results  {place}/results\n" in here.output
    assert cluster.files(project, "results")["third.json"].strip() == b"2"
    # Commands that look at files of this machine do not take what is missing there for missing.
    status = project.call("ecoscope-workflows", "status", "work")
    assert status.code == 1
    assert f"EW607]: the results are in {place}" in status.output
    plan = project.call("ecoscope-workflows", "plan", "work")
    assert f"note: the last run had its results in {place}" in plan.output


def test_a_run_that_was_stopped_here_goes_on_in_pods(cluster: Cluster, runs: Runs) -> None:
    run = runs.resumed.finish()
    assert run.code == 0, run.output
    assert run.plan == {"second": 1, "third": 1}
    assert cluster.files(runs.resumed.project, "results")["third.json"].strip() == b"2"


def test_chunks_that_pods_compute_hold_what_one_job_computes_here(
    cluster: Cluster, runs: Runs, new_project: Callable[[], Project], tmp_path: Path
) -> None:
    there = runs.groups.finish()
    assert there.code == 0, there.output
    assert there.output.count("rule grown_chunk:") == there.output.count("rule counted_chunk:") == 2
    here = locally(new_project(), GROUPS).results
    stored = cluster.files(runs.groups.project, "results")
    assert stored["text.txt"] == (here / "text.txt").read_bytes()
    assert "text.txt.provenance.json" in stored
    for name in ("herd", "grown", "counted"):
        archive = tmp_path / f"{name}.zip"
        archive.write_bytes(stored[archive.name])
        assert digest_of(archive) == digest_of(here / name)


def test_folders_go_through_the_storage(
    cluster: Cluster, runs: Runs, new_project: Callable[[], Project]
) -> None:
    there, project = runs.folders.finish(), runs.folders.project
    assert there.code == 0, there.output
    here = locally(new_project(), (project.folder / "spec.yaml").read_text())
    assert visible(cluster.files(project, "results")) == whole(here.results)
    # A group that has vanished is no longer among the results, whoever runs.
    project.write_params({"herd": {"counts": {"north": 4}}, "grown": {"by": 1}})
    again = cluster.start(
        project, "snakemake", "--profile", "profiles/local", *cluster.here(project)
    ).finish()
    assert again.code == 0, again.output
    found = visible(cluster.files(project, "results")).keys()
    assert found == {name for name in whole(here.results) if "south" not in name}


def locally(project: Project, spec: str) -> Project:
    """Run a workflow here, with all results in folders."""
    project.write_spec(spec)
    project.compiled()
    project.write_params({name: params for name, params in PARAMS.items() if f"id: {name}" in spec})
    project.finish()
    return project


def visible(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return files without those that Snakemake hides in folders."""
    return {name: content for name, content in files.items() if "/." not in name}


def test_results_may_be_on_a_persistent_volume(runs: Runs) -> None:
    assert runs.shared.finish().code == 0, runs.shared.said()
    mounted = runs.shared.project.folder / "volume"
    assert (mounted / "results" / "second.json").read_text().strip() == "41"


def test_pods_and_this_machine_take_results_of_each_other_from_a_store(cluster: Cluster, runs: Runs) -> None:
    assert runs.shared.finish().code == 0, runs.shared.said()
    project = runs.shared.project
    logs = project.folder / "volume" / "logs"
    in_pods = {path.stem: path.read_text() for path in logs.iterdir()}
    # This machine had computed the first, and the pods computed the second.
    assert in_pods == {"first": "restored\n", "second": ""}
    assert project.log("first") == ""
    here = project.snakemake(**cluster.bucket.store)
    assert here.plan == {"second": 1}
    assert project.log("second") == "restored\n"
    assert "2 done" in project.call("ecoscope-workflows", "status", "work").output


def test_a_run_leaves_no_job_and_no_secret_behind(
    api: KubernetesStandIn, example: Going, runs: Runs, failed: Going
) -> None:
    for going in (example, runs.stopped, runs.resumed, runs.groups, runs.folders, runs.shared, failed):
        going.finish()
    assert api.jobs == {}
    assert api.secrets == {}
