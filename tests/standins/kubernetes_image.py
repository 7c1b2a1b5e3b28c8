"""What a job image holds, for pods that are processes: the programs of these tests, and wheels for `pip`."""

from __future__ import annotations

import os
import sys
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence

VARIABLE = "ECOSCOPE_WORKFLOWS_KUBERNETES"
# Installed by themselves: each Snakemake imports all plugins that it finds, and these take half a second.
REQUIREMENTS = Path(__file__).parents[1] / "clusters" / "kubernetes.txt"
NAME = "registry.example/tracks:1"


def variables(folder: Path, executors: Path, packages: Sequence[Path]) -> dict[str, str]:
    """Return what the image sets.

    Parameters
    ----------
    folder
        Where its wheels are put.
    executors
        The folder of Snakemake's plugins.
    packages
        Folders of task packages.
    """
    folder.mkdir()
    for plugin in distributions(path=[str(executors)]):
        if plugin.name.startswith("snakemake-storage-plugin-"):
            _write_wheel(plugin, folder)
    given = os.environ.get("PYTHONPATH", "")
    paths = [*map(str, packages), *([given] if given else []), str(executors)]
    return {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"]),
        "PYTHONPATH": os.pathsep.join(paths),
        "LANG": "C.UTF-8",
        # Snakemake has each pod install its storage plugins.
        "PIP_NO_INDEX": "1",
        "PIP_NO_DEPS": "1",
        "PIP_FIND_LINKS": str(folder),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_ROOT_USER_ACTION": "ignore",
    }


def _write_wheel(installed: Distribution, folder: Path) -> None:
    """Make again the wheel that a package was installed from."""
    name = installed.name.replace("-", "_")
    with ZipFile(folder / f"{name}-{installed.version}-py3-none-any.whl", "w") as wheel:
        for file in installed.files or ():
            if file.suffix != ".pyc" and ".." not in file.parts:
                wheel.write(file.locate(), str(file))


def executors() -> Path:
    """Return the folder of Snakemake's plugins for Kubernetes and its storage; skip where there is none."""
    folder = os.environ.get(VARIABLE, "")
    if folder:
        return Path(folder).resolve()
    why = f"set {VARIABLE} to a folder with the packages of {REQUIREMENTS.name}"
    if os.environ.get("CI"):
        pytest.fail(f"CI must have Snakemake's plugins for Kubernetes: {why}")
    pytest.skip(f"no plugins for Kubernetes here: {why}")
