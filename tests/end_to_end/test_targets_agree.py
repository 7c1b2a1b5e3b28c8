"""Script and Snakemake compute the same, whatever passes between the tasks."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Project

SPEC = """\
id: oddities
requirements: []
workflow:
  - {id: odd, task: odd_values}
  - {id: odd_shown, task: show, partial: {value: {a: "${{ workflow.odd.return }}"}}}
  - {id: table, task: odd_frame}
  - {id: table_shown, task: spoil, partial: {frame: "${{ workflow.table.return }}"}}
  - {id: table_again, task: spoil, partial: {frame: "${{ workflow.table.return }}"}}
  - {id: in_spec, task: show, partial: {value: {z: 1, a: {y: 2, b: 3}}}}
  - {id: in_params, task: show}
  - {id: place, task: show, partial: {value: ["${{ env.FIELDKIT_PLACE }}", "${{ workflow.in_spec.return }}"]}}
"""


def test_every_value_reaches_the_next_task_as_the_same_value(project: Project) -> None:
    project.write_spec(SPEC)
    project.compiled()
    params = project.write_params({"in_params": {"value": {"z": 1.0, "a": {"y": None, "b": "on"}}}})
    run = project.snakemake(FIELDKIT_PLACE="Côte d'Ivoire")
    assert run.code == 0, run.output + project.logs()
    script = project.compile_script()
    command = (sys.executable, script, "--config", params, "--results", "from_script")
    run = project.call(*command, FIELDKIT_PLACE="Côte d'Ivoire")
    assert run.code == 0, run.output
    by_script = {path.name: path.read_bytes() for path in (project.folder / "from_script").iterdir()}
    by_snakemake = {path.name: path.read_bytes() for path in project.results.iterdir()}
    assert by_script.keys() == by_snakemake.keys()
    assert {name: by_script[name] for name in by_script if by_script[name] != by_snakemake[name]} == {
        name: by_snakemake[name] for name in by_script if by_script[name] != by_snakemake[name]
    }
    assert "Côte d'Ivoire" in by_script["place.txt"].decode()
    assert b"Ivoire" not in by_script["place.txt.provenance.json"]
