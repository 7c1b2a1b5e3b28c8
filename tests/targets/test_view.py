"""What a template prints: which instances get a job, what they read, and when they are skipped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecoscope_workflows.targets.view import Each, Input, Row, SkipIf, View, view

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecoscope_workflows.graph.model import Graph

CHEAP = """\
  - {id: numbers, task: load}
  - {id: word, task: caption}
  - {id: louder, task: caption, partial: {text: "${{ workflow.word.return }}"}}
  - id: page
    task: show
    partial: {parts: ["${{ workflow.numbers.return }}"], title: "${{ workflow.louder.return }}"}
"""
USED = '  - {id: p, task: show, partial: {parts: "${{ workflow.word.return }}"}}\n'
DEFAULT = "task-instance-defaults: {skipif: {conditions: [any_empty], unpack_depth: 2}}\n"


def row(found: View, name: str) -> Row:
    return next(one for one in found.rows if one.id == name)


def test_a_cheap_instance_gets_no_job_and_no_file(graph_of: Callable[[str], Graph]) -> None:
    found = view(graph_of(CHEAP))
    assert [one.id for one in found.jobs] == ["numbers", "page"]
    assert [one.id for one in found.cheap] == ["word", "louder"]
    assert found.wanted == ("numbers.json", "page.html")
    assert row(found, "page").bound["title"] == {"$call": "louder"}
    assert row(found, "louder").bound == {"text": {"$call": "word"}}


@pytest.mark.parametrize(
    "changed",
    [
        "  - {id: word, task: caption}\n",
        f"  - {{id: word, task: caption, resources: {{mem_mb: 10}}}}\n{USED}",
        f"  - {{id: word, task: caption, retries: 0}}\n{USED}",
        f"  - {{id: word, task: caption, timeout: 9}}\n{USED}",
        f"  - {{id: word, task: first_line}}\n{USED}",
        f"  - {{id: word, task: demanding_caption}}\n{USED}",
    ],
    ids=["a result that is wanted", "resources", "retries", "timeout", "a file", "an image"],
)
def test_a_cheap_task_of_which_more_is_asked_gets_a_job(
    graph_of: Callable[[str], Graph], changed: str
) -> None:
    found = view(graph_of(changed))
    assert "word" in {one.id for one in found.jobs}
    assert found.cheap == ()


def test_a_mocked_cheap_task_gets_a_job(graph_of: Callable[[str], Graph]) -> None:
    found = view(graph_of(CHEAP), {"louder": "x.txt"})
    assert [one.id for one in found.jobs] == ["numbers", "louder", "page"]
    # Nobody needs what only a mocked instance would.
    assert found.cheap == ()
    assert row(found, "page").inputs[1] == Input("title", "louder", "louder.txt")


def test_a_job_reads_the_files_of_the_cheap_instances_it_needs(graph_of: Callable[[str], Graph]) -> None:
    found = view(
        graph_of(
            "  - {id: total, task: work, partial: {values: [1]}}\n"
            '  - {id: word, task: caption, partial: {text: "${{ workflow.total.return }}"}}\n'
            '  - {id: louder, task: caption, partial: {text: "${{ workflow.word.return }}"}}\n'
            '  - {id: page, task: show, partial: {parts: ["${{ workflow.louder.return }}", "${{ workflow.word'
            '.return }}"]}}\n'
        )
    )
    assert row(found, "page").inputs == (Input("text", "total", "total.json", owner="word"),)
    assert row(found, "word").bound == {}
    assert found.wanted == ("total.json", "page.html")


def test_one_call_for_each_value_has_a_folder(graph_of: Callable[[str], Graph]) -> None:
    found = view(
        graph_of(
            "  - {id: sites, task: by_site}\n"
            "  - id: twice\n    task: double\n"
            '    mapvalues: {argnames: value, argvalues: "${{ workflow.sites.return }}"}\n'
        )
    )
    twice = row(found, "twice")
    assert twice.each == Each("mapvalues", ("value",), {"$input": 0})
    assert twice.inputs == (Input("argvalues", "sites", "sites.json", each=True),)
    assert (twice.result, twice.is_folder) == ("twice", True)
    assert not row(found, "sites").is_folder


def test_a_list_of_one_result_is_the_result_and_of_several_a_list(graph_of: Callable[[str], Graph]) -> None:
    sources = "  - {id: a, task: load}\n  - {id: b, task: work, partial: {values: [1]}}\n"
    one = '"${{ workflow.a.return }}"'
    two = '"${{ workflow.b.return }}"'
    flat = view(
        graph_of(f"{sources}  - {{id: x, task: double, map: {{argnames: value, argvalues: [{one}]}}}}")
    )
    assert row(flat, "x").each == Each("map", ("value",), {"$input": 0})
    found = view(
        graph_of(
            f"{sources}  - {{id: x, task: double, map: {{argnames: value, argvalues: [{two}, {two}, 3]}}}}"
        )
    )
    assert row(found, "x").each == Each("map", ("value",), [{"$input": 0}, {"$input": 1}, 3])
    assert [item.instance for item in row(found, "x").inputs] == ["b", "b"]


def test_a_cheap_collection_is_evaluated_where_it_is_gone_through(graph_of: Callable[[str], Graph]) -> None:
    found = view(
        graph_of(
            "  - {id: words, task: caption, map: {argnames: text, argvalues: [a, b]}}\n"
            "  - id: pages\n    task: show\n    partial: {parts: 1}\n"
            '    map: {argnames: title, argvalues: "${{ workflow.words.return }}"}\n'
        )
    )
    assert [one.id for one in found.cheap] == ["words"]
    assert row(found, "words").each == Each("map", ("text",), ["a", "b"])
    assert row(found, "pages").each == Each("map", ("title",), {"$call": "words"})
    assert row(found, "pages").inputs == ()


def test_conditions_of_all_instances_are_said_once(graph_of: Callable[..., Graph]) -> None:
    found = view(graph_of("  - {id: a, task: load}\n  - {id: b, task: by_site}\n", head=DEFAULT))
    default = SkipIf(("demo.skip:any_empty",), 2)
    assert found.skipif == default
    assert [one.skipif for one in found.rows] == [default, default]


def test_conditions_of_its_own_stand_in_place_of_those_of_all(graph_of: Callable[..., Graph]) -> None:
    found = view(
        graph_of(
            "  - {id: a, task: load}\n"
            "  - {id: b, task: by_site, skipif: {conditions: [never]}}\n"
            "  - {id: c, task: by_site, skipif: {conditions: [never, any_empty]}}\n",
            head=DEFAULT,
        )
    )
    # A condition that holds for nothing need not be asked.
    assert row(found, "b").skipif is None
    assert row(found, "c").skipif == SkipIf(("demo.skip:any_empty",), 1)


@pytest.mark.parametrize("head", ["", "task-instance-defaults: {skipif: {conditions: [never]}}\n"])
def test_without_conditions_nothing_is_asked(graph_of: Callable[..., Graph], head: str) -> None:
    found = view(graph_of("  - {id: a, task: load}\n", head=head))
    assert found.skipif is None
    assert row(found, "a").skipif is None


def test_where_no_instance_has_the_conditions_of_all_they_are_not_said(
    graph_of: Callable[..., Graph],
) -> None:
    found = view(graph_of("  - {id: a, task: load, skipif: {conditions: [never]}}\n", head=DEFAULT))
    assert found.skipif is None
