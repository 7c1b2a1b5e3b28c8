"""What a fingerprint takes in beside code: versions of packages and files; and what it reports instead."""

from __future__ import annotations

import importlib.metadata
import shutil
import sys
import zipfile
from importlib.util import spec_from_file_location
from typing import TYPE_CHECKING

import pytest

from ecoscope_workflows.errors import EcoscopeWorkflowsError, Problem, RegistrationError, StorageError
from ecoscope_workflows.runtime.fingerprint import fingerprint, forget, reached

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.machinery import ModuleSpec
    from pathlib import Path

HELPER = "def helper():\n    return 1\n"
TASK = "def density():\n    return 1\n"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    forget()


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    forget()


def install(root: Path, name: str, version: str, modules: str) -> None:
    for old in root.glob(f"{name}-*.dist-info"):
        shutil.rmtree(old)
    folder = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    write(root, {f"{folder}/METADATA": metadata, f"{folder}/top_level.txt": modules})


@pytest.mark.parametrize("name", ["tracklib", "py_track"])
def test_the_version_of_an_imported_package_counts(root: Path, name: str) -> None:
    task = "import tracklib\nimport json\ndef density():\n    return tracklib.run(json)\ndef other(): ...\n"
    write(root, {"wildlife/tasks.py": task, "tracklib.py": "def run(): ...\n"})
    install(root, name, "1.0", "tracklib\n")
    assert reached("wildlife.tasks", "density").packages == ((name, "1.0"),)
    before, other = fingerprint("wildlife.tasks", "density"), fingerprint("wildlife.tasks", "other")
    write(root, {"tracklib.py": "def run(): pass\n"})
    assert fingerprint("wildlife.tasks", "density") == before
    install(root, name, "1.1", "tracklib\n")
    assert fingerprint("wildlife.tasks", "density") != before
    assert fingerprint("wildlife.tasks", "other") == other


@pytest.mark.parametrize(
    ("task", "packages"),
    [
        ("from not_there import *\ndef density(): return run(1)\n", (("not_there", "missing"),)),
        ("from not_there import *\ndef density(): return len('')\n", ()),
        ("try: from ..not_there import x\nexcept ImportError: x = 1\ndef density(): return x\n", ()),
        ("import compiled\ndef density(): return compiled.run()\n", (("compiled", "missing"),)),
        ("from not_there import density\n", (("not_there", "missing"),)),
    ],
    ids=[
        "star",
        "builtin beside a star",
        "relative import out of the package",
        "compiled",
        "task from outside",
    ],
)
def test_packages_are_those_that_names_come_from(
    root: Path, task: str, packages: tuple[tuple[str, str], ...]
) -> None:
    write(root, {"wildlife/tasks.py": task, "compiled.so": ""})
    assert reached("wildlife.tasks", "density").packages == packages


def test_a_task_from_another_package_is_known_by_its_name_there(root: Path) -> None:
    write(root, {"wildlife/tasks.py": "from not_there import a as density\n"})
    before = fingerprint("wildlife.tasks", "density")
    write(root, {"wildlife/tasks.py": "from not_there import b as density\n"})
    assert fingerprint("wildlife.tasks", "density") != before


def test_a_package_that_is_not_installed_is_missing(root: Path) -> None:
    write(root, {"wildlife/tasks.py": "def density():\n    import not_there.at_all\n"})
    assert reached("wildlife.tasks", "density").packages == (("not_there", "missing"),)


@pytest.mark.parametrize("file", ["formulas.py", "formulas/deep/inner.py"])
def test_the_source_of_a_module_that_was_never_installed_counts(root: Path, file: str) -> None:
    task = "import formulas\ndef density():\n    return formulas.run()\n"
    write(root, {"formulas.py" if file == "formulas.py" else "formulas/__init__.py": "", file: "a = 1\n"})
    write(root, {"wildlife/tasks.py": task})
    before = fingerprint("wildlife.tasks", "density")
    write(root, {file: "a = 2\n"})
    assert fingerprint("wildlife.tasks", "density") != before


def test_an_upgrade_of_this_package_counts_only_where_its_tasks_are_used(root: Path) -> None:
    declared = (
        "import ecoscope_workflows.annotations as a\nfrom ecoscope_workflows import errors, decorators\n"
    )
    uses = "def density(page: a.Html):\n    raise errors.TaskError(decorators)\n"
    write(root, {"wildlife/tasks.py": declared + uses})
    assert reached("wildlife.tasks", "density").packages == ()
    schema = "from ecoscope_workflows.tasks.schemas import Trajectory\ndef density(x: Trajectory): ...\n"
    write(root, {"wildlife/tasks.py": schema})
    expected = (("ecoscope_workflows", importlib.metadata.version("ecoscope-workflows")),)
    assert reached("wildlife.tasks", "density").packages == expected


def test_a_task_of_this_package_does_not_reach_what_it_is_declared_with() -> None:
    found = reached("ecoscope_workflows.tasks.schemas", "Observations")
    assert {(one.module, one.name) for one in found.definitions} == {
        ("ecoscope_workflows.tasks.schemas", "Observations"),
        ("ecoscope_workflows.tasks.schemas", "Relocations"),
    }
    assert found.packages == ()


