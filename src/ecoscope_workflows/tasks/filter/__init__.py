"""Tasks that say which data to look at."""

from __future__ import annotations

from ecoscope_workflows.tasks.filter._time_range import get_timezone_from_time_range, set_time_range

__all__ = ["get_timezone_from_time_range", "set_time_range"]
