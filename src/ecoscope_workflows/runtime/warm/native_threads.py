"""How many threads the numerics of a job may use, where the library was loaded for one thread."""

from __future__ import annotations

import ctypes
import os
import re
from pathlib import Path

from ecoscope_workflows.runtime.warm.circumstances import THREAD_VARIABLES

OPENBLAS = re.compile(r"\S*openblas\S*\.so\S*$")
# These read their number of threads once, and give us no way to say it again.
OTHERS = re.compile(r"/(lib(gomp|iomp5|omp|mkl_rt|blis)\b|numexpr/)[^/]*\S*$")
SETTERS = ("scipy_openblas_set_num_threads64_", "openblas_set_num_threads64_", "openblas_set_num_threads")
# What OpenBLAS looks at, the first that is set.
READ_BY_OPENBLAS = THREAD_VARIABLES[:3]


def wanted(environment: dict[str, str]) -> int:
    """Return for how many threads OpenBLAS would start in an environment."""
    available = len(os.sched_getaffinity(0))
    for name in READ_BY_OPENBLAS:
        value = environment.get(name, "")
        if value.isdecimal() and int(value) > 0:
            return min(int(value), available)
    return available


def all_single(environment: dict[str, str]) -> bool:
    """Return whether each variable asks for one thread, as the server does."""
    return all(environment.get(name) == "1" for name in THREAD_VARIABLES)


def obstacle() -> str:
    """Return the library for which the number of threads cannot be set any more; empty where it can."""
    found = [path for path in _mapped() if OTHERS.search(path)]
    return found[0] if found else ""


def set_openblas_threads(count: int) -> None:
    """Set the number of threads of each copy of OpenBLAS in this process."""
    for path in _mapped():
        if OPENBLAS.search(path):
            library = ctypes.CDLL(path)
            for name in SETTERS:
                if hasattr(library, name):
                    getattr(library, name)(ctypes.c_int(count))
                    break


def _mapped() -> list[str]:
    lines = Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace").splitlines()
    return sorted({words[5] for words in (line.split(None, 5) for line in lines) if len(words) > 5})  # noqa: PLR2004  # the sixth field of /proc/PID/maps
