"""The grammar of published specs: `workflow: [{id, task, partial, …}, …]`."""

from __future__ import annotations

import pytest

from ecoscope_workflows.errors import SpecError
from ecoscope_workflows.spec.load import parse_spec
from ecoscope_workflows.spec.model import Instance, ListOf, Literal, Reference, SkipIf

HEAD = "id: flow\nrequirements: []\n"


def entries(*lines: str, head: str = HEAD) -> str:
    return head + "workflow:\n" + "".join(f"  - {line}\n" for line in lines)


def instances(text: str) -> tuple[Instance, ...]:
    return parse_spec(text, "s.yaml").instances


def refused(text: str) -> str:
    with pytest.raises(SpecError) as caught:
        parse_spec(text, "s.yaml")
    return str(caught.value)


def test_an_instance_knows_its_places() -> None:
    text = """\
id: flow
requirements: []
metadata: {name: Flow, description: "About tracks.", maintainers: [], license: MIT}
cache_root: results
workflow:
  - name: Fixes
    id: fixes
    task: package.tasks.load
    partial:
      path: a.csv
      on: "${{ workflow.other.return }}"
"""
    spec = parse_spec(text, "s.yaml")
    assert (spec.id, spec.description, spec.cache_root) == ("flow", "About tracks.", "results")
    (instance,) = spec.instances
    assert (instance.name, instance.group, instance.fan_out, instance.skipif) == ("Fixes", None, None, None)
    assert (str(instance.where), str(instance.task_where)) == ("s.yaml:7:9", "s.yaml:8:11")
    path, on = instance.arguments["path"], instance.arguments["on"]
    assert isinstance(path, Literal)
    assert isinstance(on, Reference)
    assert (path.value, str(path.where)) == ("a.csv", "s.yaml:10:13")
    assert (on.instance, str(on.where)) == ("other", "s.yaml:11:11")
    assert {name: str(where) for name, where in instance.argument_places.items()} == {
        "path": "s.yaml:10:7",
        "on": "s.yaml:11:7",
    }


def test_groups_are_transparent() -> None:
    found = instances(
        entries(
            "{id: a, task: x}",
            "{type: task-group, title: G, description: d, tasks: [{id: b, task: x}, {id: c, task: x}]}",
            "{id: d, task: x}",
        )
    )
    assert [(item.id, item.group) for item in found] == [("a", None), ("b", "G"), ("c", "G"), ("d", None)]


def test_an_empty_workflow_is_a_spec() -> None:
    assert instances(HEAD + "workflow: []") == ()


def test_map_and_mapvalues_are_read() -> None:
    mapped, keyed = instances(
        entries(
            "{id: a, task: x, map: {argnames: n, argvalues: '${{ workflow.s.return }}'}, mapvalues: {}}",
            "{id: b, task: x, mapvalues: {argnames: [n, m], argvalues: ['${{ workflow.s.return }}']}}",
        )
    )
    assert mapped.fan_out is not None
    assert keyed.fan_out is not None
    assert (mapped.fan_out.method, mapped.fan_out.argnames) == ("map", ("n",))
    assert (keyed.fan_out.method, keyed.fan_out.argnames) == ("mapvalues", ("n", "m"))
    assert isinstance(mapped.fan_out.argvalues, Reference)


def test_argvalues_that_list_one_result_are_that_result() -> None:
    a, b = "'${{ workflow.a.return }}'", "'${{ workflow.b.return }}'"
    for written, kind in ((f"[{a}]", Reference), (f"[{a}, {b}]", ListOf), (f"[[{a}]]", ListOf)):
        text = entries(f"{{id: t, task: x, map: {{argnames: n, argvalues: {written}}}}}")
        (found,) = instances(text)
        assert found.fan_out is not None
        assert isinstance(found.fan_out.argvalues, kind), written


DEFAULTS = HEAD + "task-instance-defaults: {skipif: {conditions: [empty, skipped], unpack_depth: 2}}\n"


def skip(text: str) -> SkipIf | None:
    return instances(text)[0].skipif


def test_skip_conditions_of_an_instance_replace_those_of_the_spec() -> None:
    inherited = skip(entries("{id: a, task: x}", head=DEFAULTS))
    own = skip(entries("{id: a, task: x, skipif: {conditions: [never]}}", head=DEFAULTS))
    none = skip(entries("{id: a, task: x, skipif: {conditions: []}}", head=DEFAULTS))
    null = skip(entries("{id: a, task: x, skipif: null}", head=DEFAULTS))
    assert inherited is not None
    assert (inherited.conditions, inherited.unpack_depth) == (("empty", "skipped"), 2)
    assert own is not None
    assert (own.conditions, own.unpack_depth) == (("never",), 1)
    assert none is not None
    assert none.conditions == ()
    assert null == inherited
    assert skip(entries("{id: a, task: x}")) is None


def test_defaults_hold_inside_groups() -> None:
    group = "{type: task-group, title: G, tasks: [{id: a, task: x}]}"
    found = skip(entries(group, head=DEFAULTS))
    assert found is not None
    assert found.conditions == ("empty", "skipped")


