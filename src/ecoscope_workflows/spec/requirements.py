"""The section `requirements` in, what a spec needs installed out: packages of conda or of pip."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ecoscope_workflows.errors import did_you_mean
from ecoscope_workflows.spec.model import Requirement

if TYPE_CHECKING:
    from ecoscope_workflows.spec.reader import Cursor

CHANNELS = ("conda-forge", "ecoscope-workflows", "ecoscope-workflows-custom")
DEFAULT_CHANNEL = "conda-forge"
SOURCES = ("git", "path", "url")
GIT_REFERENCES = ("rev", "branch", "tag")
CONDA_KEYS = ("name", "version", "channel")
PIP_KEYS = ("name", *SOURCES, *GIT_REFERENCES, "subdirectory", "editable", "extras")

_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
# One condition of conda's match specification: `>=1.2`, `==1.2`, `~=1.2`, `1.2.*`, `*`.
_CONDITION = r"(?:(?:[<>]=?|[!=~]=|=)\s*)?[0-9A-Za-z*][0-9A-Za-z.*_!+-]*"
_VERSION = re.compile(rf"\s*{_CONDITION}(?:\s*[,|]\s*{_CONDITION})*\s*")
_SHORT = re.compile(rf"\s*({_NAME})\s*(.*?)\s*", re.DOTALL)
_URL = re.compile(r"[a-z][a-z0-9+.-]*://\S+")
_PASSWORD = re.compile(r"://[^/@]*:[^/@]*@")


def read_requirements(section: Cursor) -> tuple[Requirement, ...]:
    """Read the list of requirements; each fault is reported at its place."""
    if not section.is_a(list, "`requirements`"):
        return ()
    found = []
    for entry in section.items():
        if isinstance(entry.value, str):
            entry.fault("EW241", "a requirement must be a mapping", f"write `requirement: {entry.value!r}`")
        elif entry.is_a(dict, "a requirement"):
            found.append(_requirement(entry))
    return tuple(found)


def _requirement(entry: Cursor) -> Requirement:
    if entry.has("requirement"):
        return _short_form(entry)
    if any(entry.has(key) for key in (*SOURCES, *GIT_REFERENCES, "editable", "extras", "subdirectory")):
        return _pip_form(entry)
    return _conda_form(entry)


def _short_form(entry: Cursor) -> Requirement:
    entry.only_keys(("requirement",), "a requirement in its short form")
    short = entry.child("requirement")
    if not short.is_a(str, "`requirement`"):
        return Requirement("")
    match = _SHORT.fullmatch(short.value)
    if match is None or (match.group(2) and not _VERSION.fullmatch(match.group(2))):
        short.fault("EW242", f"{short.value!r} is not a package and its version", "write e.g. `pandas>=2,<3`")
        return Requirement("")
    return Requirement(match.group(1), match.group(2) or "*", DEFAULT_CHANNEL, where=entry.where)


def _conda_form(entry: Cursor) -> Requirement:
    entry.only_keys(CONDA_KEYS, "a requirement")
    name = _name(entry)
    version = ""
    if entry.needs("version", "the requirement", 'add `version: "*"` for any version'):
        cell = entry.child("version")
        if not isinstance(cell.value, str):
            cell.fault(
                "EW211", f"`version` must be text, not {cell.value!r}", f'write `version: "{cell.value}"`'
            )
        elif not _VERSION.fullmatch(cell.value):
            cell.fault("EW242", f"{cell.value!r} is no version", 'write e.g. "2.*" or ">=2,<3"')
        else:
            version = cell.value
    channel = DEFAULT_CHANNEL
    if entry.has("channel") and entry.child("channel").is_a(str, "`channel`"):
        channel = entry.value["channel"]
        _no_password(entry.child("channel"), "`channel`")
        if channel not in CHANNELS and not _URL.fullmatch(channel):
            hint = did_you_mean(channel, CHANNELS) or "give the URL of the channel"
            entry.child("channel").fault("EW243", f"unknown channel {channel!r}", hint)
    return Requirement(name, version, channel, where=entry.where)


def _pip_form(entry: Cursor) -> Requirement:
    entry.only_keys(PIP_KEYS, "a requirement")
    name = _name(entry)
    sources = [key for key in SOURCES if entry.has(key)]
    if len(sources) != 1:
        what = "a requirement has " + (" and ".join(map(repr, sources)) if sources else "no source")
        entry.fault("EW244", what, f"give exactly one of {', '.join(SOURCES)}")
    references = [key for key in GIT_REFERENCES if entry.has(key)]
    if references and not entry.has("git"):
        entry.fault("EW244", f"`{references[0]}` goes with `git` only", where=entry.key_where(references[0]))
    elif len(references) > 1:
        what = f"a requirement has {' and '.join(map(repr, references))}"
        entry.fault("EW244", what, "keep one of them", entry.key_where(references[1]))
    if entry.has("editable"):
        _editable(entry)
    for key in (*SOURCES, *GIT_REFERENCES, "subdirectory"):
        if entry.has(key) and entry.child(key).is_a(str, f"`{key}`"):
            _one_word(entry.child(key), f"`{key}`", spaces=key == "path")
    if isinstance(entry.value.get("path"), str):
        _path(entry.child("path"))
    return Requirement(
        name,
        source=(sources[0], str(entry.value[sources[0]])) if sources else None,
        reference=str(entry.value[references[0]]) if references else "",
        subdirectory=str(entry.value.get("subdirectory", "")),
        extras=_extras(entry),
        editable=entry.value.get("editable") is True,
        where=entry.where,
    )


def _extras(entry: Cursor) -> tuple[str, ...]:
    if not entry.has("extras") or not entry.child("extras").is_a(list, "`extras`"):
        return ()
    found = [extra for extra in entry.child("extras").items() if extra.is_a(str, "an extra")]
    for extra in found:
        if not re.fullmatch(_NAME, extra.value):
            extra.fault("EW242", f"{extra.value!r} is not the name of an extra")
    return tuple(extra.value for extra in found)


def _one_word(cell: Cursor, what: str, *, spaces: bool) -> None:
    """Report a text that would not stay one word of one line in a file of pip's."""
    if not cell.value:
        cell.fault("EW244", f"{what} is empty")
    elif not cell.value.isprintable() or (" " in cell.value and not spaces):
        cell.fault("EW244", f"{what} holds {'a line break' if spaces else 'white space'}: {cell.value!r}")
    _no_password(cell, what)


def _no_password(cell: Cursor, what: str) -> None:
    """Report a password: whatever is in a spec goes into files that are shared."""
    if _PASSWORD.search(cell.value):
        cell.fault("EW244", f"{what} holds a password", "give it to git, pip or conda by their own settings")


def _name(entry: Cursor) -> str:
    if not entry.needs("name", "the requirement") or not entry.child("name").is_a(str, "`name`"):
        return ""
    name = str(entry.value["name"])
    if not re.fullmatch(_NAME, name):
        entry.child("name").fault("EW242", f"{name!r} is not the name of a package")
    return name


def _editable(entry: Cursor) -> None:
    if not isinstance(entry.value["editable"], bool):
        entry.child("editable").fault("EW211", "`editable` must be true or false")
    elif entry.value["editable"] and not entry.has("path"):
        entry.fault("EW244", "`editable` goes with `path` only", where=entry.key_where("editable"))


def _path(path: Cursor) -> None:
    if _URL.fullmatch(path.value):
        path.fault("EW244", f"`path` is a URL: {path.value!r}", "give an absolute folder, or use `url`")
    elif not path.value.startswith("/"):
        path.fault("EW244", f"`path` is relative: {path.value!r}", "give an absolute folder")
