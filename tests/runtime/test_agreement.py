"""What is beside results in object storage, where that cannot be trusted."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ecoscope_workflows.errors import StorageError
from ecoscope_workflows.runtime import agreement
from ecoscope_workflows.runtime.agreement import Record, _Ledger


@dataclass
class Stored:
    """One object of a storage, and the clock of the storage, which counts writes."""

    clock: float = 100.0
    data: bytes | None = None
    local: Path = field(default_factory=Path)

    def exists(self) -> bool:
        return self.data is not None

    def mtime(self) -> float:
        return self.clock

    def set_local_path(self, path: Path) -> None:
        self.local = path

    def retrieve_object(self) -> None:
        assert self.data is not None
        self.local.write_bytes(self.data)

    def store_object(self) -> None:
        self.data = self.local.read_bytes()
        self.clock += 1


def ledger(stored: Stored) -> _Ledger:
    """Return the ledger of a run whose default storage holds an object."""
    provider = SimpleNamespace(object=lambda _: stored)
    workflow: Any = SimpleNamespace(
        storage_registry=SimpleNamespace(default_storage_provider=provider),
        storage_settings=SimpleNamespace(default_storage_prefix="s3://bucket"),
    )
    return _Ledger(workflow)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agreement, "TICK_SECONDS", 0)


def test_what_is_written_is_read() -> None:
    stored = Stored()
    records = {"one": Record("abc"), "two": Record("def", 7.5)}
    ledger(stored).write(records)
    assert ledger(stored).read() == records


@pytest.mark.parametrize(
    "data", [b"", b'{"one": ["ab', b"[]", b"null", b'{"one": "abc"}', b'{"one": ["a", "b"]}', b"\xff"]
)
def test_damaged_records_are_none_so_that_all_is_made_anew(data: bytes) -> None:
    assert ledger(Stored(data=data)).read() == {}


@pytest.mark.parametrize("there", [True, False])
def test_it_becomes_newer_than_a_result(there: bool) -> None:
    stored = Stored(data=b"{}" if there else None)
    opened = ledger(stored)
    opened.read()
    opened.be_newer_than(103.0, {"one": Record("abc")})
    assert stored.mtime() > 103
    assert ledger(stored).read() == {"one": Record("abc")}


@pytest.mark.parametrize("there", [True, False])
def test_a_result_from_the_future_is_told_and_not_waited_for(there: bool) -> None:
    stored = Stored(data=b"{}" if there else None)
    opened = ledger(stored)
    opened.read()
    with pytest.raises(StorageError, match=r"EW647 a result in the storage is 86\d{3} s ahead of the clock"):
        opened.be_newer_than(100.0 + 86400, {})
