"""A name in, the files of a new project out: a spec, its params, and a package with a task of its own."""

from __future__ import annotations

import builtins
import importlib.util
import json
import keyword
import re
import sys
from pathlib import Path

from ecoscope_workflows.compiler.artifacts import Artifact
from ecoscope_workflows.compiler.spec_schema import spec_schema
from ecoscope_workflows.errors import Problem, TargetError, Where
from ecoscope_workflows.targets.templating import render_file

TEMPLATES = Path(__file__).with_name("init_templates")
MAX_NAME = 40

_NAME = re.compile(r"[A-Za-z](?:[A-Za-z0-9_-]*[A-Za-z0-9])?")
# Where each template goes; `{module}` is the name that the package is imported by.
_FILES = {
    "README.md": "README.md",
    "gitignore": ".gitignore",
    "pyproject.toml": "pyproject.toml",
    "spec.yaml": "spec.yaml",
    "params.yaml": "params.yaml",
    "package.py": "src/{module}/__init__.py",
    "tasks.py": "src/{module}/tasks.py",
    "test_tasks.py": "tests/test_tasks.py",
}


def new_project(name: str, parent: Path) -> list[Artifact]:
    """Return the files of a project called `name`, for the folder of that name in `parent`.

    Raises
    ------
    TargetError
        When no package can have the name, one is installed that has it, or the folder exists.
    """
    module = name.replace("-", "_")
    problem = _fault(name, module) or _taken(name, module, parent)
    if problem:
        raise TargetError(problem)
    context = {"name": name, "module": module}
    rendered = [
        Artifact(path.format(module=module), render_file(TEMPLATES / f"{template}.jinja2", context).encode())
        for template, path in _FILES.items()
    ]
    schema = json.dumps(spec_schema(), indent=2, ensure_ascii=False) + "\n"
    return [
        *rendered,
        Artifact("spec.schema.json", schema.encode()),
        Artifact("resources/fixes.csv", (TEMPLATES / "fixes.csv").read_bytes()),
    ]


def _fault(name: str, module: str) -> Problem | None:
    """Return why no package can have the name."""
    if not _NAME.fullmatch(name):
        cleaned = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-0123456789")
        hint = f"try {cleaned!r}" if _NAME.fullmatch(cleaned) else "try 'my-tracks'"
        what = f"{name!r} cannot be the name of a package: use letters, digits and hyphens, a letter first"
        return Problem("EW731", what, hint=hint)
    if len(name) > MAX_NAME:
        return Problem("EW731", f"the name {name!r} is longer than {MAX_NAME} characters", hint="shorten it")
    if keyword.iskeyword(module) or module in dir(builtins) or module in sys.stdlib_module_names:
        return Problem("EW731", f"{module!r} means something in Python already", hint=f"try 'my-{name}'")
    return None


def _taken(name: str, module: str, parent: Path) -> Problem | None:
    """Return what has the name already."""
    folder = parent / name
    if folder.exists() or folder.is_symlink():
        what = "this folder exists, and a new project never writes into one that does"
        return Problem("EW732", what, Where(str(folder)), "choose another name")
    if module in sys.modules or importlib.util.find_spec(module) is not None:
        what = f"a package that is imported as {module!r} is installed already"
        return Problem("EW732", what, hint="choose another name")
    return None
