"""Arguments become JSON with marks for results and variables, and come back exactly."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecoscope_workflows.errors import ContractError, Where
from ecoscope_workflows.spec.encoding import (
    as_mapping,
    called,
    canonical,
    decode,
    encode,
    encode_plain,
    part_of,
)
from ecoscope_workflows.spec.model import Binding, DictOf, Environment, ListOf, Literal, Reference

HERE = Where("spec.yaml", 1, 1)
MARKS = st.sampled_from(["$input", "$call", "$env", "$literal"])

PLAIN: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text() | MARKS, inner, max_size=3)
        | st.dictionaries(MARKS, inner, min_size=1, max_size=1)
    ),
    max_leaves=12,
)


def no_variable(name: str) -> str:
    pytest.fail(f"the environment was asked for {name!r}")


@given(PLAIN)
def test_plain_data_comes_back_equal_whatever_it_looks_like(value: Any) -> None:
    inputs: list[str] = []
    encoded = encode(Literal(value, HERE), inputs)
    assert encoded == encode_plain(value)
    travelled = json.loads(canonical({"argument": encoded}))["argument"]
    assert decode(travelled, [], no_variable) == value
    assert inputs == []


def test_plain_data_without_marks_is_encoded_as_it_stands() -> None:
    value = {"a": [1, {"b": None}], "$input": 1, "c": "$env"}
    assert encode_plain(value) == value


@pytest.mark.parametrize("mark", ["$input", "$call", "$env", "$literal"])
def test_a_mapping_that_reads_like_a_mark_is_wrapped(mark: str) -> None:
    assert encode_plain({mark: 1}) == {"$literal": {mark: 1}}
    assert as_mapping({mark: 1}) == {"$literal": {mark: 1}}
    assert as_mapping({mark: 1, "other": 2}) == {mark: 1, "other": 2}


def bindings() -> st.SearchStrategy[tuple[Binding, Any]]:
    """Return bindings, each with the value it must decode to."""
    leaves: st.SearchStrategy[tuple[Binding, Any]] = (
        PLAIN.map(lambda value: (Literal(value, HERE), value))
        | st.sampled_from("abc").map(lambda name: (Reference(name, HERE), f"result of {name}"))
        | st.sampled_from("pqr").map(lambda name: (Reference(name, HERE), f"cheap {name}"))
        | st.sampled_from("pqr").map(lambda name: (Reference(name, HERE, path=(2,)), f"cheap {name}"[2]))
        | st.sampled_from("XYZ").map(lambda name: (Environment(name, HERE), f"variable {name}"))
    )
    return st.recursive(
        leaves,
        lambda inner: (
            st.lists(inner, max_size=3).map(
                lambda pairs: (ListOf(tuple(item for item, _ in pairs), HERE), [value for _, value in pairs])
            )
            | st.dictionaries(st.text() | MARKS, inner, max_size=3).map(
                lambda pairs: (
                    DictOf({key: item for key, (item, _) in pairs.items()}, HERE),
                    {key: value for key, (_, value) in pairs.items()},
                )
            )
        ),
        max_leaves=8,
    )


@given(bindings())
def test_results_and_variables_come_back_in_their_places(pair: tuple[Binding, Any]) -> None:
    binding, expected = pair
    inputs: list[str] = []
    travelled = json.loads(canonical({"argument": encode(binding, inputs, "pqr")}))["argument"]
    results = [f"result of {name}" for name in inputs]
    asked: list[str] = []

    def call(name: str) -> str:
        asked.append(name)
        return f"cheap {name}"

    assert decode(travelled, results, lambda name: f"variable {name}", call) == expected
    assert list(called(travelled)) == asked
    assert not set(inputs) & set("pqr")


def test_each_reference_is_an_input_of_its_own_in_the_order_they_are_written() -> None:
    inputs: list[str] = ["before"]
    binding = ListOf((Reference("a", HERE), Reference("b", HERE), Reference("a", HERE)), HERE)
    assert encode(binding, inputs) == [{"$input": 1}, {"$input": 2}, {"$input": 3}]
    assert inputs == ["before", "a", "b", "a"]


def test_an_unset_variable_is_an_error_of_the_caller() -> None:
    variables: dict[str, str] = {}
    with pytest.raises(KeyError, match="HOME_OF_NOBODY"):
        decode({"$env": "HOME_OF_NOBODY"}, [], variables.__getitem__)


@given(st.dictionaries(st.text(), PLAIN, max_size=4))
def test_equal_arguments_have_one_text_of_one_line_of_ascii(arguments: dict[str, Any]) -> None:
    text = canonical(arguments)
    assert text == canonical(dict(reversed(arguments.items())))
    assert text.isascii()
    assert "\n" not in text
    assert json.loads(text) == arguments


@given(PLAIN)
def test_plain_data_calls_nothing_whatever_it_looks_like(value: Any) -> None:
    assert list(called(encode_plain(value))) == []


def test_calls_are_found_at_any_depth() -> None:
    encoded = {
        "a": [{"$call": "p"}, {"b": {"$call": ["q", "size"]}}],
        "c": {"$literal": {"$call": {"$call": "r"}}},
    }
    assert list(called(encoded)) == ["p", "q", "r"]


def test_a_call_of_an_unknown_instance_is_refused() -> None:
    with pytest.raises(ContractError, match="EW615 there is no cheap instance 'p'"):
        decode({"$call": "p"}, [], no_variable)


@pytest.mark.parametrize(
    ("path", "found"),
    [((), {"a": [1, {"b": 2}]}), (("a",), [1, {"b": 2}]), (("a", 1, "b"), 2), (("a", -2), 1)],
)
def test_a_path_leads_by_keys_fields_and_positions(path: tuple[str | int, ...], found: object) -> None:
    assert part_of({"a": [1, {"b": 2}]}, path) == found


def test_a_field_of_an_object_is_a_step_too() -> None:
    assert part_of(HERE, ["line"]) == 1


@pytest.mark.parametrize(
    ("path", "where"), [(["x"], ".x"), (["a", 5], ".a[5]"), (["a", 0, "y"], ".a[0].y"), ([0], "[0]")]
)
def test_a_path_that_leads_nowhere_says_which_step(path: list[str | int], where: str) -> None:
    with pytest.raises(ContractError) as caught:
        part_of({"a": [1]}, path)
    assert f"EW615 a result has no part `return{where}`" in str(caught.value)
