"""The results of whole jobs come from the store where nothing that decides them has changed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.runtime.jobs import call, job, skipif

from ecoscope_workflows.contracts.stored import read_value
from ecoscope_workflows.runtime.execute import execute

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.usefixtures("work")


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
        if path.suffix != ".json":
            path.write_text("9")
    happened()
    execute(one)
    assert happened() == ["4"]
    assert read_value(one.output) == 8


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
