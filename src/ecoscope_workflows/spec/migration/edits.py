"""Changes to a text, made at once; and for each place of the result the place it comes from."""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from ecoscope_workflows.errors import Where

if TYPE_CHECKING:
    from collections.abc import Iterator

# What YAML takes for the end of a line.
_LINE_END = re.compile("\r\n|[\r\n\x85\u2028\u2029]")


@dataclass(frozen=True)
class Lines:
    """The lines of a text, as YAML counts them."""

    text: str

    @cached_property
    def starts(self) -> list[int]:
        """Return where each line begins."""
        return [0, *(match.end() for match in _LINE_END.finditer(self.text))]

    def start(self, offset: int) -> int:
        """Return where the line that holds `offset` begins."""
        return self.starts[bisect.bisect_right(self.starts, offset) - 1]

    def end(self, offset: int) -> int:
        """Return where the line that holds `offset` ends, before its line break."""
        match = _LINE_END.search(self.text, offset)
        return match.start() if match else len(self.text)

    def next(self, offset: int) -> int:
        """Return where the line after the one that holds `offset` begins."""
        match = _LINE_END.search(self.text, offset)
        return match.end() if match else len(self.text)

    def column(self, offset: int) -> int:
        """Return how many characters stand before `offset` in its line."""
        return offset - self.start(offset)

    def where(self, offset: int, file: str) -> Where:
        """Return a place as messages give it."""
        line = bisect.bisect_right(self.starts, offset)
        return Where(file, line, offset - self.starts[line - 1] + 1)

    def offset(self, line: int, column: int) -> int:
        """Return the inverse of `where`."""
        return min(self.starts[line - 1] + column - 1, len(self.text))


@dataclass
class Edits:
    """Changes to `text`; one inside a stretch that another replaces goes with it."""

    text: str
    changes: list[tuple[int, int, str]] = field(default_factory=list)

    @cached_property
    def lines(self) -> Lines:
        """Return the lines of the text as it was."""
        return Lines(self.text)

    @cached_property
    def line_break(self) -> str:
        """Return how the text ends its lines."""
        return "\r\n" if "\r\n" in self.text else "\n"

    def replace(self, start: int, end: int, new: str) -> None:
        """Put `new` in the place of what stands from `start` to `end`."""
        self.changes.append((start, end, new))

    def insert(self, at: int, new: str) -> None:
        """Put `new` before what stands at `at`; of two insertions at one place the earlier comes first."""
        self.changes.append((at, at, new))

    def apply(self) -> str:
        """Return the text with every change made."""
        parts, position = [], 0
        for start, end, new in self._ordered():
            parts += [self.text[position:start], new]
            position = end
        return "".join([*parts, self.text[position:]])

    def origins(self) -> Origins:
        """Return where in this text each place of the result comes from."""
        results, sources, exact, position, length = [0], [0], [True], 0, 0
        for start, end, new in self._ordered():
            length += start - position
            results += [length, length + len(new)]
            sources += [start, end]
            exact += [False, True]
            length += len(new)
            position = end
        return Origins(results, sources, exact)

    def _ordered(self) -> Iterator[tuple[int, int, str]]:
        position = 0
        for start, end, new in sorted(self.changes, key=lambda change: change[:2]):
            if start >= position:
                yield start, end, new
                position = end


@dataclass(frozen=True)
class Origins:
    """Stretches of a result, each with the place in the source that it begins at."""

    results: list[int]
    sources: list[int]
    exact: list[bool]

    def of(self, offset: int) -> int:
        """Return the source of a place; text that was put in comes from the place it was put at."""
        number = bisect.bisect_right(self.results, offset) - 1
        return self.sources[number] + (offset - self.results[number] if self.exact[number] else 0)
