"""What the task downloads, in which order and shape, whatever the paging and the concurrency."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
from geopandas.testing import assert_geodataframe_equal
from shapely import Point

from ecoscope_workflows.contracts.frames import FrameContract
from ecoscope_workflows.tasks.schemas import Observations

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.standins.earthranger import EarthRangerStandIn
    from tests.tasks.io.conftest import Download

CONTRACT = ["groupby_col", "fixtime", "junk_status", "geometry"]


def names(frame: gpd.GeoDataFrame) -> list[str]:
    return list(frame["extra__subject__name"].unique())


def expected_ids(site: EarthRangerStandIn, members: Sequence[str]) -> list[str]:
    """Return the observations of the members, in the site's order of subjects and in that of time."""
    return [
        record["id"]
        for subject in site.subjects
        if subject["name"] in members
        for record in site.track(subject["name"])
    ]


def test_every_fix_of_the_group_and_of_nested_groups_comes_once_in_order(
    site: EarthRangerStandIn, download: Download
) -> None:
    frame = download()

    assert list(frame.index) == expected_ids(site, ["Habiba", "Salif Keita", "Nia"])
    assert frame.index.name == "id"
    assert frame.index.is_unique
    assert frame.crs.to_epsg() == 4326
    checked, faults = FrameContract(Observations, geo=True).faults(frame)
    assert faults == ()
    assert checked is not None


def test_a_row_says_where_and_when_which_subject_was(site: EarthRangerStandIn, download: Download) -> None:
    subject, record = site.subject("Nia"), site.track("Nia")[7]

    row = download().loc[record["id"]]

    assert row["groupby_col"] == row["extra__subject_id"] == row["extra__subject__id"] == subject["id"]
    assert row["geometry"] == Point(record["location"]["longitude"], record["location"]["latitude"])
    assert row["fixtime"] == row["extra__recorded_at"] == datetime.fromisoformat(record["recorded_at"])
    assert row["extra__location"] == record["location"]
    assert row["extra__source"] == record["source"]
    assert not row["junk_status"]


def test_times_are_utc_in_one_resolution(download: Download) -> None:
    dtypes = download().dtypes

    for column in ("fixtime", "extra__recorded_at", "extra__created_at"):
        assert str(dtypes[column]) == "datetime64[ns, UTC]"


@pytest.mark.parametrize(("group", "inactive", "members"), [
    ("Elephants", True, {"Habiba", "Salif Keita", "Nia", "Tusk"}),
    ("Elephants", False, {"Habiba", "Salif Keita", "Nia"}),
    ("Elephants of the north", False, {"Habiba", "Nia"}),
    ("Retired", True, {"Tusk"}),
])  # fmt: skip
def test_a_group_holds_its_members(download: Download, group: str, inactive: bool, members: set[str]) -> None:
    assert set(names(download(subject_group_name=group, include_inactive=inactive))) == members


def test_since_and_until_bound_the_fixes_and_both_count(site: EarthRangerStandIn, download: Download) -> None:
    times = [datetime.fromisoformat(record["recorded_at"]) for record in site.track("Mvubu")]

    frame = download(subject_group_name="Buffalo", since=times[10], until=times[20])

    assert list(frame["fixtime"]) == times[10:21]


def test_a_time_without_zone_is_utc(site: EarthRangerStandIn, download: Download) -> None:
    times = [datetime.fromisoformat(record["recorded_at"]) for record in site.track("Mvubu")]
    aware = times[10].astimezone(timezone(timedelta(hours=-7)))
    naive = times[20].astimezone(UTC).replace(tzinfo=None)

    frame = download(subject_group_name="Buffalo", since=aware, until=naive)

    assert list(frame["fixtime"]) == times[10:21]


