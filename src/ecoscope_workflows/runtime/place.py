"""Where a job runs, for its log: a job on the node of a cluster has other logs beside it."""

from __future__ import annotations

import os

NOTE = "note: runs as job {job} of Slurm on node {node}"


def place() -> str:
    """Return a line for the log of a job that a cluster runs; empty on the submitting machine."""
    job = os.environ.get("SLURM_JOB_ID", "")
    return NOTE.format(job=job, node=os.environ.get("SLURMD_NODENAME", "unknown")) if job else ""
