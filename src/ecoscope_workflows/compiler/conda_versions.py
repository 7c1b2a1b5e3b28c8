"""A version as conda writes it in, what conda and pip are told of it out."""

from __future__ import annotations

import re

_CONDITION = re.compile(r"([<>]=?|[!=~]=|=)?(.*)")
# What pip takes a wildcard behind: no pre-release, no build of somebody's own.
_RELEASE = re.compile(r"(?:[0-9]+!)?[0-9]+(?:\.[0-9]+)*")


def for_conda(version: str) -> str:
    """Return a version as an environment file has it; empty where any will do.

    A version without an operator gets one: some programs read `1.2` as 1.2 alone, and others as 1.2.*.
    """
    alternatives = [
        ",".join(
            f"=={condition}" if condition[0] not in "<>=!~" and "*" not in condition else condition
            for condition in alternative.split(",")
        )
        for alternative in _compact(version).split("|")
    ]
    return "" if alternatives == ["*"] else "|".join(alternatives)


def for_pip(version: str) -> list[str]:
    """Return the specifiers of pip that say the same, one of which must hold; empty text for any version.

    Both are of one mind about releases.
    Below `<2`, conda takes pre-releases of 2, and pip does not.

    Raises
    ------
    ValueError
        Where pip has no words for it.
    """
    found = [
        ",".join(filter(None, map(_specifier, alternative.split(","))))
        for alternative in _compact(version).split("|")
    ]
    return [""] if "" in found else found


def _compact(version: str) -> str:
    return "".join(version.split())


def _specifier(condition: str) -> str:
    from packaging.specifiers import SpecifierSet  # noqa: PLC0415  # few commands need it

    match = _CONDITION.fullmatch(condition)
    operator, version = match.groups() if match else ("", "")
    stem = version.rstrip("*")
    is_wild = stem != version
    if is_wild:
        stem = stem.removesuffix(".")
    if is_wild and not stem and operator in {None, "="}:
        return ""
    family = f"{stem}.*" if _RELEASE.fullmatch(stem) else stem
    match operator, is_wild:
        case (None, False):
            said = f"=={stem}"
        case ("=", _) | (None, True):
            said = f"=={family}"
        case ("!=", True):
            said = f"!={family}"
        # Where the wildcard is left out, it says the same.
        case (_, False) | (">=" | "<", True):
            said = f"{operator}{stem}"
        case _:
            raise ValueError(f"`{condition}` is not the same to conda and to pip")
    try:
        SpecifierSet(said)
    except ValueError:
        raise ValueError(f"pip cannot read `{condition}`") from None
    return said
