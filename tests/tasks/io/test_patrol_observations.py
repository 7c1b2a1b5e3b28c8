"""The fixes taken on patrols, from a simulated site, beside the public client."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd
import pytest
from erclient import ERClient
from geopandas.testing import assert_geodataframe_equal

from ecoscope_workflows.contracts.frames import FrameContract
from ecoscope_workflows.contracts.parquet import read_frame, write_frame
from ecoscope_workflows.tasks.io import (
    get_patrol_observations,
    get_patrol_observations_from_patrols_df,
    get_patrols,
)
from ecoscope_workflows.tasks.preprocessing import process_relocations, relocations_to_trajectory
from ecoscope_workflows.tasks.schemas import PatrolObservations
from ecoscope_workflows.tasks.time_ranges import TimeRange
from ecoscope_workflows.tasks.track_filters import TrajectorySegmentFilter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.standins.earthranger import EarthRangerStandIn

START = datetime(2024, 3, 1, tzinfo=UTC)
ALL_TIME = TimeRange(since=START, until=START + timedelta(days=365))
DETAILS = [
    "patrol_id",
    "patrol_title",
    "patrol_serial_number",
    "patrol_start_time",
    "patrol_end_time",
    "patrol_type",
    "patrol_type__value",
    "patrol_type__display",
    "patrol_status",
    "patrol_subject",
]
# What the published workflow takes of a frame of fixes.
PUBLISHED = [
    *DETAILS[:1],
    *DETAILS[2:5],
    *DETAILS[6:],
    "groupby_col",
    "fixtime",
    "junk_status",
    "extra__source",
]


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


def test_the_fixes_are_those_that_the_public_client_reads(
    fixes: Asked, patrols: Asked, client: Any, tmp_path: Path
) -> None:
    found = patrols()
    frame = fixes(patrols_df=found)

    assert faults(frame, PatrolObservations, geo=True) == ()
    assert list(dict.fromkeys(frame["groupby_col"])) == list(found["id"])
    for row in found.to_dict("records"):
        leg = json.loads(row["patrol_segments"])[0]
        period = {key: datetime.fromisoformat(leg["time_range"][f"{key}_time"]) for key in ("start", "end")}
        theirs = list(client.get_subject_observations(leg["leader"]["id"], **period))
        ours = frame[frame["groupby_col"] == row["id"]]
        assert len(ours) == 7
        assert list(ours.index) == list(ours["extra__id"]) == [record["id"] for record in theirs]
        assert list(ours["fixtime"]) == [datetime.fromisoformat(r["recorded_at"]) for r in theirs]
        assert list(ours["extra__location"]) == [record["location"] for record in theirs]
        assert list(ours["extra__source"]) == [record["source"] for record in theirs]
    write_frame(frame, tmp_path / "fixes.parquet", "{}")
    assert_geodataframe_equal(read_frame(tmp_path / "fixes.parquet"), frame)


def test_a_fix_says_which_patrol_it_belongs_to(fixes: Asked, site: EarthRangerStandIn) -> None:
    frame = fixes()
    of_first = frame[frame["patrol_serial_number"] == 100].iloc[0]
    patrol = site.activity.patrols[0]
    kind = next(t for t in site.activity.patrol_types if t["value"] == "vehicle_patrol")

    assert [name for name in frame.columns if name.startswith("patrol_")] == DETAILS
    assert frame["patrol_serial_number"].dtype == "int64"
    assert of_first["patrol_id"] == of_first["groupby_col"] == patrol["id"]
    assert (of_first["patrol_start_time"], of_first["patrol_end_time"]) == (
        "2024-03-01T03:00:00+03:00",
        "2024-03-01T06:00:00+03:00",
    )
    assert list(of_first[DETAILS[5:]]) == [kind["id"], "vehicle_patrol", "Vehicle Patrol", "done", "Nia"]
    assert set(frame["patrol_title"].dropna()) == {"Patrol 1", "Patrol 3", "Patrol 5", "Patrol 7"}


def test_details_are_left_out_on_demand(fixes: Asked) -> None:
    full, plain = fixes(), fixes(include_patrol_details=False)
    assert_geodataframe_equal(plain, full.drop(columns=DETAILS))


def test_excluded_fixes_are_not_asked_for(fixes: Asked, site: EarthRangerStandIn) -> None:
    for record in site.track("Nia")[:3]:
        record["exclusion_flags"] = 2
    assert len(fixes()) == 9 * 7 - 3


def test_a_patrol_that_is_not_over_has_the_fixes_until_now(fixes: Asked, patrols: Asked) -> None:
    frame = fixes(patrols_df=patrols(status=["active"]))
    # It started after 18 hours of 25.
    assert len(frame) == 14
    assert frame["patrol_end_time"].isna().all()
    assert set(frame["patrol_status"]) == {"open"}


@pytest.mark.parametrize("missing", ["leader", "start"])
def test_a_leg_without_a_leader_or_a_start_has_no_fixes(
    fixes: Asked, site: EarthRangerStandIn, patrols: Asked, missing: str
) -> None:
    found = patrols()
    legs = json.loads(found.loc[2, "patrol_segments"])
    if missing == "leader":
        legs[0]["leader"] = None
    else:
        legs[0]["time_range"] = None
    found.loc[2, "patrol_segments"] = json.dumps(legs)

    with pytest.warns(UserWarning, match="1 of 9 legs of patrols have no leader or have not started"):
        frame = fixes(patrols_df=found)

    assert len(frame) == 8 * 7
    assert len(site.calls_of("observations")) == 8


def test_fixes_that_two_patrols_share_stand_in_both_and_those_of_two_legs_once(
    fixes: Asked, site: EarthRangerStandIn
) -> None:
    first, *_, second = (patrol for patrol in site.activity.patrols[:4:2])
    # The second leg begins with the last three fixes of the first one.
    leg = {**first["patrol_segments"][0], "id": "another leg"}
    hours = [START + timedelta(hours=hour) for hour in (2, 4)]
    leg["time_range"] = {"start_time": hours[0].isoformat(), "end_time": hours[1].isoformat()}
    first["patrol_segments"].append(leg)
    second["patrol_segments"][0]["time_range"] = dict(leg["time_range"])
    site.activity.patrols = [first, second]

    frame = fixes()

    assert dict(frame.groupby("patrol_serial_number").size()) == {100: 9, 102: 5}
    assert frame[frame["patrol_serial_number"] == 100].index.is_unique
    assert frame.index.duplicated().sum() == 5
    assert (
        list(frame["patrol_start_time"][:9]) == ["2024-03-01T03:00:00+03:00"] * 7 + [hours[0].isoformat()] * 2
    )


def test_a_type_that_the_site_no_longer_has_is_missing(
    fixes: Asked, patrols: Asked, site: EarthRangerStandIn
) -> None:
    found = patrols()
    site.activity.patrol_types = site.activity.patrol_types[:1]

    frame = fixes(patrols_df=found)

    without = frame[frame["patrol_type__display"].isna()]
    assert set(without["patrol_type__value"]) == {"vehicle_patrol"}
    assert without["patrol_type"].isna().all()
    assert len(without) == 3 * 7


def test_fixes_come_several_at_once_and_in_order(fixes: Asked, site: EarthRangerStandIn) -> None:
    site.seconds_per_answer = 0.005
    frame = fixes()
    assert 2 <= site.most_at_once <= 3
    assert all(times.is_monotonic_increasing for _, times in frame.groupby("groupby_col")["fixtime"])
    assert list(dict.fromkeys(frame["patrol_serial_number"])) == list(range(100, 109))


def test_one_failure_stops_the_download(fixes: Asked, patrols: Asked, site: EarthRangerStandIn) -> None:
    found = patrols()
    site.fail("observations", after=2, times=100, status=403)
    with pytest.raises(PermissionError, match="/observations/"):
        fixes(patrols_df=found)
    assert len(site.calls_of("observations")) < 9


@pytest.mark.parametrize("kind", ["records", "file"])
def test_legs_may_be_records_in_place_of_text(
    fixes: Asked, patrols: Asked, kind: str, tmp_path: Path
) -> None:
    found = patrols()
    expected = fixes(patrols_df=found)
    records = found.assign(patrol_segments=found["patrol_segments"].map(json.loads).astype(object))
    for legs in records["patrol_segments"]:
        legs[0]["events"] = []
    if kind == "file":
        records.to_parquet(tmp_path / "records.parquet")
        records = pd.read_parquet(tmp_path / "records.parquet")
        assert isinstance(records["patrol_segments"].iloc[0], np.ndarray)
    before = records.copy(deep=True)

    assert_geodataframe_equal(fixes(patrols_df=records), expected)
    pd.testing.assert_frame_equal(records, before)


@pytest.mark.parametrize("text", ["7", '{"a": 1}', "[1]"])
def test_legs_that_are_none_are_an_error(fixes: Asked, patrols: Asked, text: str) -> None:
    found = patrols().assign(patrol_segments=text)
    with pytest.raises(ValueError, match="is no list of records"):
        fixes(patrols_df=found)


def test_all_at_once_is_the_same_as_step_by_step(connected: str, fixes: Asked, patrols: Asked) -> None:
    at_once: Any = get_patrol_observations(connected, ALL_TIME, ["foot_patrol"], ["done", "active"])
    found = patrols(patrol_types=["foot_patrol"], status=["done", "active"])
    assert_geodataframe_equal(at_once, fixes(patrols_df=found))


def test_the_tracks_of_patrols_can_be_made_from_them(fixes: Asked) -> None:
    relocations = process_relocations(
        fixes(), filter_point_coords=[], relocs_columns=[*PUBLISHED, "geometry"]
    )
    tracks = relocations_to_trajectory(relocations, TrajectorySegmentFilter(min_speed_kmhr=0.001000001))
    assert set(tracks["extra__patrol_serial_number"].astype(int)) == set(range(100, 109))
