"""Any value as a file or folder, and back: skipped values, collections, and the hashes of what they hold."""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from ecoscope_workflows.contracts.codecs import Codec, CollectionCodec, FrameCodec, JsonCodec, TextCodec
from ecoscope_workflows.contracts.digests import INDEX, digest_of
from ecoscope_workflows.contracts.skipping import SKIPPED, SkipSentinel
from ecoscope_workflows.contracts.stored import (
    Index,
    codec_of,
    item_name,
    read_index,
    read_value,
    write_value,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FRAME = pd.DataFrame({"x": [1, 2]}, index=pd.Index(["a", "b"], name="id"))
FIRST = SkipSentinel("zero", "any_is_empty_df", "df")
SKIP = SkipSentinel("one", "any_dependency_skipped", "gdf", FIRST)
NUMBERS = CollectionCodec(JsonCodec(int))
BY_KEY = CollectionCodec(JsonCodec(int), keyed=True)
FRAMES = CollectionCodec(FrameCodec())

TEXT = st.text(st.characters(exclude_categories=()), max_size=8)
SKIPS = st.builds(SkipSentinel, st.text(max_size=4), st.text(max_size=4), st.text(max_size=4), st.just(FIRST))
PLAIN: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
VALUES = st.recursive(
    PLAIN | SKIPS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@pytest.fixture
def stored(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Return a function that stores a value in a folder of its own, and returns its file."""

    def store(value: object, codec: Codec, provenance: str = "{}") -> Path:
        path = tmp_path_factory.mktemp("stored") / f"x{codec.suffix}"
        write_value(value, path, codec, provenance)
        return path

    return store


@pytest.mark.parametrize(
    "codec", [FrameCodec(), JsonCodec(), TextCodec(), TextCodec(".html"), TextCodec(".csv"), NUMBERS, BY_KEY]
)
def test_a_skipped_result_comes_back_from_any_kind_of_file(stored: Callable[..., Path], codec: Codec) -> None:
    path = stored(SKIP, codec)
    found = read_value(path, codec)
    assert found == SKIP
    assert found.root == FIRST
    assert path.is_dir() == isinstance(codec, CollectionCodec)


def test_a_skipped_result_of_another_package_comes_back_as_one_of_nothing(
    stored: Callable[..., Path],
) -> None:
    other = type("SkipSentinel", (), {})()
    for codec in (FrameCodec(), JsonCodec(), TextCodec(), NUMBERS):
        assert read_value(stored(other, codec)) == SkipSentinel()


def test_no_frame_is_not_an_empty_frame_and_not_a_skip(stored: Callable[..., Path]) -> None:
    assert read_value(stored(None, FrameCodec())) is None
    assert_frame_equal(read_value(stored(FRAME.iloc[:0], FrameCodec())), FRAME.iloc[:0])


def test_a_frame_without_columns_is_a_frame(stored: Callable[..., Path]) -> None:
    assert list(read_value(stored(pd.DataFrame(), FrameCodec())).columns) == []


def test_a_skip_inside_json_comes_back_in_its_place(stored: Callable[..., Path]) -> None:
    value = {"a": [1, SKIP], "b": {"c": FIRST}}
    assert read_value(stored(value, JsonCodec())) == value


@given(value=VALUES)
def test_any_value_with_skips_in_it_comes_back(tmp_path_factory: pytest.TempPathFactory, value: Any) -> None:
    path = tmp_path_factory.mktemp("json") / "x.json"
    write_value(value, path, JsonCodec())
    assert read_value(path) == value


@given(pairs=st.lists(st.tuples(PLAIN, VALUES), max_size=4))
def test_a_collection_by_key_comes_back_in_its_order(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[Any, Any]]
) -> None:
    path = tmp_path_factory.mktemp("keyed") / "x"
    write_value(pairs, path, CollectionCodec(None, keyed=True))
    assert read_value(path) == pairs
    index = read_index(path)
    assert isinstance(index, Index)
    assert [item.key for item in index.items] == [key for key, _ in pairs]
    assert len({item.file for item in index.items}) == len(pairs)


@pytest.mark.parametrize(
    ("value", "codec"),
    [
        ([], NUMBERS),
        ([3, 1, 2], NUMBERS),
        ([], BY_KEY),
        ([("b", 1), ("a", 2), ("b", 3)], BY_KEY),
        ([("k", SKIP), ("l", 1)], BY_KEY),
        ([[1, 2], [], [3]], CollectionCodec(NUMBERS)),
        ([("k", [("l", 1)]), ("m", [])], CollectionCodec(BY_KEY, keyed=True)),
        (["a\r\nb", ""], CollectionCodec(TextCodec(".html"))),
        ([("k", None), ("l", [SKIP])], CollectionCodec(None, keyed=True)),
    ],
)
def test_collections_of_all_kinds_come_back(
    stored: Callable[..., Path], value: list[Any], codec: Codec
) -> None:
    assert read_value(stored(value, codec)) == value


def test_frames_stand_in_collections_beside_no_frame_and_skips(stored: Callable[..., Path]) -> None:
    frame, none, skipped = read_value(stored([FRAME, None, SKIP], FRAMES))
    assert_frame_equal(frame, FRAME)
    assert none is None
    assert skipped == SKIP


def test_of_a_collection_of_anything_each_item_shows_what_it_is(stored: Callable[..., Path]) -> None:
    value = [("f", FRAME), ("n", 1), ("l", [FRAME, FRAME]), ("e", [])]
    path = stored(value, CollectionCodec(None, keyed=True))
    names = sorted(item.name for item in path.iterdir())
    assert names == ["0000-f.parquet", "0001-n.json", "0002-l", "0003-e.json", INDEX]
    found = dict(read_value(path))
    assert_frame_equal(found["l"][1], FRAME)
    assert (found["n"], found["e"]) == (1, [])


@pytest.mark.parametrize("text", ['{"$skipped": {}}', '{"$skipped":', '{"$skipped": 1}\n'])
def test_a_text_that_reads_like_a_mark_is_refused(stored: Callable[..., Path], text: str) -> None:
    with pytest.raises(ValueError, match="reads like a skipped result"):
        stored(text, TextCodec())
    assert read_value(stored(f" {text}", TextCodec())) == f" {text}"


@pytest.mark.parametrize("value", [{SKIPPED: 1}, [{SKIPPED: {}}], {"a": {SKIPPED: None}}])
def test_data_that_reads_like_a_mark_is_refused(stored: Callable[..., Path], value: Any) -> None:
    with pytest.raises(ValueError, match="stands for a skipped result"):
        stored(value, JsonCodec())


def test_a_mapping_with_that_key_and_others_is_plain_data(stored: Callable[..., Path]) -> None:
    assert read_value(stored({SKIPPED: 1, "a": 2}, JsonCodec())) == {SKIPPED: 1, "a": 2}


def test_an_index_says_what_was_skipped_and_where_all_comes_from(stored: Callable[..., Path]) -> None:
    path = stored([("k", SKIP), ("l", 1)], BY_KEY, '{"instance": "one"}')
    found = json.loads((path / INDEX).read_text())
    assert found["provenance"] == {"instance": "one"}
    first, second = found["items"]
    assert first == {"key": "k", "file": "0000-k.json", "sha256": first["sha256"], "skipped": SKIP.facts}
    assert second == {"key": "l", "file": "0001-l.json", "sha256": digest_of(path / "0001-l.json")}
    assert found["keyed"] is True


@pytest.mark.parametrize(
    ("key", "name"),
    [
        (None, "0007.json"),
        ("north", "0007-north.json"),
        ("a/b\\c:d*e", "0007-a_b_c_d_e.json"),
        ("..", "0007.json"),
        ("../../etc/passwd", "0007-etc_passwd.json"),
        ("Größe", "0007-Gr_e.json"),
        ("象", "0007.json"),
        ("", "0007.json"),
        (3, "0007-3.json"),
        (True, "0007-True.json"),
        ("x" * 300, f"0007-{'x' * 60}.json"),
        ([["subject_name", "=", "eco_1"], ["month", "=", "01"]], "0007-subject_name_eco_1_month_01.json"),
    ],
)
def test_the_file_of_an_item_is_named_by_its_place_and_key(key: Any, name: str) -> None:
    assert item_name(7, key, ".json") == name


@given(TEXT | st.lists(TEXT, max_size=3), st.integers(0, 20000))
def test_no_key_makes_a_name_that_a_file_system_refuses(key: Any, number: int) -> None:
    name = item_name(number, key, ".parquet")
    assert len(name) <= 100
    assert name.isascii()
    assert unicodedata.normalize("NFC", name) == name
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.")
    assert name.startswith(f"{number:04d}")


KINDS: list[tuple[Any, Codec]] = [
    (FRAME, FrameCodec()),
    (None, FrameCodec()),
    (SKIP, FrameCodec()),
    ([FRAME, SKIP], FRAMES),
    ([("k", [FRAME])], CollectionCodec(FRAMES, keyed=True)),
    ({"a": 1}, JsonCodec()),
]


@pytest.mark.parametrize(("value", "codec"), KINDS)
def test_the_hash_is_of_what_a_result_holds_not_of_where_it_comes_from(
    stored: Callable[..., Path], value: Any, codec: Codec
) -> None:
    first, second = stored(value, codec, '{"a": 1}'), stored(value, codec, '{"b": 22}')
    assert digest_of(first) == digest_of(second)


@pytest.mark.parametrize(
    ("value", "other", "codec"),
    [
        (FRAME, FRAME.assign(x=[1, 3]), FrameCodec()),
        (FRAME, FRAME.rename(columns={"x": "y"}), FrameCodec()),
        (FRAME, FRAME.reset_index(drop=True), FrameCodec()),
        (None, FRAME.iloc[:0], FrameCodec()),
        (None, SKIP, FrameCodec()),
        (SKIP, FIRST, FrameCodec()),
        ([1, 2], [2, 1], NUMBERS),
        ([1], [1, 1], NUMBERS),
        ([("a", 1)], [("b", 1)], BY_KEY),
        ([("a", 1), ("b", 2)], [("b", 2), ("a", 1)], BY_KEY),
        (SKIP, [], NUMBERS),
        ([], [], NUMBERS),
    ],
)
def test_other_content_has_another_hash(
    stored: Callable[..., Path], value: Any, other: Any, codec: Codec
) -> None:
    same = isinstance(value, list) and value == other
    assert (digest_of(stored(value, codec)) == digest_of(stored(other, codec))) is same


@pytest.mark.parametrize("value", [1, None, "a", {"a": 1}, [1, [2]], []])
def test_plain_data_shows_that_it_is_json(value: Any) -> None:
    assert isinstance(codec_of(value), JsonCodec)


def test_frames_show_what_they_are_at_any_depth() -> None:
    assert isinstance(codec_of(FRAME), FrameCodec)
    assert isinstance(codec_of([FRAME]), CollectionCodec)
    assert isinstance(codec_of([[1], [FRAME]]), CollectionCodec)


@pytest.mark.parametrize("text", ["[]", "1", "null", '"a"', "{", "{}", '{"keyed": true}'])
def test_a_damaged_index_is_a_fault_of_the_file(tmp_path: Path, text: str) -> None:
    (tmp_path / INDEX).write_text(text)
    with pytest.raises((ValueError, KeyError)):
        read_index(tmp_path)
