"""The text of a spec becomes a `Spec`, whichever grammar it is in; all its faults are told at once."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from ecoscope_workflows.errors import SpecError
from ecoscope_workflows.spec.load import load_spec, parse_spec

if TYPE_CHECKING:
    from pathlib import Path

WORKFLOW = "id: flow\nrequirements: []\nworkflow:\n"


def refused(text: str) -> list[str]:
    with pytest.raises(SpecError) as caught:
        parse_spec(text, "s.yaml")
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "",
            "s.yaml: EW210 the file is empty\n  hint: start with `id:`, `requirements:` and `workflow:`",
        ),
        (
            "# nothing yet\n",
            "s.yaml: EW210 the file is empty\n  hint: start with `id:`, `requirements:` and `workflow:`",
        ),
        (
            "- id: a",
            (
                "s.yaml:1:1: EW211 a spec must be a mapping, not a list"
                "\n  hint: start with `id:` and `workflow:`"
            ),
        ),
        (
            "\nhello",
            "s.yaml:2:1: EW211 a spec must be a mapping, not text\n  hint: start with `id:` and `workflow:`",
        ),
        (
            "false",
            (
                "s.yaml:1:1: EW211 a spec must be a mapping, not true or false"
                "\n  hint: start with `id:` and `workflow:`"
            ),
        ),
        (
            "id: a",
            (
                "s.yaml:1:1: EW213 the spec has neither `workflow:` nor `tasks:`"
                "\n  hint: add `workflow:` with a list of task instances"
            ),
        ),
        (
            "a: [",
            "s.yaml:2:1: EW201 not valid YAML: while parsing a flow node: did not find expected node content",
        ),
    ],
)
def test_what_is_no_spec_at_all_is_refused(text: str, message: str) -> None:
    assert refused(text) == [message]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SpecError) as caught:
        load_spec(tmp_path / "nope.yaml")
    assert str(caught.value) == f"{tmp_path}/nope.yaml: EW200 there is no such file"


def test_a_folder_is_not_a_spec(tmp_path: Path) -> None:
    with pytest.raises(SpecError) as caught:
        load_spec(tmp_path)
    assert str(caught.value) == f"{tmp_path}: EW200 cannot be read: Is a directory"


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_bytes("id: größe".encode("latin-1"))
    with pytest.raises(SpecError) as caught:
        load_spec(path)
    assert str(caught.value) == f"{path}: EW200 not UTF-8 text (byte 6)\n  hint: save the file as UTF-8"


@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_a_file_is_read_as_utf_8_with_or_without_a_mark(start: str, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_bytes(f"{start}name: größe\ntasks:\n  add: {{}}\n".encode())
    spec = load_spec(path)
    assert (spec.id, spec.file) == ("größe", str(path))
    assert str(spec.instances[0].where) == f"{path}:3:3"


def test_windows_line_ends_are_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_bytes(b"name: f\r\ntasks:\r\n  add: {}\r\n")
    assert str(load_spec(path).instances[0].where) == f"{path}:3:3"


def test_the_hash_is_that_of_the_text() -> None:
    text = "name: f\ntasks: {add: {}}\n"
    assert parse_spec(text, "s.yaml").sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert parse_spec(text + "# more", "s.yaml").sha256 != parse_spec(text, "s.yaml").sha256


def test_each_further_use_of_an_id_is_reported_with_the_first() -> None:
    text = (
        WORKFLOW + "  - {id: a, task: x}\n  - {id: b, task: x}\n  - {id: a, task: y}\n  - {id: a, task: z}\n"
    )
    assert refused(text) == [
        "s.yaml:6:10: EW231 id 'a' is used twice\n  hint: first used at s.yaml:4:10",
        "s.yaml:7:10: EW231 id 'a' is used twice\n  hint: first used at s.yaml:4:10",
    ]


def test_an_id_in_a_group_is_not_used_outside_again() -> None:
    text = WORKFLOW + "  - {id: a, task: x}\n  - {type: task-group, title: G, tasks: [{id: a, task: x}]}\n"
    assert refused(text) == ["s.yaml:5:47: EW231 id 'a' is used twice\n  hint: first used at s.yaml:4:10"]


def test_an_instance_does_not_have_the_id_of_the_spec() -> None:
    expected = ["s.yaml:4:10: EW232 id 'flow' is also the id of the spec\n  hint: rename one of them"]
    assert refused(WORKFLOW + "  - {id: flow, task: x}\n") == expected
    assert refused(WORKFLOW + "  - {id: flow, task: flow}\n") == expected


@pytest.mark.parametrize("task", ["density", "package.tasks.density"])
def test_a_workflow_of_the_readme_may_be_named_for_its_task(task: str) -> None:
    spec = parse_spec(f"name: density\ntasks: {{{task}: {{}}}}", "s.yaml")
    assert (spec.id, spec.instances[0].id) == ("density", "density")


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (
            "{id: a, task: x, partial: {n: '${{ workflow.a.return }}'}}",
            "s.yaml:4:35: EW233 a.n refers to its own return value\n  hint: use another id",
        ),
        (
            "{id: a, task: x, partial: {n: [{k: '${{ workflow.a.return }}'}]}}",
            "s.yaml:4:40: EW233 a.n refers to its own return value\n  hint: use another id",
        ),
        (
            "{id: a, task: x, map: {argnames: n, argvalues: '${{ workflow.a.return }}'}}",
            "s.yaml:4:52: EW233 a.argvalues refers to its own return value\n  hint: use another id",
        ),
        (
            "{id: a, task: x, mapvalues: {argnames: n, argvalues: ['${{ workflow.a.return }}']}}",
            "s.yaml:4:59: EW233 a.argvalues refers to its own return value\n  hint: use another id",
        ),
    ],
)
def test_an_instance_does_not_use_its_own_result(entry: str, message: str) -> None:
    assert refused(f"{WORKFLOW}  - {entry}\n") == [message]


def test_a_task_of_the_readme_does_not_use_its_own_result() -> None:
    assert refused("name: f\ntasks:\n  add: {a: add}\n") == [
        "s.yaml:3:12: EW233 add.a refers to its own return value\n  hint: use another id"
    ]


def test_faults_are_told_in_the_order_of_their_places() -> None:
    text = """\
id: my-flow
workflow:
  - {id: a, tsk: x}
  - {id: a, task: 3}
  - hello
"""
    places = [line.split(" ")[0] for line in refused(text)]
    assert places == [
        "s.yaml:1:1:",
        "s.yaml:1:5:",
        "s.yaml:3:5:",
        "s.yaml:3:13:",
        "s.yaml:4:10:",
        "s.yaml:4:19:",
        "s.yaml:5:5:",
    ]
