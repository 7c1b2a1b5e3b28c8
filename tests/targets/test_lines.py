"""Text of a spec in comments."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ecoscope_workflows.targets.lines import MAX_LINE, one_line


@given(st.text())
def test_a_comment_is_one_line_of_bounded_length(text: str) -> None:
    line = one_line(text)
    assert len(f"# {line}".splitlines()) == 1
    assert len(line) <= MAX_LINE


def test_white_space_is_folded_and_a_long_text_cut() -> None:
    assert one_line(" a\n\tb\u2028c ") == "a b c"
    assert one_line("x" * 500).endswith("x...")
