"""The form of an event type as EarthRanger has it in, what its fields and choices are called out.

The second version of the API refers to choices, which it lists elsewhere; the first holds them in the form.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlsplit

import pandas as pd

from ecoscope_workflows.tasks.io._earthranger_account import MissingError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ecoscope_workflows.tasks.io._earthranger_account import Account

Record = dict[str, Any]

SECOND = "v2.0"
# How one part of the second version of the API names another.
REFERENCE = f"/api/{SECOND}"


@dataclass(frozen=True)
class Form:
    """What an event type asks for: fields by key, in order; those of a list of records stand inside of it."""

    fields: Mapping[str, Field] = field(default_factory=dict)


@dataclass(frozen=True)
class Field:
    """One field: what it and its choices are called."""

    title: str
    choices: Mapping[str, str] = field(default_factory=dict)
    inner: Form = field(default_factory=Form)


def choices_of(account: Account, event_type: str, key: str) -> dict[str, str]:
    """Return what the choices of a field are called, by their values; empty where there are none."""
    try:
        schema = _second_schema(account, event_type)
    except MissingError:
        return {}
    properties = _properties(schema)
    return dict(_choices(account, properties[key])) if key in properties else {}


def titles_of(account: Account, event_type: str) -> dict[str, str]:
    """Return the titles of the fields of an event type, by their keys.

    Raises
    ------
    ValueError
        When the site has no such type.
    """
    try:
        properties = _properties(_second_schema(account, event_type))
    except MissingError:
        try:
            fields = _first_form(account, event_type).fields
        except MissingError:
            raise ValueError(f"{account.site} has no event type {event_type!r}") from None
        return {key: found.title for key, found in fields.items()}
    return {key: str(record.get("title") or key) for key, record in properties.items()}


def worded(account: Account, events: pd.DataFrame, *, titles: bool, ordered: bool) -> pd.DataFrame:
    """Return events with their details in words, as JSON text."""
    forms = {str(kind): form_of(account, str(kind)) for kind in events["event_type"].dropna().unique()}
    texts = [
        _text(details, forms.get(str(kind), Form()), titles=titles, ordered=ordered)
        for details, kind in zip(events["event_details"], events["event_type"], strict=True)
    ]
    return events.assign(event_details=pd.Series(texts, index=events.index, dtype="str").array)


def form_of(account: Account, event_type: str) -> Form:
    """Return the form of an event type; one without fields where the site has no such type."""
    try:
        return _second_form(account, _properties(_second_schema(account, event_type)))
    except MissingError:
        pass
    try:
        return _first_form(account, event_type)
    except MissingError:
        return Form()


def _text(details: Any, form: Form, *, titles: bool, ordered: bool) -> str | None:
    if isinstance(details, str):
        details = json.loads(details)
    if details is None or (isinstance(details, float) and pd.isna(details)):
        return None
    if not isinstance(details, dict):
        raise ValueError(  # noqa: TRY004  # the data is at fault, not the call
            f"event_details must hold records or the JSON text of records, found {details!r}"
        )
    keys = [key for key in form.fields if key in details] if ordered else []
    # The history of an event, which stands among its details, is no part of the form.
    history = {"updates"} if keys else set()
    keys += [key for key in details if key not in keys and key not in history]
    found = {key: details[key] for key in keys}
    return json.dumps(_in_words(found, form, titles=titles), ensure_ascii=False)


def _in_words(details: Mapping[str, Any], form: Form, *, titles: bool) -> Record:
    words: Record = {}
    for key, value in details.items():
        known = form.fields.get(key, Field(key))
        # Two fields of one title would hide each other.
        free = known.title not in words and known.title not in details
        words[known.title if titles and free else key] = _value(value, known, titles=titles)
    return words


def _value(value: Any, known: Field, *, titles: bool) -> Any:
    if isinstance(value, list):
        return [_value(item, known, titles=titles) for item in value]
    if isinstance(value, dict):
        return _in_words(value, known.inner, titles=titles)
    return known.choices.get(value, value) if isinstance(value, str) else value


def _second_schema(account: Account, event_type: str) -> Record:
    path = f"/activity/eventtypes/{quote(event_type, safe='')}/schema/"
    found = account.get(path, {}, SECOND)
    schema = found.get("json") if isinstance(found, dict) else None
    if not isinstance(schema, dict):
        raise ConnectionError(f"{account.site} does not answer {path} like EarthRanger")
    return schema


def _properties(schema: Record) -> dict[str, Record]:
    """Return the fields of a form, those that are only asked for under a condition last."""
    found = dict(schema.get("properties") or {})
    for condition in schema.get("allOf") or []:
        for key, record in (condition.get("then") or {}).get("properties", {}).items():
            found.setdefault(key, record)
    return found


def _second_form(account: Account, properties: Mapping[str, Record]) -> Form:
    return Form(
        {
            key: Field(
                str(record.get("title") or key),
                dict(_choices(account, record)),
                _second_form(account, (record.get("items") or {}).get("properties") or {}),
            )
            for key, record in properties.items()
        }
    )


def _choices(account: Account, record: Record) -> Iterator[tuple[str, str]]:
    """Yield the choices of a field, or of each item of a field that takes several."""
    for definition in [*(record.get("anyOf") or []), *((record.get("items") or {}).get("anyOf") or [])]:
        reference = str(definition.get("$ref") or "")
        parts = urlsplit(reference)
        # Only a path within the same site is followed.
        if parts.path.startswith(f"{REFERENCE}/") and not parts.netloc:
            query = {**dict(parse_qsl(parts.query)), "s_format": "oneOf"}
            found = account.get(parts.path.removeprefix(REFERENCE), query, SECOND)
            yield from _listed(found if isinstance(found, dict) else {})
        else:
            yield from _listed(definition)


def _listed(definition: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for choice in definition.get("oneOf") or []:
        if choice.get("const") is not None:
            yield str(choice["const"]), str(choice.get("title") or choice["const"])


def _first_form(account: Account, event_type: str) -> Form:
    path = f"/activity/events/schema/eventtype/{quote(event_type, safe='')}"
    found = account.get(path, {})
    if not isinstance(found, dict):
        raise ConnectionError(f"{account.site} does not answer {path} like EarthRanger")
    properties = (found.get("schema") or {}).get("properties") or {}
    return _first_fields(found.get("definition") or [], properties)


def _first_fields(definition: Iterable[Any], properties: Mapping[str, Record]) -> Form:
    """Return the fields in the order of the form; those that it does not mention come last."""
    fields: dict[str, Field] = {}
    for item in definition:
        if isinstance(item, str):
            fields[item] = _first_field({}, properties.get(item) or {}, item)
        elif isinstance(item, dict) and item.get("key"):
            key = str(item["key"])
            fields[key] = _first_field(item, properties.get(key) or {}, key)
        elif isinstance(item, dict) and isinstance(item.get("items"), list):
            # A section of the form, which has no key of its own.
            named = {str(inner.get("key") if isinstance(inner, dict) else inner) for inner in item["items"]}
            inner_form = _first_fields(item["items"], {key: properties.get(key) or {} for key in named})
            fields |= inner_form.fields
    for key, record in properties.items():
        fields.setdefault(key, _first_field({}, record, key))
    return Form(fields)


def _first_field(item: Record, record: Record, key: str) -> Field:
    names = record.get("enumNames")
    choices = {str(value): str(name) for value, name in names.items()} if isinstance(names, dict) else {}
    if isinstance(names, list):
        choices = {
            str(value): str(name) for value, name in zip(record.get("enum") or [], names, strict=False)
        }
    choices |= {
        str(entry["value"]): str(entry.get("name") or entry["value"])
        for entry in item.get("titleMap") or []
        if isinstance(entry, dict) and entry.get("value") is not None
    }
    nested = item.get("items")
    inner_properties = (record.get("items") or {}).get("properties") or {}
    inner = _first_fields(nested if isinstance(nested, list) else [], inner_properties)
    return Field(str(record.get("title") or item.get("title") or key), choices, inner)
