"""What a form says of grouping in, groupers out."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.tasks.groupers import AllGrouper, Groupers, UserDefinedGrouper

# To the letter as in published forms, blanks included: a title of one blank shows none.
_TITLE = " "
_DESCRIPTION = (
    "            Specify how the data should be grouped to create the views for your dashboard.\n"
    "            This field is optional; if left blank, all the data will appear in a single view.\n"
    "            "
)


@distributed(cheap=True)
def set_groupers(
    groupers: Annotated[
        list[Annotated[UserDefinedGrouper, Field(title="Group by")]] | SkipJsonSchema[None],
        Field(title=_TITLE, description=_DESCRIPTION),
    ] = None,
) -> Groupers:
    """Choose how the data is split into groups, each of which becomes a view of a dashboard.

    Parameters
    ----------
    groupers
        By what to group; one that is given twice counts once.

    Returns
    -------
    AllGrouper or list of groupers
        The groupers in their order; where there is none, one that keeps all the data together.
    """
    return list(dict.fromkeys(groupers)) if groupers else AllGrouper()
