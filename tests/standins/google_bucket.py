"""A bucket in the stand-in for Google's storage, and the packages that its clients are."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from tests.clusters.package_folders import package_folder
from tests.standins.google_storage import GoogleStorage, google_storage
from tests.standins.object_storage import Bucket

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VARIABLE = "ECOSCOPE_WORKFLOWS_GOOGLE"


class GoogleBucket(Bucket):
    """A bucket.

    Parameters
    ----------
    storage, address
        The storage, and where it is found.
    name
        Of the bucket.
    """

    scheme, provider = "gs", "gcs"

    def __init__(self, storage: GoogleStorage, address: str, name: str) -> None:
        found_by = {"STORAGE_EMULATOR_HOST": address}
        variables = {"SNAKEMAKE_STORAGE_GCS_PROJECT": "herds", **found_by}
        store = {
            "ECOSCOPE_WORKFLOWS_STORE": f"gs://{name}/store",
            # It would ask a second API for the kind of the bucket, which is not here.
            "GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT": "false",
            # No program looks for the metadata service of a machine of Google's.
            "NO_GCE_CHECK": "true",
            **found_by,
        }
        super().__init__(name, address, variables, store)
        self.storage = storage
        storage.objects.setdefault(name, {})

    def put(self, path: Path, key: str) -> None:
        facts = {"name": key, "contentType": "application/octet-stream"}
        self.storage.put(self.name, facts, path.read_bytes(), {})

    def files(self, prefix: str) -> dict[str, bytes]:
        with self.storage.lock:
            return {
                name.removeprefix(f"{prefix}/"): stored.data
                for name, stored in self.storage.objects[self.name].items()
                if name.startswith(f"{prefix}/")
            }


def packages() -> Path:
    """Return the folder of Google's packages; skip where there is none."""
    return package_folder(VARIABLE, "the packages of Google's storage")


@contextmanager
def google() -> Iterator[tuple[str, GoogleStorage]]:
    """Run the storage, with Google's packages at hand, and give its address and what is in it."""
    with pytest.MonkeyPatch.context() as patch, google_storage() as running:
        patch.syspath_prepend(packages())
        yield running
