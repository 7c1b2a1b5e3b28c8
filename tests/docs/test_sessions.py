"""The convention of documents that run: what is a command, what is its output, and when the two disagree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.docs.conftest import Block, Session

    SessionOf = Callable[[list[Block]], Session]
    MakeBlock = Callable[[str, str], Block]


def test_a_command_goes_on_behind_a_backslash_and_its_output_follows(block: MakeBlock) -> None:
    first, second = block("console", "$ echo a \\\n  b\na b\n$ true\n").commands
    assert first.text == "echo a \\\n  b"
    assert first.expected == ("a b",)
    assert (second.text, second.line, second.expected) == ("true", 4, ())


def test_output_without_a_command_is_refused(block: MakeBlock) -> None:
    with pytest.raises(AssertionError, match="output of no command"):
        list(block("console", "a b\n").commands)


@pytest.mark.parametrize(
    ("shown", "printed", "agrees"),
    [
        ("a\nb\n", "a\nb\n", True),
        ("a\nb\n", "a  \nb", True),
        ("a\nb\n", "a\n", False),
        ("a\n", "a\nb\n", False),
        ("...\nb\n", "a\na\nb\n", True),
        ("a\n...\n", "a\n", True),
        ("took ... s\n", "took 1.5 s\n", True),
        ("took ... s\n", "took\n1.5 s\n", False),
        ("a.b\n", "axb\n", False),
        ("", "anything\n", True),
    ],
    ids=["same", "spaces", "less", "more", "before", "after", "within", "one-line", "literal", "not-shown"],
)
def test_output_agrees_with_what_is_shown(shown: str, printed: str, agrees: bool, block: MakeBlock) -> None:
    (command,) = block("console", f"$ true\n{shown}").commands
    assert command.agrees(printed) is agrees


def test_commands_of_all_blocks_share_one_shell(session_of: SessionOf, block: MakeBlock) -> None:
    session = session_of(
        [
            block("console", "$ mkdir new && cd new && export WORD=here\n"),
            block("yaml", "# deep/file.yaml\na: 1\n"),
            block("python", "from pathlib import Path\nprint(Path('deep/file.yaml').read_text())\n"),
            block("console", "$ echo $WORD\n$ $EDITOR deep/file.yaml  # a: 2\n$ cat deep/file.yaml\n"),
        ]
    )
    outputs = [output for _, output in session.run()]
    assert outputs == ["", "", "# deep/file.yaml\na: 1\n\n", "here\n", "", "# deep/file.yaml\na: 2\n"]
    assert (session.work / "new" / "deep" / "file.yaml").is_file()
    assert (session.work / "specs" / "time_density" / "spec.yaml").is_file()


@pytest.mark.parametrize(
    "text", ["$ false\n$ true\n", "$ true\nerror: as expected\n", "$ $EDITOR /dev/null  # a: 1\n"]
)
def test_an_exit_code_other_than_shown_stops_the_session(
    text: str, session_of: SessionOf, block: MakeBlock
) -> None:
    with pytest.raises(AssertionError, match="exit code"):
        list(session_of([block("console", text)]).run())


def test_a_failure_that_is_shown_is_no_failure(session_of: SessionOf, block: MakeBlock) -> None:
    session = session_of([block("console", "$ echo error: no && false\nerror: no\n$ echo on\n")])
    assert [output for _, output in session.run()] == ["error: no\n", "on\n"]


def test_commands_that_cannot_run_are_left_out(session_of: SessionOf, block: MakeBlock) -> None:
    assert list(session_of([block("console", "$ make demo\n")]).run()) == []
