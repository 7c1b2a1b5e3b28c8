"""A connection: its fields and where they come from in, what is missing of it out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecoscope_workflows.connections.kinds import KINDS, ConnectionSettingsError, Kind, Secret, plain_name
from ecoscope_workflows.errors import Problem, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

ENVIRONMENT = "environment"


@dataclass(frozen=True)
class Connection:
    """An account with a name.

    Parameters
    ----------
    kind
        What it connects to.
    name
        Its name, as a workflow has it.
    values
        Its fields; what nobody may see is a `Secret`.
    sources
        Where each field comes from: ``environment``, or the path of the settings file.
    file
        Where the settings file is looked for.
    """

    kind: Kind
    name: str
    values: Mapping[str, str | Secret]
    sources: Mapping[str, str]
    file: Path

    @property
    def server(self) -> str:
        """Return the address of the site, or nothing where the kind has none."""
        return self.text("server")

    @property
    def shown_server(self) -> str:
        """Return the address as it may be shown; one with a user name or query may hold a password."""
        return "(not shown)" if re.search(r"[@?#]", self.server) else self.server

    @property
    def source(self) -> str:
        """Return where the settings come from; both places where both take part."""
        return " and ".join(
            sorted(set(self.sources.values()), key=lambda place: (place != ENVIRONMENT, place))
        )

    @property
    def signs_in_by(self) -> str:
        """Return by what it signs in, or nothing where that is incomplete or ambiguous."""
        ways = [way for way, names in self.kind.ways.items() if all(map(self.values.get, names))]
        strays = self._given() - {name for way in ways for name in self.kind.ways[way]}
        return ways[0] if len(ways) == 1 and not strays else ""

    def _given(self) -> set[str]:
        return {name for names in self.kind.ways.values() for name in names if self.values.get(name)}

    def text(self, name: str) -> str:
        """Return a field as text, a secret as it is; nothing where it is not given."""
        value = self.values.get(name, "")
        return value.reveal() if isinstance(value, Secret) else value

    def number(self, name: str) -> int:
        """Return a field that is a whole number.

        Raises
        ------
        ConnectionSettingsError
            When it is no whole number of at least 1.
        """
        text = self.text(name)
        if not text:
            return self.kind.numbers[name]
        if not re.fullmatch(r"0*[1-9][0-9]*", text):
            what = (
                f"{name} of {self.kind.title} connection {self.name!r} must be a whole number of at least 1"
            )
            hint = f"change it in the {self.sources[name]}"
            raise ConnectionSettingsError(Problem("EW631", what, hint=hint))
        return int(text)

    def how_to_set(self, *names: str) -> str:
        """Return in words what a user changes to give the fields another value."""
        places = {self.sources.get(name, ENVIRONMENT) for name in names}
        if places == {ENVIRONMENT}:
            return " and ".join(self.kind.variable(self.name, name) for name in names)
        table = f"[connections.{self.kind.name}.{self.name}]"
        files = ", ".join(sorted(places - {ENVIRONMENT}))
        return f"{' and '.join(names)} in {table} of {files}"

    def problem(self) -> Problem | None:
        """Return what is missing or too much, and which variables to set; never a value."""
        title = f"{self.kind.title} connection {self.name!r}"
        missing = [name for name in self.kind.required if not self.values.get(name)]
        ways = " or ".join(" and ".join(names) for names in self.kind.ways.values())
        if self.signs_in_by and not missing:
            return None
        wanted = list(missing)
        if not self.signs_in_by:
            given = self._given()
            complete = [way for way in self.kind.ways.values() if given >= set(way)]
            if complete:
                what = f"{title} has {_listed(sorted(given))}, which is more than one way to sign in"
                return Problem("EW631", what, hint=f"keep either {ways}")
            wanted += self._nearest_way(given)
        variables = ", ".join(self.kind.variable(self.name, name) for name in wanted)
        hint = f"set {variables}, or give the same in {self.file}"
        if not self.signs_in_by:
            hint += f"; it signs in by {ways}"
        return Problem("EW631", f"{title} lacks {_listed(wanted)}", hint=hint)

    def _nearest_way(self, given: set[str]) -> list[str]:
        """Return what is left to give of the way of which most is given already, the first one in doubt."""
        ways = list(self.kind.ways.values())
        best = max(ways, key=lambda names: (len(given & set(names)), -ways.index(names)))
        return [name for name in best if name not in given]


@dataclass(frozen=True)
class Connections:
    """Every connection of this user on this machine.

    Parameters
    ----------
    known
        By kind and name.
    file
        Where the settings file is looked for.
    warnings
        What is worth a look, such as a file with passwords that others may read.
    """

    known: Mapping[tuple[str, str], Connection]
    file: Path
    warnings: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Connection]:
        return iter(self.known.values())

    def named(self, name: str, kind: str | None = None) -> list[Connection]:
        """Return the connections of a name, of every kind or of one; case does not count."""
        return [
            found
            for found in self
            if plain_name(found.name) == plain_name(name) and kind in (None, found.kind.name)
        ]

    def find(self, kind: str, name: str) -> Connection:
        """Return a connection with complete settings.

        Raises
        ------
        ConnectionSettingsError
            When there is none of this name, or something is missing or given twice.
        """
        found = self.named(name, kind)
        if not found:
            raise ConnectionSettingsError(self._unknown(KINDS[kind], name))
        problem = found[0].problem()
        if problem:
            raise ConnectionSettingsError(problem)
        for number in found[0].kind.numbers:
            found[0].number(number)
        return found[0]

    def _unknown(self, kind: Kind, name: str) -> Problem:
        what = f"there is no {kind.title} connection {name!r}"
        near = did_you_mean(name, [found.name for found in self if found.kind is kind])
        variables = ", ".join(kind.variable(name, item) for item in (*kind.required, *self._first_way(kind)))
        hint = f"{near.rstrip('?')}? Else set {variables}" if near.endswith("?") else f"set {variables}"
        return Problem("EW631", what, hint=f"{hint}, or write it into {self.file}")

    @staticmethod
    def _first_way(kind: Kind) -> tuple[str, ...]:
        return next(iter(kind.ways.values()))


def _listed(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
