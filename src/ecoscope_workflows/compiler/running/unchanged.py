"""A run folder in, whether a run has nothing to do there out: known without Snakemake, or not known."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecoscope_workflows.compiler.planning.manifest import MANIFEST
from ecoscope_workflows.compiler.planning.plan import plan_of
from ecoscope_workflows.compiler.planning.skipped import may_be_skipped
from ecoscope_workflows.compiler.running.occupation import Occupation
from ecoscope_workflows.compiler.running.pages import pages_in
from ecoscope_workflows.errors import EcoscopeWorkflowsError

if TYPE_CHECKING:
    from pathlib import Path

    from ecoscope_workflows.compiler.planning.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A folder where a run has nothing to do.

    Parameters
    ----------
    skipped
        For each instance that was skipped why.
    done
        How many others there are.
    pages
        The pages to look at, those of the last instances first.
    """

    skipped: dict[str, str]
    done: int
    pages: tuple[Path, ...]


def unchanged(folder: Path) -> Unchanged | None:
    """Return what stands in a folder where a run has nothing to do; None where only Snakemake can tell.

    Raises
    ------
    StorageError
        Where another run works in the folder.
    """
    if not (folder / MANIFEST).is_file():
        return None
    with Occupation(folder):
        plan = None
        # What is wrong is told by the run that is started because of it.
        with suppress(EcoscopeWorkflowsError):
            plan = plan_of(folder)
        if plan is None or plan.jobs or plan.doubts or plan.notes or plan.total != len(plan.manifest.rules):
            return None
        with suppress(OSError, ValueError):  # a result that cannot be read is told in the summary of a run
            return _told(folder, plan.manifest)
    return None


def _told(folder: Path, manifest: Manifest) -> Unchanged | None:
    results = folder / "results"
    skipped: dict[str, str] = {}
    if any(may_be_skipped(results / rule.outputs[0]) for rule in manifest.rules):
        from ecoscope_workflows.compiler.status import DONE, SKIPPED, status_of  # noqa: PLC0415  # loads the tasks

        states = [one for one in status_of(folder) if one.instance in {rule.id for rule in manifest.rules}]
        if any(one.state not in {DONE, SKIPPED} for one in states):
            return None
        skipped = {one.instance: one.detail for one in states if one.state == SKIPPED}
    pages = pages_in(results, [rule.outputs for rule in reversed(manifest.rules)])
    return Unchanged(skipped, len(manifest.rules) - len(skipped), tuple(pages))
