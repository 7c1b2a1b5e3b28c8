"""Records of known results: what a process needs to restore one without loading its task."""
# ruff: noqa: PTH119, PTH120, PTH123  # importing pathlib takes longer than restoring a small result

from __future__ import annotations

import os

from ecoscope_workflows.runtime.stores.local import LocalShelf

# What `typing` would say; importing it takes longer than restoring a small result.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class Record:
    """What is known of a result beside its entries.

    Parameters
    ----------
    variables, own_files, sources, check
        See `ecoscope_workflows.runtime.known_results.Words.check`.
    digest
        The hash of what the result holds.
    keys
        By suffix the key of each file that belongs to the result; of the result itself by an empty text.
    before, after
        Its provenance around the hash of the spec; empty where it stands inside the result.
    """

    __slots__ = ("after", "before", "check", "digest", "keys", "own_files", "sources", "variables")

    def __init__(  # one for each line
        self,
        variables: tuple[str, ...],
        own_files: tuple[str, ...],
        sources: tuple[str, ...],
        check: str,
        digest: str,
        keys: Mapping[str, str],
        before: str = "",
        after: str = "",
    ) -> None:
        self.variables, self.own_files, self.sources = variables, own_files, sources
        self.check, self.digest = check, digest
        self.keys, self.before, self.after = keys, before, after

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
        variables, own_files, sources, check, digest, keys, before, after, end = lines
        if end:
            raise ValueError("not a record")
        pairs = [word.split("=") for word in keys.split(" ")]
        by_suffix = {suffix: key for suffix, key in pairs}  # noqa: C416  # mypy knows these as pairs
        names, own = tuple(variables.split()), tuple(own_files.split())
        return cls(names, own, tuple(sources.split("\0")), check, digest, by_suffix, before, after)

    def write(self, path: str) -> None:
        """Write it."""
        keys = " ".join(f"{suffix}={key}" for suffix, key in self.keys.items())
        lines = [
            " ".join(self.variables),
            " ".join(self.own_files),
            "\0".join(self.sources),
            self.check,
            self.digest,
            keys,
            self.before,
            self.after,
            "",
        ]
        LocalShelf(os.path.dirname(path)).write(os.path.basename(path), "\n".join(lines))
