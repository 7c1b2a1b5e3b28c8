"""The catalog finds a task by short name or dotted path, and refuses what is not one task."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ecoscope_workflows.decorators import TaskMetadata, distributed
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
    paths = {item.path for item in installed_catalog() if item.origin.startswith("ecoscope-workflows ")}
    assert {
        "ecoscope_workflows.tasks.analysis.calculate_time_density",
        "ecoscope_workflows.tasks.io.load_relocations",
        "ecoscope_workflows.tasks.preprocessing.process_relocations",
        "ecoscope_workflows.tasks.preprocessing.relocations_to_trajectory",
        "ecoscope_workflows.tasks.readme.draw_ecomap",
        "ecoscope_workflows.tasks.readme.get_subjectgroup_observations",
        "ecoscope_workflows.tasks.readme.relocations_to_trajectory",
    } <= paths


@pytest.mark.parametrize(
    ("grammar", "module"),
    [
        ("tasks", "ecoscope_workflows.tasks.readme"),
        ("workflow", "ecoscope_workflows.tasks.preprocessing"),
    ],
)
def test_the_grammar_tells_the_readmes_tasks_from_published_ones(grammar: str, module: str) -> None:
    found = installed_catalog().find("relocations_to_trajectory", grammar)
    assert isinstance(found, TaskInfo)
    assert found.module == module
    assert len(installed_catalog().named("relocations_to_trajectory")) == 2


# The grammars of tasks of one name; the grammar of a spec; which of the tasks it means.
TWINS = [
    ([None, "tasks"], "tasks", [1]),
    ([None, "tasks"], "workflow", [0]),
    ([None, "tasks"], "", [0, 1]),
    (["tasks", "workflow"], "workflow", [1]),
    ([None, "workflow", "tasks"], "workflow", [1]),
    # One that is meant for the other grammar is better than none.
    (["tasks"], "workflow", [0]),
    (["workflow"], "tasks", [0]),
    ([None, None, "tasks"], "workflow", [0, 1]),
    ([None, "tasks", "tasks"], "tasks", [1, 2]),
    (["tasks", "tasks"], "workflow", [0, 1]),
]


@pytest.mark.parametrize(("grammars", "grammar", "meant"), TWINS)
def test_of_several_tasks_of_one_name_the_grammar_chooses(
    grammars: list[str | None], grammar: str, meant: list[int]
) -> None:
    made = [
        replace(task(f"pkg_{number}", "run"), metadata=TaskMetadata(grammar=of))
        for number, of in enumerate(grammars)
    ]
    catalog = Catalog.of(made)
    assert catalog.named("run", grammar) == [made[number] for number in meant]
    found = catalog.find("run", grammar)
    assert found == made[meant[0]] if len(meant) == 1 else getattr(found, "code", "") == "EW302"
    # A dotted path means one task, whatever the grammar.
    assert [catalog.find(item.path, grammar) for item in made] == made


def test_a_task_of_a_package_that_is_not_installed_is_told_so() -> None:
    problem = Catalog().find("my_tracks.tasks.daily_distances")
    assert isinstance(problem, Problem)
    assert (
        problem.hint == "is the package 'my_tracks' installed here? `ecoscope-workflows tasks` lists what is"
    )
