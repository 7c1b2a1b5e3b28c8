"""The JSON Schema of specs, as a validator reads it: what is a spec passes, what is misshapen does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # ships no types

from ecoscope_workflows.compiler.spec_schema import (
    BRACES,
    CONSTANT,
    IDENTIFIER,
    REFERENCE,
    RESULT,
    spec_schema,
)
from ecoscope_workflows.errors import SpecError
from ecoscope_workflows.spec import includes, instances, readme_grammar, requirements, workflow_grammar
from ecoscope_workflows.spec.document import parse
from ecoscope_workflows.spec.load import parse_spec

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCHEMA = spec_schema()
DEFINITIONS = SCHEMA["$defs"]
NOT_SHAPE = "no schema can see it: it takes the whole graph, or the tasks"
ALLOWED_HERE = "allowed here: any order, both grammars, parts of results"

# Cases that must be refused, and that the schema without tasks lets pass.
NOT_SEEN = {
    "defaults-unregistered-condition": NOT_SHAPE,
    "group-forward-ref-into-later-group": ALLOWED_HERE,
    "map-forward-ref": ALLOWED_HERE,
    "ref-cycle": NOT_SHAPE,
    "ref-field-of-return": ALLOWED_HERE,
    "ref-forward": ALLOWED_HERE,
    "ref-self": NOT_SHAPE,
    "ref-to-spec-id": NOT_SHAPE,
    "ref-unknown-id": NOT_SHAPE,
    "req-conda-bad-version": "a version is a language of its own",
    "root-legacy-tasks-dict": ALLOWED_HERE,
    "skipif-ambiguous-condition": NOT_SHAPE,
    "skipif-unregistered": NOT_SHAPE,
    "task-ambiguous-short-name": NOT_SHAPE,
    "task-fq-bad-path": NOT_SHAPE,
    "task-fq-wrong-module": NOT_SHAPE,
    "task-id-duplicate": NOT_SHAPE,
}
# Cases that no parser of YAML gets to the end of.
NOT_YAML = {"yaml-duplicate-key", "yaml-unclosed-flow"}
# What the published compiler lets pass by neglect.
REFUSED_QUIRKS = {
    "rjsf-unknown-section": "Additional properties are not allowed ('propertees' was unexpected)"
}


def faults(value: Any) -> list[str]:
    return [error.message for error in Draft202012Validator(SCHEMA).iter_errors(value)]


def read(path: Path) -> Any:
    return parse(path.read_text(encoding="utf-8"), str(path)).value


def specs(reference_data: Path, pytestconfig: pytest.Config) -> Iterator[Path]:
    yield from pytestconfig.rootpath.glob("specs/*/spec.yaml")
    yield from reference_data.glob("snapshots/*/spec.yaml")
    yield from reference_data.glob("specs/seed_2024-05/time-density.yaml")
    for path in reference_data.glob("published-specs/*.yaml"):
        if not path.name.endswith(".test-cases.yaml"):
            yield path


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert spec_schema() == SCHEMA


def test_every_spec_passes(reference_data: Path, pytestconfig: pytest.Config) -> None:
    paths = list(specs(reference_data, pytestconfig))
    assert len(paths) >= 50
    assert {path.name: found for path in paths if (found := faults(read(path)))} == {}


def test_what_must_be_accepted_passes(reference_data: Path) -> None:
    paths = sorted((reference_data.parent / "conformance" / "accept").glob("*.yaml"))
    found = {path.stem: faults(read(path)) for path in paths}
    assert {name: messages for name, messages in found.items() if messages} == {
        name: [message] for name, message in REFUSED_QUIRKS.items()
    }


def test_what_is_misshapen_fails(reference_data: Path) -> None:
    paths = sorted((reference_data.parent / "conformance" / "reject").glob("*.yaml"))
    passed = {path.stem for path in paths if path.stem not in NOT_YAML and not faults(read(path))}
    assert passed == set(NOT_SEEN)
    assert len(paths) - len(passed) >= 50


def test_the_keys_are_those_that_the_parser_knows() -> None:
    known = {
        "workflow_spec": workflow_grammar.ROOT_KEYS,
        "instance": instances.INSTANCE_KEYS,
        "group": workflow_grammar.GROUP_KEYS,
        "include": includes.INCLUDE_KEYS,
        "fan_out": instances.FAN_OUT_KEYS,
        "skipif": instances.SKIPIF_KEYS,
        "overrides": workflow_grammar.OVERRIDE_SECTIONS,
        "readme_spec": readme_grammar.ROOT_KEYS,
    }
    assert {name: set(DEFINITIONS[name]["properties"]) for name in known} == {
        name: set(keys) for name, keys in known.items()
    }
    assert all(DEFINITIONS[name]["additionalProperties"] is False for name in known)
    forms = DEFINITIONS["requirement"]["else"]
    assert set(forms["then"]["properties"]) == set(requirements.PIP_KEYS)
    assert set(forms["else"]["properties"]) == set(requirements.CONDA_KEYS)


INSTANCE = (
    "id: w\nrequirements: []\nvars: {{c: text}}\n"
    "workflow:\n  - {{id: s, task: add}}\n  - {{id: t, task: add, {}}}\n"
)
HEAD = "id: w\nworkflow: []\n"
SHAPES = {
    "a literal": "partial: {a: 1}",
    "a reference": 'partial: {a: "${{ workflow.s.return }}"}',
    "a reference without spaces": 'partial: {a: "${{workflow.s.return}}"}',
    "a reference deep inside": 'partial: {a: [{b: ["${{ env.HOME }}"]}]}',
    "a malformed reference deep inside": 'partial: {a: [{b: ["${{ env }}"]}]}',
    "a reference of an old form": 'partial: {a: "${{ s.return }}"}',
    "a reference inside a text": 'partial: {a: "of ${{ env.HOME }}"}',
    "a reference as a key": 'partial: {a: {"${{ nothing }}": 1}}',
    "a part of a result": 'partial: {a: "${{ workflow.s.return.name[0] }}"}',
    "a part of a result by text": 'partial: {a: "${{ workflow.s.return[name] }}"}',
    "a constant": 'partial: {a: "${{ vars.c }}"}',
    "constants inside a text": 'partial: {a: "${{ vars.c }} of ${{ vars.c }}"}',
    "a constant and a result in a text": 'partial: {a: "${{ vars.c }} ${{ workflow.s.return }}"}',
    "resources": "resources: {mem_mb: 4000, partition: long}, retries: 2, timeout: 60",
    "a resource that is a list": "resources: {mem_mb: [4000]}",
    "retries below zero": "retries: -1",
    "a timeout that is a text": "timeout: long",
    "an argument that is no identifier": "partial: {a-b: 1}",
    "nothing for the arguments": "partial: null",
    "a list for the arguments": "partial: [1]",
    "no name": "name: null",
    "a number for a name": "name: 1",
    "an unknown key": "partials: {a: 1}",
    "map": 'map: {argnames: a, argvalues: "${{ workflow.s.return }}"}',
    "map over several arguments": 'map: {argnames: [a, b], argvalues: ["${{ workflow.s.return }}"]}',
    "map of nothing": "map: {}",
    "map without values": "map: {argnames: a}",
    "map without names": 'map: {argvalues: "${{ workflow.s.return }}"}',
    "map over a text": "map: {argnames: a, argvalues: text}",
    "map and an empty mapvalues": 'map: {argnames: a, argvalues: "${{ workflow.s.return }}"}, mapvalues: {}',
    "map and mapvalues": 'map: {argnames: a, argvalues: "${{ workflow.s.return }}"},'
    ' mapvalues: {argnames: a, argvalues: "${{ workflow.s.return }}"}',
    "skipif": "skipif: {conditions: [never], unpack_depth: 2}",
    "skipif without conditions": "skipif: {unpack_depth: 2}",
    "skipif of one condition": "skipif: {conditions: never}",
    "skipif of nothing": "skipif: null",
}


@pytest.mark.parametrize("line", SHAPES.values(), ids=SHAPES)
def test_the_schema_and_the_parser_agree_on_an_instance(line: str) -> None:
    text = INSTANCE.format(line)
    assert (faults(parse(text, "spec.yaml").value) == []) == is_read(text)


ROOTS = {
    "nothing to do": HEAD + "requirements: []\n",
    "no requirements": HEAD,
    "a requirement of conda": HEAD + 'requirements: [{name: pandas, version: ">=2", channel: conda-forge}]\n',
    "a channel by its address": HEAD + 'requirements: [{name: a, version: "*", channel: "https://e.org"}]\n',
    "a requirement without a version": HEAD + "requirements: [{name: pandas}]\n",
    "a short requirement": HEAD + 'requirements: [{requirement: "pandas>=2"}]\n',
    "a short requirement with a key": HEAD + 'requirements: [{requirement: "pandas>=2", channel: c}]\n',
    "a requirement from git": HEAD + 'requirements: [{name: a, git: "https://e.org/a", rev: b}]\n',
    "two references of git": HEAD + 'requirements: [{name: a, git: "https://e.org/a", rev: b, tag: c}]\n',
    "a reference of git without git": HEAD + "requirements: [{name: a, path: /a, rev: b}]\n",
    "an editable folder": HEAD + "requirements: [{name: a, path: /a, editable: true}]\n",
    "an editable page": HEAD + 'requirements: [{name: a, url: "https://e.org/a", editable: true}]\n',
    "a page that is not editable": HEAD
    + 'requirements: [{name: a, url: "https://e.org/a", editable: false}]\n',
    "a relative folder": HEAD + "requirements: [{name: a, path: a}]\n",
    "two sources": HEAD + 'requirements: [{name: a, path: /a, url: "https://e.org/a"}]\n',
    "the grammar of the README": "name: w\ntasks: {add: {a: double}, double: }\n",
    "the grammar of the README without tasks": "name: w\ntasks: {}\n",
    "the grammar of the README without a name": "tasks: {add: {}}\n",
    "a value in the grammar of the README": "name: w\ntasks: {add: {a: 1}}\n",
    "both grammars": HEAD + "requirements: []\ntasks: {add: {}}\n",
    "neither grammar": "id: w\nrequirements: []\n",
    "a keyword for an id": "id: class\nrequirements: []\nworkflow: []\n",
    "a type for an id": "id: list\nrequirements: []\nworkflow: []\n",
    "an id with an umlaut": "id: größe\nrequirements: []\nworkflow: []\n",
    "a text for the overrides": HEAD + "requirements: []\nrjsf-overrides: {properties: text}\n",
    "null in the overrides": HEAD + "requirements: []\nrjsf-overrides: {properties: {s.title: }}\n",
    "a group": "id: w\nrequirements: []\nworkflow: [{type: task-group, title: T, tasks: []}]\n",
    "a group without a title": "id: w\nrequirements: []\nworkflow: [{type: task-group, tasks: []}]\n",
    "a group in a group": "id: w\nrequirements: []\n"
    "workflow: [{type: task-group, title: T, tasks: [{type: task-group, title: U, tasks: []}]}]\n",
    "constants": HEAD + "requirements: []\nvars: {a: 1, b: [2], c: {d: }}\n",
    "a constant that is no identifier": HEAD + "requirements: []\nvars: {a-b: 1}\n",
    "no constants": HEAD + "requirements: []\nvars:\n",
    "an include without a prefix": "id: w\nrequirements: []\nworkflow: [{include: other.yaml}]\n",
    "an include with a key": "id: w\nrequirements: []\n"
    "workflow: [{include: other.yaml, prefix: a_, id: b}]\n",
    "an include from anywhere": "id: w\nrequirements: []\nworkflow: [{include: /other.yaml, prefix: a_}]\n",
    "an include from above": "id: w\nrequirements: []\nworkflow: [{include: a/../b.yaml, prefix: a_}]\n",
    "words of YAML 1.1": "id: w\nrequirements: []\nworkflow: [{id: on, task: a, partial: {on: yes}}]\n",
}


@pytest.mark.parametrize("text", ROOTS.values(), ids=ROOTS)
def test_the_schema_and_the_parser_agree_on_a_spec(text: str) -> None:
    assert (faults(parse(text, "spec.yaml").value) == []) == is_read(text)


def test_an_include_passes() -> None:
    # The parser goes on to read the other file.
    entry = {"include": "parts/other.yaml", "prefix": "a_", "partial": {"s": {"a": "${{ vars.c }}"}}}
    value = {"id": "w", "requirements": [], "vars": {"c": 1}, "workflow": [entry]}
    assert faults(value) == []
    entry["partial"] = {"s": {"a": "${{ c }}"}}
    assert len(faults(value)) == 1


def is_read(text: str) -> bool:
    try:
        parse_spec(text, "spec.yaml")
    except SpecError:
        return False
    return True


def test_patterns_are_read_alike_by_python_and_by_editors() -> None:
    # A regular expression of ECMAScript knows none of these.
    for pattern in (BRACES, CONSTANT, IDENTIFIER, REFERENCE, RESULT):
        assert not any(construct in pattern for construct in ("(?P", "(?<", r"\A", r"\Z", "(?s"))
