"""The observations of a subject group through a named connection, beside the public client."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

import geopandas as gpd
import pandas as pd
import pytest
from erclient import ERClient
from geopandas.testing import assert_geodataframe_equal

from ecoscope_workflows.contracts.frames import FrameContract
from ecoscope_workflows.tasks.io import get_subjectgroup_observations
from ecoscope_workflows.tasks.io._observation_details import empty_observations, with_assignments
from ecoscope_workflows.tasks.preprocessing import process_relocations
from ecoscope_workflows.tasks.schemas import SubjectGroupObservations
from ecoscope_workflows.tasks.time_ranges import TimeRange

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.standins.earthranger import EarthRangerStandIn
    from tests.tasks.io.conftest import Download

START = datetime(2024, 3, 1, tzinfo=UTC)
ALL_TIME = TimeRange(since=START, until=START + timedelta(days=365))
NEVER = TimeRange(since=START - timedelta(days=9), until=START - timedelta(days=8))
TRAITS = ["extra__subject__name", "extra__subject__subject_subtype", "extra__subject__sex"]


class Observations(Protocol):
    """Call the task with arguments that fit the site, some of them replaced."""

    def __call__(self, **replaced: Any) -> gpd.GeoDataFrame: ...


@pytest.fixture
def observations(connected: str) -> Observations:
    """Return the task, bound to the site and to all of its time."""

    def call(**replaced: Any) -> gpd.GeoDataFrame:
        arguments = {"client": connected, "subject_group_name": "Elephants", "time_range": ALL_TIME}
        return get_subjectgroup_observations(**{**arguments, **replaced})

    return call


@pytest.fixture
def client(site: EarthRangerStandIn) -> Iterator[Any]:
    """Return the public client."""
    found = ERClient(
        service_root=site.url, username=site.username, password=site.password, client_id="das_web_client"
    )
    yield found
    found._http_session.close()


def faults(frame: gpd.GeoDataFrame) -> Any:
    return FrameContract(SubjectGroupObservations, geo=True).faults(frame)[1]


def test_it_reads_what_the_task_of_the_readme_reads(observations: Observations, download: Download) -> None:
    ours = observations(include_subject_additional=True)
    others = download(include_inactive=True, sub_page_size=7)

    assert list(ours.columns) == list(others.columns)
    assert_geodataframe_equal(ours, others)
    assert faults(ours) == ()


def test_a_token_reads_the_same(
    observations: Observations, site: EarthRangerStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = observations()
    prefix = "ECOSCOPE_WORKFLOWS__CONNECTIONS__EARTHRANGER__OTHER__"
    monkeypatch.setenv(f"{prefix}SERVER", site.url)
    monkeypatch.setenv(f"{prefix}TOKEN", site.token)

    assert_geodataframe_equal(observations(client="other"), expected)


def test_the_settings_of_the_connection_are_used(
    observations: Observations, site: EarthRangerStandIn
) -> None:
    observations()

    assert {call.query["page_size"] for call in site.calls_of("observations")} == {"20"}
    assert 1 <= site.most_at_once <= 3


@pytest.mark.parametrize("in_a_row", [1, 4])
def test_a_site_that_limits_the_rate_is_read_in_full(
    observations: Observations, site: EarthRangerStandIn, in_a_row: int, caplog: pytest.LogCaptureFixture
) -> None:
    expected = observations()
    site.calls.clear()
    site.requests_in_a_row = in_a_row

    assert_geodataframe_equal(observations(), expected)
    assert caplog.text.count("status 429 (throttled); trying again in 0.0 s") == len(site.calls) // (
        in_a_row + 1
    )


@pytest.mark.parametrize("resource", ["subjectgroups", "subjects", "observations", "subjectsources"])
def test_a_site_that_fails_and_recovers_is_read_in_full(
    observations: Observations, site: EarthRangerStandIn, resource: str
) -> None:
    expected = observations(include_subjectsource_details=True)
    site.fail(resource, status=500, body="")
    site.fail(resource, status=503, body="<html>")

    assert_geodataframe_equal(observations(include_subjectsource_details=True), expected)


@pytest.mark.parametrize(("filter_", "flags"), [
    ("none", {0, 1, 2, 3}),
    ("clean", {0}),
    ("manually_filtered", {1}),
    ("automatically_filtered", {2}),
    ("manually_and_automatically_filtered", {3}),
])  # fmt: skip
def test_the_filter_is_that_of_the_public_client(
    observations: Observations, site: EarthRangerStandIn, client: Any, filter_: str, flags: set[int]
) -> None:
    for number, record in enumerate(site.track("Mvubu")):
        record["exclusion_flags"] = number % 4

    ours = observations(subject_group_name="Buffalo", filter=filter_)
    flag = None if filter_ == "none" else min(flags)
    theirs = client.get_subject_observations(
        site.subject("Mvubu")["id"], start=ALL_TIME.since, end=ALL_TIME.until, filter_flag=flag
    )

    assert list(ours.index) == [record["id"] for record in theirs]
    assert set(ours["extra__exclusion_flags"]) == flags


def test_details_come_on_demand_as_the_public_client_reads_them(
    observations: Observations, site: EarthRangerStandIn
) -> None:
    assert "extra__observation_details" not in observations()

    assert set(observations(include_details=True)["extra__observation_details"]) == {'{"voltage": 3.6}'}
    assert {call.query["include_details"] for call in site.calls_of("observations")} == {"true", "false"}


@pytest.mark.parametrize("wanted", [False, True])
def test_additional_attributes_come_on_demand(observations: Observations, wanted: bool) -> None:
    frame = observations(include_subject_additional=wanted)

    assert ("extra__subject__additional" in frame) == wanted
    assert "#0046ff" in set(frame["extra__subject__hex"])


def test_the_wearing_of_a_source_comes_on_demand(
    observations: Observations, site: EarthRangerStandIn
) -> None:
    frame = observations(include_subjectsource_details=True)

    by_subject = {record["subject"]: record for record in site.assignments}
    assert len(frame) == 200
    assert list(frame["extra__subjectsource__id"]) == [by_subject[who]["id"] for who in frame["groupby_col"]]
    assert site.calls_of("subjectsources")[0].query["page_size"] == "20"
    assert not any(name.startswith("extra__subjectsource__") for name in observations())


def test_of_several_assignments_the_one_of_the_time_counts_and_no_fix_is_lost() -> None:
    times = pd.to_datetime(["2024-01-01", "2024-02-01", "2024-03-01", "2024-03-01"], utc=True)
    frame = gpd.GeoDataFrame(
        {
            "groupby_col": ["a", "a", "a", "b"],
            "extra__source": ["s", "s", "s", "s"],
            "fixtime": times,
        },
        geometry=gpd.points_from_xy([1, 2, 3, 4], [1, 2, 3, 4], crs="EPSG:4326"),
    )
    before = frame.copy(deep=True)

    def assigned(name: str, lower: str | None, upper: str | None) -> dict[str, Any]:
        return {"id": name, "subject": "a", "source": "s", "assigned_range": {"lower": lower, "upper": upper}}

    found = with_assignments(
        frame,
        [
            assigned("first", "0001-01-01T00:00:00+00:00", "2024-01-15T03:00:00+03:00"),
            assigned("second", "2024-01-15T00:00:00Z", "2024-02-15T00:00:00Z"),
            assigned("third", "2024-03-02T00:00:00Z", "9999-12-31T23:59:59+00:00"),
        ],
    )

    assert list(found["extra__subjectsource__id"][:3]) == ["first", "second", "first"]
    assert pd.isna(found["extra__subjectsource__id"].iloc[3])
    assert_geodataframe_equal(frame, before)


@pytest.mark.parametrize("how", ["missing", "none"])
def test_what_is_missing_of_a_subject_is_the_word_none(
    observations: Observations, site: EarthRangerStandIn, how: str
) -> None:
    for subject in site.subjects:
        for trait in ("sex", "subject_subtype"):
            if how == "missing":
                del subject[trait]
            else:
                subject[trait] = None
    site.subject("Nia")["sex"] = "female"

    frame = observations()

    assert set(frame["extra__subject__subject_subtype"]) == {"None"}
    assert set(frame["extra__subject__sex"]) == {"None", "female"}
    assert faults(frame) == ()


@pytest.mark.parametrize("case", [
    {"time_range": NEVER},
    {"subject_group_name": "Empty"},
    {"time_range": NEVER, "include_subjectsource_details": True},
])  # fmt: skip
def test_no_observations_are_an_error_or_a_frame_of_the_same_shape(
    observations: Observations, case: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=r"have no observations|has no subjects"):
        observations(**case)

    empty = observations(**case, raise_on_empty=False)
    full = observations()
    assert len(empty) == 0
    assert faults(empty) == ()
    assert set(empty.columns) <= set(full.columns)
    assert {str(full[name].dtype) for name in TRAITS} == {str(empty[name].dtype) for name in TRAITS}
    for name in ("fixtime", "junk_status", "groupby_col", "geometry", "extra__location"):
        assert empty[name].dtype == full[name].dtype, name
    assert empty.crs == full.crs
    assert (empty.index.name, empty.index.dtype) == (full.index.name, full.index.dtype)


def test_an_empty_frame_can_be_stored_and_passed_on(tmp_path: Path) -> None:
    empty: Any = empty_observations()

    empty.to_parquet(tmp_path / "empty.parquet")

    assert list(gpd.read_parquet(tmp_path / "empty.parquet").columns) == list(empty.columns)
    columns = ["groupby_col", "fixtime", "junk_status", "geometry", *TRAITS]
    assert len(process_relocations(empty, filter_point_coords=[], relocs_columns=columns)) == 0


def test_a_time_range_in_its_own_zone_is_the_same_moments(
    observations: Observations, site: EarthRangerStandIn
) -> None:
    times = [datetime.fromisoformat(record["recorded_at"]) for record in site.track("Mvubu")]
    zone = {"label": "EAT", "tzCode": "Africa/Nairobi", "name": "EAT", "utc": "+03:00"}
    local = [(times[index].astimezone(UTC) + timedelta(hours=3)).replace(tzinfo=None) for index in (10, 20)]
    time_range = TimeRange.model_validate({"since": local[0], "until": local[1], "timezone": zone})

    frame = observations(subject_group_name="Buffalo", time_range=time_range)

    assert list(frame["fixtime"]) == times[10:21]
    assert str(frame["fixtime"].dtype) == "datetime64[ns, UTC]"
