"""The public EarthRanger client accepts the stand-in, and reads from it what the task does."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from erclient import AsyncERClient, ERClient
from erclient.er_errors import ERClientBadCredentials, ERClientNotFound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.standins.earthranger import EarthRangerStandIn
    from tests.tasks.io.conftest import Download

START = datetime.fromisoformat("2024-03-01T00:00:00+00:00")
END = START + timedelta(days=365)


@pytest.fixture
def client(site: EarthRangerStandIn) -> Iterator[Any]:
    """Return the public client, which signs in by user name and password."""
    found = ERClient(
        service_root=site.url, username=site.username, password=site.password, client_id="das_web_client"
    )
    yield found
    found._http_session.close()


def test_the_public_client_signs_in(site: EarthRangerStandIn, client: Any) -> None:
    assert client.login() is True
    assert client.get_me()["username"] == site.username


def test_the_public_client_is_refused_with_a_wrong_password(site: EarthRangerStandIn, client: Any) -> None:
    client.password = "guess"  # noqa: S105  # wrong on purpose

    assert client.login() is False
    with pytest.raises(ERClientBadCredentials, match="invalid_grant"):
        client.get_subjectgroups()
    assert site.calls_of("subjectgroups") == []


def test_the_public_client_is_refused_with_a_token_of_its_own_making(site: EarthRangerStandIn) -> None:
    client = ERClient(service_root=site.url, token="made up", discovery=False)  # noqa: S106  # wrong on purpose

    with pytest.raises(ERClientBadCredentials, match="credentials were not provided"):
        client.get_me()
    client._http_session.close()


def test_the_public_client_finds_nothing_where_nothing_is(client: Any) -> None:
    with pytest.raises(ERClientNotFound):
        client._get("no/such/resource")


def test_the_public_client_reads_groups_nested_and_flat(client: Any) -> None:
    nested = {group["name"]: group for group in client.get_subjectgroups(flat=False)}
    flat = {group["name"]: group for group in client.get_subjectgroups(flat=True)}

    assert [group["name"] for group in nested["Elephants"]["subgroups"]] == ["Elephants of the north"]
    assert flat["Elephants"]["subgroups"] == []
    assert client.get_subjectgroups(group_name="Zebra") == []


@pytest.mark.parametrize("group", ["Elephants", "Buffalo"])
@pytest.mark.parametrize("inactive", [False, True])
def test_the_public_client_and_the_task_read_the_same(
    download: Download, client: Any, group: str, inactive: bool
) -> None:
    found = client.get_subjectgroups(group_name=group, include_inactive=True)[0]["id"]
    subjects = client.get_subjects(subject_group=found, include_inactive=inactive)
    window = {"start": START + timedelta(hours=3), "end": START + timedelta(hours=20)}
    theirs = [
        {**record, "subject": subject["id"]}
        for subject in subjects
        for record in client.get_subject_observations(subject["id"], page_size=7, **window)
    ]

    ours = download(
        subject_group_name=group, include_inactive=inactive, since=window["start"], until=window["end"]
    )

    assert list(ours.index) == [record["id"] for record in theirs]
    assert list(ours["groupby_col"]) == [record["subject"] for record in theirs]
    assert list(ours["fixtime"]) == [datetime.fromisoformat(record["recorded_at"]) for record in theirs]
    assert list(ours["extra__location"]) == [record["location"] for record in theirs]


def test_the_public_client_counts_before_it_reads_in_threads(site: EarthRangerStandIn, client: Any) -> None:
    subject = site.subject("Nia")["id"]
    query = {
        "object": "observations/",
        "subject_id": subject,
        "since": START.isoformat(),
        "until": END.isoformat(),
    }

    records = list(client.get_objects_multithreaded(threads=2, page_size=20, **query))

    assert {record["id"] for record in records} == {record["id"] for record in site.track("Nia")}


def test_the_public_client_follows_cursors(site: EarthRangerStandIn) -> None:
    async def read() -> list[str]:
        async with AsyncERClient(
            service_root=site.url, username=site.username, password=site.password, client_id="das_web_client"
        ) as client:
            subject = site.subject("Nia")["id"]
            pages = client.get_observations(subject_id=subject, start=START, end=END, page_size=20)
            return [record["id"] async for record in pages]

    assert asyncio.run(read()) == [record["id"] for record in site.track("Nia")]
    assert [call.query.get("use_cursor") for call in site.calls_of("observations")] == ["true"] * 3
