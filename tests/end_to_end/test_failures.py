"""Jobs that fail: what is said, where and how often, and what is left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ecoscope_workflows.runtime.timeouts import EXIT_CODE

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.end_to_end.conftest import Project, Run

INSTANCES: list[dict[str, Any]] = [
    {"id": "fine", "task": "echo", "partial": {"value": "well"}},
    {"id": "after_fine", "task": "echo", "partial": {"value": "${{ workflow.fine.return }}"}},
    {"id": "ratio", "task": "divide", "partial": {"number": 1, "by": 0}},
    {"id": "after_ratio", "task": "echo", "partial": {"value": "${{ workflow.ratio.return }}"}},
    {"id": "talker", "task": "talks", "partial": {"number": 7}},
    {"id": "sleepy", "task": "sleeper", "partial": {"seconds": 60.0}},
    {"id": "shot", "task": "killed", "partial": {"sign": "x"}},
    {"id": "typed", "task": "wrong_type"},
    {"id": "gone", "task": "leaves"},
    {"id": "secret", "task": "needs_password"},
    {"id": "promise", "task": "broken_speeds"},
    {"id": "place", "task": "echo", "partial": {"value": ["${{ env.FIELDKIT_PLACE }}"]}},
]
FAULTS = ("column", "dtype", "null", "range", "empty")
for fault in FAULTS:
    speeds = f"${{{{ workflow.make_{fault}.return }}}}"
    INSTANCES.append({"id": f"make_{fault}", "task": "any_speeds", "partial": {"fault": fault}})
    INSTANCES.append({"id": f"use_{fault}", "task": "fastest", "partial": {"speeds": speeds}})
MADE = {"fine", "after_fine", *(f"make_{fault}" for fault in FAULTS)}

# What each failing instance says, from `error:` on.
MESSAGES = {
    "typed": "EW614 typed: the result: expected integer, got 'forty-two'\n  hint: it is whole number",
    "sleepy": "EW622 sleepy: the task took longer than its timeout of 1 s\n"
    "  hint: give it less to do, or raise `timeout=` of the task",
    "secret": "EW613 secret: the environment variable FIELDKIT_PASSWORD is not set\n"
    "  hint: set FIELDKIT_PASSWORD where the workflow runs",
    "place": "EW613 place: the environment variable FIELDKIT_PLACE is not set\n"
    "  hint: set FIELDKIT_PLACE where the workflow runs",
    "promise": "EW614 promise: the result breaks its contract Speeds:\n"
    "  - column 'speed_kmhr': greater_than_or_equal_to(0) (1 row: row 0: -1.0)",
    "use_column": "EW611 use_column: argument 'speeds' breaks its contract Speeds:\n"
    "  - column 'speed_kmhr': is missing",
    "use_dtype": "EW611 use_dtype: argument 'speeds' breaks its contract Speeds:\n"
    "  - column 'speed_kmhr': expected float64, got str",
    "use_null": "EW611 use_null: argument 'speeds' breaks its contract Speeds:\n"
    "  - column 'animal': must not be null (2 rows: row 0: nan, row 1: nan)",
    "use_range": "EW611 use_range: argument 'speeds' breaks its contract Speeds:\n"
    "  - column 'speed_kmhr': greater_than_or_equal_to(0) (8 rows: row 0: -8.0, row 1: -7.0, "
    "row 2: -6.0, row 3: -5.0, row 4: -4.0, ...)",
}
TRACEBACKS = {
    "ratio": """\
EW621 ratio (task 'divide') raised ZeroDivisionError
Traceback (most recent call last):
  File "{site}/fieldkit/faults.py", line 00, in divide
    return quotient(number, by)
           ^^^^^^^^^^^^^^^^^^^^
  File "{site}/fieldkit/faults.py", line 00, in quotient
    return number / by
           ~~~~~~~^~~~
ZeroDivisionError: division by zero
""",
    "talker": """\
EW621 talker (task 'talks') raised ValueError
Traceback (most recent call last):
  File "{site}/fieldkit/faults.py", line 00, in talks
    raise ValueError(f"of the number {{number}}")
ValueError: of the number 7
""",
    "gone": """\
EW621 gone (task 'leaves') raised SystemExit
Traceback (most recent call last):
  File "{site}/fieldkit/faults.py", line 00, in leaves
    sys.exit(0)
