"""One call per element: which calls happen, in which order results stand, and what is found in the store."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from tests.runtime.jobs import call, each, job, result, skipif

from ecoscope_workflows.contracts.codecs import CollectionCodec, FrameCodec, JsonCodec
from ecoscope_workflows.contracts.skipping import SkipSentinel
from ecoscope_workflows.contracts.stored import write_value
from ecoscope_workflows.errors import ContractError, StorageError, TaskError
from ecoscope_workflows.runtime.execute import execute
from ecoscope_workflows.runtime.stores.location import STORE_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecoscope_workflows.runtime.jobs import Call, Job

pytestmark = pytest.mark.usefixtures("work")

NUMBERS = job("double", {"by": 2}, each=each([1, 2, 3]))


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_results_stand_in_the_order_of_the_elements(happened: Callable[[], list[str]]) -> None:
    assert result(NUMBERS) == [2, 4, 6]
    assert happened() == ["1", "2", "3"]
    assert names(NUMBERS.output) == {"index.json", "0000.json", "0001.json", "0002.json"}


def test_keys_stay_with_the_results() -> None:
    pairs = [["north", 1], [["a", 2], 5]]
    made = job("double", each=each(pairs, keyed=True))
    assert result(made) == [("north", 2), (["a", 2], 10)]
    assert names(made.output) == {"index.json", "0000-north.json", "0001-a_2.json"}


@pytest.mark.parametrize("threads", [1, 4])
def test_no_elements_are_an_empty_collection(threads: int) -> None:
    assert result(job("double", each=each([]), threads=threads)) == []


def test_an_element_is_spread_over_several_arguments() -> None:
    assert result(job("add", each=each([[1, 2], [3, 4]], ["left", "right"]))) == [3, 7]


def test_an_argument_that_is_bound_and_mapped_is_the_mapped_one() -> None:
    assert result(job("double", {"value": 100}, each=each([1]))) == [2]


def test_several_are_computed_at_a_time_and_stand_in_order(happened: Callable[[], list[str]]) -> None:
    numbers = [*range(30, 13, -1), *range(12)]
    assert result(job("double", each=each(numbers), threads=4)) == [2 * number for number in numbers]
    assert sorted(map(int, happened())) == sorted(numbers)


@pytest.mark.parametrize("threads", [1, 2])
def test_a_call_that_fails_leaves_no_result_and_names_its_group(threads: int) -> None:
    pairs = [["north", 1], [[["site", "=", "south"]], 13]]
    with pytest.raises(TaskError) as caught:
        execute(job("double", each=each(pairs, keyed=True), threads=threads))
    assert "ValueError: 13 is an unlucky number" in str(caught.value)
    assert "(in the group site = south)" in str(caught.value)
    assert caught.value.published == ("Task instance 'one' raised ValueError('13 is an unlucky number')")
    assert list(Path("results").iterdir()) == []


@pytest.mark.parametrize("threads", [1, 2])
def test_a_value_of_another_type_is_refused_and_names_its_group(threads: int) -> None:
    pairs = [["north", 1], ["south", "many"]]
    with pytest.raises(ContractError) as caught:
        execute(job("double", each=each(pairs, keyed=True), threads=threads))
    assert "EW611 one: argument 'value': expected integer, got 'many'" in str(caught.value)
    assert "(in the group south)" in str(caught.value)


def test_a_process_that_is_ended_from_outside_is_told_as_that() -> None:
    with pytest.raises(StorageError, match="EW605 a process that computed items was ended from outside"):
        execute(job("die", each=each([9, 9]), threads=2))
    assert list(Path("results").iterdir()) == []


def test_no_process_outlives_the_one_that_it_works_for() -> None:
    # As a job does that takes too long: nothing is tidied up.
    program = """
import os, threading, time
from ecoscope_workflows.runtime.fan_out import in_parallel
def make(number):
    os.write(1, b"%d\\n" % os.getpid())
    time.sleep(60)
