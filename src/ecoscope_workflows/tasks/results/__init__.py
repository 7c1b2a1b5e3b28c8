"""Tasks that show results: maps as pages that open without a network."""

from __future__ import annotations

from ecoscope_workflows.tasks.results._draw_ecomap import draw_ecomap

__all__ = ["draw_ecomap"]
