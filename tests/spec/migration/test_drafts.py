"""Drafts of the `workflow:` grammar become specs of today's grammar."""

from __future__ import annotations

import pytest

from ecoscope_workflows.errors import SpecError
from ecoscope_workflows.spec.load import parse_spec
from ecoscope_workflows.spec.migration.migrate import migrate

# The three forms of 2024 in one, with a comment wherever one can stand.
DRAFT = """\
name: tracks  # a name
cache_root: gcs://bucket/cache
workflow:
  # the first form: no id, and tasks by their names
  - task: load
    with: {}
  - task: clean  # cleans
    with:
      # inner
      observations: load
  # the second: short references
  - name: Join
    id: joined
    task: join
    with:
      relocations: ${{clean.return}}  # short
      options: [{of: "${{ load.return }}"}, 3, null, "Great map"]
  # the third: modes
  - mode: map  # why
    # before iter
    iter:  # each
      layer:  # argument
        - ${{ workflow.joined.return }}
        - ${{ clean.return }}
    id: maps
    task: draw
    with:
      root: ${{ env.RESULTS }}
  - {id: one, task: draw, mode: mapvalues, iter: {"layer": "${{ maps.return }}"}, with: {root: clean}}
  - id: views
    mode: map
    task: view
    iter:
      data: ${{ workflow.one.return[1] }}  # second
      # between
      key: ${{ one.return[0] }}  # first
  - {id: last, task: load, mode: call}  # flow
# the end
"""
TODAY = """\
id: tracks  # a name
requirements: []
cache_root: gcs://bucket/cache
workflow:
  # the first form: no id, and tasks by their names
  - id: load
    task: load
    partial: {}
  - id: clean
    task: clean  # cleans
    partial:
      # inner
      observations: ${{ workflow.load.return }}
  # the second: short references
  - name: Join
    id: joined
    task: join
    partial:
      relocations: ${{workflow.clean.return}}  # short
      options: [{of: "${{ workflow.load.return }}"}, 3, null, "Great map"]
  # the third: modes
  - # why
    # before iter
    map:  # each
      argnames: layer
      argvalues:  # argument
        - ${{ workflow.joined.return }}
        - ${{ workflow.clean.return }}
    id: maps
    task: draw
    partial:
      root: ${{ env.RESULTS }}
  - {id: one, task: draw, mapvalues: {argnames: "layer", argvalues: "${{ workflow.maps.return }}"}, \
partial: {root: "${{ workflow.clean.return }}"}}
  - id: views
    task: view
    map:
      argnames: [key, data]
      argvalues: ${{ workflow.one.return }}  # second
      # between
      # first
  - {id: last, task: load}  # flow
# the end
"""


def migrated(instances: str) -> str:
    """Return what becomes of the instances of a draft."""
    return migrate(f"id: f\nworkflow:\n{instances}", "s.yaml").text.partition("workflow:\n")[2]


def refused(instances: str) -> list[str]:
    with pytest.raises(SpecError) as caught:
        migrate(f"id: f\nworkflow:\n{instances}", "s.yaml")
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("line_break", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_all_drafts_are_brought_up_to_date_and_keep_their_comments(line_break: str) -> None:
    migration = migrate(DRAFT.replace("\n", line_break), "s.yaml")
    assert migration.text.splitlines() == TODAY.splitlines()
    assert migration.text.count(line_break) == migration.text.count("\n")
    assert migration.changed


def test_only_the_requirements_are_added_to_a_draft_that_lacks_nothing_else() -> None:
    text = "id: f  # c\nworkflow:\n  - {id: a, task: b}\n"
    assert migrate(text, "s.yaml").text == text.replace("# c\n", "# c\nrequirements: []\n")


def test_a_draft_in_braces_stays_in_braces() -> None:
    assert migrate("{name: f, workflow: [{task: a, mode: call}]}", "s.yaml").text == (
        "{id: f, requirements: [], workflow: [{id: a, task: a}]}"
    )


def test_a_workflow_named_for_an_instance_gets_another_id() -> None:
    migration = migrate("name: load\nworkflow: [{task: a.load}]\n", "s.yaml")
    assert migration.text == ("id: load_workflow\nrequirements: []\nworkflow: [{id: load, task: a.load}]\n")
    assert migration.notes == ("the workflow is called 'load_workflow' now: 'load' is one of its instances",)


def test_instances_in_groups_are_migrated_too() -> None:
    group = "  - type: task-group\n    title: G\n    tasks:\n"
    assert migrated(group + "      - task: a\n        with: {x: 1}\n") == (
        group + "      - id: a\n        task: a\n        partial: {x: 1}\n"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("  - id: a\n    mode: call\n    task: t\n", "  - id: a\n    task: t\n"),
        ("  - id: a\n    mode: call  # c\n    task: t\n", "  - id: a\n    # c\n    task: t\n"),
        ("  - mode: call\n    id: a\n    task: t\n", "  - id: a\n    task: t\n"),
        ("  - mode: call\n    # c\n    id: a\n    task: t\n", "  - \n    # c\n    id: a\n    task: t\n"),
        ("  - id: a\n    task: t\n    mode: call", "  - id: a\n    task: t\n"),
        ("  - {mode: call, id: a, task: t}\n", "  - {id: a, task: t}\n"),
        ("  - {id: a, mode: call, task: t}\n", "  - {id: a, task: t}\n"),
        ("  - {id: a, task: t, mode: call}\n", "  - {id: a, task: t}\n"),
        ("  - {id: a, task: t, mode: call,}\n", "  - {id: a, task: t, }\n"),
        (
            "  - {id: a, mode: call,  # c\n     task: t}\n",
            "  - {id: a, # c\n     task: t}\n",
        ),
        ("  - {id: a, task: t,  # c\n     mode: call}\n", "  - {id: a, task: t,  # c\n     }\n"),
        ("  - {id: a, task: t, mode: call, iter: {}}\n", "  - {id: a, task: t}\n"),
        ("  - {mode: call, iter: {}, id: a, task: t}\n", "  - {id: a, task: t}\n"),
        ("  - {id: a, iter: {},  # c\n    mode: call, task: t}\n", "  - {id: a, # c\n    task: t}\n"),
        ("  - mode: call\n    iter: {}\n    id: a\n    task: t\n", "  - id: a\n    task: t\n"),
    ],
    ids=[
        "line", "comment", "first", "first-comment", "last", "flow-first", "flow", "flow-last", "flow-comma",
        "flow-comment", "flow-comment-before", "flow-two-last", "flow-two-first", "flow-two-comment",
        "two-first",
    ],
)  # fmt: skip
def test_a_key_that_goes_leaves_its_comment_behind(before: str, after: str) -> None:
    assert migrated(before) == after
    assert parse_spec(f"id: f\nrequirements: []\nworkflow:\n{after}", "s.yaml").instances[0].id == "a"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("${{ a.return }}", "${{ workflow.a.return }}"),
        ('"${{ load.return }}"', '"${{ workflow.a.return }}"'),
        ("a", "${{ workflow.a.return }}"),
        ("'x.load'", "'${{ workflow.a.return }}'"),
        ("[a, {k: load}]", '["${{ workflow.a.return }}", {k: "${{ workflow.a.return }}"}]'),
        ("${{ workflow.a.return }}", "${{ workflow.a.return }}"),
        ("${{ env.HOME }}", "${{ env.HOME }}"),
        ("two words", "two words"),
        ("3", "3"),
        ("true", "true"),
        ('""', '""'),
    ],
    ids=["id", "task", "name", "dotted", "nested", "today", "env", "text", "number", "boolean", "empty"],
)
def test_a_reference_gets_the_form_of_today(value: str, expected: str) -> None:
    instances = "  - {id: a, task: load}\n  - id: b\n    task: t\n    with:\n      x: %s\n"
    assert migrated(instances % value) == (instances % expected).replace("with:", "partial:")


