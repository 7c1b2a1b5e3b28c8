"""Snakemake's storage in S3, as it is installed, made to see folders that others have stored.

Version 0.3.6 remembers that there is no such folder, also after a pod has made it: the results of `map` and
`mapvalues` would never be found.
Nothing is imported here: where the storage is not installed there is nothing to do.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

PLUGIN = "snakemake_storage_plugin_s3"


def repair_s3() -> None:
    """Repair the storage in this process, if there is one and it has not been done."""
    stored = getattr(sys.modules.get(PLUGIN), "StorageObject", None)
    if stored is not None and not hasattr(stored.is_dir, "asks_again"):
        stored.is_dir = _asking_again(stored.is_dir)


def _asking_again(is_dir: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """Return what asks whether there is a folder until there is one."""

    def asking_again(self: Any) -> bool:
        if not self._is_dir:
            self._is_dir = None
        return is_dir(self)

    asking_again.asks_again = True  # type: ignore[attr-defined]  # a mark
    return asking_again
