"""A call becomes its result: results in the places of arguments, cheap instances evaluated, skips decided."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from pydantic import Field
from tests.runtime import demo
from tests.runtime.jobs import call, each, job, result, skipif

from ecoscope_workflows.annotations import FromEnvironment
from ecoscope_workflows.contracts.codecs import CollectionCodec, JsonCodec
from ecoscope_workflows.contracts.skipping import SkipSentinel
from ecoscope_workflows.contracts.stored import write_value
from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.errors import ContractError, StorageError, TaskError
from ecoscope_workflows.runtime.execute import execute

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.usefixtures("work")

HELLO = call("hello", "shout", {"text": "hello"})


def stored(name: str, value: object) -> Path:
    path = Path(name)
    path.write_text(json.dumps(value))
    return path


def test_a_cheap_instance_is_evaluated_in_the_job_that_needs_it() -> None:
    assert result(job("kept", {"value": [{"$call": "hello"}, 1]}, HELLO)) == ["HELLO", 1]


def test_a_cheap_instance_is_evaluated_once_in_a_job(happened: Callable[[], list[str]]) -> None:
    whole = {"$call": "hello"}
    made = job("kept", {"value": whole}, HELLO, each=each([whole, whole, "x"], ["value"]))
    assert result(made) == ["HELLO", "HELLO", "x"]
    assert happened() == ["shout hello"]


def test_cheap_instances_need_one_another(happened: Callable[[], list[str]]) -> None:
    louder = call("louder", "shout", {"text": {"$call": "hello"}})
    titled = call("titled", "title", {"text": {"$call": "louder"}})
    made = job("kept", {"value": [{"$call": "titled"}, {"$call": "louder"}]}, HELLO, louder, titled)
    assert result(made) == [{"text": "HELLO", "size": 1}, "HELLO"]
    assert sorted(happened()) == ["shout HELLO", "shout hello", "title HELLO"]


def test_a_part_of_a_cheap_result_is_a_field_of_it() -> None:
    made = job("kept", {"value": {"$call": ["titled", "size"]}}, call("titled", "title", {"text": "a"}))
    assert result(made) == 1


def test_a_part_that_a_cheap_result_does_not_have_is_refused() -> None:
    made = job("kept", {"value": {"$call": ["titled", "length"]}}, call("titled", "title", {"text": "a"}))
    with pytest.raises(ContractError, match=r"EW615 a result has no part `return\.length`"):
        execute(made)


def test_a_cheap_instance_reads_files_of_its_own() -> None:
    file = stored("text.json", "low")
    made = job("kept", {"value": {"$call": "loud"}}, call("loud", "shout", inputs={"text": (file,)}))
    assert result(made) == "LOW"


def test_a_cheap_instance_may_be_called_for_each() -> None:
    many = call("many", "shout", each=each(["a", "b"], ["text"]))
    assert result(job("joined", {"texts": {"$call": "many"}}, many)) == "A,B"
    keyed = call("many", "shout", each=each([["k", "a"]], ["text"], keyed=True))
    assert result(job("kept", {"value": {"$call": "many"}}, keyed)) == [["k", "A"]]


def test_a_call_goes_through_what_a_cheap_instance_returns() -> None:
    many = call("many", "shout", each=each(["a", "b"], ["text"]))
    assert result(job("kept", {}, many, each=each({"$call": "many"}))) == ["A", "B"]


def test_a_cheap_instance_goes_through_files() -> None:
    write_value([("k", "a"), ("l", "b")], Path("zero"), CollectionCodec(JsonCodec(), keyed=True))
    many = call("many", "shout", each=each({"$input": 0}, ["text"], keyed=True, files=(Path("zero"),)))
    assert result(job("kept", {"value": {"$call": "many"}}, many)) == [["k", "A"], ["l", "B"]]


def test_an_error_in_a_cheap_instance_names_it() -> None:
    made = job("kept", {"value": {"$call": "bad"}}, call("bad", "double", {"value": 13}))
    with pytest.raises(TaskError) as caught:
        execute(made)
    assert "bad (task 'double') raised ValueError" in str(caught.value)
    wrong = job("kept", {"value": {"$call": "bad"}}, call("bad", "double", {"value": "x"}))
    with pytest.raises(ContractError, match="EW611 bad: argument 'value'"):
        execute(wrong)


def test_a_cheap_instance_that_is_skipped_skips_what_follows() -> None:
    minus = call("minus", "double", {"value": -1}, skipif=skipif("any_negative"))
    made = job("double", {"value": {"$call": "minus"}}, minus, skipif=skipif("any_skipped"))
    found = result(made)
    assert found == SkipSentinel(
        "one", "any_skipped", "value", SkipSentinel("minus", "any_negative", "value")
    )


def test_a_task_that_takes_skipped_results_gets_what_it_says_instead() -> None:
    minus = call("minus", "double", {"value": -1}, skipif=skipif("any_negative"))
    assert result(job("told", {"value": {"$call": "minus"}}, minus)) == (
        "<minus was skipped: any_negative on 'value'>"
    )


def test_a_task_that_takes_no_skipped_result_refuses_it() -> None:
    minus = call("minus", "double", {"value": -1}, skipif=skipif("any_negative"))
    with pytest.raises(ContractError, match="EW611 one: argument 'value': expected integer, got <skipped>"):
        execute(job("double", {"value": {"$call": "minus"}}, minus))


def test_conditions_of_an_element_see_the_defaults_and_those_of_a_call_do_not() -> None:
    # `folder` has the default "": as published, only conditions of map and mapvalues see it.
    depth = skipif("all_negative")
    assert result(job("add", {"left": -1, "right": -1}, skipif=depth)) == SkipSentinel("one", "all_negative")
    assert result(job("double", {"value": -1, "by": -2}, skipif=depth)) == SkipSentinel("one", "all_negative")
    assert result(job("double", {"by": -2}, each=each([-1]), skipif=depth)) == [2]


@pytest.mark.parametrize(
    ("task", "arguments", "suffix"),
    [("double", {"value": -1}, ".json"), ("joined", {"texts": [-1]}, ".txt"), ("parts", {"value": -1}, "")],
)
def test_a_skipped_call_leaves_a_mark_that_reads_as_one(
    task: str, arguments: dict[str, Any], suffix: str
) -> None:
    made = job(task, arguments, skipif=skipif("any_negative"))
    assert made.output.suffix == suffix
    found = result(made)
    assert isinstance(found, SkipSentinel)
    assert found.instance == "one"


def test_an_argument_that_is_one_file_as_a_whole_stands_in_the_inputs_only() -> None:
    assert result(job("double", inputs={"value": (stored("a.json", 4),)})) == 8


def test_files_stand_where_the_argument_says() -> None:
    files = (stored("a.json", 4), stored("b.json", {"k": [5, 6]}))
    arguments = {"value": [{"$input": 0}, {"$input": [1, "k", 1]}]}
    assert result(job("kept", arguments, inputs={"value": files})) == [4, 6]


def test_a_file_that_is_missing_is_told_with_what_to_do() -> None:
    with pytest.raises(StorageError, match="EW601 there is no such file"):
        execute(job("double", inputs={"value": (Path("none.json"),)}))
    with pytest.raises(StorageError, match="EW601 there is no such file"):
        execute(job("double", each=each({"$input": 0}, files=(Path("none"),))))


@pytest.mark.parametrize("content", ["{", "[]", '{"keyed": true}', '{"items": [{}], "keyed": false}'])
def test_a_damaged_index_is_told_as_a_file_that_cannot_be_read(content: str) -> None:
    Path("zero").mkdir()
    Path("zero/index.json").write_text(content)
    for made in (
        job("double", each=each({"$input": 0}, files=(Path("zero"),))),
        job("kept", inputs={"value": (Path("zero"),)}),
    ):
        with pytest.raises(StorageError, match="EW602 not a readable collection file"):
            execute(made)


def test_what_a_task_writes_itself_goes_beside_its_result_unless_a_variable_says_otherwise(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = job("write_file", {"text": "a", "folder": {"$env": "ECOSCOPE_WORKFLOWS_RESULTS"}})
    assert result(made) == "results/one.files/a.txt"
    other = job("write_file", {"text": "b", "folder": {"$env": "ECOSCOPE_WORKFLOWS_RESULTS"}})
    assert result(other) == "results/one.files/b.txt"
    assert [path.name for path in Path("results/one.files").iterdir()] == ["b.txt"]
    monkeypatch.setenv("ECOSCOPE_WORKFLOWS_RESULTS", str(tmp_path / "mine"))
    assert result(made) == str(tmp_path / "mine" / "a.txt")
    assert not Path("results/one.files").exists()


@distributed
def signed_in(
    number: int, secret: Annotated[str, FromEnvironment("DEMO_SECRET", secret=True), Field(max_length=3)]
) -> int:
    """Take a secret."""
    return number + len(secret)


@pytest.mark.parametrize(
    "made",
    [
        {"arguments": {"number": 1}},
        {"arguments": {"number": 1, "secret": {"$env": "DEMO_SECRET"}}},
        {"arguments": {"secret": "abc", "number": {"$env": "DEMO_SECRET"}}},
        {"arguments": {"secret": "abc"}, "each": each([{"$env": "DEMO_SECRET"}], ["number"])},
    ],
    ids=["declared", "bound", "elsewhere", "mapped"],
)
def test_no_message_shows_what_is_of_the_environment(
    made: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "signed_in", signed_in, raising=False)
    monkeypatch.setenv("DEMO_SECRET", "hunter2")
    with pytest.raises(ContractError, match=r"EW611 .* does not fit; it is from the environment") as caught:
        execute(job("signed_in", **made))
    assert "hunter2" not in str(caught.value)


def test_a_mocked_job_asks_for_nothing(happened: Callable[[], list[str]]) -> None:
    example = stored("example.json", 7)
    made = job("double", {"value": {"$call": "missing"}}, mock=example, skipif=skipif("any_negative"))
    assert result(made) == 7
    assert happened() == []


def test_a_mocked_call_for_each_gets_the_example_each_time() -> None:
    example = stored("example.json", 7)
    made = job("double", each=each([["k", 1], ["l", 2]], keyed=True), mock=example)
    assert result(made) == [("k", 7), ("l", 7)]


def test_the_provenance_says_what_was_evaluated_inside() -> None:
    made = job("kept", {"value": {"$call": "hello"}}, HELLO)
    execute(made)
    facts = json.loads(Path("results/one.json.provenance.json").read_text())
    assert facts["evaluated"] == {
        "hello": {
            "task": "tests.runtime.demo.shout",
            "code": "c0de",
            "arguments": {"text": "hello"},
            "inputs": {},
        }
    }
    assert "each" not in facts
