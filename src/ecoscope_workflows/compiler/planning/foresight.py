"""Jobs that would run in, which of them would be restored from the store out, as far as that can be known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ecoscope_workflows.runtime.known_results import known
from ecoscope_workflows.runtime.stores.location import is_url, store_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecoscope_workflows.compiler.planning.jobs import Job, Program
    from ecoscope_workflows.compiler.planning.triggers import Triggers

COMPUTED, RESTORED, UNKNOWN = "run", "restore", "unknown"
_FAN_OUT = frozenset({"map", "mapvalues"})


def foresee(program: Program, triggers: Mapping[str, Triggers]) -> dict[str, str]:
    """Return for each job that would run how: ``run``, ``restore``, or ``unknown``.

    Of a restored result the content is known beforehand, and with it what the jobs behind it find.
    """
    place = store_of("")
    if not (is_url(place) or Path(place).is_dir()):
        return dict.fromkeys(triggers, COMPUTED)
    found: dict[str, str] = {}
    digests: dict[str, str] = {}
    for name, why in triggers.items():
        job = program.jobs[name]
        if any(found[maker] != RESTORED for maker in why.because):
            found[name] = UNKNOWN
        elif digest := known(words_of(job), digests):
            found[name] = RESTORED
            digests[job.outputs[0]] = digest
        else:
            found[name] = UNKNOWN if _is_looked_up_late(job) else COMPUTED
    return found


def words_of(job: Job) -> list[str]:
    """Return the command line of a job, but for what decides nothing."""
    words = [job.rule.id, "--task", job.task, "--args", job.args]
    for option, path in zip(job.options, job.inputs, strict=True):
        name, _, argument = option.partition(" ")
        words += [f"--{name}", f"{argument}{path}"]
    return [*words, "--output", job.outputs[0]]


def _is_looked_up_late(job: Job) -> bool:
    """Return whether only the job itself can find its result: item by item, by its age, or far away."""
    return bool(_FAN_OUT & job.rule.how.keys()) or job.rule.ttl is not None or is_url(store_of(""))