@pytest.mark.parametrize("largest_page", [10_000, 7])
@pytest.mark.parametrize("sub_page_size", [1, 49, 50, 51, 4000])
@pytest.mark.parametrize("tcp_limit", [1, 8])
def test_neither_page_size_nor_concurrency_changes_the_result(
    site: EarthRangerStandIn, download: Download, largest_page: int, sub_page_size: int, tcp_limit: int
) -> None:
    expected = download()
    site.largest_page = largest_page
    site.calls.clear()

    frame = download(sub_page_size=sub_page_size, tcp_limit=tcp_limit)

    assert_geodataframe_equal(frame, expected)
    per_page = min(sub_page_size, largest_page)
    assert len(site.calls_of("observations")) == 3 * -(-50 // per_page)
    assert len(site.calls_of("oauth2/token")) == len(site.calls_of("subjectgroups")) == 1


def test_a_cursor_is_handed_back_as_the_site_gave_it(site: EarthRangerStandIn, download: Download) -> None:
    expected = download()
    site.cursor = b"p=%05d"
    site.calls.clear()

    assert_geodataframe_equal(download(), expected)
    assert {call.query.get("cursor", "")[-1:] for call in site.calls_of("observations")} == {"", "="}


def test_at_most_tcp_limit_connections_are_open_and_all_of_them_work(
    site: EarthRangerStandIn, download: Download
) -> None:
    site.seconds_per_answer = 0.02

    download(tcp_limit=2)

    assert site.most_at_once == 2
    assert len({call.connection for call in site.calls_of("observations")}) == 2


def test_an_observation_on_two_pages_is_kept_once(
    site: EarthRangerStandIn, download: Download, caplog: pytest.LogCaptureFixture
) -> None:
    expected = download()
    track = site.track("Nia")
    track.insert(30, track[3])

    with caplog.at_level("INFO", "ecoscope_workflows"):
        frame = download()

    assert_geodataframe_equal(frame, expected)
    assert "1 observations came on two pages" in caplog.text


def test_an_observation_of_two_subjects_stays_with_the_first_and_is_counted(
    site: EarthRangerStandIn, download: Download
) -> None:
    first, second = (s for s in site.subjects if s["name"] in {"Habiba", "Nia"})
    site.tracks[second["id"]] += site.tracks[first["id"]][:4]

    with pytest.warns(UserWarning, match="4 observations belong to two subjects"):
        frame = download(subject_group_name="Elephants of the north")

    assert list(frame["groupby_col"].value_counts()[[first["id"], second["id"]]]) == [50, 50]


def test_excluded_observations_are_left_out(site: EarthRangerStandIn, download: Download) -> None:
    for flag, record in enumerate(site.track("Mvubu")[:4]):
        record["exclusion_flags"] = flag

    frame = download(subject_group_name="Buffalo")

    assert list(frame.index) == [
        record["id"] for record in [site.track("Mvubu")[0], *site.track("Mvubu")[4:]]
    ]


@pytest.mark.parametrize("reverse", [False, True])
def test_unsorted_answers_are_sorted_by_time_then_id(
    site: EarthRangerStandIn, download: Download, reverse: bool
) -> None:
    track = site.track("Mvubu")[:6]
    track[5]["recorded_at"] = track[4]["recorded_at"]
    by_time = [*track[:4], *sorted(track[4:], key=lambda record: str(record["id"]))]
    site.tracks[site.subject("Mvubu")["id"]] = track[::-1] if reverse else track

    frame = download(subject_group_name="Buffalo")

    assert list(frame.index) == [record["id"] for record in by_time]


@pytest.mark.parametrize("location", [None, {}, {"longitude": 3.5, "latitude": None}])
def test_a_fix_without_position_is_kept_without_geometry(
    site: EarthRangerStandIn, download: Download, location: object
) -> None:
    record = site.track("Mvubu")[3]
    record["location"] = location

    frame = download(subject_group_name="Buffalo")

    assert frame.geometry.isna().sum() == 1
    assert frame.geometry[record["id"]] is None
    assert FrameContract(Observations, geo=True).faults(frame)[1] == ()


@pytest.mark.parametrize(("key", "value", "message"), [
    ("location", {"longitude": "east", "latitude": 1}, "location that cannot be read"),
    ("location", [37.5, 0.6], "location that cannot be read"),
    ("recorded_at", None, "has no recorded_at"),
])  # fmt: skip
def test_an_observation_that_is_no_fix_is_named(
    site: EarthRangerStandIn, download: Download, key: str, value: object, message: str
) -> None:
    record = site.track("Mvubu")[3]
    record[key] = value

    with pytest.raises(ValueError, match=f"observation {record['id']}.*{message}"):
        download(subject_group_name="Buffalo")


def test_whatever_a_site_says_of_subjects_can_be_stored(download: Download, tmp_path: Path) -> None:
    frame = download()

    frame.to_parquet(tmp_path / "observations.parquet")
    stored = gpd.read_parquet(tmp_path / "observations.parquet")

    assert_geodataframe_equal(stored[CONTRACT], frame[CONTRACT])
    traits = dict(zip(frame["extra__subject__name"], frame["extra__subject__additional"], strict=True))
    assert traits["Habiba"] == '{"rgb": "0, 70, 255", "tm_animal_id": 12}'
    assert traits["Nia"] == '{"herd": ["Nyota", "Habiba"]}'
    assert (
        dict(zip(stored["extra__subject__name"], stored["extra__subject__additional"], strict=True)) == traits
    )
    colours = dict(zip(stored["extra__subject__name"], stored["extra__subject__hex"], strict=True))
    assert colours == {"Habiba": "#0046ff", "Nia": "#ff0000", "Salif Keita": "#ff0000"}
    assert frame["extra__subject__is_active"].dtype == bool


def replay(site: EarthRangerStandIn, published: gpd.GeoDataFrame) -> None:
    """Let the site hold what the published answer was made from."""
    first = published.iloc[0]
    subject = {
        name.removeprefix("extra__subject__"): value
        for name, value in first.items()
        if str(name).startswith("extra__subject__") and name != "extra__subject__hex"
    }
    missing = {key: None for key, value in subject.items() if not isinstance(value, dict) and pd.isna(value)}
    flags = {key: bool(value) for key, value in subject.items() if key in {"is_active", "tracks_available"}}
    site.subjects = [{**subject, **missing, **flags}]
    site.groups = {"Elephants": ([subject["name"]], [])}
    site.tracks = {
        subject["id"]: [
            {
                "id": row["extra__id"],
                "location": row["extra__location"],
                "created_at": row["extra__created_at"].isoformat(),
                "recorded_at": row["extra__recorded_at"].isoformat(),
                "source": row["extra__source"],
                "exclusion_flags": int(row["extra__exclusion_flags"]),
            }
            for _, row in published.iterrows()
        ]
    }


def test_the_published_answer_comes_out_again(
    site: EarthRangerStandIn, download: Download, reference_data: Path
) -> None:
    folder = reference_data / "seed_2024-05"
    published = gpd.read_parquet(folder / "get-subjectgroup-observations.example-return.parquet")
    replay(site, published)
    since = published["fixtime"].min().to_pydatetime()

    frame = download(since=since, until=since + timedelta(days=365 * 20), sub_page_size=400)

    assert len(frame) == 1500
    assert set(frame.columns) == set(published.columns)
    # Structures that differ between sites are text here, and `exclusion_flags` stays the integer it is.
    differing = {
        "extra__subject__additional",
        "extra__subject__last_position_status",
        "extra__exclusion_flags",
    }
    columns = [column for column in published.columns if column not in differing]
    assert_geodataframe_equal(frame[columns], published[columns])
