"""Compiled workflows as modules of a Snakefile written by hand: what they are given, and what they leave."""

from __future__ import annotations

import functools
import hashlib
import http.server
import json
import os
import threading
from typing import TYPE_CHECKING, Any

import pytest
from tests.end_to_end.conftest import Project, as_yaml
from tests.end_to_end.test_chunks import items, jobs
from tests.end_to_end.test_fan_out import PARAMS
from tests.end_to_end.test_fan_out import SPEC as HERDS
from tests.standins.kubernetes_image import executors

from ecoscope_workflows.contracts.archives import is_archive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.end_to_end.conftest import Run

SUMS = """\
id: sums
requirements: []
workflow:
  - {id: numbers, task: read_numbers}
  - {id: scaled, task: scale, partial: {numbers: "${{ workflow.numbers.return }}"}}
  - {id: added, task: total, partial: {numbers: "${{ workflow.scaled.return }}"}}
  - {id: said, task: echo}
"""
OUTER = """\
configfile: "config.yaml"


rule all:
    input:
        "north/results/added.json",
        "north/results/said.json",
        "out/south/added.json",
        "herds/results/text.txt",


rule numbers:
    output:
        "{place}/numbers.txt",
    shell:
        "echo 1 2 3 > {output}"


module north:
    snakefile:
        "sums/workflow/Snakefile"
    config:
        config["north"]
    prefix:
        "north"


module south:
    snakefile:
        "sums/workflow/Snakefile"
    config:
        config["south"]
    pathvars:
        results="out/south",
        logs="out/logs",
        benchmarks="out/benchmarks",


module herds:
    snakefile:
        "herding/workflow/Snakefile"
    config:
        config["herds"]
    prefix:
        "herds"


use rule * from north as north_*


use rule * from south as south_*


use rule * from herds as herds_*
"""
# The dates are read by Snakemake, which makes dates of them.
CONFIG: dict[str, Any] = {
    "north": {"numbers": {"path": "numbers.txt"}, "scaled": {"factor": 2}, "said": {"value": "2024-02-29"}},
    "south": {"numbers": {"path": "fetched/numbers.txt"}, "scaled": {"factor": 10}, "said": {"value": "x"}},
    "herds": PARAMS,
}


def configured(folder: Path, changed: dict[str, Any] | None = None) -> None:
    """Write the config of the Snakefile, with a date as people write one."""
    text = as_yaml({**CONFIG, **(changed or {})})
    (folder / "config.yaml").write_text(text.replace('"2024-02-29"', "2024-02-29"))


def snakemake(project: Project, *options: str) -> Run:
    return project.call("snakemake", "--cores", "2", *options, folder=project.work)


@pytest.fixture(scope="module")
def ran(new_project: Callable[[], Project]) -> Project:
    """Return a project with two compiled workflows, whose three uses have run."""
    project = new_project()
    project.work.mkdir()
    compiles = ((SUMS, "sums"), (HERDS, "herding", "--fan-out", "jobs", "--chunk-size", "1"))
    for text, name, *options in compiles:
        project.write_spec(text)
        run = project.call(
            "ecoscope-workflows", "compile", "spec.yaml", "--outpath", f"work/{name}", *options
        )
        assert run.code == 0, run.output
    (project.work / "Snakefile").write_text(OUTER)
    configured(project.work)
    run = snakemake(project)
    assert run.code == 0, run.output
    return project


def value(project: Project, path: str) -> Any:
    return json.loads((project.work / path).read_text())


def test_each_use_has_its_own_params_and_its_own_place(ran: Project) -> None:
    assert value(ran, "north/results/added.json") == 12
    assert value(ran, "out/south/added.json") == 60
    assert value(ran, "north/results/said.json") == "2024-02-29"
    assert (ran.work / "north/logs/added.log").is_file()
    assert (ran.work / "out/logs/added.log").is_file()
    assert not (ran.work / "results").exists()
    assert (ran.work / "herds/results/text.txt").read_text() == "herd north: 3; herd south: 5"
    assert [key for key, _, _ in items(ran.work / "herds/results/counted")] == ["north", "south"]
    chunks = list((ran.work / "herds/results/counted.chunks").iterdir())
    assert len(chunks) == 2
    assert all(map(is_archive, chunks))


@pytest.mark.parametrize(
    ("result", "compiled"),
    [
        ("north/results/added.json", "sums"),
        ("out/south/added.json", "sums"),
        ("herds/results/text.txt", "herding"),
    ],
)
def test_a_result_names_the_spec_that_made_it(ran: Project, result: str, compiled: str) -> None:
    spec = (ran.work / compiled / "workflow" / "spec.yaml").read_bytes()
    assert value(ran, f"{result}.provenance.json")["spec"] == hashlib.sha256(spec).hexdigest()


def test_a_changed_param_is_of_one_use_and_of_what_it_touches(
    ran: Project, copy_of: Callable[[Project], Project]
) -> None:
    project = copy_of(ran)
    assert snakemake(project, "--dry-run").plan == {}
    counts = {"counts": {"north": 3, "south": 6}}
    south = {**CONFIG["south"], "said": {"value": "y"}}
    configured(project.work, {"herds": {**PARAMS, "herd": counts}, "south": south})
    run = snakemake(project)
    assert run.code == 0, run.output
    # The other group is as it was; what `south` says is wanted by nobody.
    assert jobs(run) == {
        f"herds_{name}": 1 for name in ("herd", "grown", "grown_chunk", "counted", "counted_chunk", "text")
    }
    assert (project.work / "herds/results/text.txt").read_text() == "herd north: 3; herd south: 6"


def test_a_fault_of_the_config_names_the_module(ran: Project, copy_of: Callable[[Project], Project]) -> None:
    project = copy_of(ran)
    configured(project.work, {"south": {**CONFIG["south"], "scaled": {"factor": "many"}}})
    run = snakemake(project, "--dry-run")
    assert run.code != 0
    assert "error: config of module south: EW406 scaled.factor: " in run.output
    assert "Traceback" not in run.output


def test_object_storage_is_refused(ran: Project) -> None:
    storage = ("--default-storage-provider", "fs", "--default-storage-prefix", str(ran.folder / "storage"))
    path = os.pathsep.join([str(ran.site), str(executors())])
    run = ran.call("snakemake", "--dry-run", *storage, folder=ran.work, PYTHONPATH=path)
    assert run.code != 0
    assert "error: EW646 module north: results of a module cannot be in object storage" in run.output


@pytest.fixture
def served(ran: Project) -> Iterator[str]:
    """Serve the compiled workflows at an address of this machine."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(ran.work))
    handler.log_message = lambda *_: None  # type: ignore[attr-defined]  # the terminal is the tests'
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_module_can_be_elsewhere_and_takes_its_params_from_a_file(project: Project, served: str) -> None:
    project.work.mkdir()
    lines = ["module far:", "    snakefile:", f'        "{served}/sums/workflow/Snakefile"']
    (project.work / "Snakefile").write_text("\n".join([*lines, "", "", "use rule * from far", ""]))
    # What `snakedeploy` writes has such a file too, and no other params.
    project.write_params({**CONFIG["north"], "scaled": {"factor": "many"}})
    run = snakemake(project, "--dry-run")
    assert "error: config/params.yaml:" in run.output
    assert "EW406 scaled.factor: " in run.output
    project.write_params(CONFIG["north"])
    (project.work / "numbers.txt").write_text("1 2 3")
    run = snakemake(project, "--dry-run")
    assert run.plan == {"numbers": 1, "scaled": 1, "added": 1, "said": 1}, run.output
