"""`python -m ecoscope_workflows.runtime`: run one job of a generated Snakefile, warm where it can be.

A job whose result is known is restored here, without loading its task.
A job that a warm worker takes loads nothing here but this module and the client.
"""

from __future__ import annotations

import sys

from ecoscope_workflows.runtime.known_results import restored


def main(argv: list[str]) -> int:
    """Run one job and return its exit code."""
    if restored(argv):
        return 0
    from ecoscope_workflows.runtime.warm.client import hand_over  # noqa: PLC0415  # not where it is restored

    cold = hand_over(argv)
    from ecoscope_workflows.runtime.command import main as run  # noqa: PLC0415  # half a second

    return run(argv, cold=cold)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
