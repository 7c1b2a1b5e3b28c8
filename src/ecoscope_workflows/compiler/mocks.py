"""Tasks to mock in, the files that stand in for their results out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ecoscope_workflows.contracts.codecs import codec_for
from ecoscope_workflows.errors import Problem, TargetError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecoscope_workflows.graph.model import Graph
    from ecoscope_workflows.registry.signature import TaskInfo


def mocked_instances(graph: Graph, mocks: Mapping[str, Path | None]) -> dict[str, Path | None]:
    """Return by instance the file that stands in for it; a name may be a task, its path, or an instance.

    Raises
    ------
    TargetError
        For each name that nothing in the graph answers to.
    """
    found: dict[str, Path | None] = {}
    problems = []
    for name, file in mocks.items():
        matching = [node.id for node in graph if name in (node.id, node.task.name, node.task.path)]
        if not matching:
            known = {node.task.name for node in graph}
            problems.append(Problem("EW707", f"no task {name!r} to mock", hint=did_you_mean(name, known)))
        if file is not None and not file.is_file():
            problems.append(Problem("EW708", f"there is no file {str(file)!r} to mock {name!r} with"))
        found |= dict.fromkeys(matching, file)
    if problems:
        raise TargetError(problems)
    return found


def io_mocks(graph: Graph, folder: Path | None = None) -> dict[str, Path | None]:
    """Return a mock for each instance that reads the world outside: a task that is tagged ``io``.

    Parameters
    ----------
    graph
        The workflow.
    folder
        Where example data is looked for before that beside the task.
    """
    found: dict[str, Path | None] = {}
    for node in graph:
        if "io" in node.task.metadata.tags:
            file = folder / example_name(node.task) if folder is not None else None
            found[node.id] = file if file is not None and file.is_file() else None
    return found


def example_name(task: TaskInfo) -> str:
    """Return the name of the file that holds example data of a task."""
    codec = codec_for(task.returns)
    return f"{task.name.replace('_', '-')}.example-return{codec.suffix if codec else ''}"


def example_file(task: TaskInfo) -> Path:
    """Return the example data that is packaged beside a task.

    Raises
    ------
    TargetError
        When there is none; the hint names the file that is looked for.
    """
    name = example_name(task)
    path = Path(task.function.__code__.co_filename).with_name(name)
    if not path.is_file():
        what = f"task {task.name!r} has no example data to mock it with"
        hint = f"give a file (--mock-tasks {task.name}=FILE), or package {name} beside the task"
        raise TargetError(Problem("EW709", what, hint=hint))
    return path
