"""`ecoscope-workflows explain`: what a code means, on a terminal."""

from __future__ import annotations

import pytest

from ecoscope_workflows.cli import run
from ecoscope_workflows.cli.codes import all_codes


def explained(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert run(["explain", *words]) == 0
    return capsys.readouterr().out


def test_a_code_is_explained_with_its_example_and_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert explained(capsys, "EW203") == (
        "EW203: a tag is not allowed\n"
        "\n"
        "Found when a spec is read.\n"
        "\n"
        "A tag such as `!!timestamp` or `!mine` asks YAML to build something other than plain data.\n"
        "A spec holds plain data only, so that reading one can never run code.\n"
        "\n"
        "    # spec.yaml\n"
        "    id: tracks\n"
        "    requirements: []\n"
        "    workflow:\n"
        "      - id: fixes\n"
        "        task: load_relocations\n"
        "        partial:\n"
        "          path: !file tracks.parquet\n"
        "\n"
        "    error[EW203]: tag '!file' is not allowed here\n"
        "     --> spec.yaml:8:13\n"
        "      |\n"
        "    8 |       path: !file tracks.parquet\n"
        "      |             ^^^^^\n"
        "      = hint: remove it: only plain data is read\n"
        "\n"
        "What to do\n"
        "\n"
        "Remove the tag; the type of the task's parameter turns text into what it needs.\n"
    )


def test_a_code_may_be_written_in_small_letters(capsys: pytest.CaptureFixture[str]) -> None:
    assert explained(capsys, "ew203") == explained(capsys, "EW203")


@pytest.mark.parametrize("code", all_codes())
def test_no_markup_of_documents_is_shown(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = explained(capsys, code)
    assert "```" not in text
    assert "](" not in text
    assert "##" not in text


def test_without_a_code_all_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    lines = explained(capsys).splitlines()
    assert [line.split()[0] for line in lines] == all_codes()
    assert "EW301  a task is not installed" in lines


def test_an_unknown_code_gets_the_nearest_one_and_exit_code_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "EW2O3"]) == 1
    error = capsys.readouterr().err
    assert "error[EW721]" in error
    assert "there is no code 'EW2O3'" in error
    assert "did you mean 'EW203'" in error
