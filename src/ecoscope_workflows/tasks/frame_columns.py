"""Column names in, an error that says which of them a frame lacks out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecoscope_workflows.errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable


def require_columns(frame: Any, names: Iterable[str], argument: str) -> None:
    """Check that a frame has columns.

    Parameters
    ----------
    frame
        A data frame.
    names
        The columns that it must have.
    argument
        The argument that names them, for the message.

    Raises
    ------
    KeyError
        When it lacks one of them.
    """
    known = [str(name) for name in frame.columns]
    missing = [name for name in names if name not in known]
    if missing:
        words = f"column{'s' if len(missing) > 1 else ''} {', '.join(map(repr, missing))}"
        hint = did_you_mean(missing[0], known) or f"it has {len(known)} columns"
        raise KeyError(f"{argument} names the {words}, which the frame does not have; {hint}")


def require_unique(names: Iterable[str], argument: str) -> None:
    """Check that no name stands twice.

    Raises
    ------
    ValueError
        When one does.
    """
    seen: set[str] = set()
    twice: list[str] = []
    for name in names:
        if name in seen:
            twice.append(name)
        seen.add(name)
    if twice:
        words = ", ".join(map(repr, dict.fromkeys(twice)))
        raise ValueError(f"{argument} would give a frame two columns of the name {words}; name each once")
