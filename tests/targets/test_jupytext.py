"""The notebook: cells as jupytext reads them, whatever a spec says; clean Python as it stands."""

from __future__ import annotations

import ast
import html
import json
import re
import subprocess
from typing import TYPE_CHECKING, Any

import jupytext  # type: ignore[import-untyped]  # ships neither types nor stubs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ecoscope_workflows.compiler.compile import listed_parameters
from ecoscope_workflows.errors import TargetError
from ecoscope_workflows.graph.params import ParamsModel
from ecoscope_workflows.targets.jupytext import notebook
from ecoscope_workflows.targets.lines import code, markdown
from ecoscope_workflows.targets.quoting import literal
from ecoscope_workflows.targets.view import view

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from nbformat import NotebookNode

    from ecoscope_workflows.graph.model import Graph

    GraphOf = Callable[..., Graph]

WORKFLOW = """\
  - {id: numbers, task: load, name: Read the numbers.}
  - type: task-group
    title: Sums
    description: What the numbers come to.
    tasks:
      - id: total
        task: work
        partial: {values: "${{ workflow.numbers.return }}", count: 3}
      - {id: words, task: caption}
  - {id: sites, task: by_site}
  - id: doubled
    task: double
    mapvalues: {argnames: value, argvalues: "${{ workflow.sites.return }}"}
  - id: a_page_with_a_rather_long_name_x
    task: show
    partial:
      title: "${{ workflow.words.return }}"
      parts: ["${{ workflow.total.return }}", {env: "${{ env.SITE }}"}]
  - {id: caption_of_a_rather_long_name_xy, task: caption}
"""
TEXTS = [
    *(
        "# %%",
        "%%",
        "%% [markdown]",
        "\n# %%\nimport os",
        "In[1]:",
        "<codecell>",
        "+ x",
        "---",
        "===",
        "1. x",
    ),
    *(
        "!touch PWNED",
        "%run x",
        "?x",
        "cd /",
        "ls -l",
        "# !touch PWNED",
        '"""',
        "'''",
        "\\",
        "`",
        "```",
        "~~~",
    ),
    *(
        "<script>alert(1)</script>",
        "&lt;",
        "[x](javascript:1)",
        "![x](y)",
        "|",
        "$x$",
        "\r",
        "\u2028",
        "\x85",
        "é",
    ),
    *("*", "_", "__a__", "{{ name }}", "{% raw %}", "a", " ", "`a`", "`` ` ``", "`|`", '"', "'"),
]
texts = st.lists(st.sampled_from(TEXTS), max_size=6).map("".join)


def made(graph: Graph, params: Any = None, mocks: Mapping[str, str] | None = None) -> str:
    listed = listed_parameters(ParamsModel.of(graph, tuple(mocks or ())))
    return notebook(graph, view(graph, mocks, testing=bool(mocks)), listed, params)


def read(text: str) -> NotebookNode:
    book: NotebookNode = jupytext.reads(text, fmt="py:percent")
    return book


def kinds(book: NotebookNode) -> list[tuple[str, dict[str, Any]]]:
    return [(cell.cell_type, dict(cell.metadata)) for cell in book.cells]


def test_a_notebook_is_formatted_and_clean(graph_of: GraphOf, tmp_path: Path) -> None:
    path = tmp_path / "totals.py"
    path.write_text(made(graph_of(WORKFLOW)), encoding="utf-8")
    settings = ["--isolated", "--no-cache"]
    check = [["ruff", "format", "--check", *settings, str(path)], ["ruff", "check", *settings, str(path)]]
    for command in check:
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_notebook_is_a_title_parameters_and_a_section_for_each_task(graph_of: GraphOf) -> None:
    book = read(
        made(
            graph_of(WORKFLOW, head="metadata: {name: D, description: Adds., maintainers: [], license: x}\n")
        )
    )
    headings = [
        line
        for cell in book.cells
        if cell.cell_type == "markdown"
        for line in cell.source.splitlines()
        if line.startswith("#")
    ]
    assert headings == [
        "# Demo",
        "## Parameters",
        "## The workflow",
        "## Read the numbers",
        "## Sums",
        "### Add numbers up",
        "### Set a text",
        "## Count by site",
        "## Double a number",
        "## Show what there is",
        "## Set a text",
    ]
    assert "Adds." in book.cells[0].source
    assert "What the numbers come to." in [cell.source.partition("\n\n")[2] for cell in book.cells]
    assert [cell.source for cell in book.cells if cell.metadata.get("tags") == ["parameters"]] == [
        'params = {"numbers": {"path": None}}\nresults = "results"'
    ]
    assert book.metadata["kernelspec"]["name"] == "python3"


def test_a_section_tells_what_its_task_does_and_may_be_given(graph_of: GraphOf) -> None:
    sources = [cell.source for cell in read(made(graph_of(WORKFLOW))).cells]
    (about,) = [source for source in sources if source.startswith("## Read the numbers")]
    assert "\n\nRead numbers from a file.\n\nTask `load` of `demo.tasks`\n" in about
    assert '<code>params["numbers"]</code>' in about
    assert '| `path` | path | **required** |  |\n| `sep` | text | `","` |  |' in about
    assert (
        "doubled_return = workflow.run(\n"
        '    "doubled",\n'
        '    workflow.mapvalues("value", sites_return),\n'
        ")\n"
        "doubled_return.peek()"
    ) in sources


