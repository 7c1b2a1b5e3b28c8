"""The console script and `python -m ecoscope_workflows`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line interface and exit with its code."""
    from ecoscope_workflows.cli import run  # noqa: PLC0415  # completion and -m pay for the CLI only here

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
