"""Tasks that bring observations in: from an EarthRanger site or from a file."""

from ecoscope_workflows.tasks.io._earthranger import get_subjectgroup_observations
from ecoscope_workflows.tasks.io._load_relocations import load_relocations

__all__ = ["get_subjectgroup_observations", "load_relocations"]
