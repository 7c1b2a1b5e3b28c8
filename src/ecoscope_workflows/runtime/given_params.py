"""Params files and the command line, or the config of a module, in; params and where each stands out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.runtime.rule_params import merged, read_params
from ecoscope_workflows.spec.document import Document

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True)
class GivenParams:
    """The params of a workflow, and the documents that they come from."""

    title: str
    values: dict[str, Any]
    documents: tuple[Document, ...]

    @classmethod
    def read(cls, files: Sequence[Path], overrides: Mapping[str, Any]) -> GivenParams:
        """Read those of the files that are there; what the command line says goes before them.

        Raises
        ------
        SpecError, ParamsError
            When one is no YAML, or one that Snakemake would execute.
        """
        documents = tuple(read_params(path) for path in files if path.exists())
        values = merged([document.value for document in documents], overrides)
        return cls(str(files[0]), values, documents)

    @classmethod
    def of(cls, config: Document) -> GivenParams:
        """Return the params that a module is given; the command line is for the workflow that it names."""
        return cls(config.file, merged([config.value], {}), (config,))

    def whole(self) -> Document:
        """Return the merged params with the places of the file that each value comes from."""
        for document in self.documents:
            if not isinstance(document.value, dict | None):
                return document
        whole = Document(self.title, self.values)
        for document in self.documents:
            whole.places.update(document.places)
            whole.key_places.update(document.key_places)
        return whole
