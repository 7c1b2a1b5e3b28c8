"""The grammar of the README: `tasks: {task: {argument: task it comes from}}`."""

from __future__ import annotations

import pytest

from ecoscope_workflows.errors import SpecError
from ecoscope_workflows.spec.load import parse_spec
from ecoscope_workflows.spec.model import Reference

SPEC = """\
name: calculate_time_density
cache_root: gcs://my-bucket/cache
description: Where animals spend their time.
tasks:
  get_observations:
  process_relocations:
    observations: get_observations
  other_package.tasks.density:
    trajectory: process_relocations
    also: some.tasks.get_observations
"""


def test_each_task_is_one_instance_named_for_it() -> None:
    spec = parse_spec(SPEC, "s.yaml")
    assert (spec.id, spec.cache_root) == ("calculate_time_density", "gcs://my-bucket/cache")
    assert {spec.grammar, *(item.grammar for item in spec.instances)} == {"tasks"}
    assert spec.description == "Where animals spend their time."
    assert [(item.id, item.task) for item in spec.instances] == [
        ("get_observations", "get_observations"),
        ("process_relocations", "process_relocations"),
        ("density", "other_package.tasks.density"),
    ]


def test_each_argument_is_the_result_of_a_task() -> None:
    density = parse_spec(SPEC, "s.yaml").instances[2]
    found = {}
    for name, binding in density.arguments.items():
        assert isinstance(binding, Reference)
        found[name] = (binding.instance, str(binding.where), str(density.argument_places[name]))
    assert found == {
        "trajectory": ("process_relocations", "s.yaml:9:17", "s.yaml:9:5"),
        "also": ("get_observations", "s.yaml:10:11", "s.yaml:10:5"),
    }


REFUSED = {
    "no name": (
        "tasks: {add: {}}",
        "s.yaml:1:1: EW213 the spec has no 'name'\n  hint: add `name: <name of the workflow>`",
    ),
    "name that is no identifier": (
        "name: time density\ntasks: {add: {}}",
        (
            "s.yaml:1:7: EW214 the name of the workflow 'time density' is not a valid Python identifier"
            "\n  hint: try 'time_density'"
        ),
    ),
    "no tasks": (
        "name: f\ntasks: {}",
        "s.yaml:2:8: EW216 `tasks` is empty: there is nothing to run\n  hint: add a task",
    ),
    "null tasks": ("name: f\ntasks:", "s.yaml:2:7: EW211 `tasks` must be a mapping, not nothing"),
    "tasks as a list": ("name: f\ntasks: [add]", "s.yaml:2:8: EW211 `tasks` must be a mapping, not a list"),
    "arguments as a list": (
        "name: f\ntasks: {add: [1]}",
        "s.yaml:2:14: EW211 the arguments of 'add' must be a mapping, not a list",
    ),
    "literal": (
        "name: f\ntasks: {add: {a: 1}}",
        (
            "s.yaml:2:18: EW217 add.a must be the name of a task"
            "\n  hint: a value is given in the params file, or use the `workflow:` grammar"
        ),
    ),
    "unknown key": (
        "name: f\ncach_root: x\ntasks: {add: {}}",
        "s.yaml:2:1: EW212 a spec has no key 'cach_root'\n  hint: did you mean 'cache_root'?",
    ),
    "cache root that is a number": (
        "name: f\ncache_root: 3\ntasks: {add: {}}",
        "s.yaml:2:13: EW211 `cache_root` must be text, not a whole number",
    ),
    "twins": (
        "name: f\ntasks:\n  a.run: {}\n  b.run: {}",
        "s.yaml:4:3: EW231 id 'run' is used twice\n  hint: first used at s.yaml:3:3",
    ),
}


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_of_the_grammar_is_refused_at_its_place(text: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse_spec(text, "s.yaml")
    assert str(caught.value) == message
