"""A process id in, what the process was born with out: a fork of the server stands for one with the same."""

# ruff: noqa: PTH115, PTH116, PTH123  # a dozen files of the kernel for each job, at half the cost of pathlib

from __future__ import annotations

import os

STATUS = (
    "Uid",
    "Gid",
    "Groups",
    "CapPrm",
    "CapEff",
    "CapBnd",
    "NoNewPrivs",
    "Seccomp",
    "Cpus_allowed",
    "Mems_allowed",
)
NAMESPACES = ("cgroup", "ipc", "mnt", "net", "pid", "user", "uts")
# Two signals that the C library keeps for itself, and leaves ignored in what it spawns.
INTERNAL_SIGNALS = 0b11 << 31
NICE = 16
UMASK = "Umask"
# Snakemake sets each to the folder for temporary files of the job.
TEMPORARY_VARIABLES = ("TEMP", "TEMPDIR", "TMP", "TMPDIR")
# These may differ from job to job, and nothing that is loaded beforehand depends on them.
FREE_VARIABLES = frozenset({"_", "OLDPWD", "PWD", "SHLVL", *TEMPORARY_VARIABLES})
FREE_PREFIX = "ECOSCOPE_WORKFLOWS_"
# Snakemake sets each to the threads of the job.
THREAD_VARIABLES = (
    "OPENBLAS_NUM_THREADS",
    "GOTO_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)


def circumstances(pid: int) -> dict[str, str]:
    """Return user, rights, limits, folder and the like of a process.

    Raises
    ------
    OSError
        There is no such process, or it is another user's.
    """
    process = f"/proc/{pid}"
    status = dict(line.split(":\t", 1) for line in _text(f"{process}/status").splitlines() if ":\t" in line)
    cwd = os.stat(f"{process}/cwd")
    return {
        **{name: status.get(name, "") for name in STATUS},
        **{f"{name} namespace": os.readlink(f"{process}/ns/{name}") for name in NAMESPACES},
        "ignored signals": hex(int(status["SigIgn"], 16) & ~INTERNAL_SIGNALS),
        "limits": _text(f"{process}/limits"),
        "cgroup": _text(f"{process}/cgroup"),
        "oom_score_adj": _text(f"{process}/oom_score_adj"),
        "niceness": _text(f"{process}/stat").rpartition(")")[2].split()[NICE],
        "working directory": f"{cwd.st_dev} {cwd.st_ino}",
    }


def umask_of(pid: int) -> int:
    """Return the mask for the rights of new files of a process."""
    for line in _text(f"/proc/{pid}/status").splitlines():
        name, _, value = line.partition(":")
        if name == UMASK:
            return int(value, 8)
    raise OSError(f"the kernel does not tell the umask of process {pid}")


def difference(ours: dict[str, str], theirs: dict[str, str]) -> str:
    """Return the name of something that differs between two processes; empty where all is the same."""
    return next((name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name)), "")


def bound_variables(environment: dict[str, str]) -> dict[str, str]:
    """Return the variables that a library may have read while it was loaded."""
    free = FREE_VARIABLES | set(THREAD_VARIABLES)
    return {
        name: value
        for name, value in environment.items()
        if name not in free and not name.startswith(FREE_PREFIX)
    }


def own_environment() -> dict[str, str]:
    """Return the environment of this process as it is now."""
    return dict(os.environ)


def _text(path: str) -> str:
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        return file.read()
