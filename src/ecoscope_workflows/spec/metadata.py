"""The section `metadata` in, what a spec says of itself out; keys that are not known here may stand too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ecoscope_workflows.spec.reader import Cursor

REQUIRED = ("name", "description", "maintainers", "license")
LINKS = ("repository", "documentation", "readme")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a spec says of itself."""

    name: str = ""
    description: str = ""
    license: str = ""
    maintainers: tuple[tuple[str, str], ...] = ()
    keywords: tuple[str, ...] = ()


def read_metadata(section: Cursor) -> Metadata:
    """Read the metadata; a null section says nothing."""
    if section.value is None or not section.is_a(dict, "`metadata`"):
        return Metadata()
    for key in REQUIRED:
        section.needs(key, "the metadata")
    texts = {key: _text(section, key) for key in ("name", "description", "license")}
    for key in LINKS:
        _text(section, key)
    maintainers = []
    if section.has("maintainers") and section.child("maintainers").is_a(list, "`maintainers`"):
        maintainers = [_maintainer(entry) for entry in section.child("maintainers").items()]
    keywords: list[str] = []
    if section.value.get("keywords") is not None and section.child("keywords").is_a(list, "`keywords`"):
        entries = section.child("keywords").items()
        keywords = [entry.value for entry in entries if entry.is_a(str, "a keyword")]
    return Metadata(**texts, maintainers=tuple(maintainers), keywords=tuple(keywords))


def _text(section: Cursor, key: str) -> str:
    if section.value.get(key) is None:
        return ""
    return str(section.value[key]) if section.child(key).is_a(str, f"`{key}` of the metadata") else ""


def _maintainer(entry: Cursor) -> tuple[str, str]:
    if not entry.is_a(dict, "a maintainer"):
        return "", ""
    entry.only_keys(("name", "email"), "a maintainer")
    found = []
    for key in ("name", "email"):
        given = entry.needs(key, "the maintainer") and entry.child(key).is_a(str, f"`{key}` of a maintainer")
        found.append(str(entry.value[key]) if given else "")
    return found[0], found[1]
