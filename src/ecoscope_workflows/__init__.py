"""Compile YAML specs of typed Python tasks into incremental workflows."""

__version__ = "0.1.0"
