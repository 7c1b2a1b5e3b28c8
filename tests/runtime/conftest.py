"""A run folder, and a record of the calls that happened in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.runtime.demo import TRACE

if TYPE_CHECKING:
    from collections.abc import Callable


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
