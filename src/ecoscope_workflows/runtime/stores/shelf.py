"""What a store needs of the place that it is in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator


class Shelf(Protocol):
    """Named things in one place; a name is a path with ``/`` in it, relative to the place.

    Every method but `listed` raises `OSError` where something is missing or cannot be done.
    """

    @property
    def place(self) -> str:
        """The folder or URL, as it may be shown."""

    def read(self, name: str) -> str:
        """Return a small text."""

    def write(self, name: str, text: str) -> None:
        """Write a small text so that readers see all of it or what was there before."""

    def fetch(self, name: str, target: str) -> None:
        """Copy content to a local file or folder that does not exist."""

    def sealed(self, name: str) -> str:
        """Return the hash of every byte of content."""

    def keep(self, source: str, name: str) -> None:
        """Copy a local file or folder to a name that nobody else uses."""

    def used(self, name: str, made: float) -> None:
        """Note that a small text was of use now; `made` is when it was written."""

    def remove(self, name: str) -> None:
        """Remove something; nothing happens where it is not there."""

    def listed(self) -> Iterator[tuple[str, int, float]]:
        """Yield name, size, and time of the last change of everything that does not vanish meanwhile."""
