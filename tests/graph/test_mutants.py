"""Whatever somebody writes in a spec or params: a report with places, never a traceback."""

from __future__ import annotations

import dataclasses
import json
from datetime import datetime
from functools import cache
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Annotated, Any, Literal

import pytest
from pydantic import BaseModel, BeforeValidator, Field
from tests.standins.mutants import mutant
from tests.standins.published_tasks import stub_catalog

from ecoscope_workflows.annotations import AnyDataFrame, AnyGeoDataFrame, DataFrame, Html, InputFile
from ecoscope_workflows.cli.github import as_commands
from ecoscope_workflows.cli.reporting import as_json_list, as_texts
from ecoscope_workflows.cli.sarif import as_sarif
from ecoscope_workflows.compiler.checking import check_specs
from ecoscope_workflows.compiler.compile import SCRIPT, SNAKEMAKE, Request, compile_graph
from ecoscope_workflows.errors import EcoscopeWorkflowsError, Problem
from ecoscope_workflows.graph.export import as_data
from ecoscope_workflows.graph.forms import json_schemas, yaml_form
from ecoscope_workflows.graph.params import ParamsModel
from ecoscope_workflows.graph.resolve import resolve
from ecoscope_workflows.graph.rjsf import form_schema
from ecoscope_workflows.registry.catalog import Catalog, installed_catalog
from ecoscope_workflows.spec.load import load_spec
from ecoscope_workflows.tasks.schemas import Relocations, Trajectory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecoscope_workflows.registry.signature import TaskInfo

ROOT = Path(__file__).parents[2]
MUTANTS, CHUNKS = 2000, 20
# Larger ones have the same mistakes to make, and take longer.
MAX_SIZE = 20_000
# The file as a whole is at fault, or lacks something.
WITHOUT_LINE = {"EW200", "EW210", "EW404"}


# Everything that the grammar has, published or not.
INNER = """\
id: inner
requirements: []
workflow:
  - {id: fixes, task: load_relocations}
  - {id: relocs, task: process_relocations, partial: {observations: "${{ workflow.fixes.return }}"}}
"""
FULL = """\
id: full
requirements:
  - {name: pandas, version: "2.*", channel: conda-forge}
  - {requirement: "numpy>=1.26"}
  - {name: kit, git: "https://example.org/kit.git", tag: v1, extras: [geo]}
metadata:
  name: Full
  description: All there is.
  license: BSD-3-Clause
  maintainers: [{name: A, email: a@example.org}]
  environment: {TRACKS: The file of fixes.}
vars: {region: north, crs: "EPSG:32637", size: 250, shares: [50, 95]}
rjsf-overrides:
  properties: {density.title: Density}
  uiSchema: {density.expansion_factor.ui:help: Metres}
task-instance-defaults: {skipif: {conditions: [any_is_empty_df, any_dependency_skipped]}}
workflow:
  - include: inner.yaml
    prefix: north_
    partial: {fixes: {path: "${{ vars.region }}.parquet"}}
  - type: task-group
    title: Tracks
    description: From fixes to steps.
    tasks:
      - name: Steps
        id: steps
        task: ecoscope_workflows.tasks.readme.relocations_to_trajectory
        partial: &bounds {relocations: "${{ workflow.north_relocs.return }}", max_speed_kmhr: 120}
        resources: {mem_mb: 2000, threads: 2}
        retries: 2
        timeout: 600
      - name: null
        id: again
        task: ecoscope_workflows.tasks.readme.relocations_to_trajectory
        partial: {<<: *bounds, max_speed_kmhr: 10}
  - id: density
    task: calculate_time_density
    partial:
      trajectory_gdf: ${{ workflow.steps.return }}
      crs: ${{ vars.crs }}
      pixel_size: ${{ vars.size }}
      percentiles: ${{ vars.shares }}
    skipif: {conditions: [never], unpack_depth: 2}
  - id: pages
    task: ecoscope_workflows.tasks.readme.draw_ecomap
    partial: {title: "${{ vars.region }}: ${{ vars.size }} m"}
    map:
      argnames: [geodataframe]
      argvalues: ["${{ workflow.density.return }}", "${{ workflow.density.return }}"]
"""


class Options(BaseModel):
    """Stands for the models that tasks take."""

    name: str
    size: int = Field(3, ge=1)
    inner: list[Options] = []


TYPES: tuple[Any, ...] = (
    Any,
    None,
    str,
    int,
    float | None,
    bool,
    datetime,
    Path,
    Html,
    InputFile,
    Options,
    list[Options] | None,
    Literal["a", "b", 3],
    Annotated[int, Field(ge=0, lt=10)],
    Annotated[list[str], BeforeValidator(list)],
    list[int],
    set[str],
    tuple[int, str],
    tuple[float, ...],
    dict[str, int | list[str]],
    AnyDataFrame,
    AnyDataFrame | None,
    AnyGeoDataFrame,
    DataFrame[Relocations],
    DataFrame[Trajectory],
    list[DataFrame[Relocations]],
    list[tuple[str, AnyDataFrame]],
    list[tuple[tuple[str, str], DataFrame[Trajectory]]],
)


