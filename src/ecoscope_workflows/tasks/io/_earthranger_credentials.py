"""What an EarthRanger account signs in with, and what a user changes where the site refuses it."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote_plus

# The public id of EarthRanger's own web page: a site accepts password sign-in for it without further set-up.
CLIENT_ID = "das_web_client"


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user name and password, or a token that the site gave out.

    Parameters
    ----------
    username, password
        What a user of the site signs in with.
    token
        What is shown instead of signing in.
    server_setting, sign_in_setting
        What a user changes to go to another site, and to sign in otherwise; for messages.
    """

    username: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    server_setting: str = "ER_SERVER"
    sign_in_setting: str = "ER_USERNAME and ER_PASSWORD"

    @property
    def form(self) -> dict[str, str]:
        """Return what is sent to sign in."""
        return {
            "grant_type": "password",
            "username": self.username,
            "password": self.password,
            "client_id": CLIENT_ID,
        }

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return the texts that nobody may see, as they are and as a form holds them."""
        return tuple(text for text in (self.password, quote_plus(self.password), self.token) if text)
