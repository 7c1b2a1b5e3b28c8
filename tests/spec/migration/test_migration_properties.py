"""Whatever the layout of a spec, no comment is lost, and its graph stays the same."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.spec.migration.graph_text import as_lines, graph_of

from ecoscope_workflows.errors import SpecError
from ecoscope_workflows.graph.resolve import resolve
from ecoscope_workflows.registry.catalog import installed_catalog
from ecoscope_workflows.spec.load import parse_spec
from ecoscope_workflows.spec.migration.migrate import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
NAMES = ["load", "clean", "join", "kit.tasks.density", "draw_map", "größe", "on", "with"]
PARAMETERS = ["a", "b", "fixes", "from"]
TASKS = {name: " ".join(PARAMETERS) for name in NAMES}
# What a comment may hold that would have a meaning elsewhere.
INSIDE = ["", " é 😀", " - a: [b", " '\"", " {x: y}", "#", " ${{ workflow.load.return }}", " name: x"]


@dataclass
class Writer:
    """Writes a spec by the choices that hypothesis makes; each comment has a number of its own."""

    draw: st.DrawFn
    numbers: Iterator[int]
    comments: int = 0

    def pick(self, *choices: str) -> str:
        return self.draw(st.sampled_from(choices))

    def comment(self) -> str:
        self.comments += 1
        return f"# c{next(self.numbers):03}{self.pick(*INSIDE)}"

    def tail(self) -> str:
        """Return the end of a line."""
        return f"{self.pick(' ', '   ')}{self.comment()}\n" if self.either() else "\n"

    def either(self) -> bool:
        return self.draw(st.booleans())

    def above(self, margin: str) -> str:
        """Return the lines that may stand in front of one with this margin."""
        return self.pick("", "", "\n", f"{margin}{self.comment()}\n" if self.either() else "")

    def quoted(self, word: str) -> str:
        return self.pick(word, word, f"'{word}'", f'"{word}"')


def reference_in_readme(writer: Writer, task: str) -> str:
    return writer.quoted(writer.pick(task, task.rpartition(".")[2]))


def readme_task(writer: Writer, task: str, earlier: list[str], margin: str) -> str:
    """Return a task of the README's grammar, its arguments from earlier tasks."""
    names = st.lists(st.sampled_from(PARAMETERS), unique=True, max_size=3)
    arguments = writer.draw(names) if earlier else []
    head = f"{writer.above(margin)}{margin}{writer.quoted(task)}:"
    pairs = [(writer.quoted(name), reference_in_readme(writer, writer.pick(*earlier))) for name in arguments]
    if not pairs:
        return head + writer.pick("", " {}", " ~", " null") + writer.tail()
    if writer.either():
        return f"{head} {{{', '.join(f'{name}: {value}' for name, value in pairs)}}}{writer.tail()}"
    deeper = margin + writer.pick("  ", "    ", " ")
    lines = [f"{writer.above(deeper)}{deeper}{name}: {value}{writer.tail()}" for name, value in pairs]
    return f"{head}{writer.tail()}{''.join(lines)}{writer.above(deeper)}"


@st.composite
def readme_specs(draw: st.DrawFn) -> str:
    writer = Writer(draw, count())
    tasks = draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=1, max_size=5))
    margin = writer.pick("  ", " ", "    ")
    body = "".join(readme_task(writer, task, tasks[:number], margin) for number, task in enumerate(tasks))
    parts = [
        f"{writer.above('')}name: {writer.quoted(writer.pick('flow', 'load', 'flow'))}{writer.tail()}",
        f"{writer.above('')}tasks:{writer.tail()}{body}",
    ]
    if draw(st.booleans()):
        parts.append(f"{writer.above('')}cache_root: {writer.quoted('results')}{writer.tail()}")
    if draw(st.booleans()):
        text = writer.pick("One line", f"|  {writer.comment()}\n  Two\n  lines\n", "'quoted'")
        parts.append(f"description: {text.rstrip()}\n")
    text = "".join(draw(st.permutations(parts))) + writer.above("")
    return text.replace("\n", writer.pick("\n", "\n", "\r\n"))


