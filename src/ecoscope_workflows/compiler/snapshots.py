"""A stored result and a new one in, the differences in words out.

What differs from run to run is masked in a stored result: ``"tmpfile"`` stands for the path of a file that
exists, and ``"str"`` for any text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

ANY_FILE = "tmpfile"
ANY_TEXT = "str"
MASKS = (ANY_FILE, ANY_TEXT)
# Longer values are cut to what stands around the place where they part.
MAX_LETTERS = 120
BEFORE = 40


def differences(stored: Any, found: Any, folder: Path | None, path: str = "result") -> list[str]:
    """Return what in a result is not as it was stored, each with the place of it.

    Parameters
    ----------
    stored, found
        The two, as JSON data.
    folder
        Where the files are that the result names; None where nothing is masked.
    path
        The place of the two in the whole.
    """
    if folder is not None and isinstance(stored, str) and stored in MASKS:
        return _masked_difference(stored, found, folder, path)
    if isinstance(stored, dict) and isinstance(found, dict):
        faults = [f"{path}: {key!r} is missing" for key in stored if key not in found]
        faults += [f"{path}: {key!r} was not there" for key in found if key not in stored]
        for key in stored:
            if key in found:
                faults += differences(stored[key], found[key], folder, f"{path}.{key}")
        return faults
    if isinstance(stored, list) and isinstance(found, list):
        if len(stored) != len(found):
            return [f"{path}: {len(found)} items, not {len(stored)}"]
        return [
            fault
            for number, (before, after) in enumerate(zip(stored, found, strict=True))
            for fault in differences(before, after, folder, f"{path}[{number}]")
        ]
    same = type(stored) is type(found) and (stored == found or (stored != stored and found != found))  # noqa: PLR0124  # nan
    return [] if same else [f"{path}: {apart(stored, found)}"]


def apart(stored: Any, found: Any) -> str:
    """Return two values that differ in words, of long ones what stands around the place where they part."""
    before, after = repr(stored), repr(found)
    letters = zip(before, after, strict=False)
    least = min(len(before), len(after))
    place = next((at for at, (one, other) in enumerate(letters) if one != other), least)
    return f"{_around(after, place)}, not {_around(before, place)}"


def _around(text: str, place: int) -> str:
    if len(text) <= MAX_LETTERS:
        return text
    start = max(0, place - BEFORE)
    end = start + MAX_LETTERS
    return f"{'...' if start else ''}{text[start:end]}{'...' if end < len(text) else ''}"


def _masked_difference(mask: str, found: Any, folder: Path, path: str) -> list[str]:
    if not isinstance(found, str):
        return [f"{path}: {found!r} is no text"]
    if mask == ANY_FILE and not _is_file(folder / found):
        return [f"{path}: there is no file {found!r}"]
    return []


def masked(result: Any, folder: Path) -> Any:
    """Return a result as it is stored: the paths of files and the traceback of a failure are masked."""
    if isinstance(result, dict):
        hidden = {"trace"} if result.get("error") else set()
        return {key: ANY_TEXT if key in hidden else masked(value, folder) for key, value in result.items()}
    if isinstance(result, list):
        return [masked(item, folder) for item in result]
    if isinstance(result, str) and result and "\n" not in result and _is_file(folder / result):
        return ANY_FILE
    return result


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a text too long for a path
        return False
