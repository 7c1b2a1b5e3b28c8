"""Which instances are replaced by example data, and by which file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecoscope_workflows.compiler.empty_data import emptied
from ecoscope_workflows.compiler.loading import load_graph
from ecoscope_workflows.compiler.mocks import example_file, example_name, io_mocks, mocked_instances
from ecoscope_workflows.contracts.codecs import FrameCodec, JsonCodec
from ecoscope_workflows.contracts.stored import read_value, write_value
from ecoscope_workflows.errors import TargetError
from ecoscope_workflows.registry.catalog import installed_catalog

if TYPE_CHECKING:
    from pathlib import Path

    from ecoscope_workflows.graph.model import Graph

SPEC = """\
id: tracks
requirements: []
workflow:
  - {id: fixes, task: load_relocations}
  - {id: more, task: load_relocations}
  - id: relocs
    task: process_relocations
    partial: {observations: "${{ workflow.fixes.return }}"}
  - {id: word, task: set_string_var}
"""
NAME = "load-relocations.example-return.parquet"


@pytest.fixture
def graph(tmp_path: Path) -> Graph:
    spec = tmp_path / "spec.yaml"
    spec.write_text(SPEC)
    return load_graph(spec)


def test_every_instance_of_an_io_task_is_mocked_and_no_other(graph: Graph) -> None:
    assert io_mocks(graph) == {"fixes": None, "more": None}


def test_a_folder_gives_the_files_that_it_has(graph: Graph, tmp_path: Path) -> None:
    assert io_mocks(graph, tmp_path) == {"fixes": None, "more": None}
    (tmp_path / NAME).touch()
    (tmp_path / "process-relocations.example-return.parquet").touch()
    assert io_mocks(graph, tmp_path) == {"fixes": tmp_path / NAME, "more": tmp_path / NAME}


def test_a_folder_in_the_place_of_a_file_is_no_example(graph: Graph, tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    assert io_mocks(graph, tmp_path) == {"fixes": None, "more": None}


def test_a_name_may_be_an_instance_a_task_or_its_path(graph: Graph) -> None:
    assert mocked_instances(graph, {"fixes": None}) == {"fixes": None}
    assert mocked_instances(graph, {"load_relocations": None}) == {"fixes": None, "more": None}
    path = graph.nodes["more"].task.path
    assert mocked_instances(graph, {path: None}) == {"fixes": None, "more": None}


def test_example_data_is_named_by_the_task_and_its_kind(graph: Graph) -> None:
    task = graph.nodes["fixes"].task
    assert example_name(task) == NAME
    assert example_file(task).name == NAME
    with pytest.raises(TargetError, match=r"EW709 .*(.|\n)*set-string-var\.example-return\.txt"):
        example_file(graph.nodes["word"].task)


def test_the_tasks_that_ask_a_server_have_example_data() -> None:
    tasks = [task for task in installed_catalog() if task.module == "ecoscope_workflows.tasks.io"]
    found = [task for task in tasks if "io" in task.metadata.tags and task.name.startswith("get_")]
    assert len(found) > 10
    for task in found:
        assert example_file(task).stat().st_size > 0


def test_no_data_is_example_data_without_its_rows(graph: Graph, tmp_path: Path) -> None:
    example = example_file(graph.nodes["fixes"].task)
    whole, empty = read_value(example), read_value(emptied(example, tmp_path / "empty.parquet"))
    assert len(whole) > 0
    assert len(empty) == 0
    assert list(empty.columns) == list(whole.columns)
    assert empty.crs == whole.crs
    assert (empty.dtypes == whole.dtypes).all()
    write_value(empty, tmp_path / "again.parquet", FrameCodec())


def test_what_is_no_frame_is_the_same_without_data(tmp_path: Path) -> None:
    write_value({"a": 1}, tmp_path / "x.json", JsonCodec())
    assert read_value(emptied(tmp_path / "x.json", tmp_path / "y.json")) == {"a": 1}
