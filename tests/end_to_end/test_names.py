"""Ids and arguments with names that mean something to Python or Snakemake: they work, or are refused."""

from __future__ import annotations

import builtins
import keyword
import sys
from typing import TYPE_CHECKING

import pytest
from snakemake import parser
from snakemake.iocontainers import InputFiles

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Project

# Every word that the parser knows, and the attributes that Snakemake keeps for itself.
OF_SNAKEMAKE = {
    *(*parser.Python.subautomata, *parser.Rule.subautomata, *dir(InputFiles)),
    *("workflow", "rules", "config", "wildcards", "snakemake", "expand", "temp", "checkpoints", "lookup"),
}
OF_THE_PROGRAMS = {
    "compiled",
    "Compiled",
    "main",
    "Script",
    "Instance",
    "self",
    "env",
    "task",
    "args",
    "results",
}
UNUSUAL = {"_", "_private", "lambda_", "match", "case", "type_", "x1", "rule_all", "os", "sys", "X"}
REFUSED = {
    *("__use_yte__", "all", "checkpoint", "config", "module", "rule", "rules", "storage", "use", "workflow")
}
IDS = sorted(
    name
    for name in OF_SNAKEMAKE | OF_THE_PROGRAMS | UNUSUAL
    if name.isidentifier()
    and not keyword.iskeyword(name)
    and name not in dir(builtins)
    and name not in REFUSED
)
RUN = (
    "threads",
    "output",
    "params",
    "size",
    "index",
    "sort",
    "lambda_",
    "run",
    "shell",
    "self",
    "_",
    "count",
)
ARGUMENTS = (
    *("input", "output", "params", "log", "threads", "resources", "wildcards", "rule", "count", "index"),
    *(
        "items",
        "get",
        "keys",
        "values",
        "sort",
        "size",
        "size_mb",
        "update",
        "self",
        "instance",
        "task",
        "args",
    ),
    *("bound", "example", "workflow", "results", "match", "_names", "_hidden", "x_1", "x_2"),
)


def test_ids_that_mean_something_to_the_programs_work_in_both_targets(project: Project) -> None:
    project.write_instances([{"id": name, "task": "echo", "partial": {"value": [name]}} for name in IDS])
    project.compiled()
    assert project.snakemake("--dry-run").plan == dict.fromkeys(IDS, 1)
    run = project.snakemake(*(f"results/{name}.json" for name in RUN))
    assert run.code == 0, run.output + project.logs()
    assert {name: project.value(name) for name in RUN} == {name: [name] for name in RUN}
    script = project.compile_script()
    run = project.call(sys.executable, script, "--results", "from_script")
    assert run.code == 0, run.output
    for name, content in project.files().items():
        assert (project.folder / "from_script" / name).read_bytes() == content


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_an_id_that_cannot_name_a_rule_is_refused(project: Project, name: str) -> None:
    project.write_instances([{"id": name, "task": "echo", "partial": {"value": 1}}])
    run = project.compile()
    assert run.code == 1
    assert f"{name!r}" in run.output
    assert "spec.yaml:4:9" in run.output


def test_arguments_may_have_any_name(project: Project) -> None:
    names = ("one", "two", "three")
    sources = [f"${{{{ workflow.{name}.return }}}}" for name in names]
    everything = {name: number % 3 + 1 for number, name in enumerate(ARGUMENTS)} | {"x": [2, 3]}
    references = {name: sources[number % 3] for number, name in enumerate(ARGUMENTS)} | {"x": sources[1:]}
    project.write_instances(
        [
            *({"id": name, "task": "echo", "partial": {"value": names.index(name) + 1}} for name in names),
            {"id": "referring", "task": "reserved", "partial": references},
            {"id": "in_spec", "task": "reserved", "partial": everything},
            {"id": "in_params", "task": "reserved"},
        ]
    )
    project.compiled()
    params = project.write_params({"in_params": everything})
    project.finish()
    for name in ("referring", "in_spec", "in_params"):
        assert project.value(name) == everything
    script = project.compile_script()
    run = project.call(sys.executable, script, "--config", params, "--results", "from_script")
    assert run.code == 0, run.output
    assert (project.folder / "from_script" / "referring.json").read_bytes() == project.files()[
        "referring.json"
    ]
