"""Stands for a person's editor: sets the line of one key in a file, as the comment beside the command says.

A line that is commented out, as in a form of `get-params`, loses its ``# ``.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path


def main(file: Path, edit: str) -> None:
    """Write `edit`, a line ``key: value``, in the place of the only line of `file` with that key."""
    text = file.read_text(encoding="utf-8")
    if edit:
        key = re.escape(edit.partition(":")[0])
        text, count = re.subn(
            rf"^( *)(?:# )?{key}:.*$", lambda line: line[1] + edit, text, flags=re.MULTILINE
        )
        if count != 1:
            sys.exit(f"{count} lines of {file} have the key that {edit!r} sets")
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), os.environ["DOCUMENT_EDIT"])
