"""Runs on Kubernetes that go on beside each other, and what is done to them."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.end_to_end.kubernetes_cluster import PASSWORD, until
from tests.end_to_end.test_fan_out import PARAMS
from tests.end_to_end.test_fan_out import SPEC as GROUPS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.end_to_end.conftest import Project
    from tests.end_to_end.kubernetes_cluster import Cluster, Going
    from tests.standins.kubernetes_api import KubernetesStandIn
    from tests.standins.kubernetes_pods import Pod

FAULTS = """\
id: faults
requirements: []
workflow:
  - {id: noisy, task: talks, partial: {number: 7}}
  - {id: too_big, task: echo, partial: {value: 1}, resources: {threads: 2, mem_mb: 99000, disk_mb: 3000}}
  - {id: evicted, task: waits}
  - {id: removed, task: waits}
  - {id: secret, task: needs_password}
  - {id: after, task: echo, partial: {value: "${{ workflow.too_big.return }}"}}
"""
CHAIN = """\
id: chain
requirements: []
workflow:
  - {id: first, task: echo, partial: {value: 1}}
  - {id: second, task: waits, partial: {number: "${{ workflow.first.return }}"}}
  - {id: third, task: echo, partial: {value: "${{ workflow.second.return }}"}}
"""
SHARED = """\
id: shared
requirements: []
workflow:
  - {id: first, task: echo, partial: {value: 41}}
  - {id: second, task: echo, partial: {value: "${{ workflow.first.return }}"}}
"""
IN_CHUNKS = ("--collections", "file", "--fan-out", "jobs", "--chunk-size", "1")
# One fan-out alone.
ONE_FAN_OUT = GROUPS.partition("  - {id: counted")[0]
# What reaches a store in S3, as all programs of AWS find it.
OF_STORE = ("AWS_ENDPOINT_URL_S3", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION")


@dataclass(frozen=True)
class Runs:
    """All runs that are disturbed, each of which has begun.

    Parameters
    ----------
    faults
        Pods that end badly, or never start, and an API that is away for a while.
    stopped
        A chain that is stopped while its second job is being made.
    resumed
        A chain that was stopped while its second job waited here, and goes on in pods.
    groups
        Fan-outs by several jobs, their results in files.
    folders
        A fan-out whose result is a folder.
    shared
        Results on a persistent volume, and a store that another machine has kept a result in.
    """

    faults: Going
    stopped: Going
    resumed: Going
    groups: Going
    folders: Going
    shared: Going


@contextmanager
def all_going(cluster: Cluster, api: KubernetesStandIn, new_project: Callable[[], Project]) -> Iterator[Runs]:
    """Start all runs at once: the waiting of one is the working time of another."""

    def compiled(spec: str, *options: str, waiting: str = "") -> Project:
        project = new_project()
        project.write_spec(spec)
        project.compiled(*options)
        names = waiting.split()
        project.write_params({name: {"path": str(project.folder / "go")} for name in names})
        return project

    def on_kubernetes(project: Project, *options: str) -> Going:
        return cluster.start(project, "snakemake", *cluster.options(project), *options)

    pending = compiled(CHAIN, waiting="second")
    here = ("snakemake", "--profile", "profiles/local", *cluster.here(pending))
    faults, stopped = compiled(FAULTS, waiting="evicted removed"), compiled(CHAIN, waiting="second")
    shared, groups, folders = compiled(SHARED), compiled(GROUPS, *IN_CHUNKS), compiled(ONE_FAN_OUT)
    groups.write_params(PARAMS)
    folders.write_params({name: PARAMS[name] for name in ("herd", "grown")})
    # What another machine has left of an upload that broke off, of a folder and in parts.
    left = folders.work / "workflow" / "Snakefile"
    cluster.bucket.put(left, f"{cluster.storage(folders)}/results/grown/south.parquet")
    cluster.bucket.begin_upload(f"{cluster.storage(groups)}/results/grown.zip")
    kept = shared.snakemake("--until", "first", **cluster.bucket.store)
    assert kept.code == 0, kept.output
    mounted = str(shared.folder / "volume")
    claimed = ("--kubernetes-persistent-volumes", f"claim:{mounted}", "--default-storage-provider", "fs")
    api.late = ("second", stopped.folder.name)
    started = {
        "resumed": cluster.start(pending, *here),
        "faults": on_kubernetes(faults, "--envvars", PASSWORD),
        "stopped": on_kubernetes(stopped),
        "groups": on_kubernetes(groups),
        "folders": on_kubernetes(folders),
        "shared": cluster.start(
            shared,
            *("snakemake", *cluster.options(shared), *claimed, "--default-storage-prefix", mounted),
            *("--envvars", *OF_STORE),
            **cluster.bucket.store,
        ),
    }
    try:
        started["resumed"] = disturbed(cluster, api, **started)
        yield Runs(**started)
    finally:
        api.answer_now.set()
        api.start()
        api.answers_instead = None
        for going in started.values():
            going.stop()
        for going in started.values():
            going.finish()


def disturbed(
    cluster: Cluster,
    api: KubernetesStandIn,
    *,
    resumed: Going,
    faults: Going,
    stopped: Going,
    **_: Going,
) -> Going:
    """Do to the runs what users, nodes and administrators do, and return the one that goes on in pods."""
    running(api, faults, "evicted").evict()
    api.remove_job(running(api, faults, "removed").job)
    running(api, stopped, "second")
    stopped.stop()
    # It has heard that it is to stop before it hears that there is a job.
    time.sleep(1)
    api.answer_now.set()
    api.stop()
    faults.says("Kubernetes does not answer (MaxRetryError)")
    api.answers_instead = 503
    api.start()
    faults.says("Kubernetes does not answer (ApiException)")
    api.answers_instead = None
    (faults.project.folder / "go").touch()
    resumed.says("rule second:")
    resumed.stop()
    assert resumed.finish().code != 0
    (resumed.project.folder / "go").touch()
    return cluster.start(resumed.project, "snakemake", *cluster.options(resumed.project))


def running(api: KubernetesStandIn, going: Going, rule: str) -> Pod:
    """Wait until a pod runs the job of a rule."""

    def found() -> list[Pod]:
        pods = api.pods_of(rule, going.project.folder.name)
        return [pod for pod in pods if pod.phase == "Running"]

    until(lambda: bool(found()), f"no pod runs {rule}", going.said)
    return found()[0]
