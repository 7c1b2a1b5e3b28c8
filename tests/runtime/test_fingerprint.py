"""The fingerprint of a task changes with the code that its result can depend on, and with nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecoscope_workflows.errors import RegistrationError
from ecoscope_workflows.runtime.fingerprint import fingerprint, forget, reached

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TASK = '''
"""Tasks that count animals."""
from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated
from pydantic import Field
from ecoscope_workflows.annotations import Column, DataFrame, JsonSerializableDataFrameModel, Series
from ecoscope_workflows.decorators import distributed

LIMIT = 3.0
RETRIES = 2
UNUSED = 1

class Fixes(JsonSerializableDataFrameModel):
    """Fixes of animals."""

    speed: Series[float] = Column(ge=0, description="How fast.")

def scale(values, factor=LIMIT):
    """Scale the values."""
    # in km/h
    return math.floor(values * factor)

def unreached(values):
    return values

def cell(values):
    return values

@distributed(tags=["io"], retries=RETRIES)
def density(
    frame: DataFrame[Fixes],
    cell: Annotated[float, Field(gt=0, description="Size.", title="Size", examples=[1.0])] = 250.0,
) -> float:
    """Return the density."""
    values = scale(frame.speed)
    return values / cell
'''

KEEPS = {
    "comment": ("# in km/h", "# in metres per second"),
    "comment removed": ("    # in km/h\n", ""),
    "blank lines": ("    values = scale", "\n\n\n    values = scale"),
    "formatting": ("math.floor(values * factor)", "math.floor(\n        (values   *   factor),\n    )"),
    "quotes": ('tags=["io"]', "tags=['io']"),
    "digits": ("= 250.0", "= 2_50.0"),
    "module docstring": ('"""Tasks that count animals."""', '"""Other."""'),
    "function docstring": ('"""Scale the values."""', '"""Multiply."""'),
    "function docstring removed": ('    """Scale the values."""\n', ""),
    "class docstring": ('"""Fixes of animals."""', '"""Fixes."""'),
    "task docstring": ('"""Return the density."""', '"""Return it."""'),
    "attribute docstring": ("LIMIT = 3.0", 'LIMIT = 3.0\n"""The limit."""'),
    "decorator's arguments": ('tags=["io"]', 'tags=["io"], image="x:1"'),
    "decorator without arguments": ('@distributed(tags=["io"], retries=RETRIES)', "@distributed"),
    "constant of the decorator": ("RETRIES = 2", "RETRIES = 3"),
    "description of a column": ('"How fast."', '"Speed in km/h."'),
    "description of a parameter": ('"Size."', '"Side of a cell."'),
    "title and examples": ('title="Size", examples=[1.0]', 'title="Cell", examples=[2.0, 3.0]'),
    "unreached function": ("return values\n\ndef cell", "return values + 1\n\ndef cell"),
    "unreached constant": ("UNUSED = 1", "UNUSED = 2"),
    "function of a parameter's name": ("def cell(values):\n    return values", "def cell(values):\n    pass"),
    "new function": ("LIMIT =", "def extra():\n    return density\n\nLIMIT ="),
    "new import": ("import math\n", "import math\nimport numpy as np\n"),
    "script part": ("LIMIT =", 'if __name__ == "__main__":\n    print(density)\n\nLIMIT ='),
    "import for type checkers": ("import math\n", "if TYPE_CHECKING:\n    import math\n"),
    "order of definitions": ("LIMIT = 3.0\nRETRIES = 2\n", "RETRIES = 2\nLIMIT = 3.0\n"),
}

CHANGES = {
    "code of the task": ("values / cell", "values * cell"),
    "code of a function": ("values * factor", "values + factor"),
    "constant behind a default": ("LIMIT = 3.0", "LIMIT = 4.0"),
    "type of a constant": ("LIMIT = 3.0", "LIMIT = 3"),
    "default": ("factor=LIMIT", "factor=2"),
    "default of a parameter": ("= 250.0", "= 500.0"),
    "constraint of a parameter": ("gt=0", "ge=0"),
    "constraint of a column": ("Column(ge=0", "Column(gt=0"),
    "column of a schema": ("speed: Series[float]", "speed: Series[int]"),
    "base of a schema": ("Fixes(JsonSerializableDataFrameModel)", "Fixes(dict)"),
    "annotation": ("-> float", "-> int"),
    "what an import means": ("import math\n", "import cmath as math\n"),
    "second definition": ("def unreached", "def scale(values):\n    return values\n\ndef unreached"),
    "new decorator": ("@distributed", "@cell\n@distributed"),
    "builtin of its own name": ("LIMIT =", "float = int\n\nLIMIT ="),
    "statement on import": ("LIMIT =", "math.setrecursionlimit(3)\n\nLIMIT ="),
}


class Source:
    """A folder on the import path, and the fingerprint of a task in it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, files: dict[str, str]) -> Source:
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text), encoding="utf-8")
        forget()
        return self

    def edit(self, name: str, old: str, new: str) -> Source:
        text = (self.root / name).read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {name}"
        return self.write({name: text.replace(old, new)})

    def fingerprint(self, module: str = "wildlife.tasks", name: str = "density") -> str:
        return fingerprint(module, name)


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Source]:
    root = tmp_path / "source"
    root.mkdir()
    monkeypatch.syspath_prepend(str(root))
    yield Source(root)
    assert not [name for name in sys.modules if name.partition(".")[0] == "wildlife"], "a module was imported"
    forget()


@pytest.mark.parametrize(("old", "new"), KEEPS.values(), ids=KEEPS)
def test_an_edit_without_effect_keeps_the_fingerprint(source: Source, old: str, new: str) -> None:
    before = source.write({"wildlife/tasks.py": TASK}).fingerprint()
    assert source.edit("wildlife/tasks.py", old, new).fingerprint() == before


