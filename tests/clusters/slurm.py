"""A Slurm of one node, of the distribution's own programs, with everything it has in a folder of its own.

Jobs find it through `Slurm.environment`: a real one on this machine is neither used nor disturbed.
There is no accounting database, as on many small clusters, and no control groups: Slurm samples the memory of
jobs itself and kills those that use too much.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "squeue", "scancel", "scontrol", "sinfo")
# The daemons lie where only the administrator's path leads.
PATH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])
PATIENCE = 120.0
# A job that is put back into the queue waits until its old credential has expired: two minutes by default.
CREDENTIAL_SECONDS = 5
CONFIGURATION = """\
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmdPort={node_port}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket,cred_expire={credential_seconds}
CredType=cred/munge
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=sched_min_interval=100000,batch_sched_delay=0,sched_interval=1,bf_interval=1
ReturnToService=2
MinJobAge=300
# A job is put back into the queue only where it says so itself.
JobRequeue=0
KillWait=2
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmdSpoolDir={folder}/spool
StateSaveLocation={folder}/state
# More processors than there are: jobs of tests mostly wait.
SlurmdParameters=config_overrides
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=1
JobAcctGatherParams=OverMemoryKill
NodeName={host} NodeAddr=127.0.0.1 CPUs=32 RealMemory=64000 State=UNKNOWN
PartitionName=main Nodes={host} Default=YES MaxTime=INFINITE State=UP DefMemPerCPU=500
# What is sent there stays in the queue.
PartitionName=closed Nodes={host} MaxTime=INFINITE State=DOWN
"""
# The job step of Snakemake's plugin drops every variable of Slurm, and with it the way to this configuration.
SRUN = '#!/bin/sh\nSLURM_CONF={configuration} exec {srun} "$@"\n'


def missing() -> str:
    """Return why there can be no Slurm here; empty where there can."""
    absent = [name for name in PROGRAMS if shutil.which(name, path=PATH) is None]
    if absent:
        return f"no {', '.join(absent)}: Debian has them in the packages slurm-wlm and munge"
    return "" if os.geteuid() == 0 else "its daemons start jobs as root alone"


@dataclass(frozen=True)
class Job:
    """One job in the words of `squeue`: the comment names the rule, the limits are what it asked for."""

    number: str
    folder: str
    comment: str
    state: str
    partition: str
    processors: str
    memory: str
    time: str


class Slurm:
    """A cluster that runs between `__enter__` and `__exit__`."""

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            # The path of a socket has no more than 107 bytes: not in the long folders of pytest.
            self.folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="slurm-")))
            self._lay_out()
            socket_, key = self.folder / "munge.socket", self.folder / "munge.key"
            files = [f"--{name}-file={self.folder}/munge.{name}" for name in ("pid", "log", "seed")]
            self._daemon(
                stack,
                *("munged", "--foreground", "--force", f"--socket={socket_}", f"--key-file={key}", *files),
            )
            _until(socket_.exists, "munged has made no socket")
            self._daemon(stack, "slurmctld", "-D", "-c")
            self._daemon(stack, "slurmd", "-D")
            _until(self._is_ready, "the node is not ready", self.said)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @property
    def node(self) -> str:
        """The name of its node."""
        return socket.gethostname().partition(".")[0]

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables by which programs find this cluster."""
        return {
            "SLURM_CONF": str(self.folder / "slurm.conf"),
            "PATH": os.pathsep.join([str(self.folder / "bin"), os.environ.get("PATH", os.defpath)]),
        }

    def call(self, *command: str) -> str:
        """Run a program of Slurm's, and return what it prints; nothing where it fails."""
        environment = {**os.environ, **self.environment}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        return done.stdout.strip() if done.returncode == 0 else ""

    def jobs(self) -> list[Job]:
        """Return what the controller knows of each job, those that have ended too."""
        lines = self.call("squeue", "-h", "--states=all", "--format=%i|%Z|%k|%T|%P|%C|%m|%l").splitlines()
        return [Job(*line.split("|")) for line in lines]

    def job(self, folder: Path, rule: str, state: str) -> Job:
        """Wait until the job of a rule that runs in a folder is in some state."""
        found: list[Job] = []

        def is_there() -> bool:
            found[:] = [
                job
                for job in self.jobs()
                if (job.folder, job.comment, job.state) == (str(folder), f"rule_{rule}", state)
            ]
            return bool(found)

        _until(is_there, f"no job of {rule} is {state}", lambda: "\n".join(map(str, self.jobs())))
        return found[0]

    def said(self) -> str:
        """Return what the daemons have printed."""
        return "".join(f"{path.name}: {path.read_text()}" for path in sorted(self.folder.glob("*.said")))

    def _is_ready(self) -> bool:
        return self.call("sinfo", "-h", "-p", "main", "-o", "%T") == "idle"

    def _lay_out(self) -> None:
        for name in ("bin", "spool", "state"):
            (self.folder / name).mkdir()
        key = self.folder / "munge.key"
        key.write_bytes(os.urandom(1024))
        key.chmod(0o400)
        configuration = self.folder / "slurm.conf"
        controller_port, node_port = _free_ports(2)
        configuration.write_text(
            CONFIGURATION.format(
                host=self.node,
                folder=self.folder,
                controller_port=controller_port,
                node_port=node_port,
                credential_seconds=CREDENTIAL_SECONDS,
            )
        )
        srun = self.folder / "bin" / "srun"
        srun.write_text(SRUN.format(configuration=configuration, srun=shutil.which("srun")))
        srun.chmod(0o755)

    def _daemon(self, stack: ExitStack, name: str, *options: str) -> None:
        program = shutil.which(name, path=PATH)
        assert program is not None, name
        with (self.folder / f"{name}.said").open("wb") as output:
            process = subprocess.Popen(
                [program, *options],
                env={**os.environ, **self.environment, "PATH": PATH},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        stack.callback(_end, process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]


def _until(holds: Callable[[], bool], otherwise: str, more: Callable[[], str] = str) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"{otherwise} after {PATIENCE:.0f} s\n{more()}"
        time.sleep(0.05)
