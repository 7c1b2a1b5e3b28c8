"""Folders of packages that `make test` fills, each beside the environment and not in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def package_folder(variable: str, packages: str) -> Path:
    """Return the folder that a variable names; without one the test is skipped, and fails in CI.

    Parameters
    ----------
    variable
        The name of the variable.
    packages
        What is in the folder, for the message.
    """
    folder = os.environ.get(variable, "")
    # `make check` names folders that `make test` fills.
    if folder and Path(folder).is_dir():
        return Path(folder).resolve()
    why = f"`make tests` installs {packages}, and sets {variable} to the folder they are in"
    if os.environ.get("CI"):
        pytest.fail(f"CI must have them: {why}")
    pytest.skip(f"not here: {why}")