def test_a_cheap_task_is_looked_at_where_another_one_needs_it(graph_of: GraphOf) -> None:
    needed = 'words_return = workflow.run("words")\nwords_return.peek()\n'
    assert needed in made(graph_of(WORKFLOW))
    assert needed not in made(graph_of(WORKFLOW), mocks={"a_page_with_a_rather_long_name_x": "/page.html"})


def test_a_mocked_task_is_said_to_be(graph_of: GraphOf) -> None:
    book = read(made(graph_of(WORKFLOW), mocks={"numbers": "/data/numbers.json"}))
    assert "**FOR TESTING ONLY." in book.cells[0].source
    (about,) = [cell.source for cell in book.cells if cell.source.startswith("## Read the numbers")]
    assert "**Example data stands in for the result.**" in about
    assert "params = {}\n" in made(graph_of(WORKFLOW), mocks={"numbers": "/data/numbers.json"})


def test_jupytext_writes_back_what_it_read(graph_of: GraphOf) -> None:
    text = made(graph_of(WORKFLOW))
    once = read(text)
    back = jupytext.writes(once, fmt="py:percent")
    assert back == text
    again = read(back)
    assert [(cell.cell_type, cell.source) for cell in again.cells] == [
        (cell.cell_type, cell.source) for cell in once.cells
    ]


def hostile_graph(graph_of: GraphOf, text: str) -> Graph:
    """Return a graph that has a text wherever a spec may hold one."""
    words = json.dumps(text)
    partial = f"{{title: {words}, parts: [{words}, {{{words}: {words}}}]}}"
    instance = f"{{id: one, name: {words}, task: show, partial: {partial}}}"
    group = f"  - {{type: task-group, title: {words}, description: {words}, tasks: [{instance}]}}\n"
    about = f"metadata: {{name: {words}, description: {words}, maintainers: [], license: x}}\n"
    return graph_of(group, head=about)


# The fixture holds nothing that one example could change for the next.
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=texts.filter(str.strip))
def test_no_text_of_a_spec_opens_a_cell_or_becomes_code(graph_of: GraphOf, text: str) -> None:
    plain = read(made(hostile_graph(graph_of, "plain"), {"one": "plain"}))
    hostile = made(hostile_graph(graph_of, text), {"one": text})
    book = read(hostile)
    assert kinds(book) == kinds(plain)
    assert jupytext.writes(book, fmt="py:percent") == hostile
    for cell, same in zip(book.cells, plain.cells, strict=True):
        if cell.cell_type == "code":
            assert not any(line.lstrip().startswith(("!", "%", "?")) for line in cell.source.splitlines())
            assert without_texts(cell.source) == without_texts(same.source)


def without_texts(source: str) -> str:
    """Return what Python makes of a source, with all texts the same."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.dump(tree)


def shown(line: str) -> str:
    """Return the text that a reader sees of a paragraph of Markdown."""
    page = MarkdownIt("commonmark", {"html": True}).enable("table").render(line)
    assert re.fullmatch(r"<p>.*</p>\n", page, re.DOTALL), page
    assert not set(re.findall(r"</?(\w+)", page)) - {"p", "code"}, page
    return html.unescape(re.sub(r"</?(p|code)>", "", page)).strip("\n")


@given(texts | st.text())
def test_a_text_is_shown_in_markdown_as_it_is(text: str) -> None:
    line = markdown(text)
    assert len(line.splitlines()) <= 1
    seen = shown(line).split() if line else []
    # Backticks around a name make it code, and are not seen.
    assert "".join(seen).replace("`", "") == "".join(shown_letters(text)).replace("`", "")


def shown_letters(text: str) -> str:
    return "".join("".join(letter if letter.isprintable() else " " for letter in text).split())


@given(texts | st.text())
def test_a_text_stays_in_its_cell_of_a_table(text: str) -> None:
    table = f"| a | b |\n|---|---|\n| {markdown(text)} | {code(text or 'x')} |\n"
    page = MarkdownIt("commonmark", {"html": True}).enable("table").render(table)
    assert page.count("<td>") == 2
    assert not set(re.findall(r"</?(\w+)", page)) - {"table", "thead", "tbody", "tr", "th", "td", "code"}, (
        page
    )


@given(st.lists(texts, max_size=3), texts)
def test_jupytext_sees_where_texts_end(items: list[str], key: str) -> None:
    text = f"# %%\nx = {literal({key: items}, 0, 4)}\n\n# %%\ny = 1\n"
    assert [cell.source for cell in read(text).cells][-1] == "y = 1"


def test_a_template_of_the_users_is_rendered_with_the_names_of_a_notebook(
    graph_of: GraphOf, tmp_path: Path
) -> None:
    graph = graph_of(WORKFLOW)
    template = tmp_path / "mine.jinja2"
    template.write_text("{{ heading }}:{% for step in steps %} {{ step.id }}{{ step.about }}{% endfor %}")
    listed = listed_parameters(ParamsModel.of(graph))
    assert notebook(graph, view(graph), listed, {}, template).startswith(
        "Demo: numbersRead numbers from a file. total"
    )
    template.write_text("{{ headings }}")
    with pytest.raises(TargetError, match="EW703 cannot be rendered: 'headings' is undefined"):
        notebook(graph, view(graph), listed, {}, template)
