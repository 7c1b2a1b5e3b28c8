"""Every code is documented in one place, with an example that is what it says it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.code_pages import REFERENCE, message_of, problems_of, reference_page

from ecoscope_workflows.cli.codes import all_codes, code_page, page_text
from ecoscope_workflows.errors import EcoscopeWorkflowsError

SOURCE = Path(__file__).parents[2] / "src" / "ecoscope_workflows"
# What somebody who writes a spec or params can bring about.
WRITTEN = {"reading", "graph", "strict", "lint", "params"}
# No page can hold a file that is no text; tests/cli/test_check.py has one.
NO_EXAMPLE = {"EW200"}


def written_codes() -> list[str]:
    return [code for code in all_codes() if code_page(code).phase in WRITTEN and code not in NO_EXAMPLE]


def test_every_code_in_the_source_is_documented_and_no_other() -> None:
    texts = [path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py")]
    used = {code for text in texts for code in re.findall(r'["\'](EW[0-9]{3})["\']', text)}
    assert used == set(all_codes())


@pytest.mark.parametrize("code", all_codes())
def test_a_page_has_a_title_a_phase_a_meaning_and_a_cure(code: str) -> None:
    page = code_page(code)
    assert page_text(code).startswith(f"# {code}: {page.title}\n\n")
    assert 10 <= len(page.title) <= 60
    assert page.meaning.endswith(".")
    assert page.advice
    assert page.severity == ("warning" if page.phase in {"lint", "target"} else "error")


@pytest.mark.parametrize("code", written_codes())
def test_the_example_of_a_code_is_reported_as_its_page_shows(code: str, tmp_path: Path) -> None:
    page = code_page(code)
    found = problems_of(page, tmp_path)
    assert {problem.code for problem in found} == {code}
    assert {problem.severity for problem in found} == {page.severity}
    assert all(problem.where for problem in found)
    assert page.message == message_of(code).rstrip() + "\n"


def test_what_no_spec_can_bring_about_has_no_example() -> None:
    for code in set(all_codes()) - set(written_codes()):
        assert code_page(code).example == {}, code


def test_the_reference_page_is_made_of_the_pages() -> None:
    assert REFERENCE.read_text(encoding="utf-8") == reference_page()


def test_an_unknown_code_gets_the_nearest_one() -> None:
    with pytest.raises(EcoscopeWorkflowsError) as caught:
        page_text("EW2O2")
    (problem,) = caught.value.problems
    assert problem.what == "there is no code 'EW2O2'"
    assert "'EW202'" in problem.hint
