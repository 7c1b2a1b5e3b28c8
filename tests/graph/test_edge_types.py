"""What fan-out, skips and declared effects make of the type of a result."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.graph.typed_tasks import faults, graph, unchecked

from ecoscope_workflows.contracts.describe import type_name
from ecoscope_workflows.graph.edges import EdgeTypes
from ecoscope_workflows.graph.types import ResultTypes

if TYPE_CHECKING:
    from collections.abc import Iterator

NIGHT = "use_night_fixes, partial: {fixes: @"
KEYLESS = (
    "EW345 keyless needs a list of (key, value) for its `mapvalues`, and many returns list of whole number"
)
READ = "{id: fixes, task: read_fixes}"


def whats(instances: str, *, strict: bool = False) -> list[str]:
    return [f"{problem.code} {problem.what}" for problem in faults(instances, strict=strict)]


def result(instances: str, name: str) -> str:
    return type_name(ResultTypes(unchecked(instances)).result(name))


def untold(instances: str) -> list[str]:
    """Return what is wrong or cannot be told, and nothing about files."""
    found = EdgeTypes(unchecked(instances))
    return [problem.what for problem in (*found.problems, *found.untold())]


@pytest.mark.parametrize(
    ("fan_out", "expected"),
    [
        ("map: {argnames: n, argvalues: @many}", "list of number"),
        ("map: {argnames: [n, factor], argvalues: @couples}", "list of number"),
        ("mapvalues: {argnames: factor, argvalues: @named}", "list of (text, number)"),
        ("mapvalues: {argnames: [n, factor], argvalues: @named_couples}", "list of (text, number)"),
        ("map: {argnames: n, argvalues: [@one, @one]}", "list of number"),
        ("map: {argnames: n, argvalues: [@many]}", "list of number"),
        ("map: {argnames: n, argvalues: @unknown}", "list of number"),
    ],
)
def test_fan_out_gives_a_list_of_what_one_call_returns(fan_out: str, expected: str) -> None:
    instances = f"""
        {{id: many, task: numbers}}
        {{id: couples, task: pairs}}
        {{id: named, task: keyed}}
        {{id: named_couples, task: keyed_pairs}}
        {{id: one, task: double, partial: {{n: 1}}}}
        {{id: unknown, task: anything}}
        {{id: scaled, task: scale, {fan_out}}}
    """
    assert result(instances, "scaled") == expected


def test_each_item_is_checked_against_the_argument_it_is_for() -> None:
    assert whats("""
        {id: couples, task: pairs}
        {id: wrong, task: scale, map: {argnames: [factor, n], argvalues: @couples}}
        {id: named, task: keyed}
        {id: words, task: shout, mapvalues: {argnames: text, argvalues: @named}}
        {id: one, task: word}
        {id: doubled, task: double, map: {argnames: n, argvalues: [@one, @one]}}
    """) == [
        "EW343 wrong.n needs whole number, and each item of couples is number",
        "EW343 words.text needs text, and each item of named is number",
        "EW343 doubled.n needs whole number, and each item of one is text",
        "EW343 doubled.n needs whole number, and each item of one is text",
    ]


def test_a_result_of_map_is_a_list_for_the_next_task() -> None:
    assert whats("""
        {id: many, task: numbers}
        {id: halves, task: half, map: {argnames: x, argvalues: @many}}
        {id: good, task: total, partial: {values: @halves}}
        {id: bad, task: half, partial: {x: @halves}}
        {id: again, task: half, map: {argnames: x, argvalues: @halves}}
    """) == ["EW343 bad.x needs number, and halves returns list of number"]


def test_going_through_what_is_no_list_is_refused() -> None:
    found = faults("""
        {id: one, task: double, partial: {n: 1}}
        {id: mapped, task: double, map: {argnames: n, argvalues: @one}}
        {id: fixes, task: read_fixes}
        {id: rows, task: page, map: {argnames: fixes, argvalues: @fixes}}
        {id: many, task: numbers}
        {id: keyless, task: double, mapvalues: {argnames: n, argvalues: @many}}
    """)
    assert [f"{problem.code} {problem.what}" for problem in found] == [
        "EW345 mapped needs a list for its `map`, and one returns whole number",
        "EW345 rows needs a list for its `map`, and fixes returns data frame (Fixes)",
        KEYLESS,
    ]
    assert [problem.hint for problem in found] == [
        "call mapped once, without `map`",
        "call rows once, without `map`",
        "use `map` where there are no keys",
    ]
    assert [what for problem in found for _, what in problem.related] == [
        "double returns whole number",
        "read_fixes returns data frame (Fixes)",
        "numbers returns list of whole number",
    ]


def test_a_tuple_is_spread_over_as_many_arguments_as_it_has_items() -> None:
    found = faults("""
        {id: couples, task: pairs}
        {id: one_name, task: double, map: {argnames: n, argvalues: @couples}}
        {id: many, task: numbers}
        {id: two_names, task: scale, map: {argnames: [n, factor], argvalues: @many}}
        {id: named, task: keyed}
        {id: two_values, task: scale, mapvalues: {argnames: [n, factor], argvalues: @named}}
    """)
    assert [f"{problem.code} {problem.what}" for problem in found] == [
        "EW346 one_name gives each item of couples to 1 argument (n), and that is (whole number, number)",
        "EW346 two_names gives each item of many to 2 arguments (n, factor), and that is whole number",
        "EW346 two_values gives each value of named to 2 arguments (n, factor), and that is number",
    ]


def test_text_and_what_is_not_said_can_be_gone_through() -> None:
    found = EdgeTypes(
        graph("""
        {id: letters, task: word}
        {id: loud, task: shout, map: {argnames: text, argvalues: @letters}}
        {id: unknown, task: anything}
        {id: doubled, task: scale, map: {argnames: [n, factor], argvalues: @unknown}}
        {id: named, task: double, mapvalues: {argnames: n, argvalues: @unknown}}
        {id: from_outside, task: shout, map: {argnames: text, argvalues: "${{ env.WORDS }}"}}
    """)
    )
    assert [edge.verdict.answer for edge in found.edges] == ["yes", *["cannot tell"] * 3]


def test_what_is_bound_and_mapped_is_what_is_mapped() -> None:
    assert graph("""
        {id: text, task: word}
        {id: many, task: numbers}
        {id: doubled, task: double, partial: {n: @text}, map: {argnames: n, argvalues: @many}}
    """).nodes


def test_a_task_that_may_be_skipped_returns_what_it_returns_or_a_mark() -> None:
    skipped = "{id: maybe, task: word, skipif: {conditions: [any_is_empty_df]}}"
    never = "{id: maybe, task: word, skipif: {conditions: [never]}}"
    assert result(skipped, "maybe") == "text or skipped"
    assert result(never, "maybe") == "text"
    loud = "{id: loud, task: shout, partial: {text: @maybe}%s}"
    (what,) = untold(f"{skipped}\n{loud % ''}")
    assert what == (
        "loud.text needs text, and maybe returns text or skipped; "
        "whether that fits cannot be told: it may be skipped"
    )
    assert untold(f"{skipped}\n{loud % ', skipif: {conditions: [any_dependency_skipped]}'}") == []


CONDITIONS = [("maybe_word", "any_dependency_is_none"), ("skipped_word", "any_dependency_skipped")]


@pytest.mark.parametrize(("task", "condition"), CONDITIONS)
def test_a_condition_keeps_from_a_task_what_it_skips_on(task: str, condition: str) -> None:
    loud = f"{{id: maybe, task: {task}}}\n{{id: loud, task: shout, partial: {{text: @maybe}}%s}}"
    assert len(untold(loud % "")) == 1
    assert untold(loud % f", skipif: {{conditions: [{condition}]}}") == []


def test_a_condition_looks_into_lists_as_deep_as_it_is_told() -> None:
    instances = """
        {id: many, task: numbers}
        {id: halves, task: half, map: {argnames: x, argvalues: @many}, skipif: {conditions: [any_is_empty_df]}}
        {id: summed, task: total, partial: {values: @halves}, skipif: {conditions: [any_dependency_skipped], unpack_depth: %d}}
    """  # noqa: E501  # one instance on a line
    assert untold(instances % 1) == []
    assert len(untold(instances % 0)) == 1


def test_columns_are_followed_through_tasks_that_take_any_frame() -> None:
    assert graph(
        f"""
        {READ}
        {{id: night, task: classify_night, partial: {{df: @fixes}}}}
        {{id: first, task: {NIGHT}night}}}}
        {{id: dropped, task: drop_columns, partial: {{df: @night, columns: [more]}}}}
        {{id: second, task: {NIGHT}dropped}}}}
        """,
        strict=True,
    ).nodes


def test_a_column_that_was_dropped_or_renamed_on_the_way_is_missed_before_anything_runs() -> None:
    found = faults(f"""
        {READ}
        {{id: slow, task: drop_columns, partial: {{df: @fixes, columns: [speed]}}}}
        {{id: night, task: classify_night, partial: {{df: @slow}}}}
        {{id: first, task: {NIGHT}night}}}}
        {{id: other, task: rename_columns, partial: {{df: @fixes, names: {{time: fixtime}}}}}}
        {{id: second, task: use_fixes, partial: {{fixes: @other}}}}
    """)
    first, second = (problem.what for problem in found)
    assert first == (
        "first.fixes needs data frame (NightFixes), and night returns data frame (changed Fixes): "
        "column 'speed' has been dropped"
    )
    assert second == (
        "second.fixes needs data frame (Fixes), and other returns data frame (changed Fixes): "
        "column 'time' has been dropped"
    )


def test_what_is_dropped_is_missed_even_where_no_column_is_known() -> None:
    (what,) = whats("""
        {id: raw, task: read_anything}
        {id: slow, task: drop_columns, partial: {df: @raw, columns: [speed]}}
        {id: count, task: use_fixes, partial: {fixes: @slow}}
    """)
    assert what == (
        "EW343 count.fixes needs data frame (Fixes), and slow returns data frame: "
        "column 'speed' has been dropped"
    )


@pytest.mark.parametrize(
    "columns", ["", "columns: @names, ", 'columns: ["${{ env.COLUMN }}"], ', "columns: [], "]
)
def test_an_effect_of_arguments_that_come_later_or_that_it_does_not_know_says_nothing(columns: str) -> None:
    instances = f"""
        {READ}
        {{id: names, task: anything}}
        {{id: slow, task: drop_columns, partial: {{{columns}df: @fixes}}}}
        {{id: count, task: use_fixes, partial: {{fixes: @slow}}}}
    """
    answers = {edge.place.node.id: edge.verdict.answer for edge in EdgeTypes(graph(instances)).edges}
    assert answers["count"] == "cannot tell"


def test_an_effect_may_refuse_its_arguments_at_their_place() -> None:
    found = faults(f"""
        {READ}
        {{id: twice, task: rename_columns, partial: {{df: @fixes, names: {{time: a, speed: a}}}}}}
        {{id: sorted_fixes, task: sort_rows, partial: {{df: @fixes, by: time}}}}
    """)
    assert [f"{problem.code} {problem.what}" for problem in found] == [
        "EW347 twice: two columns get the same name",
        "EW347 sorted_fixes: AttributeError: 'str' object has no attribute 'nonsense'",
    ]
    assert [str(problem.where) for problem in found] == ["spec.yaml:5:85", "spec.yaml:6:87"]


def test_a_literal_of_the_wrong_type_is_reported_once() -> None:
    found = faults(f"{READ}\n{{id: slow, task: drop_columns, partial: {{df: @fixes, columns: 3}}}}")
    assert [problem.code for problem in found] == ["EW324"]


def test_columns_are_followed_through_each_call_of_a_map() -> None:
    instances = """
        {id: fixes, task: read_fixes}
        {id: parts, task: split, partial: {fixes: @fixes}}
        {id: night, task: classify_night, mapvalues: {argnames: df, argvalues: @parts}}
        {id: counts, task: use_night_fixes, mapvalues: {argnames: fixes, argvalues: @night}}
    """
    assert untold(instances) == []
    assert result(instances, "night") == "list of (text, data frame (changed Fixes))"


def test_the_columns_of_relocations_are_those_that_are_kept() -> None:
    instances = """
        {id: raw, task: load_relocations}
        {id: relocs, task: process_relocations, partial: {observations: @raw, filter_point_coords: [[0, 0]], relocs_columns: %s}}
    """  # noqa: E501  # one instance on a line
    kept = "[groupby_col, fixtime, junk_status, geometry, extra__subject__sex]"
    found = ResultTypes(graph(instances % kept)).result("relocs")
    columns = found.__metadata__[0].columns
    assert list(columns) == ["groupby_col", "fixtime", "junk_status", "geometry", "sex"]
    assert whats(instances % "[groupby_col, fixtime]") == [
        "EW347 relocs: relocs_columns must name 'junk_status', 'geometry': every relocation has these columns"
    ]


def chain(length: int) -> Iterator[str]:
    yield READ
    yield "{id: n0, task: classify_night, partial: {df: @fixes}}"
    for number in range(1, length):
        yield f"{{id: n{number}, task: classify_night, partial: {{df: @n{number - 1}}}}}"
        yield f"{{id: u{number}, task: {NIGHT}n{number}}}}}"


def test_a_long_chain_is_checked_edge_by_edge() -> None:
    found = EdgeTypes(graph("\n".join(chain(500))))
    assert found.problems == []
    assert len(found.edges) == 999
