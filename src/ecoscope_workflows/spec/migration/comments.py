"""YAML text in, its comments out."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import yaml

from ecoscope_workflows.spec.migration.layout import LOADER

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMMENT = re.compile("#[^\r\n\x85\u2028\u2029]*")
# `|` and `>` may have a comment behind them, in the line before their text.
_HEADER = re.compile("[|>][^\r\n#]*")


def comments(text: str) -> Iterator[tuple[int, str]]:
    """Yield each comment and where it begins; the text must be valid YAML."""
    position = 0
    for token in yaml.scan(text, Loader=LOADER):
        yield from _between(text, position, token.start_mark.index)
        position = token.end_mark.index
        if isinstance(token, yaml.ScalarToken) and token.style in {"|", ">"}:
            header = _HEADER.match(text, token.start_mark.index)
            comment = _COMMENT.match(text, header.end()) if header else None
            if comment:
                yield comment.start(), comment.group().rstrip()
    yield from _between(text, position, len(text))


def _between(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    for found in _COMMENT.finditer(text, start, end):
        yield found.start(), found.group().rstrip()


def lost(before: str, after: str) -> Iterator[tuple[int, str]]:
    """Yield the comments of one text that another does not have, or not as often."""
    left = Counter(comment for _, comment in comments(after))
    for start, comment in comments(before):
        left[comment] -= 1
        if left[comment] < 0:
            yield start, comment
