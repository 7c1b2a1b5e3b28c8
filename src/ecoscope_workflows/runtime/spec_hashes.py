"""The hash of the spec that a result is made by, from the Snakefile to the jobs, through their environment.

The client of every job imports this module, so it imports nothing that Python has not loaded at its start.
"""

from __future__ import annotations

import os

from ecoscope_workflows.runtime.words import SPEC_VARIABLE

# Of workflows that are modules of another one: a line with the hash and the folder of the results of each.
MODULES_VARIABLE = "ECOSCOPE_WORKFLOWS_SPECS"


def announce_spec(results: str, sha256: str) -> None:
    """Tell the jobs of a module by which spec the results in a folder are made."""
    known = os.environ.get(MODULES_VARIABLE, "").splitlines()
    lines = [line for line in known if line.partition(" ")[2] != results]
    os.environ[MODULES_VARIABLE] = "\n".join([*lines, f"{sha256} {results}"])


def spec_of(output: str) -> str:
    """Return the hash of the spec that a result is made by; empty where nobody said."""
    found, length = os.environ.get(SPEC_VARIABLE, ""), -1
    for line in os.environ.get(MODULES_VARIABLE, "").splitlines():
        sha256, _, results = line.partition(" ")
        if output.startswith(f"{results}/") and len(results) > length:
            found, length = sha256, len(results)
    return found
