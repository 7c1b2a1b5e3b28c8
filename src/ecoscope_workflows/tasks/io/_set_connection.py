"""The tasks that name a connection for the rest of a workflow."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict  # noqa: TC002  # as below
from pydantic.json_schema import SkipJsonSchema  # noqa: TC002  # pydantic reads the annotations

from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.tasks.written import Written


def _undescribed(schema: JsonDict) -> None:
    # The docstring is for readers of the code; the form has a description of its own.
    schema.pop("description", None)


ConnectionName = Annotated[str, Field(title="Data Source")]


class EarthRangerConnection(Written):
    """The name of an EarthRanger connection."""

    model_config = ConfigDict(json_schema_extra=_undescribed)

    name: ConnectionName
    connection_type: SkipJsonSchema[Literal["EarthRanger"]] = "EarthRanger"


class SMARTConnection(Written):
    """The name of a SMART connection."""

    model_config = ConfigDict(json_schema_extra=_undescribed)

    name: ConnectionName
    connection_type: SkipJsonSchema[Literal["SMART"]] = "SMART"


class GoogleEarthEngineConnection(Written):
    """The name of a Google Earth Engine connection."""

    model_config = ConfigDict(json_schema_extra=_undescribed)

    name: ConnectionName
    connection_type: SkipJsonSchema[Literal["GoogleEarthEngine"]] = "GoogleEarthEngine"


@distributed(cheap=True)
def set_er_connection(
    data_source: Annotated[
        EarthRangerConnection,
        Field(title="", description="Select one of your configured data sources."),
    ],
) -> str:
    """Choose the EarthRanger connection that the workflow reads from.

    Parameters
    ----------
    data_source
        The name of a connection; its settings stand in the environment or in a file outside of the workflow.

    Returns
    -------
    str
        The name.
    """
    return data_source.name


@distributed(cheap=True)
def set_smart_connection(
    data_source: Annotated[
        SMARTConnection,
        Field(title="Data Source", description="Select one of your configured data sources by name."),
    ],
) -> str:
    """Choose the SMART connection that the workflow reads from.

    Parameters
    ----------
    data_source
        The name of a connection; its settings stand in the environment or in a file outside of the workflow.

    Returns
    -------
    str
        The name.
    """
    return data_source.name


@distributed(cheap=True)
def set_gee_connection(
    data_source: Annotated[
        GoogleEarthEngineConnection,
        Field(title="", description="Select one of your configured data sources."),
    ],
) -> str:
    """Choose the Google Earth Engine connection that the workflow reads from.

    Parameters
    ----------
    data_source
        The name of a connection; its settings stand in the environment or in a file outside of the workflow.

    Returns
    -------
    str
        The name.
    """
    return data_source.name
