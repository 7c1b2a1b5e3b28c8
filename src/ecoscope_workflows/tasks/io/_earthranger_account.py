"""An EarthRanger account over HTTP: a path and a query in, the data of the checked answer out.

Neither the password nor a token ever enters a log record, an error or a `repr`; no answer is followed to
another host, so neither leaves the site it belongs to.
"""

from __future__ import annotations

import logging
import threading
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

import httpx

from ecoscope_workflows.tasks.io._earthranger_credentials import Credentials
from ecoscope_workflows.tasks.io._earthranger_site import is_loopback, site_root

if TYPE_CHECKING:
    from collections.abc import Mapping

log = logging.getLogger(__name__)

API = "/api"
SIGN_IN = "/oauth2/token"

# Five tries span half a minute at most when the site does not say how long to wait: a restart, not an outage.
ATTEMPTS = 5
BACKOFF_SECONDS = 1.0
# A site that asks for more than this has closed for a while; the error says so instead of holding a job.
LONGEST_PAUSE_SECONDS = 120.0
# How many records one request asks for, where nobody says; sites give a few thousand at most.
PAGE_SIZE = 4000
# Tokens live for hours: a third refusal in a row of one request is no expiry.
SIGN_INS_PER_REQUEST = 3
# A page of thousands of observations takes a busy site a minute.
TIMEOUT = httpx.Timeout(30.0, connect=10.0, read=120.0)


class StoppedError(Exception):
    """Another request of the same download failed, so that this one is not worth waiting for."""


class MissingError(ConnectionError):
    """The site has nothing at a path."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the site said, good or bad, when asking again would change nothing."""

    status: int
    payload: Any
    location: str = ""


@dataclass(frozen=True, slots=True)
class Hitch:
    """Why a request is worth another try, how long the site asks to wait, and whether it limits the rate."""

    what: str
    retry_after: float | None = None
    throttled: bool = False


