"""An account opened by the name of a connection: what it signs in with, and what it says when refused."""

from __future__ import annotations

import logging
import re
import traceback
from typing import TYPE_CHECKING, Any

import pytest
from erclient import ERClient

from ecoscope_workflows.connections import connection
from ecoscope_workflows.tasks.io import (
    _connection_check,
    _earthranger_account,
    get_spatial_features_group,
    set_er_connection,
    set_gee_connection,
    set_smart_connection,
)
from ecoscope_workflows.tasks.io._connections import open_account
from ecoscope_workflows.tasks.io._set_connection import (
    EarthRangerConnection,
    GoogleEarthEngineConnection,
    SMARTConnection,
)

if TYPE_CHECKING:
    from tests.standins.earthranger import EarthRangerStandIn

PREFIX = "ECOSCOPE_WORKFLOWS__CONNECTIONS__EARTHRANGER__TEST_SITE__"


def test_an_account_has_the_settings_of_its_connection(site: EarthRangerStandIn, connected: str) -> None:
    with open_account(connected) as account:
        me = account.get("/user/me", {})

    assert me["username"] == site.username
    assert (account.connections, account.page_size) == (3, 20)
    assert len(site.calls_of("oauth2/token")) == 1


def test_a_token_is_shown_without_signing_in(site: EarthRangerStandIn, connected_by_token: str) -> None:
    with open_account(connected_by_token) as account:
        account.get("/user/me", {})

    assert [call.resource for call in site.calls] == ["user/me"]
    assert site.calls[0].authorization == f"Bearer {site.token}"


def test_the_public_client_accepts_the_same_token(site: EarthRangerStandIn) -> None:
    client = ERClient(service_root=site.url, token=site.token, discovery=False)

    assert client.get_me()["username"] == site.username
    client._http_session.close()


def test_a_refused_token_is_tried_once_and_its_variable_is_named(
    site: EarthRangerStandIn, connected_by_token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"{PREFIX}TOKEN", "hunter2")

    with pytest.raises(PermissionError, match=f"refused the token: check {PREFIX}TOKEN$") as caught:
        get_spatial_features_group(connected_by_token, "Laikipia")

    assert len(site.calls) == 1
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


def test_a_refused_password_names_the_variables(connected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{PREFIX}PASSWORD", "hunter2")

    with pytest.raises(PermissionError, match=f"check {PREFIX}USERNAME and {PREFIX}PASSWORD$"):
        get_spatial_features_group(connected, "Laikipia")


def test_settings_from_a_file_are_named_by_table_and_file(
    site: EarthRangerStandIn, connected: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    file = tmp_path / "c.toml"
    file.write_text(f'[connections.earthranger.other]\nserver = "{site.url}"\ntoken = "hunter2"\n')
    file.chmod(0o600)
    monkeypatch.setenv("ECOSCOPE_WORKFLOWS_CONFIG", str(file))
    assert connected

    message = rf"check token in \[connections.earthranger.other\] of {re.escape(str(file))}$"
    with pytest.raises(PermissionError, match=message):
        get_spatial_features_group("other", "Laikipia")


@pytest.mark.parametrize(("server", "message"), [
    ("http://mysite.pamdas.org", "would carry the password unencrypted"),
    ("https://ranger:hunter2@mysite.pamdas.org", "must hold no user name, password"),
])  # fmt: skip
def test_a_server_that_is_none_is_refused_with_its_variable(
    connected: str, monkeypatch: pytest.MonkeyPatch, server: str, message: str
) -> None:
    monkeypatch.setenv(f"{PREFIX}SERVER", server)

    with pytest.raises(ValueError, match=f"{message}.*; check {PREFIX}SERVER$") as caught:
        open_account(connected)

    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("fault", [
    {"status": 429, "headers": {"Retry-After": "0"}},
    {"status": 503, "body": ""},
    {"drop": True},
])  # fmt: skip
def test_a_passing_fault_heals_with_a_token_too(
    site: EarthRangerStandIn, connected_by_token: str, fault: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    site.fail("spatialfeaturegroup", times=2, **fault)

    with caplog.at_level(logging.DEBUG):
        regions = get_spatial_features_group(connected_by_token, "Laikipia")

    assert list(regions["name"]) == ["West", "East"]
    assert caplog.text.count("trying again in") == 2
    assert site.token not in caplog.text


def test_an_account_does_not_show_its_token(site: EarthRangerStandIn, connected_by_token: str) -> None:
    with open_account(connected_by_token) as account:
        shown = repr(account) + repr(vars(account))
        assert account._scrub(f"so {site.token} it is") == "so *** it is"

    assert site.token not in shown


def test_a_check_says_who_signed_in(site: EarthRangerStandIn, connected: str) -> None:
    settings = connection("earthranger", connected)

    assert _connection_check.check(settings) == f"signed in to {site.url} as {site.username}"


def test_a_check_of_a_site_that_is_none_fails(connected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_earthranger_account, "ATTEMPTS", 1)
    monkeypatch.setenv(f"{PREFIX}SERVER", "http://127.0.0.1:9")

    with pytest.raises(ConnectionError, match="refused"):
        _connection_check.check(connection("earthranger", connected))


def test_the_tasks_that_name_a_connection_give_its_name() -> None:
    assert set_er_connection(EarthRangerConnection(name="a")) == "a"
    assert set_smart_connection(SMARTConnection(name="b")) == "b"
    assert set_gee_connection(GoogleEarthEngineConnection(name="c")) == "c"
