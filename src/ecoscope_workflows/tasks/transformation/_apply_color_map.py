"""A column in, a column with the colour of each of its values out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from ecoscope_workflows.annotations import AnyDataFrame, WrittenAs
from ecoscope_workflows.decorators import Effect, distributed
from ecoscope_workflows.tasks.frame_columns import require_columns

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

ColorValue = str | float
HexColor = str
Color = tuple[int, int, int, int]

TRANSPARENT: Color = (0, 0, 0, 0)
OPAQUE = 255
HEX_COLOR = re.compile(r"#?([0-9a-fA-F]{6})([0-9a-fA-F]{2})?")


def _effect(input_column_name: str, output_column_name: str | None) -> Effect:
    return Effect(adds={output_column_name or f"{input_column_name}_colormap": Any})


@distributed(effect=_effect)
def apply_color_map(
    df: Annotated[AnyDataFrame, Field(description="The dataframe to apply the color map to.", exclude=True)],
    input_column_name: Annotated[str, Field(description="The name of the column with categorical values.")],
    colormap: Annotated[
        str | SkipJsonSchema[dict[ColorValue, HexColor]] | SkipJsonSchema[list[HexColor]],
        Field(description="A named matplotlib colormap."),
        WrittenAs(str | dict[ColorValue, HexColor] | list[HexColor]),
    ] = "viridis",
    output_column_name: Annotated[
        str | SkipJsonSchema[None],
        Field(description="The dataframe column that will contain the color values."),
    ] = None,
) -> AnyDataFrame:
    """Add a column with a colour for each value of a column.

    Parameters
    ----------
    df
        Any frame.
    input_column_name
        The column. Missing values are transparent.
    colormap
        Either the name of a colour map, as in matplotlib, ``_r`` at its end for one that runs backwards:
        numbers and booleans get the colour at their place between the least and the largest value; of other
        values each gets one of as many colours, spread over the map, in the order in which they appear.
        Or a list of colours (``#rrggbb`` or ``#rrggbbaa``), given out in the order in which values appear,
        and again from the first when they are used up.
        Or colours by value; values that it does not name are transparent. Names of values in files are text:
        ``"True"`` stands for true and ``"50"`` for the number 50 too.
    output_column_name
        The column with the colours, ``<input_column_name>_colormap`` by default; replaced if it exists.

    Returns
    -------
    AnyDataFrame
        The rows and columns of `df`, and the colours: red, green, blue and opacity as whole numbers from 0 to
        255, in a tuple, of which a Parquet file makes a list.

    Raises
    ------
    KeyError
        When the column does not exist.
    ValueError
        When there is no colour map of that name, or a colour is none.
    """
    require_columns(df, [input_column_name], "input_column_name")
    colors = _colors_of(df[input_column_name], colormap)
    return df.assign(**{output_column_name or f"{input_column_name}_colormap": colors})


def _colors_of(
    column: pd.Series[Any], colormap: str | dict[ColorValue, HexColor] | list[HexColor]
) -> pd.Series[Any]:
    import numpy as np
    import pandas as pd

    number, different = pd.factorize(column)
    chosen: list[Color]
    if isinstance(colormap, str):
        chosen = _named(colormap, different, numeric=pd.api.types.is_numeric_dtype(column))
    elif isinstance(colormap, dict):
        table = {value: _rgba(color) for value, color in colormap.items()}
        chosen = [_looked_up(table, value) for value in different]
    else:
        if not colormap:
            raise ValueError("colormap is an empty list: give one colour or more")
        given = [_rgba(color) for color in colormap]
        chosen = [given[position % len(given)] for position in range(len(different))]
    palette = np.empty(len(chosen) + 1, dtype=object)
    # The last one is that of missing values, whose number is -1.
    palette[:] = [*chosen, TRANSPARENT]
    return pd.Series(palette[number], index=column.index, dtype=object)


def _named(name: str, different: Any, *, numeric: bool) -> list[Color]:
    import numpy as np

    from ecoscope_workflows.tasks.transformation import _named_colors

    if not numeric:
        return [(*color, OPAQUE) for color in _named_colors.distinct(name, max(len(different), 1)).tolist()]
    values = np.asarray(different, dtype=float)
    finite = np.isfinite(values)
    places = np.zeros(len(values))
    if finite.any():
        low, high = values[finite].min(), values[finite].max()
        places[finite] = (values[finite] - low) / (high - low or 1.0)
    colors = _named_colors.shades(name, places).tolist()
    return [(*color, OPAQUE) if drawn else TRANSPARENT for color, drawn in zip(colors, finite, strict=True)]


def _rgba(color: HexColor) -> Color:
    match = HEX_COLOR.fullmatch(color)
    if match is None:
        raise ValueError(f"{color!r} is no colour: expected '#rrggbb' or '#rrggbbaa' in hexadecimal digits")
    red, green, blue = bytes.fromhex(match[1])
    return red, green, blue, int(match[2], 16) if match[2] else OPAQUE


def _looked_up(table: Mapping[ColorValue, Color], value: Any) -> Color:
    written = [str(value)]
    if isinstance(value, float) and value.is_integer():
        written.append(str(int(value)))
    found = [table[name] for name in (value, *written) if name in table]
    return found[0] if found else TRANSPARENT
