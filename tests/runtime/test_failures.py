"""What is told of a task that raises: its own frames, its notes, or the plain words of a known error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.errors import EcoscopeWorkflowsError, Problem, TaskError
from ecoscope_workflows.registry.signature import task_info
from ecoscope_workflows.runtime.calling import call_task
from ecoscope_workflows.tasks.io import get_spatial_features_group

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@distributed
def split(frame: str) -> str:
    """Refuse what it is given, and say in a note what to do."""
    error = ValueError(f"no column in {frame}")
    error.add_note("did you mean 'animal'?\ncolumns: animal, speed")
    raise error


@distributed
def connect(name: str) -> str:
    """Raise what this package's own code raises: two faults, one with a place."""
    raise EcoscopeWorkflowsError(
        [Problem("EW631", f"there is no connection {name!r}", hint="add it"), Problem("EW605", "disk full")]
    )


def failure(task: Callable[..., object], **arguments: str) -> TaskError:
    with pytest.raises(TaskError) as caught:
        call_task("herd", task_info(task, "tracks", "split", "tracks 1.0"), arguments)
    return caught.value


def test_the_notes_of_an_exception_are_told_behind_it() -> None:
    error = failure(split, frame="tracks")
    assert str(error).endswith(
        "\nValueError: no column in tracks\ndid you mean 'animal'?\ncolumns: animal, speed"
    )
    assert error.published == "Task instance 'herd' raised ValueError('no column in tracks')"


def test_the_report_begins_in_the_task_and_says_where() -> None:
    (problem,) = failure(split, frame="tracks").problems
    first, header, frame, *_ = problem.what.splitlines()
    assert (problem.code, first) == ("EW621", "herd (task 'split') raised ValueError")
    assert header == "Traceback (most recent call last):"
    assert problem.where is not None
    assert frame == f'  File "{__file__}", line {problem.where.line}, in split'


def test_a_known_error_is_told_in_its_own_words() -> None:
    error = failure(connect, name="mysite")
    assert str(error) == (
        "EW631 herd: there is no connection 'mysite'\n  hint: add it\nEW605 herd: disk full"
    )


def test_a_missing_connection_is_told_without_a_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    error = failure(get_spatial_features_group, client="mysit", spatial_features_group_name="Parks")
    (problem,) = error.problems
    assert problem.code == "EW631"
    assert problem.what == "herd: there is no EarthRanger connection 'mysit'"
    assert problem.hint
    assert "Traceback" not in str(error)
    assert isinstance(error.__cause__, EcoscopeWorkflowsError)
