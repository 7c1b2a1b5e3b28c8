"""What connections consist of: the kinds that there are, and texts that nobody may see."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ecoscope_workflows.errors import EcoscopeWorkflowsError

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "ECOSCOPE_WORKFLOWS__CONNECTIONS__"
SECRET_FIELDS = frozenset({"password", "token", "private_key"})


class ConnectionSettingsError(EcoscopeWorkflowsError, ValueError):
    """A connection is unknown, its settings are incomplete or ambiguous, or the settings file is wrong."""


class Secret:
    """A text that is not shown: neither by `repr` or `str`, nor in a log, nor when it is pickled."""

    __slots__ = ("_text",)

    def __init__(self, text: str = "") -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text itself."""
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __repr__(self) -> str:
        return "Secret('***')" if self._text else "Secret('')"

    __str__ = __repr__

    def __reduce__(self) -> str:
        raise TypeError("a secret is not written down")


@dataclass(frozen=True, slots=True)
class Kind:
    """What the connections of a kind consist of.

    Parameters
    ----------
    name
        As it stands in variables and files.
    title
        As people write it.
    required
        Fields that each connection has.
    ways
        By what it signs in, and the fields that this takes; a connection has exactly one of them.
    numbers
        Whole numbers of at least 1, and what they are where nothing is said.
    optional
        Further fields.
    """

    name: str
    title: str
    required: tuple[str, ...]
    ways: Mapping[str, tuple[str, ...]]
    numbers: Mapping[str, int] = field(default_factory=dict)
    optional: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """Return every field, in the order in which people give them."""
        given = dict.fromkeys(name for names in self.ways.values() for name in names)
        return (*self.required, *given, *self.numbers, *self.optional)

    def variable(self, connection: str, name: str) -> str:
        """Return the environment variable that holds a field of a connection."""
        return f"{PREFIX}{self.name}__{plain_name(connection)}__{name}".upper()


PASSWORD_OR_TOKEN = {"user name and password": ("username", "password"), "token": ("token",)}
KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "earthranger",
            "EarthRanger",
            ("server",),
            PASSWORD_OR_TOKEN,
            numbers={"tcp_limit": 5, "sub_page_size": 4000},
        ),
        Kind("smart", "SMART", ("server",), PASSWORD_OR_TOKEN),
        Kind(
            "earthengine",
            "Google Earth Engine",
            (),
            {
                "private key": ("service_account", "private_key"),
                "private key file": ("service_account", "private_key_file"),
            },
            optional=("ee_project",),
        ),
    )
}


def plain_name(name: str) -> str:
    """Return a name as a variable can hold it: in one case, without what a shell does not take."""
    return re.sub(r"[^a-z0-9_]", "_", name.lower())
