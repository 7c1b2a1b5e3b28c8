"""Snakemake's executor for Kubernetes, as it is installed, made patient and talkative.

Versions 0.5.0 and 0.5.1 lose a job for ever, or the whole run, by one answer of the API that they do not
expect: a job that somebody has deleted, a server that fails for a moment, the log of a lost container.
They wait without a word for a pod that cannot start, leave jobs behind that they are asking for or making
when the run is stopped, show no log of a failed job, and start three programs for each.
Nothing is imported here: where the executor is not installed there is nothing to do.
"""

from __future__ import annotations

import re
import signal
import sys
import threading
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.runtime.words import LOG_BEGINS, LOG_ENDS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence

PLUGIN = "snakemake_executor_plugin_kubernetes"
# An API server that is replaced is back within some minutes.
PATIENCE_SECONDS = 600.0
LONGEST_PAUSE_SECONDS = 15.0
LAST_LINES = 20
UNAUTHORIZED, NOT_FOUND, CONFLICT, TOO_MANY, BAD_REQUEST = 401, 404, 409, 429, 400
SERVER_FAULT = 500
# How a pod installs the plugins of its storage, fetches the workflow, and runs its job.
STARTS = re.compile(
    r"pip install --target (\S+ [^&;|]*?)"
    r" && python -m snakemake (--deploy-sources .*?)"
    r" && python -m snakemake "
)
IN_ONE = r"python -m ecoscope_workflows.runtime.in_pod \1 --then \2 --then "


def repair_kubernetes() -> None:
    """Repair the executor in this process, if there is one and it has not been done."""
    executor = getattr(sys.modules.get(PLUGIN), "Executor", None)
    if executor is not None and executor._kubernetes_retry is not _ask:  # noqa: SLF001  # what is repaired
        executor._kubernetes_retry = _ask  # noqa: SLF001  # as above
        executor.check_active_jobs = _telling(executor.check_active_jobs)
        executor.format_job_exec = _in_one(executor.format_job_exec)
        client = sys.modules["kubernetes.client"]
        core, batch = client.CoreV1Api, client.BatchV1Api
        core.read_namespaced_pod_log = _of_this_container(core.read_namespaced_pod_log)
        there: dict[str, None] = {}
        batch.create_namespaced_job = _noting(batch.create_namespaced_job, there)
        batch.delete_namespaced_job = _striking_off(batch.delete_namespaced_job, there)
        executor.report_job_success = _keeping(executor.report_job_success, there)
        executor.report_job_error = _keeping(_showing(executor.report_job_error), there)
        executor.shutdown = _leaving_none(executor.shutdown, there)


