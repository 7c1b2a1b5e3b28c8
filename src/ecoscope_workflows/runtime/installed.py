"""Which versions decide the bytes of a result beside the task's own code, seen without loading anything."""
# ruff: noqa: PTH208  # importing pathlib takes longer than this

from __future__ import annotations

import os
import sys

from ecoscope_workflows import __version__

RECORDED = ("numpy", "pandas", "pyarrow", "geopandas", "shapely", "pyproj", "plotly")
_SUFFIXES = (".dist-info", ".egg-info")


def installed() -> str:
    """Return a line that changes with the version of Python, of this package, or of a recorded one.

    An installed package has a folder whose name says its version; what stands in it is not read.
    """
    found = [sys.version, __version__]
    for folder in sys.path:
        try:
            names = os.listdir(folder or ".")
        except OSError:  # an archive, or not there
            continue
        found += sorted(
            name for name in names if name.endswith(_SUFFIXES) and name.partition("-")[0].lower() in RECORDED
        )
    return " ".join(found)
