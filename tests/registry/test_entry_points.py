"""Tasks of other packages are found by their entry points, each package in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

TASK = """
from ecoscope_workflows.decorators import distributed

@distributed
def {name}(n: int) -> int:
    return n
"""
PROGRAM = """
import json
from ecoscope_workflows.errors import RegistrationError
from ecoscope_workflows.registry.catalog import installed_catalog
try:
    found = {task.path: task.origin for task in installed_catalog()}
except RegistrationError as error:
    found = {"error": str(error)}
print(json.dumps(found))
"""


def package(folder: Path, name: str, modules: dict[str, str], entry_point: str) -> None:
    """Lay a package out as `pip install` does."""
    for path, text in modules.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    info = folder / f"{name}-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(f"[ecoscope_workflows]\ntasks = {entry_point}\n", encoding="utf-8")


def found(folder: Path) -> dict[str, str]:
    """Return path and origin of every task of the packages here, or the error."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "PYTHONPATH": str(folder), "ECOSCOPE_WORKFLOWS_INDEX": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    tasks: dict[str, str] = json.loads(done.stdout)
    return {path: origin for path, origin in tasks.items() if path == "error" or origin.endswith(" 1.2")}


def test_a_module_of_tasks_is_enough(tmp_path: Path) -> None:
    package(
        tmp_path,
        "my-extension",
        {"my_extension/__init__.py": "", "my_extension/tasks.py": TASK.format(name="count_nests")},
        "my_extension.tasks",
    )
    assert found(tmp_path) == {"my_extension.tasks.count_nests": "my-extension 1.2"}


def test_submodules_are_searched_and_private_ones_are_not(tmp_path: Path) -> None:
    package(
        tmp_path,
        "ext",
        {
            "ext/__init__.py": "",
            "ext/tasks/__init__.py": "",
            "ext/tasks/_hidden.py": TASK.format(name="hidden"),
            "ext/tasks/birds.py": TASK.format(name="count_nests") + TASK.format(name="_private"),
            "ext/tasks/deep/__init__.py": "",
            "ext/tasks/deep/fish.py": TASK.format(name="count_shoals"),
            "ext/tasks/plain.py": "def no_task(n: int) -> int:\n    return n\n",
        },
        "ext.tasks",
    )
    assert sorted(found(tmp_path)) == ["ext.tasks.birds.count_nests", "ext.tasks.deep.fish.count_shoals"]


def test_a_task_belongs_to_the_outermost_public_module_that_offers_it(tmp_path: Path) -> None:
    package(
        tmp_path,
        "ext",
        {
            "ext/__init__.py": "",
            "ext/tasks/__init__.py": "from ext.tasks._birds import count_nests\n",
            "ext/tasks/_birds.py": TASK.format(name="count_nests"),
            "ext/tasks/again.py": "from ext.tasks._birds import count_nests\n",
        },
        "ext.tasks",
    )
    assert sorted(found(tmp_path)) == ["ext.tasks.count_nests"]


def test_a_borrowed_task_stays_the_task_of_its_package(tmp_path: Path) -> None:
    package(
        tmp_path,
        "ext",
        {
            "ext/__init__.py": "",
            "ext/tasks.py": "from ecoscope_workflows.tasks.io import load_relocations\n"
            + TASK.format(name="count_nests"),
        },
        "ext.tasks",
    )
    assert sorted(found(tmp_path)) == ["ext.tasks.count_nests"]


def test_two_packages_may_have_tasks_of_one_short_name(tmp_path: Path) -> None:
    for name in ("pkg_a", "pkg_b"):
        package(tmp_path, name, {f"{name}/tasks.py": TASK.format(name="run")}, f"{name}.tasks")
    assert sorted(found(tmp_path)) == ["pkg_a.tasks.run", "pkg_b.tasks.run"]


BROKEN = {
    "import error": (
        {"ext/tasks.py": "import no_such_module\n"},
        "ext.tasks",
        (
            "EW108 the tasks of ext 1.2 cannot be imported: ModuleNotFoundError: No module named"
            " 'no_such_module'\n  hint: fix 'ext.tasks', or uninstall the package"
        ),
    ),
    "import error in a submodule": (
        {"ext/tasks/__init__.py": "", "ext/tasks/birds.py": "1 / 0\n"},
        "ext.tasks",
        (
            "EW108 the tasks of ext 1.2 cannot be imported: ZeroDivisionError: division by zero"
            "\n  hint: fix 'ext.tasks', or uninstall the package"
        ),
    ),
    "no such module": (
        {"ext/__init__.py": ""},
        "ext.tasks",
        (
            "EW108 the tasks of ext 1.2 cannot be imported: ModuleNotFoundError: No module named 'ext.tasks'"
            "\n  hint: fix 'ext.tasks', or uninstall the package"
        ),
    ),
    "a function in the place of a module": (
        {"ext/tasks.py": TASK.format(name="run")},
        "ext.tasks:run",
        (
            "EW109 entry point 'ext.tasks:run' of ext 1.2 is not a module"
            "\n  hint: name a module that holds tasks"
        ),
    ),
}


@pytest.mark.parametrize(("modules", "point", "message"), BROKEN.values(), ids=BROKEN)
def test_a_package_that_cannot_be_read_is_named(
    modules: dict[str, str], point: str, message: str, tmp_path: Path
) -> None:
    package(tmp_path, "ext", modules, point)
    assert found(tmp_path) == {"error": message}


def test_a_function_that_cannot_be_a_task_is_named_with_its_place(tmp_path: Path) -> None:
    package(
        tmp_path,
        "ext",
        {"ext/tasks.py": TASK.format(name="run").replace("n: int", "n")},
        "ext.tasks",
    )
    # Whether the line is that of the decorator or of `def` differs between versions of Python.
    message = found(tmp_path)["error"]
    assert message.startswith(f"{tmp_path}/ext/tasks.py:4:0: EW104 parameter 'n' of task 'run' has no type")


def test_two_packages_that_claim_one_task_are_both_named(tmp_path: Path) -> None:
    package(tmp_path, "pkg_a", {"pkg_a/tasks.py": TASK.format(name="run")}, "pkg_a.tasks")
    package(tmp_path, "pkg_b", {}, "pkg_a.tasks")
    # One function under two entry points is one task, which belongs to the first.
    assert found(tmp_path) == {"pkg_a.tasks.run": "pkg_a 1.2"}
