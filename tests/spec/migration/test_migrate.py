"""Specs of the README's grammar become specs of the `workflow:` grammar that say the same."""

from __future__ import annotations

import pytest

from ecoscope_workflows.errors import SpecError
from ecoscope_workflows.spec.load import parse_spec
from ecoscope_workflows.spec.migration.migrate import migrate

README = """\
# the workflow name
name: tracks   # a name
# where results go
cache_root: gcs://bucket/cache
# the tasks
tasks:
  # root tasks
  load: {}  # from a file
  # the next task
  "clean":  # quoted
    # its argument
    observations: 'load'   # a result
    # nothing more of clean

  # how they join
  join: {relocations: clean}
# the end
"""
MIGRATED = """\
# the workflow name
id: tracks   # a name
requirements: []
# where results go
cache_root: gcs://bucket/cache
# the tasks
workflow:
  # root tasks
  - id: load  # from a file
    task: load
  # the next task
  - id: clean  # quoted
    task: "clean"
    partial:
      # its argument
      observations: '${{ workflow.load.return }}'   # a result
      # nothing more of clean

  # how they join
  - id: join
    task: join
    partial: {relocations: "${{ workflow.clean.return }}"}
# the end
"""
# What `description:` of a workflow called flow becomes, but for the text itself.
METADATA = "metadata:\n  name: flow\n  description: "
REST = '  maintainers: []\n  license: ""\n'


def migrated(tasks: str, name: str = "flow") -> str:
    """Return what becomes of the tasks of a spec."""
    return migrate(f"name: {name}\ntasks:\n{tasks}", "s.yaml").text.partition("workflow:\n")[2]


def refused(text: str) -> list[str]:
    with pytest.raises(SpecError) as caught:
        migrate(text, "s.yaml")
    return [str(problem) for problem in caught.value.problems]


def test_every_comment_quote_and_empty_line_stays_where_it_was() -> None:
    migration = migrate(README, "s.yaml")
    assert migration.text == MIGRATED
    assert migration.changed
    assert migration.notes == ()


@pytest.mark.parametrize("line_break", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["no-mark", "byte-order-mark"])
def test_line_ends_and_the_byte_order_mark_stay(line_break: str, mark: str) -> None:
    text = mark + README.replace("\n", line_break)
    assert migrate(text, "s.yaml").text == mark + MIGRATED.replace("\n", line_break)


def test_the_last_line_may_have_no_end() -> None:
    assert migrate("tasks: {load: {}}\nname: x", "s.yaml").text == (
        "workflow: [{id: load, task: load}]\nid: x\nrequirements: []"
    )


def test_a_spec_in_braces_stays_in_braces() -> None:
    text = '{name: w, tasks: {a, b: {}, c: ~, \'d\': {x: a, "y": \'b\'}, "e":{"x":c}}, description: hi}\n'
    assert migrate(text, "s.yaml").text == (
        "{id: w, requirements: [], workflow: [{id: a, task: a}, {id: b, task: b}, {id: c, task: c}, "
        "{id: d, task: 'd', partial: {x: \"${{ workflow.a.return }}\", \"y\": '${{ workflow.b.return }}'}}, "
        '{id: e, task: "e", partial: {"x":"${{ workflow.c.return }}"}}], '
        'metadata: {name: w, description: hi, maintainers: [], license: ""}}\n'
    )


