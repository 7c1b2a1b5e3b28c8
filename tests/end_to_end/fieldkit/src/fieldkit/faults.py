"""Tasks that fail, each in its own way."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import Annotated

from ecoscope_workflows.annotations import FromEnvironment
from ecoscope_workflows.decorators import distributed


@distributed
def divide(number: int, by: int) -> float:
    """Divide, by whatever is given."""
    return quotient(number, by)


def quotient(number: int, by: int) -> float:
    """Do the division, one frame further down."""
    return number / by


@distributed
def needs_password(password: Annotated[str, FromEnvironment("FIELDKIT_PASSWORD", secret=True)]) -> int:
    """Return the length of a secret."""
    return len(password)


@distributed(timeout=1)
def sleeper(seconds: float) -> float:
    """Sleep, longer than its timeout if asked to."""
    time.sleep(seconds)
    return seconds


@distributed
def killed(sign: str) -> str:
    """End its own process as the system does when memory runs out."""
    os.kill(os.getpid(), signal.SIGKILL)
    return sign


@distributed
def wrong_type() -> int:
    """Return something that is no number."""
    answer: object = "forty-two"
    return answer  # type: ignore[return-value]  # the fault that the contract must find


@distributed
def long_text(letters: int) -> str:
    """Return a text of many letters."""
    return "x" * letters


@distributed
def leaves() -> int:
    """End the program in the middle of the work, as if all were well."""
    sys.exit(0)


@distributed
def talks(number: int) -> int:
    """Say something on both streams before it fails."""
    print("to standard output")  # noqa: T201  # tasks of others do
    print("to standard error", file=sys.stderr)  # noqa: T201  # as above
    raise ValueError(f"of the number {number}")


@distributed
def hungry(megabytes: int) -> int:
    """Hold memory until it is stopped."""
    held = b"\1" * (megabytes << 20)
    time.sleep(600)
    return len(held)


@distributed
def waits(path: str, number: int = 0) -> int:
    """Wait until a file is there."""
    while not os.path.exists(path):  # noqa: PTH110  # a path as text
        time.sleep(0.1)
    return number + 1
