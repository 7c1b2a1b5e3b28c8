"""Captions as Snakemake reads them: a template of Jinja, then reStructuredText, then HTML."""

from __future__ import annotations

import html.parser
import importlib
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jinja2 import Environment

from ecoscope_workflows.targets.captions import WORKFLOW, captions, label, mark_of, plain
from ecoscope_workflows.targets.layout import Layout
from ecoscope_workflows.targets.lines import one_line
from ecoscope_workflows.targets.snakemake import snakefile
from ecoscope_workflows.targets.templating import render
from ecoscope_workflows.targets.view import View, view

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecoscope_workflows.graph.model import Graph

# It says nothing of its types.
DOCUTILS: Any = importlib.import_module("docutils.core")
# As Snakemake has it behind every caption, for links that a caption may hold.
LINKS = """

.. _Workflow: javascript:show_panel('workflow')
.. _map.html: javascript:app.showResultInfo('results/map.html')
"""
MARKUP = "*_`|[]{}#%:<>@\\\"'()-=+~^.&!$/ \nab1"
HOSTILE = (
    *("{{ 7 * 7 }}", "{% raw %}", "{# gone #}", "{{ snakemake.config }}", "*bold* **b** `x`_ |s| [1]_", "x_"),
    *(
        "====",
        "\\\\\\\\",
        "- item",
        "1. item",
        ".. raw:: html",
        "::",
        "::\n\n  x",
        ":role:`x`",
        "| line",
        ">>> x",
    ),
    *(
        "http://example.org",
        "a@example.org",
        "<script>alert(1)</script>",
        "Workflow_",
        "`Workflow`_",
        "&amp;",
    ),
)


class Texts(html.parser.HTMLParser):
    """Collects the names of the elements of a page, and the texts of those that are given."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        del attrs
        self.names.append(tag)
        if tag in {"p", "li"}:
            self.texts.append("")

    def handle_data(self, data: str) -> None:
        if self.texts and data.strip():
            self.texts[-1] += data


def shown(caption: str) -> Texts:
    """Return a caption as Snakemake's report has it."""
    environment = Environment(trim_blocks=True, lstrip_blocks=True)  # noqa: S701  # as Snakemake makes it
    text = environment.from_string(caption + LINKS).render(snakemake=None)
    return Texts(DOCUTILS.publish_parts(text, writer="html")["body"])


def caption_of(text: str) -> str:
    said = plain(text)
    context = {"title": said, "about": said, "task": said, "given": [said], "asked": [said]}
    return render("report_caption.jinja2", context)


@given(st.text() | st.text(MARKUP) | st.sampled_from(HOSTILE))
@example("\\" * 4)
def test_a_text_stays_the_text_that_it_is(text: str) -> None:
    line = one_line(text)
    if not line:
        return
    page = shown(caption_of(text))
    assert [found for found in page.texts if found] == [
        *(line, line, f"Task: {line}", "Set in the spec:", line, "Taken from the params:", line)
    ]
    assert set(page.names) <= {"p", "ul", "li"}


@given(st.text() | st.sampled_from(HOSTILE))
def test_a_label_is_no_pattern_and_ends_no_script(text: str) -> None:
    assert not set(label(text)) & set("{}<>\n")


@pytest.fixture
def shown_view(graph_of: Callable[[str], Graph]) -> Callable[..., View]:
    """Return a function that lays a workflow out that draws one page, and a page for each of some values."""
    spec = """
  - {id: sites, task: by_site}
  - {id: one, name: "A {page}", task: show, partial: {parts: "${{ workflow.sites.return }}", title: "*T*"}}
  - type: task-group
    title: All <of> them
    description: Each site.
    tasks:
      - {id: each, task: show, mapvalues: {argnames: parts, argvalues: "${{ workflow.sites.return }}"}}
"""
    return lambda **how: view(graph_of(spec), **how)


def test_pages_are_marked_with_what_the_report_says_of_them(shown_view: Callable[..., View]) -> None:
    rows = {row.id: row for row in shown_view().jobs}
    assert mark_of(rows["sites"], rows["sites"].result) == {}
    assert mark_of(rows["one"], "one.html") == {
        "caption": "report/one.rst",
        "category": "Maps, charts and tables",
        "labels": {"result": "A (page)"},
    }
    assert mark_of(rows["each"], "each") == {
        "caption": "report/each.rst",
        "category": "Maps, charts and tables",
        "subcategory": "All [of] them",
        "labels": {"result": "Show what there is.", "item": "{item}"},
        "patterns": ["{item}.html"],
    }


def test_a_collection_in_a_file_is_marked_as_that_file(shown_view: Callable[..., View]) -> None:
    found = shown_view(layout=Layout(archives=True, chunk_size=2))
    each = next(row for row in found.jobs if row.id == "each")
    assert set(mark_of(each, "each.zip")) == {"caption", "category", "subcategory", "labels"}
    # The files of the chunks are nothing to be looked at.
    assert snakefile(found).count("report(") == 2


def test_captions_say_what_the_spec_says(shown_view: Callable[..., View]) -> None:
    files = dict(captions(shown_view()))
    assert list(files) == [WORKFLOW, "report/one.rst", "report/each.rst"]
    assert shown(files["report/one.rst"]).texts[:6] == [
        "A {page}",
        "Show what there is.",
        "Task: demo.tasks.show",
        "Set in the spec:",
        "parts: the result of sites",
        'title: "*T*"',
    ]
    assert shown(files["report/each.rst"]).texts == [
        "Show what there is.",
        "Task: demo.tasks.show",
        "Set in the spec:",
        "parts: each item of the result of sites",
        "Taken from the params:",
        "title (text)",
    ]
    assert dict(captions(shown_view())) == files
