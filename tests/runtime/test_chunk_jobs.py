"""A fan-out by several jobs: what each computes, and that together they make what one job does."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.runtime.jobs import each, job

from ecoscope_workflows.annotations import SkipSentinel
from ecoscope_workflows.contracts.archives import is_archive
from ecoscope_workflows.contracts.codecs import CollectionCodec, JsonCodec
from ecoscope_workflows.contracts.digests import digest_of
from ecoscope_workflows.contracts.stored import read_index, read_value
from ecoscope_workflows.errors import StorageError
from ecoscope_workflows.runtime.chunk_results import chunks_for
from ecoscope_workflows.runtime.chunks import chunks_in
from ecoscope_workflows.runtime.command import parse
from ecoscope_workflows.runtime.execute import execute
from ecoscope_workflows.runtime.known_results import restored
from ecoscope_workflows.runtime.storage import write_result
from ecoscope_workflows.runtime.whole_files import discard

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecoscope_workflows.runtime.jobs import Job

pytestmark = pytest.mark.usefixtures("work")

PAIRS: list[tuple[Any, Any]] = [("a", 1), ("b", 2), (["c", 3], 3), ("d", 4), ("e", 5)]
SIZE = 2
WHOLE = {"$input": 0}


def numbers(values: Any = PAIRS, *, keyed: bool = True, suffix: str = "") -> Path:
    """Store what is gone through."""
    path = Path(f"results/numbers{suffix}")
    discard(str(path))
    write_result(values, path, CollectionCodec(JsonCodec(), keyed=keyed), {})
    return path


def going_through(path: Path, **how: Any) -> Job:
    keyed = how.pop("keyed", True)
    return job("double", {"by": 10}, each=each(WHOLE, keyed=keyed, files=(path,)), **how)


def in_chunks(whole: Job, size: int = SIZE) -> Job:
    """Return the job that puts the chunks of another one together."""
    return replace(whole, output=Path("results/joined.zip"), chunk_size=size)


def chunk_jobs(whole: Job) -> list[Job]:
    """Return the jobs of its chunks."""
    assert whole.each is not None
    names = [chunk.name for chunk in chunks_for(whole.each, whole.chunk_size)]
    return [replace(whole, chunk=name, output=Path(f"results/joined.chunks/{name}.zip")) for name in names]


@pytest.mark.parametrize("suffix", ["", ".zip"])
@pytest.mark.parametrize("keyed", [True, False])
@pytest.mark.parametrize("threads", [1, 3])
def test_chunks_together_are_what_one_job_makes(
    suffix: str,
    keyed: bool,
    threads: int,
    happened: Callable[[], list[str]],
) -> None:
    values = PAIRS if keyed else [value for _, value in PAIRS]
    whole = going_through(numbers(values, keyed=keyed, suffix=suffix), keyed=keyed, threads=threads)
    execute(replace(whole, code=""))
    assert sorted(happened()) == ["1", "2", "3", "4", "5"]
    joined = in_chunks(whole)
    parts = chunk_jobs(joined)
    for part in parts:
        execute(part)
    assert sorted(happened()) == ["1", "2", "3", "4", "5"]
    execute(joined)
    assert happened() == []
    assert len(parts) >= 3
    assert read_index(joined.output) == read_index(whole.output)
    assert digest_of(joined.output) == digest_of(whole.output)
    assert read_value(joined.output) == read_value(whole.output)


def test_what_no_chunk_has_computed_is_computed(happened: Callable[[], list[str]]) -> None:
    whole = going_through(numbers(), code="")
    joined = in_chunks(whole)
    first, *_ = chunk_jobs(joined)
    execute(first)
    done = happened()
    execute(joined)
    assert sorted(done + happened()) == ["1", "2", "3", "4", "5"]
    assert read_value(joined.output) == [("a", 10), ("b", 20), (["c", 3], 30), ("d", 40), ("e", 50)]


def test_calls_of_a_chunk_are_kept_for_any_other_job(happened: Callable[[], list[str]]) -> None:
    whole = going_through(numbers())
    for part in chunk_jobs(in_chunks(whole)):
        execute(part)
    happened()
    # The store is beside the results, wherever a job writes.
    assert Path(".ecoscope-workflows/store").is_dir()
    execute(whole)
    assert happened() == []


def test_a_chunk_of_another_collection_is_not_computed() -> None:
    part = chunk_jobs(in_chunks(going_through(numbers())))[0]
    numbers([("z", 9)])
    with pytest.raises(StorageError, match="EW645") as raised:
        execute(part)
    assert "run the workflow again" in str(raised.value)
    assert not part.output.exists()


def test_a_chunk_that_is_no_part_any_more_is_removed() -> None:
    joined = in_chunks(going_through(numbers()))
    for part in chunk_jobs(joined):
        execute(part)
    execute(joined)
    folder = Path("results/joined.chunks")
    before = {path.name for path in folder.iterdir()}
    numbers([*PAIRS[:4], ("e", 6)])
    for part in chunk_jobs(joined):
        if not part.output.exists():
            execute(part)
    execute(joined)
    after = {path.name for path in folder.iterdir()}
    assert (len(before - after), len(after - before)) == (1, 1)
    assert read_value(joined.output)[-1] == ("e", 60)


def test_a_chunk_that_is_damaged_is_an_error() -> None:
    joined = in_chunks(going_through(numbers(), code=""))
    part = chunk_jobs(joined)[0]
    execute(part)
    content = bytearray(part.output.read_bytes())
    content[0:4] = b"NOPE"
    part.output.write_bytes(content)
    with pytest.raises(StorageError, match="EW602"):
        execute(joined)
    assert not joined.output.exists()


@pytest.mark.parametrize("values", [[], SkipSentinel(instance="numbers", condition="any_empty")])
def test_nothing_to_go_through_is_no_chunk(values: Any) -> None:
    whole = going_through(numbers(values))
    execute(whole)
    joined = in_chunks(whole)
    assert chunk_jobs(joined) == []
    execute(joined)
    assert digest_of(joined.output) == digest_of(whole.output)


@pytest.mark.parametrize("suffix", ["", ".zip"])
def test_the_index_of_a_result_says_which_chunks_there_are(suffix: str) -> None:
    index = Path("results/parts.index.json")
    made = job("parts", {"value": 3}, output=Path(f"results/parts{suffix}"), index=index)
    for _ in range(2):  # made, and then restored from the store
        execute(made)
        with index.open(encoding="ascii") as stream:
            chunks = chunks_in(stream, 1)
        assert sorted(number for chunk in chunks for number in chunk.numbers) == [0, 1]
        assert [row[0] for row in json.loads(index.read_text(encoding="ascii"))] == ["a", "b"]
        index.unlink()


def test_the_index_of_a_skipped_result_is_empty() -> None:
    index = Path("results/one.index.json")
    path = numbers([("a", 13)])
    made = replace(going_through(path), index=index)
    with pytest.raises(Exception, match="unlucky"):
        execute(made)
    assert not index.exists()
    execute(replace(going_through(numbers([])), index=index))
    assert json.loads(index.read_text(encoding="ascii")) == []


def test_the_words_of_a_command_line_say_which_chunk() -> None:
    words = ["one", "--task", "m:t", "--output", "results/one.chunks/abc.zip"]
    made, _ = parse([*words, "--chunk-size", "7", "--chunk", "abc"])
    assert (made.chunk_size, made.chunk, made.index, made.folder) == (7, "abc", None, Path())
    made, _ = parse(["one", "--task", "m:t", "--output", "results/one", "--index", "results/one.index.json"])
    assert (made.chunk_size, made.chunk, made.folder) == (0, "", Path())
    assert made.index == Path("results/one.index.json")


def test_a_folder_in_the_store_is_never_taken_for_a_file(happened: Callable[[], list[str]]) -> None:
    for suffix in ("", ".zip"):
        words = ["one", "--task", "tests.runtime.demo:parts@c0de", "--args", '{"value": 3}']
        words += ["--output", f"results/one{suffix}"]
        for is_known in (False, True):
            assert restored(words) == is_known
            execute(parse(words)[0], words=words)
        # What is in the collection is said by the job alone.
        assert not restored([*words, "--index", "results/one.index.json"])
    assert happened() == ["3", "3"]
    assert Path("results/one").is_dir()
    assert is_archive(Path("results/one.zip"))
    assert digest_of("results/one.zip") == digest_of("results/one")
