"""Bad specs and what is said of them: pairs of files `NNN-name.yaml` and `NNN-name.txt` in `bad_specs/`."""

from __future__ import annotations

from pathlib import Path

from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.errors import SpecError
from ecoscope_workflows.graph.resolve import resolve
from ecoscope_workflows.registry.catalog import Catalog, installed_catalog
from ecoscope_workflows.registry.signature import task_info
from ecoscope_workflows.spec.load import load_spec

FOLDER = Path(__file__).with_name("bad_specs")
ACCEPTED = "this spec is accepted"


class Connection:
    """A class that pydantic knows nothing of."""


@distributed
def open_connection() -> Connection:
    """Open a connection, which is no data."""
    return Connection()


@distributed
def count_rows(connection: Connection) -> int:
    """Count the rows behind a connection."""
    return len(str(connection))


@distributed
def run(x: int) -> int:
    """Stand for two tasks of one name."""
    return x


def catalog() -> Catalog:
    """Return the built-in tasks and those above, whatever else is installed here."""
    built_in = [task for task in installed_catalog() if task.module.startswith("ecoscope_workflows.tasks.")]
    return Catalog.of(
        [
            *built_in,
            task_info(open_connection, "db.tasks", "open_connection", "db 1.0"),
            task_info(count_rows, "db.tasks", "count_rows", "db 1.0"),
            task_info(run, "pkg_a.tasks", "run", "pkg-a 1.0"),
            task_info(run, "pkg_b.tasks", "run", "pkg-b 2.0"),
        ]
    )


def message(spec: Path) -> str:
    """Return what is said of a bad spec, with the name of its file in place of its path."""
    try:
        resolve(load_spec(spec), catalog())
    except SpecError as error:
        return str(error).replace(str(spec), spec.name) + "\n"
    return ACCEPTED


def regenerate() -> None:
    """Write every expected message anew."""
    for spec in sorted(FOLDER.glob("*.yaml")):
        spec.with_suffix(".txt").write_text(message(spec), encoding="utf-8")
