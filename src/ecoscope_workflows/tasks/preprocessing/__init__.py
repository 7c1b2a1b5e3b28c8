"""Tasks between a source of fixes and its analysis: cleaned relocations, and the segments between them."""

from __future__ import annotations

from ecoscope_workflows.tasks.preprocessing._process_relocations import process_relocations
from ecoscope_workflows.tasks.preprocessing._relocations_to_trajectory import relocations_to_trajectory
from ecoscope_workflows.tasks.preprocessing._sampling import downsample_relocations, upsample_relocations

__all__ = [
    "downsample_relocations",
    "process_relocations",
    "relocations_to_trajectory",
    "upsample_relocations",
]
