"""A run folder in, its store of results out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecoscope_workflows.runtime.store import Store

if TYPE_CHECKING:
    from pathlib import Path


def store_of(folder: Path) -> Store | None:
    """Return the store that a run in a folder uses, or None where it is switched off.

    Raises
    ------
    StorageError
        When the limit that is set is no number.
    """
    return Store.here(folder)
