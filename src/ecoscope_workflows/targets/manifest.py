"""A view and its Snakefile in, the same rules as data out, for who must not start Snakemake to know them.

The data hold the hash of the Snakefile: of one that was edited by hand they say nothing.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.targets.layout import FOLDERS, INDEX
from ecoscope_workflows.targets.snakemake import (
    gather,
    how,
    is_example,
    named_inputs,
    option_of,
    param_files,
    shell,
    skipif,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecoscope_workflows.targets.view import Input, Row, SkipIf, View

# Changes with the meaning of what is written here.
FORMAT = 1


def manifest(view: View, snakefile: str) -> str:
    """Return the rules of a Snakefile as JSON, a rule a line."""
    head = {
        "format": FORMAT,
        "snakefile": hashlib.sha256(snakefile.encode()).hexdigest(),
        "spec": view.spec_sha256,
        "mocks": list(view.mocks),
        "skipif": skipif(view.skipif) if view.skipif else {},
        "cache_root": view.cache_root,
        "wanted": list(view.wanted),
        **({"layout": asdict(view.layout)} if view.layout != FOLDERS else {}),
    }
    cheap = [_declared(row, view.skipif) for row in view.cheap]
    rules = [_rule(row, view.skipif) for row in view.jobs]
    lines = [f"{_json(name)}: {_json(value)}" for name, value in head.items()]
    lines += [f'"cheap": {_listed(cheap)}', f'"rules": {_listed(rules)}']
    return "{" + ",\n".join(lines) + "}\n"


def _listed(entries: Sequence[Any]) -> str:
    return "[" + ",".join(f"\n {_json(entry)}" for entry in entries) + "]"


def _declared(row: Row, default: SkipIf | None) -> dict[str, Any]:
    return {
        "id": row.id,
        "task": f"{row.module}:{row.function}",
        "bound": dict(row.bound),
        "how": how(row, default),
    }


def _rule(row: Row, default: SkipIf | None) -> dict[str, Any]:
    beside = (*row.companions, *([INDEX] if row.is_indexed else []))
    chunks = {"index": f"{row.chunked.maker}{INDEX}", "size": row.chunked.size} if row.chunked else None
    return {
        **_declared(row, default),
        "outputs": [row.result, *(f"{row.id}{suffix}" for suffix in beside)],
        "files": param_files(row),
        "inputs": [[option_of(row, item), _source(row, item)] for _, item in named_inputs(row)],
        "shell": "".join(shell(gather(row))),
        "ttl": row.node.task.metadata.ttl,
        **({"chunks": chunks} if chunks else {}),
    }


def _source(row: Row, item: Input) -> str | list[str]:
    """Return the path of an input file, or the instance and argument of the param that names it.

    Where the spec names it, the path stands behind these.
    """
    if item.file:
        return f"results/{item.file}"
    if is_example(row, item):
        return item.path
    return [item.owner or row.id, item.argument, *([item.path] if item.path else [])]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True)
