"""The documents do what they say: their commands run, their files parse, their links lead somewhere."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from ecoscope_workflows.spec.document import parse
from ecoscope_workflows.spec.load import parse_spec

if TYPE_CHECKING:
    from collections.abc import Callable

    from _pytest.mark import ParameterSet
    from tests.docs.conftest import Block, Document, Session

    SessionOf = Callable[[list[Block]], Session]
    Documents = dict[str, Document]

ROOT = Path(__file__).parents[2]
LANGUAGES = {"console", "yaml", "python", "toml", "json", "jinja", "text", "mermaid", "markdown"}
# Made of the pages in `codes`, which have tests of their own: the specs on it are wrong on purpose.
GENERATED = ROOT / "docs" / "reference" / "errors.md"
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
# Written in parts, so that this file does not hold them.
MACHINE_PATHS = re.compile("|".join(("/" + "work/", "/" + "tmp/venv", "/" + "root/")))


def with_commands() -> list[ParameterSet]:
    """Return the documents that hold commands; those that run a workflow are marked as slow."""
    names = []
    for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/**/*.md"))]:
        text = path.read_text(encoding="utf-8")
        if path != GENERATED and ("```console" in text or "```python" in text):
            marks = [pytest.mark.slow] if "$ snakemake" in text or "$ jupyter" in text else []
            names.append(pytest.param(path.relative_to(ROOT).as_posix(), marks=marks))
    return names


@pytest.mark.parametrize("name", with_commands())
def test_every_command_of_a_document_does_what_is_shown(
    name: str, documents: Documents, session_of: SessionOf
) -> None:
    session = session_of(documents[name].blocks)
    for command, output in session.run():
        assert command.agrees(output), f"{name}:{command.line}: {command.text!r} printed\n{output}"


def test_every_block_says_what_language_it_is_in(documents: Documents) -> None:
    for name, document in documents.items():
        for block in document.blocks:
            assert block.language in LANGUAGES, f"{name}:{block.line}: {block.language!r}"
        assert "```" not in document.prose, f"{name} has a block that does not end"


def test_every_block_of_data_can_be_read(documents: Documents) -> None:
    for name, document in documents.items():
        for block in document.blocks if document.path != GENERATED else []:
            place = f"{name}:{block.line}"
            if block.language == "yaml":
                value = parse(block.text, place).value
                if isinstance(value, dict) and {"workflow", "tasks"} & value.keys():
                    parse_spec(block.text, place)
            elif block.language == "toml":
                tomllib.loads(block.text)
            elif block.language == "json":
                json.loads(block.text)
            elif block.language == "python":
                compile(block.text, place, "exec")


def shown(documents: Documents, pattern: str) -> set[str]:
    """Return what the group of a pattern matches in commands that are not run."""
    texts = [command.text for document in documents.values() for command in document.commands]
    return {match[1] for text in texts if (match := re.fullmatch(pattern, text))}


def test_the_makefile_has_every_target_that_is_shown(documents: Documents) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    used = shown(documents, r"make ([a-z]+)")
    assert {"demo", "test"} <= used <= targets


def test_the_project_has_every_extra_that_is_shown(documents: Documents) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    used = shown(documents, r'pip install --editable "\.\[([a-z]+)\]"')
    assert {"geo", "test"} <= used <= project["optional-dependencies"].keys()


def test_every_workflow_has_the_profiles_that_are_shown(documents: Documents) -> None:
    for name in shown(documents, r"snakemake --profile profiles/(slurm|k8s)"):
        profile = yaml.safe_load((ROOT / "profiles" / name / "profile.yaml").read_text(encoding="utf-8"))
        assert profile["executor"] == {"slurm": "slurm", "k8s": "kubernetes"}[name]


def headings(text: str) -> set[str]:
    """Return the anchors of the headings, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_every_link_leads_somewhere(documents: Documents) -> None:
    for name, document in documents.items():
        for target in LINK.findall(document.prose):
            if "://" in target:
                continue
            path, _, anchor = target.partition("#")
            file = (document.path.parent / path).resolve() if path else document.path
            assert file.exists(), f"{name}: {target}"
            assert file.is_relative_to(ROOT), f"{name}: {target} leaves the repository"
            if anchor:
                assert anchor in headings(file.read_text(encoding="utf-8")), f"{name}: {target}"


def test_every_document_is_reached_from_the_readme(documents: Documents) -> None:
    found, new = set(), {"README.md"}
    while new:
        name = new.pop()
        found.add(name)
        folder = (ROOT / name).parent
        linked = {
            (folder / target.partition("#")[0]).resolve() for target in LINK.findall(documents[name].prose)
        }
        paths = {path.relative_to(ROOT).as_posix() for path in linked if path.is_relative_to(ROOT)}
        new |= (paths & documents.keys()) - found
    assert found == documents.keys()


def test_no_file_names_a_machine_that_it_was_written_on() -> None:
    suffixes = {".py", ".md", ".yaml", ".toml", ".jinja2", ".js", ".css", ".html", ".json", ".tsv", ""}
    folders = ("src", "tests", "docs", "specs", "rules", "benchmarks", ".ci")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*")]
    files += [path for path in ROOT.iterdir() if not path.name.startswith(".git")]
    made_by_tools = {"__pycache__", ".snakemake", ".hypothesis", ".ruff_cache", "node_modules"}
    for path in files:
        if path.suffix in suffixes and path.is_file() and not made_by_tools & set(path.parts):
            found = MACHINE_PATHS.search(path.read_text(encoding="utf-8"))
            assert found is None, f"{path.relative_to(ROOT)}: {found}"


def test_one_sentence_stands_on_a_line_and_nothing_is_simple(documents: Documents) -> None:
    for name, document in documents.items():
        for line in document.prose.splitlines():
            assert "simply" not in line.lower(), f"{name}: {line}"
            if not line.startswith(("|", "#", "<")):
                plain = re.sub(r"`[^`]*`", "`", line)
                assert not re.search(r"[a-z`)][.?!] [A-Z`]", plain), f"{name}: two sentences in {line!r}"


def test_the_readme_stays_short(documents: Documents) -> None:
    assert len(documents["README.md"].text.splitlines()) <= 275
