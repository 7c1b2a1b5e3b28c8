"""Small tasks and conditions that the tests of this folder call."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel

from ecoscope_workflows.annotations import (
    AnyDataFrame,
    FromEnvironment,
    InputFile,
    SkipSentinel,
    skipped_dependency_fallback,
)
from ecoscope_workflows.decorators import distributed, skip_condition

TRACE = "DEMO_TRACE"
# Text where there is no number because it was skipped.
Number = Annotated[int | str, skipped_dependency_fallback(lambda skipped: skipped.reason)]


def note(word: object) -> None:
    """Write down that a call happened, also from another process."""
    if TRACE in os.environ:
        with Path(os.environ[TRACE]).open("a", encoding="utf-8") as stream:
            stream.write(f"{word} {os.getpid()}\n")


@skip_condition
def any_negative(*args: object) -> bool:
    """Hold where a value is a negative number."""
    return any(isinstance(value, int) and value < 0 for value in args)


@skip_condition
def any_skipped(*args: object) -> bool:
    """Hold where a value stands in for a skipped result."""
    return any(isinstance(value, SkipSentinel) for value in args)


@skip_condition
def any_text(*args: object) -> bool:
    """Hold where a value is not a number."""
    return any(not isinstance(value, int) for value in args)


@skip_condition
def all_negative(*args: object) -> bool:
    """Hold where two or more values are there and all are negative numbers."""
    return len(args) > 1 and all(isinstance(value, int) and value < 0 for value in args)


@skip_condition
def raises(*args: object) -> bool:
    """Fail on every value."""
    raise ZeroDivisionError(f"of {len(args)}")


@distributed
def double(value: int, by: int = 2, folder: str = "") -> int:
    """Multiply."""
    note(value)
    if value == 13:
        raise ValueError("13 is an unlucky number")
    return value * by + len(folder)


@distributed
def count_rows(value: int, path: InputFile) -> int:
    """Count the rows of a file."""
    import pyarrow.parquet as pq  # noqa: PLC0415  # heavy imports belong inside the task

    note(value)
    return int(pq.read_metadata(path).num_rows) + value


@distributed
def die(value: int) -> int:
    """End the process that it is called in."""
    os._exit(value)


@distributed(tags=["io"])
def fetch(value: int) -> int:
    """Multiply with what the world outside says."""
    note(value)
    return value


@distributed(tags=["io"], ttl=3600)
def fetch_hourly(value: int, connection: str = "") -> int:
    """Multiply with what the world outside says, which is true for an hour."""
    note(value)
    return value + len(connection)


@distributed(tags=["io"], ttl=3600)
def fetch_table(value: int) -> AnyDataFrame:
    """Return what the world outside says, which is true for an hour."""
    import pandas as pd  # noqa: PLC0415  # heavy imports belong inside the task

    note(value)
    return pd.DataFrame({"value": [value]})


@distributed(cache=False)
def uncached(value: int) -> int:
    """Say that a result must not be used again."""
    note(value)
    return value


@distributed
def with_variable(value: int, server: Annotated[str, FromEnvironment("DEMO_SERVER")]) -> str:
    """Use an environment variable."""
    note(value)
    return f"{server}:{value}"


@distributed
def counted(numbers: list[int]) -> int:
    """Count."""
    return len(numbers)


@distributed
def add(left: int, right: int) -> int:
    """Add."""
    return left + right


@distributed
def told(value: Number) -> str:
    """Say what came."""
    return f"<{value}>"


@distributed
def kept(value: Any) -> Any:
    """Return anything."""
    return value


@distributed
def write_file(text: str, folder: str) -> str:
    """Write a file of its own."""
    note(text)
    path = Path(folder, f"{text}.txt")
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text(text, encoding="utf-8")
    return str(path)


@distributed
def parts(value: int) -> list[tuple[str, Any]]:
    """Return a collection that becomes a folder."""
    note(value)
    return [("a", value), ("b", [value])]


class Title(BaseModel):
    """A text and a number."""

    text: str
    size: int = 1


@distributed(cheap=True)
def title(text: str) -> Title:
    """Return a model."""
    note(f"title {text}")
    return Title(text=text)


@distributed(cheap=True)
def shout(text: str) -> str:
    """Return a text in capitals."""
    note(f"shout {text}")
    return text.upper()


@distributed
def joined(texts: list[str], head: str = "") -> str:
    """Return texts as one."""
    return head + ",".join(texts)


@distributed
def headed(value: int, heads: list[str]) -> str:
    """Return a number behind some texts."""
    note(value)
    return f"{'/'.join(heads)} {value}"
