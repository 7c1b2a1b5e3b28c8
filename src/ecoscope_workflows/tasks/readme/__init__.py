"""The tasks of the README's example whose names today's published specs use for tasks with other parameters.

In a spec of the README's grammar (``tasks:``) their short names stand for these; in any other spec their
dotted paths do.
"""

from __future__ import annotations

from ecoscope_workflows.tasks.readme._ecomap import draw_ecomap
from ecoscope_workflows.tasks.readme._subjectgroup_observations import get_subjectgroup_observations
from ecoscope_workflows.tasks.readme._trajectory import relocations_to_trajectory

__all__ = ["draw_ecomap", "get_subjectgroup_observations", "relocations_to_trajectory"]