class Account:
    """A user's account on one EarthRanger site; signs in by itself, and serves several threads at once.

    Parameters
    ----------
    server
        URL of the site.
    username, password
        What the user signs in with.
    connections
        How many connections to the site may be open at once.
    page_size
        How many records one request asks for; the site may give fewer.
    credentials
        What the account signs in with, in place of `username` and `password`.
    """

    def __init__(
        self,
        server: str,
        username: str = "",
        password: str = "",
        connections: int = 5,
        *,
        page_size: int = PAGE_SIZE,
        credentials: Credentials | None = None,
    ) -> None:
        self.site = site_root(server)
        self.connections = connections
        self.page_size = page_size
        self._credentials = credentials or Credentials(username, password)
        self._tokens = [""]
        self._signing_in = threading.Lock()
        self._throttled = threading.Lock()
        self._stopped = threading.Event()
        self._http = httpx.Client(
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
            timeout=TIMEOUT,
            headers={"User-Agent": "ecoscope-workflows", "Accept": "application/json"},
            # A proxy cannot reach this machine's loopback, and must not see what is meant for it.
            trust_env=not is_loopback(httpx.URL(self.site).host),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *details: object) -> None:
        self._http.close()

    def stop(self) -> None:
        """End every request that is not under way yet, or waits for its next try, with `StoppedError`."""
        self._stopped.set()

    def get(self, path: str, query: Mapping[str, str | int], version: str = "v1.0") -> Any:
        """Return the data that a version of the API holds at `path`.

        Raises
        ------
        PermissionError
            When the site refuses the user name or password, or does not let the user read this.
        ConnectionError
            When the site cannot be reached, keeps failing, redirects, or is no EarthRanger site.
        """
        refused = ""
        for _ in range(SIGN_INS_PER_REQUEST):
            token = self._token(refused)
            headers = {"Authorization": f"Bearer {token}"}
            answer = self._ask("GET", f"{API}/{version}{path}", params=dict(query), headers=headers)
            if answer.status != httpx.codes.UNAUTHORIZED:
                return self._data(answer, path)
            refused = token
        raise PermissionError(f"EarthRanger at {self.site} accepts the password but refuses its own tokens")

    def _data(self, answer: Answer, path: str) -> Any:
        detail = self._detail(answer.payload)
        if answer.status == httpx.codes.FORBIDDEN:
            raise PermissionError(f"EarthRanger at {self.site} does not let this user read {path}{detail}")
        if not httpx.codes.is_success(answer.status):
            kind = MissingError if answer.status == httpx.codes.NOT_FOUND else ConnectionError
            raise kind(f"EarthRanger at {self.site} answered {answer.status} to {path}{detail}")
        if not isinstance(answer.payload, dict) or "data" not in answer.payload:
            setting = self._credentials.server_setting
            raise ConnectionError(f"{self.site} does not answer like EarthRanger: check the URL ({setting})")
        return answer.payload["data"]

    def _token(self, refused: str) -> str:
        """Return a token that differs from the `refused` one; of many threads, one signs in."""
        with self._signing_in:
            if self._tokens[-1] == refused:
                self._tokens.append(self._credentials.token or self._sign_in())
            if refused and refused == self._credentials.token:
                raise PermissionError(
                    f"EarthRanger at {self.site} refused the token: check {self._credentials.sign_in_setting}"
                )
            return self._tokens[-1]

    def _sign_in(self) -> str:
        answer = self._ask("POST", SIGN_IN, data=self._credentials.form)
        if answer.status in {httpx.codes.BAD_REQUEST, httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
            detail = self._detail(answer.payload)
            raise PermissionError(
                f"EarthRanger at {self.site} refused the user name or password{detail}:"
                f" check {self._credentials.sign_in_setting}"
            )
        token = answer.payload.get("access_token") if isinstance(answer.payload, dict) else None
        if not httpx.codes.is_success(answer.status) or not isinstance(token, str) or not token:
            raise ConnectionError(
                f"{self.site} does not sign users in like EarthRanger (status {answer.status} at {SIGN_IN}):"
                f" check the URL ({self._credentials.server_setting})"
            )
        return token

    def _ask(self, method: str, path: str, **options: Any) -> Answer:
        hitch = Hitch("")
        held = False
        with ExitStack() as alone:
            for attempt in range(ATTEMPTS):
                if attempt:
                    self._pause(attempt, hitch)
                if not held:
                    with self._throttled:
                        pass  # Waits until no other request is held back.
                if self._stopped.is_set():
                    raise StoppedError
                outcome = self._try(method, path, options)
                if isinstance(outcome, Answer):
                    return self._not_elsewhere(outcome)
                hitch = outcome
                if hitch.throttled and not held:
                    # The site counts all requests of a user: the others would take the turn of this one.
                    alone.enter_context(self._throttled)
                    held = True
        raise ConnectionError(f"EarthRanger at {self.site} failed {ATTEMPTS} times, at last: {hitch.what}")

    def _not_elsewhere(self, answer: Answer) -> Answer:
        if not httpx.codes.is_redirect(answer.status):
            return answer
        # To follow it would hand the password or token to whoever the answer names.
        target = urlsplit(answer.location)
        place = f"{target.scheme}://{target.hostname}" if target.hostname else "another address"
        raise ConnectionError(
            f"EarthRanger at {self.site} redirects to {place}: if that is right, set"
            f" {self._credentials.server_setting} to it"
        )

    def _try(self, method: str, path: str, options: Mapping[str, Any]) -> Answer | Hitch:
        try:
            response = self._http.request(method, f"{self.site}{path}", **options)
        except httpx.RequestError as error:
            # The error itself is not kept: it carries the request, and that the password.
            return Hitch(self._scrub(f"{type(error).__name__}: {error}"))
        status = response.status_code
        try:
            payload = response.json()
        except ValueError:
            if response.is_success:
                kind = response.headers.get("Content-Type", "no content type")
                return Hitch(f"the answer is not JSON ({kind})")
            payload = None
        if status == httpx.codes.TOO_MANY_REQUESTS or httpx.codes.is_server_error(status):
            what = f"status {status}{self._detail(payload)}"
            pause = retry_after_seconds(response.headers.get("Retry-After"))
            return Hitch(what, pause, throttled=status == httpx.codes.TOO_MANY_REQUESTS)
        return Answer(status, payload, response.headers.get("Location", ""))

    def _pause(self, attempt: int, hitch: Hitch) -> None:
        seconds = hitch.retry_after
        if seconds is None:
            seconds = BACKOFF_SECONDS * 2 ** (attempt - 1)
        if seconds > LONGEST_PAUSE_SECONDS:
            raise ConnectionError(
                f"EarthRanger at {self.site} asks to wait {seconds:.0f} s ({hitch.what}): run again later"
            )
        log.warning("EarthRanger at %s: %s; trying again in %.1f s", self.site, hitch.what, seconds)
        self._stopped.wait(seconds)

    def _detail(self, payload: Any) -> str:
        """Return the reason that an answer gives, in brackets, or nothing."""
        if not isinstance(payload, dict):
            return ""
        status = payload.get("status")
        reason = status.get("detail") if isinstance(status, dict) else payload.get("error")
        return f" ({self._scrub(reason)[:200]})" if isinstance(reason, str) else ""

    def _scrub(self, text: str) -> str:
        for secret in (*self._credentials.secrets, *self._tokens):
            text = text.replace(secret, "***") if secret else text
        return text


def retry_after_seconds(header: str | None) -> float | None:
    """Return how many seconds a ``Retry-After`` header asks to wait, or None where it does not say."""
    if not header:
        return None
    try:
        return max(float(int(header)), 0.0)
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max((moment - datetime.now(UTC)).total_seconds(), 0.0)
