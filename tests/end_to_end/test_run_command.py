"""`ecoscope-workflows run`: the real program, with the real Snakemake below it."""

from __future__ import annotations

import os
import pty
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Project

SPEC = """\
id: few_numbers
requirements: []
workflow:
  - {id: numbers, task: noise}
  - {id: sum_of_numbers, task: total, partial: {numbers: "${{ workflow.numbers.return }}"}}
  - {id: quotient, task: fieldkit.faults.divide, partial: {number: "${{ workflow.sum_of_numbers.return }}"}}
  - {id: shown, task: show, partial: {value: "${{ workflow.quotient.return }}"}}
"""
SKIPS = """\
id: skips
requirements: []
workflow:
  - {id: nothing, task: echo, skipif: {conditions: [any_dependency_is_none]}}
  - id: listed
    task: echo
    partial: {value: "${{ workflow.nothing.return }}"}
    skipif: {conditions: [any_dependency_skipped]}
"""
PARAMS = "numbers: {seed: 1, size: 3, seconds: 0.0}\nquotient: {by: 2}\n"
PROGRAM = "ecoscope-workflows"


@pytest.fixture
def numbers(project: Project) -> Project:
    project.write_spec(SPEC)
    (project.folder / "params.yaml").write_text(PARAMS)
    return project


def set_params(project: Project, text: str) -> None:
    (project.work / "config" / "params.yaml").write_text(text)


def locks(project: Project) -> list[Path]:
    return sorted(project.work.glob(".snakemake/locks/*.lock"))


def start(
    project: Project, *options: str, terminal: int | None = None, **extra: str
) -> subprocess.Popen[str]:
    """Start a run of the compiled folder as the leader of a process group of its own."""
    return subprocess.Popen(
        [PROGRAM, "run", *options],
        cwd=project.work,
        env=project.environment(**extra),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE if terminal is None else terminal,
        encoding="utf-8",
        process_group=0,
    )


def test_a_spec_is_compiled_run_and_told_of_and_the_next_run_has_nothing_to_do(numbers: Project) -> None:
    run = numbers.call(PROGRAM, "run", "spec.yaml", "--outpath", "work")
    assert run.code == 0, run.output
    assert (numbers.results / "shown.txt").read_text() == "1.5"
    for number, name in enumerate(("numbers", "sum_of_numbers", "quotient", "shown"), 1):
        assert re.search(rf"^\[{number}/4\] done     {name}  \d", run.output, re.MULTILINE), run.output
    assert re.search(r"^4 done  \(4 made in .+\)$", run.output, re.MULTILINE)
    assert "results  work/results\n" in run.output
    warm = numbers.work / ".snakemake/ecoscope-workflows/warm"
    assert warm.exists() or not Path("/proc/self/ns/mnt").exists()
    again = numbers.call(PROGRAM, "run", "work")
    assert again.code == 0
    assert not again.made
    assert re.search(r"^4 done  \(nothing to do in .+\)$", again.output, re.MULTILINE)
    kept = "work/config/params.yaml is yours and was kept; params.yaml differs from it"
    assert kept not in run.output
    beside = numbers.folder / "params.yaml"
    beside.write_text(beside.read_text() + "# later\n")
    assert kept in numbers.call(PROGRAM, "run", "spec.yaml", "--outpath", "work").output
    # What Snakemake itself thinks of the folder.
    assert numbers.finish().plan == {}
    assert not locks(numbers)


def test_a_spec_goes_into_a_folder_of_its_name_where_nothing_else_is_said(numbers: Project) -> None:
    run = numbers.call(PROGRAM, "run", "spec.yaml", "--no-warm", "--", "--until", "numbers")
    assert run.code == 0, run.output
    assert not (numbers.folder / "build/few_numbers/.snakemake/ecoscope-workflows/warm").exists()
    assert sorted(path.name for path in (numbers.folder / "build/few_numbers/results").iterdir()) == [
        "numbers.json",
        "numbers.json.provenance.json",
    ]
    assert "1 done, 3 not run" in run.output


def test_a_failed_task_is_told_once_with_its_log_and_what_it_holds_up(numbers: Project) -> None:
    numbers.compiled()
    set_params(numbers, PARAMS.replace("by: 2", "by: 0"))
    run = numbers.call(PROGRAM, "run", "work")
    assert run.code == 1
    assert "failed quotient: see work/logs/quotient.log" in run.output
    assert run.output.count("EW621") == 1
    assert "2 done, 1 failed, 1 not run" in run.output
    assert "not run shown: needs quotient" in run.output
    assert "Snakemake" not in run.output
    set_params(numbers, PARAMS)
    run = numbers.call(PROGRAM, "run", "work")
    assert run.code == 0
    assert "4 done  (2 made" in run.output


def test_a_job_that_was_killed_is_failed_though_its_log_has_no_error(project: Project) -> None:
    project.write_instances([{"id": "gone", "task": "killed", "partial": {"sign": "x"}}])
    project.compiled()
    run = project.call(PROGRAM, "run", "work")
    assert run.code == 1
    assert "failed gone: see work/logs/gone.log" in run.output
    assert "more memory than there was" in run.output
    assert "1 failed  (" in run.output


def test_wrong_params_stop_it_before_snakemake_starts(numbers: Project) -> None:
    numbers.compiled()
    set_params(numbers, PARAMS.replace("size: 3", "size: many"))
    run = numbers.call(PROGRAM, "run", "work")
    assert run.code == 1
    assert "EW406" in run.output
    assert "work/config/params.yaml:1:" in run.output
    set_params(numbers, "# nothing but a comment\n")
    assert "EW401" in numbers.call(PROGRAM, "run", "work").output
    assert not (numbers.work / ".snakemake" / "log").exists()


