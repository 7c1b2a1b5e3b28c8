"""The Slurm that this machine submits to in, what its profile should say out."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass, field

# Slurm may be asked for the state of jobs as rarely as this, in seconds; it must remember them for longer.
RAREST_QUESTION = 180
PATIENCE = 20
STATUS_COMMAND = "slurm-status-command"
PARTITION = "default-resources.slurm_partition"


@dataclass(frozen=True)
class SlurmFacts:
    """What is known of a cluster.

    Parameters
    ----------
    keeps_accounts
        Whether `sacct` can say what became of a job.
    remembers_seconds
        For how long `squeue` can.
    partitions
        The names of its partitions, the default one first.
    has_default
        Whether one of them is the default.
    """

    keeps_accounts: bool
    remembers_seconds: int
    partitions: tuple[str, ...] = field(default=())
    has_default: bool = False

    @property
    def values(self) -> dict[str, str]:
        """The values for the profile that follow."""
        command = {STATUS_COMMAND: "sacct" if self.keeps_accounts else "squeue"}
        return {**command, PARTITION: self.partitions[0]} if self.has_default else command

    @property
    def forgets_early(self) -> bool:
        """Whether a job can be forgotten before anybody has asked what became of it."""
        return not self.keeps_accounts and self.remembers_seconds <= RAREST_QUESTION


def slurm_facts() -> SlurmFacts | None:
    """Ask Slurm about itself; None where there is none here, or it does not answer."""
    configuration, partitions = _said("scontrol", "show", "config"), _said("sinfo", "-h", "-o", "%P")
    found = dict(re.findall(r"^(\w+) *= (.*)$", configuration, re.MULTILINE))
    if "MinJobAge" not in found:
        return None
    names = sorted(partitions.split(), key=lambda name: not name.endswith("*"))
    return SlurmFacts(
        keeps_accounts=not found.get("AccountingStorageType", "").strip().endswith("/none"),
        remembers_seconds=int(found["MinJobAge"].split()[0]),
        partitions=tuple(name.rstrip("*") for name in names),
        has_default=bool(names) and names[0].endswith("*"),
    )


def _said(*command: str) -> str:
    program = shutil.which(command[0])
    if program is None:
        return ""
    try:
        done = subprocess.run(  # noqa: S603  # Slurm's own program
            [program, *command[1:]], capture_output=True, text=True, check=False, timeout=PATIENCE
        )
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout if done.returncode == 0 else ""
