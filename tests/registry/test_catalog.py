"""The catalog finds a task by short name or dotted path, and refuses what is not one task."""

from __future__ import annotations

import pytest

from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.errors import Problem, RegistrationError
from ecoscope_workflows.registry.catalog import Catalog, installed_catalog
from ecoscope_workflows.registry.signature import TaskInfo, task_info


@distributed
def run(x: int) -> int:
    return x


@distributed
def other_run(x: int) -> int:
    return -x


def task(module: str, name: str, origin: str = "package 1.0", function: object = run) -> TaskInfo:
    assert callable(function)
    return task_info(function, module, name, origin)


CATALOG = Catalog.of(
    [
        task("pkg_b.tasks", "run", "pkg-b 2.0"),
        task("pkg_a.tasks", "run", "pkg-a 1.0", other_run),
        task("pkg_a.tasks", "walk", "pkg-a 1.0", other_run),
    ]
)


def test_tasks_stand_in_the_order_of_their_paths() -> None:
    assert [item.path for item in CATALOG] == ["pkg_a.tasks.run", "pkg_a.tasks.walk", "pkg_b.tasks.run"]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("walk", "pkg_a.tasks.walk"),
        ("pkg_a.tasks.run", "pkg_a.tasks.run"),
        ("pkg_b.tasks.run", "pkg_b.tasks.run"),
    ],
)
def test_a_name_or_a_path_stands_for_one_task(name: str, path: str) -> None:
    found = CATALOG.find(name)
    assert isinstance(found, TaskInfo)
    assert found.path == path


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "run",
            (
                "EW302 2 tasks are named 'run'\n  hint: write the dotted path of the one you mean:"
                " pkg_a.tasks.run (from pkg-a 1.0), pkg_b.tasks.run (from pkg-b 2.0)"
            ),
        ),
        ("wlak", "EW301 unknown task 'wlak'\n  hint: did you mean 'walk'?"),
        ("fly_away", "EW301 unknown task 'fly_away'\n  hint: expected one of: run, walk"),
        ("", "EW301 unknown task ''\n  hint: expected one of: run, walk"),
        (
            "pkg_a.task.walk",
            "EW301 unknown task 'pkg_a.task.walk'\n  hint: did you mean 'pkg_a.tasks.walk'?",
        ),
        (
            "pkg-a.tasks.walk",
            "EW301 unknown task 'pkg-a.tasks.walk'\n  hint: did you mean 'pkg_a.tasks.walk'?",
        ),
    ],
)
def test_a_name_that_stands_for_no_one_task_says_why(name: str, message: str) -> None:
    found = CATALOG.find(name)
    assert isinstance(found, Problem)
    assert str(found) == message


def test_a_name_that_is_like_none_of_many_says_how_to_list_them() -> None:
    many = Catalog.of(task("pkg.tasks", f"task_number_{number}") for number in range(20))
    found = many.find("xyz")
    assert isinstance(found, Problem)
    assert found.hint == "`ecoscope-workflows tasks` lists the installed tasks"


def test_two_functions_of_one_path_are_refused_naming_both_origins() -> None:
    with pytest.raises(RegistrationError) as caught:
        Catalog.of(
            [
                task("pkg.tasks", "run", "pkg-a 1.0"),
                task("pkg.tasks", "run", "pkg-b 2.0", other_run),
            ]
        )
    (problem,) = caught.value.problems
    assert problem.what == "'pkg.tasks.run' is registered twice: by pkg-a 1.0 and by pkg-b 2.0"
    assert problem.where is not None
    assert problem.where.line == other_run.__code__.co_firstlineno
    assert problem.hint == f"first at {__file__}:{run.__code__.co_firstlineno}:0"


def test_one_function_that_is_registered_twice_is_one_task() -> None:
    catalog = Catalog.of([task("pkg.tasks", "run"), task("pkg.tasks", "run")])
    assert [item.path for item in catalog] == ["pkg.tasks.run"]


def test_a_catalog_is_frozen() -> None:
    with pytest.raises(TypeError):
        CATALOG.by_path["x"] = task("x", "x")  # type: ignore[index]  # what must not work


def test_the_built_in_tasks_come_by_entry_point() -> None:
    tasks = {item.name: item for item in installed_catalog() if item.origin.startswith("ecoscope-workflows ")}
    assert {
        "get_subjectgroup_observations": "ecoscope_workflows.tasks.io",
        "load_relocations": "ecoscope_workflows.tasks.io",
        "process_relocations": "ecoscope_workflows.tasks.preprocessing",
        "relocations_to_trajectory": "ecoscope_workflows.tasks.preprocessing",
        "calculate_time_density": "ecoscope_workflows.tasks.analysis",
        "draw_ecomap": "ecoscope_workflows.tasks.results",
    }.items() <= {name: item.module for name, item in tasks.items()}.items()


def test_a_task_of_a_package_that_is_not_installed_is_told_so() -> None:
    problem = Catalog().find("my_tracks.tasks.daily_distances")
    assert isinstance(problem, Problem)
    assert (
        problem.hint == "is the package 'my_tracks' installed here? `ecoscope-workflows tasks` lists what is"
    )
