"""A task's name in the README's grammar in, its name in the `workflow:` grammar out.

There some short names stand for the tasks of today's published specs, which take other arguments.
"""

from __future__ import annotations

README_MODULE = "ecoscope_workflows.tasks.readme"
# A migration asks for no task to be installed, so the names stand here; a test holds them to the module.
README_TASKS = frozenset({"draw_ecomap", "get_subjectgroup_observations", "relocations_to_trajectory"})


def meant_by(task: str) -> str:
    """Return the name that means in the `workflow:` grammar what `task` means in the README's."""
    return f"{README_MODULE}.{task}" if task in README_TASKS else task
