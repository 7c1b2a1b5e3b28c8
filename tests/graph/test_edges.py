"""Edges are typed: what a task returns fits what each argument takes, or both ends are shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
from tests.graph.typed_tasks import catalog, faults, graph

from ecoscope_workflows.cli.reporting import as_record, as_text
from ecoscope_workflows.errors import SpecError
from ecoscope_workflows.graph.edges import EdgeTypes
from ecoscope_workflows.graph.resolve import resolve
from ecoscope_workflows.spec.load import load_spec

if TYPE_CHECKING:
    from ecoscope_workflows.errors import Problem

SPECS = sorted(Path(__file__).parents[2].glob("specs/*/spec.yaml"))


def only(instances: str, *, strict: bool = False) -> Problem:
    (problem,) = faults(instances, strict=strict)
    return problem


def whats(instances: str, *, strict: bool = False) -> list[str]:
    return [f"{problem.code} {problem.what}" for problem in faults(instances, strict=strict)]


# What the README promises to find before anything runs.
PAGE_AS_RELOCATIONS = """
id: flow
requirements: []
workflow:
  - id: fixes
    task: load_relocations
  - id: page
    task: ecoscope_workflows.tasks.readme.draw_ecomap
    partial:
      geodataframe: ${{ workflow.fixes.return }}
  - id: trajectory
    task: ecoscope_workflows.tasks.readme.relocations_to_trajectory
    partial:
      relocations: ${{ workflow.page.return }}
