"""The log of a job: in its file, and where nobody sees the file on the terminal too."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from ecoscope_workflows.runtime.kubernetes_repairs import LAST_LINES, log_in
from ecoscope_workflows.runtime.words import ECHO_ALWAYS, ECHO_VARIABLE, LOG_BEGINS, LOG_ENDS

if TYPE_CHECKING:
    from pathlib import Path

# Prints by itself, through a child, and in the trace of an error that nobody catches.
PROGRAM = """\
import os, sys
from pathlib import Path
from ecoscope_workflows.runtime.job_log import open_log
log = open_log(Path(sys.argv[1]))
os.dup2(log, 1)
os.dup2(log, 2)
print("by itself")
sys.stdout.flush()
os.system("echo through a child")
if sys.argv[2] == "killed":
    os.kill(os.getpid(), 9)
raise ValueError("of a task")
"""


def ended(log: Path, how: str, echo: str) -> str:
    """Run the program, and return what its terminal shows."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(log), how],
        env={**os.environ, ECHO_VARIABLE: echo},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    return done.stdout


def test_a_log_is_a_file_alone_unless_it_is_asked_for(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "job.log"
    assert ended(log, "failed", "") == ""
    assert log.read_text().startswith("by itself\nthrough a child\nTraceback")


def test_a_log_stands_on_the_terminal_too_with_the_last_words(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "job.log"
    shown = ended(log, "failed", ECHO_ALWAYS)
    assert log.read_text().endswith("ValueError: of a task\n")
    assert shown == LOG_BEGINS + log.read_text() + LOG_ENDS
    assert log_in(f"before\n{shown}after\n") == log.read_text().strip()


def test_a_log_that_breaks_off_is_shown_as_far_as_it_goes(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "job.log"
    shown = ended(log, "killed", ECHO_ALWAYS)
    assert log_in(f"before\n{shown}") == "by itself\nthrough a child"


@pytest.mark.parametrize("count", [3, LAST_LINES + 5])
def test_where_no_job_has_begun_the_last_lines_are_shown(count: int) -> None:
    lines = [str(number) for number in range(count)]
    assert log_in("\n".join(lines)).splitlines() == lines[-LAST_LINES:]
