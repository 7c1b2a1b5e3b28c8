"""Of the edges of published specs none is refused, with the types that their tasks are published with."""

from __future__ import annotations

import ast
import datetime as dt
import typing
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import pytest

from ecoscope_workflows.annotations import AnyDataFrame, AnyGeoDataFrame, DataFrame
from ecoscope_workflows.contracts.skipping import SkipSentinel
from ecoscope_workflows.decorators import TaskMetadata
from ecoscope_workflows.graph.edges import EdgeTypes
from ecoscope_workflows.graph.model import Graph, Node
from ecoscope_workflows.registry.signature import Parameter, TaskInfo
from ecoscope_workflows.spec.load import load_spec

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = tuple[tuple[str, Literal["="], str], ...]
PUBLISHED = {
    "AnyDataFrame": AnyDataFrame,
    "AnyGeoDataFrame": AnyGeoDataFrame,
    "DataFrame": DataFrame,
    "EmptyDataFrame": AnyDataFrame,
    "KeyedIterableOfDataFrames": list[tuple[KEY, AnyDataFrame]],
    "KeyedIterableOfAny": list[tuple[KEY, Any]],
    "CompositeFilter": KEY,
    "Path": Path,
    "datetime": dt,
    "SkipSentinel": SkipSentinel,
}
# A default that is a thing of its own, and marks of what stands in a form.
NOTATION = str.maketrans({"~": "=", "!": "", "^": ""})


class Names(dict[str, Any]):
    """What the names in published types mean; of those that are not known here, nothing is said."""

    def __missing__(self, name: str) -> Any:
        """Return what `typing` or Python calls so, or a type of which nothing is said."""
        # `SkipJsonSchema[...]` only hides a type from a form.
        if name == "SkipJsonSchema":
            return typing.Optional
        return vars(typing).get(name) or TypeVar(name)


def stub() -> None:
    """Stand for the function of a task that is not installed here."""


def tasks(reference_data: Path) -> Iterator[TaskInfo]:
    names = Names(PUBLISHED, **{kind.__name__: kind for kind in (str, int, float, bool, list, dict, tuple)})
    listing = reference_data.parent / "reference" / "task-signatures.txt"
    for line in listing.read_text(encoding="utf-8").splitlines():
        written = line.partition("] ")[2].partition("  ##")[0].translate(NOTATION)
        if "->" not in written or "*" in written:
            continue
        head, _, returns = written.rpartition(" -> ")
        name, _, arguments = head.partition("(")
        function = ast.parse(f"def {name}(*, {arguments} -> {returns}: ...").body[0]
        assert isinstance(function, ast.FunctionDef)
        parameters = {
            one.arg: Parameter(one.arg, meaning(one.annotation, names)) for one in function.args.kwonlyargs
        }
        yield TaskInfo(
            name=name,
            module="published",
            function=stub,
            parameters=parameters,
            returns=meaning(function.returns, names),
            metadata=TaskMetadata(),
        )


def meaning(annotation: ast.expr | None, names: Names) -> Any:
    assert annotation is not None
    code = compile(ast.Expression(annotation), "signature", "eval")
    try:
        return eval(code, {}, names)  # noqa: S307  # a listing of types that comes with the reference data
    except TypeError:
        # A generic class of which nothing is known here.
        return Any


def graph(spec: Path, known: dict[str, TaskInfo]) -> Graph:
    loaded = load_spec(spec)
    found = [(one, known.get(one.task.rpartition(".")[2])) for one in loaded.instances]
    return Graph(loaded, {one.id: Node(one, task) for one, task in found if task is not None})


def test_no_edge_of_a_published_spec_is_refused(reference_data: Path) -> None:
    known = {task.name: task for task in tasks(reference_data)}
    specs = [
        *(path for path in reference_data.glob("published-specs/*.yaml") if "test-cases" not in path.name),
        *reference_data.glob("snapshots/*/spec.yaml"),
    ]
    answers: Counter[str] = Counter()
    for spec in specs:
        found = EdgeTypes(graph(spec, known))
        answers.update(edge.verdict.answer for edge in found.edges)
        assert [str(problem) for problem in found.problems] == []
    assert answers["yes"] > 1000


@pytest.mark.parametrize("name", ["process_relocations", "apply_color_map", "draw_ecomap"])
def test_the_types_of_the_listing_are_read(name: str, reference_data: Path) -> None:
    known = {task.name: task for task in tasks(reference_data)}
    assert len(known) > 200
    assert known[name].parameters
