"""What a template prints of one task instance."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecoscope_workflows.graph.model import Node


@dataclass(frozen=True, slots=True)
class Input:
    """A file that an instance reads.

    Parameters
    ----------
    argument
        The argument that the file is for.
    instance
        The instance that makes the file, or an empty text for a file that a param names.
    file
        The name of the file in the results, or an empty text for a file that a param names.
    path
        The path of a file that the spec itself names.
    owner
        The cheap instance whose argument it is, where it is not the instance's own.
    each
        Whether it is what `map` or `mapvalues` goes through.
    """

    argument: str
    instance: str = ""
    file: str = ""
    path: str = ""
    owner: str = ""
    each: bool = False


@dataclass(frozen=True, slots=True)
class Each:
    """What an instance is called for one by one: the method, the arguments, and the encoded collection."""

    method: str
    argnames: tuple[str, ...]
    argvalues: Any


@dataclass(frozen=True, slots=True)
class SkipIf:
    """When an instance is skipped: conditions as ``module:name``, and how deep arguments are unpacked."""

    conditions: tuple[str, ...]
    unpack_depth: int = 1


@dataclass(frozen=True, slots=True)
class Chunked:
    """How an instance is computed in chunks.

    Parameters
    ----------
    rule
        The name of the rule of one chunk.
    maker
        The instance that makes the collection that is gone through.
    size
        How many elements a chunk may hold.
    """

    rule: str
    maker: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One task instance as a template prints it.

    Parameters
    ----------
    chunked
        How it is computed in chunks, if it is.
    is_indexed
        Whether what is in its result must be known before the jobs behind it are.
    """

    id: str
    title: str
    group: str | None
    module: str
    function: str
    result: str
    node: Node
    inputs: tuple[Input, ...] = ()
    bound: Mapping[str, Any] = field(default_factory=dict)
    threads: int = 1
    resources: Mapping[str, int | float | str] = field(default_factory=dict)
    retries: int = 0
    timeout: int | None = None
    image: str | None = None
    mock: str | None = None
    each: Each | None = None
    skipif: SkipIf | None = None
    companions: tuple[str, ...] = ()
    cheap: bool = False
    chunked: Chunked | None = None
    is_indexed: bool = False

    @property
    def is_folder(self) -> bool:
        """Return whether the result is a folder: a collection, with a file per item."""
        return "." not in self.result
