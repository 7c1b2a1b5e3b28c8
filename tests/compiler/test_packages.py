"""What a spec requires against what is installed: the lock of it, and what is said where they differ."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement

from ecoscope_workflows.compiler.packages import lock
from ecoscope_workflows.errors import TargetError
from ecoscope_workflows.spec.load import parse_spec

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Install = Callable[..., None]

RINGS = "https://git.example/rings.git"
COMMIT = "8f5c0a6f0d5e4c9b8a7d6e5f4c3b2a1908f7e6d5"
FROM_GIT = {"url": RINGS, "vcs_info": {"vcs": "git", "requested_revision": "v2", "commit_id": COMMIT}}


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Return a function that lays down what an installer says of a package."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def install_(name: str, version: str, *requires: str, origin: object = None) -> None:
        facts = tmp_path / f"{name.replace('-', '_')}-{version}.dist-info"
        facts.mkdir()
        head = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", "Provides-Extra: more"]
        (facts / "METADATA").write_text(
            "\n".join([*head, *(f"Requires-Dist: {one}" for one in requires), ""])
        )
        if origin is not None:
            (facts / "direct_url.json").write_text(json.dumps(origin))

    return install_


def lock_of(*entries: str) -> list[str]:
    listed = "".join(f"\n  - {entry}" for entry in entries) or " []"
    text = f"id: tracks\nworkflow: [{{id: fixes, task: load}}]\nrequirements:{listed}\n"
    return lock(parse_spec(text, "s.yaml")).splitlines()


def faults(*entries: str) -> list[str]:
    with pytest.raises(TargetError) as caught:
        lock_of(*entries)
    return [str(problem).partition("\n")[0] for problem in caught.value.problems]


def test_a_lock_has_the_versions_of_all_that_is_needed(install: Install) -> None:
    install("Birds.Kit", "1.5", "nests>=1", "eggs; extra == 'more'", "fish; sys_platform == 'none'")
    install("nests", "3.0rc1")
    install("eggs", "0.1")
    alone = lock_of()
    names = [line.partition("==")[0] for line in alone]
    assert names == sorted(names)
    assert {"snakemake", "geopandas", "pydantic"} <= set(names)
    locked = lock_of('{name: birds-kit, version: ">=1,<2"}')
    assert set(locked) - set(alone) == {"birds-kit==1.5", "nests==3.0rc1"}
    install("wings", "2", "birds-kit[more]")
    assert set(lock_of("{requirement: wings}")) - set(locked) == {"eggs==0.1", "wings==2"}
    assert all(Requirement(line.partition("  #")[0]) for line in locked)


@pytest.mark.parametrize(
    ("origin", "line"),
    [
        (FROM_GIT, f"rings @ git+{RINGS}@{COMMIT}"),
        ({**FROM_GIT, "subdirectory": "src/r"}, f"rings @ git+{RINGS}@{COMMIT}#subdirectory=src/r"),
        (
            {"url": "https://h/rings.zip", "archive_info": {"hashes": {"sha256": "ab12"}}},
            "rings @ https://h/rings.zip#sha256=ab12",
        ),
        ({"url": "https://h/rings.zip", "archive_info": {}}, "rings @ https://h/rings.zip"),
        (
            {"url": "file:///home/me/rings", "dir_info": {"editable": True}},
            "rings==2.1  # installed here from a folder or file: give pip a wheel of it",
        ),
    ],
    ids=["git", "part of a repository", "archive", "archive without a hash", "folder"],
)
def test_a_lock_says_where_a_package_is_from_that_is_on_no_index(
    install: Install, origin: object, line: str
) -> None:
    install("rings", "2.1", origin=origin)
    assert line in lock_of(f"{{name: rings, {'git' if 'git' in line else 'url'}: '{RINGS}'}}")


def test_what_is_not_as_the_spec_requires_is_said_where_that_stands(install: Install) -> None:
    install("birds", "1.5")
    install("rings", "2.1", origin=FROM_GIT)
    assert faults(
        '{name: birds, version: ">=1,<1.5|>=2"}',
        "{requirement: fish}",
        "{requirement: birds}",
        '{name: birds, version: "1.*.5"}',
        "{name: birds, url: 'https://h/birds.zip'}",
        f"{{name: rings, git: '{RINGS}', tag: v3}}",
        f"{{name: rings, git: '{RINGS}', rev: {COMMIT[:8]}}}",
        f"{{name: rings, git: '{RINGS}', tag: v2}}",
    ) == [
        "s.yaml:4:5: EW772 birds 1.5 is installed here, and the spec requires >=1,<1.5|>=2",
        "s.yaml:5:5: EW772 fish is not installed here",
        "s.yaml:7:5: EW772 birds 1.*.5: pip cannot read `1.*.5`",
        "s.yaml:8:5: EW772 birds was installed from an index, not from url https://h/birds.zip",
        "s.yaml:9:5: EW772 rings was installed from v2, not v3",
    ]


def test_either_of_several_conditions_is_enough(install: Install) -> None:
    install("birds", "2.5b1")
    assert "birds==2.5b1" in lock_of('{name: birds, version: "1.*|>=2.5.0a1"}')


def test_what_a_package_needs_and_has_not_is_said(install: Install) -> None:
    install("birds", "1.5", "nests>=1")
    assert faults("{requirement: birds}") == ["EW772 nests is not installed here, and birds needs it"]