REFUSED = {
    "unknown key of an instance": (
        entries("{id: a, taks: x, task: y}"),
        "s.yaml:4:13: EW212 a task instance has no key 'taks'\n  hint: did you mean 'task'?",
    ),
    "no task": (entries("{id: a}"), "s.yaml:4:5: EW213 the task instance has no 'task'\n  hint: add `task:`"),
    "task that is null": (
        entries("{id: a, task: }"),
        "s.yaml:4:19: EW211 `task` must be text, not nothing",
    ),
    "requirements that are a mapping": (
        "id: f\nrequirements: {}\nworkflow: []",
        "s.yaml:2:15: EW211 `requirements` must be a list, not a mapping",
    ),
    "workflow that is null": (
        HEAD + "workflow:",
        "s.yaml:3:10: EW211 `workflow` must be a list, not nothing",
    ),
    "cache root that is a list": (
        HEAD + "cache_root: []\nworkflow: []",
        "s.yaml:3:13: EW211 `cache_root` must be text, not a list",
    ),
    "defaults that are a list": (
        HEAD + "task-instance-defaults: []\nworkflow: []",
        "s.yaml:3:25: EW211 `task-instance-defaults` must be a mapping, not a list",
    ),
    "unknown default": (
        HEAD + "task-instance-defaults: {partial: {}}\nworkflow: []",
        "s.yaml:3:26: EW212 `task-instance-defaults` has no key 'partial'\n  hint: expected one of: skipif",
    ),
    "argument that is a number": (
        entries("{id: a, task: x, partial: {1: 2}}"),
        "s.yaml:4:32: EW214 argument '1' is not an identifier",
    ),
    "map that is a list": (
        entries("{id: a, task: x, map: [n]}"),
        "s.yaml:4:27: EW211 `map` must be a mapping, not a list",
    ),
    "map that is false": (
        entries("{id: a, task: x, map: false}"),
        "s.yaml:4:27: EW211 `map` must be a mapping, not true or false",
    ),
    "map without values": (
        entries("{id: a, task: x, map: {argnames: n}}"),
        "s.yaml:4:27: EW213 `map` has no 'argvalues'\n  hint: add `argvalues:`",
    ),
    "map with an unknown key": (
        entries("{id: a, task: x, map: {argnames: n, argvalues: [], args: 1}}"),
        "s.yaml:4:56: EW212 `map` has no key 'args'\n  hint: did you mean 'argnames' or 'argvalues'?",
    ),
    "argnames that are a number": (
        entries("{id: a, task: x, map: {argnames: 3, argvalues: []}}"),
        "s.yaml:4:38: EW211 `argnames` must be a list, not a whole number",
    ),
    "argname that is no identifier": (
        entries("{id: a, task: x, map: {argnames: [n, m-1], argvalues: []}}"),
        "s.yaml:4:42: EW214 argument 'm-1' is not an identifier",
    ),
    "argname that is a number": (
        entries("{id: a, task: x, map: {argnames: [n, 1], argvalues: []}}"),
        "s.yaml:4:42: EW211 an argument name must be text, not a whole number",
    ),
    "argvalues that are a mapping": (
        entries("{id: a, task: x, map: {argnames: n, argvalues: {a: 1}}}"),
        (
            "s.yaml:4:52: EW221 `argvalues` must be a reference or a list of them"
            "\n  hint: write `${{ workflow.<id>.return }}`"
        ),
    ),
    "skipif without conditions": (
        entries("{id: a, task: x, skipif: {unpack_depth: 1}}"),
        "s.yaml:4:30: EW213 `skipif` has no 'conditions'\n  hint: add `conditions:`",
    ),
    "condition that is a number": (
        entries("{id: a, task: x, skipif: {conditions: [1]}}"),
        "s.yaml:4:44: EW211 a condition must be text, not a whole number",
    ),
    "depth that is true": (
        entries("{id: a, task: x, skipif: {conditions: [], unpack_depth: true}}"),
        "s.yaml:4:61: EW211 `unpack_depth` must be a whole number, not true or false",
    ),
    "group without a title": (
        entries("{type: task-group, tasks: []}"),
        "s.yaml:4:5: EW213 the task group has no 'title'\n  hint: add `title:`",
    ),
    "group without tasks": (
        entries("{type: task-group, title: G}"),
        "s.yaml:4:5: EW213 the task group has no 'tasks'\n  hint: add `tasks:`",
    ),
    "group of names": (
        entries("{type: task-group, title: G, tasks: [a]}"),
        "s.yaml:4:42: EW211 an entry of a task group must be a mapping, not text",
    ),
    "group in a group": (
        entries("{type: task-group, title: G, tasks: [{type: task-group, title: H, tasks: []}]}"),
        "s.yaml:4:42: EW218 a task group cannot hold another task group\n  hint: list its tasks one level up",
    ),
}


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_of_the_grammar_is_refused_at_its_place(text: str, message: str) -> None:
    assert refused(text) == message
