"""The environment variables that a generated Snakefile sets for its jobs."""

from __future__ import annotations

ECHO_VARIABLE = "ECOSCOPE_WORKFLOWS_ECHO"
SPEC_VARIABLE = "ECOSCOPE_WORKFLOWS_SPEC"
