"""The tasks that read what the details of events are called on an EarthRanger site."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from ecoscope_workflows.annotations import AnyDataFrame
from ecoscope_workflows.decorators import Effect, distributed
from ecoscope_workflows.tasks.io._activity_parameters import Client, SingleEventType


@distributed(tags=["io"], retries=1)
def get_choices_from_v2_event_type(
    client: Client,
    event_type: SingleEventType,
    choice_field: Annotated[
        str | SkipJsonSchema[None], Field(description="The choice field to lookup values from")
    ],
) -> dict[str, str]:
    """Return what the choices of a field of an event type are called.

    Parameters
    ----------
    client
        The name of a connection to EarthRanger.
    event_type
        The value of a type of the second version of the API.
    choice_field
        The key of a field; None for no field.

    Returns
    -------
    dict
        Names by values, in the site's order; empty where the site has no such type or field,
        or the field has no choices.

    Raises
    ------
    ValueError
        When there is no such connection, or its settings are incomplete.
    PermissionError
        When the site refuses the account, or does not let it read types of events.
    ConnectionError
        When the site cannot be reached, fails again and again, or does not answer like EarthRanger.
    """
    from ecoscope_workflows.tasks.io import _event_schemas
    from ecoscope_workflows.tasks.io._connections import open_account

    if choice_field is None:
        return {}
    with open_account(client) as account:
        return _event_schemas.choices_of(account, event_type, choice_field)


@distributed(tags=["io"], retries=1)
def get_fields_from_event_type_schema(client: Client, event_type: SingleEventType) -> dict[str, str]:
    """Return what the fields of an event type are called.

    Parameters
    ----------
    client
        The name of a connection to EarthRanger.
    event_type
        The value of a type of either version of the API.

    Returns
    -------
    dict
        Titles by keys, in the order of the form.

    Raises
    ------
    ValueError
        When there is no such connection, or its settings are incomplete,
        or the site has no such type.
    PermissionError
        When the site refuses the account, or does not let it read types of events.
    ConnectionError
        When the site cannot be reached, fails again and again, or does not answer like EarthRanger.
    """
    from ecoscope_workflows.tasks.io import _event_schemas
    from ecoscope_workflows.tasks.io._connections import open_account

    with open_account(client) as account:
        return _event_schemas.titles_of(account, event_type)


@distributed(tags=["io"], retries=1, effect=Effect())
def process_events_details(
    df: AnyDataFrame,
    client: Client,
    map_to_titles: bool = True,  # noqa: FBT001, FBT002  # given by name
    ordered: bool = True,  # noqa: FBT001, FBT002  # given by name
) -> AnyDataFrame:
    """Put the details of events into words: choices become what they are called, and keys their titles.

    Parameters
    ----------
    df
        Events; without the columns ``event_type`` and ``event_details`` they stay as they are.
    client
        The name of a connection to EarthRanger.
    map_to_titles
        Whether keys become the titles of the form.
    ordered
        Whether details stand in the order of the form; what is not on it comes last.

    Returns
    -------
    pandas.DataFrame
        The events with ``event_details`` as JSON text. Details of a type that the site does not know, and
        what it has no words for, stay as they are.

    Raises
    ------
    ValueError
        When there is no such connection, or its settings are incomplete,
        or details are neither a record nor the JSON text of one.
    PermissionError
        When the site refuses the account, or does not let it read types of events.
    ConnectionError
        When the site cannot be reached, fails again and again, or does not answer like EarthRanger.
    """
    from ecoscope_workflows.tasks.io import _event_schemas
    from ecoscope_workflows.tasks.io._connections import open_account

    if df.empty or not {"event_type", "event_details"} <= set(df.columns):
        return df
    with open_account(client) as account:
        return _event_schemas.worded(account, df, titles=map_to_titles, ordered=ordered)
