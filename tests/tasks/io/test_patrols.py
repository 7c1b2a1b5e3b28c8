"""Patrols from a simulated site, beside the public client."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd
import pytest
from erclient import ERClient

from ecoscope_workflows.contracts.frames import FrameContract
from ecoscope_workflows.contracts.parquet import read_frame, write_frame
from ecoscope_workflows.tasks.io import (
    get_patrol_observations_from_patrols_df,
    get_patrols,
)
from ecoscope_workflows.tasks.io._patrol_frames import patrols_frame
from ecoscope_workflows.tasks.schemas import PatrolObservations, Patrols
from ecoscope_workflows.tasks.time_ranges import TimeRange

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.standins.earthranger import EarthRangerStandIn

START = datetime(2024, 3, 1, tzinfo=UTC)
ALL_TIME = TimeRange(since=START, until=START + timedelta(days=365))
CALLS = ("activity/patrols", "observations")
NEVER = TimeRange(since=START - timedelta(days=9), until=START - timedelta(days=8))


class Asked(Protocol):
    """Call a task with arguments that fit the site, some of them replaced."""

    def __call__(self, **replaced: Any) -> Any: ...


@pytest.fixture
def patrols(connected: str) -> Asked:
    """Return the task, bound to the site and to all of its time."""

    def call(**replaced: Any) -> Any:
        return get_patrols(**{"client": connected, "time_range": ALL_TIME, "patrol_types": [], **replaced})

    return call


@pytest.fixture
def fixes(connected: str, patrols: Asked) -> Asked:
    """Return the task, bound to the patrols that are done."""

    def call(**replaced: Any) -> Any:
        given = replaced if "patrols_df" in replaced else {"patrols_df": patrols(), **replaced}
        return get_patrol_observations_from_patrols_df(connected, **given)

    return call


@pytest.fixture
def client(site: EarthRangerStandIn) -> Iterator[Any]:
    """Return the public client."""
    found = ERClient(
        service_root=site.url, username=site.username, password=site.password, client_id="das_web_client"
    )
    yield found
    found._http_session.close()


def faults(frame: Any, schema: type, *, geo: bool = False) -> Any:
    return FrameContract(schema, geo=geo).faults(frame)[1]


def numbers(frame: Any) -> list[int]:
    return [serial - 100 for serial in frame["serial_number"]]


def test_the_public_client_and_the_task_read_the_same(patrols: Asked, client: Any, tmp_path: Path) -> None:
    wanted = {"date_range": {"lower": START.isoformat()}, "patrols_overlap_daterange": True}
    theirs = {p["id"]: p for p in client.get_patrols(filter=json.dumps(wanted), page_size=5)}

    ours = patrols(status=[])

    assert len(theirs) == 12
    assert list(ours["id"]) == sorted(theirs, key=lambda name: int(theirs[name]["serial_number"]))
    for row in ours.to_dict("records"):
        record = theirs[row["id"]]
        assert json.loads(row["patrol_segments"]) == record["patrol_segments"]
        assert (row["state"], row["serial_number"]) == (record["state"], record["serial_number"])
        assert row["title"] == record["title"] or pd.isna(row["title"])
    assert faults(ours, Patrols) == ()
    write_frame(ours, tmp_path / "patrols.parquet", "{}")
    pd.testing.assert_frame_equal(read_frame(tmp_path / "patrols.parquet"), ours)


@pytest.mark.parametrize(("arguments", "expected"), [
    ({}, list(range(9))),
    ({"status": None}, list(range(9))),
    ({"status": []}, list(range(12))),
    ({"status": ["active"]}, [9]),
    ({"status": ["cancelled", "done", "overdue"]}, [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11]),
    ({"patrol_types": ["vehicle_patrol"]}, [0, 3, 6]),
    ({"patrol_types": ["vehicle_patrol", "foot_patrol"], "sub_page_size": 2}, list(range(9))),
    ({"sub_page_size": None}, list(range(9))),
])  # fmt: skip
def test_status_and_type_choose_patrols(
    patrols: Asked, arguments: dict[str, Any], expected: list[int]
) -> None:
    assert numbers(patrols(**arguments)) == expected


@pytest.mark.parametrize(("overlap", "expected"), [(True, [1, 2, 3, 4]), (False, [2, 3, 4])])
def test_patrols_that_are_partly_within_the_time_count_on_demand(
    patrols: Asked, overlap: bool, expected: list[int]
) -> None:
    period = TimeRange(since=START + timedelta(hours=4), until=START + timedelta(hours=9))
    assert numbers(patrols(time_range=period, patrols_overlap_daterange=overlap)) == expected


def test_the_page_size_is_the_one_asked_for_or_that_of_the_connection(
    patrols: Asked, fixes: Asked, site: EarthRangerStandIn
) -> None:
    patrols(sub_page_size=4)
    patrols(sub_page_size=None)
    fixes(sub_page_size=5)
    fixes(sub_page_size=None)

    pages = {name: [call.query["page_size"] for call in site.calls_of(name)] for name in CALLS}
    assert [pages["activity/patrols"].count(size) for size in ("4", "20", "100")] == [3, 1, 2]
    assert [pages["observations"].count(size) for size in ("5", "20")] == [18, 9]


def test_an_unknown_type_is_an_error(patrols: Asked) -> None:
    with pytest.raises(ValueError, match=r"no patrol type 'foot_patroll'.*foot_patrol"):
        patrols(patrol_types=["foot_patroll"])


@pytest.mark.parametrize("field", ["serial_number", "state"])
def test_a_patrol_without_what_each_has_is_an_error(site: EarthRangerStandIn, field: str) -> None:
    with pytest.raises(ValueError, match=f"has no {field}"):
        patrols_frame([{**site.activity.patrols[0], field: None}])


@pytest.mark.parametrize("details", [True, False])
def test_nothing_is_an_error_or_a_frame_of_the_same_shape(
    fixes: Asked, patrols: Asked, site: EarthRangerStandIn, details: bool
) -> None:
    with pytest.raises(ValueError, match="there are no such patrols from 2024-02-21"):
        patrols(time_range=NEVER)
    none = patrols(time_range=NEVER, raise_on_empty=False)
    some = patrols()
    assert faults(none, Patrols) == ()
    assert none.dtypes.to_dict() == some.dtypes[list(none.columns)].to_dict()
    site.calls.clear()

    with pytest.raises(ValueError, match="there are no fixes of the 0 patrols"):
        fixes(patrols_df=none)
    empty = fixes(patrols_df=none, raise_on_empty=False, include_patrol_details=details)
    assert site.calls_of("observations") == []
    full = fixes(include_patrol_details=details)
    assert faults(empty, PatrolObservations, geo=True) == ()
    assert set(empty.columns) == set(full.columns)
    assert empty.dtypes.to_dict() == full.dtypes[list(empty.columns)].to_dict()
    assert (empty.crs, empty.index.name, empty.index.dtype) == (full.crs, full.index.name, full.index.dtype)
