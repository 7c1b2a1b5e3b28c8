"""Where the store of a run is."""
# ruff: noqa: PTH118  # importing pathlib takes longer than restoring a small result

from __future__ import annotations

import os

STORE_VARIABLE = "ECOSCOPE_WORKFLOWS_STORE"
# The folder of the records in a store (see `ecoscope_workflows.runtime.known_results`).
KNOWN = "known"
DEFAULT_STORE = ".ecoscope-workflows/store"


def store_of(folder: str, cache_root: str = "") -> str:
    """Return the folder or URL of the store that a run in a folder uses; empty where it is switched off."""
    name = os.environ.get(STORE_VARIABLE, store_in(cache_root) if cache_root else DEFAULT_STORE)
    # A folder, whatever it is called: what is written there can be given its name at once.
    name = name.removeprefix("file://")
    return name if folder == "." or not name or is_url(name) else os.path.join(folder, name)


def store_in(cache_root: str) -> str:
    """Return the folder or URL of the store that is in a folder or at a URL, as a spec names it."""
    return f"{cache_root.rstrip('/')}/{DEFAULT_STORE}"


def shown(place: str) -> str:
    """Return the place of a store as it may be printed: without what somebody has written into its URL."""
    scheme, is_there, rest = place.partition("://")
    authority, slash, path = rest.partition("/")
    _, signed, host = authority.rpartition("@")
    return f"{scheme}://…@{host}{slash}{path}" if is_there and signed else place


def is_url(place: str) -> bool:
    """Return whether a store is at a URL, such as ``s3://bucket/folder``."""
    return "://" in place
