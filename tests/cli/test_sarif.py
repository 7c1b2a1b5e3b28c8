"""Problems as SARIF, the format of code scanning."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # ships no types

from ecoscope_workflows.cli.sarif import as_sarif
from ecoscope_workflows.errors import Problem, Where

CLASH = Problem(
    "EW301",
    "100% wrong:\nall, of it",
    Where("my, specs/a:b.yaml", 31, 7),
    "mend it",
    related=((Where("my, specs/a:b.yaml", 22, 5), "returns text"),),
)


# The part of the published schema that speaks of what is written here, required keys first.
LOCATION = {
    "type": "object",
    "required": ["physicalLocation"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "integer", "minimum": -1},
        "message": {"type": "object", "required": ["text"]},
        "physicalLocation": {
            "type": "object",
            "required": ["artifactLocation"],
            "additionalProperties": False,
            "properties": {
                "artifactLocation": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {"uri": {"type": "string", "format": "uri-reference"}},
                },
                "region": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        "startLine": {"type": "integer", "minimum": 1},
                        "startColumn": {"type": "integer", "minimum": 1},
                    },
                },
            },
        },
    },
}
TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
SARIF: dict[str, Any] = {
    "type": "object",
    "required": ["version", "runs"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tool"],
                "additionalProperties": False,
                "properties": {
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name"],
                                "properties": {
                                    "semanticVersion": {"type": "string"},
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {
                                            "type": "object",
                                            "required": ["id"],
                                            "additionalProperties": False,
                                            "properties": {
                                                "id": {"type": "string"},
                                                "shortDescription": TEXT,
                                                "fullDescription": TEXT,
                                                "help": TEXT,
                                                "defaultConfiguration": {
                                                    "type": "object",
                                                    "properties": {"level": LEVEL},
                                                },
                                            },
                                        },
                                    },
                                },
                            }
                        },
                    },
                    "results": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["message"],
                            "additionalProperties": False,
                            "properties": {
                                "ruleId": {"type": "string"},
                                "ruleIndex": {"type": "integer", "minimum": -1},
                                "level": LEVEL,
                                "message": TEXT,
                                "locations": {"type": "array", "items": LOCATION},
                                "relatedLocations": {"type": "array", "uniqueItems": True, "items": LOCATION},
                            },
                        },
                    },
                },
            },
        },
    },
}


def log_of(*problems: Problem) -> Any:
    """Return the only run of a log that is of the published form."""
    log = json.loads(as_sarif(problems))
    Draft202012Validator(SARIF).validate(log)
    (ran,) = log["runs"]
    return ran


def test_no_problems_are_an_empty_run() -> None:
    ran = log_of()
    assert ran["results"] == []
    assert ran["tool"]["driver"]["rules"] == []


def test_rules_are_the_codes_that_occur_and_are_described() -> None:
    wrong = [Problem("EW301", "a"), Problem("EW381", "b", severity="warning"), Problem("EW301", "c")]
    ran = log_of(*wrong)
    rules = ran["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["EW301", "EW381"]
    assert [(item["ruleId"], item["ruleIndex"], item["level"]) for item in ran["results"]] == [
        ("EW301", 0, "error"),
        ("EW381", 1, "warning"),
        ("EW301", 0, "error"),
    ]
    assert rules[0]["shortDescription"]["text"] == "a task is not installed"
    assert rules[0]["help"]["text"].startswith("Correct the name")
    assert [rule["defaultConfiguration"]["level"] for rule in rules] == ["error", "warning"]


def test_both_ends_are_given_and_files_are_uris() -> None:
    absolute = Problem("EW200", "there is no such file", Where(str(Path("a b.yaml").absolute())))
    clash, missing, nowhere = log_of(CLASH, absolute, Problem("EW108", "cannot be imported"))["results"]
    assert clash["message"]["text"] == "100% wrong:\nall, of it\nmend it"
    place = clash["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "my%2C%20specs/a%3Ab.yaml"
    assert place["region"] == {"startLine": 31, "startColumn": 7}
    (related,) = clash["relatedLocations"]
    assert related["message"]["text"] == "returns text"
    assert related["physicalLocation"]["region"] == {"startLine": 22, "startColumn": 5}
    assert missing["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].startswith("file:///")
    assert "region" not in missing["locations"][0]["physicalLocation"]
    assert "locations" not in nowhere
