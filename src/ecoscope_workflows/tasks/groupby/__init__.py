"""Tasks that split data into groups, and join what was made of the groups."""

from __future__ import annotations

from ecoscope_workflows.tasks.groupby._group_by_key import groupbykey, groupbykey_passthrough_skip
from ecoscope_workflows.tasks.groupby._merge_df import merge_df
from ecoscope_workflows.tasks.groupby._set_groupers import set_groupers
from ecoscope_workflows.tasks.groupby._split_groups import split_groups

__all__ = ["groupbykey", "groupbykey_passthrough_skip", "merge_df", "set_groupers", "split_groups"]
