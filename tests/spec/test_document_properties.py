"""Any data comes back equal with true places, and any text is read or refused."""

from __future__ import annotations

import json
import re
from typing import Any

import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ecoscope_workflows.errors import SpecError
from ecoscope_workflows.spec.document import Document, parse

FILE = "spec.yaml"


def value_of(text: str) -> Any:
    return parse(text, FILE).value


# Without the characters that YAML takes for ends of lines, and those that it allows as escapes only.
PRINTABLE = st.characters(
    exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\ufeff\ufffe\uffff"
)
NO_BREAKS = st.characters(exclude_categories=["Cs"], exclude_characters="\x85\u2028\u2029\ufeff")
BMP = st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"])
# What YAML 1.1, in which PyYAML writes, leaves bare because only 1.2 reads it as a number.
NUMBER_TODAY = re.compile(r"[-+]?[0-9.]+([eE][-+]?[0-9]+)?|0o[0-7]+")


def json_like(text: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    return st.recursive(
        st.none() | st.booleans() | numbers | text,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
        max_leaves=12,
    )


@given(json_like(st.text(BMP)), st.sampled_from([None, 2]))
def test_json_is_read_as_json_reads_it(value: Any, indent: int | None) -> None:
    assert value_of(json.dumps(value, indent=indent)) == value


@given(json_like(st.text(PRINTABLE)))
def test_json_that_is_not_escaped_is_read_as_json_reads_it(value: Any) -> None:
    assert value_of(json.dumps(value, ensure_ascii=False)) == value


@given(
    json_like(st.text(NO_BREAKS).filter(lambda text: not NUMBER_TODAY.fullmatch(text))),
    st.booleans(),
    st.sampled_from([True, False, None]),
)
def test_what_pyyaml_writes_is_read_back(value: Any, unicode: bool, flow: bool | None) -> None:
    text = yaml.safe_dump(value, allow_unicode=unicode, default_flow_style=flow, sort_keys=False)
    assert value_of(text) == value


NAMES = st.text("abcdefg", min_size=1, max_size=3)
TREES = st.recursive(
    st.integers(0, 10**6),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3) | st.dictionaries(NAMES, inner, min_size=1, max_size=3)
    ),
    max_leaves=15,
)


@given(TREES, st.sampled_from([True, False, None]))
def test_at_each_place_stands_the_value_that_it_is_the_place_of(value: Any, flow: bool | None) -> None:
    text = yaml.safe_dump(value, default_flow_style=flow, width=40)
    document = parse(text, FILE)
    lines = text.splitlines()

    def standing(document: Document, path: tuple[str | int, ...], keys: bool) -> str:
        where = document.key_places[path] if keys else document.places[path]
        return lines[where.line - 1][where.column - 1 :]

    for path in document.places:
        found: Any = value
        for step in path:
            found = found[step]
        if isinstance(found, int):
            assert re.match(rf"{found}\b", standing(document, path, keys=False))
    for path in document.key_places:
        assert re.match(rf"{path[-1]}:", standing(document, path, keys=True))


YAML_LIKE = st.text("ab01 \n\t-:[]{}#&*!|>'\"%@`,?~<.\\\x00\x7f\x85\u2028\ufeff\ud800é🐘", max_size=40)


@settings(max_examples=400)
@given(st.text(st.characters(exclude_categories=())) | YAML_LIKE)
@example("&a")
@example("*a")
@example("<<: 1")
@example("? ")
@example("!")
@example("%YAML 9.9\n--- a")
def test_any_text_is_read_or_refused_with_places(text: str) -> None:
    try:
        parse(text, FILE)
    except SpecError as error:
        last = len(text.splitlines()) + 1
        for problem in error.problems:
            assert problem.where is not None
            assert problem.where.file == FILE
            assert 1 <= problem.where.line <= last
            assert problem.where.column >= 1
