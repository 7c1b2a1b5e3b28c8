"""Versions as conda writes them, and what pip is told: both take the same releases. Rattler is conda here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from rattler import Version, VersionSpec

from ecoscope_workflows.compiler.conda_versions import for_conda, for_pip
from ecoscope_workflows.spec.load import parse_spec

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn

FORMS = ["{}", "=={}", "={}", "{}.*", "{}*", "={}.*", "!={}", "!={}.*", "!={}*", ">={}", ">{}", "<={}", "<{}"]
FORMS += ["~={}", ">={}.*", "<{}.*", "*"]
numbers = st.lists(st.integers(0, 3), min_size=1, max_size=4).map(lambda parts: ".".join(map(str, parts)))
releases = st.builds("{}{}".format, st.sampled_from(["", "", "", "1!"]), numbers)


@st.composite
def conditions(draw: DrawFn) -> str:
    """Return a condition that both can read."""
    version = draw(releases)
    form = draw(st.sampled_from(FORMS))
    if form.startswith("~") and "." not in version:
        version += ".0"
    return form.format(version)


versions = st.lists(st.lists(conditions(), min_size=1, max_size=3).map(",".join), min_size=1, max_size=2).map(
    "|".join
)


def conda_takes(version: str, release: str) -> bool:
    return VersionSpec(version, strict=False).matches(Version(release))


@given(versions, releases)
def test_pip_takes_the_releases_that_conda_takes(version: str, release: str) -> None:
    taken = any(SpecifierSet(one).contains(release, prereleases=True) for one in for_pip(version))
    assert taken == conda_takes(version, release)


@given(versions, releases)
def test_an_environment_file_says_the_same(version: str, release: str) -> None:
    written = for_conda(version) or "*"
    # Nothing is left to how a program reads a version without an operator.
    assert all(one[0] in "<>=!~" or "*" in one for part in written.split("|") for one in part.split(","))
    assert conda_takes(written, release) == conda_takes(version, release)


@given(versions)
def test_whatever_is_translated_is_a_version_to_the_reader_of_specs(version: str) -> None:
    spec = f'id: f\nrequirements: [{{name: x, version: "{version}"}}]\nworkflow: []\n'
    assert parse_spec(spec, "s.yaml").requirements[0].version == version


@pytest.mark.parametrize(
    ("version", "conda", "pip"),
    [
        ("*", "", [""]),
        ("2.16.1", "==2.16.1", ["==2.16.1"]),
        ("=1.2", "=1.2", ["==1.2.*"]),
        (" >=0.22.12, <0.23.0 ", ">=0.22.12,<0.23.0", [">=0.22.12,<0.23.0"]),
        ("0.1.0rc14.*", "0.1.0rc14.*", ["==0.1.0rc14"]),
        (">=1,<2|==3.0", ">=1,<2|==3.0", [">=1,<2", "==3.0"]),
        (">=1,*", ">=1,*", [">=1"]),
        (">=1|*", ">=1|*", [""]),
    ],
)
def test_forms_of_published_specs(version: str, conda: str, pip: list[str]) -> None:
    assert (for_conda(version), for_pip(version)) == (conda, pip)


@pytest.mark.parametrize(
    ("version", "why"),
    [
        ("1.*.3", "pip cannot read `1.*.3`"),
        ("==1.2.*", "`==1.2.*` is not the same to conda and to pip"),
        ("~=1.2.*", "`~=1.2.*` is not the same to conda and to pip"),
        (">1.2.*", "`>1.2.*` is not the same to conda and to pip"),
        ("~=1", "pip cannot read `~=1`"),
        ("!=*", "pip cannot read `!=*`"),
        ("1.2_3", "pip cannot read `1.2_3`"),
        (">=9e", "pip cannot read `>=9e`"),
    ],
)
def test_what_pip_has_no_words_for_is_said(version: str, why: str) -> None:
    with pytest.raises(ValueError, match="pip") as caught:
        for_pip(version)
    assert str(caught.value) == why
