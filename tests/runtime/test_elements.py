"""What `map` and `mapvalues` go through becomes one element per call."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecoscope_workflows.contracts.codecs import CollectionCodec, JsonCodec
from ecoscope_workflows.contracts.skipping import SkipSentinel
from ecoscope_workflows.contracts.stored import write_value
from ecoscope_workflows.errors import ContractError
from ecoscope_workflows.runtime.elements import elements_in, spread, stored_elements
from ecoscope_workflows.runtime.jobs import Each

if TYPE_CHECKING:
    from pathlib import Path

MAP = Each("map", ("x",), {"$input": 0})
VALUES = Each("mapvalues", ("x",), {"$input": 0})
SKIPPED = SkipSentinel("a", "never", "b")


def gone_through(collection: object, each: Each) -> list[tuple[Any, Any]]:
    return [(element.key, element.value()) for element in elements_in(collection, "one", each)]


@pytest.mark.parametrize(
    ("collection", "values"),
    [
        ([1, "a", None], [1, "a", None]),
        ((1, 2), [1, 2]),
        ("ab", ["a", "b"]),
        ({"k": 1, "l": 2}, ["k", "l"]),
        ([], []),
        ([["key", 1]], [["key", 1]]),
        (range(2), [0, 1]),
    ],
    ids=["list", "tuple", "letters of a text", "keys of a mapping", "empty", "pairs", "range"],
)
def test_map_goes_through_anything_that_has_elements(collection: object, values: list[Any]) -> None:
    assert gone_through(collection, MAP) == [(None, value) for value in values]


@pytest.mark.parametrize(
    "pairs", [[("k", 1), ("l", 2)], [["k", 1], ["l", 2]], (("k", 1), ["l", 2])], ids=repr
)
def test_mapvalues_goes_through_pairs(pairs: object) -> None:
    assert gone_through(pairs, VALUES) == [("k", 1), ("l", 2)]


@pytest.mark.parametrize("collection", [3, None, object(), 1.5, True], ids=type)
@pytest.mark.parametrize("each", [MAP, VALUES], ids=["map", "mapvalues"])
def test_what_has_no_elements_is_refused(collection: object, each: Each) -> None:
    message = f"EW616 one: `{each.method}` cannot go through {type(collection).__name__}"
    with pytest.raises(ContractError, match=message):
        elements_in(collection, "one", each)


@pytest.mark.parametrize("item", [1, "ab", {"k": 1, "l": 2}, ("k",), ("k", 1, 2), None], ids=repr)
def test_an_element_that_is_no_pair_is_refused(item: object) -> None:
    with pytest.raises(ContractError, match="EW616 one: `mapvalues` needs pairs of a key and a value"):
        elements_in([("k", 1), item], "one", VALUES)


def test_a_skipped_collection_is_one_skipped_element() -> None:
    for each in (MAP, VALUES):
        (element,) = elements_in(SKIPPED, "one", each)
        assert (element.key, element.skipped, element.digest) == (None, SKIPPED, "")


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(JSON, max_size=5))
def test_each_element_keeps_a_value_of_its_own(values: list[Any]) -> None:
    found = elements_in(values, "one", MAP)
    assert [element.value() for element in found] == values
    assert all(len(element.digest) == hashlib.sha256().digest_size * 2 for element in found)


@given(JSON, JSON)
def test_a_digest_tells_values_apart(left: Any, right: Any) -> None:
    first, second = elements_in([left, right], "one", MAP)
    # True and 1, and 1 and 1.0, are equal in Python and different in JSON.
    assert (first.digest == second.digest) == (text(left) == text(right))


def text(value: Any) -> str:

    return json.dumps(value, sort_keys=True)


def test_a_value_without_json_has_no_digest() -> None:
    (element,) = elements_in([object()], "one", MAP)
    assert element.digest == ""


@pytest.fixture
def keyed(tmp_path: Path) -> Path:
    path = tmp_path / "keyed"
    write_value([("n", 1), ("s", SKIPPED)], path, CollectionCodec(JsonCodec(), keyed=True))
    return path


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    path = tmp_path / "plain"
    write_value([[1], [2]], path, CollectionCodec(JsonCodec()))
    return path


def test_a_stored_collection_is_gone_through_by_key(keyed: Path) -> None:
    found = stored_elements(keyed, "one", VALUES)
    assert [(element.key, element.value()) for element in found] == [("n", 1), ("s", SKIPPED)]
    # A skipped item is a value that conditions see, not a collection that was skipped.
    assert [element.skipped for element in found] == [None, None]


def test_map_goes_through_the_pairs_of_a_stored_collection(keyed: Path) -> None:
    found = stored_elements(keyed, "one", MAP)
    assert [(element.key, element.value()) for element in found] == [(None, ("n", 1)), (None, ("s", SKIPPED))]


def test_the_key_is_part_of_the_digest_where_it_is_part_of_the_element(tmp_path: Path, keyed: Path) -> None:
    other = tmp_path / "other"
    write_value([("m", 1), ("s", SKIPPED)], other, CollectionCodec(JsonCodec(), keyed=True))

    def digests(path: Path, each: Each) -> list[str]:
        return [element.digest for element in stored_elements(path, "one", each)]

    assert digests(keyed, VALUES) == digests(other, VALUES)
    assert digests(keyed, MAP)[0] != digests(other, MAP)[0]
    assert digests(keyed, MAP)[1] == digests(other, MAP)[1]


def test_a_stored_list_has_no_keys_for_mapvalues(tmp_path: Path, plain: Path) -> None:
    assert [element.value() for element in stored_elements(plain, "one", MAP)] == [[1], [2]]
    with pytest.raises(ContractError, match=r"EW616 one: `mapvalues` needs pairs .*, not a list of values"):
        stored_elements(plain, "one", VALUES)
    empty = tmp_path / "empty"
    write_value([], empty, CollectionCodec(JsonCodec()))
    assert stored_elements(empty, "one", VALUES) == []


def test_no_item_is_read_before_it_is_needed(plain: Path) -> None:
    first, second = stored_elements(plain, "one", MAP)
    (plain / "0001.json").unlink()
    assert first.value() == [1]
    with pytest.raises(Exception, match="EW601"):
        second.value()


def test_a_skipped_stored_collection_is_one_skipped_element(tmp_path: Path) -> None:
    path = tmp_path / "skipped"
    write_value(SKIPPED, path, CollectionCodec(JsonCodec()))
    (element,) = stored_elements(path, "one", VALUES)
    assert element.skipped == SKIPPED


@pytest.mark.parametrize(
    ("value", "names", "arguments"),
    [
        (1, ("a",), {"a": 1}),
        ((1, 2), ("a",), {"a": (1, 2)}),
        ([1, 2], ("a", "b"), {"a": 1, "b": 2}),
        (("k", (1, 2)), ("a", "b"), {"a": "k", "b": (1, 2)}),
        (SKIPPED, ("a",), {"a": SKIPPED}),
        (SKIPPED, ("a", "b"), {"a": SKIPPED, "b": SKIPPED}),
    ],
    ids=["one", "a whole tuple", "a list", "a pair", "skipped", "skipped, spread"],
)
def test_an_element_is_spread_over_the_arguments(
    value: object, names: tuple[str, ...], arguments: dict[str, object]
) -> None:
    assert spread(value, "one", names) == arguments


@pytest.mark.parametrize(
    ("value", "found"), [((1,), "1 parts"), ([1, 2, 3], "3 parts"), ("ab", "str"), ({"a": 1, "b": 2}, "dict")]
)
def test_an_element_with_other_parts_is_refused(value: object, found: str) -> None:
    with pytest.raises(ContractError) as caught:
        spread(value, "one", ("a", "b"))
    assert str(caught.value) == (
        f"EW616 one: each element must have 2 parts, not {found}\n  hint: one each for a, b"
    )
