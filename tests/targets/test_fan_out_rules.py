"""Cheap instances, calls for each value, and conditions, as they stand in a Snakefile and in a script."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from ecoscope_workflows.contracts import codecs
from ecoscope_workflows.contracts.codecs import TextCodec
from ecoscope_workflows.targets.script import script
from ecoscope_workflows.targets.snakemake import snakefile
from ecoscope_workflows.targets.view import view

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecoscope_workflows.graph.model import Graph

DEFAULT = "task-instance-defaults: {skipif: {conditions: [any_empty], unpack_depth: 2}}\n"
MAPPED = """\
  - {id: sites, task: by_site}
  - {id: sums, task: work, partial: {values: [1]}}
  - {id: word, task: caption, partial: {text: "${{ workflow.sums.return }}"}}
  - id: twice
    task: double
    resources: {threads: 3}
    mapvalues: {argnames: value, argvalues: "${{ workflow.sites.return }}"}
  - id: pages
    task: show
    partial: {title: "${{ workflow.word.return }}"}
    map: {argnames: [parts], argvalues: ["${{ workflow.twice.return }}", 5]}
"""


def rule(text: str, name: str) -> str:
    return text.partition(f"\nrule {name}:\n")[2].partition("\n\n\n")[0]


def flat(text: str) -> str:
    """Return code without its layout."""
    return re.sub(r",(?=[\]})])", "", re.sub(r"\s+", "", text))


def test_a_collection_is_a_directory_and_gets_the_threads(graph_of: Callable[[str], Graph]) -> None:
    body = rule(snakefile(view(graph_of(MAPPED))), "twice")
    assert '    input:\n        argvalues="<results>/sites.json",\n' in body
    assert '    output:\n        directory("<results>/twice"),\n' in body
    assert 'args=compiled.args("twice", mapvalues="value"),' in body
    assert '" --each twice={input.argvalues:q}"' in body
    assert '" --threads {threads}"' in body
    assert "    threads: 3\n" in body


def test_a_job_of_one_call_is_not_told_of_threads(graph_of: Callable[[str], Graph]) -> None:
    assert "--threads" not in rule(snakefile(view(graph_of(MAPPED))), "sums")


def test_what_is_gone_through_is_said_where_it_is_not_one_file(graph_of: Callable[[str], Graph]) -> None:
    body = rule(snakefile(view(graph_of(MAPPED))), "pages")
    assert 'map="parts",' in body
    assert 'argvalues=[{"$input":0},5]' in flat(body)
    assert 'argvalues="<results>/twice",' in body


def test_a_cheap_instance_is_declared_and_its_file_is_an_input_of_who_needs_it(
    graph_of: Callable[[str], Graph],
) -> None:
    text = snakefile(view(graph_of(MAPPED)))
    assert '# Set a text.\ncompiled.cheap("word", "demo.tasks:caption")\n' in text
    assert "rule word:" not in text
    assert "<results>/word" not in text
    body = rule(text, "pages")
    assert 'word_text="<results>/sums.json",' in body
    assert '" --input word.text={input.word_text:q}"' in body
    assert '{"title":{"$call":"word"}}' in flat(body)


def test_a_long_declaration_is_broken_into_lines(graph_of: Callable[[str], Graph]) -> None:
    text = snakefile(
        view(
            graph_of(
                f"  - {{id: word, task: caption, partial: {{text: {'x' * 90}}}}}\n"
                '  - {id: page, task: show, partial: {parts: "${{ workflow.word.return }}"}}\n'
            )
        )
    )
    assert 'compiled.cheap(\n    "word",\n    "demo.tasks:caption",\n' in text
    assert max(map(len, text.splitlines())) <= 110


def test_names_of_inputs_do_not_meet(graph_of: Callable[[str], Graph]) -> None:
    body = rule(
        snakefile(
            view(
                graph_of(
                    "  - {id: sums, task: work, partial: {values: [1]}}\n"
                    '  - {id: argvalues, task: caption, partial: {text: "${{ workflow.sums.return }}"}}\n'
                    "  - id: pages\n    task: show\n"
                    '    partial: {title: "${{ workflow.argvalues.return }}"}\n'
                    '    map: {argnames: parts, argvalues: ["${{ workflow.sums.return }}", "${{ workflow.sums'
                    '.return }}"]}\n'
                )
            )
        ),
        "pages",
    )
    names = [line.strip().partition("=")[0] for line in body.splitlines() if '="<results>/' in line]
    assert names == ["argvalues_1", "argvalues_2", "argvalues_text"]


def test_conditions_of_all_are_said_once_and_others_where_they_are(graph_of: Callable[..., Graph]) -> None:
    text = snakefile(
        view(
            graph_of(
                "  - {id: a, task: by_site}\n"
                "  - {id: b, task: by_site, skipif: {conditions: [never]}}\n"
                "  - {id: c, task: by_site, skipif: {conditions: [any_empty], unpack_depth: 3}}\n"
                "  - {id: d, task: by_site, skipif: {conditions: [any_empty]}}\n",
                head=DEFAULT,
            )
        )
    )
    head = text.partition("configfile:")[0]
    assert 'skipif=["demo.skip:any_empty"],unpack_depth=2)' in flat(head)
    assert 'args=compiled.args("a"),' in rule(text, "a")
    assert 'args=compiled.args("b", skipif=[]),' in rule(text, "b")
    assert 'skipif=["demo.skip:any_empty"],unpack_depth=3)' in flat(rule(text, "c"))
    assert "unpack_depth" not in rule(text, "d")


def test_a_mocked_instance_is_never_skipped(graph_of: Callable[..., Graph]) -> None:
    graph = graph_of("  - {id: a, task: by_site, skipif: {conditions: [any_empty]}}\n")
    assert "skipif" not in snakefile(view(graph, {"a": "resources/mocks/a.json"}, testing=True))
    assert "skipif" not in script(view(graph, {"a": "a.json"}, testing=True))


def test_a_script_says_the_same(graph_of: Callable[..., Graph]) -> None:
    text = script(view(graph_of(MAPPED, head=DEFAULT)))
    compile(text, "demo.py", "exec")
    assert 'skipif=["demo.skip:any_empty"],unpack_depth=2,instances' in flat(text)
    assert '"word": Instance(caption, bound=["text"], cheap=True),' in text
    assert '"twice": Instance(double, bound=["value"], threads=3),' in text
    assert 'workflow.mapvalues("value", sites_return),' in text
    assert 'workflow.map("parts",[twice_return,5])' in flat(text)
    assert "word_return = workflow.run(" in text


class ChartCodec(TextCodec):
    """A codec that writes a picture beside its file."""

    companions = (".svg",)


@pytest.fixture
def _charts(monkeypatch: pytest.MonkeyPatch) -> None:
    def chart(annotation: Any) -> Any:
        return ChartCodec() if annotation is str else None

    monkeypatch.setattr(codecs, "_added_codecs", lambda: (chart,))


@pytest.mark.usefixtures("_charts")
def test_what_a_codec_writes_beside_its_file_is_an_output_too(graph_of: Callable[[str], Graph]) -> None:
    body = rule(snakefile(view(graph_of("  - {id: word, task: caption}"))), "word")
    assert '    output:\n        "<results>/word.txt",\n        svg="<results>/word.svg",\n' in body
    assert '" --output {output[0]:q} --log {log:q}"' in body


@pytest.mark.usefixtures("_charts")
def test_a_collection_has_nothing_beside_it(graph_of: Callable[[str], Graph]) -> None:
    text = snakefile(view(graph_of("  - {id: word, task: caption, map: {argnames: text, argvalues: [a]}}")))
    assert ".svg" not in text
    assert '" --output {output:q}' in text