threading.Timer(0.5, os._exit, [7]).start()
list(in_parallel(make, [0, 1, 2], 2))
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as ended:
        # Its end is seen when the last of them has ended.
        processes = ended.communicate(timeout=60)[0].split()
    assert ended.returncode == 7
    assert len(processes) == 2


def test_a_skipped_collection_is_a_collection_that_was_skipped() -> None:
    skipped = SkipSentinel("zero", "never", "x")
    write_value(skipped, Path("zero"), CollectionCodec(JsonCodec(), keyed=True))
    made = job("double", each=each({"$input": 0}, keyed=True, files=(Path("zero"),)))
    assert result(made) == [(None, skipped)]


def test_a_call_is_skipped_by_its_own_values() -> None:
    made = job("double", each=each([["a", -1], ["b", 1]], keyed=True), skipif=skipif("any_negative"))
    assert result(made) == [("a", SkipSentinel("one", "any_negative", "value")), ("b", 2)]


# What is found again


def again(made: Job, happened: Callable[[], list[str]]) -> list[str]:
    """Return the calls that happen when a job runs whose elements were 1, 2 and 3."""
    happened()
    execute(made)
    return happened()


def test_only_new_elements_are_computed(happened: Callable[[], list[str]]) -> None:
    execute(NUMBERS)
    other = replace(NUMBERS, each=each([3, 4, 1]))
    assert again(other, happened) == ["4"]
    assert result(other) == [6, 8, 2]
    assert names(other.output) == {"index.json", "0000.json", "0001.json", "0002.json"}


SAME: dict[str, Job] = {
    "the key of an element": replace(NUMBERS, each=each([["k", 1], ["l", 2], ["m", 3]], keyed=True)),
    "the spec": replace(NUMBERS, spec="other"),
    "the number of threads": replace(NUMBERS, threads=2),
    "the timeout": replace(NUMBERS, timeout=100),
}
OTHER: dict[str, Job] = {
    "an argument": replace(NUMBERS, arguments={"by": 3}),
    "the code": replace(NUMBERS, code="other"),
    "a condition": replace(NUMBERS, skipif=skipif("any_skipped")),
    "the depth of a condition": replace(NUMBERS, skipif=skipif("any_skipped", depth=2)),
    "no code at all": replace(NUMBERS, code=""),
}


@pytest.mark.parametrize("change", SAME)
def test_what_changes_no_result_finds_it_again(change: str, happened: Callable[[], list[str]]) -> None:
    execute(
        replace(NUMBERS, each=each([["a", 1], ["b", 2], ["c", 3]], keyed=True))
        if "key" in change
        else NUMBERS
    )
    assert again(SAME[change], happened) == []


@pytest.mark.parametrize("change", OTHER)
def test_what_may_change_a_result_computes_it_again(change: str, happened: Callable[[], list[str]]) -> None:
    execute(NUMBERS)
    assert again(OTHER[change], happened) == ["1", "2", "3"]


def test_another_input_file_computes_all_again(happened: Callable[[], list[str]]) -> None:
    file = Path("by.json")
    made = replace(NUMBERS, arguments={}, inputs={"by": (file,)})
    file.write_text("2")
    execute(made)
    assert again(made, happened) == []
    file.write_text("3")
    assert again(made, happened) == ["1", "2", "3"]
    assert result(made) == [3, 6, 9]


def test_a_result_that_another_program_cut_is_another_file() -> None:
    # pyarrow keeps the footer in which we have written the hash of the content.
    path = Path("tracks.parquet")
    write_value(pd.DataFrame({"x": [1, 2, 3]}), path, FrameCodec())
    made = job("count_rows", each=each([0, 10]), inputs={"path": (path,)})
    assert result(made) == [3, 13]
    pq.write_table(pq.read_table(path).slice(0, 2), path)
    assert result(made) == [2, 12]


