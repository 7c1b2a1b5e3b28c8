"""The compiled examples: what `make golden` writes, and what the tests compare with a fresh compile."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from ecoscope_workflows.compiler.artifacts import write
from ecoscope_workflows.compiler.compile import AIRFLOW, JUPYTEXT, SCRIPT, Request, compile_workflow
from ecoscope_workflows.compiler.planning.manifest import SNAKEFILE
from ecoscope_workflows.targets.layout import Layout

if TYPE_CHECKING:
    from ecoscope_workflows.compiler.artifacts import Artifact

ROOT = Path(__file__).parents[1]
SPECS = sorted(path.parent.name for path in ROOT.glob("specs/*/spec.yaml"))
SCRIPTS = ROOT / "tests" / "targets" / "golden"
# The example that is also compiled for a cluster: it goes through groups.
IN_CHUNKS = "elephant_dashboard"


def compiled(name: str) -> list[Artifact]:
    """Compile an example into the files of its folder in `rules/`."""
    return compile_workflow(Request(ROOT / "specs" / name / "spec.yaml"))


def compiled_script(name: str) -> bytes:
    """Compile an example into a script."""
    return compile_workflow(Request(ROOT / "specs" / name / "spec.yaml", SCRIPT))[0].content


def compiled_notebook(name: str) -> bytes:
    """Compile an example into a notebook."""
    return compile_workflow(Request(ROOT / "specs" / name / "spec.yaml", JUPYTEXT))[0].content


def compiled_dag(name: str) -> bytes:
    """Compile an example into an Airflow DAG."""
    return compile_workflow(Request(ROOT / "specs" / name / "spec.yaml", AIRFLOW))[0].content


def compiled_in_chunks(name: str) -> bytes:
    """Compile an example into the Snakefile of a workflow for a cluster."""
    layout = Layout(archives=True, chunk_size=20)
    made = compile_workflow(Request(ROOT / "specs" / name / "spec.yaml", layout=layout))
    return next(artifact.content for artifact in made if artifact.path == SNAKEFILE)


def regenerate() -> None:
    """Write `rules/`, the golden scripts, the golden notebooks and the golden DAGs anew."""
    for name in SPECS:
        folder = ROOT / "rules" / name
        if folder.exists():
            shutil.rmtree(folder)
        write(compiled(name), folder)
        SCRIPTS.mkdir(exist_ok=True)
        (SCRIPTS / f"{name}.py").write_bytes(compiled_script(name))
        (SCRIPTS / f"{name}.jupytext.py").write_bytes(compiled_notebook(name))
        (SCRIPTS / f"{name}.airflow.py").write_bytes(compiled_dag(name))
    (SCRIPTS / f"{IN_CHUNKS}.Snakefile").write_bytes(compiled_in_chunks(IN_CHUNKS))


if __name__ == "__main__":
    regenerate()
