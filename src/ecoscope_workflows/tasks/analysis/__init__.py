"""Tasks that measure how animals use space."""

from ecoscope_workflows.tasks.analysis._calculate_time_density import calculate_time_density

__all__ = ["calculate_time_density"]
