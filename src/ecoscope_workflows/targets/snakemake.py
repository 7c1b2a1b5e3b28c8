"""The target ``snakemake``: a view in, a folder in the layout of the Snakemake workflow catalog out."""

from __future__ import annotations

import keyword
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.contracts.digests import ARCHIVE
from ecoscope_workflows.errors import Problem, TargetError
from ecoscope_workflows.spec.encoding import INPUT
from ecoscope_workflows.targets.captions import WORKFLOW, files_of, mark_of
from ecoscope_workflows.targets.layout import CHUNKS, ENVIRONMENT, INDEX
from ecoscope_workflows.targets.lines import one_line, testing_note
from ecoscope_workflows.targets.quoting import INDENT, LINE_LENGTH, call, image_literal, literal, text_literal
from ecoscope_workflows.targets.templating import render
from ecoscope_workflows.targets.view import Input

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecoscope_workflows.targets.view import Row, SkipIf, View

# What Snakemake's lists of files keep for themselves; an input of such a name gets an underscore behind it.
RESERVED = frozenset(dir(list)) | {
    "get",
    "items",
    "keys",
    "plainstrings",
    "self",
    "size",
    "size_files",
    "size_files_gb",
    "size_files_kb",
    "size_files_mb",
    "size_gb",
    "size_kb",
    "size_mb",
    "size_tempfiles",
    "temp_size_mb",
    "update",
    "values",
}
METHODS = frozenset({"map", "mapvalues"})
# The name of the input file that is a mocked instance's example.
EXAMPLE = "example"
# The name of the input files that are the chunks of an instance.
CHUNK_FILES = "chunks"
# Words that open a directive: as the name of a rule they read as one; and a key that no params file may hold.
KEYWORDS = frozenset(
    {"__use_yte__", "all", "checkpoint", "config", "module", "rule", "rules", "storage", "use", "workflow"}
)


def snakefile(view: View, *, image: str = "", conda: bool = False) -> str:
    """Return the Snakefile of a workflow.

    `ecoscope_workflows.targets.manifest` says the same as data.

    Parameters
    ----------
    view
        The workflow.
    image
        The image of tasks that name none; by default the one of this version.
    conda
        Whether the rules name the conda environment of the workflow.

    Raises
    ------
    TargetError
        Where an id cannot be the name of a rule.
    """
    problems = [
        Problem("EW704", f"a rule cannot be named {row.id!r}", row.node.instance.where, "rename the instance")
        for row in view.jobs
        if row.id in KEYWORDS
    ]
    if problems:
        raise TargetError(problems)
    context = {
        "name": view.name,
        "version": view.version,
        "spec_name": one_line(view.spec_name),
        "spec_sha256": view.spec_sha256,
        "testing": view.testing,
        "testing_note": testing_note(view),
        "mocks": literal(list(view.mocks), 1, 10) if view.mocks else "",
        "image": image_literal(image or f"ecoscope-workflows:{view.version}"),
        "conda": text_literal(ENVIRONMENT) if conda else "",
        "report": WORKFLOW,
        # Every result, not the last ones alone: Snakemake then notices one that was deleted in between.
        "targets": view.wanted,
        "rules": [rule for row in view.jobs for rule in _rules(row, view.skipif)],
        "cheap": [_declared(row, view.skipif) for row in view.cheap],
        "skipif": _skipif(view.skipif, 1) if view.skipif else [],
        "cache_root": text_literal(view.cache_root) if view.cache_root else "",
    }
    return render("Snakefile.jinja2", context)