SystemExit: 0
""",
}


@pytest.fixture(scope="module")
def failed(new_project: Callable[[], Project]) -> tuple[Project, Run]:
    """Return a project whose workflow has failed in every way, and the run."""
    project = new_project()
    project.write_instances(INSTANCES)
    project.compiled()
    return project, project.snakemake()


def without_line_numbers(text: str) -> str:
    words = [word.rstrip(",").isdigit() for word in text.split(" ")]
    return " ".join("00," if number else word for word, number in zip(text.split(" "), words, strict=True))


@pytest.mark.slow
def test_a_run_with_failures_ends_with_1_and_finishes_what_does_not_need_them(
    failed: tuple[Project, Run],
) -> None:
    project, run = failed
    assert run.code == 1
    assert run.made == MADE
    assert {name.partition(".")[0] for name in project.files()} == MADE


@pytest.mark.slow
@pytest.mark.parametrize("instance", MESSAGES)
def test_a_failure_is_told_in_the_log_and_once_on_the_terminal(
    failed: tuple[Project, Run], instance: str
) -> None:
    project, run = failed
    assert f"error: {MESSAGES[instance]}\n" in project.log(instance)
    assert run.output.count(f"error: {MESSAGES[instance]}\n") == 1
    assert run.output.count(MESSAGES[instance].partition("\n")[0]) == 1
    assert "Traceback" not in project.log(instance)


@pytest.mark.slow
@pytest.mark.parametrize("instance", TRACEBACKS)
def test_an_exception_shows_the_frames_of_the_task_alone(failed: tuple[Project, Run], instance: str) -> None:
    project, run = failed
    log = project.log(instance)
    expected = TRACEBACKS[instance].format(site=project.site)
    place = f"error: {project.site / 'fieldkit' / 'faults.py'}:"
    assert log.partition(place)[1]
    told = log.partition(place)[2].partition(" ")[2]
    assert without_line_numbers(told) == expected
    assert run.output.count(told) == 1
    assert run.output.count(expected.partition("\n")[0]) == 1


@pytest.mark.slow
def test_what_a_task_prints_stands_in_its_log(failed: tuple[Project, Run]) -> None:
    project, _ = failed
    log = project.log("talker")
    assert "to standard output\n" in log
    assert "to standard error\n" in log
    assert log.index("to standard error") < log.index("error: ")


@pytest.mark.slow
def test_an_error_inside_a_library_points_at_the_line_of_the_task(failed: tuple[Project, Run]) -> None:
    project, run = failed
    log = project.log("use_empty")
    source = project.site / "fieldkit" / "frames.py"
    call = '    return str(speeds["animal"].iloc[speeds["speed_kmhr"].argmax()])'
    line = source.read_text().splitlines().index(call)
    assert log.startswith(
        f"error: {source}:{line + 1}:1: EW621 use_empty (task 'fastest') raised ValueError\n"
    )
    assert "ecoscope_workflows" not in log
    assert run.output.count("EW621 use_empty") == 1


@pytest.mark.slow
def test_a_task_that_the_system_kills_fails_with_its_signal(failed: tuple[Project, Run]) -> None:
    _, run = failed
    told = run.output.partition("runtime shot")[2]
    assert "died with <Signals.SIGKILL: 9>" in told.partition("\n")[0]
    assert "Error in rule shot:" in run.output


@pytest.mark.slow
def test_a_timeout_ends_the_job_with_a_code_of_its_own(failed: tuple[Project, Run]) -> None:
    _, run = failed
    told = run.output.partition("runtime sleepy")[2]
    assert f"returned non-zero exit status {EXIT_CODE}" in told.partition("\n")[0]


@pytest.mark.slow
def test_what_needs_a_failed_result_is_not_run(failed: tuple[Project, Run]) -> None:
    project, _ = failed
    assert not (project.work / "logs" / "after_ratio.log").exists()


@pytest.mark.slow
def test_without_the_profile_a_failure_is_told_once_on_the_terminal_too(project: Project) -> None:
    project.write_instances([{"id": "ratio", "task": "divide"}, {"id": "sleepy", "task": "sleeper"}])
    project.compiled()
    project.write_params({"ratio": {"number": 1, "by": 0}, "sleepy": {"seconds": 60.0}})
    command = ("snakemake", "--cores", "2", "--keep-going", "--latency-wait", "0")
    run = project.call(*command, folder=project.work)
    assert run.code == 1
    assert run.output.count("raised ZeroDivisionError\nTraceback (most recent call last):") == 1
    assert run.output.count("in quotient\n    return number / by\n") == 1
    assert run.output.count("EW622 sleepy: the task took longer than its timeout of 1 s") == 1
    assert "EW621 ratio" in project.log("ratio")
    assert "EW622 sleepy" in project.log("sleepy")
    assert project.files() == {}
