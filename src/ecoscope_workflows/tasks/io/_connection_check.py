"""An EarthRanger connection in, whether it signs in out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecoscope_workflows.tasks.io._connections import account_of

if TYPE_CHECKING:
    from ecoscope_workflows.connections import Connection


def check(connection: Connection) -> str:
    """Sign in, ask the site who this is, and return the answer in words.

    Raises
    ------
    PermissionError
        When the site refuses the account.
    ConnectionError
        When the site cannot be reached, or does not answer like EarthRanger.
    ValueError
        When the server is no address of a site.
    """
    with account_of(connection) as account:
        user = account.get("/user/me", {})
        name = user.get("username") if isinstance(user, dict) else None
        return f"signed in to {account.site}" + (f" as {name}" if name else "")
