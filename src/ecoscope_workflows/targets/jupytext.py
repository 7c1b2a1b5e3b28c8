"""The target ``jupytext``: a view in, a notebook out, as a Python file in the percent format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.targets.lines import code, markdown, one_line, testing_note
from ecoscope_workflows.targets.quoting import literal
from ecoscope_workflows.targets.script import Program, script_context
from ecoscope_workflows.targets.templating import render, render_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from ecoscope_workflows.graph.model import Graph
    from ecoscope_workflows.targets.view import Row, View

NOTEBOOK = Program(
    "ecoscope_workflows.runtime.notebook", "Notebook", 0, frozenset({"params", "results", "workflow"})
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A parameter that an instance may be given, as a table lists it.

    Parameters
    ----------
    name, kind
        Its name, and its type in words.
    default
        Its default as JSON, or None where it has none.
    needed
        Whether it must be given.
    about
        What there is to say of it.
    """

    name: str
    kind: str
    default: str | None
    needed: bool
    about: str


def notebook(
    graph: Graph,
    view: View,
    listed: Mapping[str, Sequence[Listed]],
    params: Any,
    template: Path | None = None,
) -> str:
    """Return the notebook of a workflow, by the package's template or one of the user's.

    Parameters
    ----------
    graph, view
        The workflow.
    listed
        The parameters that each instance may be given.
    params
        Those that they are given where nobody changes them; None for a form to fill in.
    template
        The user's template.
    """
    context = notebook_context(graph, view, listed, params)
    if template is not None:
        return render_file(template, context)
    return render("jupytext.jinja2", context)


def notebook_context(
    graph: Graph, view: View, listed: Mapping[str, Sequence[Listed]], params: Any
) -> dict[str, Any]:
    """Return what a template may print; `docs/reference/templates.md` describes it."""
    shared = script_context(view, NOTEBOOK)
    groups = {group.title: group.description for group in graph.spec.groups}
    evaluated = {row.id for row in view.cheap}
    sections = _sections(view, groups)
    return {
        **shared,
        "heading": markdown(view.name.replace("_", " ").capitalize()),
        "about": markdown(view.description),
        "made_from": markdown(view.spec_name),
        "warning": markdown(testing_note(view)) if view.testing else "",
        "params": literal(_form(listed) if params is None else params, 0, len("params = ")),
        "steps": [
            {
                **step,
                **section,
                "about": _about(row),
                "parameters": [_parameter(one) for one in listed.get(row.id, ())],
                "mocked": row.mock is not None,
                "shown": not row.cheap or row.id in evaluated,
            }
            for step, section, row in zip(shared["steps"], sections, view.rows, strict=True)
        ],
    }


def _sections(view: View, groups: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Yield for each step its heading, and the group that begins with it."""
    before = None
    for row in view.rows:
        group = row.group or ""
        begins = group if group != before else ""
        before = group
        yield {
            "group_heading": markdown(begins),
            "group_about": markdown(groups.get(begins, "")),
            "heading": f"{'###' if group else '##'} {markdown(row.title).rstrip('.')}",
        }


def _about(row: Row) -> str:
    """Return what a task does, where its heading does not say so."""
    description = row.node.task.description
    return "" if description == row.title else markdown(description)


def _form(listed: Mapping[str, Sequence[Listed]]) -> dict[str, dict[str, None]]:
    """Return the parameters that must be given, with nothing in them."""
    needed = {
        name: {one.name: None for one in parameters if one.needed} for name, parameters in listed.items()
    }
    return {name: parameters for name, parameters in needed.items() if parameters}


def _parameter(one: Listed) -> dict[str, str]:
    without = "**required**" if one.needed else ""
    return {
        "name": one.name,
        "type": markdown(one.kind),
        "default": without if one.default is None else code(one_line(one.default)),
        "about": markdown(one_line(one.about)),
    }
