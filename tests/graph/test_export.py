"""A graph as JSON data: every fact of an instance and of an edge, in the documented form."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecoscope_workflows.annotations import (
    AnyDataFrame,
    Column,
    DataFrame,
    JsonSerializableDataFrameModel,
    PointGeometry,
    Series,
    UTCDatetime,
)
from ecoscope_workflows.contracts.effects import Effect
from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.errors import Where
from ecoscope_workflows.graph.export import VERSION, as_data, as_written
from ecoscope_workflows.graph.resolve import resolve
from ecoscope_workflows.registry.catalog import Catalog
from ecoscope_workflows.registry.signature import task_info
from ecoscope_workflows.spec.load import parse_spec
from ecoscope_workflows.spec.model import Literal

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "graph-json.md"


class Fixes(JsonSerializableDataFrameModel):
    """Where an animal was."""

    fixtime: Series[UTCDatetime]
    geometry: Series[PointGeometry] = Column(nullable=True)
    speed: Series[float] | None = Column(nullable=True)


@distributed
def load(path: str) -> DataFrame[Fixes]:
    raise NotImplementedError(path)


@distributed
def split(frame: AnyDataFrame) -> list[tuple[str, int]]:
    raise NotImplementedError(f"{frame}")


@distributed
def describe(count: Any, title: str = "") -> str:
    raise NotImplementedError(f"{count}{title}")


@distributed(effect=Effect(drops=["speed"], adds={"slow": bool}))
def drop_speed(frame: AnyDataFrame) -> AnyDataFrame:
    raise NotImplementedError(f"{frame}")


@distributed
def gather(parts: Any) -> Any:
    return parts


TASKS = (load, split, describe, drop_speed, gather)
CATALOG = replace(
    Catalog.of(task_info(task, "field.tasks", task.__name__, "field 1.0") for task in TASKS),
    conditions={f"field.skip.{name}": any for name in ("any_is_empty_df", "any_dependency_is_none", "never")},
)


def data(*entries: str, head: str = "") -> dict[str, Any]:
    text = f"id: flow\nrequirements: []\n{head}workflow:\n" + "".join(f"  - {entry}\n" for entry in entries)
    exported: dict[str, Any] = as_data(resolve(parse_spec(text, "s.yaml"), CATALOG))
    # What a reader of the file gets.
    again: dict[str, Any] = json.loads(json.dumps(exported, allow_nan=False))
    assert again == exported
    return again


def ref(name: str, part: str = "") -> str:
    return f"'${{{{ workflow.{name}.return{part} }}}}'"


LOAD = "{id: fixes, task: load, partial: {path: a.csv}}"


def test_an_instance_says_all_that_is_written_of_it() -> None:
    (instance,) = data("{id: fixes, name: The fixes, task: load, partial: {path: a.csv}}")["instances"]
    assert {key: value for key, value in instance.items() if key != "columns"} == {
        "id": "fixes",
        "name": "The fixes",
        "group": None,
        "task": {"module": "field.tasks", "function": "load"},
        "method": "call",
        "bound": {"path": "a.csv"},
        "argnames": [],
        "argvalues": None,
        "skipif": None,
        "depends_on": [],
        "returns": "data frame (Fixes)",
        "result": "data frame (Fixes)",
    }


def test_columns_are_those_of_the_schema() -> None:
    found = data(LOAD, f"{{id: parts, task: split, partial: {{frame: {ref('fixes')}}}}}")["instances"]
    assert found[0]["columns"] == [
        {"name": "fixtime", "type": "datetime in UTC", "required": True, "nullable": False},
        {"name": "geometry", "type": "Point", "required": True, "nullable": True},
        {"name": "speed", "type": "float64", "required": False, "nullable": True},
    ]
    assert found[1]["columns"] is None


def test_groups_and_skip_conditions_are_named() -> None:
    head = "task-instance-defaults: {skipif: {conditions: [any_is_empty_df, never], unpack_depth: 2}}\n"
    (instance,) = data(f"{{type: task-group, title: Setup, tasks: [{LOAD}]}}", head=head)["instances"]
    assert instance["group"] == "Setup"
    assert instance["skipif"] == {"conditions": ["any_is_empty_df", "never"], "unpack_depth": 2}


@pytest.mark.parametrize(
    ("method", "names", "result", "carries"),
    [
        ("map", ["title", "count"], "list of text", "text"),
        ("mapvalues", ["count"], "list of (text, text)", "whole number"),
    ],
)
def test_one_call_for_each_value_returns_a_list(
    method: str, names: list[str], result: str, carries: str
) -> None:
    found = data(
        LOAD,
        f"{{id: parts, task: split, partial: {{frame: {ref('fixes')}}}}}",
        f"{{id: words, task: describe, {method}: {{argnames: {names}, argvalues: {ref('parts')}}}}}",
    )
    words = found["instances"][2]
    assert (words["method"], words["argnames"]) == (method, names)
    assert words["argvalues"] == {"ref": "parts"}
    assert words["depends_on"] == ["parts"]
    assert (words["returns"], words["result"]) == ("text", result)
    assert found["edges"][1] == {
        "from": "parts",
        "to": "words",
        "argument": names[0],
        "path": [],
        "each": True,
        "type": carries,
        "takes": "text" if names[0] == "title" else "anything",
    }


def test_a_value_that_is_unpacked_is_an_edge_for_each_argument() -> None:
    found = data(
        LOAD,
        f"{{id: parts, task: split, partial: {{frame: {ref('fixes')}}}}}",
        f"{{id: other, task: split, partial: {{frame: {ref('fixes')}}}}}",
        "{id: words, task: describe, map: {argnames: [title, count],"
        f" argvalues: [{ref('parts', '[0]')}, {ref('other', '[1]')}]}}}}",
    )
    first, second = found["instances"][3]["argvalues"]
    assert (first, second) == ({"ref": "parts", "path": [0]}, {"ref": "other", "path": [1]})
    assert [(edge["from"], edge["argument"], edge["type"]) for edge in found["edges"][2:]] == [
        ("parts", "title", "text"),
        ("parts", "count", "whole number"),
        ("other", "title", "text"),
        ("other", "count", "whole number"),
    ]


def test_references_and_variables_stand_where_they_are_written() -> None:
    nested = f"{{a: [1, {ref('fixes')}], b: {{c: '${{{{ env.HOME }}}}', d: [{ref('fixes')}]}}}}"
    found = data(LOAD, f"{{id: every, task: gather, partial: {{parts: {nested}}}}}")
    assert found["instances"][1]["bound"] == {
        "parts": {"a": [1, {"ref": "fixes"}], "b": {"c": {"env": "HOME"}, "d": [{"ref": "fixes"}]}}
    }
    assert [edge["path"] for edge in found["edges"]] == [["a", 1], ["b", "d", 0]]
    assert found["instances"][1]["depends_on"] == ["fixes"]


def test_a_mapping_that_reads_like_a_mark_is_wrapped() -> None:
    (instance,) = data(
        "{id: every, task: gather, partial: {parts: [{ref: x}, {env: x}, {literal: {ref: 1}}]}}"
    )["instances"]
    assert instance["bound"]["parts"] == [
        {"literal": {"ref": "x"}},
        {"literal": {"env": "x"}},
        {"literal": {"literal": {"literal": {"ref": 1}}}},
    ]


def test_a_part_of_a_result_is_said_with_its_path() -> None:
    found = data(
        LOAD,
        f"{{id: parts, task: split, partial: {{frame: {ref('fixes')}}}}}",
        f"{{id: words, task: describe, partial: {{count: {ref('parts', '[0][1]')}}}}}",
    )
    assert found["instances"][2]["bound"] == {"count": {"ref": "parts", "path": [0, 1]}}
    assert found["edges"][1]["type"] == "whole number"


def test_columns_are_followed_through_tasks_that_say_what_they_do() -> None:
    found = data(LOAD, f"{{id: slow, task: drop_speed, partial: {{frame: {ref('fixes')}}}}}")["instances"]
    assert found[1]["returns"] == "data frame"
    assert [column["name"] for column in found[1]["columns"]] == ["fixtime", "geometry", "slow"]


def test_a_result_that_may_be_skipped_says_so() -> None:
    (instance,) = data(LOAD.replace("}}", "}, skipif: {conditions: [any_dependency_is_none]}}"))["instances"]
    assert (instance["returns"], instance["result"]) == (
        "data frame (Fixes)",
        "data frame (Fixes) or skipped",
    )
    assert instance["columns"][0]["name"] == "fixtime"


def test_numbers_that_json_does_not_have_are_text() -> None:
    (instance,) = data("{id: every, task: gather, partial: {parts: [.nan, -.inf, 1.5]}}")["instances"]
    assert instance["bound"]["parts"] == ["nan", "-inf", 1.5]


def test_instances_stand_after_those_they_depend_on() -> None:
    found = data(f"{{id: words, task: describe, partial: {{count: {ref('fixes')}}}}}", LOAD)
    assert [instance["id"] for instance in found["instances"]] == ["fixes", "words"]


def unwrapped(value: Any) -> Any:
    """Return what a reader makes of bound values, by the rule in the documentation."""
    if isinstance(value, list):
        return [unwrapped(item) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"literal"}:
        value = value["literal"]
    return {key: unwrapped(item) for key, item in value.items()}


KEYS = st.sampled_from(["ref", "path", "env", "literal", "a"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


def has_marks(value: Any) -> bool:
    """Return whether a reader would take any of it for a reference or a variable."""
    if isinstance(value, list):
        return any(map(has_marks, value))
    if not isinstance(value, dict):
        return False
    if set(value) == {"literal"}:
        return any(map(has_marks, value["literal"].values()))
    return set(value) in ({"ref"}, {"ref", "path"}, {"env"}) or any(map(has_marks, value.values()))


@given(VALUES)
def test_plain_data_never_reads_like_a_reference(value: Any) -> None:
    written = as_written(Literal(value, Where("s.yaml")))
    assert not has_marks(written)
    assert unwrapped(written) == value


def test_the_documentation_names_every_key() -> None:
    page = PAGE.read_text(encoding="utf-8")
    found = data(LOAD, f"{{id: words, task: describe, partial: {{count: {ref('fixes')}}}}}")
    assert found["version"] == VERSION
    assert f"Version {VERSION}" in page
    parts = [found, found["instances"][0], found["edges"][0], found["instances"][0]["columns"][0]]
    for key in {key for part in parts for key in part}:
        assert f"| `{key}` |" in page, key
