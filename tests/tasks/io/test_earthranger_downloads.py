"""Several downloads side by side, and a module that is loaded meanwhile."""

from __future__ import annotations

import sys
from importlib import import_module
from threading import Barrier, Lock
from typing import TYPE_CHECKING, Any

import pytest

from ecoscope_workflows.tasks.io._earthranger_account import Account
from ecoscope_workflows.tasks.io._earthranger_downloads import at_once, load_meanwhile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONNECTIONS = 3


@pytest.fixture
def account() -> Iterator[Account]:
    with Account("http://127.0.0.1", "ranger", "secret", CONNECTIONS) as opened:
        yield opened


def test_as_many_are_under_way_as_there_are_connections_and_all_come_in_order(account: Account) -> None:
    # Nobody passes it before three are there, and the seventh would wait for ever if four could be.
    together, lock = Barrier(CONNECTIONS, timeout=10), Lock()
    under_way: set[int] = set()
    most: list[int] = []

    def download(item: int) -> list[dict[str, Any]]:
        with lock:
            under_way.add(item)
            most.append(len(under_way))
        together.wait()
        with lock:
            under_way.remove(item)
        return [{"id": item}]

    found = at_once(account, download, range(2 * CONNECTIONS))
    assert found == [[{"id": item}] for item in range(2 * CONNECTIONS)]
    assert max(most) == CONNECTIONS


def test_the_first_failure_is_raised_and_stops_the_account(account: Account) -> None:
    def download(item: int) -> list[dict[str, Any]]:
        if item == 1:
            raise PermissionError("not for you")
        return []

    with pytest.raises(PermissionError, match="not for you"):
        at_once(account, download, range(CONNECTIONS))
    assert account._stopped.is_set()


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a folder that modules are imported from."""
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    for name in ("slow_to_load", "not_to_be_loaded"):
        sys.modules.pop(name, None)


def test_whoever_imports_it_later_gets_the_module_that_was_begun(modules: Path) -> None:
    (modules / "slow_to_load.py").write_text(
        "import threading, time\ntime.sleep(0.2)\nby = threading.current_thread().name\n"
    )
    loading = load_meanwhile("slow_to_load")
    assert import_module("slow_to_load").by in ("import slow_to_load", "MainThread")
    loading.join()
    assert "slow_to_load" in sys.modules


def test_an_error_in_it_is_raised_where_it_is_needed(modules: Path) -> None:
    (modules / "not_to_be_loaded.py").write_text("raise ImportError('no geopandas here')\n")
    load_meanwhile("not_to_be_loaded").join()
    with pytest.raises(ImportError, match="no geopandas here"):
        import_module("not_to_be_loaded")
