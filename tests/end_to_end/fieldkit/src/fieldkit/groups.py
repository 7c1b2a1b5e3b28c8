"""Tasks that make collections, and tasks that are called for each of their items."""

from __future__ import annotations

import os
import time
from typing import Annotated

from ecoscope_workflows.annotations import AnyDataFrame, skipped_dependency_fallback
from ecoscope_workflows.decorators import distributed, skip_condition

# None where there is no number because it was skipped.
Number = Annotated[int | None, skipped_dependency_fallback(lambda _: None)]


def note(word: str) -> None:
    """Write down that a call happened, where the test asks for that."""
    if "FIELDKIT_TRACE" in os.environ:
        with open(os.environ["FIELDKIT_TRACE"], "a", encoding="utf-8") as stream:  # noqa: PTH123  # one line
            stream.write(f"{word} {os.getpid()}\n")


@skip_condition
def any_empty(*args: object) -> bool:
    """Hold where a frame has no rows."""
    return any(getattr(value, "empty", False) is True for value in args)


@skip_condition
def any_skipped(*args: object) -> bool:
    """Hold where a value stands in for a skipped result."""
    return any(type(value).__name__ == "SkipSentinel" for value in args)


@distributed
def herds(counts: dict[str, int]) -> list[tuple[str, AnyDataFrame]]:
    """Make a frame for each herd."""
    import pandas as pd  # noqa: PLC0415  # heavy imports belong inside the task

    return [(name, pd.DataFrame({"animal": range(count)})) for name, count in sorted(counts.items())]


@distributed
def grow(frame: AnyDataFrame, by: int, seconds: float = 0) -> AnyDataFrame:
    """Add a number to a column."""
    note(f"grow {len(frame)}")
    time.sleep(seconds)
    if by < 0:
        raise ValueError(f"herds of {len(frame)} cannot shrink")
    return frame.assign(animal=frame["animal"] + by)


@distributed
def size(frame: AnyDataFrame) -> int:
    """Count rows."""
    return len(frame)


@distributed(cheap=True)
def caption(text: str) -> str:
    """Return a text."""
    return text


@distributed(cheap=True)
def titled(key: str | None, number: Number, title: str) -> str:
    """Return a title with a key and a number."""
    return f"{title} {key}: {number}"


@distributed
def joined(texts: list[str]) -> str:
    """Return texts as one."""
    return "; ".join(texts)


@distributed
def halves(frame: AnyDataFrame) -> list[AnyDataFrame]:
    """Cut a frame in two."""
    middle = len(frame) // 2
    return [frame.iloc[:middle], frame.iloc[middle:]]


@distributed
def sizes(frames: list[AnyDataFrame]) -> list[int]:
    """Count the rows of each frame."""
    return [len(frame) for frame in frames]


@distributed
def write_note(text: str, folder: str) -> str:
    """Write a file of its own, and return its path."""
    os.makedirs(folder, exist_ok=True)  # noqa: PTH103  # a folder as text, as published tasks get it
    path = f"{folder}/{text[:4]}.txt"
    with open(path, "w", encoding="utf-8") as stream:  # noqa: PTH123  # as above
        stream.write(text)
    return path
