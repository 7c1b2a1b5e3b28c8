"""Values of a spec become bindings: only text that is wholly `${{ … }}` is a variable."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecoscope_workflows.spec.bindings import read_binding
from ecoscope_workflows.spec.document import Document, parse
from ecoscope_workflows.spec.model import Binding, DictOf, Environment, ListOf, Literal, Reference
from ecoscope_workflows.spec.reader import Cursor


def read(text: str) -> tuple[Binding, list[str]]:
    document = parse(text, "s.yaml")
    cursor = Cursor(document, document.value)
    return read_binding(cursor), [str(problem) for problem in cursor.problems]


@pytest.mark.parametrize(
    "text",
    [
        "${{ workflow.fixes.return }}",
        "${{workflow.fixes.return}}",
        "'${{   workflow.fixes.return\t}}'",
        '"${{\\nworkflow.fixes.return\\n}}"',
    ],
)
def test_a_reference_names_an_instance(text: str) -> None:
    binding, problems = read(text)
    assert isinstance(binding, Reference)
    assert (binding.instance, problems) == ("fixes", [])


def test_an_environment_variable_is_named() -> None:
    binding, problems = read("${{ env.MY_DIR }}")
    assert isinstance(binding, Environment)
    assert (binding.name, problems) == ("MY_DIR", [])


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        " ${{ workflow.a.return }}",
        "${{ workflow.a.return }} ",
        "sum is ${{ workflow.a.return }}!",
        "${ workflow.a.return }",
        "$${{ workflow.a.return }}",
        "{{ workflow.a.return }}",
        "",
        "$(rm -rf /)",
    ],
)
def test_other_text_is_a_literal(text: str) -> None:
    cursor = Cursor(Document("s.yaml", text), text)
    assert read_binding(cursor) == Literal(text, cursor.where)
    assert cursor.problems == []


FORMS = "expected `${{ workflow.<id>.return }}`, `${{ env.<NAME> }}` or `${{ vars.<name> }}`"
MALFORMED = {
    "${{ }}": f"EW221 `${{{{ }}}}` is not a variable\n  hint: {FORMS}",
    "${{}}": f"EW221 `${{{{}}}}` is not a variable\n  hint: {FORMS}",
    "${{ a.return }}": f"EW221 `${{{{ a.return }}}}` is not a variable\n  hint: {FORMS}",
    "${{ params.a.return }}": f"EW221 `${{{{ params.a.return }}}}` is not a variable\n  hint: {FORMS}",
    "${{ workflow.my-id.return }}": (
        f"EW221 `${{{{ workflow.my-id.return }}}}` is not a variable\n  hint: {FORMS}"
    ),
    "${{ env.A.B }}": f"EW221 `${{{{ env.A.B }}}}` is not a variable\n  hint: {FORMS}",
    "${{ env. }}": f"EW221 `${{{{ env. }}}}` is not a variable\n  hint: {FORMS}",
    "${{ workflow.a }}": "EW222 a reference has no end\n  hint: write `${{ workflow.a.return }}`",
    "${{ workflow.a.result }}": (
        "EW222 a reference to 'a' ends in 'result'\n  hint: write `${{ workflow.a.return }}`"
    ),
    "${{ workflow.a.return.1x }}": (
        "EW222 a reference to 'a' ends in 'return.1x'\n  hint: write `${{ workflow.a.return }}`"
    ),
    "${{ workflow.a.return[x] }}": (
        "EW222 a reference to 'a' ends in 'return[x]'\n  hint: write `${{ workflow.a.return }}`"
    ),
}


@pytest.mark.parametrize(("text", "message"), MALFORMED.items(), ids=MALFORMED)
def test_a_malformed_variable_is_reported_at_its_place(text: str, message: str) -> None:
    _, problems = read(f"- x\n- [{{k: '{text}'}}]")
    assert problems == [f"s.yaml:2:8: {message}"]


def test_all_malformed_variables_are_reported() -> None:
    _, problems = read("[a, '${{ }}', {k: '${{ x }}'}]")
    assert len(problems) == 2


def test_lists_and_mappings_keep_what_stands_beside_a_reference() -> None:
    binding, problems = read("a: [1, '${{ workflow.x.return }}', {b: '${{ env.Y }}', c: [2]}]\nd: e")
    assert problems == []
    assert isinstance(binding, DictOf)
    listed, literal = binding.items["a"], binding.items["d"]
    assert isinstance(listed, ListOf)
    assert isinstance(literal, Literal)
    assert literal.value == "e"
    kinds = [type(item) for item in listed.items]
    assert kinds == [Literal, Reference, DictOf]
    assert [str(item.where) for item in listed.items] == ["s.yaml:1:5", "s.yaml:1:8", "s.yaml:1:36"]


def test_a_list_of_one_reference_stays_a_list() -> None:
    binding, _ = read("['${{ workflow.x.return }}']")
    assert isinstance(binding, ListOf)
    assert [type(item) for item in binding.items] == [Reference]


def test_a_key_that_looks_like_a_reference_is_a_key() -> None:
    binding, problems = read("'${{ workflow.x.return }}': 1")
    assert isinstance(binding, Literal)
    assert (binding.value, problems) == ({"${{ workflow.x.return }}": 1}, [])


PLAIN: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(PLAIN.filter(lambda value: "${{" not in repr(value)))
def test_a_value_without_variables_is_one_literal(value: Any) -> None:
    cursor = Cursor(Document("s.yaml", value), value)
    assert read_binding(cursor) == Literal(value, cursor.where)
