"""The file that Snakemake's logger plugin writes in, what happened since it was last asked out."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened in a run.

    Parameters
    ----------
    name
        What: one of the events that ``snakemake_logger_plugin_ecoscope`` writes.
    time
        When, in seconds since 1970.
    facts
        What else is known of it.
    """

    name: str
    time: float
    facts: Mapping[str, Any] = field(default_factory=dict)


class EventFile:
    """A file of events that another process may still be writing.

    Parameters
    ----------
    path
        The file; it need not exist yet.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read = 0

    def new(self) -> list[Event]:
        """Return the events since the last call; of a line that is still being written nothing yet."""
        try:
            with self.path.open("rb") as stream:
                stream.seek(self._read)
                text = stream.read()
        except FileNotFoundError:
            return []
        whole = text[: text.rfind(b"\n") + 1]
        self._read += len(whole)
        return [event for line in whole.splitlines() if (event := _event(line))]


def _event(line: bytes) -> Event | None:
    """Return the event of a line; None where the disk was full, or another program has written there."""
    try:
        facts: dict[str, Any] = json.loads(line)
        return Event(str(facts.pop("event")), float(facts.pop("time")), facts)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
