"""Problems in, SARIF 2.1.0 out: the format that code scanning services and editors read.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import json
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ecoscope_workflows import __version__
from ecoscope_workflows.cli.codes import code_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecoscope_workflows.errors import Problem, Where

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def as_sarif(problems: Sequence[Problem]) -> str:
    """Return a log of one run, whose rules are the codes that occur."""
    codes = {code: number for number, code in enumerate(sorted({item.code for item in problems}))}
    driver = {
        "name": "ecoscope-workflows",
        "semanticVersion": __version__,
        "rules": [_rule(code) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(problem, codes[problem.code]) for problem in problems],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _rule(code: str) -> dict[str, Any]:
    page = code_page(code)
    return {
        "id": code,
        "shortDescription": {"text": page.title},
        "fullDescription": {"text": page.meaning},
        "help": {"text": page.advice},
        "defaultConfiguration": {"level": page.severity},
    }


def _result(problem: Problem, rule: int) -> dict[str, Any]:
    text = f"{problem.what}\n{problem.hint}" if problem.hint else problem.what
    result: dict[str, Any] = {
        "ruleId": problem.code,
        "ruleIndex": rule,
        "level": problem.severity,
        "message": {"text": text},
    }
    if problem.where:
        result["locations"] = [_location(problem.where)]
    if problem.related:
        result["relatedLocations"] = [
            {"id": number, **_location(where), "message": {"text": what}}
            for number, (where, what) in enumerate(problem.related)
        ]
    return result


def _location(where: Where) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(where.file)}}
    if where.line:
        # A column of 0 means the line as a whole; SARIF counts from 1.
        physical["region"] = {"startLine": where.line, "startColumn": max(1, where.column)}
    return {"physicalLocation": physical}


def _uri(file: str) -> str:
    path = PurePath(file)
    return Path(file).as_uri() if path.is_absolute() else quote(path.as_posix())
