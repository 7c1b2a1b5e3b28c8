"""Marks that a type in a signature may carry: where a value comes from, and what file it becomes."""

from __future__ import annotations

from dataclasses import dataclass


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
class FileSuffix:
    """Names the file a text result is stored in."""

    suffix: str
