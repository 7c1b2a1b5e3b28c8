"""The command line: the only place that prints, and the only one that turns errors into exit codes."""

from __future__ import annotations

import importlib
import itertools
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from ecoscope_workflows import __version__
from ecoscope_workflows.errors import EcoscopeWorkflowsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

OK, FAILED, USAGE = 0, 1, 2
INTERRUPTED = 130
PROGRAM = "ecoscope-workflows"

# The module of each command, in which it is called after that.
_MODULES = {
    "cache": "cache",
    "check": "check",
    "compile": "compile",
    "completion": "completion",
    "connections": "connections",
    "explain": "explain",
    "get-params": "params",
    "graph": "graph",
    "image": "image",
    "init": "init",
    "migrate": "migrate",
    "plan": "plan",
    "profiles": "profiles",
    "requirements": "requirements",
    "run": "run",
    "schema": "schema",
    "status": "status",
    "tasks": "tasks",
    "test": "test",
}


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name=PROGRAM)
@click.option(
    "--error-format",
    type=click.Choice(["text", "json"]),
    default="text",
    help="How errors are printed: for people, or as a JSON list for tools.",
)
def cli(error_format: str) -> None:
    """Compile YAML specs of typed Python tasks into incremental workflows."""
    del error_format  # read by `run`, which prints the errors


class _Commands(Mapping[str, click.Command]):
    """The commands by name, each imported when it is asked for."""

    def __getitem__(self, name: str) -> click.Command:
        """Import a command."""
        module = _MODULES[name]
        found: click.Command = getattr(importlib.import_module(f"{__name__}.{module}"), f"{module}_command")
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(_MODULES)

    def __len__(self) -> int:
        return len(_MODULES)


cli.commands = _Commands()  # type: ignore[assignment]  # which click only reads


def run(arguments: Sequence[str]) -> int:
    """Run the command line.

    Returns
    -------
    int
        0 when all went well, 1 when a spec, params or task is at fault, 2 when the command line is.
    """
    words = one_value_each(arguments, "--mock-tasks")
    if not words and not _completing():
        words = ["--help"]
    # Where nothing is said click decides: colours on a terminal only.
    color = False if os.environ.get("NO_COLOR") else None
    try:
        # Nothing where a command comes to its end, or the code that it exits with.
        code = cli.main(args=words, prog_name=PROGRAM, standalone_mode=False, color=color)
    except EcoscopeWorkflowsError as error:
        from ecoscope_workflows.cli.reporting import print_error  # noqa: PLC0415  # most commands do without

        print_error(error, as_json=_wants_json(words), color=color)
        return FAILED
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output, `head` say, has seen enough.
        return OK
    return code if isinstance(code, int) else OK


def one_value_each(arguments: Sequence[str], option: str) -> list[str]:
    """Write ``--option A B`` as ``--option A --option B``, the only form that click reads."""
    words: list[str] = []
    following = False
    for word in arguments:
        if following and not word.startswith("-") and words[-1] != option:
            words.append(option)
        elif word.startswith("-"):
            following = word == option
        words.append(word)
    return words


def _wants_json(words: Sequence[str]) -> bool:
    return "--error-format=json" in words or any(
        pair == ("--error-format", "json") for pair in itertools.pairwise(words)
    )


def _completing() -> bool:
    return "_ECOSCOPE_WORKFLOWS_COMPLETE" in os.environ
