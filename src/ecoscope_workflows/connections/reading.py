"""Environment and settings file in, every connection of this user out."""

from __future__ import annotations

import os
import re
import stat
import tomllib
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.connections.kinds import (
    KINDS,
    PREFIX,
    SECRET_FIELDS,
    ConnectionSettingsError,
    Kind,
    Secret,
    plain_name,
)
from ecoscope_workflows.connections.model import ENVIRONMENT, Connection, Connections
from ecoscope_workflows.errors import Problem, Where, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FILE_VARIABLE = "ECOSCOPE_WORKFLOWS_CONFIG"
FILE_NAME = "connections.toml"


def connection(kind: str, name: str) -> Connection:
    """Return a connection by its name, and warn of what `read_connections` has to say.

    Raises
    ------
    ConnectionSettingsError
        When there is none of this name, its settings are incomplete, or the settings file is wrong.
    """
    connections = read_connections()
    for text in connections.warnings:
        warnings.warn(text, stacklevel=2)
    return connections.find(kind, name)


def settings_file(environment: Mapping[str, str] | None = None) -> Path:
    """Return where the settings file is looked for."""
    given = (os.environ if environment is None else environment).get(FILE_VARIABLE)
    if given:
        return Path(given).expanduser()
    # Not needed, and not paid for, where the variable is set.
    import platformdirs  # noqa: PLC0415

    return Path(platformdirs.user_config_dir("ecoscope-workflows", appauthor=False), FILE_NAME)


def read_connections(environment: Mapping[str, str] | None = None) -> Connections:
    """Read every connection from the environment and the settings file.

    Parameters
    ----------
    environment
        Variables by name; those of this process where nothing is said.

    Raises
    ------
    ConnectionSettingsError
        When the settings file is named but missing, cannot be read, or holds what is no connection.
    """
    environment = os.environ if environment is None else environment
    path = settings_file(environment)
    notes: list[str] = []
    stored: dict[tuple[str, str], tuple[str, dict[str, str]]] = {}
    if path.is_file():
        notes += _permissions_note(path)
        stored = _from_file(path)
    elif environment.get(FILE_VARIABLE):
        hint = f"correct or unset {FILE_VARIABLE}"
        raise ConnectionSettingsError(Problem("EW632", f"there is no settings file {str(path)!r}", hint=hint))
    given, strays = _from_environment(environment)
    known = {}
    for kind, plain in sorted({*stored, *given}):
        name, values = stored.get((kind, plain), (plain, {}))
        known[kind, plain] = _merged(KINDS[kind], name, values, path, given.get((kind, plain), {}))
    return Connections(known, path, (*notes, *strays))


def _merged(
    kind: Kind, name: str, stored: Mapping[str, str], path: Path, given: Mapping[str, str]
) -> Connection:
    for names in kind.ways.values():
        if all(given.get(item) for item in names):
            # Who signs in another way for once need not change the file.
            others = {item for way in kind.ways.values() for item in way} - set(names)
            stored = {item: text for item, text in stored.items() if item not in others}
    values = {item: text for item, text in {**stored, **given}.items() if text}
    sources = {item: ENVIRONMENT if given.get(item) else str(path) for item in values}
    hidden = {item: Secret(text) if item in SECRET_FIELDS else text for item, text in values.items()}
    return Connection(kind, name, hidden, sources, path)


def _from_environment(
    environment: Mapping[str, str],
) -> tuple[dict[tuple[str, str], dict[str, str]], list[str]]:
    """Return fields by kind and name, and a note for each variable that says nothing of a connection."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    notes = []
    for variable, text in environment.items():
        if not variable.upper().startswith(PREFIX):
            continue
        kind, _, rest = variable[len(PREFIX) :].lower().partition("__")
        name, _, item = rest.rpartition("__")
        if kind not in KINDS:
            notes.append(f"{variable} is of no known kind: {did_you_mean(kind, KINDS)}")
        elif not name or item not in KINDS[kind].fields:
            notes.append(f"{variable} is no field of a connection: {did_you_mean(item, KINDS[kind].fields)}")
        elif text.strip():
            # A variable that is empty counts as not set: that is how a CI hands on a secret it has not got.
            found.setdefault((kind, plain_name(name)), {})[item] = _trimmed(item, text)
    return found, notes


def _from_file(path: Path) -> dict[tuple[str, str], tuple[str, dict[str, str]]]:
    """Return the name and the fields of each connection in the file, by kind and plain name."""
    where = Where(str(path))
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        # What stands in the file is not repeated: it may be a password.
        position = re.search(r"\(at .*\)", str(error))
        what = f"the settings file cannot be read as TOML {position.group() if position else ''}".rstrip()
        raise ConnectionSettingsError(Problem("EW632", what, where)) from None
    found: dict[tuple[str, str], tuple[str, dict[str, str]]] = {}
    for kind, tables in _table(document.get("connections", {}), "connections", where).items():
        if kind not in KINDS:
            what = f"[connections.{kind}] is of no known kind"
            raise ConnectionSettingsError(Problem("EW632", what, where, did_you_mean(kind, KINDS)))
        for name, table in _table(tables, f"connections.{kind}", where).items():
            if (kind, plain_name(name)) in found:
                what = f"{name!r} and {found[kind, plain_name(name)][0]!r} are one name to the environment"
                raise ConnectionSettingsError(Problem("EW632", what, where, "rename one of them"))
            place = f"connections.{kind}.{name}"
            found[kind, plain_name(name)] = (
                name,
                _fields(KINDS[kind], _table(table, place, where), place, where),
            )
    return found


def _fields(kind: Kind, table: Mapping[str, Any], place: str, where: Where) -> dict[str, str]:
    values = {}
    for name, value in table.items():
        if name.lower() not in kind.fields:
            hint = did_you_mean(name, kind.fields)
            raise ConnectionSettingsError(Problem("EW632", f"[{place}] has no field {name!r}", where, hint))
        wanted = (int, str) if name.lower() in kind.numbers else (str,)
        if not isinstance(value, wanted) or isinstance(value, bool):
            what = f"{name} in [{place}] must be {'a number' if int in wanted else 'a text in quotes'}"
            raise ConnectionSettingsError(Problem("EW632", what, where))
        values[name.lower()] = _trimmed(name.lower(), str(value))
    return values


def _table(value: Any, place: str, where: Where) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        hint = "write [connections.earthranger.mysite] and the fields below it"
        raise ConnectionSettingsError(Problem("EW632", f"{place} must be a table", where, hint))
    return value


def _permissions_note(path: Path) -> Iterator[str]:
    # Windows has no such bits, and says that everybody may read.
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & (stat.S_IRGRP | stat.S_IROTH):
        yield f"{path} may be read by others than its owner: chmod 600 {path}"


def _trimmed(name: str, text: str) -> str:
    # A password may begin or end with a space; nothing else does.
    return text if name in SECRET_FIELDS else text.strip()
