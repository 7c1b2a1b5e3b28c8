"""A spec file and a target in, the files of a program out."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.compiler.artifacts import Artifact
from ecoscope_workflows.compiler.loading import files_beside, load_graph
from ecoscope_workflows.compiler.mocks import example_file, mocked_instances
from ecoscope_workflows.compiler.planning.manifest import MANIFEST, SNAKEFILE
from ecoscope_workflows.compiler.requirements import environment
from ecoscope_workflows.contracts.describe import type_name
from ecoscope_workflows.contracts.plain import plain
from ecoscope_workflows.errors import ParamsError, Problem, TargetError, did_you_mean
from ecoscope_workflows.graph.forms import json_schemas, yaml_form
from ecoscope_workflows.graph.params import ParamsModel
from ecoscope_workflows.spec.document import parse
from ecoscope_workflows.targets.airflow import Pods, airflow
from ecoscope_workflows.targets.captions import captions
from ecoscope_workflows.targets.catalog import catalog_files
from ecoscope_workflows.targets.ignored import ignored
from ecoscope_workflows.targets.jupytext import Listed, notebook
from ecoscope_workflows.targets.layout import ENVIRONMENT, FOLDERS, Layout
from ecoscope_workflows.targets.manifest import manifest
from ecoscope_workflows.targets.profile_files import profile_files
from ecoscope_workflows.targets.script import script
from ecoscope_workflows.targets.snakemake import config_readme, snakefile
from ecoscope_workflows.targets.view import view

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from ecoscope_workflows.graph.model import Graph

SNAKEMAKE = "snakemake"
SCRIPT = "script-sequential"
JUPYTEXT = "jupytext"
AIRFLOW = "airflow-kubernetes"
TARGETS = (SNAKEMAKE, SCRIPT, JUPYTEXT, AIRFLOW)
SCHEMA = "workflow/schemas/params.schema.json"
PARAMS = "config/params.yaml"
_NOT_GIVEN = "EW404"
_IGNORED = "/.ecoscope-workflows/\n/.snakemake/\n/benchmarks/\n/logs/\n/results/\n"


@dataclass(frozen=True, slots=True)
class Request:
    """What to compile, and into what.

    Parameters
    ----------
    spec
        The spec file.
    target
        One of `TARGETS`.
    template
        A template of the user's for a target that is one file.
    mocks
        For each task to be mocked a file with its result, or None for the packaged example.
    testing
        Whether the program is for testing only.
    pods
        How the pods of an Airflow DAG are run; its image is that of Snakemake's jobs too.
    layout
        How Snakemake's jobs store collections, and how many compute one.
    conda
        Whether Snakemake's rules name the conda environment of the workflow.
    """

    spec: Path
    target: str = SNAKEMAKE
    template: Path | None = None
    mocks: Mapping[str, Path | None] = field(default_factory=dict)
    testing: bool = False
    pods: Pods = field(default_factory=Pods)
    layout: Layout = FOLDERS
    conda: bool = False


def compile_workflow(request: Request) -> list[Artifact]:
    """Compile a spec into the files of a folder.

    Complexity: linear in the number of instances.

    Raises
    ------
    SpecError, TargetError, RegistrationError
        With every fault of the phase that failed.
    """
    return compile_graph(load_graph(request.spec), request)


def compile_graph(graph: Graph, request: Request) -> list[Artifact]:
    """Compile a spec that is already loaded.

    Raises
    ------
    TargetError
        When the target cannot express what the spec asks for.
    """
    if request.target not in TARGETS:
        hint = did_you_mean(request.target, TARGETS)
        raise TargetError(Problem("EW705", f"unknown target {request.target!r}", hint=hint))
    examples = {
        name: file or example_file(graph.nodes[name].task)
        for name, file in mocked_instances(graph, request.mocks).items()
    }
    if request.target == SCRIPT:
        return [_script(request, graph, examples)]
    if request.target == JUPYTEXT:
        return [_notebook(request, graph, examples)]
    if request.target == AIRFLOW:
        return [_dag(request, graph, examples)]
    if request.template is not None:
        what = "a template can replace the targets script-sequential, jupytext and airflow-kubernetes only"
        raise TargetError(Problem("EW706", what, hint="leave out --target"))
    return list(_snakemake(request, graph, examples))


def target_warnings(graph: Graph, request: Request) -> list[Problem]:
    """Return what tasks ask for and the target ignores; of a user's own template nothing is known."""
    if request.template is not None:
        return []
    mocks = dict.fromkeys(mocked_instances(graph, request.mocks), "")
    laid_out = view(graph, mocks, layout=request.layout)
    return ignored(laid_out, request.target, chunks=bool(request.layout.chunk_size))


def _script(request: Request, graph: Graph, examples: Mapping[str, Path]) -> Artifact:
    mocks = {name: str(path.resolve()) for name, path in examples.items()}
    text = script(view(graph, mocks, testing=request.testing), request.template)
    return Artifact(f"{graph.spec.id}.py", text.encode())


