"""What a user reads when a download fails, what heals by itself, and what never leaves the client."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import pytest
from geopandas.testing import assert_geodataframe_equal

from ecoscope_workflows.tasks.io import _earthranger_account

if TYPE_CHECKING:
    from tests.standins.earthranger import EarthRangerStandIn
    from tests.tasks.io.conftest import Download

MALFORMED = '{"data": [{"id": "cut off he'

PASSING_FAULTS: dict[str, dict[str, Any]] = {
    "server error": {"status": 500, "body": ""},
    "bad gateway": {"status": 502, "body": "<html>"},
    "unavailable": {"status": 503, "headers": {"Retry-After": "0"}},
    "rate limit in seconds": {"status": 429, "headers": {"Retry-After": "0"}},
    "rate limit until a date": {"status": 429, "headers": {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}},
    "rate limit without a time": {"status": 429, "body": '{"status": {"detail": "Request was throttled."}}'},
    "dropped connection": {"drop": True},
    "malformed JSON": {"body": MALFORMED},
}


@pytest.mark.parametrize("resource", ["oauth2/token", "subjectgroups", "subjects", "observations"])
@pytest.mark.parametrize("kind", list(PASSING_FAULTS))
def test_a_passing_fault_changes_nothing(
    site: EarthRangerStandIn, download: Download, resource: str, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    expected = download()
    site.calls.clear()
    site.fail(resource, times=2, **PASSING_FAULTS[kind])

    frame = download()

    assert_geodataframe_equal(frame, expected)
    assert len(caplog.records) == 2
    assert "trying again in" in caplog.text


@pytest.mark.parametrize("kind", list(PASSING_FAULTS))
def test_a_fault_that_stays_ends_the_download_after_five_tries(
    site: EarthRangerStandIn, download: Download, kind: str
) -> None:
    site.fail("subjects", times=100, **PASSING_FAULTS[kind])

    with pytest.raises(
        ConnectionError, match=re.escape(f"EarthRanger at {site.url} failed 5 times, at last: ")
    ):
        download()

    assert len(site.calls_of("subjects")) == 5


def test_the_first_failed_subject_stops_the_others(
    site: EarthRangerStandIn, download: Download, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_earthranger_account, "ATTEMPTS", 2)
    monkeypatch.setattr(_earthranger_account, "BACKOFF_SECONDS", 100.0)
    # One subject meets a fault that no waiting heals, the other two one that asks them to wait.
    site.fail("observations", times=2, status=503)
    site.fail("observations", status=404, body="{}")
    started = time.monotonic()

    with pytest.raises(ConnectionError, match="answered 404 to /observations/"):
        download()

    assert time.monotonic() - started < 20
    assert len(site.calls_of("observations")) == 3


def test_an_expired_token_is_renewed_once_for_all_threads(
    site: EarthRangerStandIn, download: Download
) -> None:
    expected = download()
    site.calls.clear()
    site.fail("observations", after=4, status=401, body='{"status": {"detail": "expired"}}')

    assert_geodataframe_equal(download(), expected)

    assert len(site.calls_of("oauth2/token")) == 2


def test_tokens_that_last_five_requests_are_enough(site: EarthRangerStandIn, download: Download) -> None:
    expected = download()
    site.uses_of_a_token = 5

    assert_geodataframe_equal(download(tcp_limit=1), expected)


def test_a_site_that_refuses_its_own_tokens_is_not_asked_for_ever(
    site: EarthRangerStandIn, download: Download
) -> None:
    site.uses_of_a_token = 0

    with pytest.raises(PermissionError, match="accepts the password but refuses its own tokens"):
        download()

    assert len(site.calls_of("oauth2/token")) == 3


@pytest.mark.parametrize("wrong", [{"username": "poacher"}, {"password": "guess"}])
def test_a_wrong_user_name_or_password_is_tried_once(
    site: EarthRangerStandIn, download: Download, wrong: dict[str, str]
) -> None:
    message = f"EarthRanger at {site.url} refused the user name or password (invalid_grant)"

    with pytest.raises(PermissionError, match=re.escape(message)):
        download(**wrong)

    assert [call.resource for call in site.calls] == ["oauth2/token"]


def test_what_the_user_may_not_read_is_named(site: EarthRangerStandIn, download: Download) -> None:
    site.fail("observations", status=403, body='{"status": {"detail": "You do not have permission."}}')

    message = r"does not let this user read /observations/ \(You do not have permission\.\)"
    with pytest.raises(PermissionError, match=message):
        download()


@pytest.mark.parametrize(("group", "hint"), [
    ("Elephant", "did you mean 'Elephants'"),
    ("Zebra", "expected one of: Buffalo, Elephants, Elephants of the north, Empty, Retired"),
    ("", "expected one of: Buffalo"),
])  # fmt: skip
def test_an_unknown_group_is_answered_with_the_known_ones(download: Download, group: str, hint: str) -> None:
    with pytest.raises(ValueError, match=f"no subject group at .* is called '{group}': {hint}"):
        download(subject_group_name=group)


def test_two_groups_of_one_name_are_refused(site: EarthRangerStandIn, download: Download) -> None:
    twins = '{"data": [{"id": "a", "name": "Elephants"}, {"id": "b", "name": "Elephants"}]}'
    site.fail("subjectgroups", body=twins)

    with pytest.raises(ValueError, match=r"2 subject groups at .* are called 'Elephants'"):
        download()


def test_a_group_inside_another_is_found_where_the_site_lists_it_nested(
    site: EarthRangerStandIn, download: Download
) -> None:
    expected = download(subject_group_name="Elephants of the north")
    nested = site.data("subjectgroups", {}, "")
    inner = next(group["subgroups"][0] for group in nested if group["subgroups"])
    body = f'{{"data": [{{"id": "x", "name": "Elephants", "subgroups": [{{"id": "{inner["id"]}", '
    site.fail("subjectgroups", body=f'{body}"name": "Elephants of the north"}}]}}]}}')

    assert_geodataframe_equal(download(subject_group_name="Elephants of the north"), expected)


@pytest.mark.parametrize(("group", "inactive", "message"), [
    ("Empty", True, "subject group 'Empty' has no subjects$"),
    ("Retired", False, r"has no subjects; inactive ones are left out \(include_inactive\)"),
])  # fmt: skip
def test_an_empty_group_is_an_error(download: Download, group: str, inactive: bool, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        download(subject_group_name=group, include_inactive=inactive)


def test_no_observations_is_an_error_that_names_group_and_time_range(download: Download) -> None:
    message = (
        "the 3 subjects of group 'Elephants' have no observations"
        " from 2019-01-01T00:00:00+00:00 to 2019-02-01T00:00:00+00:00"
    )
    with pytest.raises(ValueError, match=re.escape(message)):
        download(since=datetime(2019, 1, 1, tzinfo=UTC), until=datetime(2019, 2, 1, tzinfo=UTC))


@pytest.mark.parametrize(("wrong", "message"), [
    ({"since": datetime(2030, 1, 1, tzinfo=UTC)}, "must be before until"),
    ({"tcp_limit": 0}, "tcp_limit must be at least 1, not 0"),
    ({"sub_page_size": -5}, "sub_page_size must be at least 1, not -5"),
    ({"server": " "}, "set ER_SERVER"),
    ({"username": ""}, "set ER_USERNAME"),
    ({"password": ""}, "set ER_PASSWORD"),
])  # fmt: skip
def test_a_bad_argument_is_refused_before_anything_is_sent(
    site: EarthRangerStandIn, download: Download, wrong: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        download(**wrong)

    assert site.calls == []


def test_a_site_that_is_not_there_is_named(download: Download) -> None:
    with pytest.raises(ConnectionError, match=r"EarthRanger at http://127.0.0.1:9 failed 5 times.*refused"):
        download(server="http://127.0.0.1:9")


@pytest.mark.parametrize(("resource", "status", "body", "message"), [
    ("oauth2/token", 404, "<html>", r"does not sign users in like EarthRanger \(status 404"),
    ("oauth2/token", 200, "{}", "does not sign users in like EarthRanger"),
    ("oauth2/token", 200, "[]", "does not sign users in like EarthRanger"),
    ("subjectgroups", 200, "[]", "does not answer like EarthRanger"),
    ("subjects", 200, '{"data": {"results": 3}}', "does not answer /subjects/ like EarthRanger"),
    ("subjects", 200, '{"data": ["Nia"]}', "does not answer /subjects/ like EarthRanger"),
    ("observations", 200, '{"data": {"results": [{"location": 1}]}}', "does not answer /observations/"),
    ("observations", 200, '{"data": {"results": [], "next": "https://x/?more=2"}}', "names no further page"),
])  # fmt: skip
def test_a_site_that_answers_otherwise_is_no_earthranger(
    site: EarthRangerStandIn, download: Download, resource: str, status: int, body: str, message: str
) -> None:
    site.fail(resource, status=status, body=body)

    with pytest.raises(ConnectionError, match=message):
        download()


def test_pages_that_go_in_circles_end(site: EarthRangerStandIn, download: Download) -> None:
    circle = '{"data": {"results": [], "next": "https://x/?cursor=abc"}}'
    site.fail("observations", times=20, body=circle)

    with pytest.raises(ConnectionError, match="names no further page"):
        download(tcp_limit=1)

    assert len(site.calls_of("observations")) == 2


@pytest.mark.parametrize("as_date", [False, True])
def test_a_site_that_asks_to_wait_for_long_is_believed_and_not_waited_for(
    site: EarthRangerStandIn, download: Download, as_date: bool
) -> None:
    in_an_hour = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    site.fail("subjects", status=429, headers={"Retry-After": in_an_hour if as_date else "3600"})

    with pytest.raises(ConnectionError, match=r"asks to wait 3[56]\d\d s \(status 429\): run again later"):
        download()


@pytest.mark.parametrize(("header", "seconds"), [
    (None, None),
    ("", None),
    ("7", 7.0),
    ("-7", 0.0),
    ("soon", None),
    ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
    ("Wed, 21 Oct 2015 07:28:00 -0000", 0.0),
])  # fmt: skip
def test_retry_after_is_read_in_seconds(header: str | None, seconds: float | None) -> None:
    assert _earthranger_account.retry_after_seconds(header) == seconds
