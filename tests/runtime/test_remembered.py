"""The results of whole jobs come from the store where nothing that decides them has changed."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.runtime import demo
from tests.runtime.jobs import call, each, job, skipif

from ecoscope_workflows.annotations import InputFile
from ecoscope_workflows.contracts.stored import read_value
from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.runtime.execute import execute
from ecoscope_workflows.runtime.jobs import Job
from ecoscope_workflows.runtime.known_fingerprints import known_fingerprints

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.usefixtures("work")


@distributed
def ending(path: InputFile) -> str:
    """Go by the name of a file."""
    return path.suffix


@distributed
def slowly(value: int, path: InputFile) -> str:
    """Read a file in the place of which there is another one by then."""
    other = Path("other.txt")
    if value and other.exists():
        other.replace(path)
    return path.read_text()


def test_the_same_job_again_is_not_computed(
    happened: Callable[[], list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    one = job("double", {"value": 4})
    execute(one)
    first = one.output.read_bytes(), Path("results/one.json.provenance.json").read_bytes()
    assert happened() == ["4"]
    capsys.readouterr()
    execute(one)
    assert happened() == []
    assert capsys.readouterr().err == "restored\n"
    assert (one.output.read_bytes(), Path("results/one.json.provenance.json").read_bytes()) == first


@pytest.mark.parametrize("change", ["argument", "code", "condition"])
def test_what_may_change_a_result_computes_it_again(change: str, happened: Callable[[], list[str]]) -> None:
    one = job("double", {"value": 4})
    execute(one)
    happened()
    other = {
        "argument": job("double", {"value": 5}),
        "code": replace(one, code="0ther"),
        "condition": replace(one, skipif=skipif("any_negative")),
    }[change]
    execute(other)
    assert len(happened()) == 1


def test_a_param_that_is_put_back_is_found_again(happened: Callable[[], list[str]]) -> None:
    for value in (4, 5, 4):
        execute(job("double", {"value": value}))
    assert happened() == ["4", "5"]
    assert read_value(Path("results/one.json")) == 8


def test_a_cheap_instance_counts(happened: Callable[[], list[str]]) -> None:
    for value in (1, 2, 1):
        execute(job("double", {"value": {"$call": "cheap"}}, call("cheap", "double", {"value": value})))
    # Each time the cheap one is called as well: of what is restored neither is.
    assert happened() == ["1", "2", "2", "4"]


def test_the_provenance_beside_a_restored_result_is_of_this_run() -> None:
    one = job("double", {"value": 4}, spec="first")
    execute(one)
    execute(replace(one, spec="second"))
    assert json.loads(Path("results/one.json.provenance.json").read_text())["spec"] == "second"


def test_a_spoiled_entry_is_computed_again(happened: Callable[[], list[str]]) -> None:
    one = job("double", {"value": 4})
    execute(one)
    for path in Path(".ecoscope-workflows/store").glob("??/*"):
        if path.suffix != ".facts":
            path.write_text("9")
    happened()
    execute(one)
    assert happened() == ["4"]
    assert read_value(one.output) == 8


def test_a_page_beside_a_result_shows_what_its_files_hold_now() -> None:
    shown = Path("map.html")
    widget = {"widget_type": "map", "title": "Range", "data": str(shown), "is_filtered": False}
    one = Job(
        instance="one",
        task="ecoscope_workflows.tasks.results:gather_dashboard",
        arguments={"details": {"name": "Herd", "description": ""}, "widgets": widget},
        output=Path("results/one.json"),
        code="c0de",
    )
    for text in ("of yesterday", "of today"):
        shown.write_text(f"<html>{text}</html>")
        execute(one)
        assert text in Path("results/one.html").read_text()


def test_the_name_of_a_file_that_is_read_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "ending", ending, raising=False)
    for name in ("a.csv", "a.tsv"):
        Path(name).write_text("the same")
        one = job("ending", inputs={"path": (Path(name),)})
        execute(one)
        assert read_value(one.output) == Path(name).suffix


@pytest.mark.parametrize("many", [False, True])
def test_a_file_that_is_replaced_while_the_task_runs_makes_no_wrong_entry(
    many: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "slowly", slowly, raising=False)
    how = {"each": each([1])} if many else {"arguments": {"value": 1}}
    one = job("slowly", inputs={"path": (Path("given.txt"),)}, **how)
    Path("given.txt").write_text("first")
    Path("other.txt").write_text("second")
    execute(one)
    Path("given.txt").write_text("first")
    execute(one)
    assert read_value(one.output) == (["first"] if many else "first")


def test_code_that_is_edited_while_the_workflow_runs_makes_no_wrong_entry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = tmp_path / "editing.py"
    text = (
        "from ecoscope_workflows.decorators import distributed\n"
        "@distributed\ndef grow(n: int) -> int:\n    return n + {}\n"
    )
    module.write_text(text.format(1))
    monkeypatch.syspath_prepend(str(tmp_path))
    task = "editing:grow"
    code = known_fingerprints(Path()).of(*task.split(":"))
    one = Job(instance="one", task=task, arguments={"n": 1}, output=Path("results/one.json"), code=code)
    # The run has begun; its job imports the task when it is due.
    module.write_text(text.format(100))
    execute(one)
    assert read_value(one.output) == 101
    assert "the code has changed since the run began" in capsys.readouterr().err
    assert not list(Path(".ecoscope-workflows/store").glob("*"))
    # Touched, as by a version control that goes there and back, it is still the same code.
    module.write_text(text.format(1))
    execute(one)
    assert list(Path(".ecoscope-workflows/store").glob("??/*.facts"))


def test_a_failing_job_leaves_nothing_in_the_store(happened: Callable[[], list[str]]) -> None:
    for _ in range(2):
        with pytest.raises(Exception, match="unlucky"):
            execute(job("double", {"value": 13}))
    assert happened() == ["13", "13"]
    assert not list(Path("results").glob("*"))


def test_a_store_that_is_switched_off_is_not_used(
    happened: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ECOSCOPE_WORKFLOWS_STORE", "")
    for _ in range(2):
        execute(job("double", {"value": 4}))
    assert happened() == ["4", "4"]
    assert not Path(".ecoscope-workflows").exists()


HOURLY = {"value": 4, "connection": "mara"}
SITE = "ECOSCOPE_WORKFLOWS__CONNECTIONS__EARTHRANGER__MARA__"


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Return a function that sets the clock forward by seconds."""
    now = time.time()
    return lambda seconds: monkeypatch.setattr("time.time", lambda: now + seconds)


