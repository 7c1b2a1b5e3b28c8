"""What a pod is told becomes the command line that a Snakefile has."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ecoscope_workflows.runtime.known_fingerprints import known_fingerprints
from ecoscope_workflows.runtime.pod import (
    PARAMS_VARIABLE,
    RUN_VARIABLE,
    WORKFLOW_VARIABLE,
    main,
    words_of,
)
from ecoscope_workflows.spec.encoding import canonical

TASKS = "ecoscope_workflows.tasks"
WORKFLOW: dict[str, Any] = {
    "name": "demo",
    "skipif": [f"{TASKS}.skip:any_is_empty_df"],
    "instances": {
        "fixes": {"task": f"{TASKS}.io:load_relocations", "files": ["path"], "skipif": []},
        "given": {"task": f"{TASKS}.io:load_relocations", "paths": {"path": "a=b.csv"}},
        "groupers": {"task": f"{TASKS}.groupby:set_groupers"},
        "groups": {
            "task": f"{TASKS}.groupby:split_groups",
            "bound": {"groupers": {"$call": "groupers"}},
            "calls": ["groupers"],
            "wired": ["df"],
        },
        "example": {"task": f"{TASKS}.io:load_relocations", "mock": "example.parquet"},
    },
}
RESULTS = Path("/data/demo/run 1/results")


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def fingerprint(task: str) -> str:
    module, _, name = task.partition(":")
    return f"{task}@{known_fingerprints().of(module, name)}"


def words(instance: str, params: dict[str, Any], *options: str) -> list[str]:
    return words_of([instance, *options], WORKFLOW, {instance: params}, RESULTS)


def test_a_param_that_is_a_file_is_an_input_and_no_argument() -> None:
    task = f"{TASKS}.io:load_relocations"
    expected = ["fixes", "--task", fingerprint(task), "--args", '{"crs": "EPSG:4326"}']
    given = words("fixes", {"path": "tracks.csv", "crs": "EPSG:4326"}, "--output", "fixes.parquet")
    assert given == [*expected, "--input", "path=tracks.csv", "--output", f"{RESULTS}/fixes.parquet"]


def test_files_of_the_spec_stay_and_results_are_in_the_folder_of_the_run() -> None:
    given = words("given", {}, "--output", "given.parquet", "--timeout", "5")
    assert given[5:] == ["--input", "path=a=b.csv", "--output", f"{RESULTS}/given.parquet", "--timeout", "5"]
    given = words("groups", {}, "--input", "df=fixes.parquet", "--each", "groups=x", "--output", "groups")
    assert given[5:] == [
        *("--input", f"df={RESULTS}/fixes.parquet"),
        *("--each", f"groups={RESULTS}/x"),
        *("--output", f"{RESULTS}/groups"),
    ]


def test_cheap_instances_and_conditions_are_told_with_their_fingerprints() -> None:
    skipif = {"conditions": [fingerprint(f"{TASKS}.skip:any_is_empty_df")], "unpack_depth": 1}
    params = {"groupers": {"groupers": [{"$call": "x"}]}, "groups": {}}
    given = words_of(["groups", "--output", "groups"], WORKFLOW, params, RESULTS)
    cheap = {
        "task": fingerprint(f"{TASKS}.groupby:set_groupers"),
        # What only looks like a mark of ours is none.
        "arguments": {"groupers": [{"$literal": {"$call": "x"}}]},
        "$skipif": skipif,
    }
    bound = {"groupers": {"$call": "groupers"}}
    assert given[4] == canonical({**bound, "$skipif": skipif, "$calls": {"groupers": cheap}})


def test_example_data_takes_no_params_and_no_conditions() -> None:
    given = words("example", {"path": "x"}, "--output", "example.parquet")
    assert given[4:7] == ["{}", "--mock", "example.parquet"]


@pytest.mark.parametrize("argv", [[], ["fixes", "--output"]])
def test_a_command_line_that_no_dag_writes_is_answered_with_the_usage(
    argv: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (WORKFLOW_VARIABLE, PARAMS_VARIABLE, RUN_VARIABLE):
        monkeypatch.setenv(name, "{}")
    with pytest.raises(SystemExit, match=r"usage: .* check-params"):
        main(argv)


def test_outside_of_a_dag_it_is_answered_with_the_usage() -> None:
    with pytest.raises(SystemExit, match="A compiled Airflow DAG sets the variables"):
        main(["fixes", "--output", "x"])


def test_params_are_checked_with_what_the_spec_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(WORKFLOW_VARIABLE, json.dumps({**WORKFLOW, "folder": str(tmp_path)}))
    monkeypatch.setenv(RUN_VARIABLE, "run 1")
    params = {"groups": {"df": "x"}, "fixes": {}, "given": {"path": "x"}, "nobody": {}}
    monkeypatch.setenv(PARAMS_VARIABLE, json.dumps(params))
    with pytest.raises(SystemExit) as refused:
        main(["check-params"])
    said = str(refused.value)
    assert "EW403 groups.df is already given in the spec" in said
    assert "EW403 given.path is already given in the spec" in said
    assert "EW404 fixes.path is missing" in said
    assert "EW402 'nobody' is no task instance" in said
    monkeypatch.setenv(PARAMS_VARIABLE, json.dumps({"fixes": {"path": "tracks.csv"}}))
    with pytest.raises(SystemExit, match=r"EW407 fixes\.path: there is no file 'tracks\.csv'"):
        main(["check-params"])
    (tmp_path / "tracks.csv").touch()
    assert main(["check-params"]) == 0
    assert capsys.readouterr() == ("", "")
    assert Path.cwd() == tmp_path
