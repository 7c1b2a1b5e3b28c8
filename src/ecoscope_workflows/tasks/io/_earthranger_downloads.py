"""Several downloads side by side: an account and what to fetch in, what came for each out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from importlib import import_module
from threading import Thread
from typing import TYPE_CHECKING, Any, TypeVar

from ecoscope_workflows.contracts.collecting import without_collecting
from ecoscope_workflows.tasks.io._earthranger_account import Account, StoppedError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Record = dict[str, Any]
Item = TypeVar("Item")


# Each record counts towards the next garbage collection, and none is garbage.
@without_collecting()
def at_once(
    account: Account, download: Callable[[Item], list[Record]], items: Sequence[Item]
) -> list[list[Record]]:
    """Return what is downloaded for each item, in their order; the first failure stops the rest.

    No more requests are under way than the account has connections: a site serves others as well.
    """

    def attempt(item: Item) -> list[Record]:
        try:
            return download(item)
        except Exception:
            account.stop()
            raise

    # Threads, not asyncio: a notebook has an event loop running already.
    with ThreadPoolExecutor(account.connections, thread_name_prefix="earthranger") as pool:
        downloads = [pool.submit(attempt, item) for item in items]
        try:
            wait(downloads)
        except BaseException:
            # The user interrupts: leaving the pool would wait for every item otherwise.
            account.stop()
            raise
    for finished in downloads:
        error = finished.exception()
        if error is not None and not isinstance(error, StoppedError):
            raise error
    return [finished.result() for finished in downloads]


def load_meanwhile(module: str) -> Thread:
    """Start to import a module that is needed once the answers are there: half a second for one with frames.

    Whoever imports it later waits for the rest, and meets the error where there is one.
    """
    thread = Thread(target=_load, args=(module,), name=f"import {module}", daemon=True)
    thread.start()
    return thread


def _load(module: str) -> None:
    # It is raised again where the module is needed; a second account of it from here would say no more.
    with suppress(Exception):
        import_module(module)