def test_what_the_world_outside_said_is_used_for_as_long_as_the_task_says(
    happened: Callable[[], list[str]], later: Callable[[float], None], capsys: pytest.CaptureFixture[str]
) -> None:
    one = job("fetch_hourly", HOURLY)
    execute(one)
    first = json.loads(Path("results/one.json.provenance.json").read_text())["computed"]
    later(12 * 60)
    execute(one)
    assert happened() == ["4"]
    assert capsys.readouterr().err == "restored, 12 min old\n"
    assert json.loads(Path("results/one.json.provenance.json").read_text())["computed"] == first
    later(3601)
    execute(one)
    assert happened() == ["4"]
    assert capsys.readouterr().err == ""
    assert json.loads(Path("results/one.json.provenance.json").read_text())["computed"] > first
    later(3601 + 7000)
    execute(one)
    assert happened() == ["4"]


def test_the_time_stands_in_a_table_as_well(
    happened: Callable[[], list[str]], later: Callable[[float], None]
) -> None:
    one = job("fetch_table", {"value": 4})
    execute(one)
    first = one.output.read_bytes()
    assert b'"computed": "20' in first
    later(60)
    execute(one)
    assert one.output.read_bytes() == first
    assert happened() == ["4"]


def test_each_item_of_a_fan_out_has_its_own_age(
    happened: Callable[[], list[str]], later: Callable[[float], None]
) -> None:
    execute(job("fetch_hourly", each=each([1, 2])))
    later(3000)
    execute(job("fetch_hourly", each=each([1, 2, 3])))
    later(4000)
    execute(job("fetch_hourly", each=each([1, 2, 3])))
    assert happened() == ["1", "2", "3", "1", "2"]


@pytest.mark.parametrize(
    ("name", "again"),
    [("SERVER", True), ("USERNAME", True), ("PASSWORD", False), ("TCP_LIMIT", True)],
)
def test_it_counts_which_account_a_connection_is(
    name: str, again: bool, monkeypatch: pytest.MonkeyPatch, happened: Callable[[], list[str]]
) -> None:
    account = {"SERVER": "https://a.example", "USERNAME": "me", "PASSWORD": "pa55word", "TCP_LIMIT": "2"}
    for field, value in account.items():
        monkeypatch.setenv(f"{SITE}{field}", value)
        monkeypatch.setenv(f"{SITE.replace('MARA', 'OTHER')}{field}", value)
    execute(job("fetch_hourly", HOURLY))
    monkeypatch.setenv(f"{SITE.replace('MARA', 'OTHER')}{name}", "3")
    execute(job("fetch_hourly", HOURLY))
    assert happened() == ["4"]
    monkeypatch.setenv(f"{SITE}{name}", "3")
    execute(job("fetch_hourly", HOURLY))
    assert happened() == (["4"] if again else [])
    for path in Path().rglob("*"):
        assert path.is_dir() or b"pa55word" not in path.read_bytes()


def test_a_token_says_whose_account_it_is(
    monkeypatch: pytest.MonkeyPatch, happened: Callable[[], list[str]]
) -> None:
    monkeypatch.setenv(f"{SITE}SERVER", "https://a.example")
    for token in ("mine", "yours", "mine"):
        monkeypatch.setenv(f"{SITE}TOKEN", token)
        execute(job("fetch_hourly", HOURLY))
    assert happened() == ["4", "4"]


def test_a_connection_in_a_cheap_instance_counts(
    monkeypatch: pytest.MonkeyPatch, happened: Callable[[], list[str]]
) -> None:
    site = call("site", "kept", {"value": "mara"})
    for server in ("a", "b", "a"):
        monkeypatch.setenv(f"{SITE}SERVER", f"https://{server}.example")
        execute(job("fetch_hourly", {"value": 4, "connection": {"$call": "site"}}, site))
    assert happened() == ["4", "4"]


@pytest.mark.parametrize("inside", ["fetch", "fetch_hourly", "uncached"])
def test_what_reads_the_world_inside_a_job_makes_the_job_do_so(
    inside: str, happened: Callable[[], list[str]]
) -> None:
    for _ in range(2):
        execute(job("double", {"value": {"$call": "cheap"}}, call("cheap", inside, {"value": 2})))
    assert happened() == ["2", "2", "2", "2"]
