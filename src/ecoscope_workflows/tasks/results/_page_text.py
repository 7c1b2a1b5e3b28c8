"""Texts and data of users in, what may stand in a page of ours out."""

from __future__ import annotations

import json
import re
from typing import Any

# Characters that end a script element or a line of JavaScript; JSON may write any character as an escape.
_JSON_ESCAPES = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}
_CONTROLS = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


def data_block(data: dict[str, Any]) -> str:
    """Return JSON that can stand inside a script element whatever texts it holds."""
    text = json.dumps(data, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.translate(_JSON_ESCAPES)


def clean_text(text: str) -> str:
    """Return a text without control characters and half surrogates, which no HTML file may hold."""
    return _CONTROLS.sub(" ", text).strip()
