"""Texts and data of users in, what may stand in a page of ours out."""

from __future__ import annotations

import json
import re
from typing import Any

_CONTROLS = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


def data_block(data: dict[str, Any]) -> str:
    """Return JSON that can stand inside a script element whatever texts it holds."""
    text = json.dumps(data, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    # What ends a script element; of a long text `translate` takes twenty times as long.
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def clean_text(text: str) -> str:
    """Return a text without control characters and half surrogates, which no HTML file may hold."""
    return _CONTROLS.sub(" ", text).strip()
