"""Collections as files and fan-out in chunks, as they stand in a Snakefile."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from tests import golden_examples
from tests.targets.test_fan_out_rules import flat

from ecoscope_workflows.targets.layout import FOLDERS, Layout
from ecoscope_workflows.targets.manifest import manifest
from ecoscope_workflows.targets.snakemake import snakefile
from ecoscope_workflows.targets.view import view

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecoscope_workflows.graph.model import Graph
    from ecoscope_workflows.targets.view import View

CHUNKS = Layout(chunk_size=5)
CHAIN = """\
  - {id: sites, task: by_site}
  - id: twice
    task: double
    resources: {threads: 3, mem_mb: 4000}
    mapvalues: {argnames: value, argvalues: "${{ workflow.sites.return }}"}
  - id: again
    task: double
    timeout: 60
    mapvalues: {argnames: value, argvalues: "${{ workflow.twice.return }}"}
"""


def rules(laid_out: View) -> dict[str, str]:
    """Return the rules of a Snakefile by name, each with its keyword."""
    found = re.findall(
        r"^((?:rule|checkpoint) (\w+):\n.*?)(?=\n\n\n|\Z)", snakefile(laid_out), re.MULTILINE | re.DOTALL
    )
    return {name: text for text, name in found}


def test_a_collection_may_be_a_file(graph_of: Callable[[str], Graph]) -> None:
    laid_out = view(graph_of(CHAIN), layout=Layout(archives=True))
    found = rules(laid_out)
    assert "directory(" not in "".join(found.values())
    assert '        "<results>/twice.zip",\n' in found["twice"]
    assert '        argvalues="<results>/twice.zip",\n' in found["again"]
    # What is no collection has the file that it always has.
    assert '        "<results>/sites.json",\n' in found["sites"]
    assert laid_out.wanted == ("sites.json", "twice.zip", "again.zip")


def test_what_goes_through_a_collection_is_a_rule_of_chunks_and_one_of_all(
    graph_of: Callable[[str], Graph],
) -> None:
    found = rules(view(graph_of(CHAIN), layout=CHUNKS))
    # Numbers by site are one JSON file: only the job itself knows what is in it.
    assert list(found) == ["all", "sites", "twice", "again_chunk", "again"]
    assert found["twice"].startswith("checkpoint twice:")
    assert 'collection=directory("<results>/twice"),' in found["twice"]
    assert 'index="<results>/twice.index.json",' in found["twice"]
    assert '" --index {output.index:q}"' in found["twice"]
    assert '" --output {output.collection:q} --log {log:q}"' in found["twice"]
    chunk, whole = found["again_chunk"], found["again"]
    assert 'argvalues=ancient("<results>/twice"),' in chunk
    assert '"<results>/again.chunks/{chunk}.zip",' in chunk
    assert '"<logs>/again/{chunk}.log",' in chunk
    assert '" --chunk-size 5 --chunk {wildcards.chunk}"' in chunk
    assert 'chunks=compiled.chunks(checkpoints.twice,"<results>/again.chunks",5)' in flat(whole)
    assert 'argvalues="<results>/twice",' in whole
    assert '" --chunk-size 5"' in whole


def test_a_chunk_has_what_the_instance_asks_for_and_putting_together_has_not(
    graph_of: Callable[[str], Graph],
) -> None:
    spec = CHAIN.replace("timeout: 60", "resources: {threads: 3, mem_mb: 4000}\n    timeout: 60")
    found = rules(view(graph_of(spec), layout=CHUNKS))
    assert "threads: 3" in found["again_chunk"]
    assert "mem_mb=4000" in found["again_chunk"]
    assert '" --timeout {resources.timeout_s}"' in found["again_chunk"]
    assert "threads: 1" in found["again"]
    assert "resources:" not in found["again"]
    assert "--timeout" not in found["again"]


SHOWN = """\
  - id: shown
    task: show
    partial: {{title: {title}}}
    {method}: {{argnames: parts, argvalues: {argvalues}}}
"""
TWICE = '"${{ workflow.twice.return }}"'


@pytest.mark.parametrize(
    ("title", "method", "argvalues", "expected"),
    [
        ("some", "mapvalues", TWICE, {"shown_chunk", "shown"}),
        ("some", "map", f"[{TWICE}, 1]", {"shown"}),
        ("'${{ env.ECOSCOPE_WORKFLOWS_RESULTS }}'", "mapvalues", TWICE, {"shown"}),
    ],
)
def test_what_only_one_job_can_do_is_one_job(
    title: str, method: str, argvalues: str, expected: set[str], graph_of: Callable[[str], Graph]
) -> None:
    shown = SHOWN.format(title=title, method=method, argvalues=argvalues)
    spec = CHAIN.partition("  - id: again\n")[0] + shown
    found = rules(view(graph_of(spec), layout=CHUNKS))
    assert found.keys() == {"all", "sites", "twice", *expected}
    assert found["twice"].startswith("checkpoint" if len(expected) > 1 else "rule")


def test_an_example_stands_in_for_all_chunks(graph_of: Callable[[str], Graph]) -> None:
    laid_out = view(graph_of(CHAIN), {"again": "example.json"}, testing=True, layout=CHUNKS)
    assert "again_chunk" not in rules(laid_out)


def test_a_rule_of_chunks_takes_the_name_of_no_instance(graph_of: Callable[[str], Graph]) -> None:
    spec = f"{CHAIN}  - {{id: again_chunk, task: by_site}}\n"
    assert {"again_chunk", "again_chunk_"} <= rules(view(graph_of(spec), layout=CHUNKS)).keys()


def test_the_manifest_says_what_was_chosen(graph_of: Callable[[str], Graph]) -> None:
    def said(layout: Layout) -> dict[str, Any]:
        laid_out = view(graph_of(CHAIN), layout=layout)
        found: dict[str, Any] = json.loads(manifest(laid_out, snakefile(laid_out)))
        return found

    plain, chosen = said(FOLDERS), said(Layout(archives=True, chunk_size=5))
    assert "layout" not in plain
    assert not any("chunks" in rule for rule in plain["rules"])
    assert chosen["layout"] == {"archives": True, "chunk_size": 5}
    assert [rule.get("chunks") for rule in chosen["rules"]] == [
        None,
        None,
        {"index": "twice.index.json", "size": 5},
    ]
    assert chosen["rules"][1]["outputs"] == ["twice.zip", "twice.index.json"]


def test_the_committed_snakefile_is_what_the_spec_compiles_to() -> None:
    committed = golden_examples.SCRIPTS / f"{golden_examples.IN_CHUNKS}.Snakefile"
    assert committed.read_bytes() == golden_examples.compiled_in_chunks(golden_examples.IN_CHUNKS), (
        "run `make golden`"
    )
