"""Compiled DAGs in a real Airflow, their pods run by a stand-in of Kubernetes: what they make, how they fail.

Airflow takes seconds to start, so one process of it runs all DAGs; each test looks at its own.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.clusters.dag_bench import SECRET, Bench, Ran, environment_of_airflow
from tests.end_to_end.conftest import Project, as_yaml
from tests.end_to_end.test_injection import FRAGMENTS, is_variable
from tests.end_to_end.test_notebook import HERDING, ODDITIES, PLACE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# What Airflow, Kubernetes or a shell would fill in.
FILLED_IN = [
    *FRAGMENTS,
    "{{ run_id }}",
    "{{{{ run_id }}}}",
    "{{{% if x %}",
    "{# x #}",
    "{{ params | tojson }}",
    "{{ ''.__class__.__mro__ }}",
    "$(HOME)",
    "$$(HOME)",
    "$$$(ECOSCOPE_WORKFLOWS_RUN)",
    "\\u0024(HOME)",
    "x.json",
]
TEXTS = [text for text in FILLED_IN if not is_variable(text)]
ODD = "a\n'''\"\"\"\\ {{ run_id }} {% x\u2028import os\x85\r$(touch PWNED){x}"
FAULTS = """\
id: faults
requirements: []
workflow:
  - {id: divided, task: divide, partial: {number: 1, by: 0}}
  - {id: fine, task: echo, partial: {value: 1}}
  - {id: after, task: echo, partial: {value: "${{ workflow.divided.return }}"}}
"""
ALONE = "id: alone\nrequirements: []\nworkflow: [{id: one, task: echo, partial: {value: 1}}]\n"
SCALING: list[dict[str, Any]] = [
    {
        "id": "numbers",
        "task": "read_numbers",
        "resources": {"mem_mb": 900, "threads": 2},
        "retries": 3,
        "timeout": 90,
    },
    {"id": "check_params", "task": "scale", "partial": {"numbers": "${{ workflow.numbers.return }}"}},
    {"id": "json", "task": "total", "partial": {"numbers": "${{ workflow.check_params.return }}"}},
]


def hostile() -> dict[str, Any]:
    """Return a spec full of what somebody might fill in or execute."""
    bound = {text: [text, {"x": text}] for text in TEXTS if text}
    steps = [
        {"id": "in_spec", "name": ODD, "task": "echo", "partial": {"value": bound}},
        {"id": "in_params", "name": ODD, "task": "echo"},
        {"id": "in_conf", "task": "echo"},
        {"id": "title", "task": "caption", "partial": {"text": ODD}},
        {
            "id": "shown",
            "task": "titled",
            "partial": {"title": "${{ workflow.title.return }}", "number": 1, "key": "k"},
        },
    ]
    metadata = {"name": ODD, "description": ODD, "maintainers": [], "license": ODD}
    return {"id": "hostile", "requirements": [], "metadata": metadata, "workflow": steps}


def lay_out(bench: Bench, examples: Path) -> None:
    """Compile and ask for everything that the tests look at."""
    readme = examples / "calculate_time_density" / "spec.yaml"
    bench.add("calculate_time_density", readme, None, "--testing", "--mock-io", "--schedule", "@daily")
    bench.ask("calculate_time_density")
    # Long, and of nothing that the others do not have: imported alone.
    bench.add("elephant_dashboard", examples / "elephant_dashboard" / "spec.yaml")
    bench.add("oddities", ODDITIES, {"in_params": {"value": {"z": 1.0, "a": {"y": None, "b": "on"}}}})
    bench.ask("oddities")
    given = {"herd": {"counts": {"north": 3, "south": 0}}, "grown": {"by": 1}, "title": {"text": "herd"}}
    bench.add("herding", HERDING, given)
    bench.ask("herding")
    bench.add("hostile", as_yaml(hostile()), {"in_params": {"value": FILLED_IN}})
    bench.ask("hostile", {"in_conf": {"value": {text: text for text in FILLED_IN}}})
    bench.add("faults", FAULTS)
    bench.ask("faults")
    bench.add("alone", ALONE, None, "--image", "registry.example/none:1")
    bench.ask("alone")
    scaling = {"id": "scaling", "requirements": [], "workflow": SCALING}
    bench.add("scaling", as_yaml(scaling), {"check_params": {"factor": 10}})
    (bench.volume / "numbers.txt").write_text("1 2 3")
    bench.ask("scaling", {"numbers": {"path": "numbers.txt"}})
    bench.ask("scaling", {"numbers": {"path": "numbers.txt"}, "number": {}})
    bench.ask("scaling", {"numbers": {"path": "numbers.txt", "paht": "x"}})
    bench.ask("scaling")


@pytest.fixture(scope="module")
def ran(new_project: Callable[[], Project], examples: Path, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Run all DAGs, one after the other."""
    airflow = environment_of_airflow()
    bench = Bench(tmp_path_factory.mktemp("airflow"), new_project)
    lay_out(bench, examples)
    return bench.run(airflow, bench.projects["oddities"].site, {"FIELDKIT_PLACE": PLACE})


def test_airflow_imports_every_dag_and_no_package_of_ours(ran: Ran) -> None:
    assert ran.found["errors"] == {}
    assert sorted(ran.found["dags"]) == sorted(ran.bench.projects)
    # Beside Airflow and the operator of pods, which every DAG of this kind needs, the DAGs alone.
    assert [name for name in ran.found["loaded"] if not name.startswith("unusual_prefix_")] == []


