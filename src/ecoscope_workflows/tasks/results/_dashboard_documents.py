"""The pages that widgets name in, a store of their parts out: what many pages share is kept once."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

# Only blocks longer than this are worth a name of their own.
MIN_SHARED = 2000
# Where a page is cut makes no difference to what it says: its parts are put together again as they were.
_BLOCK = re.compile(r"<(script|style)\b[^>]*>.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
WEB = ("http", "https")


class UnreadablePageError(ValueError):
    """A page cannot be shown; the message says why, to readers of the dashboard."""


@dataclass(slots=True)
class Documents:
    """Pages by number, as lists of parts, and the parts by the hash of their text.

    Parameters
    ----------
    parts
        Texts by hash, in the order in which they first occur.
    pages
        For each page the hashes of its parts.
    """

    parts: dict[str, str] = field(default_factory=dict)
    pages: list[list[str]] = field(default_factory=list)
    _numbers: dict[str, int] = field(default_factory=dict)

    def add(self, text: str) -> int:
        """Add a page and return its number; a page that is there already keeps its own."""
        digest = _digest(text)
        if digest not in self._numbers:
            self._numbers[digest] = len(self.pages)
            self.pages.append([self._part(chunk) for chunk in _chunks(text)])
        return self._numbers[digest]

    def _part(self, text: str) -> str:
        digest = _digest(text)
        self.parts.setdefault(digest, text)
        return digest


def _chunks(text: str) -> list[str]:
    """Return the text cut into its long scripts and styles, and what stands between them."""
    found: list[str] = []
    done = 0
    for block in _BLOCK.finditer(text):
        if len(block.group()) >= MIN_SHARED:
            found += [text[done : block.start()], block.group()]
            done = block.end()
    return [chunk for chunk in [*found, text[done:]] if chunk]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def web_address(data: str) -> str | None:
    """Return the address of a page on the web, or None for anything else."""
    try:
        return data if urlsplit(data).scheme.lower() in WEB else None
    except ValueError:
        return None


def read_page(data: Any) -> str:
    """Return the page at a path: absolute, relative to the working directory, or as a ``file:`` address.

    Raises
    ------
    UnreadablePageError
        When there is no such file, or it is no text.
    """
    path = Path(unquote(urlsplit(data).path) if data.lower().startswith("file:") else data)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UnreadablePageError(f"The file {path.name} is missing.") from None
    except UnicodeDecodeError:
        raise UnreadablePageError(f"The file {path.name} is no text in UTF-8.") from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "its name is not one of a file"
        raise UnreadablePageError(f"The file {path.name} cannot be read: {why}.") from None
    if not text.strip():
        raise UnreadablePageError(f"The file {path.name} is empty.")
    return text
