"""The Airflow DAG: Python as it stands, whatever a spec says; what each task is told and waits for."""

from __future__ import annotations

import ast
import json
import re
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import jinja2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.end_to_end.conftest import as_yaml

from ecoscope_workflows.errors import TargetError
from ecoscope_workflows.graph.forms import json_schemas
from ecoscope_workflows.graph.params import ParamsModel
from ecoscope_workflows.targets.airflow import Pods, airflow
from ecoscope_workflows.targets.quoting import literal
from ecoscope_workflows.targets.view import view

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from ecoscope_workflows.graph.model import Graph

    GraphOf = Callable[..., Graph]

# As long as a name may be.
LONG = "doubled_and_in_a_rather_long_name"[:32]
LAST = "shown_at_the_end_of_all_the_others"[:32]
WORKFLOW = """\
  - {id: numbers, task: load, name: Read the numbers.}
  - {id: json, task: work, partial: {values: "${{ workflow.numbers.return }}", count: 3}}
  - {id: words, task: caption}
  - {id: sites, task: by_site}
  - id: LONG
    task: double
    mapvalues: {argnames: value, argvalues: "${{ workflow.sites.return }}"}
  - {id: again, task: work, partial: {values: "${{ workflow.numbers.return }}"}}
  - id: LAST
    task: show
    partial:
      title: "${{ workflow.words.return }}"
      parts: ["${{ workflow.json.return }}", "${{ workflow.LONG.return }}", "${{ workflow.again.return }}"]
  - {id: page, task: show, partial: {parts: ["${{ workflow.LAST.return }}", "${{ env.SITE }}"]}}
""".replace("LONG", LONG).replace("LAST", LAST)
TEXTS = [
    *(
        "{{ run_id }}",
        "{{{",
        "{%",
        "{#",
        "%}",
        "{",
        "}}",
        "$(HOME)",
        "$$",
        "$",
        "\\",
        "\\u0024",
        "\\u007b",
        "#",
    ),
    *(
        '"',
        "'",
        '"""',
        "'''",
        "\n",
        "\r",
        "\u2028",
        "\x85",
        "\x00",
        "é",
        "日本",
        "😀",
        "a",
        " ",
        "%",
        ".json",
    ),
]
texts = st.lists(st.sampled_from(TEXTS), max_size=8).map("".join)


def made(graph: Graph, params: Any = None, pods: Pods | None = None, **mocks: str) -> str:
    schemas = json_schemas(ParamsModel.of(graph, tuple(mocks)))
    return airflow(view(graph, mocks, testing=bool(mocks)), schemas, params or {}, pods)


def constants(text: str) -> dict[str, Any]:
    """Return what the file says of the workflow, without the modules that only Airflow has."""
    kept: list[ast.stmt] = [
        node
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef)
        or (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) not in {"PARAMS", "POD"})
    ]
    names: dict[str, Any] = {"json": json, "re": re}
    exec(compile(ast.Module(kept, []), "dag", "exec"), names)  # noqa: S102  # the file under test
    return names


def operators(text: str) -> dict[str, dict[str, Any]]:
    """Return the arguments of each operator that are plain data, by its variable."""
    (block,) = [node for node in ast.parse(text).body if isinstance(node, ast.With)]
    found: dict[str, dict[str, Any]] = {}
    for node in block.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            words = {word.arg or "": ast.unparse(word.value) for word in node.value.keywords}
            found[ast.unparse(node.targets[0])] = words
    return found


def edges(text: str) -> list[str]:
    (block,) = [node for node in ast.parse(text).body if isinstance(node, ast.With)]
    return [ast.unparse(node) for node in block.body if isinstance(node, ast.Expr)]


