"""The rules that a whole graph must satisfy; their messages stand beside the bad specs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import pytest
from pydantic import Field

from ecoscope_workflows.annotations import AnyDataFrame, FromEnvironment
from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.errors import SpecError
from ecoscope_workflows.graph.checks import CHECKS
from ecoscope_workflows.graph.resolve import resolve
from ecoscope_workflows.registry.catalog import Catalog
from ecoscope_workflows.registry.signature import task_info
from ecoscope_workflows.spec.load import parse_spec

if TYPE_CHECKING:
    from ecoscope_workflows.graph.model import Graph

HEAD = "id: flow\nrequirements: []\nworkflow:\n"


@distributed
def load(path: str, limit: Annotated[int, Field(ge=1)] = 10) -> AnyDataFrame:
    raise NotImplementedError(f"{path}{limit}")


@distributed
def merge(frames: list[AnyDataFrame], other: AnyDataFrame | None = None) -> AnyDataFrame:
    raise NotImplementedError(f"{frames}{other}")


@distributed
def describe(
    frame: AnyDataFrame,
    options: dict[str, list[int]] | None = None,
    either: int | list[str] | None = None,
    hidden: Annotated[int, Field(exclude=True)] = 1,
) -> str:
    return f"{frame}{options}{either}{hidden}"


@distributed
def set_hidden(hidden: Annotated[int, Field(exclude=True)]) -> int:
    return hidden


@distributed
def sign_in(server: Annotated[str, FromEnvironment("SERVER")]) -> str:
    return server


TASKS = (load, merge, describe, set_hidden, sign_in)
CATALOG = Catalog.of(task_info(task, "package.tasks", task.__name__, "package 1.0") for task in TASKS)


def graph(*entries: str) -> Graph:
    text = HEAD + "".join(f"  - {entry}\n" for entry in entries)
    return resolve(parse_spec(text, "s.yaml"), CATALOG)


def refused(*entries: str) -> list[str]:
    with pytest.raises(SpecError) as caught:
        graph(*entries)
    return [str(problem) for problem in caught.value.problems]


LOAD = "{id: raw, task: load}"
RAW = "'${{ workflow.raw.return }}'"


def test_a_graph_holds_its_instances_in_the_order_of_their_needs() -> None:
    found = graph(f"{{id: text, task: describe, partial: {{frame: {RAW}}}}}", LOAD)
    assert list(found.nodes) == ["raw", "text"]
    assert [node.id for node in found] == ["raw", "text"]
    assert [node.id for node in found.leaves] == ["text"]
    assert found.nodes["text"].depends_on == ("raw",)


def test_an_empty_workflow_is_a_graph() -> None:
    text = "id: flow\nrequirements: []\nworkflow: []"
    assert resolve(parse_spec(text, "s.yaml"), CATALOG).nodes == {}


def test_a_list_of_results_is_an_argument() -> None:
    found = graph(LOAD, f"{{id: all_of_it, task: merge, partial: {{frames: [{RAW}, {RAW}]}}}}")
    assert found.nodes["all_of_it"].depends_on == ("raw",)


def test_frames_inside_other_types_are_needed_too() -> None:
    assert refused("{id: m, task: merge}") == [
        (
            "s.yaml:4:10: EW322 m needs 'frames' (list of data frame)"
            "\n  hint: bind it to the task instance it comes from: `frames: ...`"
        )
    ]


def test_an_argument_that_stands_in_a_map_is_bound() -> None:
    assert graph(
        LOAD, f"{{id: d, task: describe, map: {{argnames: frame, argvalues: [{RAW}, {RAW}]}}}}"
    ).nodes


def test_an_argument_of_a_map_must_exist() -> None:
    assert refused(LOAD, f"{{id: d, task: load, map: {{argnames: [pth], argvalues: [{RAW}, {RAW}]}}}}") == [
        "s.yaml:5:30: EW321 task 'load' has no argument 'pth'\n  hint: did you mean 'path'?"
    ]


def test_a_hidden_argument_without_a_default_must_be_bound() -> None:
    assert refused("{id: h, task: set_hidden}")[0].startswith("s.yaml:4:10: EW322 h needs 'hidden'")
    assert graph("{id: h, task: set_hidden, partial: {hidden: 3}}").nodes


def test_an_argument_from_the_environment_need_not_be_bound() -> None:
    assert graph("{id: s, task: sign_in}").nodes
    assert graph("{id: s, task: sign_in, partial: {server: '${{ env.OTHER }}'}}").nodes


LITERALS: dict[str, tuple[str, str]] = {
    "out of range": (
        "task: load, partial: {limit: 0}",
        "x.limit: must be greater than or equal to 1, got 0",
    ),
    "text for a number": ("task: load, partial: {limit: many}", "x.limit: expected integer, got 'many'"),
    "null": ("task: load, partial: {limit: ~}", "x.limit: expected integer, got None"),
    "inside a mapping": (
        f"task: describe, partial: {{frame: {RAW}, options: {{a: [1, b]}}}}",
        "x.options.a[1]: expected integer, got 'b'",
    ),
    "optional frame": (
        f"task: merge, partial: {{frames: [{RAW}], other: text}}",
        "x.other takes a data frame or null, which cannot be written in a spec",
    ),
}


@pytest.mark.parametrize(("entry", "message"), LITERALS.values(), ids=LITERALS)
def test_a_literal_that_does_not_fit_says_where_inside(entry: str, message: str) -> None:
    (said,) = refused(LOAD, f"{{id: x, {entry}}}")
    assert f": EW324 {message}\n  hint: " in said


def test_of_a_choice_of_types_each_is_told_without_the_name_of_the_branch() -> None:
    said = refused(LOAD, f"{{id: x, task: describe, partial: {{frame: {RAW}, either: {{a: 1}}}}}}")
    assert [line.partition("\n")[0].partition("EW324 ")[2] for line in said] == [
        "x.either: expected integer or list, got {'a': 1}",
    ]


@pytest.mark.parametrize(
    "value", ["5", "'5'", "1e1", "~"], ids=["number", "text of a number", "whole float", "null"]
)
def test_a_literal_that_pydantic_can_convert_fits(value: str) -> None:
    assert graph(LOAD, f"{{id: x, task: describe, partial: {{frame: {RAW}, either: {value}}}}}").nodes


def test_faults_of_all_rules_come_in_the_order_of_their_places() -> None:
    said = refused(
        "{id: a, task: lod}",
        "{id: b, task: load, partial: {limit: x, pth: 1}}",
        "{id: c, task: describe, partial: {frame: '${{ workflow.z.return }}'}}",
        "{id: d, task: describe}",
    )
    assert [line.split(" ")[0] + line.split(" ")[1] for line in said] == [
        "s.yaml:4:19:EW301",
        "s.yaml:5:42:EW324",
        "s.yaml:5:45:EW321",
        "s.yaml:6:46:EW311",
        "s.yaml:7:10:EW322",
    ]


def test_a_graph_without_faults_passes_every_rule() -> None:
    found = graph(LOAD, f"{{id: x, task: describe, partial: {{frame: {RAW}}}}}")
    problems: list[Any] = [problem for check in CHECKS for problem in check(found)]
    assert problems == []


@distributed
def log_in(password: Annotated[str, FromEnvironment("PASSWORD", secret=True)]) -> str:
    return password


@pytest.mark.parametrize(
    ("binding", "refused"), [('"${{ env.OTHER }}"', False), ('"hunter2"', True)], ids=["variable", "value"]
)
def test_a_secret_may_come_from_another_variable_but_not_from_the_spec(
    binding: str, *, refused: bool
) -> None:
    text = f"{HEAD}  - {{id: a, task: log_in, partial: {{password: {binding}}}}}\n"
    catalog = Catalog.of([task_info(log_in, "package.tasks", "log_in", "package 1.0")])
    if refused:
        with pytest.raises(SpecError, match=r"EW323 a\.password is a secret"):
            resolve(parse_spec(text, "s.yaml"), catalog)
    else:
        assert resolve(parse_spec(text, "s.yaml"), catalog).nodes["a"].free == {}