def test_another_value_of_a_variable_computes_all_again(
    happened: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = replace(NUMBERS, arguments={"by": {"$env": "DEMO_BY"}})
    monkeypatch.setenv("DEMO_BY", "2")
    execute(made)
    assert again(made, happened) == []
    monkeypatch.setenv("DEMO_BY", "3")
    assert again(made, happened) == ["1", "2", "3"]


def test_a_variable_that_the_task_itself_names_counts_too(
    happened: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = job("with_variable", each=each([1]))
    monkeypatch.setenv("DEMO_SERVER", "old")
    assert result(made) == ["old:1"]
    happened()
    monkeypatch.setenv("DEMO_SERVER", "new")
    assert result(made) == ["new:1"]
    assert happened() == ["1"]


def heads(*texts: str) -> Call:
    return call("heads", "shout", each=each(list(texts), ["text"]))


def test_a_cheap_instance_counts_with_all_that_it_is_called_for() -> None:
    made = job("headed", {"heads": {"$call": "heads"}}, heads("a", "b"), each=each([1, 2]))
    assert result(made) == ["A/B 1", "A/B 2"]
    assert result(replace(made, calls={"heads": heads("a", "c")})) == ["A/C 1", "A/C 2"]


def test_a_skip_names_the_instance_that_was_skipped_not_another_with_the_same_values() -> None:
    made = job("double", each=each([-1]), skipif=skipif("any_negative"))
    assert result(made) == [SkipSentinel("one", "any_negative", "value")]
    assert result(replace(made, instance="two")) == [SkipSentinel("two", "any_negative", "value")]


def test_example_data_is_not_taken_for_a_result(happened: Callable[[], list[str]]) -> None:
    Path("example.json").write_text("99")
    made = job("double", each=each([1]))
    assert result(replace(made, mock=Path("example.json"))) == [99]
    assert result(made) == [2]
    assert happened() == ["1"]
    assert result(replace(made, mock=Path("example.json"))) == [99]


@pytest.mark.parametrize("task", ["fetch", "uncached"])
def test_what_must_not_be_used_again_is_computed_each_time(
    task: str, happened: Callable[[], list[str]]
) -> None:
    made = job(task, each=each([1, 2]))
    execute(made)
    assert again(made, happened) == ["1", "2"]
    assert not Path(".ecoscope-workflows").exists()


def test_a_task_that_writes_files_of_its_own_is_called_each_time(happened: Callable[[], list[str]]) -> None:
    folder: dict[str, Any] = {"$env": "ECOSCOPE_WORKFLOWS_RESULTS"}
    made = job("write_file", {"folder": folder}, each=each(["a", "b"], ["text"]))
    for _ in range(2):
        assert result(made) == ["results/one.files/a.txt", "results/one.files/b.txt"]
        assert [Path(path).read_text() for path in result(made)] == ["a", "b"]
    fewer = replace(made, each=each(["b"], ["text"]))
    assert result(fewer) == ["results/one.files/b.txt"]
    assert names(Path("results/one.files")) == {"b.txt"}
    assert happened()[-1] == "b"


def test_a_store_that_is_switched_off_is_not_used(
    happened: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(STORE_VARIABLE, "")
    execute(NUMBERS)
    assert again(NUMBERS, happened) == ["1", "2", "3"]
    assert not Path(".ecoscope-workflows").exists()


def test_results_that_are_folders_are_found_again(happened: Callable[[], list[str]]) -> None:
    made = job("parts", each=each([["k", 1]], keyed=True))
    whole = [("k", [("a", 1), ("b", [1])])]
    assert result(made) == whole
    happened()
    assert result(made) == whole
    assert happened() == []


def test_equal_results_are_equal_bytes_found_or_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    def contents() -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in NUMBERS.output.iterdir()}

    execute(NUMBERS)
    first = contents()
    execute(NUMBERS)
    assert contents() == first
    monkeypatch.setenv(STORE_VARIABLE, "")
    execute(replace(NUMBERS, threads=2))
    assert contents() == first
