"""Marks that a type in a signature may carry: where a value comes from, and what file it becomes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class FileInput:
    """Marks a parameter as a file that a task reads, so that a run notices when the file changes."""


@dataclass(frozen=True, slots=True)
class FromEnvironment:
    """Marks a parameter that is read from an environment variable where the task runs.

    Parameters
    ----------
    variable
        The name of the environment variable.
    secret
        A secret is never taken from a spec or a params file, and never written anywhere.
    """

    variable: str
    secret: bool = False


@dataclass(frozen=True, slots=True)
class WrittenAs:
    """Says what a value may be written as in a spec, where its form shows one way of several.

    Parameters
    ----------
    annotation
        The type of all that may be written.
    """

    annotation: Any


@dataclass(frozen=True, slots=True)
class FileSuffix:
    """Names the file a text result is stored in."""

    suffix: str


@dataclass(frozen=True, slots=True)
class BesideSpec:
    """Marks a parameter whose value, where a spec does not give it, is in a JSON file beside the spec.

    Parameters
    ----------
    file
        The name of the file.
    """

    file: str


@dataclass(frozen=True, slots=True)
class OnlyNamedColumns:
    """Says that a task reads no columns of a data frame but those that its schema names."""