def test_plain_text_in_partial_is_text() -> None:
    instances = "  - {id: a, task: load}\n  - {id: b, task: t, partial: {x: a, y: '${{ a.return }}'}}\n"
    assert migrated(instances) == instances.replace("a.return", "workflow.a.return")


@pytest.mark.parametrize(
    ("instances", "messages"),
    [
        ("  - {id: a, task: t, mode: each}\n", ["3:28: EW254 unknown mode 'each'"]),
        ("  - {id: a, task: t, iter: {x: b}}\n", ["3:22: EW254 `iter` needs a mode"]),
        ("  - {id: a, task: t, mode: map}\n", ["3:28: EW254 `mode: map` needs `iter`"]),
        ("  - {id: a, task: t, mode: map, iter: [b]}\n", ["3:28: EW254 `mode: map` needs `iter`"]),
        (
            "  - {id: a, task: t, mode: map, iter: {x: a, y: a}}\n",
            ["3:39: EW254 `iter` has several arguments, and not each is an item of one result"],
        ),
        (
            "  - {id: a, task: t, with: {x: 1}, partial: {y: 1}}\n",
            ["3:22: EW255 an instance has both `with` and `partial`"],
        ),
        (
            "  - {id: a, task: t}\n  - {id: b, task: t, mode: map, iter: {x: a}, map: {}}\n",
            ["4:47: EW255 an instance has both `iter` and `map` or `mapvalues`"],
        ),
        (
            "  - {task: t}\n  - {task: t}\n",
            [
                "3:6: EW256 2 instances would have the id 't', and this one has none of its own",
                "4:6: EW256 2 instances would have the id 't', and this one has none of its own",
            ],
        ),
        (
            "  - {id: a, task: t, with: {x: bb, y: '${{ cc.return }}'}}\n",
            [
                "3:32: EW253 'bb' is neither the id nor the task of an instance",
                "3:39: EW253 'cc' is neither the id nor the task of an instance",
            ],
        ),
        (
            "  - {id: a, task: t}\n  - {id: b, task: t}\n  - {id: c, task: u, with: {x: t}}\n",
            ["5:32: EW253 't' is the task of 2 instances"],
        ),
    ],
    ids=[
        "mode", "no-mode", "no-iter", "iter-list", "iter-several", "with-and-partial", "iter-and-map",
        "twins", "unknown", "ambiguous",
    ],
)  # fmt: skip
def test_what_is_not_clear_is_reported_at_its_place(instances: str, messages: list[str]) -> None:
    told = [problem.partition("\n")[0].removeprefix("s.yaml:") for problem in refused(instances)]
    assert told == messages


def test_faults_of_the_result_are_told_at_the_places_of_the_draft() -> None:
    text = "name: f\nworkflow:\n  - task: a\n    wiht: {}\n  - id: b\n    task: t\n  - id: b\n    task: t\n"
    with pytest.raises(SpecError) as caught:
        migrate(text, "s.yaml")
    key, twin = [str(problem) for problem in caught.value.problems]
    assert key.startswith("s.yaml:4:5: EW212 a task instance has no key 'wiht'")
    assert twin == "s.yaml:7:9: EW231 id 'b' is used twice\n  hint: first used at s.yaml:5:9"


def test_a_spec_of_today_with_a_fault_is_refused_for_that_fault() -> None:
    with pytest.raises(SpecError, match=r"s\.yaml:3:17: EW215"):
        migrate(f"id: f\nrequirements: []\nworkflow: [{{id: {'a' * 33}, task: t}}]\n", "s.yaml")
