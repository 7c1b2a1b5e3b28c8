"""Conditions on which a task instance is skipped, and tasks that skip what follows."""

from __future__ import annotations

from ecoscope_workflows.tasks.skip._conditions import (
    all_geometry_are_none,
    all_keyed_iterables_are_skips,
    any_dependency_is_empty_string,
    any_dependency_is_none,
    any_dependency_skipped,
    any_is_empty_df,
    any_keyed_iterables_are_skips,
    never,
)
from ecoscope_workflows.tasks.skip._skipping import invert_bool, maybe_skip_df

__all__ = [
    "all_geometry_are_none",
    "all_keyed_iterables_are_skips",
    "any_dependency_is_empty_string",
    "any_dependency_is_none",
    "any_dependency_skipped",
    "any_is_empty_df",
    "any_keyed_iterables_are_skips",
    "invert_bool",
    "maybe_skip_df",
    "never",
]