@pytest.mark.parametrize(
    ("tasks", "expected"),
    [
        ("  load:\n", "  - id: load\n    task: load\n"),
        ("  load: ~  # c\n", "  - id: load  # c\n    task: load\n"),
        ("  load:  # c\n    {}\n", "  - id: load  # c\n    task: load\n"),
        ("  load: {  # c\n    }\n", "  - id: load\n    task: load\n    partial: {  # c\n      }\n"),
        ("    load: {}\n", "    - id: load\n      task: load\n"),
        ("  a.b.load: {}\n", "  - id: load\n    task: a.b.load\n"),
        ("  größe: {}\n", "  - id: größe\n    task: größe\n"),
        ("  'true': {}\n", "  - id: \"true\"\n    task: 'true'\n"),
        ("  on: {}\n", "  - id: on\n    task: on\n"),
    ],
    ids=["null", "tilde", "braces-below", "comment-in-braces", "indented", "dotted", "umlaut", "true", "on"],
)
def test_a_task_without_arguments_becomes_an_instance(tasks: str, expected: str) -> None:
    assert migrated(tasks) == expected


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("\n      x: a.b.load\n", ":\n        x: <load>\n"),
        ("\n    x: >-  # c\n      load\n    y: load\n", ":\n      x: <load>  # c\n      y: <load>\n"),
        (" {x: load,  # c\n    y: load}  # d\n", ': {x: "<load>",  # c\n      y: "<load>"}  # d\n'),
        ("\n    {x: load}\n", ':\n      {x: "<load>"}\n'),
        ("\n    ? x\n    : load\n", ":\n      ? x\n      : <load>\n"),
        (" !!map\n    x: !!str load\n", ": !!map\n      x: !!str <load>\n"),
        ('\n    x: "lo\\x61d"\n', ':\n      x: "<load>"\n'),
    ],
    ids=["dotted", "folded", "lines-in-braces", "braces-below", "explicit-key", "tags", "escape"],
)
def test_arguments_are_rewritten_in_any_layout(arguments: str, expected: str) -> None:
    result = migrated(f"  load: {{}}\n  join:{arguments}").replace("${{ workflow.load.return }}", "<load>")
    assert result == f"  - id: load\n    task: load\n  - id: join\n    task: join\n    partial{expected}"


def test_an_anchor_of_arguments_and_its_alias_stay() -> None:
    tasks = "  load: {}\n  a: &both  # c\n    x: load\n  b: *both  # d\n  c:\n    <<: *both\n    y: a\n"
    assert migrated(tasks) == (
        "  - id: load\n    task: load\n"
        "  - id: a  # c\n    task: a\n    partial: &both\n      x: ${{ workflow.load.return }}\n"
        "  - id: b\n    task: b\n    partial: *both  # d\n"
        "  - id: c\n    task: c\n    partial:\n      <<: *both\n      y: ${{ workflow.a.return }}\n"
    )


def test_an_alias_of_a_result_stays_and_one_of_a_task_is_written_out() -> None:
    assert migrated("  &l load: {}\n  a: {x: &o load, y: *o, z: *l}\n") == (
        "  - id: load\n    task: &l load\n"
        '  - id: a\n    task: a\n    partial: {x: &o "${{ workflow.load.return }}", y: *o, '
        'z: "${{ workflow.load.return }}"}\n'
    )


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("Tracks", 'metadata:\n  name: flow\n  description: Tracks  # c\n  maintainers: []\n  license: ""\n'),
        (
            "|  # d\n  One\n    two\n\n  # three",
            f"{METADATA}|  # d\n    One\n      two\n\n    # three  # c\n{REST}",
        ),
        ("''", f"{METADATA}''  # c\n{REST}"),
        ("~", "metadata: ~  # c\n"),
    ],
    ids=["line", "block", "empty", "null"],
)
def test_a_description_becomes_metadata(description: str, expected: str) -> None:
    text = f"name: flow\ndescription: {description}  # c\ntasks: {{load: }}\n"
    migration = migrate(text, "s.yaml")
    assert migration.text == f"id: flow\nrequirements: []\n{expected}workflow: [{{id: load, task: load}}]\n"
    assert parse_spec(migration.text, "s.yaml").description == parse_spec(text, "s.yaml").description


def test_who_is_to_fill_in_the_metadata_is_told() -> None:
    notes = migrate("name: f\ndescription: d\ntasks: {a: {}}\n", "s.yaml").notes
    assert notes == ("`metadata` names no licence and no maintainers yet: fill them in",)


