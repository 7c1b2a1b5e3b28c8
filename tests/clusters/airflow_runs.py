"""Imports DAGs and runs some of them: a program of the environment that Airflow is installed in.

It is given runs as JSON on standard input, and writes what came of them as JSON to the file it is told.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.dag_processing.dagbag import DagBag
from airflow.models.xcom import XComModel
from airflow.utils.session import create_session

if TYPE_CHECKING:
    from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

# Every DAG of this kind needs it, and it is not theirs.
OPERATOR = "airflow.providers.cncf.kubernetes.operators.pod"


def told(task: KubernetesPodOperator) -> dict[str, Any]:
    """Return what is asked for a task."""
    resources = task.container_resources
    return {
        "after": sorted(task.upstream_task_ids),
        "image": task.image,
        "retries": task.retries,
        "seconds": task.execution_timeout.total_seconds() if task.execution_timeout else None,
        "requests": resources.requests,
        "limits": resources.limits,
    }


def run(dag: Any, conf: dict[str, Any] | None) -> dict[str, Any]:
    """Run a DAG to its end."""
    try:
        done = dag.test(run_conf=conf)
    # What Airflow refuses is what a test wants to see.
    except Exception as error:  # noqa: BLE001
        return {"refused": f"{type(error).__name__}: {error}"}
    with create_session() as session:
        values = session.query(XComModel.key).filter(XComModel.run_id == done.run_id).distinct()
        keys = sorted(row.key for row in values)
    tasks = {task.task_id: str(task.state) for task in done.get_task_instances()}
    return {"state": str(done.state), "id": done.run_id, "tasks": tasks, "xcoms": keys}


def main(folder: str, output: str) -> None:
    """Import the DAGs of a folder, and run those that are asked for."""
    import_module(OPERATOR)
    before = set(sys.modules)
    bag = DagBag(folder)
    loaded = sorted({name.partition(".")[0] for name in set(sys.modules) - before})
    dags: dict[str, dict[str, Any]] = {
        name: {
            "tasks": {task.task_id: told(task) for task in dag.tasks},
            "params": {key: dag.params.get_param(key).serialize() for key in dag.params},
            "schedule": str(dag.schedule),
        }
        for name, dag in bag.dags.items()
    }
    for one in dags.values():
        for param in one["params"].values():
            param["given"] = isinstance(param["value"], dict)
            param["value"] = param["value"] if param["given"] else None
    runs = []
    for name, conf in json.load(sys.stdin):
        print(f"=== {name}", flush=True)  # noqa: T201  # the log of the runs that follow
        runs.append(run(bag.dags[name], conf))
    found = {"errors": bag.import_errors, "loaded": loaded, "dags": dags, "runs": runs}
    Path(output).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