@pytest.mark.parametrize(("old", "new"), CHANGES.values(), ids=CHANGES)
def test_an_edit_with_an_effect_changes_the_fingerprint(source: Source, old: str, new: str) -> None:
    before = source.write({"wildlife/tasks.py": TASK}).fingerprint()
    assert source.edit("wildlife/tasks.py", old, new).fingerprint() != before


def test_a_fingerprint_is_sixteen_hexadecimal_digits(source: Source) -> None:
    found = source.write({"wildlife/tasks.py": TASK}).fingerprint()
    assert len(found) == 16
    int(found, 16)


def test_prose_of_a_column_that_is_no_declaration_counts(source: Source) -> None:
    task = "from rich.table import Column\ndef density():\n    return Column(title='Speed')\n"
    before = source.write({"wildlife/tasks.py": task}).fingerprint()
    assert source.edit("wildlife/tasks.py", "'Speed'", "'Fast'").fingerprint() != before


def test_prose_of_a_declaration_with_a_deferred_import_does_not_count(source: Source) -> None:
    task = "def density():\n    from pydantic import Field as F\n    return F(description='Speed')\n"
    before = source.write({"wildlife/tasks.py": task}).fingerprint()
    assert source.edit("wildlife/tasks.py", "'Speed'", "'Fast'").fingerprint() == before


def test_a_long_sum_is_read(source: Source) -> None:
    task = f"def density():\n    return {' + '.join(map(str, range(1000)))}\n"
    before = source.write({"wildlife/tasks.py": task}).fingerprint()
    assert source.edit("wildlife/tasks.py", "999", "998").fingerprint() != before


def test_source_is_read_once_until_it_is_forgotten(source: Source) -> None:
    before = source.write({"wildlife/tasks.py": TASK}).fingerprint()
    (source.root / "wildlife" / "tasks.py").unlink()
    assert source.fingerprint() == before
    forget()
    with pytest.raises(RegistrationError):
        source.fingerprint()


line = st.sampled_from(["", "    # a comment", "# another", "\t# with a tab"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    inserts=st.lists(st.tuples(st.integers(0, TASK.count("\n")), line), max_size=8),
    limit=st.integers(-1000, 1000),
    unused=st.integers(),
)
def test_random_edits_change_it_only_in_reached_code(
    source: Source, inserts: list[tuple[int, str]], limit: int, unused: int
) -> None:
    before = source.write({"wildlife/tasks.py": TASK}).fingerprint()
    lines = TASK.splitlines()
    for position, text in inserts:
        lines.insert(position, text)
    commented = "\n".join(lines).replace("UNUSED = 1", f"UNUSED = {unused}")
    assert source.write({"wildlife/tasks.py": commented}).fingerprint() == before
    changed = commented.replace("LIMIT = 3.0", f"LIMIT = {limit}")
    assert source.write({"wildlife/tasks.py": changed}).fingerprint() != before


def test_folder_time_seed_and_working_directory_do_not_count(source: Source, tmp_path: Path) -> None:
    source.write({"wildlife/__init__.py": "raise SystemExit('imported')\n", "wildlife/tasks.py": TASK})
    program = (
        "import sys; from ecoscope_workflows.runtime.fingerprint import fingerprint;"
        "print(fingerprint('wildlife.tasks', 'density'));"
        "heavy = {'pandas', 'numpy', 'pydantic', 'wildlife'} & set(sys.modules); assert not heavy, heavy"
    )
    found = {source.fingerprint()}
    for seed in ("0", "1"):
        elsewhere = tmp_path / f"copy {seed}"
        shutil.copytree(source.root, elsewhere)
        os.utime(elsewhere / "wildlife" / "tasks.py", (1, 1))
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(elsewhere)}
        command = [sys.executable, "-c", program]
        result = subprocess.run(
            command, cwd=elsewhere, env=environment, check=True, capture_output=True, text=True
        )
        found.add(result.stdout.strip())
    assert len(found) == 1


def test_reached_names_what_counts(source: Source) -> None:
    source.write({"wildlife/tasks.py": TASK})
    found = reached("wildlife.tasks", "density")
    assert [(one.module, one.name) for one in found.definitions] == [
        ("wildlife.tasks", name) for name in ("Fixes", "LIMIT", "density", "scale")
    ]
    assert found.packages == ()
    assert found.files == ()
    assert found.digest == source.fingerprint()


def test_a_warning_of_the_parser_stays_with_the_author(source: Source) -> None:
    source.write({"wildlife/tasks.py": "def density():\n    return '\\d'\n"})
    assert len(source.fingerprint()) == 16


def test_a_hundred_tasks_cost_little(source: Source) -> None:
    """60 modules of 200 lines; the bound leaves room for a slow machine (a fast one needs a fifth of it)."""
    helpers = "".join(
        f"def helper_{number}(values, factor=LIMIT):\n"
        '    """Scale the values."""\n'
        "    total = [value * factor + 1 for value in values if value > 0]\n"
        f"    return helper_{max(number - 1, 0)}(total)\n\n"
        for number in range(38)
    )
    files = {}
    for number in range(60):
        reach = f"from wildlife import m{(number + 1) % 60}\nLIMIT = {number}\n\n"
        task = f"def density(values):\n    return m{(number + 1) % 60}.helper_37(helper_37(values))\n"
        files[f"wildlife/m{number}.py"] = reach + helpers + task
    source.write(files)
    found = {source.fingerprint(f"wildlife.m{number % 60}") for number in range(100)}
    assert len(found) == 60
