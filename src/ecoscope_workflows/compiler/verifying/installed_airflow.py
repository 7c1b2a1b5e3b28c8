"""A DAG in, its run on the Airflow of this machine out, where there is one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# Names the folder of an environment that Airflow is installed in, which goes with few other packages.
VARIABLE = "ECOSCOPE_WORKFLOWS_AIRFLOW"
PACKAGES = ("apache-airflow", "apache-airflow-providers-cncf-kubernetes")
_PROGRAM = Path(__file__).with_name("airflow_program.py")
# Those of the user say where the Airflow at work keeps its records, and what this program imports.
_LEFT_OUT = ("AIRFLOW", "_AIRFLOW", "PYTHON", "VIRTUAL_ENV")


def installed_airflow() -> tuple[str, str]:
    """Return the interpreter that Airflow can be imported with, or an empty text and why there is none."""
    named = os.environ.get(VARIABLE, "")
    if named:
        if Path(named, "bin", "airflow").is_file():
            return str(Path(named, "bin", "python").absolute()), ""
        return "", f"there is no Airflow in {named}, which {VARIABLE} names"
    for package in PACKAGES:
        try:
            version(package)
        except PackageNotFoundError:
            return "", f"{package} is not installed here, and {VARIABLE} names no environment with it"
    return sys.executable, ""


def run_dag(folder: Path, python: str, environment: Mapping[str, str], log: Path) -> bool:
    """Run the one DAG in the folder `dags` of a folder, and return whether it came to its end.

    What each of its tasks prints goes to the folder `logs`.

    Parameters
    ----------
    folder
        What Airflow itself writes goes there too.
    python
        The interpreter that Airflow can be imported with.
    environment
        The environment of the tasks.
    log
        The file for what is printed.
    """
    dags, logs = folder / "dags", folder / "logs"
    logs.mkdir()
    kept = {name: value for name, value in environment.items() if not name.startswith(_LEFT_OUT)}
    own = {
        "AIRFLOW_HOME": str(folder / "home"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    }
    asked = json.dumps({"python": sys.executable, "environment": dict(environment)})
    with log.open("wb") as stream:
        # Isolated: beside the program lie modules that are none of Airflow's.
        for words in (["-m", "airflow", "db", "migrate"], [str(_PROGRAM), str(dags), str(logs)]):
            done = subprocess.run(  # noqa: S603  # Airflow, with words of our own
                [python, "-I", *words],
                cwd=folder,
                env={**kept, **own},
                input=asked.encode(),
                stdout=stream,
                stderr=subprocess.STDOUT,
                check=False,
            )
            if done.returncode != 0:
                return False
    return True
