"""Words that a generated Snakefile and its jobs agree on."""

from __future__ import annotations

# Environment variables that a Snakefile sets for its jobs.
ECHO_VARIABLE = "ECOSCOPE_WORKFLOWS_ECHO"
# Its values: errors stand in the log alone, or all of the log on the terminal too. Else errors stand on both.
ECHO_NEVER, ECHO_ALWAYS = "never", "always"
# What stands around the log of a job where all of it stands on the terminal.
LOG_BEGINS, LOG_ENDS = "------ log of the task ------\n", "------ end of the log ------\n"
SPEC_VARIABLE = "ECOSCOPE_WORKFLOWS_SPEC"
# The folder that tasks write files of their own into; where it is not set, each instance has one of its own.
RESULTS_VARIABLE = "ECOSCOPE_WORKFLOWS_RESULTS"

# A key that no argument can have; its value is the file that holds arguments too long for a command line.
FILE_KEY = "$file"
# Likewise: what a call goes through, when it is skipped, and the cheap instances that its arguments need.
EACH = "$each"
SKIPIF = "$skipif"
CALLS = "$calls"
