"""Groupers: the words that forms show, the names that data has, the order of choices."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from ecoscope_workflows.tasks.groupers import (
    DIRECTIVES,
    MONTHS,
    WEEKDAYS,
    AllGrouper,
    Grouper,
    Groupers,
    Region,
    SpatialGrouper,
    TemporalGrouper,
    ValueGrouper,
    as_list,
    choices_in_order,
    view_key,
)

MONTH = TemporalGrouper(temporal_index="%B")
WEEKDAY = TemporalGrouper(temporal_index="%A")
SQUARE = Region(name="Square", wkb="0103000000")


@pytest.mark.parametrize(
    ("grouper", "index_name", "display_name"),
    [
        (AllGrouper(), "All", "All"),
        (ValueGrouper(index_name="subject_name"), "subject_name", "Subject Name"),
        (MONTH, "TemporalGrouper_%B", "Month"),
        (TemporalGrouper(temporal_index="%Y-%m"), "TemporalGrouper_%Y-%m", "Year-Month"),
        (SpatialGrouper(spatial_index_name="Test_group"), "SpatialGrouper_Test_group", "Test_group"),
    ],
)
def test_names_in_data_and_in_forms(grouper: Grouper, index_name: str, display_name: str) -> None:
    assert (grouper.index_name, grouper.display_name) == (index_name, display_name)


@pytest.mark.parametrize(
    ("model", "schema"),
    [
        (
            ValueGrouper,
            {
                "title": "Category",
                "type": "object",
                "properties": {"index_name": {"title": "Category", "type": "string"}},
                "required": ["index_name"],
            },
        ),
        (
            SpatialGrouper,
            {
                "title": "Spatial",
                "type": "object",
                "properties": {"spatial_index_name": {"title": "Spatial Regions", "type": "string"}},
                "required": ["spatial_index_name"],
            },
        ),
    ],
)
def test_definitions_are_the_published_ones(model: Any, schema: dict[str, Any]) -> None:
    assert model.model_json_schema() == schema


def test_times_are_offered_with_examples() -> None:
    schema = TemporalGrouper.model_json_schema()
    offered = schema["properties"]["temporal_index"]
    assert [choice["const"] for choice in offered["oneOf"]] == list(DIRECTIVES)
    assert offered["oneOf"][1] == {"const": "%B", "title": "Month (example: September)"}
    assert (offered["title"], offered["type"]) == ("Time", "string")
    assert (schema["title"], schema["required"]) == ("Time", ["temporal_index"])
    assert "additionalProperties" not in schema
    assert "description" not in schema


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ([{"temporal_index": "%B"}], [MONTH]),
        (
            [{"index_name": "a"}, {"spatial_index_name": "b"}],
            [ValueGrouper(index_name="a"), SpatialGrouper(spatial_index_name="b")],
        ),
        ([], []),
        ({"index_name": "All"}, AllGrouper()),
    ],
)
def test_groupers_are_read_as_params_files_write_them(written: Any, expected: Any) -> None:
    assert TypeAdapter(Groupers).validate_python(written) == expected


def test_groupers_come_back_from_a_file_with_their_regions() -> None:
    adapter: TypeAdapter[Groupers] = TypeAdapter(Groupers)
    groupers: list[Any] = [MONTH, SpatialGrouper(spatial_index_name="b", regions=(SQUARE,))]
    assert adapter.validate_json(adapter.dump_json(groupers)) == groupers


@pytest.mark.parametrize(
    "written", [[{"temporal_index": "%Q"}], [{"index": "a"}], [{"index_name": "a", "help": "b"}], ["%B"]]
)
def test_what_is_no_grouper_is_refused(written: Any) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Groupers).validate_python(written)


@pytest.mark.parametrize(
    ("grouper", "values", "expected"),
    [
        (MONTH, reversed(MONTHS), list(MONTHS)),
        (WEEKDAY, sorted(WEEKDAYS), list(WEEKDAYS)),
        (MONTH, ["Brumaire", "May", "April", "May"], ["April", "May", "Brumaire"]),
        (ValueGrouper(index_name="a"), ["May", "April", "b", "10", "9"], ["10", "9", "April", "May", "b"]),
        (AllGrouper(), ["True"], ["True"]),
    ],
)
def test_choices_stand_in_the_order_of_the_calendar_or_of_their_text(
    grouper: Grouper, values: Any, expected: list[str]
) -> None:
    assert choices_in_order(grouper, values) == expected


def test_groupers_as_a_list() -> None:
    assert as_list(None) == []
    assert as_list(AllGrouper()) == [AllGrouper()]
    assert as_list([MONTH, WEEKDAY]) == [MONTH, WEEKDAY]


def test_the_key_of_a_view_is_sorted_json() -> None:
    assert view_key((("b", "=", "1"), ("a", "=", "é"))) == '{"a": "\\u00e9", "b": "1"}'
    assert view_key(()) == "{}"