def test_a_workflow_named_for_its_task_gets_another_id() -> None:
    migration = migrate("name: 'load'  # c\ntasks: {load: }\n", "s.yaml")
    assert migration.text.startswith("id: load_workflow  # c\nrequirements: []\n")
    assert migration.notes == ("the workflow is called 'load_workflow' now: 'load' is one of its tasks",)


@pytest.mark.parametrize(
    ("task", "identifier"),
    [
        ("sum", "sum_task"),
        ("yield", "yield_task"),
        ("create_single_value_widget_single_view", "create_single_value_widget"),
        ("a" * 40, "a" * 32),
        ("2d", "_2d"),
    ],
    ids=["built-in", "keyword", "long", "one-long-word", "digit"],
)
def test_a_task_whose_name_is_no_id_gets_one(task: str, identifier: str) -> None:
    migration = migrate(
        f"name: f\ntasks:\n  {task}:\n  join:\n    x: {task}\n"
        if task != "2d"
        else "name: f\ntasks:\n  2d:\n",
        "s.yaml",
    )
    first, *others = parse_spec(migration.text, "s.yaml").instances
    assert (first.id, first.task) == (identifier, task)
    for other in others:
        assert f"${{{{ workflow.{identifier}.return }}}}" in migration.text
        assert other.id == "join"
    assert migration.notes == (
        f"task {task!r} has the id {identifier!r} now: in a params file, {task!r} becomes {identifier!r}",
    )


def test_two_long_names_of_one_beginning_get_two_ids() -> None:
    first, second = "create_a_widget_of_one_single_value_x", "create_a_widget_of_one_single_value_y"
    text = migrate(f"name: f\ntasks: {{{first}: , {second}: }}\n", "s.yaml").text
    ids = [instance.id for instance in parse_spec(text, "s.yaml").instances]
    assert ids == ["create_a_widget_of_one_single", "create_a_widget_of_one_task"]


def test_a_spec_of_the_workflow_grammar_stays_as_it_is() -> None:
    text = "\ufeffid: f\r\nrequirements: []\r\nworkflow: [ {id: a,task: b} ]  # c"
    migration = migrate(text, "s.yaml")
    assert migration.text == text
    assert not migration.changed


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "name: f\ntasks:\n  ? load\n  : {}\n",
            "s.yaml:3:5: EW251 a key of this form cannot be migrated here",
        ),
        (
            "name: f\ntasks:\n  <<: {load: {}}\n",
            "s.yaml:3:3: EW251 a merged key (`<<`) cannot be migrated here",
        ),
        (
            "name: f\n<<: {tasks: {load: {}}}\n",
            "s.yaml:2:1: EW251 a merged key (`<<`) cannot be migrated here",
        ),
        (
            "name: f\ntasks: {a: {}, load:  # c\n  ~ }\n",
            "s.yaml:2:16: EW251 a comment inside a task cannot be migrated here",
        ),
        (
            "name: f\ntasks:\n  a: {}\n  b: {x: a b, y: a}\n",
            "s.yaml:4:10: EW252 'a b' is not the name of a task",
        ),
    ],
    ids=["explicit-key", "merged-tasks", "merged-root", "comment", "no-name"],
)
def test_a_part_that_cannot_be_migrated_is_reported(text: str, message: str) -> None:
    (problem,) = refused(text)
    assert problem.partition("\n")[0] == message


def test_all_parts_that_cannot_be_migrated_are_reported_at_once() -> None:
    problems = refused("name: f\ntasks:\n  a:\n    x: b c\n  ? d\n  : {}\n  e:\n    y: f g\n")
    assert [problem[:18] for problem in problems] == [
        "s.yaml:4:8: EW252 ",
        "s.yaml:5:5: EW251 ",
        "s.yaml:8:8: EW252 ",
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "EW210"), ("[]", "EW211"), ("id: f\n", "EW213"), ("a: [", "EW201"), ("a: &x {b: *x}", "EW204")],
)
def test_what_is_no_spec_is_refused_as_everywhere(text: str, code: str) -> None:
    (problem,) = refused(text)
    assert code in problem