def numbers_in(text: str) -> list[str]:
    return re.findall(r"# c\d{3}", text)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(readme_specs())
def test_no_comment_is_lost_and_the_graph_stays_the_same(text: str) -> None:
    migration = migrate(text, "spec.yaml")
    assert numbers_in(migration.text) == numbers_in(text)
    before, after = graph_of(text, TASKS), graph_of(migration.text, TASKS)
    # `with` is no id, and `load` may be the name of the workflow: that one is renamed.
    expected = [re.sub(r"\bwith\b(?!\()", "with_task", line) for line in as_lines(before)]
    assert sorted(as_lines(after)) == sorted(expected)
    assert (after.spec.cache_root, after.spec.description) == (
        before.spec.cache_root,
        before.spec.description,
    )
    assert not migrate(migration.text, "spec.yaml").changed


def draft_instance(writer: Writer, identifier: str, earlier: list[str]) -> tuple[str, str]:
    """Return an instance of a draft, and what it says as a line of `as_lines`."""
    lines = {"id": identifier, "task": writer.pick("load", "clean", "join")}
    bound, each = "", ""
    entries = [f"id: {writer.quoted(identifier)}", f"task: {writer.quoted(lines['task'])}"]
    if earlier and writer.either():
        source = writer.pick(*earlier)
        value = writer.pick(f"${{{{ workflow.{source}.return }}}}", f"${{{{{source}.return}}}}", source)
        entries.append(f"with:{writer.tail()}{writer.above('      ')}      a: {value}")
        bound = f"a={source}"
    if earlier and writer.either():
        # The first instance maps over nothing, so its result may be a list of pairs.
        mode = writer.pick("map", "mapvalues")
        source = writer.pick(*earlier) if mode == "map" else earlier[0]
        if writer.either():
            entries.append(f"iter:{writer.tail()}      b: ${{{{ workflow.{source}.return }}}}")
            each = f".{mode}(b={source})"
        else:
            second = f"      from: ${{{{ workflow.{source}.return[0] }}}}"
            first = f"      b: ${{{{ {source}.return[1] }}}}{writer.tail()}{writer.above('      ')}"
            entries.append(f"iter:{writer.tail()}{first}{second}")
            each = f".{mode}(from b={source})"
        entries.append(f"mode: {mode}")
    elif writer.either():
        entries.append("mode: call")
    entries = writer.draw(st.permutations(entries))
    text = "".join(f"{writer.above('    ')}    {entry}{writer.tail()}" for entry in entries[1:])
    said = f"{identifier} = {lines['task']}({bound}){each}"
    return f"{writer.above('  ')}  - {entries[0]}{writer.tail()}{text}", said


@st.composite
def draft_specs(draw: st.DrawFn) -> tuple[str, list[str]]:
    writer = Writer(draw, count())
    ids = [f"i{number}" for number in range(draw(st.integers(1, 4)))]
    instances = [draft_instance(writer, name, ids[:number]) for number, name in enumerate(ids)]
    head = f"{writer.pick('id', 'name')}: flow{writer.tail()}workflow:{writer.tail()}"
    return head + "".join(text for text, _ in instances), [said for _, said in instances]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(draft_specs())
def test_a_draft_says_what_it_said_and_keeps_its_comments(draft: tuple[str, list[str]]) -> None:
    text, said = draft
    migration = migrate(text, "spec.yaml")
    assert sorted(numbers_in(migration.text)) == sorted(numbers_in(text))
    lines = [line.partition(" <-")[0] for line in as_lines(graph_of(migration.text, TASKS))]
    assert sorted(lines) == sorted(said)


