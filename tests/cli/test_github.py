"""Problems as commands that GitHub Actions turn into annotations."""

from __future__ import annotations

from ecoscope_workflows.cli.github import as_commands
from ecoscope_workflows.errors import Problem, Where

CLASH = Problem(
    "EW301",
    "100% wrong:\nall, of it",
    Where("my, specs/a:b.yaml", 31, 7),
    "mend it",
    related=((Where("my, specs/a:b.yaml", 22, 5), "returns text"),),
)


def test_commands_of_github_are_escaped() -> None:
    assert as_commands([CLASH]) == (
        "::error file=my%2C specs/a%3Ab.yaml,line=31,col=7,title=EW301"
        "::100%25 wrong:%0Aall, of it%0Amy, specs/a:b.yaml:22:5: returns text%0Ahint: mend it"
    )


def test_commands_of_github_say_no_more_of_a_place_than_is_known() -> None:
    file = Problem("EW200", "there is no such file", Where("a.yaml"), severity="warning")
    assert as_commands([file, Problem("EW108", "cannot be imported")]) == (
        "::warning file=a.yaml,title=EW200::there is no such file\n::error title=EW108::cannot be imported"
    )
