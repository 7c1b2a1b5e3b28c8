"""The log of a task instance in, why Slurm ended its job out: Slurm says so in a log of its own.

A job that Slurm ends has no time to say why, so the log of the instance has no error in it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ecoscope_workflows.runtime.place import NOTE

if TYPE_CHECKING:
    from pathlib import Path

# Where the profile `slurm` puts the logs of Slurm.
FOLDER = "logs/slurm"
# The job's number, as its log names it, or else as Snakemake's executor does.
_JOB = re.compile(
    re.escape(NOTE).replace(re.escape("{job}"), r"(\d+)").replace(re.escape("{node}"), r"\S+")
    + r"|SLURM-job '(\d+)'"
)
# Only what Slurm says itself.
_ERROR = re.compile(r"^(?:slurmstepd|srun)\S*: error: (.*)$", re.MULTILINE)
# What it writes, and what that means; the first that is found holds.
_REASONS = (
    (
        re.compile(r"exceeded (job )?memory limit|oom.?kill|out of memory", re.IGNORECASE),
        "it took more memory than it asked for: raise `mem_mb` of its resources",
    ),
    (re.compile("DUE TO TIME LIMIT"), "it took longer than it asked for: raise `runtime` of its resources"),
    (re.compile("DUE TO NODE FAILURE"), "its node failed"),
    (re.compile("DUE TO PREEMPTION"), "another job took its place"),
    (re.compile(r"^\*\*\* (JOB|STEP) .* CANCELLED AT", re.MULTILINE), "it was cancelled"),
)


def slurm_job(said: str) -> str:
    """Return the number of the job of Slurm that is named in what is said of an instance, or nothing."""
    named = _JOB.search(said)
    return (named[1] or named[2]) if named else ""


def why_slurm_ended(folder: Path, said: str) -> str:
    """Return why Slurm ended the job of an instance; empty where it did not, or says nothing.

    Parameters
    ----------
    folder
        The folder of the run.
    said
        What the log of the instance holds, and what the executor says of the job.
    """
    job = slurm_job(said)
    logs = sorted((folder / FOLDER).rglob(f"{job}.log")) if job else []
    if not logs:
        return ""
    errors = "\n".join(_ERROR.findall(logs[-1].read_text(encoding="utf-8", errors="replace")))
    reason = next((meaning for pattern, meaning in _REASONS if pattern.search(errors)), "")
    return f"Slurm ended job {job}: {reason} ({logs[-1].relative_to(folder)})" if reason else ""
