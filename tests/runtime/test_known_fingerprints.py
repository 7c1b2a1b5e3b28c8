"""Fingerprints that were found before are found again, as long as no code has changed."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ecoscope_workflows.runtime import known_fingerprints
from ecoscope_workflows.runtime.fingerprint import fingerprint, forget
from ecoscope_workflows.runtime.known_fingerprints import KnownFingerprints, package_state

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a package on the path, with a task."""
    folder = tmp_path / "site" / "herdkit"
    folder.mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "tasks.py").write_text("def count(n: int) -> int:\n    return n + 1\n")
    monkeypatch.syspath_prepend(str(folder.parent))
    return folder


@pytest.fixture
def fresh(tmp_path: Path) -> Callable[[], KnownFingerprints]:
    """Return a function that gives what a new process knows."""

    def make() -> KnownFingerprints:
        package_state.cache_clear()
        known_fingerprints._version.cache_clear()
        forget()
        return KnownFingerprints(tmp_path / "known.json")

    return make


def test_a_fingerprint_is_what_reading_the_code_gives(
    package: Path, fresh: Callable[[], KnownFingerprints]
) -> None:
    del package
    first = fresh().of("herdkit.tasks", "count")
    assert first == fingerprint("herdkit.tasks", "count")
    assert fresh().of("herdkit.tasks", "count") == first


def test_code_that_has_not_changed_is_not_read(
    package: Path, fresh: Callable[[], KnownFingerprints], monkeypatch: pytest.MonkeyPatch
) -> None:
    del package
    first = fresh().of("herdkit.tasks", "count")
    monkeypatch.setattr("ecoscope_workflows.runtime.fingerprint.reached", None)
    assert fresh().of("herdkit.tasks", "count") == first


def test_an_edit_changes_it(package: Path, fresh: Callable[[], KnownFingerprints]) -> None:
    first = fresh().of("herdkit.tasks", "count")
    path = package / "tasks.py"
    path.write_text(path.read_text().replace("n + 1", "n + 2"))
    os.utime(path, ns=(1, 1))
    assert fresh().of("herdkit.tasks", "count") != first


def test_a_new_module_of_the_package_counts(package: Path, fresh: Callable[[], KnownFingerprints]) -> None:
    lines = [
        "try:",
        "    from herdkit.more import one",
        "except ImportError:",
        "    one = 1",
        "def count(n: int) -> int:",
        "    return n + one",
    ]
    (package / "tasks.py").write_text("\n".join(lines))
    first = fresh().of("herdkit.tasks", "count")
    (package / "more.py").write_text("one = 5\n")
    assert fresh().of("herdkit.tasks", "count") != first


@pytest.mark.parametrize("content", ["", "[]", "{", '{"version": 1}', '{"fingerprints": 3}'])
def test_a_spoiled_file_is_only_slower(
    content: str, package: Path, fresh: Callable[[], KnownFingerprints], tmp_path: Path
) -> None:
    del package
    (tmp_path / "known.json").write_text(content)
    assert fresh().of("herdkit.tasks", "count") == fingerprint("herdkit.tasks", "count")


def test_another_version_of_a_package_that_it_uses_counts(
    package: Path, fresh: Callable[[], KnownFingerprints], monkeypatch: pytest.MonkeyPatch
) -> None:
    (package / "tasks.py").write_text(
        "import click\n\n\ndef count(n: int) -> int:\n    return click.echo(n)\n"
    )
    first = fresh().of("herdkit.tasks", "count")
    monkeypatch.setattr("importlib.metadata.version", lambda _: "99.0")
    assert fresh().of("herdkit.tasks", "count") != first


def test_it_is_told_whether_code_was_edited_since(
    package: Path, fresh: Callable[[], KnownFingerprints]
) -> None:
    path = package / "tasks.py"
    task = f"herdkit.tasks:count@{fresh().of('herdkit.tasks', 'count')}"
    known = fresh()
    assert known.hold([task])
    # Another file of the package, and a comment, are no edit of the task.
    (package / "notes.txt").touch()
    path.write_text(f"# a comment\n{path.read_text()}")
    assert known.hold([task])
    path.write_text(path.read_text().replace("n + 1", "n + 2"))
    assert not known.hold([task])
    assert known.hold(["herdkit.tasks:count@of_another_machine", "nowhere.at:all@c0de"])
    path.write_text("def count(n: int) -> int:\n    return (")
    assert not known.hold([task])
    fresh()


def test_a_place_that_cannot_be_written_to_is_only_slower(package: Path) -> None:
    del package
    known = KnownFingerprints(Path(os.devnull) / "known.json")
    assert known.of("herdkit.tasks", "count") == fingerprint("herdkit.tasks", "count")
    assert sys.modules.get("herdkit") is None


def test_programs_that_look_for_packages_elsewhere_do_not_forget_what_the_other_found(
    package: Path, fresh: Callable[[], KnownFingerprints], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    del package
    first = fresh().of("herdkit.tasks", "count")
    with monkeypatch.context() as other:
        other.syspath_prepend(str(tmp_path))
        fresh().of("herdkit.tasks", "count")
    monkeypatch.setattr("ecoscope_workflows.runtime.fingerprint.reached", None)
    assert fresh().of("herdkit.tasks", "count") == first


def test_what_a_fingerprint_was_taken_of_is_kept(
    package: Path, fresh: Callable[[], KnownFingerprints], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = package / "tasks.py"
    lines = [
        "import click",
        "def one(n: int) -> int:",
        "    return click.echo(n)",
        "def count(n: int) -> int:",
    ]
    path.write_text("\n".join([*lines, "    return one(n)"]))
    first = fresh().of("herdkit.tasks", "count")
    path.write_text("\n".join([*lines, "    return one(n) + 1"]))
    second = fresh().of("herdkit.tasks", "count")
    before, after = (fresh().parts(digest) or {} for digest in (first, second))
    assert before.keys() == after.keys() >= {"herdkit.tasks:count", "herdkit.tasks:one", "package click"}
    assert {name for name in before if before[name] != after[name]} == {"herdkit.tasks:count"}
    assert fresh().parts("unknown") is None
    monkeypatch.setattr(known_fingerprints, "KEPT", 1)
    path.write_text("\n".join([*lines, "    return one(n) + 2"]))
    third = fresh().of("herdkit.tasks", "count")
    assert [fresh().parts(digest) is not None for digest in (first, second, third)] == [False, False, True]
