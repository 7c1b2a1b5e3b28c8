"""Runs the DAG of a folder to its end: a program of the environment that Airflow is installed in.

Nothing of this package can be imported there.
The pods are processes of this machine: their command lines, arguments and variables are those that
Kubernetes would get, filled in by Airflow.
What they need is read as JSON from standard input.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.dag_processing.dagbag import DagBag
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

if TYPE_CHECKING:
    from collections.abc import Mapping


def as_processes(python: str, environment: Mapping[str, str], logs: Path) -> None:
    """Have pods be processes.

    Parameters
    ----------
    python
        The interpreter that stands for the one of the image.
    environment
        What stands for the variables of the image and of the secret.
    logs
        The folder for what each of them prints.
    """

    def execute(operator: Any, context: Any) -> None:
        del context
        given = {variable.name: variable.value for variable in operator.env_vars}
        words = [python, *operator.cmds[1:], *operator.arguments]
        with (logs / f"{operator.task_id}.log").open("wb") as stream:
            subprocess.run(  # noqa: S603  # the DAG's own words
                words, env={**environment, **given}, stdout=stream, stderr=subprocess.STDOUT, check=True
            )

    KubernetesPodOperator.execute = execute


def main(dags: str, logs: str) -> int:
    """Run the DAG of a folder, and return the exit code."""
    given = json.load(sys.stdin)
    as_processes(given["python"], given["environment"], Path(logs))
    bag = DagBag(dags)
    for name, error in bag.import_errors.items():
        sys.stdout.write(f"error: {Path(name).name} cannot be imported: {error}\n")
    if len(bag.dags) != 1:
        return 1
    (dag,) = bag.dags.values()
    for task in dag.tasks:
        # Airflow would wait for a minute, and compute the same.
        task.retries = 0
    done = dag.test()
    return 0 if str(done.state) == "success" else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
