"""A row in, what Snakemake's report says of its result out: the mark in the rule, and the caption.

A caption is a template of Jinja whose outcome is reStructuredText, and Snakemake's page writes labels into a
script as they are.
Text of a spec or a docstring is text in all of these: it never becomes markup, code or a pattern.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.contracts.describe import type_name
from ecoscope_workflows.contracts.stored import CollectionCodec
from ecoscope_workflows.spec.model import Environment, Literal, Reference, references
from ecoscope_workflows.targets.lines import one_line
from ecoscope_workflows.targets.templating import render

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecoscope_workflows.spec.model import Binding
    from ecoscope_workflows.targets.rows import Row
    from ecoscope_workflows.targets.view import View

PAGE = ".html"
# Below the folder of the Snakefile.
FOLDER = "report"
WORKFLOW = f"{FOLDER}/workflow.rst"
# Snakemake writes the names of categories into every caption as they are: these are no markup.
PAGES, DASHBOARDS = "Maps, charts and tables", "Dashboards"
# What Snakemake calls the name of an item without its suffix.
ITEM = "item"
# What is markup inside a line of reStructuredText, or of a template of Jinja.
_MARKUP = re.compile(r"[\\`*_|\[\]{}#%:<>@]")
# Snakemake looks for the names of wildcards in a label, and a browser for the end of a script.
_IN_LABELS = str.maketrans("{}<>", "()[]")


def mark_of(row: Row, file: str) -> dict[str, Any]:
    """Return what is said of an output in a rule so that the report shows it; nothing where it is no page.

    Parameters
    ----------
    row
        The instance.
    file
        One of its files.

    Returns
    -------
    dict
        The arguments of Snakemake's ``report``.
    """
    is_dashboard = file != row.result and file.endswith(PAGE)
    is_collection = file == row.result and _suffix_of_items(row) == PAGE
    if not is_dashboard and not is_collection and not file.endswith(PAGE):
        return {}
    labels = {"result": label(row.title)}
    if is_collection and row.is_folder:
        labels[ITEM] = f"{{{ITEM}}}"
    return {
        "caption": caption_file(row),
        "category": DASHBOARDS if is_dashboard else PAGES,
        **({"subcategory": label(row.group)} if row.group else {}),
        "labels": labels,
        **({"patterns": [f"{{{ITEM}}}{PAGE}"]} if is_collection and row.is_folder else {}),
    }


def caption_file(row: Row) -> str:
    """Return the path of a caption, from the Snakefile."""
    return f"{FOLDER}/{row.id}.rst"


def captions(view: View) -> Iterator[tuple[str, str]]:
    """Yield the files of the report of a workflow: their paths from the Snakefile, and their texts."""
    shown = [row for row in view.jobs if any(mark_of(row, file) for file in files_of(row))]
    context = {
        "name": plain(view.name),
        "description": plain(view.description) if view.description else "",
        "made": plain(f"Compiled by ecoscope-workflows {view.version} from {view.spec_name}."),
    }
    yield WORKFLOW, render("report_workflow.jinja2", context)
    for row in shown:
        yield caption_file(row), render("report_caption.jinja2", _caption(row))


def files_of(row: Row) -> list[str]:
    """Return the files of an instance: its result, and what its codec writes beside it."""
    return [row.result, *(f"{row.id}{suffix}" for suffix in row.companions)]


def _caption(row: Row) -> dict[str, Any]:
    task, node = row.node.task, row.node
    about = task.description if task.description != row.title else ""
    given = [f"{name}: {_said(binding)}" for name, binding in node.arguments.items()]
    each = node.instance.fan_out
    if each is not None:
        given.append(f"{', '.join(each.argnames)}: each item of {_said(each.argvalues)}")
    asked = [
        f"{name} ({type_name(parameter.annotation)}){': ' if parameter.about else ''}{parameter.about}"
        for name, parameter in node.free.items()
    ]
    if row.mock is not None:
        given, asked = [f"example data: {row.mock}"], []
    return {
        "title": plain(row.title),
        "about": plain(about) if about else "",
        "task": plain(f"{row.module}.{row.function}"),
        "given": [plain(text) for text in given],
        "asked": [plain(text) for text in asked],
    }


def _said(binding: Binding) -> str:
    """Return what a spec says an argument is, as a person reads it."""
    match binding:
        case Literal(value):
            return json.dumps(value, ensure_ascii=False, default=str)
        case Reference(instance):
            return f"the result of {instance}"
        case Environment(name):
            return f"the variable {name}"
        case _:
            names = dict.fromkeys(reference.instance for reference in references(binding))
            return f"made of the results of {', '.join(names)}"


def _suffix_of_items(row: Row) -> str:
    codec = row.node.codec
    if not row.node.instance.fan_out:
        codec = codec.item if isinstance(codec, CollectionCodec) else None
    return codec.suffix if codec is not None else ""


def plain(text: str) -> str:
    """Return a text as a piece of a line of a caption that shows it as it is, whatever it holds."""
    # The first two letters stand for nothing; behind them no text is an underline, a list or a directive.
    return "\\ " + _MARKUP.sub(r"\\\g<0>", one_line(text))


def label(text: str) -> str:
    """Return a text that Snakemake shows as a label."""
    return one_line(text).translate(_IN_LABELS)