@dataclasses.dataclass(frozen=True)
class Original:
    """A real spec, with tasks that it fits and params that fit it."""

    text: str
    catalog: Catalog
    params: str

    def tasks(self) -> Catalog:
        return self.catalog


def typed(task: TaskInfo, random: Random) -> TaskInfo:
    """Return a task with some other types."""
    parameters = {
        name: dataclasses.replace(parameter, annotation=random.choice(TYPES))
        if random.random() < 0.2
        else parameter
        for name, parameter in task.parameters.items()
    }
    returns = random.choice(TYPES) if random.random() < 0.4 else Any
    return dataclasses.replace(task, parameters=parameters, returns=returns)


def params_of(spec: Path, catalog: Catalog) -> str:
    """Return params with a value for each parameter, of about the right type."""
    try:
        model = ParamsModel.of(resolve(load_spec(spec), catalog))
    except EcoscopeWorkflowsError:
        return "{}\n"
    examples = {"string": "text", "integer": 3, "number": 1.5, "boolean": True, "array": [1], "object": {}}
    return json.dumps(
        {
            name: {key: examples.get(schema.get("type")) for key, schema in part["properties"].items()}
            for name, part in json_schemas(model).items()
        },
        indent=1,
    )


@cache
def catalogs(reference_data: Path) -> tuple[Catalog, Catalog]:
    """Return stubs of all published tasks, as they are and with other types."""
    published = reference_data / "published-specs"
    signatures = json.loads((published / "task-signatures.json").read_text(encoding="utf-8"))
    plans = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(published.glob("*.plan.json"))]
    # Tasks have moved from package to package; here each has one home.
    homes = {task["function"]: task for plan in plans for task in plan["tasks"]}
    stubs = stub_catalog(signatures, {"tasks": homes.values()})
    random = Random("types")  # noqa: S311  # the same types each time
    return stubs, Catalog.of(typed(task, random) for task in stubs)


@cache
def originals(reference_data: Path) -> tuple[Original, ...]:
    found = []
    for spec in sorted(ROOT.glob("specs/*/spec.yaml")):
        params = spec.with_name("params.yaml").read_text(encoding="utf-8")
        found += [Original(spec.read_text(encoding="utf-8"), installed_catalog(), params)] * 5
    found += [Original(FULL, installed_catalog(), "{}\n")] * 15
    for plan in sorted((reference_data / "published-specs").glob("*.plan.json")):
        spec = plan.with_name(f"{plan.name.removesuffix('.plan.json')}.yaml")
        if spec.stat().st_size <= MAX_SIZE:
            text = spec.read_text(encoding="utf-8")
            stubs, other = catalogs(reference_data)
            found += [Original(text, stubs, params_of(spec, stubs))] * 2
            found.append(Original(text, other, params_of(spec, other)))
    return tuple(found)


def in_every_format(problems: Sequence[Problem]) -> None:
    for render in (as_texts, as_json_list, as_sarif, as_commands):
        render(problems).encode()


def used(spec: Path, catalog: Catalog) -> None:
    """Do with an accepted mutant what the commands do."""
    graph = resolve(load_spec(spec), catalog)
    model = ParamsModel.of(graph)
    json.dumps(json_schemas(model))
    yaml_form(model).encode()
    json.dumps(as_data(graph))
    for refused_or_done in (
        lambda: form_schema(graph),
        lambda: compile_graph(graph, Request(spec, SNAKEMAKE)),
        lambda: compile_graph(graph, Request(spec, SCRIPT)),
    ):
        try:
            refused_or_done()
        except EcoscopeWorkflowsError as error:
            in_every_format(error.problems)


@pytest.mark.slow
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_mutant_is_accepted_or_reported_with_a_place(
    chunk: int, reference_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    spec, params = Path("spec.yaml"), Path("params.yaml")
    Path("inner.yaml").write_text(INNER, encoding="utf-8")
    rejected = 0
    for number in range(MUTANTS // CHUNKS):
        random = Random(f"{chunk}-{number}")  # noqa: S311  # as above
        original = random.choice(originals(reference_data))
        of_the_spec = random.random() < 0.75
        spec.write_bytes(mutant(original.text, random) if of_the_spec else original.text.encode())
        params.write_bytes(original.params.encode() if of_the_spec else mutant(original.params, random))
        found = check_specs([spec], params, find_tasks=original.tasks)
        errors = [problem for problem in found if problem.severity == "error"]
        in_every_format(found)
        if errors:
            rejected += 1
            places = [problem.where for problem in errors if problem.where]
            assert any(where.line >= 1 and where.column >= 1 for where in places) or (
                places and {problem.code for problem in errors} <= WITHOUT_LINE
            ), (chunk, number, errors)
        if not any(problem.where and problem.where.file == "spec.yaml" for problem in errors):
            used(spec, original.catalog)
    assert 20 <= rejected <= MUTANTS // CHUNKS
