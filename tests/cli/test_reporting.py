"""Problems as text: the line, the caret below the word, both ends of an edge."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import pytest

from ecoscope_workflows.cli.reporting import as_text
from ecoscope_workflows.errors import Problem, Where

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_both_ends_of_an_edge_are_shown(folder: Path) -> None:
    text = "".join(f"line {number}\n" for number in range(1, 13))
    (folder / "a.yaml").write_text(text, encoding="utf-8")
    ends = ((Where("a.yaml", 2, 6), "returns text"), (Where("b.yaml", 3, 1), "is read here"))
    clash = Problem("EW1", "a clash", Where("a.yaml", 12, 6), "mend it", related=ends)
    assert click.unstyle(as_text(clash)) == (
        "error[EW1]: a clash\n"
        "  --> a.yaml:12:6\n"
        "   |\n"
        "12 | line 12\n"
        "   |      ^^\n"
        "  ::: a.yaml:2:6\n"
        "   |\n"
        " 2 | line 2\n"
        "   |      ^ returns text\n"
        "  ::: b.yaml:3:1\n"
        "   = is read here\n"
        "   = hint: mend it\n"
    )


@pytest.mark.parametrize(
    ("line", "column", "shown", "marked"),
    [
        ("a: ${{ workflow.b.return }} # c", 4, "a: ${{ workflow.b.return }} # c", "   " + 24 * "^"),
        ("a: 'b c', d", 4, "a: 'b c', d", "   ^^^^^"),
        (r'a: "b \" c" d', 4, r'a: "b \" c" d', "   ^^^^^^^^"),
        ("a: \x1b[31mred", 4, "a: \N{REPLACEMENT CHARACTER}[31mred", "   ^^^^^^^^"),
        ("\ta: b", 2, "\ta: b", "\t^"),
        (200 * "x" + "here " + 200 * "y", 201, 60 * "x" + "here " + 95 * "y", 60 * " " + "^^^^"),
        ("ab", 9, "ab", "  ^"),
    ],
    ids=["variable", "quotes", "double-quotes", "escape", "tab", "long-line", "beyond"],
)
def test_the_caret_stands_below_the_word(
    folder: Path, line: str, column: int, shown: str, marked: str
) -> None:
    (folder / "a.yaml").write_text(f"{line}\n", encoding="utf-8")
    text = click.unstyle(as_text(Problem("EW1", "wrong", Where("a.yaml", 1, column))))
    assert text.split("\n")[-3:-1] == [f"1 | {shown}", f"  | {marked}"]
