"""Command lines of rules, as a process of a job gets them, and what running them leaves."""

from __future__ import annotations

import json
from pathlib import Path

from ecoscope_workflows.runtime.command import parse
from ecoscope_workflows.runtime.execute import execute


def words(task: str, arguments: dict[str, object], *more: str, suffix: str = ".json") -> list[str]:
    """Return the command line of an instance named one, as a rule has it."""
    name, _, code = task.partition("@")
    return [
        "one",
        "--task",
        f"tests.runtime.demo:{name}@{code or 'c0de'}",
        "--args",
        json.dumps(arguments),
        *more,
        "--output",
        f"results/one{suffix}",
        "--log",
        "logs/one.log",
    ]


def run(argv: list[str]) -> None:
    """Run a job as a process does that loads its task."""
    job, _ = parse(argv)
    execute(job, words=argv)


def listed() -> dict[str, bytes]:
    """Return what is in the folder of the results."""
    return {str(path): path.read_bytes() for path in sorted(Path("results").rglob("*")) if path.is_file()}


DOUBLE = words("double", {"value": 4})
SUM = words("add", {"right": 1}, "--input", "left=left.json")
