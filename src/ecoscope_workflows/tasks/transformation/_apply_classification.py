"""A column of numbers in, a column with the label of each number's class out."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from ecoscope_workflows.annotations import AnyDataFrame
from ecoscope_workflows.decorators import Effect, distributed
from ecoscope_workflows.tasks.frame_columns import require_columns
from ecoscope_workflows.tasks.written import ADVANCED

if TYPE_CHECKING:
    import pandas as pd


class LabelOptions(BaseModel):
    """What stands before and after each label."""

    model_config = ConfigDict(extra="forbid")

    label_prefix: str = ""
    label_suffix: str = ""


class DefaultLabels(LabelOptions):
    """Labels made of the bounds of classes: the upper one, or a range such as ``1.0 - 2.5``."""

    label_ranges: bool = False
    label_decimals: int = 1


class CustomLabels(LabelOptions):
    """Given labels, as many as there are classes, the lowest class first."""

    labels: list[str] = Field(min_length=1)


class SharedArgs(BaseModel):
    """``k`` classes of equal width."""

    model_config = ConfigDict(extra="forbid")

    scheme: Literal["equal_interval"] = "equal_interval"
    k: int = 5


class QuantileArgs(BaseModel):
    """``k`` classes with as many values each."""

    model_config = ConfigDict(extra="forbid")

    scheme: Literal["quantile"] = "quantile"
    k: int = 5


class FisherJenksArgs(BaseModel):
    """The ``k`` classes whose values differ least among themselves."""

    model_config = ConfigDict(extra="forbid")

    scheme: Literal["fisher_jenks"] = "fisher_jenks"
    k: int = 5


class NaturalBreaksArgs(BaseModel):
    """As ``fisher_jenks``: the optimum needs no initial guesses, so ``initial`` changes nothing."""

    model_config = ConfigDict(extra="forbid")

    scheme: Literal["natural_breaks"] = "natural_breaks"
    k: int = 5
    initial: int = 10


class MaxBreaksArgs(BaseModel):
    """``k`` classes parted by the widest gaps between values, of gaps wider than ``mindiff``."""

    model_config = ConfigDict(extra="forbid")

    scheme: Literal["max_breaks"] = "max_breaks"
    k: int = 5
    mindiff: float = 0


class StdMeanArgs(BaseModel):
    """Classes parted at multiples of the standard deviation from the mean."""

    model_config = ConfigDict(extra="forbid")

    scheme: Literal["std_mean"] = "std_mean"
    multiples: list[float] = [-2, -1, 1, 2]
    anchor: bool = False


Classes = SharedArgs | StdMeanArgs | MaxBreaksArgs | NaturalBreaksArgs | QuantileArgs | FisherJenksArgs
DEFAULT_LABELS = DefaultLabels()
DEFAULT_CLASSES = SharedArgs()


def _effect(input_column_name: str, output_column_name: str | None) -> Effect:
    return Effect(adds={output_column_name or f"{input_column_name}_classified": Any})


@distributed(effect=_effect)
def apply_classification(
    df: Annotated[AnyDataFrame, Field(description="The dataframe to classify.", exclude=True)],
    input_column_name: Annotated[str, Field(description="The dataframe column to classify.")],
    output_column_name: Annotated[
        str | SkipJsonSchema[None],
        Field(description="The dataframe column that will contain the classification values."),
    ] = None,
    label_options: Annotated[
        DefaultLabels | CustomLabels,
        Field(
            description="Optional specification or formatting of classification values.",
            json_schema_extra=ADVANCED,
        ),
    ] = DEFAULT_LABELS,
    classification_options: Annotated[
        Classes, Field(description="Classification scheme and its arguments.", discriminator="scheme")
    ] = DEFAULT_CLASSES,
) -> AnyDataFrame:
    """Sort the values of a column into classes, and add a column with the labels of their classes.

    The schemes give the classes of mapclassify (https://pysal.org/mapclassify/api.html); a value on a bound
    belongs to the class below it.
    Where values are too few or too equal for ``k`` classes there are fewer, with a warning.

    Parameters
    ----------
    df
        Any frame.
    input_column_name
        The column, of numbers.
        Missing values are in no class: their label is missing.
    output_column_name
        The column with the labels, ``<input_column_name>_classified`` by default; replaced if it exists.
    label_options
        Either how labels are made of bounds: with ``label_decimals`` decimals (0 gives whole numbers), as the
        upper bound of each class or, with ``label_ranges``, as ``low - high`` (one number where both are
        written alike). Or ``labels`` as given. ``label_prefix`` and ``label_suffix`` stand around each.
    classification_options
        The ``scheme`` (``equal_interval``, ``quantile``, ``fisher_jenks``, ``max_breaks``,
        ``natural_breaks``, ``std_mean``) and its arguments.

    Returns
    -------
    AnyDataFrame
        The rows and columns of `df`, and the labels: numbers, or text where they are ranges, are given, or
        have a prefix or suffix.
        Where all values are equal there is one class; its label is the first of given labels, else the value
        itself.

    Raises
    ------
    KeyError
        When the column does not exist.
    ValueError
        When it does not hold finite numbers, ``k`` is less than 1, or there are not as many given labels as
        classes.
    """
    require_columns(df, [input_column_name], "input_column_name")
    labels = _labels_of(df[input_column_name], label_options, classification_options)
    return df.assign(**{output_column_name or f"{input_column_name}_classified": labels})


def _labels_of(column: pd.Series[Any], options: DefaultLabels | CustomLabels, classes: Classes) -> Any:
    import numpy as np
    import pandas as pd

    from ecoscope_workflows.tasks.transformation import _class_breaks

    known = column.notna().to_numpy()
    values = _numbers(column[known])
    if len(values) == 0 or values.min() == values.max():
        single: Any = column if isinstance(options, DefaultLabels) else options.labels[0]
        return single if isinstance(options, DefaultLabels) else column.astype(object).where(~known, single)
    bounds = _bounds(values, classes)
    labels = pd.Series(_labels(bounds, values.min(), options))
    number = np.full(len(column), -1)
    number[known] = _class_breaks.class_numbers(values, bounds)
    return labels.reindex(number).array if (number < 0).any() else labels.take(number).array


def _numbers(column: pd.Series[Any]) -> Any:
    import numpy as np
    import pandas as pd

    if len(column) and not pd.api.types.is_numeric_dtype(column):
        raise ValueError(
            f"column {column.name!r} holds {column.dtype}, but classes need numbers; convert it with "
            "convert_column_values_to_numeric first"
        )
    values = column.to_numpy(dtype=float)
    infinite = int(np.isinf(values).sum())
    if infinite:
        raise ValueError(f"{infinite} values of column {column.name!r} are infinite: remove those rows first")
    return values


def _bounds(values: Any, classes: Classes) -> Any:
    from ecoscope_workflows.tasks.transformation import _class_breaks

    if isinstance(classes, StdMeanArgs):
        return _class_breaks.std_mean(values, classes.multiples, anchor=classes.anchor)
    if classes.k < 1:
        raise ValueError(f"k is {classes.k}: ask for one class or more")
    if isinstance(classes, MaxBreaksArgs):
        return _class_breaks.max_breaks(values, classes.k, classes.mindiff)
    if isinstance(classes, SharedArgs):
        return _class_breaks.equal_interval(values, classes.k)
    if isinstance(classes, QuantileArgs):
        return _class_breaks.quantile(values, classes.k)
    return _class_breaks.natural_breaks(values, classes.k)


def _labels(bounds: Any, lowest: float, options: DefaultLabels | CustomLabels) -> list[Any]:
    """Return the label of each class: numbers as they are, unless something is put around them."""
    import numpy as np

    labels: list[Any]
    if isinstance(options, CustomLabels):
        if len(options.labels) != len(bounds):
            raise ValueError(
                f"there are {len(bounds)} classes, but {len(options.labels)} labels: give one for each class"
            )
        labels = list(options.labels)
    elif options.label_ranges:
        written = [f"{bound:.{max(options.label_decimals, 0)}f}" for bound in (lowest, *bounds)]
        labels = [low if low == high else f"{low} - {high}" for low, high in pairwise(written)]
    elif options.label_decimals > 0:
        labels = np.round(bounds, options.label_decimals).tolist()
    else:
        labels = np.rint(bounds).astype(int).tolist()
    if options.label_prefix or options.label_suffix:
        labels = [f"{options.label_prefix}{label}{options.label_suffix}" for label in labels]
    return labels
