"""A value of a form in, the same value or one made from it out."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from ecoscope_workflows.annotations import SkipSentinel, skipped_dependency_fallback
from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.tasks.skipped_values import without_skipped


@distributed(cheap=True)
def set_string_var(var: Annotated[str, Field(title="")]) -> str:
    """Set a text.

    Parameters
    ----------
    var
        The text.

    Returns
    -------
    str
        The same.
    """
    return var


@distributed(cheap=True)
def set_optional_string_var(var: Annotated[str, Field(title="")] = "") -> str:
    """Set a text that may be left empty.

    Parameters
    ----------
    var
        The text.

    Returns
    -------
    str
        The same.
    """
    return var


@distributed(cheap=True)
def set_bool_var(var: Annotated[bool, Field(title="")]) -> bool:
    """Set something to true or false.

    Parameters
    ----------
    var
        Which of them.

    Returns
    -------
    bool
        The same.
    """
    return var


@distributed(cheap=True)
def set_list_of_string_vars(vars: Annotated[list[str], Field(title="")]) -> list[str]:  # noqa: A002  # as published
    """Set a list of texts.

    Parameters
    ----------
    vars
        The texts.

    Returns
    -------
    list of str
        The same.
    """
    return vars


@distributed(cheap=True)
def prefix_string_var(var: Annotated[str, Field(title="")], prefix: Annotated[str, Field(title="")]) -> str:
    """Put one text before another.

    Parameters
    ----------
    var
        The text.
    prefix
        What stands before it, with nothing in between.

    Returns
    -------
    str
        Both of them.
    """
    return f"{prefix}{var}"


@distributed(cheap=True)
def default_if_string_is_none_or_skip(
    value: Annotated[
        str | None,
        skipped_dependency_fallback(lambda _: None),
        Field(description="The value to passthrough"),
    ],
    default: Annotated[str, Field(description="Default if `value` is None or Skip")],
) -> str:
    """Return a text, or another one where there is none.

    Parameters
    ----------
    value
        A text, null, or a result that was skipped; an empty text is one.
    default
        What to return in the place of null or a skipped result.

    Returns
    -------
    str
        One of the two.
    """
    return default if value is None else value


@distributed(cheap=True)
def default_if_string_is_empty(
    value: Annotated[str, Field(description="The value to passthrough")],
    default: Annotated[str | SkipSentinel | None, Field(description="Default if `value` is None")],
) -> str | SkipSentinel | None:
    """Return a text, or something else where it is empty.

    Parameters
    ----------
    value
        A text; one of blanks is not empty.
    default
        What to return in the place of an empty text: another text, null, or a result that was skipped.

    Returns
    -------
    str, None or SkipSentinel
        One of the two.
    """
    return value or default


@distributed(cheap=True)
def concat_string_vars(
    values: Annotated[
        list[str], BeforeValidator(without_skipped), Field(description="The values to concatenate")
    ],
) -> str:
    """Join texts with nothing in between.

    Parameters
    ----------
    values
        Texts; results that were skipped are left out.

    Returns
    -------
    str
        All of them in their order, an empty text where there is none.
    """
    return "".join(values)


@distributed(cheap=True)
def title_case_var(var: str) -> str:
    """Write a name as a title: ``patrol_type`` becomes ``Patrol Type``.

    Parameters
    ----------
    var
        A name, its words parted by blanks or underscores.

    Returns
    -------
    str
        Its words with blanks in between, each with a capital letter first and small ones behind.
    """
    return var.replace("_", " ").title()
