"""Workflows on Kubernetes: the executor and the client are real, the API is a stand-in, S3 is moto's.

Pods are slow to start, so the runs of all tests go on at the same time; each test looks at its own.
With ECOSCOPE_WORKFLOWS_KUBECONFIG the example runs on a real cluster: it needs ECOSCOPE_WORKFLOWS_IMAGE, an
image that has this package, and ECOSCOPE_WORKFLOWS_S3, an address of S3 that its pods reach.
"""

from __future__ import annotations

import base64
import json
import os
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.end_to_end.kubernetes_runs import (
    CHAIN,
    FAULTS,
    PASSWORD,
    SECRETS,
    STORAGE_NAMES,
    VOLUME,
    Cluster,
    Going,
    Runs,
    disturbed,
    until,
)
from tests.end_to_end.slurm_runs import whole
from tests.end_to_end.test_fan_out import PARAMS
from tests.end_to_end.test_fan_out import SPEC as GROUPS
from tests.standins import kubernetes_image as image
from tests.standins.kubernetes_api import NAMESPACE, KubernetesStandIn, container_of
from tests.standins.kubernetes_pods import Node
from tests.standins.object_storage import Bucket, s3

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.end_to_end.conftest import Project

# Each worker of pytest that runs some of these tests starts an API and an S3 of its own.
pytestmark = pytest.mark.xdist_group("kubernetes")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory, site: Path) -> Iterator[Cluster]:
    """Start a cluster and a storage, or take the ones that are given."""
    plugins = image.executors()
    folder = tmp_path_factory.mktemp("cluster")
    given = os.environ.get("ECOSCOPE_WORKFLOWS_KUBECONFIG", "")
    with ExitStack() as stack:
        if given:
            address, name = os.environ["ECOSCOPE_WORKFLOWS_S3"], os.environ["ECOSCOPE_WORKFLOWS_IMAGE"]
            bucket = Bucket(address, "elephants")
            yield Cluster(None, Path(given).resolve(), name, "default", bucket, plugins)
            return
        bucket = Bucket(stack.enter_context(s3()), "elephants")
        (folder / "node").mkdir()
        variables = image.variables(folder / "wheels", plugins, [site])
        node = Node(folder / "node", {image.NAME: variables})
        api = stack.enter_context(KubernetesStandIn(node))
        path = api.write_kubeconfig(folder / "kubeconfig")
        yield Cluster(api, path, image.NAME, NAMESPACE, bucket, plugins)


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
    """Start all runs at once: the waiting of one is the working time of another."""

    def compiled(spec: str, *waiting: str) -> Project:
        project = new_project()
        project.write_spec(spec)
        project.compiled()
        project.write_params({name: {"path": str(project.folder / "go")} for name in waiting})
        return project

    pending = compiled(CHAIN, "second")
    here = ("snakemake", "--profile", "profiles/local", *cluster.here(pending))
    faults, stopped = compiled(FAULTS, "evicted", "removed"), compiled(CHAIN, "second")
    volume, groups = compiled(VOLUME), compiled(GROUPS)
    groups.write_params(PARAMS)
    mounted = volume.folder / "volume"
    claimed = ("--kubernetes-persistent-volumes", f"claim:{mounted}", "--default-storage-provider", "fs")
    prefix = ("--default-storage-prefix", str(mounted))
    started = {
        "resumed": cluster.start(pending, *here),
        "faults": cluster.start(faults, "snakemake", *cluster.options(faults), "--envvars", PASSWORD),
        "stopped": cluster.start(stopped, "snakemake", *cluster.options(stopped)),
        "groups": cluster.start(groups, "snakemake", *cluster.options(groups)),
        "volume": cluster.start(volume, "snakemake", *cluster.options(volume), *claimed, *prefix),
    }
    try:
        started["resumed"] = disturbed(cluster, api, **started)
        yield Runs(**started)
    finally:
        api.start()
        api.answers_instead = None
        for going in started.values():
            going.stop()
        for going in started.values():
            going.finish()


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
    here = {name: content for name, content in whole(project.results).items() if "provenance" not in name}
    stored = cluster.files(example.project, "results")
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
    assert runs.volume.finish().code == 0, runs.volume.said()


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
    assert names <= {*SECRETS, *(f"SNAKEMAKE_STORAGE_S3_{name}" for name in STORAGE_NAMES)}


def test_what_a_task_takes_is_what_kubernetes_is_asked_for(api: KubernetesStandIn, failed: Going) -> None:
    requests = {
        container_of(body)["resources"]["requests"]["memory"]
        for body in api.manifests
        if f"/{failed.project.folder.name}/" in container_of(body)["args"][1]
    }
    assert requests == {"1000M", "99000M"}
    assert {container_of(body)["image"] for body in api.manifests} == {image.NAME}


def test_a_run_that_was_stopped_in_pods_goes_on_here(cluster: Cluster, runs: Runs) -> None:
    project = runs.stopped.project
    assert runs.stopped.finish().code != 0
    assert cluster.files(project, "results").keys() == {"first.json"}
    (project.folder / "go").touch()
    here = cluster.start(project, "snakemake", "--profile", "profiles/local", *cluster.here(project)).finish()
    assert here.code == 0, here.output
    assert here.plan == {"second": 1, "third": 1}
    assert cluster.files(project, "results")["third.json"].strip() == b"2"


def test_a_run_that_was_stopped_here_goes_on_in_pods(cluster: Cluster, runs: Runs) -> None:
    run = runs.resumed.finish()
    assert run.code == 0, run.output
    assert run.plan == {"second": 1, "third": 1}
    assert cluster.files(runs.resumed.project, "results")["third.json"].strip() == b"2"


def test_collections_go_through_the_storage(
    cluster: Cluster, runs: Runs, new_project: Callable[[], Project]
) -> None:
    there, project = runs.groups.finish(), runs.groups.project
    assert there.code == 0, there.output
    local = new_project()
    local.write_spec(GROUPS)
    local.compiled()
    local.write_params(PARAMS)
    local.finish()
    here = {name: content for name, content in whole(local.results).items() if "provenance" not in name}
    assert visible(cluster.files(project, "results")) == here
    # A group that has vanished is no longer among the results, whoever runs.
    project.write_params({**PARAMS, "herd": {"counts": {"north": 4}}})
    again = cluster.start(
        project, "snakemake", "--profile", "profiles/local", *cluster.here(project)
    ).finish()
    assert again.code == 0, again.output
    stored = visible(cluster.files(project, "results"))
    assert stored["text.txt"] == b"herd north: 4"
    assert stored.keys() == {name for name in here if "south" not in name}


def visible(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return files without those that Snakemake hides in folders."""
    return {name: content for name, content in files.items() if "/." not in name}


def test_results_may_be_on_a_persistent_volume(runs: Runs) -> None:
    assert runs.volume.finish().code == 0, runs.volume.said()
    mounted = runs.volume.project.folder / "volume"
    assert (mounted / "results" / "first.json").read_text().strip() == "41"


def test_a_run_leaves_no_job_and_no_secret_behind(api: KubernetesStandIn, runs: Runs, failed: Going) -> None:
    for going in (runs.stopped, runs.resumed, runs.groups, runs.volume, failed):
        going.finish()
    assert [name for name, job in api.jobs.items() if not job["status"].get("failed")] == []
    assert api.secrets == {}
