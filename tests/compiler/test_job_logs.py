"""Which log says what became of an instance."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ecoscope_workflows.compiler.job_logs import log_of

if TYPE_CHECKING:
    from pathlib import Path


def write(path: Path, text: str, time: float) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    os.utime(path, (time, time))


def test_without_chunks_it_is_its_own(tmp_path: Path) -> None:
    assert log_of(tmp_path, "one") == tmp_path / "logs" / "one.log"


def test_the_last_chunk_that_failed_says_it(tmp_path: Path) -> None:
    own, chunks = tmp_path / "logs" / "one.log", tmp_path / "logs" / "one"
    write(own, "one: 3 items\n", 10)
    write(chunks / "a.log", "error: of an earlier run\n", 5)
    assert log_of(tmp_path, "one") == own
    write(chunks / "b.log", "a warning\nerror: EW621\n", 20)
    write(chunks / "c.log", "error: EW621\n", 15)
    write(chunks / "d.log", "no error: at all\n", 30)
    assert log_of(tmp_path, "one") == chunks / "b.log"
    own.unlink()
    assert log_of(tmp_path, "one") == chunks / "b.log"
