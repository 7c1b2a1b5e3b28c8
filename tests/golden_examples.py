"""The compiled examples: what `make golden` writes, and what the tests compare with a fresh compile."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from ecoscope_workflows.compiler.artifacts import write
from ecoscope_workflows.compiler.compile import SCRIPT, Request, compile_workflow

if TYPE_CHECKING:
    from ecoscope_workflows.compiler.artifacts import Artifact

ROOT = Path(__file__).parents[1]
SPECS = sorted(path.parent.name for path in ROOT.glob("specs/*/spec.yaml"))
SCRIPTS = ROOT / "tests" / "targets" / "golden"


def compiled(name: str) -> list[Artifact]:
    """Compile an example into the files of its folder in `rules/`."""
    return compile_workflow(Request(ROOT / "specs" / name / "spec.yaml"))


def compiled_script(name: str) -> bytes:
    """Compile an example into a script."""
    return compile_workflow(Request(ROOT / "specs" / name / "spec.yaml", SCRIPT))[0].content


def regenerate() -> None:
    """Write `rules/` and the golden scripts anew."""
    for name in SPECS:
        folder = ROOT / "rules" / name
        if folder.exists():
            shutil.rmtree(folder)
        write(compiled(name), folder)
        SCRIPTS.mkdir(exist_ok=True)
        (SCRIPTS / f"{name}.py").write_bytes(compiled_script(name))


if __name__ == "__main__":
    regenerate()
