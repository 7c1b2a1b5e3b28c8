"""Tasks that set a value or make one text from others."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from ecoscope_workflows.annotations import SkipSentinel
from ecoscope_workflows.decorators import task_metadata
from ecoscope_workflows.registry.signature import task_info
from ecoscope_workflows.tasks import config
from ecoscope_workflows.tasks.config._workflow_details import WorkflowDetails

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SKIPPED = SkipSentinel()
CHEAP = (
    config.concat_string_vars,
    config.default_if_string_is_empty,
    config.default_if_string_is_none_or_skip,
    config.prefix_string_var,
    config.set_bool_var,
    config.set_list_of_string_vars,
    config.set_optional_string_var,
    config.set_string_var,
    config.set_workflow_details,
    config.title_case_var,
)


def called(task: Callable[..., Any], **arguments: Any) -> Any:
    """Call a task as a workflow does: each argument read by its type first."""
    parameters = task_info(task, "config", task.__name__).parameters
    return task(
        **{name: parameters[name].adapter.validate_python(value) for name, value in arguments.items()}
    )


@pytest.mark.parametrize(
    ("task", "arguments", "expected"),
    [
        (config.set_string_var, {"var": "a"}, "a"),
        (config.set_optional_string_var, {}, ""),
        (config.set_optional_string_var, {"var": "a"}, "a"),
        (config.set_bool_var, {"var": False}, False),
        (config.set_list_of_string_vars, {"vars": ["a", "b"]}, ["a", "b"]),
        (config.prefix_string_var, {"var": "_tracks.html", "prefix": "eco_1"}, "eco_1_tracks.html"),
        (config.default_if_string_is_none_or_skip, {"value": "a", "default": "b"}, "a"),
        (config.default_if_string_is_none_or_skip, {"value": "", "default": "b"}, ""),
        (config.default_if_string_is_none_or_skip, {"value": None, "default": "b"}, "b"),
        (config.default_if_string_is_none_or_skip, {"value": SKIPPED, "default": "b"}, "b"),
        (config.default_if_string_is_empty, {"value": "a", "default": "b"}, "a"),
        (config.default_if_string_is_empty, {"value": " ", "default": "b"}, " "),
        (config.default_if_string_is_empty, {"value": "", "default": "b"}, "b"),
        (config.default_if_string_is_empty, {"value": "", "default": None}, None),
        (config.default_if_string_is_empty, {"value": "", "default": SKIPPED}, SKIPPED),
        (config.concat_string_vars, {"values": ["a", SKIPPED, "b", ""]}, "ab"),
        (config.concat_string_vars, {"values": SKIPPED}, ""),
        (config.concat_string_vars, {"values": []}, ""),
        (config.title_case_var, {"var": "patrol_type"}, "Patrol Type"),
        (config.title_case_var, {"var": "HWC report"}, "Hwc Report"),
    ],
)
def test_values(task: Callable[..., Any], arguments: dict[str, Any], expected: object) -> None:
    assert called(task, **arguments) == expected


@pytest.mark.parametrize("task", CHEAP)
def test_such_an_instance_needs_no_job_of_its_own(task: Callable[..., Any]) -> None:
    metadata = task_metadata(task)
    assert metadata is not None
    assert metadata.cheap


@pytest.mark.parametrize(
    ("left_out", "expected"), [(None, ["b", "a", "1"]), ([], ["b", "a", "1"]), (["a", "z"], ["b", "1"])]
)
def test_names_of_columns(left_out: list[str] | None, expected: list[str]) -> None:
    frame = pd.DataFrame([[0, 0, 0]], columns=pd.Index(["b", "a", 1]), index=pd.Index(["x"], name="id"))
    assert config.get_column_names_from_dataframe(frame, left_out) == expected
    assert config.get_column_names_from_dataframe(frame.iloc[:0], left_out) == expected
    metadata = task_metadata(config.get_column_names_from_dataframe)
    assert metadata is not None
    assert not metadata.cheap


def test_workflow_details() -> None:
    details = config.set_workflow_details("Subject Tracking Dashboard")
    assert details == WorkflowDetails(name="Subject Tracking Dashboard", description="", image_url="")
    parameters = task_info(config.set_workflow_details, "config", "set_workflow_details").parameters
    assert [name for name, parameter in parameters.items() if parameter.hidden] == ["image_url"]


@pytest.mark.parametrize("task", CHEAP)
def test_forms_are_the_published_ones(reference_data: Path, task: Callable[..., Any]) -> None:
    text = (reference_data / "published-specs" / "task-signatures.json").read_text(encoding="utf-8")
    published = json.loads(text).get(task.__name__, {}).get("unbound", {})
    parameters = task_info(task, "config", task.__name__).parameters
    for name, expected in published.items():
        parameter = parameters[name]
        schema = parameter.adapter.json_schema()
        schema.setdefault("title", name.replace("_", " ").title())
        if not parameter.required:
            schema["default"] = parameter.default
        assert schema == expected
