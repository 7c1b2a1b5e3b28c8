"""The words of a pod's command in, its job done, out: in one process, where Snakemake starts three programs.

Snakemake has each pod install its storage plugins, start Snakemake to fetch the workflow, and start it again
for the job.
An image has its plugins, and one start does for both.
"""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from itertools import groupby

# Stands between the folder and names of the plugins, the words that fetch the workflow, and those of the job.
THEN = "--then"


def main(words: list[str]) -> None:
    """Do what a pod is for.

    Parameters
    ----------
    words
        A folder for plugins and the packages of those that are needed; the words of Snakemake that fetch the
        workflow; those that run the job.

    Raises
    ------
    SystemExit
        With the code of the first step that fails.
    """
    plugins, *steps = (list(part) for is_end, part in groupby(words, THEN.__eq__) if not is_end)
    folder, *packages = plugins
    missing = [package for package in packages if find_spec(package.replace("-", "_")) is None]
    if missing:
        installing = [sys.executable, "-m", "pip", "install", "--target", folder, *missing]
        code = subprocess.run(installing, check=False).returncode  # noqa: S603  # what Snakemake would run
        if code:
            sys.exit(code)
    # Which plugins there are is asked while it is imported.
    from snakemake.cli import main as snakemake  # noqa: PLC0415  # see above

    for step in steps:
        sys.argv = ["snakemake", *step]
        try:
            snakemake(step)
        except SystemExit as end:
            if end.code:
                raise


if __name__ == "__main__":
    main(sys.argv[1:])
