"""An Airflow of its own environment, whose pods a stand-in of Kubernetes runs: DAGs in, what they made out.

Airflow takes seconds to start, so one process of it runs all DAGs that a test module asks for.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.end_to_end.conftest import Project, as_yaml, whole
from tests.standins.kubernetes_airflow import AirflowStandIn
from tests.standins.kubernetes_api import NAMESPACE
from tests.standins.kubernetes_pods import Node

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

AIRFLOW_VARIABLE = "ECOSCOPE_WORKFLOWS_AIRFLOW"
PROGRAM = Path(__file__).with_name("airflow_runs.py")
IMAGE = "registry.example/tracks:1"
SECRET = "tracks-variables"  # noqa: S105  # the name of one
PATIENCE = 600


def environment_of_airflow() -> Path:
    """Return the folder that Airflow is installed in."""
    folder = os.environ.get(AIRFLOW_VARIABLE, "")
    if folder and Path(folder, "bin", "airflow").exists():
        return Path(folder).absolute()
    why = f"no Airflow here: `make tests` installs it, and sets {AIRFLOW_VARIABLE} to the folder it is in"
    if os.environ.get("CI"):
        pytest.fail(why)
    pytest.skip(why)


@dataclass
class Bench:
    """Workflows that are compiled to be run together.

    Parameters
    ----------
    folder
        Where the DAGs and the volume are.
    new_project
        Makes a project.
    """

    folder: Path
    new_project: Callable[[], Project]

    def __post_init__(self) -> None:
        self.projects: dict[str, Project] = {}
        self.asked: list[tuple[str, dict[str, Any] | None]] = []
        self.dags, self.volume = self.folder / "dags", self.folder / "volume"
        for folder in (self.dags, self.volume):
            folder.mkdir()

    def add(
        self, name: str, spec: str | Path, params: Mapping[str, Any] | None = None, *options: str
    ) -> None:
        """Compile a workflow."""
        project = self.projects[name] = self.new_project()
        path = spec if isinstance(spec, Path) else project.folder / "spec.yaml"
        if isinstance(spec, str):
            project.write_spec(spec)
        if params is not None:
            (project.folder / "params.yaml").write_text(as_yaml(params), encoding="utf-8")
        given = ("--image", IMAGE, "--volume", f"tracks:{self.volume}", "--secret", SECRET, *options)
        command = ("compile", "--spec", path, "--target", "airflow", "--outpath", self.dags / f"{name}.py")
        run = project.call("ecoscope-workflows", *command, *given)
        assert run.code == 0, run.output

    def ask(self, name: str, conf: dict[str, Any] | None = None) -> None:
        """Have a DAG run."""
        self.asked.append((name, conf))

    def run(self, airflow: Path, site: Path, variables: Mapping[str, str]) -> Ran:
        """Run all DAGs, one after the other.

        Parameters
        ----------
        airflow
            The environment of Airflow.
        site
            The task packages that are in the image of the pods.
        variables
            What is in the secret.
        """
        paths = [str(site), *filter(None, [os.environ.get("PYTHONPATH", "")])]
        image = {
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"]),
            "PYTHONPATH": os.pathsep.join(paths),
            "PYTHONDONTWRITEBYTECODE": "1",
            "LANG": "C.UTF-8",
        }
        (self.folder / "node").mkdir()
        output, found = self.folder / "output", self.folder / "found.json"
        with AirflowStandIn(Node(self.folder / "node", {IMAGE: image})) as api:
            data = {name: base64.b64encode(text.encode()).decode() for name, text in variables.items()}
            api.secrets[SECRET] = {"metadata": {"name": SECRET}, "data": data}
            environment = self._environment(airflow, api.write_kubeconfig(self.folder / "kubeconfig"))
            with output.open("wb") as log:
                program = [str(one) for one in ("python", PROGRAM, self.dags, found)]
                for command in (["airflow", "db", "migrate"], program):
                    done = subprocess.run(
                        command,
                        env=environment,
                        input=json.dumps(self.asked).encode(),
                        stdout=log,
                        stderr=subprocess.STDOUT,
                        check=False,
                        timeout=PATIENCE,
                    )
                    assert done.returncode == 0, output.read_text(encoding="utf-8")
        said = output.read_text(encoding="utf-8")
        return Ran(self, json.loads(found.read_text(encoding="utf-8")), said, api.manifests)

    def _environment(self, airflow: Path, kubeconfig: Path) -> dict[str, str]:
        connection = {"conn_type": "kubernetes", "extra": {"namespace": NAMESPACE}}
        return {
            "PATH": os.pathsep.join([str(airflow / "bin"), "/usr/bin", "/bin"]),
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "AIRFLOW_HOME": str(self.folder / "home"),
            "AIRFLOW__CORE__DAGS_FOLDER": str(self.dags),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW_CONN_KUBERNETES_DEFAULT": json.dumps(connection),
            "KUBECONFIG": str(kubeconfig),
        }


@dataclass(frozen=True)
class Ran:
    """What came of the DAGs.

    Parameters
    ----------
    bench
        What was run.
    found
        What the program in Airflow's environment tells.
    output
        What it has printed, with the logs of all tasks.
    manifests
        The pods that were asked for.
    """

    bench: Bench
    found: Mapping[str, Any]
    output: str
    manifests: list[dict[str, Any]]

    def of(self, name: str, number: int = 0) -> dict[str, Any]:
        """Return what came of a run of a DAG."""
        numbers = [at for at, (asked, _) in enumerate(self.bench.asked) if asked == name]
        run: dict[str, Any] = self.found["runs"][numbers[number]]
        return run

    def said(self, name: str) -> str:
        """Return the log of the first run of a DAG."""
        return self.output.partition(f"=== {name}\n")[2].partition("\n=== ")[0]

    def results(self, name: str, number: int = 0) -> Path:
        """Return the folder of the results of a run."""
        return self.bench.volume.joinpath(name, str(self.of(name, number)["id"]), "results")

    def made(self, name: str) -> dict[str, bytes]:
        """Return the files of the first run of a DAG, which must have succeeded in all its tasks."""
        run = self.of(name)
        assert "tasks" in run, run
        assert set(run["tasks"].values()) == {"success"}, self.said(name)
        return whole(self.results(name))

    def value(self, name: str, instance: str, number: int = 0) -> Any:
        """Return a result that is stored as JSON."""
        return json.loads((self.results(name, number) / f"{instance}.json").read_text(encoding="utf-8"))

    def by_script(
        self, name: str, spec: Path | None = None, *options: str, place: str = ""
    ) -> dict[str, bytes]:
        """Return the files that the script of the same workflow makes."""
        project = self.bench.projects[name]
        params = (spec or project.folder / "spec.yaml").with_name("params.yaml")
        given = ("--config", params) if params.exists() else ()
        script = project.compile_script(*options, spec=spec)
        run = project.call(
            sys.executable, script, *given, "--results", "from_script/results", FIELDKIT_PLACE=place
        )
        assert run.code == 0, run.output
        return whole(project.folder / "from_script" / "results")
