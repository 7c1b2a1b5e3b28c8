"""Tasks that cost next to nothing: numbers, text and JSON."""

from __future__ import annotations

import time
from typing import Annotated, Any

from pydantic import Field

from ecoscope_workflows.annotations import InputFile
from ecoscope_workflows.decorators import distributed

from .arithmetic import scaled


@distributed(tags=["io"])
def read_numbers(path: InputFile) -> list[int]:
    """Read whole numbers from a text file."""
    return [int(word) for word in path.read_text(encoding="utf-8").split()]


@distributed
def scale(
    numbers: list[int],
    factor: Annotated[int, Field(description="What each number is multiplied by.")] = 1,
    offset: Annotated[int, Field(description="What is added to each number.")] = 0,
) -> list[int]:
    """Multiply and shift numbers."""
    # The work itself is done elsewhere.
    return scaled(numbers, factor, offset)


@distributed
def total(numbers: list[int]) -> int:
    """Add numbers up."""
    return sum(numbers)


@distributed
def largest(numbers: list[int], floor: int = 0) -> int:
    """Return the largest number, or a floor."""
    return max([*numbers, floor])


@distributed
def label(parts: dict[str, Any], title: str) -> str:
    """Put a title over named values."""
    return "\n".join([title, *(f"{name} = {value}" for name, value in parts.items())])


@distributed
def echo(value: Any) -> Any:
    """Return what is given."""
    return value


@distributed
def echo_text(value: str) -> str:
    """Return the text that is given."""
    return value


@distributed
def echo_table(value: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return the table that is given."""
    return value


@distributed
def noise(seed: int, size: int, seconds: float) -> list[int]:
    """Take some time and return many numbers, the same for each seed."""
    time.sleep(seconds)
    return [seed * number % 1_000_003 for number in range(size)]


@distributed
def long_text(seed: int, size: int, seconds: float) -> str:
    """Take some time and return a long text that says at its end how long it is."""
    time.sleep(seconds)
    body = f"{seed}\n" * size
    return f"{body}{len(body)}"


@distributed(
    image="registry.example/heavy:1.2",
    resources={"mem_mb": 500, "threads": 2, "unit": 'it\'s "one" {x}'},
    retries=2,
    timeout=90,
)
def demanding(values: list[Any], options: dict[str, Any] | None = None) -> dict[str, Any]:
    """Ask for everything that a task may ask for."""
    return {"values": values, "options": options or {}}


@distributed
def odd_values() -> Any:
    """Return values that are not what they are once they have been a file."""
    return {2: (1, 2), 1: {"b", "a"}, None: float("nan")}


@distributed
def show(value: Any) -> str:
    """Write a value as Python does."""
    return repr(value)


@distributed
def reserved(  # noqa: PLR0917  # each is a name that means something elsewhere
    input: int,  # noqa: A002  # as above, and so on
    output: int,
    params: int,
    log: int,
    threads: int,
    resources: int,
    wildcards: int,
    rule: int,
    count: int,
    index: int,
    items: int,
    get: int,
    keys: int,
    values: int,
    sort: int,
    size: int,
    size_mb: int,
    update: int,
    self: int,
    instance: int,
    task: int,
    args: int,
    bound: int,
    example: int,
    workflow: int,
    results: int,
    match: int,
    _names: int,
    _hidden: int,
    x: list[int],
    x_1: int,
    x_2: int,
) -> dict[str, Any]:
    """Return everything by its name."""
    return dict(locals())
