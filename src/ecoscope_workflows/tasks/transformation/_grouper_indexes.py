"""Groupers in, the names that they have in data, in forms and in a data source out."""

from __future__ import annotations

from ecoscope_workflows.annotations import AnyDataFrame
from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.tasks.groupers import AllGrouper, Groupers, SpatialGrouper, as_list


@distributed(cheap=True)
def extract_spatial_grouper_feature_group_names(groupers: Groupers) -> list[str]:
    """Return the names of the feature groups that spatial groupers group by.

    Parameters
    ----------
    groupers
        Any groupers.

    Returns
    -------
    list of str
        A name per spatial grouper, in their order.
    """
    return [
        grouper.spatial_index_name for grouper in as_list(groupers) if isinstance(grouper, SpatialGrouper)
    ]


@distributed(cheap=True)
def extract_grouper_index_names(groupers: Groupers) -> list[str]:
    """Return the names of the columns or index levels that groupers group by.

    Parameters
    ----------
    groupers
        Any groupers.

    Returns
    -------
    list of str
        A name per grouper, in their order; none where the data is kept together.
    """
    return [grouper.index_name for grouper in as_list(groupers) if not isinstance(grouper, AllGrouper)]


@distributed
def rename_grouper_index_columns(df: AnyDataFrame, groupers: Groupers) -> AnyDataFrame:
    """Call the columns of groupers as people do: ``TemporalGrouper_%B`` becomes ``Month``.

    Parameters
    ----------
    df
        Any frame; levels of its index keep their names.
    groupers
        Whose columns to rename, where `df` has them.

    Returns
    -------
    DataFrame
        The same rows.

    Raises
    ------
    ValueError
        When there is another column of the new name.
    """
    names = {
        grouper.index_name: grouper.display_name
        for grouper in as_list(groupers)
        if grouper.index_name in df.columns and not isinstance(grouper, AllGrouper)
    }
    renamed = df.rename(columns=names)
    twins = sorted(set(renamed.columns[renamed.columns.duplicated()]) & set(names.values()))
    if twins:
        raise ValueError(
            f"two columns would be called {' and '.join(map(repr, twins))}: rename one of them before"
        )
    return renamed
