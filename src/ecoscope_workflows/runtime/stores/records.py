"""Records of known results: what a process needs to restore one without loading its task."""
# ruff: noqa: PTH119, PTH120, PTH123  # importing pathlib takes longer than restoring a small result

from __future__ import annotations

import os

from ecoscope_workflows.runtime.stores.local import LocalShelf


class Record:
    """What is known of a result beside its entries.

    Parameters
    ----------
    variables, own_files, sources, check
        See `ecoscope_workflows.runtime.known_results.Words.check`.
    digest
        The hash of what the result holds.
    key
        The key of its entry.
    before, after
        Its provenance around the hash of the spec; empty where it stands inside the result.
    """

    __slots__ = ("after", "before", "check", "digest", "key", "own_files", "sources", "variables")

    def __init__(  # one for each line
        self,
        variables: tuple[str, ...],
        own_files: tuple[str, ...],
        sources: tuple[str, ...],
        check: str,
        digest: str,
        key: str,
        before: str = "",
        after: str = "",
    ) -> None:
        self.variables, self.own_files, self.sources = variables, own_files, sources
        self.check, self.digest = check, digest
        self.key, self.before, self.after = key, before, after

    @classmethod
    def read(cls, path: str) -> Record:
        """Read a record.

        Raises
        ------
        OSError, ValueError
            Where there is none, or something else.
        """
        with open(path, encoding="utf-8") as stream:
            lines = stream.read().split("\n")
        variables, own_files, sources, check, digest, key, before, after, end = lines
        if end:
            raise ValueError("not a record")
        names, own = tuple(variables.split()), tuple(own_files.split())
        return cls(names, own, tuple(sources.split("\0")), check, digest, key, before, after)

    def write(self, path: str) -> None:
        """Write it."""
        lines = [
            " ".join(self.variables),
            " ".join(self.own_files),
            "\0".join(self.sources),
            self.check,
            self.digest,
            self.key,
            self.before,
            self.after,
            "",
        ]
        LocalShelf(os.path.dirname(path)).write(os.path.basename(path), "\n".join(lines))
