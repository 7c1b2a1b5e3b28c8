"""Two specs in, whether they say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecoscope_workflows.spec.migration.readme_tasks import meant_by
from ecoscope_workflows.spec.model import README_GRAMMAR, Reference

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecoscope_workflows.spec.model import Instance, Spec


def same_meaning(readme: Spec, migrated: Spec, ids: Mapping[str, str]) -> bool:
    """Return whether a migrated spec says what it said in the README's grammar; `ids` are the new ids."""
    if (readme.cache_root, readme.description) != (migrated.cache_root, migrated.description):
        return False
    return [_said(instance, ids) for instance in readme.instances] == [
        _said(instance, {}) for instance in migrated.instances
    ]


def _said(instance: Instance, ids: Mapping[str, str]) -> object:
    # The README's grammar knows nothing but references.
    arguments = {
        name: ids.get(value.instance, value.instance) if isinstance(value, Reference) else value
        for name, value in instance.arguments.items()
    }
    task = meant_by(instance.task) if instance.grammar == README_GRAMMAR else instance.task
    return ids.get(instance.id, instance.id), task, arguments
