"""What a spec needs installed; the published cases are in test_conformance."""

from __future__ import annotations

import pytest

from ecoscope_workflows.errors import SpecError
from ecoscope_workflows.spec.load import parse_spec
from ecoscope_workflows.spec.model import Requirement


def requirements_of(entry: str) -> tuple[Requirement, ...]:
    return parse_spec(f"id: f\nrequirements: [{entry}]\nworkflow: []\n", "s.yaml").requirements


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ('{name: x, version: "*"}', Requirement("x", "*", "conda-forge")),
        ('{name: x, version: "0.22.17.*"}', Requirement("x", "0.22.17.*", "conda-forge")),
        ('{name: x, version: ">=1.2, <2|==3.0rc1"}', Requirement("x", ">=1.2, <2|==3.0rc1", "conda-forge")),
        ("{name: x, version: 2.13.0, channel: file:///a/b/}", Requirement("x", "2.13.0", "file:///a/b/")),
        ('{requirement: "pandas>=2,<3"}', Requirement("pandas", ">=2,<3", "conda-forge")),
        ("{requirement: pandas}", Requirement("pandas", "*", "conda-forge")),
        ("{name: x, path: /a b, editable: true}", Requirement("x", source=("path", "/a b"), editable=True)),
        (
            "{name: x, git: 'https://h/x.git', rev: abc, subdirectory: in/x, extras: [a, b]}",
            Requirement(
                "x",
                source=("git", "https://h/x.git"),
                reference="abc",
                subdirectory="in/x",
                extras=("a", "b"),
            ),
        ),
    ],
)
def test_each_form_is_read(entry: str, expected: Requirement) -> None:
    assert requirements_of(entry) == (expected,)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("{name: x, version: '>= >2'}", "2:35: EW242 '>= >2' is no version"),
        ("{name: x}", "2:16: EW213 the requirement has no 'version'"),
        (
            "{name: x, version: 2.0}",
            '2:35: EW211 `version` must be text, not 2.0\n  hint: write `version: "2.0"`',
        ),
        ("{name: x, path: a/b}", "2:32: EW244 `path` is relative: 'a/b'"),
        ("{name: x, editable: true}", "2:16: EW244 a requirement has no source"),
        (
            "{name: x, vresion: '1'}",
            "2:26: EW212 a requirement has no key 'vresion'\n  hint: did you mean 'version'?",
        ),
        ("{requirement: 'pandas >> 2'}", "2:30: EW242 'pandas >> 2' is not a package and its version"),
        ("{name: 'a b', version: '1'}", "2:23: EW242 'a b' is not the name of a package"),
        ("{name: x, git: 'https://h/a b.git'}", "2:31: EW244 `git` holds white space: 'https://h/a b.git'"),
        (r'{name: x, url: "https://h/x\n-r y"}', "2:31: EW244 `url` holds white space: 'https://h/x\\n-r y'"),
        (r'{name: x, path: "/a\n-r y"}', "2:32: EW244 `path` holds a line break: '/a\\n-r y'"),
        ("{name: x, url: ''}", "2:31: EW244 `url` is empty"),
        ("{name: x, git: 'https://me:key@h:8080/x'}", "2:31: EW244 `git` holds a password\n  hint: give it"),
        ("{name: x, version: '1', channel: 'https://a:b@h/c'}", "2:49: EW244 `channel` holds a password"),
        ("{name: x, git: 'https://h/x', tag: v 1}", "2:51: EW244 `tag` holds white space: 'v 1'"),
        ("{name: x, path: /a, extras: ['a]']}", "2:45: EW242 'a]' is not the name of an extra"),
        ("5", "2:16: EW211 a requirement must be a mapping, not a whole number"),
    ],
)
def test_each_fault_has_its_place_and_words(entry: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        requirements_of(entry)
    assert any(str(problem).startswith(f"s.yaml:{message}") for problem in caught.value.problems), str(
        caught.value
    )


def test_a_requirement_knows_its_place_and_is_the_same_anywhere() -> None:
    first, second = requirements_of("{requirement: pandas}, {requirement: pandas}")
    assert (str(first.where), str(second.where)) == ("s.yaml:2:16", "s.yaml:2:39")
    assert first == second


def test_a_package_name_with_a_trailing_dash_is_refused() -> None:
    with pytest.raises(SpecError, match="EW242"):
        requirements_of("{name: 'x-', version: '1'}")
