"""The name of a connection in, an account that is ready to use out."""

from __future__ import annotations

from ecoscope_workflows.connections import Connection, connection
from ecoscope_workflows.tasks.io._earthranger_account import Account
from ecoscope_workflows.tasks.io._earthranger_credentials import Credentials


def open_account(client: str) -> Account:
    """Return the account of the EarthRanger connection called `client`; close it, or use it in a ``with``.

    Nothing is sent before the first request.

    Raises
    ------
    ValueError
        When there is no connection of this name, or its settings are incomplete or wrong.
    """
    return account_of(connection("earthranger", client))


def account_of(settings: Connection) -> Account:
    """Return the account that an EarthRanger connection describes."""
    fields = ("username", "password") if settings.text("password") else ("token",)
    credentials = Credentials(
        settings.text("username"),
        settings.text("password"),
        settings.text("token"),
        server_setting=settings.how_to_set("server"),
        sign_in_setting=settings.how_to_set(*fields),
    )
    try:
        return Account(
            settings.server,
            connections=settings.number("tcp_limit"),
            page_size=settings.number("sub_page_size"),
            credentials=credentials,
        )
    except ValueError as error:
        raise ValueError(f"{error}; check {credentials.server_setting}") from None
