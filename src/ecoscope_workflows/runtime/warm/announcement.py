"""What Snakemake's process tells its jobs of the run, through the environment they inherit.

The client of every job imports this module, so it imports nothing that Python has not loaded at its start.
"""

from __future__ import annotations

import os

SWITCH_VARIABLE = "ECOSCOPE_WORKFLOWS_WARM"
RUN_VARIABLE = "ECOSCOPE_WORKFLOWS_RUN"
TASKS_VARIABLE = "ECOSCOPE_WORKFLOWS_TASKS"
OFF = frozenset({"0", "false", "no", "off"})
FOLDER = ".snakemake/ecoscope-workflows/warm"
# Descriptors from which servers that were started before read the names of tasks.
SERVERS: list[int] = []
# Fields of /proc/PID/stat behind the command in brackets, which may hold anything.
PARENT, START = 1, 19


class Run:
    """A run of Snakemake, as its jobs know it.

    Parameters
    ----------
    boot
        The kernel's id of the time since this machine was started.
    pid, started
        Snakemake's process, and its time of start in ticks of the kernel: together they never come again.
    folder
        Where the socket of its warm workers is.
    """

    __slots__ = ("boot", "folder", "pid", "started")

    def __init__(self, boot: str, pid: str, started: str, folder: str) -> None:
        self.boot, self.pid, self.started, self.folder = boot, pid, started, folder

    @property
    def socket(self) -> str:
        """The name of the socket in the folder."""
        return f"{self.boot[:8]}-{self.pid}-{self.started}"

    @property
    def is_here(self) -> bool:
        """Whether this process sees Snakemake as Snakemake does: not from another machine or a container."""
        try:
            return (
                boot_id() == self.boot
                and stat_fields(self.pid)[START] == self.started
                and os.stat("/proc/self/ns/mnt").st_ino == os.stat(f"/proc/{self.pid}/ns/mnt").st_ino  # noqa: PTH116
            )
        except OSError:
            return False


def announce(*, runs_several: bool) -> None:
    """Tell the jobs that this process is their run; nothing is started before a job asks for it.

    The job of a Snakemake that another one has started for it, as on the node of a cluster, is told nothing.
    """
    os.environ.pop(RUN_VARIABLE, None)
    os.environ.pop(TASKS_VARIABLE, None)
    if not runs_several or os.environ.get(SWITCH_VARIABLE, "").lower() in OFF:
        return
    try:
        started = stat_fields("self")[START]
        facts = (boot_id(), str(os.getpid()), started, os.path.abspath(FOLDER))  # noqa: PTH100  # see above
    except OSError:
        return  # no /proc here (macOS): all jobs run cold
    os.environ[RUN_VARIABLE] = ":".join(facts)


def announce_task(task: str) -> None:
    """Name a task ``module:name`` that the jobs of the run will call: a server loads what it needs."""
    if RUN_VARIABLE not in os.environ:
        return
    known = os.environ.get(TASKS_VARIABLE, "")
    if task not in known.split(" "):
        os.environ[TASKS_VARIABLE] = f"{known} {task}".strip()
        for server in SERVERS:
            try:
                os.write(server, f"{task}\n".encode())
            except OSError:
                continue  # it has ended, or has enough to read: the jobs load what they need


def announced() -> Run | None:
    """Return the run that this process is a job of; None where it is none, or warm workers are off."""
    if os.environ.get(SWITCH_VARIABLE, "").lower() in OFF:
        return None
    parts = os.environ.get(RUN_VARIABLE, "").split(":", 3)
    return Run(*parts) if len(parts) == 4 else None  # noqa: PLR2004  # as `announce` writes it


def boot_id() -> str:
    """Return the kernel's id of the time since this machine was started."""
    with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:  # noqa: PTH123  # see above
        return file.read().strip()


def stat_fields(pid: int | str) -> list[str]:
    """Return the fields of a process that follow its command: the first is its state.

    Raises
    ------
    OSError
        There is no such process, or no /proc.
    """
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:  # noqa: PTH123  # see above
        return file.read().rpartition(")")[2].split()
