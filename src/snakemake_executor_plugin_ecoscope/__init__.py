"""Snakemake's executor plugin ``ecoscope``: jobs of this machine, those of warm workers without a shell.

It is Snakemake's own executor of local jobs in all but one thing: where the command of a rule is one job of a
compiled workflow and nothing else, this process hands it to the warm worker itself.
Snakemake's shell would start two programs for that, which take longer than most jobs.
Every start of Snakemake imports this module, so it imports nothing that Snakemake does not.
"""

from __future__ import annotations

import time
from subprocess import CalledProcessError
from typing import TYPE_CHECKING, Any

from snakemake.exceptions import RuleException
from snakemake.executors import local
from snakemake.executors.local import common_settings
from snakemake.shell import shell

if TYPE_CHECKING:
    from concurrent.futures import Future

__all__ = ["Executor", "common_settings"]


class Executor(local.Executor):  # type: ignore[misc]  # Snakemake ships no types
    """Runs jobs as processes of this machine."""

    def run_single_job(self, job: Any) -> Future[None]:
        """Start a job, and return what will tell of its end."""
        argv = self._handed_over(job)
        if argv is None:
            future: Future[None] = super().run_single_job(job)
            return future
        rule, *facts = self.job_args_and_prepare(job)
        return self.pool.submit(  # type: ignore[no-any-return]  # as above
            self.cached_or_run, job, local.run_wrapper, _Rule(rule, job, argv), *facts
        )

    def _callback(self, job_info: Any, future: Future[None]) -> None:
        """Tell Snakemake how a job has ended; that it failed is no fault of these lines."""
        error = future.exception()
        if isinstance(error, RuleException):
            error.__traceback__ = None
        super()._callback(job_info, future)

    def _handed_over(self, job: Any) -> list[str] | None:
        """Return the arguments of a job that needs no shell; None where it does."""
        if not job.is_shell or job.is_shadow or self.workflow.deployment_settings.deployment_method:
            return None
        if "shell_exec" in job.resources.keys() or shell._process_prefix or shell._process_suffix:  # noqa: SIM118, SLF001  # no mapping; there is no other way to ask
            return None
        from ecoscope_workflows.runtime.warm.direct import job_in  # noqa: PLC0415  # see above

        return job_in(job.shellcmd)


class _Rule:
    """A rule whose job is handed over.

    Parameters
    ----------
    rule
        Snakemake's.
    job
        The job.
    argv
        Its arguments.
    """

    def __init__(self, rule: Any, job: Any, argv: list[str]) -> None:
        self._rule, self._job, self._argv = rule, job, argv

    def __getattr__(self, name: str) -> Any:
        return getattr(self._rule, name)

    def run_func(self, *facts: Any) -> None:
        """Run the job as the function that Snakemake makes of a rule does."""
        from ecoscope_workflows.runtime.warm.client import ColdError  # noqa: PLC0415  # see the module
        from ecoscope_workflows.runtime.warm.direct import run  # noqa: PLC0415  # as above

        began = time.perf_counter()
        job = self._job
        try:
            code = run(self._argv, threads=job.threads, temporary=job.resources.get("tmpdir") or "")
        except ColdError:
            # The program of the job says why in its log.
            self._rule.run_func(*facts)
            return
        for record in facts:
            if hasattr(record, "running_time"):
                record.running_time = time.perf_counter() - began
                # The job has counted what it took itself; one that was restored took nothing.
                record.process_gone = True
        if code:
            error = CalledProcessError(code, job.shellcmd)
            where = f'CalledProcessError in file "{self._rule.snakefile}", line {self._rule.lineno}'
            raise RuleException(f"{where}:\n{error}")