def test_a_dag_is_formatted_and_clean(graph_of: GraphOf, tmp_path: Path) -> None:
    path = tmp_path / "dag.py"
    path.write_text(made(graph_of(WORKFLOW), {"numbers": {"path": "x.txt"}}), encoding="utf-8")
    options = ["--isolated", "--no-cache"]
    for words in (
        ["format", "--check"],
        ["check", "--select", "E,F,I,UP,B,S,RUF", "--ignore", "E501,B018"],
    ):
        done = subprocess.run(["ruff", *words, *options, path], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


def test_the_same_spec_makes_the_same_dag(graph_of: GraphOf) -> None:
    assert made(graph_of(WORKFLOW)) == made(graph_of(WORKFLOW))


def test_tasks_wait_for_those_they_need_and_for_the_check_of_the_params(graph_of: GraphOf) -> None:
    text = made(graph_of(WORKFLOW))
    # A name that the file itself uses gets an underscore; a cheap instance has no task.
    assert list(operators(text)) == ["check_params", "numbers", "json_", "sites", LONG, "again", LAST, "page"]
    assert operators(text)["json_"]["task_id"] == "'json'"
    assert edges(text) == [
        "check_params >> [numbers, sites]",
        "numbers >> json_",
        f"sites >> {LONG}",
        "numbers >> again",
        f"[json_, {LONG}, again] >> {LAST}",
        f"{LAST} >> page",
    ]


def test_a_task_is_told_its_files_and_limits(graph_of: GraphOf) -> None:
    told = operators(made(graph_of(WORKFLOW)))
    words = ["json", "--input", "values=numbers.json", "--timeout", "90", "--output", "json.json"]
    assert ast.literal_eval(told["json_"]["arguments"]) == words
    assert told["json_"]["image"] == "'registry.example/heavy:1.2'"
    assert told["json_"]["retries"] == "2"
    assert told["json_"]["execution_timeout"] == "timedelta(seconds=690)"
    asked = "requests={'cpu': '4', 'memory': '4000M'}, limits={'memory': '4000M'}"
    assert told["json_"]["container_resources"] == f"k8s.V1ResourceRequirements({asked})"
    assert told["numbers"].keys() == {"task_id", "arguments"}
    assert ast.literal_eval(told[LONG]["arguments"])[1:5] == [
        "--each",
        f"{LONG}=sites.json",
        "--threads",
        "1",
    ]


def test_a_pod_is_asked_for_what_an_instance_says(graph_of: GraphOf) -> None:
    workflow = "  - {id: total, task: load, resources: {threads: 2, mem_mb: 5, disk_mb: 7, runtime: 3}}\n"
    told = operators(made(graph_of(workflow)))["total"]
    asked = "{'cpu': '2', 'memory': '5M', 'ephemeral-storage': '7M'}"
    assert f"requests={asked}, limits={{'memory': '5M'}}" in told["container_resources"]
    # Three minutes, and the ten that a pod may wait for its node.
    assert told["execution_timeout"] == "timedelta(seconds=780)"


def test_the_runner_is_told_what_the_spec_gives(graph_of: GraphOf) -> None:
    told = constants(made(graph_of(WORKFLOW)))["WORKFLOW"]["instances"]
    assert told["numbers"] == {"task": "demo.tasks:load", "files": ["path"]}
    assert told["json"] == {"task": "demo.tasks:work", "bound": {"count": 3}, "wired": ["values"]}
    assert told[LAST]["calls"] == ["words"]
    assert told["words"] == {"task": "demo.tasks:caption"}
    assert told[LONG] == {"task": "demo.tasks:double", "mapvalues": "value"}


def test_a_mocked_instance_needs_no_params_and_what_only_it_needs_has_no_task(graph_of: GraphOf) -> None:
    text = made(graph_of(WORKFLOW), None, None, json="/examples/1.json", again="/examples/2.json")
    assert "numbers" not in operators(text)
    told = constants(text)["WORKFLOW"]["instances"]
    assert told["json"] == {
        "task": "demo.tasks:work",
        "mock": "/examples/1.json",
        "wired": ["count", "values"],
    }
    assert "# FOR TESTING ONLY. Example data stands in for the results of: json, again." in text


@pytest.mark.parametrize(
    ("cache_root", "volume", "root", "store"),
    [
        ("", "claim", "/mnt/ecoscope-workflows", "/mnt/ecoscope-workflows/"),
        ("results", "claim:/data", "/data", "/data/results/"),
        ("/shared/runs", "claim", "/shared/runs", "/shared/runs/"),
        ("gcs://bucket/runs/", "claim:/data", "/data", "gcs://bucket/runs/"),
    ],
)
def test_results_are_on_the_volume_and_the_store_at_the_cache_root(
    graph_of: GraphOf, cache_root: str, volume: str, root: str, store: str
) -> None:
    graph = graph_of(WORKFLOW)
    laid_out = replace(view(graph), cache_root=cache_root)
    names = constants(airflow(laid_out, {}, {}, Pods(volume=volume)))
    assert (names["VOLUME"], names["ROOT"]) == ("claim", root)
    assert names["WORKFLOW"]["store"] == f"{store}.ecoscope-workflows/store"


def test_a_schedule_needs_every_param(graph_of: GraphOf) -> None:
    with pytest.raises(TargetError, match=r"EW761 a run by schedule would lack numbers\.path"):
        made(graph_of(WORKFLOW), None, Pods(schedule="@daily"))
    text = made(graph_of(WORKFLOW), {"numbers": {"path": "x.txt"}}, Pods(schedule="@daily"))
    assert 'schedule="@daily",' in text
    assert "schedule=None," in made(graph_of(WORKFLOW))


def test_more_than_a_variable_holds_is_refused(graph_of: GraphOf) -> None:
    spec = f'  - {{id: words, task: show, partial: {{parts: "{"x" * 140_000}"}}}}\n'
    with pytest.raises(TargetError, match="EW762 the values in the spec take 1400"):
        made(graph_of(spec))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=texts, key=texts)
def test_no_text_of_a_spec_is_code_or_filled_in(graph_of: GraphOf, text: str, key: str) -> None:
    steps = [{"id": "page", "name": f"x{text}", "task": "show", "partial": {"parts": {key: f"x{text}x"}}}]
    pods = Pods(image=f"x{text}", secret=text, volume=f"x{key}:/a")
    program = made(graph_of(as_yaml(steps)), {"page": {"title": text}}, pods)
    names = constants(program)
    assert operators(program).keys() == {"check_params", "page"}
    assert names["ENVIRONMENT"] == text
    expected = {key: f"x{text}x"}
    bound = names["WORKFLOW"]["instances"]["page"]["bound"]["parts"]
    assert bound in (expected, {"$literal": expected})
    as_text = names["as_json"](names["WORKFLOW"])
    # As Airflow renders it, and then Kubernetes.
    rendered = jinja2.Environment(autoescape=True).from_string(as_text).render(run_id="PWNED")
    assert "$" not in rendered
    assert json.loads(rendered) == names["WORKFLOW"]
    assert literal({"title": text}, 2) in program


def test_params_reach_a_pod_as_they_are(graph_of: GraphOf) -> None:
    program = made(graph_of(WORKFLOW))
    (line,) = [line for line in program.splitlines() if "ECOSCOPE_WORKFLOWS_PARAMS" in line]
    (template,) = ast.literal_eval("{" + line.strip() + "}").values()
    params: Mapping[str, Any] = {"page": {"title": [*TEXTS, "".join(TEXTS), 1.5, None]}}
    rendered = jinja2.Environment(autoescape=False).from_string(template).render(params=params)  # noqa: S701
    assert "$" not in rendered
    assert json.loads(rendered) == params
