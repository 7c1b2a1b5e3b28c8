"""A run folder, a record of the calls that happened in it, and object storage of both kinds."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.runtime.demo import TRACE
from tests.standins.google_bucket import GoogleBucket, google
from tests.standins.object_storage import Bucket, S3Bucket, s3

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder that is the current one, with no settings of the user's."""
    for name in ("STORE", "STORE_BYTES", "RESULTS"):
        monkeypatch.delenv(f"ECOSCOPE_WORKFLOWS_{name}", raising=False)
    monkeypatch.setenv(TRACE, str(tmp_path / "trace"))
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return Path("results")


@pytest.fixture
def happened(tmp_path: Path) -> Callable[[], list[str]]:
    """Return a function that tells the calls since it was last asked."""
    trace = tmp_path / "trace"

    def tell() -> list[str]:
        lines = trace.read_text(encoding="utf-8").splitlines() if trace.exists() else []
        trace.unlink(missing_ok=True)
        return [line.rpartition(" ")[0] for line in lines]

    return tell


@dataclass(frozen=True)
class Storage:
    """An object storage.

    Parameters
    ----------
    kind
        How addresses in it begin.
    address
        Where it is.
    bucket
        Makes a bucket in it.
    """

    kind: str
    address: str
    bucket: Callable[[], Bucket]


@pytest.fixture(scope="module", params=["s3", "gs"])
def object_storage(request: pytest.FixtureRequest) -> Iterator[Storage]:
    """Run an S3, and then a storage of Google's."""
    names = (f"herds-{number}" for number in count())
    with ExitStack() as stack:
        if request.param == "s3":
            address = stack.enter_context(s3())
            yield Storage("s3", address, lambda: S3Bucket(address, next(names)))
            return
        address, storage = stack.enter_context(google())
        # Listings are of several pages.
        storage.page = 2
        yield Storage("gs", address, lambda: GoogleBucket(storage, address, next(names)))
