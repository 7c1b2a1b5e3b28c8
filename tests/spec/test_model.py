"""The nodes of a spec."""

from __future__ import annotations

import dataclasses

import pytest

from ecoscope_workflows.errors import Where
from ecoscope_workflows.spec.model import DictOf, Environment, ListOf, Literal, Reference, references

HERE = Where("s.yaml", 1, 1)


def test_references_are_found_at_any_depth_in_the_order_they_are_written() -> None:
    inner = DictOf({"k": Reference("b", HERE), "e": Environment("E", HERE)}, HERE)
    binding = ListOf((Reference("a", HERE), Literal("x", HERE), inner, Reference("a", HERE)), HERE)
    assert [reference.instance for reference in references(binding)] == ["a", "b", "a"]


@pytest.mark.parametrize("binding", [Literal({"a": "${{ x }}"}, HERE), Environment("E", HERE)])
def test_a_literal_and_a_variable_refer_to_nothing(binding: Literal | Environment) -> None:
    assert list(references(binding)) == []


def test_a_node_is_frozen() -> None:
    reference = Reference("a", HERE)
    with pytest.raises(dataclasses.FrozenInstanceError):
        reference.instance = "b"  # type: ignore[misc]  # what must not work
