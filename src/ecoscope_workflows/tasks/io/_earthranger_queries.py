"""What an EarthRanger site is asked for: a group's name in, its subjects and their observations out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from ecoscope_workflows.errors import did_you_mean
from ecoscope_workflows.tasks.io._earthranger_account import Account, StoppedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

Record = dict[str, Any]

# Observations that nobody, human or filter, has excluded.
CLEAN = 0
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
    groups = list(_records(account, "/subjectgroups/", query))
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
    return list({subject["id"]: subject for subject in _records(account, "/subjects/", query)}.values())


def observations_of(
    account: Account,
    subjects: Sequence[Record],
    period: tuple[datetime, datetime],
    *,
    page_size: int,
    at_once: int,
) -> list[list[Record]]:
    """Return the observations of each subject, in the order of `subjects`, asking for `at_once` of them.

    The first failure stops the rest and is raised.
    """
    since, until = period
    query: dict[str, str | int] = {
        "since": since.isoformat(),
        "until": until.isoformat(),
        "filter": CLEAN,
        "include_details": "false",
        "use_cursor": "true",
        "page_size": page_size,
    }

    def download(subject: Record) -> list[Record]:
        try:
            return list(_records(account, "/observations/", {**query, "subject_id": subject["id"]}))
        except Exception:
            account.stop()
            raise

    # Threads, not asyncio: a notebook has an event loop running already.
    with ThreadPoolExecutor(at_once, thread_name_prefix="earthranger") as pool:
        downloads = [pool.submit(download, subject) for subject in subjects]
        try:
            wait(downloads)
        except BaseException:
            # The user interrupts: leaving the pool would wait for every subject otherwise.
            account.stop()
            raise
    for finished in downloads:
        error = finished.exception()
        if error is not None and not isinstance(error, StoppedError):
            raise error
    return [finished.result() for finished in downloads]


def _records(account: Account, path: str, query: Mapping[str, str | int]) -> Iterator[Record]:
    """Yield the records of every page."""
    marks: set[tuple[str, str]] = set()
    while True:
        data = account.get(path, query)
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
