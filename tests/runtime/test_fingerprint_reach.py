"""Which definitions a fingerprint follows: through imports, packages, classes, constants and scopes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

import pytest

from ecoscope_workflows.runtime.fingerprint import fingerprint, forget, reached

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Every case starts from a helper that returns 1; the edit makes it return 2.
HELPER = "def helper():\n    return 1\n\ndef spare():\n    return 1\n"
INNER = "wildlife/inner.py"


class Case(NamedTuple):
    """The module with the task, other files, and the file in which 1 becomes 2 (for the line of `mark`)."""

    task: str
    files: dict[str, str]
    edited: str = INNER
    mark: str = "def helper():\n    return 1"


def helper_in(*imports: str, call: str = "helper()") -> str:
    return "\n".join([*imports, "def density():", f"    return {call}", ""])


FOLLOWED = {
    "absolute": Case(helper_in("from wildlife.inner import helper"), {}),
    "relative": Case(helper_in("from .inner import helper"), {}),
    "relative module": Case(helper_in("from . import inner", call="inner.helper()"), {}),
    "alias of a name": Case(helper_in("from wildlife.inner import helper as h", call="h()"), {}),
    "alias of a module": Case(helper_in("import wildlife.inner as i", call="i.helper()"), {}),
    "dotted": Case(helper_in("import wildlife.inner", call="wildlife.inner.helper()"), {}),
    "deferred": Case("def density():\n    from wildlife.inner import helper\n    return helper()\n", {}),
    "deferred module": Case("def density():\n    import wildlife.inner\n    wildlife.inner.helper()\n", {}),
    "deferred, for its effect": Case("def density():\n    import wildlife.inner\n", {}),
    "deferred name, unused": Case("def density():\n    from wildlife.inner import helper\n", {}),
    "star": Case(helper_in("from wildlife.inner import *"), {}),
    "star of a star": Case(
        helper_in("from wildlife.all import *"), {"wildlife/all.py": "from .inner import *\n"}
    ),
    "re-export": Case(
        helper_in("from wildlife.api import helper"),
        {"wildlife/api/__init__.py": "from ..inner import helper\n"},
    ),
    "attribute of a package": Case(
        helper_in("from wildlife import api", call="api.h()"),
        {"wildlife/api/__init__.py": "from ..inner import helper as h\n"},
    ),
    "package that imports its submodule": Case(
        helper_in("import wildlife", call="wildlife.inner.helper()"),
        {"wildlife/__init__.py": "from . import inner\n"},
    ),
    "namespace package": Case(
        helper_in("from wildlife.space.deep.inner import helper"),
        {"wildlife/space/deep/inner.py": HELPER},
        "wildlife/space/deep/inner.py",
    ),
    "two steps": Case(
        helper_in("from wildlife.mid import middle", call="middle()"),
        {"wildlife/mid.py": "from .inner import helper\ndef middle():\n    return helper()\n"},
    ),
    "mutual recursion": Case(
        helper_in("from wildlife.mid import middle", call="middle()"),
        {
            "wildlife/mid.py": "from .tasks import density\nfrom .inner import helper\n"
            "def middle():\n    return density() + helper()\n"
        },
    ),
    "try": Case(
        helper_in("try:\n    from fast import helper\nexcept ImportError:\n    from .inner import helper"), {}
    ),
    "if": Case(helper_in("import os\nif os.name == 'nt':\n    from .inner import helper"), {}),
    "for type checkers": Case(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .inner import helper\n"
        "def density(x: helper): ...\n",
        {},
    ),
    "quoted annotation": Case("from .inner import helper\ndef density(x: 'list[helper]'): ...\n", {}),
    "decorator": Case("from .inner import helper\n@helper\ndef density(): ...\n", {}),
    "default": Case("from .inner import helper\ndef density(x=helper()): ...\n", {}),
    "return annotation": Case("from .inner import helper\ndef density() -> helper: ...\n", {}),
    "constant": Case("from .inner import helper\nA = helper()\nB = A + 1\ndef density(): return B\n", {}),
    "annotated constant": Case("from .inner import helper\nA: int = helper()\ndef density(): return A\n", {}),
    "class": Case("from .inner import helper\nclass A(helper): ...\ndef density(): return A()\n", {}),
    "class body": Case("from .inner import helper\nclass A:\n    x = helper()\ndef density(): A\n", {}),
    "method": Case("from .inner import helper\nclass A:\n    def f(self): helper()\ndef density(): A\n", {}),
    "nested function": Case(
        helper_in("from .inner import helper\ndef f():\n    def g(): helper()", call="f"), {}
    ),
    "lambda": Case("from .inner import helper\ndef density():\n    return lambda x: helper() + x\n", {}),
    "comprehension": Case(
        "from .inner import helper\ndef density():\n    return [helper for helper in helper()]\n", {}
    ),
    "module as a value": Case(helper_in("from . import inner", call="getattr(inner, 'hel' + 'per')()"), {}),
    "unknown attribute": Case(helper_in("from . import inner", call="inner.made_up()"), {}),
    "module __getattr__": Case(
        helper_in("from .lazy import helper"),
        {"wildlife/lazy.py": "from . import inner\ndef __getattr__(name): return getattr(inner, name)\n"},
    ),
    "import in a class": Case(
        "class A:\n    from .inner import helper\n    x = helper\ndef density(): A\n", {}
    ),
    "nonlocal": Case(
        "from .inner import helper\ndef density():\n    x = 1\n    def f():\n"
        "        nonlocal x\n        x = helper()\n",
        {},
    ),
    "class variable of its name": Case(
        "from .inner import helper\nclass A:\n    helper = helper()\ndef density(): A\n", {}
    ),
    "method of a class with its name": Case(
        "from .inner import helper\nclass A:\n    helper = 3\n    def f(self): helper()\ndef density(): A\n",
        {},
    ),
    "task made up by __getattr__": Case(
        "from .inner import helper\ndef __getattr__(name): return helper\n", {}
    ),
    "stars of a module as a value": Case(
        helper_in("from . import api", call="vars(api)"), {"wildlife/api.py": "from .inner import *\n"}
    ),
    "import in a class, unseen by its methods": Case(
        "from .inner import helper\nclass A:\n    from .other.deep import f as helper\n"
        "    def m(self): helper()\ndef density(): A\n",
        {},
    ),
    "registry": Case(
        "from .inner import helper\nTABLE = {}\nTABLE['a'] = helper\ndef density(): return TABLE['a']()\n", {}
    ),
    "registry by decorator": Case(
        "import functools\nfrom .inner import helper\n@functools.singledispatch\ndef f(x): ...\n"
        "@f.register\ndef _(x: int): return helper()\ndef density(): f(1)\n",
        {},
    ),
    "global statement": Case(
        "from .inner import helper\nC = 3\ndef f():\n    global C\n    C = helper()\ndef density(): C\n", {}
    ),
    "statement on import": Case("from .inner import helper\nhelper()\ndef density(): ...\n", {}),
    "loop on import": Case(
        "from .inner import helper\nT = {}\nfor k in helper():\n    T[k] = 1\ndef density(): T\n", {}
    ),
    "condition": Case("from .inner import helper\nif helper():\n    A = 3\ndef density(): A\n", {}),
    "condition of else": Case(
        "from .inner import helper\nif helper(): B = 3\nelse: A = 3\ndef density(): A\n", {}
    ),
    "condition of an import": Case(
        "from .inner import helper\nif helper():\n    from .other.deep import f\ndef density(): f()\n", {}
    ),
    "match": Case("from .inner import helper\ndef density(x):\n    match x:\n        case helper(): 3\n", {}),
    "walrus": Case("from .inner import helper\ndef density():\n    return (y := helper()) + y\n", {}),
    "with": Case("from .inner import helper\nwith helper() as A: pass\ndef density(): A\n", {}),
    "second definition": Case(
        helper_in("from .inner import helper"),
        {INNER: HELPER + "def helper():\n    return 1 + 0\n"},
        mark="1 + 0",
    ),
}

IGNORED = {
    "spare": Case(helper_in("from .inner import helper"), {}, mark="def spare():\n    return 1"),
    "spare of a module": Case(
        helper_in("from . import inner", call="inner.helper()"), {}, mark="def spare():\n    return 1"
    ),
    "local variable": Case(
        "from .inner import helper\ndef density():\n    helper = 3\n    return helper\n", {}
    ),
    "parameter": Case("from .inner import helper\ndef density(helper): return helper\n", {}),
    "variable of a comprehension": Case(
        "from .inner import helper\ndef density(x): return {helper: y for helper, y in x}\n", {}
    ),
    "variable of a comprehension on import": Case(
        "from .inner import helper\nT = [str for str in helper()]\ndef density(x: str): ...\n", {}
    ),
    "capture of a match": Case(
        "from .inner import helper\ndef density(x):\n    match x:\n        case [*helper]: helper\n", {}
    ),
    "variable of an outer function": Case(
        "from .inner import helper\ndef density():\n    helper = 3\n    return lambda: helper\n", {}
    ),
    "target of except": Case(
        "from .inner import helper\ndef density():\n    try: ...\n    except OSError as helper: helper\n", {}
    ),
    "literal": Case(
        "from typing import Literal\nfrom .inner import helper\ndef density(x: Literal['helper']): ...\n", {}
    ),
    "attribute of another object": Case("from .inner import helper\ndef density(x): return x.helper\n", {}),
    "unused import": Case("from .inner import helper\ndef density(): ...\n", {}),
    "package on the way": Case(helper_in("import wildlife.other.deep as d", call="d.f()"), {}),
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    assert not [name for name in sys.modules if name.partition(".")[0] == "wildlife"], "a module was imported"
    forget()


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    forget()


def is_seen(root: Path, case: Case) -> bool:
    base = {"wildlife/__init__.py": "", "wildlife/other/deep.py": "def f(): ...\n", INNER: HELPER}
    files = {**base, "wildlife/tasks.py": case.task, **case.files}
    write(root, files)
    before = fingerprint("wildlife.tasks", "density")
    assert case.mark in files[case.edited]
    write(root, {case.edited: files[case.edited].replace(case.mark, case.mark.replace("1", "2"))})
    return fingerprint("wildlife.tasks", "density") != before


@pytest.mark.parametrize("case", FOLLOWED.values(), ids=FOLLOWED)
def test_a_use_is_followed(root: Path, case: Case) -> None:
    assert is_seen(root, case)


@pytest.mark.parametrize("case", IGNORED.values(), ids=IGNORED)
def test_what_is_not_used_is_not_followed(root: Path, case: Case) -> None:
    assert not is_seen(root, case)


def test_a_public_name_and_its_definition_have_one_fingerprint(root: Path) -> None:
    public = "from ._density import density\n"
    write(root, {"wildlife/tasks/__init__.py": public, "wildlife/tasks/_density.py": "def density(): ...\n"})
    assert fingerprint("wildlife.tasks", "density") == fingerprint("wildlife.tasks._density", "density")


def test_swapped_aliases_are_seen(root: Path) -> None:
    task = "from .inner import {0} as a, {1} as b\ndef density():\n    return a() - b()\n"
    write(root, {INNER: HELPER, "wildlife/tasks.py": task.format("helper", "spare")})
    before = fingerprint("wildlife.tasks", "density")
    write(root, {"wildlife/tasks.py": task.format("spare", "helper")})
    assert fingerprint("wildlife.tasks", "density") != before


def test_swapped_branches_are_seen(root: Path) -> None:
    task = "import os\nif os.name:\n    A = {0}\nelse:\n    A = {1}\ndef density():\n    return A\n"
    write(root, {"wildlife/tasks.py": task.format(1, 2)})
    before = fingerprint("wildlife.tasks", "density")
    write(root, {"wildlife/tasks.py": task.format(2, 1)})
    assert fingerprint("wildlife.tasks", "density") != before


def test_swapped_definitions_are_seen(root: Path) -> None:
    write(root, {"wildlife/tasks.py": "A = 1\nA = 2\ndef density():\n    return A\n"})
    before = fingerprint("wildlife.tasks", "density")
    write(root, {"wildlife/tasks.py": "A = 2\nA = 1\ndef density():\n    return A\n"})
    assert fingerprint("wildlife.tasks", "density") != before


def test_a_task_in_a_single_file_module_is_found(root: Path) -> None:
    write(root, {"wildlife.py": helper_in("import math", HELPER)})
    found = reached("wildlife", "density").definitions
    assert [one.name for one in found] == ["density", "helper"]


def test_a_compiled_module_of_the_package_counts_by_its_version(root: Path) -> None:
    suffix = "cpython-311-x86_64-linux-gnu.so" if sys.platform == "linux" else "so"
    write(root, {"wildlife/__init__.py": "", f"wildlife/_fast.{suffix}": "", "wildlife/_fast.so": ""})
    write(root, {"wildlife/tasks.py": helper_in("from wildlife._fast import helper")})
    metadata = "Metadata-Version: 2.1\nName: wildlife\nVersion: 3.1\n"
    write(root, {"wildlife-3.1.dist-info/METADATA": metadata})
    assert reached("wildlife.tasks", "density").packages == (("wildlife", "3.1"),)
