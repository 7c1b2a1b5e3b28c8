"""Instances come after those they need, in a stable order; where none is possible, the circle is shown."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.errors import Where
from ecoscope_workflows.graph.model import Node
from ecoscope_workflows.graph.order import find_cycles, in_order
from ecoscope_workflows.registry.signature import task_info
from ecoscope_workflows.spec.model import FanOut, Instance, ListOf, Literal, Reference

HERE = Where("spec.yaml", 1, 1)


@distributed
def total(values: list[Any]) -> int:
    return len(values)


TOTAL = task_info(total, "package.tasks", "total")


def node(name: str, needs: list[str]) -> Node:
    binding = ListOf(tuple(Reference(need, HERE) for need in needs), HERE)
    instance = Instance(id=name, task="total", where=HERE, task_where=HERE, arguments={"values": binding})
    return Node(instance, TOTAL)


def nodes(**needs: list[str]) -> dict[str, Node]:
    return {name: node(name, list(needed)) for name, needed in needs.items()}


@st.composite
def acyclic(draw: st.DrawFn) -> dict[str, Node]:
    """Return a graph without cycles, written in any order."""
    names = [f"n{number}" for number in range(draw(st.integers(0, 12)))]
    needs = {
        name: draw(st.lists(st.sampled_from(names[:number]), max_size=4)) if number else []
        for number, name in enumerate(names)
    }
    return nodes(**{name: needs[name] for name in draw(st.permutations(names))})


@given(acyclic())
def test_each_instance_comes_once_and_after_all_that_it_needs(graph: dict[str, Node]) -> None:
    ordered = in_order(graph)
    assert sorted(ordered) == sorted(graph)
    for place, name in enumerate(ordered):
        assert set(graph[name].depends_on) <= set(ordered[:place])
    assert find_cycles(graph) == []


@given(acyclic())
def test_an_order_that_is_possible_already_is_kept(graph: dict[str, Node]) -> None:
    ordered = in_order(graph)
    assert in_order({name: graph[name] for name in ordered}) == ordered


@given(acyclic())
def test_of_those_that_are_ready_the_first_written_comes_first(graph: dict[str, Node]) -> None:
    written = list(graph)
    done: list[str] = []
    for name in in_order(graph):
        ready = [item for item in written if item not in done and set(graph[item].depends_on) <= set(done)]
        assert name == ready[0]
        done.append(name)


@given(acyclic(), st.data())
def test_a_circle_that_is_closed_is_found_and_shown(graph: dict[str, Node], data: st.DataObject) -> None:
    ordered = in_order(graph)
    if len(ordered) < 2:
        return
    last = data.draw(st.integers(1, len(ordered) - 1))
    first = data.draw(st.integers(0, last - 1))
    # Every instance between the two needs the one before it, and the first needs the last.
    closed = dict(graph)
    for place in range(first, last + 1):
        name = ordered[place]
        before = ordered[place - 1] if place > first else ordered[last]
        closed[name] = node(name, [*graph[name].depends_on, before])
    cycle = find_cycles(closed)[0]
    assert cycle[0] == cycle[-1]
    assert len(set(cycle)) == len(cycle) - 1
    for name, need in itertools.pairwise(cycle):
        assert need in closed[name].depends_on
    stuck = set(closed) - set(in_order(closed))
    assert set(cycle) <= stuck


@given(acyclic(), st.data())
def test_each_circle_is_a_path_and_every_instance_that_is_left_out_leads_to_one(
    graph: dict[str, Node], data: st.DataObject
) -> None:
    names = list(graph)
    wild = dict(graph)
    for name in data.draw(st.lists(st.sampled_from(names))) if names else []:
        wild[name] = node(name, [*wild[name].depends_on, data.draw(st.sampled_from(names))])
    cycles = find_cycles(wild)
    for cycle in cycles:
        assert cycle[0] == cycle[-1]
        assert all(need in wild[name].depends_on for name, need in itertools.pairwise(cycle))
    stuck = set(wild) - set(in_order(wild))
    leading = {name for cycle in cycles for name in cycle}
    for _ in names:
        leading |= {name for name in wild if leading & set(wild[name].depends_on)}
    assert leading == stuck


@pytest.mark.parametrize(
    ("graph", "cycles"),
    [
        (nodes(), []),
        (nodes(a=["a"]), ["aa"]),
        (nodes(a=["b"], b=["a"]), ["aba"]),
        (nodes(d=["c"], c=["b"], b=["a"], a=["c"]), ["cbac"]),
        (nodes(a=["b"], c=["d"], b=["a"], d=["c", "a"]), ["aba", "cdc"]),
        (nodes(a=["b"], b=["a", "c"], c=["b"]), ["aba", "bcb"]),
        (nodes(a=["b"], b=["a", "c"], c=["a"]), ["aba"]),
    ],
    ids=["empty", "itself", "two", "outside", "apart", "sharing-one", "back-to-one"],
)
def test_a_cycle_is_a_path_back_to_its_start(graph: dict[str, Node], cycles: list[str]) -> None:
    assert find_cycles(graph) == [list(cycle) for cycle in cycles]


def test_a_circle_of_ten_thousand_instances_is_found_without_recursion() -> None:
    count = 10_000
    ring = nodes(**{f"n{number}": [f"n{(number + 1) % count}"] for number in range(count)})
    (cycle,) = find_cycles(ring)
    assert len(cycle) == count + 1


def test_those_behind_a_cycle_are_left_out() -> None:
    assert in_order(nodes(a=["b"], b=["a"], behind=["a"], free=[])) == ["free"]


def test_a_need_that_does_not_exist_is_no_hindrance() -> None:
    assert in_order(nodes(a=["nowhere"], b=["a"])) == ["a", "b"]


def test_references_of_a_fan_out_are_needs_too() -> None:
    instance = Instance(
        id="a",
        task="total",
        where=HERE,
        task_where=HERE,
        arguments={"x": Literal(1, HERE)},
        fan_out=FanOut("map", ("values",), Reference("b", HERE), HERE),
    )
    mapped = Node(instance, TOTAL)
    assert mapped.depends_on == ("b",)
    assert mapped.bound == {"x", "values"}
    assert in_order({"a": mapped, "b": node("b", [])}) == ["b", "a"]


def test_ten_thousand_instances_are_put_in_order_without_recursion() -> None:
    count = 10_000
    chain = nodes(
        **{f"n{number}": [f"n{number + 1}"] for number in range(count - 1)}, **{f"n{count - 1}": []}
    )
    assert in_order(chain) == [f"n{number}" for number in reversed(range(count))]
