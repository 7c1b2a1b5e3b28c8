"""The Snakefile: what each part of a spec becomes. The compiled examples in `rules/` show it whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecoscope_workflows.errors import TargetError
from ecoscope_workflows.targets.snakemake import snakefile
from ecoscope_workflows.targets.view import view

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecoscope_workflows.graph.model import Graph

CHAIN = """\
  - {id: numbers, task: load}
  - {id: total, task: work, partial: {values: "${{ workflow.numbers.return }}", count: 3}}
  - id: page
    task: show
    partial:
      title: 'Totals of "{wildcards}" $(date)'
      parts: ["${{ workflow.total.return }}", {raw: "${{ workflow.numbers.return }}", env: "${{ env.SITE }}"}]
"""


def rule(text: str, name: str) -> str:
    return text.partition(f"\nrule {name}:\n")[2].partition("\n\n\n")[0]


def test_a_file_that_a_param_names_is_an_input(graph_of: Callable[[str], Graph]) -> None:
    body = rule(snakefile(view(graph_of(CHAIN))), "numbers")
    assert '    input:\n        path=compiled.file("numbers", "path"),\n' in body
    assert 'args=compiled.args("numbers", files=["path"]),' in body
    assert '" --input path={input.path:q}"' in body


def test_what_a_task_asks_for_becomes_directives(graph_of: Callable[[str], Graph]) -> None:
    body = rule(snakefile(view(graph_of(CHAIN))), "total")
    assert "    retries: 2\n" in body
    assert '    container:\n        "docker://registry.example/heavy:1.2"\n' in body
    assert "    threads: 4\n" in body
    assert "    resources:\n        runtime=2,\n        timeout_s=90,\n        mem_mb=4000,\n" in body
    assert '        " --timeout {resources.timeout_s}"\n' in body


def test_a_task_of_an_image_of_its_own_stands_beside_the_default_image(
    graph_of: Callable[[str], Graph],
) -> None:
    text = snakefile(view(graph_of(CHAIN)))
    assert text.count("container:") == 2


@pytest.mark.parametrize(
    ("image", "container"),
    [
        ("registry.example/tracks:2", "docker://registry.example/tracks:2"),
        ("oras://registry.example/tracks:2", "oras://registry.example/tracks:2"),
        ("/images/tracks.sif", "/images/tracks.sif"),
    ],
)
def test_the_image_of_tasks_that_name_none_can_be_said(
    graph_of: Callable[[str], Graph], image: str, container: str
) -> None:
    text = snakefile(view(graph_of(CHAIN)), image=image)
    assert f'\ncontainer: "{container}"\n' in text
    assert '        "docker://registry.example/heavy:1.2"\n' in rule(text, "total")


def test_rules_name_the_environment_where_that_is_asked_for(graph_of: Callable[[str], Graph]) -> None:
    text = snakefile(view(graph_of(CHAIN)), conda=True)
    named = '    conda:\n        "envs/environment.yaml"\n'
    assert [named in rule(text, name) for name in ("numbers", "total", "page")] == [True] * 3
    # And nothing else is otherwise.
    assert text.replace(named, "") == snakefile(view(graph_of(CHAIN)))


def test_values_of_the_spec_are_literals_and_references_are_marks(graph_of: Callable[[str], Graph]) -> None:
    body = rule(snakefile(view(graph_of(CHAIN))), "page")
    assert '{"$env": "SITE"}' in body
    assert '{"$input": 1}' in body
    assert '"title": \'Totals of "{wildcards}" $(date)\',' in body


def test_several_files_of_one_argument_are_named_inputs_in_order(graph_of: Callable[[str], Graph]) -> None:
    body = rule(snakefile(view(graph_of(CHAIN))), "page")
    assert 'parts_1="<results>/total.json",\n        parts_2="<results>/numbers.json",' in body
    assert '" --input parts={input.parts_1:q}"\n        " --input parts={input.parts_2:q}"' in body


def test_every_result_is_asked_for(graph_of: Callable[[str], Graph]) -> None:
    body = rule(snakefile(view(graph_of(CHAIN))), "all")
    results = ("numbers.json", "total.json", "page.html")
    assert "    input:\n" + "".join(f'        "<results>/{name}",\n' for name in results) in f"{body}\n"


def test_rules_stand_in_the_order_of_their_needs(graph_of: Callable[[str], Graph]) -> None:
    backwards = "\n".join(reversed(CHAIN.splitlines()[:2]))
    text = snakefile(view(graph_of(backwards)))
    assert text.index("rule numbers:") < text.index("rule total:")


def test_a_mocked_instance_reads_its_example_only(graph_of: Callable[[str], Graph]) -> None:
    mocks = {"numbers": "resources/mocks/numbers.json"}
    text = snakefile(view(graph_of(CHAIN), mocks, testing=True))
    body = rule(text, "numbers")
    assert 'example="resources/mocks/numbers.json",' in body
    assert '" --mock {input.example:q}"' in body
    assert "# FOR TESTING ONLY. Example data stands in for the results of: numbers.\n" in text
    assert "compiled.file" not in body


@pytest.mark.parametrize("name", ["rule", "config", "checkpoint"])
def test_an_id_that_cannot_name_a_rule_is_refused(graph_of: Callable[[str], Graph], name: str) -> None:
    graph = graph_of(f"  - {{id: {name}, task: load}}")
    with pytest.raises(TargetError) as caught:
        snakefile(view(graph))
    assert str(caught.value) == (
        f"specs/spec.yaml:4:10: EW704 a rule cannot be named '{name}'\n  hint: rename the instance"
    )


def test_a_file_that_the_spec_names_is_an_input(graph_of: Callable[[str], Graph]) -> None:
    graph = graph_of("  - {id: numbers, task: load, partial: {path: data/a.txt, sep: ';'}}")
    body = rule(snakefile(view(graph)), "numbers")
    assert 'path=compiled.file("numbers", "path", "data/a.txt"),' in body
    assert '" --input path={input.path:q}"' in body
    assert '{"sep": ";"}' in body
    assert body.count("data/a.txt") == 1


def test_what_only_a_mocked_instance_needs_is_not_asked_for(graph_of: Callable[[str], Graph]) -> None:
    chain = "\n".join(CHAIN.splitlines()[:2])
    body = rule(snakefile(view(graph_of(chain), {"total": "resources/mocks/total.json"})), "all")
    assert '"<results>/total.json"' in body
    assert "numbers" not in body
