"""How processes share the tests: a module that makes something once for its tests goes to one of them.

Otherwise its tests are spread over all processes, and each starts the module's cluster or browser, or
runs its workflow, again.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # ships no types

if TYPE_CHECKING:
    from pathlib import Path

# What stands in the source of such a module; a browser is started for a module wherever one is asked for.
MADE_ONCE = ('scope="module"', "browser: Browser")


class Together(LoadScopeScheduling):  # type: ignore[misc]  # as above
    """Hands out those modules as a whole, and all other tests one by one."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return file if makes_once(self.config.rootpath / file) else nodeid


@cache
def makes_once(path: Path) -> bool:
    """Return whether the tests of a module share what is made once."""
    source = path.read_text(encoding="utf-8")
    return any(words in source for words in MADE_ONCE)
