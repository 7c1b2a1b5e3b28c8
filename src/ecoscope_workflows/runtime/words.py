"""Words that a generated Snakefile and its jobs agree on."""

from __future__ import annotations

# Environment variables that a Snakefile sets for its jobs.
ECHO_VARIABLE = "ECOSCOPE_WORKFLOWS_ECHO"
SPEC_VARIABLE = "ECOSCOPE_WORKFLOWS_SPEC"

# A key that no argument can have; its value is the file that holds arguments too long for a command line.
FILE_KEY = "$file"
# Likewise: what a call goes through, when it is skipped, and the cheap instances that its arguments need.
EACH = "$each"
SKIPIF = "$skipif"
CALLS = "$calls"
