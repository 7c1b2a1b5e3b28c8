"""Snakemake's storages of three kinds, repaired; as a program it does one thing with an object of them.

``python -m tests.runtime.storage_providers KIND FOLDER QUERY store_object|retrieve_object|remove``
"""

from __future__ import annotations

import logging
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from ecoscope_workflows.runtime import storage_repairs

# What tells a provider where it is, and by which variable Snakemake is told.
SETTINGS: dict[str, dict[str, str]] = {
    "s3": {
        "endpoint_url": "SNAKEMAKE_STORAGE_S3_ENDPOINT_URL",
        "access_key": "SNAKEMAKE_STORAGE_S3_ACCESS_KEY",
        "secret_key": "SNAKEMAKE_STORAGE_S3_SECRET_KEY",
    },
    "gcs": {"project": "SNAKEMAKE_STORAGE_GCS_PROJECT"},
    "fs": {},
}


def stored(kind: str, folder: Path, query: str) -> Any:
    """Return an object of a storage that is found by the variables of this process.

    Parameters
    ----------
    kind
        What Snakemake calls the storage.
    folder
        Where local copies are.
    query
        Its address; it is a collection, unless it has a suffix.
    """
    plugin: Any = import_module(f"snakemake_storage_plugin_{kind}")
    given = {name: os.environ[variable] for name, variable in SETTINGS[kind].items()}
    settings = plugin.StorageProviderSettings(**given) if given else None
    provider = plugin.StorageProvider(
        local_prefix=folder, logger=logging.getLogger("storage"), settings=settings
    )
    storage_repairs.repair_storage(provider)
    if not Path(query).suffix:
        setattr(provider, storage_repairs.COLLECTIONS, {query})
    return provider.object(query)


if __name__ == "__main__":
    getattr(stored(sys.argv[1], Path(sys.argv[2]), sys.argv[3]), sys.argv[4])()
