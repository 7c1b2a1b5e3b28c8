"""Jobs of the demo tasks, as a generated rule describes them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.contracts.codecs import codec_for
from ecoscope_workflows.contracts.stored import read_value
from ecoscope_workflows.runtime.execute import execute
from ecoscope_workflows.runtime.jobs import Call, Each, Job, SkipIf, load_task

if TYPE_CHECKING:
    from collections.abc import Sequence

DEMO = "tests.runtime.demo:"


def skipif(*names: str, depth: int = 1) -> SkipIf:
    """Return conditions of the demo module."""
    return SkipIf(tuple(f"{DEMO}{name}" for name in names), depth)


def each(
    argvalues: Any, argnames: Sequence[str] = ("value",), *, keyed: bool = False, files: tuple[Path, ...] = ()
) -> Each:
    """Return what a call goes through."""
    return Each("mapvalues" if keyed else "map", tuple(argnames), argvalues, files)


def call(instance: str, task: str, arguments: dict[str, Any] | None = None, **how: Any) -> Call:
    """Return a cheap instance."""
    return Call(instance, f"{DEMO}{task}", arguments or {}, how.pop("inputs", {}), "c0de", **how)


def job(task: str, arguments: dict[str, Any] | None = None, *calls: Call, **how: Any) -> Job:
    """Return a job of an instance named one."""
    codec = codec_for(load_task(f"{DEMO}{task}").returns)
    assert codec is not None
    return Job(
        instance=how.pop("instance", "one"),
        task=f"{DEMO}{task}",
        arguments=arguments or {},
        calls={one.instance: one for one in calls},
        output=how.pop("output", Path(f"results/one{'' if 'each' in how else codec.suffix}")),
        code=how.pop("code", "c0de"),
        **how,
    )


def result(made: Job) -> Any:
    """Run a job and return its result."""
    execute(made)
    return read_value(made.output)
