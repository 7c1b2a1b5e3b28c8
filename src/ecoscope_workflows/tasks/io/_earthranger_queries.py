"""What an EarthRanger site is asked for: a group's name in, its subjects and their observations out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from ecoscope_workflows.errors import did_you_mean
from ecoscope_workflows.tasks.io._earthranger_downloads import at_once

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from ecoscope_workflows.tasks.io._earthranger_account import Account

Record = dict[str, Any]

# Observations that nobody, human or filter, has excluded.
CLEAN = 0
# Ids are 36 letters long, and an address of more than 8,000 is cut off by many servers.
IDS_PER_REQUEST = 100
# How a next page is named, by the kinds of paging that EarthRanger has had.
PAGE_MARKS = ("cursor", "page", "offset")


def group_id(account: Account, name: str) -> str:
    """Return the id of the one subject group called `name`, hidden or nested ones included.

    Raises
    ------
    ValueError
        When no group, or more than one, has this name.
    """
    query = {"include_hidden": "true", "include_inactive": "true", "flat": "true"}
    groups = _groups(account, {**query, "group_name": name})
    found = sorted({group["id"] for group in groups if group.get("name") == name})
    if len(found) > 1:
        raise ValueError(f"{len(found)} subject groups at {account.site} are called {name!r}: rename one")
    if found:
        return str(found[0])
    names = [str(group.get("name")) for group in _groups(account, query)]
    hint = did_you_mean(name, names) or f"the site shows this user {len(names)} groups"
    raise ValueError(f"no subject group at {account.site} is called {name!r}: {hint}")


def _groups(account: Account, query: Mapping[str, str]) -> list[Record]:
    """Return groups and the groups nested in them, each once or more often."""
    groups = list(all_records(account, "/subjectgroups/", query))
    for group in groups:
        # The list grows while it is read: a nested group may hold others.
        groups.extend(nested for nested in group.get("subgroups") or [] if isinstance(nested, dict))
    return groups


def subjects_of(account: Account, group: str, page_size: int, *, include_inactive: bool) -> list[Record]:
    """Return the subjects of a group and of the groups nested in it, each once, in the site's order."""
    query: dict[str, str | int] = {
        "subject_group": group,
        "include_inactive": str(include_inactive).lower(),
        "page_size": page_size,
    }
    return list({subject["id"]: subject for subject in all_records(account, "/subjects/", query)}.values())


def observations_of(
    account: Account,
    subjects: Sequence[Record],
    period: tuple[datetime, datetime],
    *,
    page_size: int,
    flags: int | None = CLEAN,
    details: bool = False,
) -> list[list[Record]]:
    """Return the observations of each subject, in the order of `subjects`, several at once.

    Of all, only those with the exclusion flags `flags` are asked for, or all where it is None;
    with `details`, each has a record ``observation_details``.
    The first failure stops the rest and is raised.
    """
    since, until = period
    query: dict[str, str | int] = {
        "since": since.isoformat(),
        "until": until.isoformat(),
        "filter": "null" if flags is None else flags,
        "include_details": str(details).lower(),
        "use_cursor": "true",
        "page_size": page_size,
    }

    def download(subject: Record) -> list[Record]:
        return list(all_records(account, "/observations/", {**query, "subject_id": subject["id"]}))

    return at_once(account, download, subjects)


def assignments_of(account: Account, subjects: Sequence[Record], page_size: int) -> list[Record]:
    """Return which source each subject has worn from when to when."""
    ids = [str(subject["id"]) for subject in subjects]
    batches = [ids[start : start + IDS_PER_REQUEST] for start in range(0, len(ids), IDS_PER_REQUEST)]
    return [
        record
        for batch in batches
        for record in all_records(
            account, "/subjectsources/", {"subjects": ",".join(batch), "page_size": page_size}
        )
    ]


def feature_group(account: Account, name: str) -> Record:
    """Return the one group of spatial features called `name`, with its features.

    Raises
    ------
    ValueError
        When no group, or more than one, has this name.
    """
    groups = list(all_records(account, "/spatialfeaturegroup/", {}))
    found = [group for group in groups if group.get("name") == name]
    if len(found) != 1:
        if found:
            problem = f"{len(found)} groups of spatial features at {account.site} are called {name!r}"
            raise ValueError(f"{problem}: rename one")
        hint = did_you_mean(name, [str(group.get("name")) for group in groups])
        hint = hint or f"the site shows this user {len(groups)} groups"
        raise ValueError(f"no group of spatial features at {account.site} is called {name!r}: {hint}")
    path = f"/spatialfeaturegroup/{found[0]['id']}/"
    group = account.get(path, {})
    features = group.get("features") if isinstance(group, dict) else None
    if not isinstance(features, list) or not all(isinstance(feature, dict) for feature in features):
        raise ConnectionError(f"{account.site} does not answer {path} like EarthRanger")
    # The list has what a single group lacks, such as its id.
    return {**found[0], **group}


def all_records(
    account: Account, path: str, query: Mapping[str, str | int], version: str = "v1.0"
) -> Iterator[Record]:
    """Yield the records of every page."""
    marks: set[tuple[str, str]] = set()
    while True:
        data = account.get(path, query, version)
        # A short list comes whole, not in pages.
        page = {"results": data} if isinstance(data, list) else data
        records = page.get("results") if isinstance(page, dict) else None
        if not isinstance(records, list) or not all(_is_record(record) for record in records):
            raise ConnectionError(f"{account.site} does not answer {path} like EarthRanger")
        yield from records
        if not page.get("next"):
            return
        mark = _page_mark(str(page["next"]))
        if mark is None or mark in marks:
            raise ConnectionError(f"EarthRanger at {account.site} names no further page of {path}: run again")
        marks.add(mark)
        query = {**query, mark[0]: mark[1]}


def _is_record(record: object) -> bool:
    return isinstance(record, dict) and isinstance(record.get("id"), str)


def _page_mark(url: str) -> tuple[str, str] | None:
    """Return what names the next page in its URL.

    Only this is taken over: behind a proxy, sites name themselves as ``http://`` or by an internal host.
    """
    return next((pair for pair in parse_qsl(urlsplit(url).query) if pair[0] in PAGE_MARKS), None)