class EditableFinder:
    """Finds one package outside the import path, as some editable installs do."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.folder = folder

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        del path, target
        if name != self.name:
            return None
        folders = [str(self.folder)]
        return spec_from_file_location(name, self.folder / "__init__.py", submodule_search_locations=folders)


def test_an_editable_install_is_found(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(root, {"checkout/code/__init__.py": "", "checkout/code/tasks.py": "from . import inner\n" + TASK})
    finder = EditableFinder("editable_wildlife", root / "checkout" / "code")
    monkeypatch.setattr("sys.meta_path", [*sys.meta_path, finder])
    assert [one.name for one in reached("editable_wildlife.tasks", "density").definitions] == ["density"]


def problem_of(module: str, name: str, error: type[EcoscopeWorkflowsError]) -> Problem:
    with pytest.raises(error) as caught:
        fingerprint(module, name)
    (problem,) = caught.value.problems
    return problem


@pytest.mark.parametrize(
    ("module", "what", "hint"),
    [
        ("wildlifes.tasks", "module 'wildlifes' is not found", "install the package that holds it"),
        ("wildlife.taks", "module 'wildlife.taks' is not found", "did you mean 'tasks'?"),
        ("wildlife.taks.deep", "module 'wildlife.taks' is not found", "did you mean 'tasks'?"),
        ("", "module '' is not found", "install"),
        ("builtins", "module 'builtins' has no Python source file", "tasks must be in .py files"),
    ],
)
def test_a_module_that_is_not_found_is_reported(root: Path, module: str, what: str, hint: str) -> None:
    write(root, {"wildlife/tasks.py": TASK, "wildlife/__init__.py": ""})
    problem = problem_of(module, "density", RegistrationError)
    assert problem.code == "EW501"
    assert what in problem.what
    assert hint in problem.hint


def test_a_name_that_is_not_defined_is_reported(root: Path) -> None:
    write(root, {"wildlife/tasks.py": TASK})
    problem = problem_of("wildlife.tasks", "densty", RegistrationError)
    assert problem.code == "EW502"
    assert "module 'wildlife.tasks' does not define 'densty'" in problem.what
    assert "did you mean 'density'?" in problem.hint
    assert str(problem.where) == str(root / "wildlife" / "tasks.py")


@pytest.mark.parametrize("line", ["from wildlife.gone import density", "from wildlife.there import density"])
def test_an_import_that_leads_nowhere_is_reported(root: Path, line: str) -> None:
    write(root, {"wildlife/tasks.py": line, "wildlife/there.py": "x = 1\n"})
    problem = problem_of("wildlife.tasks", "density", RegistrationError)
    assert problem.code == "EW502"
    assert "its import leads to wildlife." in problem.what


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("def helper(:\n", ":1:12"),
        ("\n\nx = (\n", ":3:5"),
        ("x = 'a\x00b'\n", ""),
        ("x = " + "-" * 5000 + "1\n", ""),
    ],
)
def test_source_that_cannot_be_parsed_is_reported(root: Path, text: str, place: str) -> None:
    files = {"wildlife/tasks.py": "from wildlife.bad import helper\ndef density():\n    helper()\n"}
    write(root, {**files, "wildlife/bad.py": text})
    problem = problem_of("wildlife.tasks", "density", StorageError)
    assert problem.code == "EW503"
    assert "module 'wildlife.bad' cannot be read as Python" in problem.what
    assert str(problem.where).startswith(str(root / "wildlife" / "bad.py") + place)


def test_a_zipped_package_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = root / "lib.zip"
    with zipfile.ZipFile(archive, "w") as target:
        target.writestr("zipped_wildlife/__init__.py", "def density(): ...\n")
    monkeypatch.syspath_prepend(str(archive))
    with pytest.raises(
        EcoscopeWorkflowsError, match=r"EW501 .* no Python source file(.|\n)*not in an archive"
    ):
        fingerprint("zipped_wildlife", "density")


PAGE = "from .page import render\ndef density():\n    return render()\n"


def test_files_that_a_reached_module_names_count(root: Path) -> None:
    constant = 'FINGERPRINTED_FILES = ("map.js", "../shared/page.html")\n'
    files = {"wildlife/tasks/__init__.py": PAGE, "wildlife/tasks/page.py": constant + "def render(): ...\n"}
    write(root, {**files, "wildlife/tasks/map.js": "1", "wildlife/shared/page.html": "1"})
    before = fingerprint("wildlife.tasks", "density")
    named = [file for _, file, _ in reached("wildlife.tasks", "density").files]
    assert named == ["map.js", "../shared/page.html"]
    write(root, {"wildlife/tasks/other.js": "1"})
    assert fingerprint("wildlife.tasks", "density") == before
    for file in ("tasks/map.js", "shared/page.html"):
        write(root, {f"wildlife/{file}": "2"})
        after = fingerprint("wildlife.tasks", "density")
        assert after != before
        before = after


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ('("gone.js",)', "file 'gone.js' cannot be read: No such file or directory"),
        ('("../outside.js",)', "file '../outside.js' is outside the package"),
        ('("/etc/hostname",)', "file '/etc/hostname' is outside the package"),
        ('"map.js"', "is not a tuple of file names written out"),
        ("(1, 2)", "is not a tuple of file names written out"),
        ("tuple(names)", "is not a tuple of file names written out"),
    ],
)
def test_files_that_cannot_count_are_reported(root: Path, value: str, message: str) -> None:
    write(root, {"outside.js": "1", "wildlife/__init__.py": f"FINGERPRINTED_FILES = {value}\n" + HELPER})
    with pytest.raises(EcoscopeWorkflowsError) as caught:
        fingerprint("wildlife", "helper")
    (problem,) = caught.value.problems
    assert problem.code == "EW504"
    assert message in problem.what
    assert problem.where is not None
    assert problem.where.file.endswith("__init__.py")


def test_a_file_by_its_absolute_path_is_refused(root: Path) -> None:
    file = root / "wildlife" / "map.js"
    write(
        root,
        {"wildlife/map.js": "1", "wildlife/__init__.py": f"FINGERPRINTED_FILES = [{str(file)!r}]\n" + HELPER},
    )
    with pytest.raises(StorageError, match="is outside the package"):
        fingerprint("wildlife", "helper")
