"""With an index of installed tasks all is found as without one, whatever has changed since it was made."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TASK = """
from ecoscope_workflows.decorators import distributed


@distributed
def {name}(n: int) -> int:
    return n
"""
# What a fresh process finds, and which modules of the package it has imported for it.
PROGRAM = """
import json, sys
from ecoscope_workflows.errors import Problem, RegistrationError
from ecoscope_workflows.registry.catalog import IndexedCatalog, installed_catalog
try:
    catalog = installed_catalog()
    asked = {name: catalog.find(name) for name in sys.argv[1:]}
    found = {
        name: it.what if isinstance(it, Problem) else f"{it.path} ({it.origin})" for name, it in asked.items()
    }
    modules = sorted(name for name in sys.modules if name.startswith(("ext", "ecoscope_workflows.tasks.")))
    tasks = [task.path for task in catalog if not task.path.startswith("ecoscope_workflows.")]
    print(json.dumps([isinstance(catalog, IndexedCatalog), found, tasks, modules]))
except RegistrationError as error:
    print(json.dumps([False, {"error": str(error)}, [], []]))
"""


class Site:
    """A folder of packages, and the index of what is installed there and here."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "site"
        self.folder.mkdir()
        self.kept = folder / "index"

    def write(self, path: str, text: str) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def install(self, name: str = "ext", version: str = "1.0", point: str = "ext.tasks") -> None:
        info = f"{name}-{version}.dist-info"
        self.write(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        self.write(f"{info}/entry_points.txt", f"[ecoscope_workflows]\ntasks = {point}\n")

    def uninstall(self, info: str) -> None:
        for file in (self.folder / info).iterdir():
            file.unlink()
        (self.folder / info).rmdir()

    @property
    def files(self) -> list[Path]:
        return sorted(self.kept.iterdir())

    def start(self, *names: str, index: str | None = None, **variables: str) -> subprocess.Popen[str]:
        folder = str(self.kept) if index is None else index
        return subprocess.Popen(
            [sys.executable, "-P", "-B", "-c", PROGRAM, *names],
            env=os.environ | {"PYTHONPATH": str(self.folder), "ECOSCOPE_WORKFLOWS_INDEX": folder} | variables,
            stdout=subprocess.PIPE,
            text=True,
        )

    def read(self, *names: str, index: str | None = None, **variables: str) -> list[Any]:
        with self.start(*names, index=index, **variables) as process:
            out, _ = process.communicate(timeout=100)
        assert process.returncode == 0
        answer: list[Any] = json.loads(out)
        return answer


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Return a site with one package: two public modules and a private one."""
    site = Site(tmp_path)
    site.write("ext/__init__.py", "")
    site.write("ext/tasks/__init__.py", "from ext.tasks._birds import count_nests\n")
    site.write("ext/tasks/_birds.py", TASK.format(name="count_nests"))
    site.write("ext/tasks/fish.py", TASK.format(name="count_shoals"))
    site.install()
    return site


def test_a_fresh_index_finds_the_same_and_imports_no_more_than_is_asked_for(site: Site) -> None:
    names = ("count_shoals", "load_relocations")
    indexed, cold, tasks, imported = site.read(*names)
    assert not indexed
    assert "ext.tasks.fish" in imported
    indexed, warm, same_tasks, imported = site.read(*names)
    assert indexed
    assert (warm, same_tasks) == (cold, tasks)
    assert warm["count_shoals"] == "ext.tasks.fish.count_shoals (ext 1.0)"
    assert "ext.tasks.fish" in imported
    assert "ecoscope_workflows.tasks.io" in imported
    assert "ecoscope_workflows.tasks.results" not in imported


def add_a_task(site: Site) -> None:
    site.write("ext/tasks/fish.py", TASK.format(name="count_shoals") + TASK.format(name="new"))


def remove_a_task(site: Site) -> None:
    site.write("ext/tasks/fish.py", "")


def rename_a_task(site: Site) -> None:
    site.write("ext/tasks/_birds.py", TASK.format(name="count_nasts"))
    site.write("ext/tasks/__init__.py", "from ext.tasks._birds import count_nasts\n")


def add_a_module(site: Site) -> None:
    site.write("ext/tasks/deep/plants.py", TASK.format(name="new"))
    site.write("ext/tasks/deep/__init__.py", "")


def remove_a_module(site: Site) -> None:
    (site.folder / "ext/tasks/fish.py").unlink()


def break_a_module(site: Site) -> None:
    site.write("ext/tasks/fish.py", "1 / 0\n")


def install_another(site: Site) -> None:
    site.write("more.py", TASK.format(name="new"))
    site.install("more", point="more")


def make_a_twin(site: Site) -> None:
    site.write("more.py", TASK.format(name="count_shoals"))
    site.install("more", point="more")


def upgrade(site: Site) -> None:
    site.uninstall("ext-1.0.dist-info")
    site.install(version="1.1")


def remove(site: Site) -> None:
    site.uninstall("ext-1.0.dist-info")


def offer_less(site: Site) -> None:
    site.install(point="ext.tasks.fish")


def install_something_else(site: Site) -> None:
    site.write("numbers_of_birds-2.0.dist-info/METADATA", "Name: numbers_of_birds\n")


def move(site: Site) -> None:
    site.write("far/plants/__init__.py", TASK.format(name="new"))
    (site.folder / "ext/tasks/plants").symlink_to(site.folder / "far/plants")


def edit_what_is_linked(site: Site) -> None:
    move(site)
    site.read("new")
    site.write("far/plants/__init__.py", TASK.format(name="newer"))


CHANGES = [
    add_a_task,
    remove_a_task,
    rename_a_task,
    add_a_module,
    remove_a_module,
    break_a_module,
    install_another,
    make_a_twin,
    upgrade,
    remove,
    offer_less,
    install_something_else,
    move,
    edit_what_is_linked,
]


@pytest.mark.parametrize("change", CHANGES)
def test_what_has_changed_is_seen_at_once(change: Callable[[Site], None], site: Site) -> None:
    names = ("count_nests", "count_shoals", "new", "newer")
    before = site.read(*names)
    change(site)
    after = site.read(*names)
    assert after == site.read(*names, index="")
    assert not after[0]
    assert after[1:3] != before[1:3] or change is install_something_else


def test_what_cannot_be_read_is_not_kept(site: Site) -> None:
    break_a_module(site)
    for _ in range(2):
        assert "cannot be imported: ZeroDivisionError" in site.read()[1]["error"]
    assert not site.kept.exists()
    remove_a_module(site)
    assert [site.read("count_nests")[0] for _ in range(2)] == [False, True]


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-100])


def flip_a_bit(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def empty(file: Path) -> None:
    file.write_bytes(b"")


def put_other_bytes(file: Path) -> None:
    file.write_bytes(bytes(range(256)))


def put_another_state(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes((b"1" if content.startswith(b"0") else b"0") + content[1:])


def put_a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize("damage", [cut, flip_a_bit, empty, put_other_bytes, put_another_state, put_a_folder])
def test_a_damaged_index_is_as_good_as_none(damage: Callable[[Path], None], site: Site) -> None:
    cold = site.read("count_nests", "count_nast")
    (file,) = site.files
    damage(file)
    assert site.read("count_nests", "count_nast") == cold
    # It is made anew, except where there is no place for it; nothing is left lying about.
    assert site.read("count_nests", "count_nast")[:3] == [damage is not put_a_folder, *cold[1:3]]
    assert site.files == [file]


def test_a_folder_that_cannot_be_written_to_is_no_fault(site: Site) -> None:
    site.kept.write_text("a file")
    assert site.read("count_nests") == site.read("count_nests", index="")
    assert site.kept.read_text() == "a file"


def test_it_can_be_switched_off(site: Site) -> None:
    assert [site.read("count_nests", index="")[0] for _ in range(2)] == [False, False]


def test_nobody_else_may_read_it_and_old_ones_are_removed(site: Site) -> None:
    site.kept.mkdir()
    month = 31 * 24 * 60 * 60
    old, recent, other = (site.kept / name for name in ("tasks-old.json", "tasks-recent.json", "else.json"))
    for file in (old, recent, other):
        file.touch()
        os.utime(file, (time.time(), time.time() - (0 if file is recent else month)))
    site.read()
    (made,) = set(site.files) - {recent, other}
    assert made.stat().st_mode & 0o777 == 0o600


def test_many_processes_make_it_at_once(site: Site) -> None:
    processes = [site.start("count_nests") for _ in range(4)]
    answers = [json.loads(process.communicate(timeout=100)[0]) for process in processes]
    assert [process.returncode for process in processes] == [0] * 4
    assert len({json.dumps(answer[1:3]) for answer in answers}) == 1
    assert len(site.files) == 1
    assert site.read("count_nests")[:3] == [True, *answers[0][1:3]]


def test_tasks_that_depend_on_the_environment_are_found_where_they_are(site: Site) -> None:
    task = TASK.format(name="count_shoals")
    site.write("ext/tasks/fish.py", f"{task}\nimport os\nif not os.environ['FISH']:\n    del count_shoals\n")
    here = {"count_shoals": "ext.tasks.fish.count_shoals (ext 1.0)"}
    gone = {"count_shoals": "unknown task 'count_shoals'"}
    # An index that was made in the one environment says nothing wrong in the other.
    assert [site.read("count_shoals", FISH=word)[1] for word in ("yes", "", "yes")] == [here, gone, here]
    for file in site.files:
        file.unlink()
    assert [site.read("count_shoals", FISH=word)[1] for word in ("", "yes", "")] == [gone, here, gone]
