"""Tasks that give every column a name of its own."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Literal

from pydantic import Field

from ecoscope_workflows.annotations import AnyDataFrame
from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.tasks.transformation._map_columns import renamed
from ecoscope_workflows.tasks.written import ADVANCED


@distributed
def drop_column_prefix(
    df: Annotated[AnyDataFrame, Field(description="The dataframe.", exclude=True)],
    prefix: Annotated[str, Field(description="Drop the prefix.")],
    duplicate_strategy: Annotated[
        Literal["suffix", "error", "keep_original"],
        Field(
            description=(
                "Strategy for handling duplicate column names after removing prefix. "
                "'suffix': append _1, _2, etc. to duplicates; "
                "'error': raise ValueError if duplicates would occur; "
                "'keep_original': keep original name with prefix if duplicate would occur."
            ),
            json_schema_extra=ADVANCED,
        ),
    ] = "suffix",
) -> AnyDataFrame:
    """Remove a prefix from the names of the columns that have it.

    Names that differ in upper and lower case only count as the same, as they do in GeoPackage files.

    Parameters
    ----------
    df
        Any frame.
    prefix
        What the names lose.
    duplicate_strategy
        What happens to a column whose new name another one has already: it gets ``_1``, ``_2`` … at its end,
        or is an error, or keeps its old name.

    Raises
    ------
    ValueError
        When a name would stand twice and `duplicate_strategy` is ``error``.
    """
    prefixed = [name for name in df.columns if str(name).startswith(prefix)]
    taken = Counter(str(name).lower() for name in df.columns if name not in prefixed)
    new_names: dict[str, str] = {}
    for name in prefixed:
        short = name.removeprefix(prefix)
        if duplicate_strategy == "error" and short.lower() in taken:
            raise ValueError(
                f"without the prefix {prefix!r} the column {name!r} gets the name of another one, {short!r}; "
                "choose the duplicate_strategy 'suffix' or 'keep_original', or drop one of the two"
            )
        if duplicate_strategy == "keep_original" and short.lower() in taken:
            continue
        new_names[name] = _with_suffix(short, taken)
    shortened: AnyDataFrame = renamed(df, new_names, "prefix")
    return shortened


def _with_suffix(name: str, taken: Counter[str]) -> str:
    """Return a name that is not taken yet, and take it."""
    number, free = taken[name.lower()], name
    while free.lower() in taken:
        free = f"{name}_{number}"
        number += 1
    taken[name.lower()] = number
    taken[free.lower()] += 1
    return free


@distributed
def drop_duplicate_columns(
    df: Annotated[AnyDataFrame, Field(description="The dataframe.", exclude=True)],
    strategy: Annotated[
        Literal["drop_first", "drop_last", "suffix"],
        Field(
            description=(
                "Strategy for handling duplicate column names. "
                "'drop_first': keep the last occurrence; "
                "'drop_last': keep the first occurrence; "
                "'suffix': rename duplicates with _1, _2, etc."
            )
        ),
    ] = "drop_last",
) -> AnyDataFrame:
    """Give every column a name of its own: of those with the same name one stays, or all with a suffix.

    Parameters
    ----------
    df
        A frame in which several columns may have the same name.
    strategy
        ``drop_last`` keeps the first column of a name, ``drop_first`` the last one;
        ``suffix`` keeps all and adds ``_1``, ``_2`` … to the names of those after the first.
    """
    if strategy != "suffix":
        again = df.columns.duplicated(keep="first" if strategy == "drop_last" else "last")
        return df.iloc[:, (~again).nonzero()[0]]
    taken = Counter(str(name).lower() for name in set(df.columns))
    names: list[str] = []
    for number, name in enumerate(df.columns):
        names.append(_with_suffix(name, taken) if name in df.columns[:number] else name)
    return df.set_axis(names, axis="columns")
