"""What a result was made with, what it would be made with now, and how the difference is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.compiler.planning.changes import changes_of
from ecoscope_workflows.compiler.planning.jobs import Job
from ecoscope_workflows.compiler.planning.manifest import Rule
from ecoscope_workflows.runtime.known_fingerprints import KnownFingerprints
from ecoscope_workflows.runtime.rule_params import MAX_INLINE, RuleParams, inline

if TYPE_CHECKING:
    import pytest


def job(arguments: dict[str, Any], task: str = "kit:scale@1") -> Job:
    rule = Rule("bigger", "kit:scale", {}, {}, [], [], ["bigger.json"], "", None)
    return Job(rule, (), ("results/bigger.json",), (), (), task, inline(json.dumps(arguments))[0])


def changes(before: Job, now: Job, folder: Path = Path("nowhere")) -> list[dict[str, Any]]:
    return list(changes_of(now, before.params, KnownFingerprints(folder / "known.json")))


def test_params_that_have_changed_come_and_go_are_told() -> None:
    found = changes(job({"factor": 1, "old": "a", "same": [1]}), job({"factor": 5, "new": None, "same": [1]}))
    assert found == [
        {"kind": "param", "instance": "bigger", "name": "factor", "old": 1, "new": 5},
        {"kind": "param", "instance": "bigger", "name": "new", "new": None},
        {"kind": "param", "instance": "bigger", "name": "old", "old": "a"},
    ]


def test_of_a_mapping_the_keys_are_told_that_differ() -> None:
    old = {"speeds": {"least": 0, "most": {"day": 15, "night": 9}, "unit": "km/h"}, "size": {"$env": "A"}}
    new = {"speeds": {"most": {"day": 14, "night": 9}, "unit": "km/h"}, "size": {"$env": "B"}}
    assert changes(job(old), job(new)) == [
        {"kind": "param", "instance": "bigger", "name": "size", "old": {"$env": "A"}, "new": {"$env": "B"}},
        {"kind": "param", "instance": "bigger", "name": "speeds.least", "old": 0},
        {"kind": "param", "instance": "bigger", "name": "speeds.most.day", "old": 15, "new": 14},
    ]


def test_code_is_told_with_the_parts_that_are_known(tmp_path: Path) -> None:
    fact = {"kind": "code", "instance": "bigger", "task": "kit:scale", "old": "1", "new": "2"}
    assert changes(job({}), job({}, "kit:scale@2")) == [fact]
    (tmp_path / "known").mkdir()
    for digest, parts in {
        "1": {"kit:scale": "x", "kit:same": "s", "package numpy": "1.0", "kit:gone": "g"},
        "2": {"kit:scale": "y", "kit:same": "s", "package numpy": "2.0"},
    }.items():
        (tmp_path / "known" / f"{digest}.json").write_text(json.dumps(parts))
    (told,) = changes(job({}), job({}, "kit:scale@2"), tmp_path)
    assert told == {**fact, "parts": ["kit:gone", "kit:scale", "package numpy 1.0 -> 2.0"]}


def test_another_task_is_told() -> None:
    assert changes(job({}), job({}, "kit:shift@2")) == [
        {"kind": "task", "instance": "bigger", "old": "kit:scale", "new": "kit:shift"}
    ]


def called(code: str, **arguments: Any) -> dict[str, Any]:
    """Return arguments with a cheap instance, as the runtime writes them."""
    params = RuleParams({"title": arguments}, lambda task: f"{task}@{code}", skipif=["kit:empty"])
    params.declare("title", "kit:caption")
    encoded: dict[str, Any] = json.loads(params.arguments("bigger", {"text": {"$call": "title"}}))
    return encoded


def test_what_is_evaluated_inside_is_told_by_its_own_name() -> None:
    assert changes(job(called("1", text="a")), job(called("1", text="b"))) == [
        {"kind": "param", "instance": "title", "name": "text", "old": "a", "new": "b"}
    ]
    told = changes(job(called("1")), job(called("2")))
    assert [(fact["kind"], fact["instance"], fact["task"]) for fact in told] == [
        ("code", "bigger", "kit:empty"),
        ("code", "title", "kit:caption"),
        ("code", "title", "kit:empty"),
    ]
    more = changes(job(called("1")), job({}))
    assert {"kind": "params", "what": "it no longer evaluates title"} in more


def test_how_a_task_is_called_is_told() -> None:
    params = RuleParams({}, lambda task: f"{task}@1")
    one = json.loads(params.arguments("bigger", map="value"))
    other = json.loads(params.arguments("bigger", mapvalues="value", skipif=["kit:empty"]))
    assert [fact["what"] for fact in changes(job(one), job(other))] == [
        "what bigger goes through",
        "when bigger is skipped",
    ]


def test_long_arguments_are_read_from_their_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    arguments = {"words": "a" * MAX_INLINE, "factor": 1}
    before = job(arguments)
    assert changes(before, job({"factor": 1})) == [{"kind": "params", "what": "the arguments"}]
    _, path = inline(json.dumps(arguments))
    assert path is not None
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(arguments))
    (told,) = changes(before, job({"factor": 1}))
    assert told["name"] == "words"
