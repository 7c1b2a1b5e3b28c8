"""Which sites are trusted with a password, and where neither it nor a token ever appears."""

from __future__ import annotations

import logging
import traceback
from typing import TYPE_CHECKING, Any

import pytest
from geopandas.testing import assert_geodataframe_equal

from ecoscope_workflows.tasks.io import _earthranger_account, _earthranger_site

if TYPE_CHECKING:
    from tests.standins.earthranger import EarthRangerStandIn
    from tests.tasks.io.conftest import Download


@pytest.mark.parametrize("suffix", ["", "/", "/api", "/api/", "/api/v1.0", "/api/v1.0/", "//"])
def test_the_url_may_end_as_people_copy_it(site: EarthRangerStandIn, download: Download, suffix: str) -> None:
    assert len(download(server=site.url + suffix)) == 150


@pytest.mark.parametrize(("server", "root"), [
    ("mysite.pamdas.org", "https://mysite.pamdas.org"),
    (" https://mysite.pamdas.org/ ", "https://mysite.pamdas.org"),
    ("https://host.example/er/api/v1.0", "https://host.example/er"),
    ("http://localhost:8000", "http://localhost:8000"),
    ("http://[::1]:8000/", "http://[::1]:8000"),
])  # fmt: skip
def test_a_site_has_one_root(server: str, root: str) -> None:
    assert _earthranger_site.site_root(server) == root


@pytest.mark.parametrize(("server", "message"), [
    ("http://mysite.pamdas.org", "would carry the password unencrypted: write https://mysite.pamdas.org"),
    ("http://127.0.0.1.evil.example", "unencrypted"),
    ("ftp://mysite.pamdas.org", "not valid"),
    ("https://", "not valid"),
    ("https://my site.org", "not valid"),
    ("https://mysite.pamdas.org:port", "not valid"),
    ("https://ranger:hunter2@mysite.pamdas.org", "no user name, password"),
    ("https://mysite.pamdas.org/?token=hunter2", "query"),
])  # fmt: skip
def test_what_is_no_site_is_refused_without_repeating_a_secret(server: str, message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        _earthranger_site.site_root(server)

    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("resource", ["oauth2/token", "observations"])
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_takes_neither_password_nor_token_to_another_host(
    site: EarthRangerStandIn, other_site: EarthRangerStandIn, download: Download, resource: str, status: int
) -> None:
    site.fail(
        resource, times=9, status=status, body="", headers={"Location": f"{other_site.url}/oauth2/token"}
    )

    with pytest.raises(
        ConnectionError, match=r"redirects to http://127.0.0.1: if that is right, set ER_SERVER"
    ):
        download()

    assert other_site.calls == []


def test_a_next_page_on_another_host_is_fetched_from_the_site_itself(
    site: EarthRangerStandIn, other_site: EarthRangerStandIn, download: Download
) -> None:
    expected = download()
    site.names_itself = other_site.url

    assert_geodataframe_equal(download(), expected)
    assert other_site.calls == []


ECHOED_TOKEN = "token-that-the-site-echoes"  # noqa: S105  # the stand-in's own


SECRETIVE_FAULTS: dict[str, dict[str, Any]] = {
    "refused": {"resource": "oauth2/token", "status": 400},
    "forbidden": {"resource": "subjects", "status": 403},
    "not found": {"resource": "subjects", "status": 404},
    "server error": {"resource": "observations", "status": 500, "times": 99},
    "dropped sign-in": {"resource": "oauth2/token", "drop": True, "times": 99},
    "dropped page": {"resource": "observations", "drop": True, "times": 99},
    "redirect": {
        "resource": "observations",
        "status": 302,
        "headers": {"Location": "http://x.example/"},
    },
}


@pytest.mark.parametrize("kind", list(SECRETIVE_FAULTS))
def test_no_secret_enters_an_error_a_log_or_a_repr(
    site: EarthRangerStandIn, download: Download, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    # The site says back what it was told: the password at sign-in, the token later.
    echo = f'{{"status": {{"detail": "{site.password} {ECHOED_TOKEN}"}}}}'
    fault = {"body": echo, **SECRETIVE_FAULTS[kind]}
    resource = fault.pop("resource")
    if resource == "oauth2/token":
        fault["body"] = f'{{"error": "{site.password}"}}'
    else:
        site.fail("oauth2/token", body=f'{{"access_token": "{ECHOED_TOKEN}"}}')
        site._tokens[ECHOED_TOKEN] = 0
    site.fail(resource, **fault)

    with caplog.at_level(logging.DEBUG), pytest.raises((ConnectionError, PermissionError)) as caught:
        download()

    errors: list[BaseException] = [caught.value]
    while context := errors[-1].__cause__ or errors[-1].__context__:
        errors.append(context)
    account = _earthranger_account.Account(site.url, site.username, site.password, 1)
    with account:
        said = [repr(account), str(account), caplog.text, *map(repr, errors), *map(str, errors)]
    said += ["".join(traceback.format_exception(error)) for error in errors]
    for secret in (site.password, ECHOED_TOKEN):
        assert all(secret not in text for text in said)
    assert all(not hasattr(error, "request") for error in errors)