def _rules(row: Row, default: SkipIf | None) -> Iterator[dict[str, Any]]:
    """Yield the rules of an instance: of one that is computed in chunks, one for a chunk, and one for all."""
    rule = _rule(row, default)
    if row.chunked is None:
        yield rule
        return
    chunk = {
        "id": row.chunked.rule,
        "title": f"{rule['title']} (one chunk)",
        "keyword": "rule",
        # Its name says what is in a chunk: it is as it was, whatever else is new in the collection.
        "inputs": [
            {
                "keyword": name,
                "value": f"ancient({_input_value(row, item)})"
                if item.each and not item.owner
                else _input_value(row, item),
            }
            for name, item in named_inputs(row)
        ],
        "outputs": [text_literal(f"<results>/{row.id}{CHUNKS}/{{chunk}}{ARCHIVE}")],
        "name": f"{row.id}/{{chunk}}",
        "shell": shell(row, is_chunk=True),
    }
    yield {**rule, **chunk}
    gathered = gather(row)
    files = [text_literal(f"<results>/{row.id}{CHUNKS}"), str(row.chunked.size)]
    found = call("compiled.chunks", [f"checkpoints.{row.chunked.maker}", *files], f"{CHUNK_FILES}=")
    whole = _rule(gathered, default)
    yield {
        **whole,
        "title": f"{rule['title']} (its chunks together)",
        "inputs": [*whole["inputs"], {"keyword": CHUNK_FILES, "value": found}],
    }


def gather(row: Row) -> Row:
    """Return an instance as the job sees it that puts its chunks together, which takes no time."""
    if row.chunked is None:
        return row
    return replace(row, threads=1, resources={}, timeout=None)


def _rule(row: Row, default: SkipIf | None) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": one_line(row.title),
        "keyword": "checkpoint" if row.is_indexed else "rule",
        "name": row.id,
        "inputs": [{"keyword": name, "value": _input_value(row, item)} for name, item in named_inputs(row)],
        "outputs": list(_outputs(row)),
        "retries": row.retries,
        "image": image_literal(row.image) if row.image else "",
        "threads": row.threads,
        "shell": shell(row),
        "resources": {name: literal(value) for name, value in row.resources.items()},
        "task": call("compiled.code", [text_literal(f"{row.module}:{row.function}")], "task="),
        "args": call("compiled.args", [text_literal(row.id), *_said(row, default)], "args="),
    }


def _outputs(row: Row) -> Iterator[str]:
    """Yield the output files of a rule, each as its directive has it."""
    names = {row.result: "collection="} if row.is_indexed else {}
    names |= {f"{row.id}{suffix}": f"{suffix.strip('.')}=" for suffix in row.companions}
    for file in files_of(row):
        name, written = names.get(file, ""), text_literal(f"<results>/{file}")
        if file == row.result and row.is_folder:
            written = f"directory({written})"
        marked = mark_of(row, file)
        said = [f"{key}={literal(value, 3, 13 + len(key))}" for key, value in marked.items()]
        yield f"{name}{call('report', [written, *said], name)}" if marked else f"{name}{written}"
    if row.is_indexed:
        yield f"index={text_literal(f'<results>/{row.id}{INDEX}')}"


def _declared(row: Row, default: SkipIf | None) -> dict[str, str]:
    """Return the statement that declares a cheap instance."""
    words = [text_literal(row.id), text_literal(f"{row.module}:{row.function}"), *_said(row, default, 1)]
    line = f"compiled.cheap({', '.join(words)})"
    if len(line) > LINE_LENGTH or "\n" in line:
        line = "compiled.cheap(\n" + "".join(f"{INDENT}{word},\n" for word in words) + ")"
    return {"title": one_line(row.title), "statement": line}


def shell(row: Row, *, is_chunk: bool = False) -> list[str]:
    """Return the parts of the command of a rule, or of the one of its chunks, as ``shell:`` has it."""
    options = [f" --{option_of(row, item)}{{input.{name}:q}}" for name, item in named_inputs(row)]
    if row.each is not None:
        options.append(" --threads {threads}")
    if row.timeout:
        options.append(" --timeout {resources.timeout_s}")
    if row.chunked is not None:
        options.append(f" --chunk-size {row.chunked.size}{' --chunk {wildcards.chunk}' if is_chunk else ''}")
    if row.is_indexed and not is_chunk:
        options.append(" --index {output.index:q}")
    output = "{output[0]:q}" if row.companions else "{output:q}"
    if row.is_indexed and not is_chunk:
        output = "{output.collection:q}"
    return [
        f"python -P -m ecoscope_workflows.runtime {row.id}",
        " --task {params.task:q} --args {params.args:q}",
        *options,
        f" --output {output} --log {{log:q}}",
    ]


