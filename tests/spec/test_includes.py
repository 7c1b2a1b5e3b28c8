"""Specs inside specs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecoscope_workflows.errors import SpecError
from ecoscope_workflows.spec.load import load_spec
from ecoscope_workflows.spec.model import Literal, Reference

if TYPE_CHECKING:
    from pathlib import Path

INNER = """\
id: density
requirements: [{requirement: "pandas>=2"}]
vars: {size: 250}
workflow:
  - {id: load, task: load_relocations}
  - type: task-group
    title: Density
    tasks:
      - {id: clean, task: process, partial: {observations: "${{ workflow.load.return }}", x: [1]}}
      - id: grid
        task: grid
        map: {argnames: [a], argvalues: ["${{ workflow.clean.return.rows }}"]}
        partial: {size: "${{ vars.size }}", deep: [{k: "${{ workflow.load.return }}"}]}
"""
OUTER = """\
id: two
requirements: [{requirement: "numpy>=2"}]
workflow:
  - {id: first, task: load_relocations}
  - {include: sub/density.yaml, prefix: north_}
  - {id: middle, task: load_relocations}
  - include: sub/density.yaml
    prefix: south_
    partial: {clean: {observations: "${{ workflow.middle.return }}"}, load: {path: s.csv}}
  - {id: last, task: draw, partial: {frame: "${{ workflow.south_grid.return }}"}}
"""


def write(folder: Path, outer: str, inner: str = INNER) -> Path:
    (folder / "sub").mkdir()
    (folder / "sub" / "density.yaml").write_text(inner)
    (folder / "spec.yaml").write_text(outer)
    return folder / "spec.yaml"


def test_the_instances_stand_where_the_include_does(tmp_path: Path) -> None:
    spec = load_spec(write(tmp_path, OUTER))
    assert [instance.id for instance in spec.instances] == [
        "first",
        "north_load",
        "north_clean",
        "north_grid",
        "middle",
        "south_load",
        "south_clean",
        "south_grid",
        "last",
    ]
    assert spec.included == ("sub/density.yaml",)
    assert [needed.name for needed in spec.requirements] == ["numpy", "pandas"]
    assert [group.title for group in spec.groups] == ["Density"]


def test_references_inside_follow_the_prefix(tmp_path: Path) -> None:
    spec = load_spec(write(tmp_path, OUTER))
    by_id = {instance.id: instance for instance in spec.instances}
    clean = by_id["north_clean"].arguments["observations"]
    assert isinstance(clean, Reference)
    assert clean.instance == "north_load"
    grid = by_id["north_grid"]
    assert grid.fan_out is not None
    assert "north_clean" in str(grid.fan_out.argvalues)
    assert "north_load" in str(grid.arguments["deep"])


def test_arguments_can_be_bound_from_outside(tmp_path: Path) -> None:
    spec = load_spec(write(tmp_path, OUTER))
    by_id = {instance.id: instance for instance in spec.instances}
    clean = by_id["south_clean"].arguments["observations"]
    assert isinstance(clean, Reference)
    assert clean.instance == "middle"
    path = by_id["south_load"].arguments["path"]
    assert isinstance(path, Literal)
    assert path.value == "s.csv"
    assert by_id["south_load"].argument_places["path"].line == 9
    assert "path" not in by_id["north_load"].arguments


def test_the_hash_covers_what_is_included(tmp_path: Path) -> None:
    path = write(tmp_path, OUTER)
    before = load_spec(path).sha256
    (tmp_path / "sub" / "density.yaml").write_text(INNER.replace("250", "500"))
    assert load_spec(path).sha256 != before


def test_a_fault_inside_is_told_with_the_file_it_stands_in(tmp_path: Path) -> None:
    path = write(tmp_path, OUTER, INNER.replace("task: grid", "tusk: grid"))
    with pytest.raises(SpecError) as caught:
        load_spec(path)
    assert f"{tmp_path}/sub/density.yaml:11:9: EW212" in str(caught.value)


HEAD = "id: two\nrequirements: []\nworkflow:\n"


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("{include: /etc/passwd, prefix: a_}", "4:15: EW261 '/etc/passwd' is not a file below the folder"),
        ("{include: ../spec.yaml, prefix: a_}", "4:15: EW261 '../spec.yaml' is not a file below"),
        ("{include: none.yaml, prefix: a_}", "4:15: EW264 there is no file 'none.yaml' to include"),
        ("{include: spec.yaml, prefix: a_}", "4:15: EW263 'spec.yaml' includes itself"),
        ("{include: sub/density.yaml}", "4:5: EW213 the include has no 'prefix'"),
        ("{include: sub/density.yaml, prefix: a-}", "4:41: EW214 the prefix of an include 'a-'"),
        ("{include: [x], prefix: a_}", "4:15: EW211 `include` must be text"),
        (
            "{include: sub/density.yaml, prefix: a_, partial: {claen: {x: 1}}}",
            "4:63: EW262 sub/density.yaml has no task instance 'claen'\n  hint: did you mean 'clean'?",
        ),
    ],
)
def test_what_cannot_be_included_is_told_at_its_place(tmp_path: Path, entry: str, message: str) -> None:
    path = write(tmp_path, f"{HEAD}  - {entry}\n")
    with pytest.raises(SpecError) as caught:
        load_spec(path)
    assert f"{path}:{message}" in str(caught.value)


def test_a_circle_of_includes_is_found(tmp_path: Path) -> None:
    inner = HEAD + "  - {include: again.yaml, prefix: b_}\n"
    path = write(tmp_path, f"{HEAD}  - {{include: sub/density.yaml, prefix: a_}}\n", inner)
    (tmp_path / "sub" / "again.yaml").symlink_to(tmp_path / "spec.yaml")
    with pytest.raises(SpecError, match=r"EW263 'again\.yaml' includes itself"):
        load_spec(path)


def test_one_prefix_twice_makes_twins(tmp_path: Path) -> None:
    entry = "  - {include: sub/density.yaml, prefix: a_}\n"
    with pytest.raises(SpecError, match="EW231 id 'a_load' is used twice"):
        load_spec(write(tmp_path, HEAD + entry * 2))


def test_an_included_spec_keeps_its_grammar(tmp_path: Path) -> None:
    outer = """\
id: outer
requirements: []
workflow:
  - {id: load, task: load_relocations}
  - {include: sub/density.yaml, prefix: old_}
"""
    spec = load_spec(write(tmp_path, outer, "name: inner\ntasks: {draw_ecomap: {}}\n"))
    assert spec.grammar == "workflow"
    assert [(instance.id, instance.grammar) for instance in spec.instances] == [
        ("load", "workflow"),
        ("old_draw_ecomap", "tasks"),
    ]