def _ask(self: Any, question: Callable[[], Any]) -> Any:
    """Ask the API until it answers; None for what is no longer there.

    Parameters
    ----------
    self
        The executor.
    question
        Sends one request.

    Raises
    ------
    WorkflowError
        When the request is wrong, or the API has not answered for ten minutes.
    """
    from snakemake_interface_common.exceptions import WorkflowError  # noqa: PLC0415  # loaded with the executor
    from urllib3.exceptions import HTTPError  # noqa: PLC0415  # as above

    refusal: type[Any] = sys.modules["kubernetes.client.rest"].ApiException
    end, pause, is_repeated = time.monotonic() + PATIENCE_SECONDS, 1.0, False
    while True:
        fault: Exception
        try:
            with self.lock, _uninterrupted():
                return question()
        except refusal as error:
            if error.status == UNAUTHORIZED:
                return self._reauthenticate_and_retry(question)
            if _is_gone(error, is_repeated=is_repeated):
                return None
            if error.status != TOO_MANY and error.status < SERVER_FAULT:
                raise WorkflowError("Kubernetes request failed.", error) from error
            fault = error
        except HTTPError as error:
            fault = error
        if time.monotonic() > end:
            raise WorkflowError("Kubernetes has not answered for ten minutes.", fault) from fault
        _say(self, f"Kubernetes does not answer ({type(fault).__name__}); asking again")
        time.sleep(pause)
        pause, is_repeated = min(2 * pause, LONGEST_PAUSE_SECONDS), True


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Hear a first Ctrl-C when a request has been answered: one that is cut off may still make a job."""
    before = signal.getsignal(signal.SIGINT)
    # A program in the background may have been told to hear none.
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield
        return
    heard = []

    def hear(number: int, frame: object) -> None:
        del frame
        heard.append(number)
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, hear)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if heard:
            raise KeyboardInterrupt


def _say(self: Any, text: str) -> None:
    """Warn with a text that is whole: Snakemake prints no arguments of a message."""
    self.logger.warning(text)


def _is_gone(error: Any, *, is_repeated: bool) -> bool:
    """Return whether an answer says that what is asked for is no longer there, or what is sent already is."""
    body = str(error.body)
    if error.status == NOT_FOUND:
        # A namespace that is missing is a mistake of the user's.
        return '"namespaces"' not in body
    if error.status == BAD_REQUEST:
        return "container" in body
    # The first request arrived, and its answer did not.
    return bool(error.status == CONFLICT and is_repeated)


def _telling(check: Callable[..., AsyncIterator[Any]]) -> Callable[..., AsyncIterator[Any]]:
    """Return what asks for the state of jobs, and says once of each pod that cannot start why."""

    async def check_active_jobs(self: Any, active_jobs: Sequence[Any]) -> AsyncIterator[Any]:
        told = self.__dict__.setdefault("_told_of_waiting", set())
        for job, why in _waiting(self, active_jobs):
            if (job.external_jobid, why) not in told:
                told.add((job.external_jobid, why))
                more = f"kubectl describe pod --selector job-name={job.external_jobid}"
                _say(self, f"{job.job.name} cannot start on Kubernetes yet: {why} ({more})")
        async for job in check(self, active_jobs):
            yield job

    return check_active_jobs


def _noting(create: Callable[..., Any], there: dict[str, None]) -> Callable[..., Any]:
    """Return what makes a job, and notes it first: Snakemake knows of it only when it has the answer."""

    def create_namespaced_job(self: Any, namespace: str, body: Any, **more: Any) -> Any:
        there[body.metadata.name] = None
        return create(self, namespace, body, **more)

    return create_namespaced_job


def _striking_off(delete: Callable[..., Any], there: dict[str, None]) -> Callable[..., Any]:
    """Return what deletes a job, and then knows that it is gone."""

    def delete_namespaced_job(self: Any, name: str, namespace: str, **more: Any) -> Any:
        answer = delete(self, name, namespace, **more)
        there.pop(name, None)
        return answer

    return delete_namespaced_job


def _leaving_none(shutdown: Callable[[Any], None], there: dict[str, None]) -> Callable[[Any], None]:
    """Return what ends a run, and deletes the jobs that are still there.

    Of a run that is stopped, Snakemake forgets those that it is making or asking for; of any, those whose pod
    is lost.
    """

    def shutdown_all(self: Any) -> None:
        try:
            shutdown(self)
        finally:
            for name in list(there):
                self._kubernetes_retry(partial(self.safe_delete_job, name))

    return shutdown_all


def _keeping(report: Callable[..., None], there: dict[str, None]) -> Callable[..., None]:
    """Return what reports the end of a job, which stays where the user keeps those that have ended."""

    def report_job(self: Any, job_info: Any, *args: Any, **more: Any) -> None:
        if self.workflow.executor_settings.omit_job_cleanup:
            there.pop(job_info.external_jobid, None)
        report(self, job_info, *args, **more)

    return report_job


def _in_one(write: Callable[..., str]) -> Callable[..., str]:
    """Return what writes the command of a pod, with one start of Snakemake."""

    def format_job_exec(self: Any, job: Any) -> str:
        return STARTS.sub(IN_ONE, write(self, job))

    return format_job_exec


def _showing(report: Callable[..., None]) -> Callable[..., None]:
    """Return what reports a failed job, and shows its log."""

    def report_job_error(self: Any, job_info: Any, msg: str | None = None, **more: Any) -> None:
        report(self, job_info, msg=msg, **more)
        for path in more.get("aux_logs") or ():
            printed = Path(path).read_text(encoding="utf-8", errors="replace")
            text = f"Log of {job_info.job.name}:\n{log_in(printed)}"
            self.logger.error(text)

    return report_job_error


def _of_this_container(read: Callable[..., Any]) -> Callable[..., Any]:
    """Return what reads the log of a pod; version 0.5.1 asks for a container before the only one there is."""

    def read_namespaced_pod_log(self: Any, *args: Any, previous: bool = False, **more: Any) -> Any:
        del previous
        return read(self, *args, **more)

    return read_namespaced_pod_log


def log_in(printed: str) -> str:
    """Return the log of a job from what its pod has printed; the last lines where the job has not begun."""
    _, begins, rest = printed.partition(LOG_BEGINS)
    log = rest.partition(LOG_ENDS)[0] if begins else "\n".join(printed.splitlines()[-LAST_LINES:])
    return log.strip("\n")


def _waiting(self: Any, active_jobs: Sequence[Any]) -> Iterator[tuple[Any, str]]:
    """Yield each job whose pod waits for something, and what it is."""
    jobs = {job.external_jobid: job for job in active_jobs}
    if not jobs:
        return
    pods = self._kubernetes_retry(
        lambda: self.kubeapi.list_namespaced_pod(
            namespace=self.namespace, label_selector="job-name", field_selector="status.phase=Pending"
        )
    )
    for pod in pods.items:
        job = jobs.get(pod.metadata.labels["job-name"])
        why = _reason(pod.status)
        if job is not None and why:
            yield job, why


def _reason(status: Any) -> str:
    """Return why a pod waits; empty where it is being made as it should."""
    for container in status.container_statuses or ():
        waiting = container.state.waiting
        if waiting is not None and waiting.reason not in {"ContainerCreating", "PodInitializing"}:
            return f"{waiting.reason}: {waiting.message}"
    for condition in status.conditions or ():
        if condition.type == "PodScheduled" and condition.status == "False":
            return f"{condition.reason}: {condition.message}"
    return ""
