"""The table of executors: each of its cells names a test that is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
NO_TEST = {"no limit", "no queue", "none", "not needed", "not tested"}
TABLE = re.compile(r"(?:^\|.*\n)+", re.MULTILINE)


def test_each_cell_of_the_table_names_a_test() -> None:
    text = (ROOT / "docs" / "reference" / "executors.md").read_text(encoding="utf-8")
    tables = [table.splitlines()[2:] for table in TABLE.findall(text)]
    assert [len(table) > 8 for table in tables] == [True, True, True]
    for feature, *cells in (line.strip("| ").split(" | ") for table in tables for line in table):
        for cell in cells:
            named = re.findall(r"`((?:\w+/)?test_\w+\.py)::(test_\w+)`", cell)
            assert named or cell in NO_TEST, f"{feature}: {cell}"
            for file, name in named:
                folder = ROOT / "tests" / ("" if "/" in file else "end_to_end")
                source = (folder / file).read_text(encoding="utf-8")
                assert f"def {name}(" in source, f"{feature}: {file} has no {name}"
