"""The tasks that write texts, data and tables for people, beside the results of a workflow."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field
from pydantic.json_schema import SkipJsonSchema

from ecoscope_workflows.annotations import AnyDataFrame, SkipSentinel, skipped_dependency_fallback
from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.tasks.written import ADVANCED

FileType = Literal["csv", "gpkg", "geoparquet", "parquet", "geojson", "json"]
ResultsFileType = Literal["csv", "gpkg", "geoparquet", "parquet"]

DEFAULT_FILETYPES: list[ResultsFileType] = ["csv"]
# The descriptions that published forms show, with their indentation.
FRAME_NAME = """\
            Optional filename to persist text to within the `root_path`.
            If not provided, a filename will be generated based on a hash of the df content.
            """
PREFIX = """\
            Optional filename prefix to persist text to within the `root_path`.
            We will always add a suffix based on the dataframe content hash to avoid duplicates.
            """


def _no_rows(skipped: SkipSentinel) -> Any:
    """Return what is written for a skipped result: a table without rows."""
    import pandas as pd

    del skipped
    return pd.DataFrame({"empty_event": []})


# The file lies beside the result, so that the result from an earlier run would not bring it back.
@distributed(cache=False)
def persist_text(
    text: Annotated[str, Field(description="Text to persist")],
    root_path: Annotated[str, Field(description="Root path to persist text to")],
    filename: Annotated[
        str | None, Field(description="The name of the file; made of its content without one.", exclude=True)
    ] = None,
    filename_suffix: Annotated[
        str | None, Field(description="Is put between the name and its ending, after `_`.", exclude=True)
    ] = None,
) -> str:
    """Write a text to a file, replacing one of the same name as a whole.

    Parameters
    ----------
    text
        What is written, in UTF-8.
    root_path
        A folder on this machine, as a path or a ``file://`` address; made where it is missing.
    filename
        The name of the file below `root_path`.
        Without one it is the first 7 letters of the SHA-256 of the text, and ``.html``.
    filename_suffix
        ``v2`` makes ``1234567_v2.html`` of ``1234567.html``.

    Returns
    -------
    str
        `root_path`, ``/`` and the name of the file.

    Raises
    ------
    ValueError
        When `root_path` is elsewhere than on this machine, or `filename` leads out of it.
    """
    from ecoscope_workflows.tasks.io import _persisted_files as files

    name = filename or f"{files.short_hash(text.encode())}.html"
    return files.write(text.encode(), root_path, files.with_suffix(name, filename_suffix))


@distributed(cache=False)
def persist_json(
    data: Annotated[
        dict[str, Any] | BaseModel, Field(description="JSON-serializable dict or pydantic model to persist")
    ],
    root_path: Annotated[str, Field(description="Root path to persist data to")],
    filename: Annotated[
        str | None, Field(description="The name of the file; made of its content without one.", exclude=True)
    ] = None,
    filename_suffix: Annotated[
        str | None, Field(description="Is put between the name and its ending, after `_`.", exclude=True)
    ] = None,
) -> str:
    """Write data to a JSON file, replacing one of the same name as a whole.

    Parameters
    ----------
    data
        A mapping of plain values, or a pydantic model.
    root_path
        A folder on this machine, as a path or a ``file://`` address; made where it is missing.
    filename
        The name of the file below `root_path`; ``.json`` is added where it has no ending.
        Without one it is the first 7 letters of the SHA-256 of the JSON, and ``.json``.
    filename_suffix
        ``v2`` makes ``1234567_v2.json`` of ``1234567.json``.

    Returns
    -------
    str
        `root_path`, ``/`` and the name of the file.

    Raises
    ------
    TypeError
        When the mapping holds what JSON has no form for.
    ValueError
        When `root_path` is elsewhere than on this machine, or `filename` leads out of it.
    """
    import json

    from ecoscope_workflows.tasks.io import _persisted_files as files

    payload = (data.model_dump_json() if isinstance(data, BaseModel) else json.dumps(data)).encode()
    name = files.with_ending(filename or files.short_hash(payload), ".json")
    return files.write(payload, root_path, files.with_suffix(name, filename_suffix))


@distributed(cache=False)
def persist_df(
    df: Annotated[AnyDataFrame, Field(description="Dataframe to persist")],
    root_path: Annotated[str, Field(description="Root path to persist text to")],
    filename: Annotated[str | None, Field(description=FRAME_NAME)] = None,
    filetype: Annotated[FileType, Field(description="The output format")] = "csv",
) -> str:
    """Write a frame to a file, replacing one of the same name as a whole.

    CSV and JSON hold the index, the other formats do not.

    Parameters
    ----------
    df
        Any frame; for ``gpkg``, ``geoparquet`` and ``geojson`` one with a geometry.
    root_path
        A folder on this machine, as a path or a ``file://`` address; made where it is missing.
    filename
        The name of the file below `root_path`, without the ending.
        Without one it is the first 7 letters of the SHA-256 of the row hashes that pandas computes.
    filetype
        The format; ``geoparquet`` ends in ``.parquet``, the others in their name.

    Returns
    -------
    str
        `root_path`, ``/`` and the name of the file.

    Raises
    ------
    ValueError
        When the format needs a geometry and the frame has none, `root_path` is elsewhere than on this
        machine, or `filename` leads out of it.
    """
    from ecoscope_workflows.tasks.io import _persisted_files as files
    from ecoscope_workflows.tasks.io import _persisted_frames as frames

    name = filename or frames.frame_hash(df)
    ending = "parquet" if filetype == "geoparquet" else filetype
    return files.write(frames.as_bytes(df, filetype), root_path, f"{name}.{ending}")


@distributed(cache=False)
def persist_df_wrapper(
    df: Annotated[
        AnyDataFrame, skipped_dependency_fallback(_no_rows), Field(description="Dataframe to persist")
    ],
    root_path: Annotated[str, Field(description="Root path to persist text to")],
    filename: Annotated[
        str | SkipJsonSchema[None],
        Field(description="A name that stands before the hash of the content.", exclude=True),
    ] = None,
    filetypes: Annotated[
        list[ResultsFileType] | SkipJsonSchema[None],
        Field(description="The output format", json_schema_extra={"uniqueItems": True}),
    ] = DEFAULT_FILETYPES,
    filename_prefix: Annotated[
        str | SkipJsonSchema[None],
        Field(description=PREFIX, json_schema_extra=ADVANCED),
    ] = None,
    sanitize: Annotated[  # noqa: FBT002  # given by name
        bool,
        Field(
            description="Whether to turn lists, records and columns of mixed types into text first,"
            " recommended where event or observation details are included",
            json_schema_extra=ADVANCED,
        ),
    ] = False,
) -> list[str]:
    """Write a frame to a file of each format; a skipped result becomes a table without rows.

    Parameters
    ----------
    df
        Any frame; for ``gpkg`` and ``geoparquet`` one with a geometry.
    root_path
        A folder on this machine, as a path or a ``file://`` address; made where it is missing.
    filename, filename_prefix
        Stand before the hash of the content, joined by ``_``, so that no two tables get one name.
    filetypes
        The formats; CSV where there are none.
    sanitize
        Whether lists and records become JSON text, and columns of mixed types text.

    Returns
    -------
    list of str
        The path of each file, in the order of `filetypes`.

    Raises
    ------
    ValueError
        As `persist_df` says.
    """
    from ecoscope_workflows.tasks.io import _persisted_frames as frames

    name = "_".join(part for part in (filename_prefix, filename, frames.frame_hash(df)) if part)
    written = frames.sanitized(df) if sanitize else df
    return [persist_df(written, root_path, name, filetype) for filetype in filetypes or DEFAULT_FILETYPES]
