"""The table of executors: each of its cells names a test that is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
NO_TEST = {"no queue", "none", "not needed", "not tested"}


def test_each_cell_of_the_table_names_a_test() -> None:
    lines = (ROOT / "docs" / "reference" / "executors.md").read_text(encoding="utf-8").splitlines()
    table = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")][1:]
    assert len(table) > 10
    for feature, *cells in table:
        for cell in cells:
            named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", cell)
            assert named or cell in NO_TEST, f"{feature}: {cell}"
            for file, name in named:
                source = (ROOT / "tests" / "end_to_end" / file).read_text(encoding="utf-8")
                assert f"def {name}(" in source, f"{feature}: {file} has no {name}"
