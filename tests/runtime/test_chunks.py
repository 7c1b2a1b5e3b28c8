"""Which items go together: all of them, few enough, and the same ones whatever happens to others."""

from __future__ import annotations

import io
import string
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ecoscope_workflows.runtime.chunks import chunks_in, chunks_of, index_text

Rows = list[tuple[Any, str]]
names = st.text(string.ascii_lowercase, min_size=1, max_size=4)
contents = st.sampled_from(["one", "two", "three"])
groups = st.dictionaries(names, contents, max_size=40)
sizes = st.integers(1, 7)


def rows_of(groups: dict[str, str]) -> Rows:
    return list(groups.items())


def held(rows: Rows, size: int) -> dict[str, list[tuple[Any, str]]]:
    """Return what each chunk holds, by its name."""
    return {chunk.name: [rows[number] for number in chunk.numbers] for chunk in chunks_of(rows, size)}


@given(rows=st.lists(st.tuples(st.none() | names, contents), max_size=60), size=sizes)
def test_each_item_is_in_one_chunk_and_no_chunk_is_too_large(rows: Rows, size: int) -> None:
    chunks = chunks_of(rows, size)
    assert sorted(number for chunk in chunks for number in chunk.numbers) == list(range(len(rows)))
    assert all(1 <= len(chunk.numbers) <= size for chunk in chunks)
    assert len({chunk.name for chunk in chunks}) == len(chunks)


@given(groups=groups, size=sizes, seed=st.randoms(use_true_random=False))
def test_the_order_of_a_collection_says_nothing(groups: dict[str, str], size: int, seed: Any) -> None:
    rows = rows_of(groups)
    other = rows.copy()
    seed.shuffle(other)
    assert held(other, size) == held(rows, size)


@given(groups=groups.filter(bool), size=sizes, data=st.data())
def test_a_changed_group_changes_its_chunk_alone(groups: dict[str, str], size: int, data: Any) -> None:
    changed = data.draw(st.sampled_from(sorted(groups)))
    before = held(rows_of(groups), size)
    after = held(rows_of({**groups, changed: "other"}), size)
    assert len(after.keys() - before.keys()) == 1
    assert len(before.keys() - after.keys()) == 1


@given(groups=groups, size=sizes, new=names)
def test_a_new_or_vanished_group_touches_only_those_that_it_stands_with(
    groups: dict[str, str], size: int, new: str
) -> None:
    without = {name: content for name, content in groups.items() if name != new}
    less, more = held(rows_of(without), size), held(rows_of({**without, new: "one"}), size)
    touched = [less[name] for name in less.keys() - more.keys()]
    made = [row for name in more.keys() - less.keys() for row in more[name]]
    # Those of one chunk and the new one; where it was full, they are several chunks now.
    assert len(touched) <= 1
    assert sorted(made) == sorted([*(touched[0] if touched else []), (new, "one")])


def test_many_items_of_one_key_are_chunks_of_the_same_place() -> None:
    rows: Rows = [("same", "one")] * 5 + [("same", "two")] * 2
    chunks = chunks_of(rows, 3)
    assert [len(chunk.numbers) for chunk in chunks] == [3, 3, 1]
    assert len({chunk.name for chunk in chunks}) == 3


def test_a_size_says_how_many_jobs_there_are() -> None:
    rows: Rows = [([["name", str(number)]], "one") for number in range(1000)]
    counts = {size: len(chunks_of(rows, size)) for size in (1, 50, 1000)}
    assert counts[1] == 1000
    assert counts[1000] == 1
    # Chunks are between half full and full, as hashes fall.
    assert 20 <= counts[50] <= 50


@settings(max_examples=20)
@given(groups=groups, size=sizes)
def test_who_reads_the_file_finds_the_same_chunks(groups: dict[str, str], size: int) -> None:
    rows: Rows = [([["name", name]], content) for name, content in groups.items()]
    assert chunks_in(io.StringIO(index_text(rows)), size) == chunks_of(rows, size)


def test_chunks_are_the_same_in_every_version() -> None:
    """A name that changes has every chunk of every workflow computed again."""
    rows: Rows = [("north", "a"), ("south", "b"), ("east", "c")]
    assert [(chunk.name, chunk.numbers) for chunk in chunks_of(rows, 2)] == [
        ("fc06eb76c4f6edd151ae679c", (0, 2)),
        ("f507b4ecf112c4bfb20c8916", (1,)),
    ]