def _said(row: Row, default: SkipIf | None, level: int = 3) -> list[str]:
    """Return what a call says beside the name of its instance: what is bound, mapped, and when skipped."""
    said = [literal(row.bound, level)] if row.bound else []
    files = param_files(row)
    if files:
        said.append(f"files=[{', '.join(map(text_literal, files))}]")
    for name, value in how(row, default).items():
        # The names of mapped arguments stand on one line.
        flat = (
            f"[{', '.join(map(text_literal, value))}]" if name in METHODS and isinstance(value, list) else ""
        )
        said.append(f"{name}={flat or literal(value, level, 4 * level + len(name) + 1)}")
    return said


def param_files(row: Row) -> list[str]:
    """Return the arguments whose param names an input file of the rule."""
    return [item.argument for item in row.inputs if not item.file and not item.path and not item.owner]


def how(row: Row, default: SkipIf | None) -> dict[str, Any]:
    """Return how an instance is called, as the runtime takes it: what it goes through, when it is skipped."""
    said: dict[str, Any] = {}
    if row.each is not None:
        names = list(row.each.argnames)
        said[row.each.method] = names[0] if len(names) == 1 else names
        if row.each.argvalues != {INPUT: 0}:
            said["argvalues"] = row.each.argvalues
    return said | (skipif(row.skipif) if row.skipif != default and row.mock is None else {})


def skipif(skipped: SkipIf | None) -> dict[str, Any]:
    """Return when an instance is skipped, as the runtime takes it."""
    said: dict[str, Any] = {"skipif": list(skipped.conditions) if skipped else []}
    return said | ({"unpack_depth": skipped.unpack_depth} if skipped and skipped.unpack_depth != 1 else {})


def _skipif(skipped: SkipIf, level: int) -> list[str]:
    return [
        f"{name}={literal(value, level, 4 * level + len(name) + 1)}"
        for name, value in skipif(skipped).items()
    ]


def named_inputs(row: Row) -> Iterator[tuple[str, Input]]:
    """Yield the input files of a rule, each with the name that it has there."""
    if row.mock:
        yield EXAMPLE, Input(EXAMPLE, path=row.mock)
    taken = {EXAMPLE} if row.mock else {CHUNK_FILES} if row.chunked else set()
    names = [f"{item.owner}_{item.argument}" if item.owner else item.argument for item in row.inputs]
    for number, item in enumerate(row.inputs):
        name = names[number]
        if names.count(name) > 1:
            name = f"{name}_{names[:number].count(name) + 1}"
        # Names that start with an underscore are Snakemake's own.
        name = f"input{name}" if name.startswith("_") else name
        while name in RESERVED or keyword.iskeyword(name) or name in taken:
            name += "_"
        taken.add(name)
        yield name, item


def option_of(row: Row, item: Input) -> str:
    """Return the option of the job's command line that an input file is the value of."""
    if is_example(row, item):
        return "mock "
    if item.each:
        return f"each {item.owner or row.id}="
    return f"input {item.owner}.{item.argument}=" if item.owner else f"input {item.argument}="


def is_example(row: Row, item: Input) -> bool:
    """Return whether an input file is the example that stands in for the result of the row."""
    return row.mock is not None and item == Input(EXAMPLE, path=row.mock)


def _input_value(row: Row, item: Input) -> str:
    if item.file:
        return text_literal(f"<results>/{item.file}")
    if is_example(row, item):
        return text_literal(item.path)
    arguments = [text_literal(item.owner or row.id), text_literal(item.argument)]
    if item.path:
        arguments.append(text_literal(item.path))
    return call("compiled.file", arguments, f"{item.argument}=")


def config_readme(view: View, table: list[list[str]]) -> str:
    """Return the README of the folder that holds the params."""
    context = {"name": view.name, "description": one_line(view.description), "table": table}
    return render("config_readme.jinja2", context)
