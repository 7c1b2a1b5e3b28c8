"""What a job image holds, for pods that are processes: the programs of these tests."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.clusters.package_folders import package_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

VARIABLE = "ECOSCOPE_WORKFLOWS_KUBERNETES"
# Installed by themselves: each Snakemake imports all plugins that it finds, and these take half a second.
NAME = "registry.example/tracks:1"
OF_EXECUTORS = ("snakemake_executor_plugin", "kubernetes")


def variables(folder: Path, executors: Path, packages: Sequence[Path]) -> dict[str, str]:
    """Return what the image sets.

    Parameters
    ----------
    folder
        Where it has its plugins of Snakemake: those of storage, as an image has them.
    executors
        The folder of Snakemake's plugins.
    packages
        Folders of task packages.
    """
    folder.mkdir()
    for entry in executors.iterdir():
        if not entry.name.startswith(OF_EXECUTORS):
            (folder / entry.name).symlink_to(entry)
    given = os.environ.get("PYTHONPATH", "")
    paths = [*map(str, packages), *([given] if given else []), str(folder)]
    return {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"]),
        "PYTHONPATH": os.pathsep.join(paths),
        "LANG": "C.UTF-8",
        # A pod that installs something fails.
        "PIP_NO_INDEX": "1",
        "PIP_NO_DEPS": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }


def executors() -> Path:
    """Return the folder of Snakemake's plugins for Kubernetes and its storage; skip where there is none."""
    return package_folder(VARIABLE, "Snakemake's plugins for Kubernetes")
