"""Every command is known by its name, and only the one that is called is imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest

from ecoscope_workflows.cli import cli

FOLDER = Path(__file__).parents[2] / "src" / "ecoscope_workflows" / "cli"
# A module is of a command where it says so; others help one.
MODULES = {
    path.stem for path in FOLDER.glob("*.py") if f"\ndef {path.stem}_command(" in path.read_text("utf-8")
}


def test_every_command_is_known_by_its_name() -> None:
    assert {command.callback.__module__.rpartition(".")[2] for command in commands().values()} == MODULES
    assert all(command.name == name for name, command in commands().items())
    assert len(cli.commands) == len(MODULES)


def commands() -> dict[str, click.Command]:
    assert all(command.callback is not None for command in cli.commands.values())
    return dict(cli.commands)


def test_an_unknown_command_is_answered_with_near_ones() -> None:
    with pytest.raises(click.UsageError, match="No such command 'chek'"):
        cli.main(["chek"], standalone_mode=False)


def test_a_command_imports_no_other_command() -> None:
    program = (
        "import sys; from ecoscope_workflows.cli import run; run(['explain', 'EW301']);"
        " print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    package, loaded = "ecoscope_workflows.cli.", done.stderr.split()
    modules = {name.removeprefix(package) for name in loaded if name.startswith(package)}
    assert modules & MODULES == {"explain"}
