"""A result in, a short view of it out, as text and as HTML: what a cell of a notebook shows."""

from __future__ import annotations

import html
from dataclasses import dataclass
from pprint import pformat
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.contracts.plain import plain
from ecoscope_workflows.contracts.skipping import SkipSentinel, is_skipped
from ecoscope_workflows.runtime.fan_out import key_in_words
from ecoscope_workflows.runtime.storage import companions_of, read_collection_index, read_result

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ecoscope_workflows.contracts.codecs import Codec
    from ecoscope_workflows.contracts.stored import Item

PAGE = ".html"
FRAME = ".parquet"
HEAD = 5
# What is longer than this is no longer a peek.
MAX_ITEMS = 10
MAX_LINES = 20
MAX_LETTERS = 1500
# A notebook holds what it shows; with pages larger than this it opens no more.
MAX_PAGE = 20_000_000
WIDTH = 100
HEIGHT = 480
# A page may run its scripts, open links and save files; it cannot reach the notebook that shows it.
SANDBOX = "allow-scripts allow-popups allow-downloads"


@dataclass(frozen=True)
class Peek:
    """A short view of a result: a notebook shows its HTML where it has any, and else its text."""

    text: str
    page: str | None = None

    def _repr_html_(self) -> str | None:
        return self.page

    def __repr__(self) -> str:
        return self.text


def peek_at_file(path: Path, codec: Codec | None = None) -> Peek:
    """Return a short view of a stored result.

    Parameters
    ----------
    path
        Its file or folder.
    codec
        How it is stored; for a folder, how each item is.

    Raises
    ------
    StorageError
        When it cannot be read.
    """
    if path.is_dir():
        return _collection(path, codec)
    value = read_result(path, codec)
    if is_skipped(value):
        return peek_at_value(value)
    pages = [path.with_suffix(suffix) for suffix in companions_of(codec) if suffix == PAGE] if codec else []
    if path.suffix == PAGE:
        pages = [path]
    return _page(pages[0]) if pages else peek_at_value(value)


def peek_at_value(value: Any) -> Peek:
    """Return a short view of a value."""
    if is_skipped(value):
        reason = value.reason if isinstance(value, SkipSentinel) else "skipped"
        return Peek(reason)
    if hasattr(value, "iloc") and hasattr(value, "columns"):
        return _frame(value)
    return Peek(_shortened(_in_words(value)))


def _frame(frame: Any) -> Peek:
    head = frame.head(HEAD)
    size = f"{len(frame):,} rows, {len(frame.columns)} columns"
    # Not `_repr_html_`: that says of the head how many rows it has.
    table = head.to_html(show_dimensions=False, border=0, notebook=True)
    return Peek(f"{head}\n{size}", f"{table}\n<p>{size}</p>")


def _page(path: Path) -> Peek:
    size = path.stat().st_size
    if size > MAX_PAGE:
        return Peek(f"{path}: too large to be shown here ({size / 1e6:.0f} MB)")
    looks = f'sandbox="{SANDBOX}" width="100%" height="{HEIGHT}" style="border: 0"'
    frame = f'<iframe {looks} srcdoc="{html.escape(path.read_text(encoding="utf-8"))}"></iframe>'
    return Peek(str(path), f"{frame}\n<p>{html.escape(str(path))}</p>")


def _collection(path: Path, codec: Codec | None) -> Peek:
    index = read_collection_index(path)
    if isinstance(index, SkipSentinel):
        return peek_at_value(index)
    here = [item for item in index.items if item.skipped is None]
    count = f"{len(index.items)} item{'' if len(index.items) == 1 else 's'}"
    large = [item for item in here if (path / item.file).is_dir() or item.file.endswith((PAGE, FRAME))]
    if not large:
        lines = [_item_in_words(path, item, codec) for item in index.items[:MAX_ITEMS]]
        return Peek("\n".join([count, *lines, *_more(index.items)]))
    shown = large[0]
    others = [f"- {_name(item)}" for item in index.items[:MAX_ITEMS]]
    caption = f"{count}; shown is {_name(shown)}" if len(index.items) > 1 else _name(shown)
    inner = peek_at_file(path / shown.file, codec)
    names = html.escape("\n".join([*others, *_more(index.items)]))
    listed = f"<details><summary>{html.escape(caption)}</summary><pre>{names}</pre></details>"
    return Peek(f"{inner.text}\n{caption}", f"{inner.page or ''}\n{listed}")


def _more(items: Sequence[Any]) -> list[str]:
    return [f"... and {len(items) - MAX_ITEMS} more"] if len(items) > MAX_ITEMS else []


def _item_in_words(path: Path, item: Item, codec: Codec | None) -> str:
    value = read_result(path / item.file, codec)
    text = peek_at_value(value).text if is_skipped(value) else " ".join(_in_words(value).split())
    return f"- {_name(item)}: {_shortened(text, MAX_LETTERS // MAX_ITEMS)}"


def _name(item: Item) -> str:
    """Return the key of an item as people read it, or the name of its file."""
    name = key_in_words(item.key) if item.key is not None else item.file
    return f"{name} (skipped)" if item.skipped is not None else name


def _in_words(value: Any) -> str:
    """Return a text to the letter, and anything else as plain data."""
    return value if isinstance(value, str) else pformat(plain(value), width=WIDTH, sort_dicts=False)


def _shortened(text: str, letters: int = MAX_LETTERS) -> str:
    whole = text.rstrip()
    kept = "\n".join(whole.splitlines()[:MAX_LINES])[:letters]
    return whole if kept == whole else f"{kept}..."
