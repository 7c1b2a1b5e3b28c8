"""How collections are stored, and by how many jobs they are computed; what a compile may choose."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ecoscope_workflows.contracts.digests import ARCHIVE
from ecoscope_workflows.spec.encoding import INPUT
from ecoscope_workflows.targets.rows import Chunked

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ecoscope_workflows.targets.rows import Row

# Behind the name of an instance: the folder of its chunks, and the file that says what is in its result.
CHUNKS, INDEX = ".chunks", ".index.json"
# The conda environment of a workflow, beside its Snakefile.
ENVIRONMENT = "envs/environment.yaml"
# Stands for the folder that a task writes files of its own into.
_OWN_FILES = "ECOSCOPE_WORKFLOWS_RESULTS"


@dataclass(frozen=True, slots=True)
class Layout:
    """How collections are stored, and computed.

    Parameters
    ----------
    archives
        Whether a collection is one file, and not a folder.
    chunk_size
        How many elements of a collection one job computes; 0 where one job computes all of them.
    """

    archives: bool = False
    chunk_size: int = 0

    def file_of(self, instance: str, suffix: str) -> str:
        """Return the name of the result of an instance: of a collection, which has no suffix, of its own."""
        return f"{instance}{suffix or (ARCHIVE if self.archives else '')}"


FOLDERS = Layout()


def in_chunks(rows: Sequence[Row], layout: Layout) -> tuple[Row, ...]:
    """Say of each instance how it is computed in chunks, where it is.

    What is gone through must be a stored collection as a whole: of any other, only the job itself knows the
    elements.
    A task that writes files of its own goes on writing them in one job, into one folder.
    """
    if not layout.chunk_size:
        return tuple(rows)
    collections = {row.id for row in rows if not row.cheap and not row.node.suffix}
    taken = {row.id for row in rows}
    found = {}
    for row in rows:
        maker = _maker(row)
        if maker in collections and not row.cheap and row.mock is None and not _writes_files(row):
            found[row.id] = Chunked(_free(f"{row.id}_chunk", taken), maker, layout.chunk_size)
    makers = {one.maker for one in found.values()}
    return tuple(replace(row, chunked=found.get(row.id), is_indexed=row.id in makers) for row in rows)


def _writes_files(row: Row) -> bool:
    declared = [parameter.environment for parameter in row.node.task.parameters.values()]
    return f'"{_OWN_FILES}"' in json.dumps([dict(row.bound)]) or any(
        one is not None and one.variable == _OWN_FILES for one in declared
    )


def _maker(row: Row) -> str:
    if row.each is None or row.each.argvalues != {INPUT: 0}:
        return ""
    return next(item.instance for item in row.inputs if item.each and not item.owner)


def _free(name: str, taken: Iterable[str]) -> str:
    return _free(f"{name}_", taken) if name in taken else name
