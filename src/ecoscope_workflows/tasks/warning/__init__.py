"""Tasks that warn of results that may be misread."""

from __future__ import annotations

from ecoscope_workflows.tasks.warning._mixed_subtypes import mixed_subtype_warning

__all__ = ["mixed_subtype_warning"]
