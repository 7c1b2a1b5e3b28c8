"""A file or folder in, the hash of every byte of it out."""
# ruff: noqa: PTH112  # importing pathlib takes longer than restoring a small result

from __future__ import annotations

import hashlib
import os

from ecoscope_workflows.contracts.digests import sha256_of_bytes
from ecoscope_workflows.runtime.whole_files import files_in


def seal(path: str) -> str:
    """Return the hash of every byte of a file or folder: what is damaged in between is no result."""
    if not os.path.isdir(path):
        return sha256_of_bytes(path)
    lines = sorted(f"{file[len(path) :]}\0{sha256_of_bytes(file)}\n" for file in files_in(path))
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()
