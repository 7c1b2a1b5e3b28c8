"""What an EarthRanger site is asked for about events and patrols: a period and types in, records out."""

from __future__ import annotations

import json
import warnings
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.errors import did_you_mean
from ecoscope_workflows.tasks.io._earthranger_account import Account, MissingError
from ecoscope_workflows.tasks.io._earthranger_downloads import at_once
from ecoscope_workflows.tasks.io._earthranger_queries import CLEAN, IDS_PER_REQUEST, all_records

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecoscope_workflows.tasks.time_ranges import TimeRange

Record = dict[str, Any]

EVENT_TYPE_LISTS = (("/activity/events/eventtypes/", "v1.0"), ("/activity/eventtypes/", "v2.0"))


def event_types(account: Account) -> list[Record]:
    """Return the types of events, inactive ones and those of both versions of the API included.

    A type that is in both stands there twice.
    """
    found: list[Record] = []
    for path, version in EVENT_TYPE_LISTS:
        try:
            found += all_records(account, path, {"include_inactive": "true"}, version)
        except MissingError:
            # Older sites know the first version only, and newer ones may give it up.
            if version == EVENT_TYPE_LISTS[-1][1] and not found:
                raise
    return found


def event_categories(account: Account) -> dict[str, str]:
    """Return what the categories of events are called, by their values."""
    records = all_records(account, "/activity/events/categories/", {"include_inactive": "true"})
    return {str(record.get("value")): str(record.get("display") or record.get("value")) for record in records}


def event_type_ids(account: Account, values: Sequence[str]) -> list[str]:
    """Return the ids of the types of events with these values; warn of those that the site does not know."""
    types = event_types(account)
    known = {str(record.get("value")) for record in types}
    unknown = [value for value in dict.fromkeys(values) if value not in known]
    if unknown:
        hint = did_you_mean(unknown[0], known) or f"it shows this user {len(known)} types"
        warnings.warn(
            f"{account.site} has no event type {', '.join(map(repr, unknown))}: {hint}", stacklevel=3
        )
    return list(dict.fromkeys(str(record["id"]) for record in types if record.get("value") in values))


def events_of(
    account: Account, period: TimeRange, types: Sequence[str], flags: dict[str, bool], page_size: int
) -> list[Record]:
    """Return the events of a period, each once.

    Parameters
    ----------
    account
        Of the site.
    period
        The first and the last moment.
    types
        Ids of types; empty for all types.
    flags
        What an event is to hold in addition, such as ``include_details``.
    page_size
        How many events one request asks for.
    """
    query: dict[str, str | int] = {name: str(flag).lower() for name, flag in flags.items()}
    # New events come last in this order, so that none is lost between two pages.
    query |= {"sort_by": "serial_number", "page_size": page_size}
    batches = [
        list(types[start : start + IDS_PER_REQUEST]) for start in range(0, len(types), IDS_PER_REQUEST)
    ]
    found: dict[str, Record] = {}
    for batch in batches or [[]]:
        wanted: dict[str, Any] = {"date_range": _date_range(period)}
        if batch:
            wanted["event_type"] = batch
        asked = {**query, "filter": json.dumps(wanted)}
        found |= {record["id"]: record for record in all_records(account, "/activity/events/", asked)}
    return list(found.values())


def patrol_types(account: Account) -> list[Record]:
    """Return the types of patrols."""
    return list(all_records(account, "/activity/patrols/types/", {}))


def patrols_of(
    account: Account,
    period: TimeRange,
    types: Sequence[str],
    status: Sequence[str],
    *,
    page_size: int,
    overlap: bool,
) -> list[Record]:
    """Return the patrols of a period, each once.

    Parameters
    ----------
    account
        Of the site.
    period
        The first and the last moment.
    types
        Values of types; empty for all types.
    status
        Any of the statuses that the site has; empty for all.
    page_size
        How many patrols one request asks for.
    overlap
        Whether those count that are partly within the period; else those that start in it.

    Raises
    ------
    ValueError
        When the site has no type of a value.
    """
    wanted: dict[str, Any] = {"date_range": _date_range(period), "patrols_overlap_daterange": overlap}
    if types:
        wanted["patrol_type"] = _patrol_type_ids(account, types)
    query: dict[str, str | int] = {"filter": json.dumps(wanted), "page_size": page_size}
    found: dict[str, Record] = {}
    # One status at a time: a query holds each name once.
    for one in [{"status": name} for name in dict.fromkeys(status)] or [{}]:
        records = all_records(account, "/activity/patrols/", {**query, **one})
        found |= {record["id"]: record for record in records}
    return list(found.values())


def _patrol_type_ids(account: Account, values: Sequence[str]) -> list[str]:
    ids = {str(record.get("value")): str(record["id"]) for record in patrol_types(account)}
    unknown = [value for value in dict.fromkeys(values) if value not in ids]
    if unknown:
        hint = did_you_mean(unknown[0], ids) or f"it shows this user {len(ids)} types"
        raise ValueError(f"{account.site} has no patrol type {', '.join(map(repr, unknown))}: {hint}")
    return [ids[value] for value in dict.fromkeys(values)]


def _date_range(period: TimeRange) -> dict[str, str]:
    return {"lower": period.since.isoformat(), "upper": period.until.isoformat()}


def fixes_of(account: Account, legs: Sequence[Record], page_size: int) -> list[list[Record]]:
    """Return the fixes of each leg of a patrol, in the order of `legs`, several at once.

    Parameters
    ----------
    account
        Of the site.
    legs
        Each with the id of the subject that led it (``leader``), and ``since`` and ``until`` as text;
        ``until`` is None for one that is not over.
    page_size
        How many fixes one request asks for.
    """

    def download(leg: Record) -> list[Record]:
        query: dict[str, str | int] = {
            "subject_id": leg["leader"],
            "since": leg["since"],
            "filter": CLEAN,
            "include_details": "false",
            "use_cursor": "true",
            "page_size": page_size,
        }
        if leg["until"] is not None:
            query["until"] = leg["until"]
        return list(all_records(account, "/observations/", query))

    return at_once(account, download, legs)