def test_the_readme_example_makes_the_same_files_on_mocked_io(ran: Ran, examples: Path) -> None:
    made = ran.made("calculate_time_density")
    spec = examples / "calculate_time_density" / "spec.yaml"
    assert made == ran.by_script("calculate_time_density", spec, "--testing", "--mock-io")
    assert {"draw_ecomap.html", "calculate_time_density.parquet"} <= made.keys()
    assert ran.found["dags"]["calculate_time_density"]["schedule"] == "@daily"


def test_every_value_reaches_the_next_task_as_in_a_script(ran: Ran) -> None:
    made = ran.made("oddities")
    assert made == ran.by_script("oddities", place=PLACE)
    assert PLACE in made["place.txt"].decode()


def test_a_skipped_result_is_a_marker_and_no_task_is_skipped_by_airflow(ran: Ran) -> None:
    made = ran.made("herding")
    assert made == ran.by_script("herding")
    assert made["text.txt"].decode() == "herd north: 3; herd south: None"


def test_values_full_of_code_reach_their_tasks_to_the_letter(ran: Ran) -> None:
    assert "shown.txt" in ran.made("hostile")
    assert ran.value("hostile", "in_spec") == {text: [text, {"x": text}] for text in TEXTS if text}
    assert ran.value("hostile", "in_params") == FILLED_IN
    assert ran.value("hostile", "in_conf") == {text: text for text in FILLED_IN}
    assert (ran.results("hostile") / "shown.txt").read_bytes().decode().startswith(ODD)
    assert not list(ran.bench.folder.rglob("PWNED*"))


def test_no_value_passes_through_airflow(ran: Ran) -> None:
    runs = [run for run in ran.found["runs"] if "xcoms" in run]
    assert {key for run in runs for key in run["xcoms"]} == {"pod_name", "pod_namespace"}


def test_pods_get_variables_by_the_name_of_a_secret_alone(ran: Ran) -> None:
    for manifest in ran.manifests:
        container = manifest["spec"]["containers"][0]
        assert container["envFrom"] == [{"secretRef": {"name": SECRET, "optional": True}}]
        assert container["command"] == ["python", "-P", "-m", "ecoscope_workflows.runtime.pod"]
        assert PLACE not in json.dumps(manifest, ensure_ascii=False)


def test_a_task_that_fails_says_so_in_the_log_of_airflow_and_the_rest_goes_on(ran: Ran) -> None:
    run = ran.of("faults")
    assert run["state"] == "failed"
    expected = {"check_params": "success", "divided": "failed", "fine": "success", "after": "upstream_failed"}
    assert run["tasks"] == expected
    said = ran.said("faults")
    assert "EW621 divided (task 'divide') raised ZeroDivisionError" in said
    assert sorted(path.name for path in ran.results("faults").glob("[!.]*.json")) == [
        "fine.json",
        "fine.json.provenance.json",
    ]


def test_a_run_takes_its_params_from_the_spec_s_folder_and_from_who_starts_it(ran: Ran) -> None:
    run = ran.of("scaling")
    assert run["tasks"] == dict.fromkeys(("check_params_", "numbers", "check_params", "json"), "success")
    assert ran.value("scaling", "json") == 60


def test_params_are_checked_in_full_before_anything_runs(ran: Ran) -> None:
    run = ran.of("scaling", 1)
    after = dict.fromkeys(("numbers", "check_params", "json"), "upstream_failed")
    assert run["tasks"] == {"check_params_": "failed", **after}
    assert "EW402 'number' is no task instance" in ran.output


def test_a_pod_that_cannot_start_fails_its_task_with_the_reason(ran: Ran) -> None:
    assert ran.of("alone")["tasks"] == {"check_params": "failed", "one": "upstream_failed"}
    assert "registry.example/none:1" in ran.said("alone")


def test_airflow_itself_refuses_what_is_against_the_schema(ran: Ran) -> None:
    assert "paht" in ran.of("scaling", 2)["refused"]
    assert "No value passed" in ran.of("scaling", 3)["refused"]
    numbers = ran.found["dags"]["scaling"]["params"]["numbers"]
    assert not numbers["given"]
    assert numbers["schema"]["required"] == ["path"]
    assert ran.found["dags"]["scaling"]["params"]["check_params"]["value"] == {"factor": 10}


def test_what_a_task_takes_is_what_is_asked_of_kubernetes(ran: Ran) -> None:
    tasks = ran.found["dags"]["scaling"]["tasks"]
    numbers = tasks["numbers"]
    assert numbers["requests"] == {"cpu": "2", "memory": "900M"}
    assert numbers["limits"] == {"memory": "900M"}
    assert (numbers["retries"], numbers["seconds"]) == (3, 690)
    assert numbers["after"] == ["check_params_"]
    assert tasks["json"]["requests"] == {"cpu": "1"}
    assert (tasks["json"]["retries"], tasks["json"]["seconds"]) == (0, None)
    containers = [one["spec"]["containers"][0] for one in ran.manifests]
    (asked, *_) = [one for one in containers if one["args"][0] == "numbers"]
    assert asked["resources"] == {
        "requests": {"cpu": "2", "memory": "900M"},
        "limits": {"memory": "900M"},
    }
    assert "--timeout" in asked["args"]