def test_params_on_snakemakes_command_line_complete_those_of_the_folder(numbers: Project) -> None:
    numbers.compiled()
    set_params(numbers, "numbers: {seed: 1, size: 3, seconds: 0.0}\n")
    assert numbers.call(PROGRAM, "run", "work").code == 1
    run = numbers.call(PROGRAM, "run", "work", "--", "--config", "quotient={by: 2}", "--cores", "1")
    assert run.code == 0, run.output
    wrong = numbers.call(PROGRAM, "run", "work", "--", "--config", "quotient={bye: 2}")
    assert wrong.code == 1
    assert "EW403" in wrong.output


def test_given_params_take_the_place_of_the_form_but_not_of_what_was_written_by_hand(
    numbers: Project,
) -> None:
    (numbers.folder / "params.yaml").unlink()
    given = numbers.folder / "given.yaml"
    for by in (2, 4):
        given.write_text(PARAMS.replace("by: 2", f"by: {by}"))
        run = numbers.call(PROGRAM, "run", "spec.yaml", "--outpath", "work", "--params", "given.yaml")
        assert run.code == 0, run.output
        assert numbers.value("quotient") == 3 / by
        assert (numbers.work / "config" / "params.yaml").read_bytes() == given.read_bytes()
    set_params(numbers, PARAMS + "# mine\n")
    run = numbers.call(PROGRAM, "run", "work", "--params", "given.yaml")
    assert run.code == 1
    assert "EW643" in run.output
    assert (numbers.work / "config" / "params.yaml").read_text().endswith("# mine\n")


def test_questions_to_snakemake_are_answered_in_its_own_words(numbers: Project) -> None:
    numbers.compiled()
    dry = numbers.call(PROGRAM, "run", "work", "--", "--dry-run")
    assert dry.code == 0
    assert dry.plan == {"numbers": 1, "sum_of_numbers": 1, "quotient": 1, "shown": 1}
    assert not numbers.results.exists()
    wrong = numbers.call(PROGRAM, "run", "work", "--", "--no-such-option")
    assert wrong.code == 1
    assert "no-such-option" in wrong.output
    lost = numbers.call(PROGRAM, "run", "work", "--", "--until", "nowhere")
    assert (lost.code, "MissingRuleException" in lost.output) == (1, True)
    assert "nothing to do" not in lost.output


def test_a_folder_without_a_workflow_and_options_that_do_not_fit_are_refused(numbers: Project) -> None:
    run = numbers.call(PROGRAM, "run")
    assert (run.code, "EW601" in run.output) == (1, True)
    numbers.compiled()
    assert numbers.call(PROGRAM, "run", "work", "--outpath", "other").code == 2
    assert numbers.call(PROGRAM, "run", "work", "--", "--logger", "ecoscope").code == 2
    misplaced = numbers.call(PROGRAM, "run", "work", "--cores", "1")
    assert (misplaced.code, "Options of Snakemake stand behind `--`" in misplaced.output) == (2, True)


def test_a_skipped_instance_is_told_with_its_reason(project: Project) -> None:
    project.write_spec(SKIPS)
    project.compiled()
    set_params(project, "nothing: {value: null}\n")
    run = project.call(PROGRAM, "run", "work")
    assert run.code == 0, run.output
    assert "[1/2] skipped  nothing" in run.output
    assert "2 skipped  (" in run.output
    assert "  skipped nothing: any_dependency_is_none on 'value'" in run.output
    assert "  skipped listed: any_dependency_skipped on 'value', because nothing was skipped" in run.output


def read_to_end(terminal: int) -> str:
    said = b""
    try:
        while more := os.read(terminal, 4096):
            said += more
    except OSError:
        pass  # how Linux says that nobody writes any more
    return said.decode()


@pytest.mark.parametrize("no_color", [True, False])
def test_a_terminal_gets_a_picture_in_colours_only_where_they_are_wanted(
    numbers: Project, no_color: bool
) -> None:
    numbers.compiled()
    set_params(numbers, PARAMS.replace("seconds: 0.0", "seconds: 1.5").replace("by: 2", "by: 0"))
    ours, theirs = pty.openpty()
    extra = {"NO_COLOR": "1"} if no_color else {}
    process = start(numbers, terminal=theirs, TERM="xterm", COLUMNS="120", **extra)
    os.close(theirs)
    drawn = read_to_end(ours)
    os.close(ours)
    output, _ = process.communicate()
    assert process.returncode == 1
    assert "] 0 of 4  1 running" in drawn
    assert re.search(r"  numbers  0:0\d", drawn)
    assert "\x1b[2K" in drawn
    assert ("\x1b[32m" in drawn) is not no_color
    assert re.search(r"failed(\x1b\[0m)? quotient  see logs/quotient.log", drawn)
    assert "\x1b" not in output


def test_a_run_that_nobody_reads_any_more_is_stopped_and_says_so(numbers: Project) -> None:
    several = "".join(f"  - {{id: n{number}, task: noise}}\n" for number in range(3))
    numbers.write_spec(f"id: several\nrequirements: []\nworkflow:\n{several}")
    numbers.compiled()
    set_params(numbers, "".join(f"n{n}: {{seed: 1, size: 3, seconds: {1.5 * n}}}\n" for n in range(3)))
    with start(numbers) as process:
        assert process.stderr is not None
        assert "done     n0" in process.stderr.readline()
        process.stderr.close()
    assert process.returncode == 130
    assert not locks(numbers)


def test_plain_snakemake_does_not_notice_the_plugin(numbers: Project) -> None:
    numbers.compiled()
    run = numbers.finish()
    assert "4 of 5 steps" in run.output or "5 of 5 steps" in run.output
    assert not list(numbers.work.glob(".snakemake/ecoscope-workflows/**/*.jsonl"))
