"""What a generated notebook calls: params are checked in full, then each task runs and shows its result."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.contracts.file_codecs import plain_json
from ecoscope_workflows.errors import EcoscopeWorkflowsError, ParamsError, Problem, Where
from ecoscope_workflows.registry.signature import task_info
from ecoscope_workflows.runtime.evaluation import Evaluation
from ecoscope_workflows.runtime.execute import stored_as
from ecoscope_workflows.runtime.jobs import SkipIf
from ecoscope_workflows.runtime.peek import Peek, peek_at_file, peek_at_value
from ecoscope_workflows.runtime.script_values import Instance, Mapped, Result
from ecoscope_workflows.runtime.sequential import Sequential, checked_params, params_file
from ecoscope_workflows.runtime.storage import read_result
from ecoscope_workflows.spec.document import Document

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ecoscope_workflows.contracts.codecs import Codec

__all__ = ["Instance", "Notebook"]


class CellError(EcoscopeWorkflowsError):
    """What went wrong in a cell; what led to it is kept as its cause."""

    def _render_traceback_(self) -> list[str]:
        """Return what IPython prints: the problems, not the way to them through this package."""
        return f"error: {self}".splitlines()


@dataclass(frozen=True)
class Returned(Result):
    """What a task instance returned, to be looked at and to be passed on to the next one."""

    workflow: Notebook

    def value(self) -> Any:
        """Return the result itself, as the next task reads it."""
        with _told():
            return self.workflow.read(self)

    def peek(self) -> Peek:
        """Return what shows the result in a cell: the head of a table, a map, a chart, or a short text."""
        with _told():
            if self.path is None:
                return peek_at_value(self.workflow.read(self))
            return peek_at_file(self.path, self.workflow.codec(self.instance))


@dataclass
class Notebook(Sequential):
    """A workflow whose tasks run cell by cell."""

    @classmethod
    def of(
        cls,
        name: str,
        *,
        spec_sha256: str,
        instances: Mapping[str, Instance],
        params: Mapping[str, Any] | str | Path,
        results: str | Path,
        skipif: Sequence[str] = (),
        unpack_depth: int = 1,
        cache_root: str = "",
    ) -> Notebook:
        """Check the params, and return the workflow that they are for.

        Parameters
        ----------
        name, spec_sha256, instances, skipif, unpack_depth, cache_root
            What the notebook was compiled from.
        params
            For each task instance its parameters by name, or the path of a params file.
        results
            The folder of the results.

        Raises
        ------
        CellError
            With every fault of the params.
        """
        with _told():
            values = checked_params(name, instances, _document(params))
            default = SkipIf(tuple(skipif), unpack_depth)
            return cls(name, spec_sha256, instances, values, Path(results), default, cache_root)

    def run(self, instance: str, each: Mapped | None = None, /, **bound: Any) -> Returned:
        """Run one task instance with what the cell and the params give.

        Raises
        ------
        CellError
            As the task does, with the name of the instance.
        """
        with _told():
            result = self.perform(instance, each, bound)
        return Returned(result.instance, result.path, self)

    def read(self, result: Result) -> Any:
        """Return the value of a result; a cheap instance, which has no file, is evaluated."""
        if result.path is not None:
            return read_result(result.path, self.codec(result.instance))
        call = self.calls[result.instance]
        job = self.job(call, self.results / result.instance)
        return Evaluation(replace(job, calls={**job.calls, result.instance: call})).cheap(result.instance)

    def codec(self, instance: str) -> Codec:
        """Return how the result of one call of an instance is stored."""
        task = self.instances[instance].task
        return stored_as(instance, task_info(task, task.__module__, task.__name__))


def _document(params: Mapping[str, Any] | str | Path) -> Document:
    if isinstance(params, str | Path):
        return params_file(Path(params))
    # What stands in a cell may hold dates, paths and tuples; a params file has text and lists for them.
    try:
        return Document("params", plain_json(params))
    except (TypeError, ValueError) as error:
        hint = "params are plain data: numbers, text, lists and mappings"
        raise ParamsError(Problem("EW406", f"no params: {error}", Where("params"), hint)) from None


@contextmanager
def _told() -> Iterator[None]:
    """Have IPython show of an error what is wrong, and no more; a debugger begins where it went wrong."""
    try:
        yield
    except EcoscopeWorkflowsError as error:
        first: BaseException = error
        while first.__cause__ is not None:
            first = first.__cause__
        raise CellError(error.problems).with_traceback(first.__traceback__) from error
