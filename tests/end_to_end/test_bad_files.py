"""Files that are damaged, missing or left over: each is named, and a failure leaves none behind."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Project


def test_a_job_that_fails_leaves_no_result_of_an_earlier_run(project: Project) -> None:
    project.write_instances([{"id": "ratio", "task": "divide"}])
    project.compiled()
    params = project.write_params({"ratio": {"number": 1, "by": 2}})
    script = (sys.executable, project.compile_script(), "--config", params, "--results", "from_script")
    project.finish()
    assert project.call(*script).code == 0
    assert list(project.files()) == ["ratio.json", "ratio.json.provenance.json"]
    project.write_params({"ratio": {"number": 1, "by": 0}})
    assert project.snakemake().code == 1
    run = project.call(*script)
    assert run.code == 1
    assert run.output.count("ZeroDivisionError: division by zero") == 1
    assert project.files() == {}
    assert list((project.folder / "from_script").iterdir()) == []


def test_a_file_too_large_for_the_disk_leaves_nothing_behind(project: Project) -> None:
    project.write_instances(
        [{"id": "text", "task": "fieldkit.faults.long_text", "partial": {"letters": 600_000}}]
    )
    project.compiled()
    # The system refuses what goes beyond 256 blocks of 1 KiB, as it does on a full disk.
    limited = "ulimit -f 256; exec snakemake --profile profiles/local"
    run = project.call("bash", "-c", limited, folder=project.work)
    assert run.code == 1
    message = "error: EW603 the result cannot be stored as text.txt: OSError: [Errno 27] File too large\n"
    assert run.output.count(message) == 1
    assert message in project.log("text")
    assert project.files() == {}


def test_a_result_that_is_damaged_is_named_by_its_reader(project: Project) -> None:
    speeds = "${{ workflow.speeds.return }}"
    project.write_instances(
        [
            {"id": "speeds", "task": "any_speeds"},
            {"id": "winner", "task": "fastest", "partial": {"speeds": speeds}},
        ]
    )
    project.compiled()
    project.finish()
    path = project.results / "speeds.parquet"
    path.write_bytes(path.read_bytes()[:-20])
    run = project.snakemake()
    assert run.code == 1
    message = "error: results/speeds.parquet: EW602 not a readable .parquet file: "
    assert run.output.count(message) == 1
    assert "hint: delete it: the next run makes it again" in project.log("winner")
    path.unlink()
    assert set(project.finish().plan) == {"speeds", "winner"}


def test_an_input_file_that_is_no_parquet_is_told_by_the_task_that_reads_it(project: Project) -> None:
    contents = {"text": b"this is no parquet", "empty": b""}
    project.write_instances([{"id": name, "task": "read_frame"} for name in contents])
    project.compiled()
    for name, content in contents.items():
        (project.work / f"{name}.parquet").write_bytes(content)
    project.write_params({name: {"path": f"{name}.parquet"} for name in contents})
    run = project.snakemake()
    assert run.code == 1
    for name in contents:
        assert run.output.count(f"EW621 {name} (task 'read_frame') raised ArrowInvalid") == 1
    assert project.files() == {}


def test_example_data_that_is_no_parquet_is_named(project: Project) -> None:
    project.write_instances([{"id": "frame", "task": "read_frame"}])
    (project.folder / "example.parquet").write_text("this is no parquet")
    project.compiled("--testing", "--mock-tasks", "read_frame=example.parquet")
    project.write_params({})
    run = project.snakemake()
    assert run.code == 1
    assert run.output.count("error: resources/mocks/frame.parquet: EW602 not a readable .parquet file: ") == 1
