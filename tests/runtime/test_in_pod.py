"""What a pod does before its job: two commands of Snakemake in one start, and no plugin that is there."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

VERSION = ["--then", "--version"]


def in_pod(*words: str) -> tuple[int, str]:
    """Run the program of a pod where no index is reached, and return its code and what it has printed."""
    done = subprocess.run(
        [sys.executable, "-m", "ecoscope_workflows.runtime.in_pod", "plugins", *words],
        env={**os.environ, "PIP_NO_INDEX": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def test_both_commands_run_one_after_the_other_and_what_is_there_is_not_installed() -> None:
    code, printed = in_pod("snakemake", *VERSION, *VERSION)
    first, second = printed.splitlines()
    assert (code, first) == (0, second)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["snakemake-storage-plugin-none", *VERSION], 1, "No matching distribution found"),
        (
            ["snakemake", "--then", "--no-option", *VERSION],
            2,
            "unrecognized arguments: --no-option",
        ),
    ],
)
def test_what_fails_ends_the_pod(words: list[str], code: int, said: str) -> None:
    ended, printed = in_pod(*words)
    assert ended == code
    assert said in printed
    assert not printed.splitlines()[-1][0].isdigit(), "it has gone on to the version"