PIECES = """with:|mode: map|iter:|{|}|[|]|# c|  |: |- |&a |*a|"|'|>-|<<: |? |!!str |tasks:|~|null|, |é😀"""
PIECES_OF_TEXT = ["", "|", "\n", "\r\n", "\t", "id: x\n", "${{ x.return }}", *PIECES.split("|")]
SOURCES = [path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("specs/*/spec.yaml"))]
SOURCES.append("""\
name: f
workflow:
  - {task: a, with: {}}
  - id: b
    mode: map  # c
    task: c
    iter:
      x: ${{ a.return[0] }}
      y: ${{ workflow.a.return[1] }}
    with:
      z: [a, 3]
""")


@st.composite
def mutants(draw: st.DrawFn) -> str:
    text = draw(st.sampled_from(SOURCES))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        text = (
            text[:at]
            + draw(st.sampled_from(PIECES_OF_TEXT))
            + text[at + draw(st.sampled_from([0, 0, 1, 9])) :]
        )
    return text


@settings(max_examples=300, deadline=None)
@given(mutants())
def test_a_mutant_is_migrated_or_refused_with_a_place(text: str) -> None:
    try:
        migration = migrate(text, "spec.yaml")
    except SpecError as error:
        for problem in error.problems:
            assert problem.where is not None
            # What is missing at the end is reported behind it.
            assert 1 <= problem.where.line <= len(text.splitlines()) + 2
    else:
        assert parse_spec(migration.text, "spec.yaml").instances is not None
        assert not migrate(migration.text, "spec.yaml").changed


def test_no_published_spec_is_changed(reference_data: Path) -> None:
    folder = reference_data / "published-specs"
    specs = [path for path in folder.glob("*.yaml") if not path.name.endswith(".test-cases.yaml")]
    specs += reference_data.glob("snapshots/*/spec.yaml")
    assert len(specs) >= 40
    for path in specs:
        text = path.read_bytes().decode()
        migration = migrate(text, path.name)
        assert (migration.text, migration.changed) == (text, False), path.name


def installed_lines(text: str) -> list[str]:
    return as_lines(resolve(parse_spec(text, "spec.yaml"), installed_catalog()))


def test_the_graphs_of_the_examples_stay_the_same(reference_data: Path) -> None:
    seed = reference_data / "specs" / "seed_2024-05" / "time-density.yaml"
    texts = [path.read_text(encoding="utf-8") for path in [seed, *ROOT.glob("specs/*/spec.yaml")]]
    of_readme = [text for text in texts if "\ntasks:" in text]
    assert len(of_readme) >= 3
    for text in of_readme:
        assert installed_lines(migrate(text, "spec.yaml").text) == installed_lines(text)


def test_the_commented_example_of_the_readme_keeps_every_line_of_comment(reference_data: Path) -> None:
    readme = (reference_data.parent / "reference" / "original-readme.txt").read_text(encoding="utf-8")
    text = (
        readme[readme.index("# the workflow name") : readme.index("Note that any arguments")].rstrip() + "\n"
    )
    migration = migrate(text, "spec.yaml")
    comments = [line.strip() for line in text.splitlines() if line.strip().startswith("#")]
    assert len(comments) == 17
    assert [line.strip() for line in migration.text.splitlines() if line.strip().startswith("#")] == comments
    assert installed_lines(migration.text) == installed_lines(text)


@pytest.mark.parametrize("grammar", ["readme", "draft"])
def test_a_spec_of_thousands_of_tasks_is_migrated(grammar: str) -> None:
    last = 1000
    if grammar == "readme":
        lines = [f"  t{number}:\n    x: t{number - 1}  # c\n" for number in range(1, last + 1)]
        text = f"name: f\ntasks:\n  t0: {{}}\n{''.join(lines)}"
    else:
        lines = [
            f"  - task: t{number}\n    with: {{x: t{number - 1}}}  # c\n" for number in range(1, last + 1)
        ]
        text = f"name: f\nworkflow:\n  - task: t0\n{''.join(lines)}"
    migration = migrate(text, "spec.yaml")
    assert migration.text.count("  # c\n") == last
    assert f"workflow.t{last - 1}.return" in migration.text
