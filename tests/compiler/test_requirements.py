"""What a spec requires as files: an environment for conda, and lines for pip."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from packaging.requirements import Requirement
from rattler import MatchSpec

from ecoscope_workflows import __version__
from ecoscope_workflows.compiler.requirements import EXTRAS, PYTHON, environment, pip_requirements
from ecoscope_workflows.errors import TargetError
from ecoscope_workflows.spec.load import load_spec, parse_spec

if TYPE_CHECKING:
    from ecoscope_workflows.spec.model import Spec

ROOT = Path(__file__).parents[2]
OURS = f"ecoscope-workflows[geo]=={__version__}"
PUBLISHED = "https://repo.prefix.dev/ecoscope-workflows"


def spec_of(*entries: str) -> Spec:
    text = f"id: tracks\nrequirements: [{', '.join(entries)}]\nworkflow: [{{id: fixes, task: load}}]\n"
    return parse_spec(text, "s.yaml")


def test_an_environment_has_the_packages_of_the_spec_and_this_one() -> None:
    spec = spec_of(
        '{name: pandas, version: ">=2, <3|==4.1"}',
        "{requirement: numpy}",
        f"{{name: ecoscope-platform, version: 2.16.1, channel: {PUBLISHED}/}}",
        "{name: ext-custom, version: 0.1.0rc14.*, channel: ecoscope-workflows-custom}",
        "{name: birds, git: 'git@git.example:rings/birds.git', tag: v1, subdirectory: src/b, extras: [a, b]}",
        "{name: my, path: /a b/c, editable: true, extras: [x]}",
    )
    written = environment(spec)
    assert written == environment(spec)
    content = yaml.safe_load(written)
    assert content["channels"] == ["conda-forge", PUBLISHED, f"{PUBLISHED}-custom", "nodefaults"]
    *packages, by_pip = content["dependencies"]
    assert packages == [
        f"python {PYTHON}",
        "pip",
        "pandas >=2,<3|==4.1",
        "numpy",
        f"{PUBLISHED}::ecoscope-platform ==2.16.1",
        f"{PUBLISHED}-custom::ext-custom 0.1.0rc14.*",
    ]
    assert by_pip == {
        "pip": [
            "birds[a,b] @ git+ssh://git@git.example/rings/birds.git@v1#subdirectory=src/b",
            "-e '/a b/c[x]'",
            OURS,
        ]
    }
    read = [MatchSpec(package) for package in packages]
    assert [str(one.version) for one in read[2:]] == [">=2,<3|==4.1", "None", "==2.16.1", "0.1.0rc14.*"]
    assert read[-1].channel is not None
    assert read[-1].channel.base_url == f"{PUBLISHED}-custom/"


def test_conda_and_pip_can_read_what_all_published_specs_require(reference_data: Path) -> None:
    found = sorted((reference_data / "published-specs").glob("*.yaml"))
    paths = [path for path in found if not path.name.endswith(".test-cases.yaml")]
    assert len(paths) >= 30
    for path in paths:
        spec = load_spec(path)
        *packages, by_pip = yaml.safe_load(environment(spec))["dependencies"]
        assert len(spec.requirements) > 0, path.name
        assert [MatchSpec(package).name is not None for package in packages] == [True] * len(packages)
        assert by_pip["pip"][-1] == OURS
        # All that is published can be said to pip too.
        assert len(pip_requirements(spec)) == len(spec.requirements) + 1
        assert len(packages) + len(by_pip["pip"]) == len(spec.requirements) + 3, path.name


@pytest.mark.parametrize(
    ("entry", "line"),
    [
        ("{requirement: pandas}", "pandas"),
        ('{name: pandas, version: "2.*"}', "pandas==2.*"),
        ("{requirement: 'pandas >=2, !=2.1.*'}", "pandas>=2,!=2.1.*"),
        ("{name: x, git: 'https://h/x.git'}", "x @ git+https://h/x.git"),
        ("{name: x, git: 'git+https://h/x.git', branch: main}", "x @ git+https://h/x.git@main"),
        (
            "{name: x, git: 'ssh://me@h:8080/x.git', rev: ab1}",
            "x @ git+ssh://me@h:8080/x.git@ab1",
        ),
        ("{name: x, path: /a b/c, extras: [e]}", "x[e] @ file:///a%20b/c"),
        ("{name: x, path: /a, subdirectory: b}", "x @ file:///a#subdirectory=b"),
        ("{name: x, path: /a, subdirectory: b, editable: true}", "-e /a/b"),
        ("{name: x, url: 'https://h/x-1.tar.gz'}", "x @ https://h/x-1.tar.gz"),
        (
            "{name: x, url: 'https://h/x.zip#sha256=ab', subdirectory: b}",
            "x @ https://h/x.zip#sha256=ab&subdirectory=b",
        ),
    ],
)
def test_each_requirement_is_a_line_for_pip(entry: str, line: str) -> None:
    assert pip_requirements(spec_of(entry)) == [line, OURS]
    if not line.startswith("-e"):
        read = Requirement(line)
        assert (read.url is None) == ("@" not in line)


def test_a_spec_may_say_which_version_of_this_package_it_needs() -> None:
    spec = spec_of("{name: ecoscope_workflows, path: /src/ew}")
    assert pip_requirements(spec) == ["ecoscope_workflows @ file:///src/ew"]
    assert OURS not in environment(spec).decode()


def test_versions_that_pip_has_no_words_for_are_refused_where_they_stand() -> None:
    spec = spec_of("{requirement: 'a >=1,<2|>=3'}", "{requirement: b}", "{name: c, version: 1.*.3}")
    with pytest.raises(TargetError) as caught:
        pip_requirements(spec)
    assert [str(problem).partition("\n")[0] for problem in caught.value.problems] == [
        "s.yaml:2:16: EW771 a >=1,<2|>=3: pip has no `|`",
        "s.yaml:2:65: EW771 c 1.*.3: pip cannot read `1.*.3`",
    ]


def test_pip_reads_the_lines_and_finds_what_they_name(tmp_path: Path) -> None:
    source = tmp_path / "my rings"
    source.mkdir()
    (source / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        '[project]\nname = "rings"\nversion = "1.5"\n[tool.hatch.build.targets.wheel]\ninclude = ["*.py"]\n'
    )
    lines = pip_requirements(spec_of("{requirement: 'pyarrow>=16'}", f"{{name: rings, path: {source}}}"))
    (tmp_path / "requirements.txt").write_text("\n".join(lines))
    options = ("--dry-run", "--no-deps", "--no-index", "--no-build-isolation", "--disable-pip-version-check")
    command = (sys.executable, "-m", "pip", "install", *options, "-r", tmp_path / "requirements.txt")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "Would install rings-1.5"


def test_what_is_said_of_this_package_is_what_it_says_of_itself() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["requires-python"] == PYTHON
    assert set(EXTRAS) <= project["optional-dependencies"].keys()
