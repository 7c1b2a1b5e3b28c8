"""Jobs that run elsewhere: how they are sent, and what reaches them where no file system is shared."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.runtime.kubernetes_repairs import repair_kubernetes
from ecoscope_workflows.runtime.slurm_repairs import repair_slurm
from ecoscope_workflows.runtime.storage_repairs import repair_storage
from ecoscope_workflows.runtime.stores.location import STORE_VARIABLE
from ecoscope_workflows.runtime.whereabouts import note_whereabouts
from ecoscope_workflows.runtime.whole_files import COPIES_VARIABLE
from ecoscope_workflows.runtime.words import ECHO_ALWAYS, ECHO_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

# As connections are read; that module has more to import than a start of Snakemake may cost.
CONNECTIONS = "ECOSCOPE_WORKFLOWS__CONNECTIONS__"


def prepare_elsewhere(workflow: Any) -> None:
    """Prepare a process that reads the Snakefile for jobs elsewhere, if it may send or run such a job.

    Parameters
    ----------
    workflow
        Snakemake's own.
    """
    if workflow.is_main_process:
        # Who sends the jobs is not known yet.
        repair_slurm()
    storage: Any = getattr(workflow, "storage_settings", None)
    if workflow.is_main_process:
        kind = getattr(storage, "default_storage_provider", None)
        note_whereabouts(workflow, (storage.default_storage_prefix or kind) if kind else "")
    if storage is None or storage.default_storage_provider is None:
        return
    provider = workflow.storage_registry.default_storage_provider
    repair_storage(provider)
    copies = provider.object(in_storage(workflow, "results"))
    os.environ[COPIES_VARIABLE] = str(copies.local_path()).removesuffix("results")
    if workflow.is_main_process:
        repair_kubernetes()
        # They travel as a secret of the cluster: no manifest and no command line holds their values.
        workflow.register_envvars(*handed_on(os.environ))
    elif not storage.shared_fs_usage:
        # Who looks for the log of a job looks at what its pod has printed.
        os.environ[ECHO_VARIABLE] = ECHO_ALWAYS


def in_storage(workflow: Any, path: str) -> str:
    """Return where a file of the workflow is in its default storage."""
    prefix = workflow.storage_settings.default_storage_prefix or ""
    return f"{prefix}{'' if not prefix or prefix.endswith('/') else '/'}{path}"


def handed_on(environment: Mapping[str, str]) -> list[str]:
    """Return the names of the variables that tasks read: connections, and where the store of results is."""
    return sorted(
        name for name in environment if name.upper().startswith(CONNECTIONS) or name == STORE_VARIABLE
    )
