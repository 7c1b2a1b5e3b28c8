"""Tasks between a source of fixes and its analysis: cleaned relocations, and the segments between them."""

from __future__ import annotations

from ecoscope_workflows.tasks.preprocessing._process_relocations import process_relocations
from ecoscope_workflows.tasks.preprocessing._relocations_to_trajectory import relocations_to_trajectory

__all__ = ["process_relocations", "relocations_to_trajectory"]
