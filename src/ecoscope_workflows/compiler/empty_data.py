"""Example data in, the same without rows out: what a source returns when it has nothing."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from ecoscope_workflows.contracts.codecs import FrameCodec
from ecoscope_workflows.contracts.stored import read_value, write_value

if TYPE_CHECKING:
    from pathlib import Path


def emptied(example: Path, target: Path) -> Path:
    """Write example data without its rows to `target`; what is no data frame is copied as it is."""
    if example.suffix == ".parquet":
        write_value(read_value(example).iloc[:0], target, FrameCodec())
    else:
        shutil.copyfile(example, target)
    return target
