"""The console script and `python -m ecoscope_workflows`."""

from __future__ import annotations

import gc
import os
import sys

# What a command builds, it keeps to its end: looking for garbage in it takes a quarter of the time.
_OBJECTS_BEFORE_COLLECTION = 1_000_000


def main() -> None:
    """Run the command line interface and exit with its code."""
    gc.set_threshold(_OBJECTS_BEFORE_COLLECTION)
    from ecoscope_workflows.cli import run  # noqa: PLC0415  # completion and -m pay for the CLI only here

    code = run(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            # Its reader has gone; Python would try again at its end, and exit with a code of its own.
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    # Nor is there a use in looking for it at the end, which takes an eighth of the time.
    gc.freeze()
    sys.exit(code)


if __name__ == "__main__":
    main()