"""


def test_a_map_in_place_of_relocations_is_refused_with_both_ends_shown(tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(PAGE_AS_RELOCATIONS, encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        resolve(load_spec(spec), catalog())
    (problem,) = caught.value.problems
    assert click.unstyle(as_text(problem)) == (
        "error[EW343]: trajectory.relocations needs data frame (Relocations), and page returns text\n"
        f"  --> {spec}:14:20\n"
        "   |\n"
        "14 |       relocations: ${{ workflow.page.return }}\n"
        "   |                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        f"  ::: {spec}:7:9\n"
        "   |\n"
        " 7 |   - id: page\n"
        "   |         ^^^^ draw_ecomap returns text\n"
    )
    record = as_record(problem)
    assert record["related"] == [
        {"file": str(spec), "line": 7, "column": 9, "what": "draw_ecomap returns text"}
    ]


def test_a_trajectory_without_speeds_is_refused_by_the_time_density() -> None:
    problem = only("""
        {id: tracks, task: read_slow_trajectory}
        {id: density, task: calculate_time_density, partial: {trajectory_gdf: @tracks}}
    """)
    assert problem.code == "EW343"
    assert problem.what == (
        "density.trajectory_gdf needs data frame (Trajectory), and tracks returns data frame "
        "(SlowTrajectory): column 'speed_kmhr' is missing"
    )
    assert str(problem.where).startswith("spec.yaml:5:")
    ((where, what),) = problem.related
    assert str(where) == "spec.yaml:4:10"
    assert what == "read_slow_trajectory returns data frame (SlowTrajectory)"
    assert problem.hint.startswith("SlowTrajectory has 'groupby_col', 'segment_start'")


def test_a_naive_time_column_is_refused_where_utc_is_needed() -> None:
    problem = only("""
        {id: fixes, task: read_naive_fixes}
        {id: count, task: use_fixes, partial: {fixes: @fixes}}
    """)
    assert problem.what == (
        "count.fixes needs data frame (Fixes), and fixes returns data frame (NaiveFixes): "
        "column 'time' is datetime without a time zone (ns), not datetime in UTC"
    )
    assert [what for _, what in problem.related] == ["read_naive_fixes returns data frame (NaiveFixes)"]


# What a widget shows may be a skipped result, which a function of its own reads.
TOLD = [path for path in SPECS if path.parent.name != "elephant_dashboard"]


@pytest.mark.parametrize("spec", TOLD, ids=lambda path: path.parent.name)
def test_the_types_of_the_examples_say_of_every_edge_that_it_fits(spec: Path) -> None:
    found = EdgeTypes(resolve(load_spec(spec), catalog(), strict=True))
    assert found.edges
    assert {edge.verdict.answer for edge in found.edges} == {"yes"}


def test_what_cannot_be_told_passes_unless_asked_strictly() -> None:
    instances = """
        {id: raw, task: read_anything}
        {id: count, task: use_fixes, partial: {fixes: @raw}}
    """
    assert len(graph(instances).nodes) == 2
    problem = only(instances, strict=True)
    assert problem.code == "EW344"
    assert problem.what == (
        "count.fixes needs data frame (Fixes), and raw returns data frame; whether that fits cannot be told: "
        "its columns are not said"
    )
    assert [what for _, what in problem.related] == ["read_anything returns data frame"]


def test_every_clash_of_a_spec_is_reported() -> None:
    found = faults("""
        {id: text, task: word}
        {id: first, task: double, partial: {n: @text}}
        {id: second, task: half, partial: {x: @text}}
        {id: third, task: shout, partial: {text: @first}}
    """)
    assert [problem.what for problem in found] == [
        "first.n needs whole number, and text returns text",
        "second.x needs number, and text returns text",
        "third.text needs text, and first returns whole number",
    ]


def test_results_inside_lists_and_mappings_are_checked_at_their_places() -> None:
    found = faults("""
        {id: text, task: word}
        {id: number, task: double, partial: {n: 1}}
        {id: all_of_it, task: total, partial: {values: [@number, @text]}}
        {id: packed, task: pack, partial: {context: {a: @text}, columns: [[@number, one]]}}
        {id: inner, task: within, partial: {window: {since: @text}, bounds: [@number, 2]}}
    """)
    assert [f"{problem.code} {problem.what}" for problem in found] == [
        "EW343 all_of_it.values[1] needs number, and text returns text",
        "EW343 packed.context.a needs whole number, and text returns text",
        "EW324 packed.columns[0][1]: expected integer, got 'one'",
        "EW343 inner.window.since needs whole number, and text returns text",
    ]
    assert found[0].where is not None
    assert (found[0].where.line, found[0].where.column) == (6, 86)


def test_a_list_or_mapping_where_none_is_taken_is_refused() -> None:
    found = faults("""
        {id: number, task: double, partial: {n: 1}}
        {id: again, task: double, partial: {n: [@number]}}
        {id: mapped, task: total, partial: {values: {a: @number}}}
        {id: three, task: within, partial: {window: {until: @number}, bounds: [1, 2, @number]}}
    """)
    assert [problem.what for problem in found] == [
        "again.n needs whole number, and a list is written here",
        "mapped.values needs list of number, and a mapping is written here",
        "three.window needs Window: 'since' is missing",
        "three.bounds needs (whole number, whole number): 2 items are needed, not 3",
    ]
    assert found[0].hint == "write `${{ workflow.number.return }}` without brackets"


def test_of_several_types_a_list_may_be_meant_for_the_one_that_takes_lists() -> None:
    assert whats("""
        {id: number, task: double, partial: {n: 1}}
        {id: inner, task: within, partial: {window: {since: 1}, either: [@number]}}
    """) == ["EW343 inner.either[0] needs text, and number returns whole number"]


def test_a_hint_names_what_would_fit() -> None:
    found = faults("""
        {id: many, task: numbers}
        {id: one, task: double, partial: {n: @many}}
        {id: named, task: keyed}
        {id: each, task: half, partial: {x: @named}}
        {id: summed, task: total, partial: {values: @one}}
    """)
    assert [problem.hint for problem in found] == [
        "use `map` to call one once for each item",
        "use `mapvalues` to call each once for each value",
        "write it as a list: `[${{ workflow.one.return }}]`",
    ]


def test_a_part_of_a_result_is_of_the_type_of_the_part() -> None:
    assert whats("""
        {id: span, task: window}
        {id: good, task: double, partial: {n: @span.since}}
        {id: bad, task: shout, partial: {text: @span.since}}
        {id: none, task: double, partial: {n: @span.sinse}}
        {id: listed, task: pairs}
        {id: second, task: double, partial: {n: @listed[0][1]}}
        {id: third, task: double, partial: {n: @listed[0][2]}}
    """) == [
        "EW343 bad.text needs text, and `workflow.span.return.since` is whole number",
        "EW348 `workflow.span.return.sinse` does not exist: Window has no part 'sinse'",
        "EW343 second.n needs whole number, and `workflow.listed.return[0][1]` is number",
        "EW348 `workflow.listed.return[0][2]` does not exist: (whole number, number) has no part 2",
    ]


def test_a_file_parameter_takes_the_file_of_any_result() -> None:
    found = graph("""
        {id: fixes, task: read_fixes}
        {id: size, task: read_file, partial: {path: @fixes}}
    """)
    assert list(found.nodes) == ["fixes", "size"]


def test_a_reference_that_leads_nowhere_is_reported_once() -> None:
    assert whats("""{id: one, task: double, partial: {n: @zero}}""") == [
        "EW311 one.n refers to 'zero', which is not in this spec"
    ]


def test_instances_in_a_circle_are_reported_as_such() -> None:
    found = faults("""
        {id: a, task: shout, partial: {text: @b}}
        {id: b, task: shout, partial: {text: @a}}
    """)
    assert [problem.code for problem in found] == ["EW312"]