def _notebook(request: Request, graph: Graph, examples: Mapping[str, Path]) -> Artifact:
    mocks = {name: str(path.resolve()) for name, path in examples.items()}
    laid_out = view(graph, mocks, testing=request.testing)
    model = ParamsModel.of(graph, tuple(mocks))
    params = _checked_params(model, request.spec)
    text = notebook(graph, laid_out, listed_parameters(model), params, request.template)
    return Artifact(f"{graph.spec.id}.jupytext.py", text.encode())


def _dag(request: Request, graph: Graph, examples: Mapping[str, Path]) -> Artifact:
    mocks = {name: str(path.resolve()) for name, path in examples.items()}
    model = ParamsModel.of(graph, tuple(mocks))
    laid_out = view(graph, mocks, testing=request.testing)
    params = _checked_params(model, request.spec) or {}
    text = airflow(laid_out, json_schemas(model), params, request.pods, request.template)
    return Artifact(f"{graph.spec.id}.airflow.py", text.encode())


def _checked_params(model: ParamsModel, spec: Path) -> dict[str, Any] | None:
    """Return the params beside a spec, if there are any; some may still be missing, but none is wrong."""
    beside = spec.with_name("params.yaml")
    if not beside.is_file():
        return None
    document = parse(beside.read_text(encoding="utf-8"), str(beside))
    try:
        model.validate(document)
    except ParamsError as error:
        faults = [problem for problem in error.problems if problem.code != _NOT_GIVEN]
        if faults:
            raise ParamsError(faults) from None
    return document.value or {}


def _snakemake(request: Request, graph: Graph, examples: Mapping[str, Path]) -> Iterator[Artifact]:
    # The examples become part of the folder, so that it can be moved as a whole.
    mocks = {name: f"resources/mocks/{name}{path.suffix}" for name, path in examples.items()}
    laid_out = view(graph, mocks, testing=request.testing, layout=request.layout)
    model = ParamsModel.of(graph, tuple(mocks))
    program = snakefile(laid_out, image=request.pods.image, conda=request.conda)
    yield Artifact(SNAKEFILE, program.encode())
    yield Artifact(MANIFEST, manifest(laid_out, program).encode())
    for name, text in captions(laid_out):
        yield Artifact(f"workflow/{name}", text.encode())
    yield Artifact(f"workflow/{ENVIRONMENT}", environment(graph.spec))
    yield Artifact("workflow/spec.yaml", request.spec.read_bytes())
    for name in graph.spec.included:
        yield Artifact(f"workflow/{name}", (request.spec.parent / name).read_bytes())
    for path in files_beside(graph, request.spec.parent):
        yield Artifact(f"workflow/{path.name}", path.read_bytes())
    yield Artifact(SCHEMA, (json.dumps(json_schemas(model), indent=2) + "\n").encode())
    yield Artifact("config/README.md", config_readme(laid_out, params_table(model)).encode())
    beside = request.spec.with_name("params.yaml")
    form = beside.read_bytes() if beside.is_file() else yaml_form(model).encode()
    yield Artifact(PARAMS, form, keep=True)
    yield Artifact(".gitignore", _IGNORED.encode(), keep=True)
    for name, text in catalog_files(laid_out, conda=request.conda, image=bool(request.pods.image)):
        yield Artifact(name, text.encode(), keep=True)
    for name, content in profile_files():
        yield Artifact(f"profiles/{name}", content, keep=True)
    for name, path in examples.items():
        yield Artifact(mocks[name], path.read_bytes())
    resources = request.spec.with_name("resources")
    for path in sorted(resources.rglob("*")):
        if path.is_file():
            yield Artifact(
                f"resources/{path.relative_to(resources).as_posix()}", path.read_bytes(), keep=True
            )


def listed_parameters(model: ParamsModel) -> dict[str, list[Listed]]:
    """Return what a notebook lists of the parameters of each instance."""
    return {
        name: [
            Listed(
                name=parameter.name,
                kind=type_name(parameter.annotation),
                default=None
                if parameter.required
                else json.dumps(plain(parameter.default), ensure_ascii=False),
                needed=instance.needs(parameter),
                about=parameter.about,
            )
            for parameter in instance.free.values()
        ]
        for name, instance in model.instances.items()
    }


def params_table(model: ParamsModel) -> list[list[str]]:
    """Return one row per parameter: instance, name, type, default, description."""
    return [
        [
            f"`{name}`",
            f"`{parameter.name}`",
            _cell(type_name(parameter.annotation)),
            "required" if parameter.required else f"`{_cell(json.dumps(plain(parameter.default)))}`",
            _cell(parameter.about),
        ]
        for name, instance in model.instances.items()
        for parameter in instance.free.values()
    ]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def params_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Return the parameters that are in the new schema only, and those in the old one only."""

    def names(schema: Mapping[str, Any]) -> list[str]:
        return [
            f"{instance}.{key}" for instance, part in schema.items() for key in part.get("properties", {})
        ]

    before, after = names(old), names(new)
    return [name for name in after if name not in before], [name for name in before if name not in after]
