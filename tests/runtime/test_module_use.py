"""What a compiled workflow is given as a module, and which spec the jobs are told."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import PurePosixPath
from types import SimpleNamespace
from typing import Any

import pytest

from ecoscope_workflows.errors import ParamsError
from ecoscope_workflows.runtime.module_use import Module
from ecoscope_workflows.runtime.spec_hashes import MODULES_VARIABLE, announce_spec, spec_of
from ecoscope_workflows.runtime.words import SPEC_VARIABLE


def module(config: Any) -> Module:
    """Return a module as Snakemake reads it."""
    modifier = SimpleNamespace(namespace="north", skip_configfile=True)
    return Module(SimpleNamespace(modifier=modifier, config=config))


def test_dates_and_paths_are_the_texts_that_they_were_written_as() -> None:
    day, moment = date(2024, 2, 29), datetime(2024, 2, 29, 6, 30)  # noqa: DTZ001  # as YAML has it
    given = module({"a": {"day": day, "moment": moment, "path": PurePosixPath("x/y")}}).config()
    assert given is not None
    assert given.value == {"a": {"day": "2024-02-29", "moment": "2024-02-29T06:30:00", "path": "x/y"}}


@pytest.mark.parametrize("value", [object(), {1, 2}, b"x"])
def test_a_config_that_no_file_can_hold_is_refused(value: object) -> None:
    with pytest.raises(ParamsError, match=r"config of module north: EW406 no params: .* is no plain data"):
        module({"a": {"b": value}}).config()


def test_a_job_knows_its_spec_by_where_its_result_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SPEC_VARIABLE, "outer")
    monkeypatch.setenv(MODULES_VARIABLE, "")
    announce_spec("results", "old")
    announce_spec("results", "a")
    announce_spec("results/b c", "b")
    outputs = ("results/x.json", "results/b c/x.json", "results/bc/x.json", "other/x.json", "resultsx.json")
    assert [spec_of(output) for output in outputs] == ["a", "b", "a", "outer", "outer"]
