"""Fingerprints that were found before: a task in, its fingerprint out, unread where no code has changed.

A fingerprint is taken from the file where name, time and size of every file of the task's top-level package,
and the versions of the packages it uses, are as they were when it was found.
Any doubt about the file is only slower.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import sys
from contextlib import suppress
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecoscope_workflows import __version__
from ecoscope_workflows.errors import EcoscopeWorkflowsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ecoscope_workflows.runtime.fingerprint import Reached

DEFAULT_FILE = ".ecoscope-workflows/fingerprints.json"
# Programs differ in where they look for packages; each would forget what another has found.
KEPT_OF_A_TASK = 4
# Descriptions of what fingerprints were taken of, so that a change of one can be told.
KEPT = 400


class KnownFingerprints:
    """Fingerprints kept in a file, and beside it for each what it was taken of.

    Parameters
    ----------
    file
        The file; it need not exist.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._entries = _read(file)

    def of(self, module: str, name: str) -> str:
        """Return the fingerprint of a task or condition; raises what `fingerprint` raises."""
        key = f"{module}:{name}"
        state = package_state(module.partition(".")[0])
        before = self._entries.get(key, [])
        for entry in before if state else ():
            if entry["state"] == state and _same_versions(entry["packages"]):
                return str(entry["digest"])
        from ecoscope_workflows.runtime.fingerprint import reached  # noqa: PLC0415  # only where code has changed

        # What is edited while it is read is taken for an edit of later.
        files = files_state(module.partition(".")[0])
        found = reached(module, name)
        if state:
            packages = [list(one) for one in found.packages]
            entry = {"state": state, "files": files, "packages": packages, "digest": found.digest}
            others = [one for one in before if one["state"] != state]
            self._entries[key] = [entry, *others][:KEPT_OF_A_TASK]
            with suppress(OSError):  # a folder that cannot be written to is no fault of the workflow
                self._describe(found)
                self._write()
        return found.digest

    def hold(self, tasks: Iterable[str]) -> bool:
        """Return whether tasks are still written as they were when their fingerprints were taken.

        What this process has imported may be of another time than a fingerprint: people edit code while a
        workflow runs. Of a fingerprint that was taken elsewhere nothing is known, and it is believed.

        Parameters
        ----------
        tasks
            Tasks or conditions with their fingerprints: ``module:name@fingerprint``.
        """
        states: dict[str, str] = {}
        for task in set(tasks):
            key, _, digest = task.partition("@")
            package = key.partition(".")[0].partition(":")[0]
            known = [entry.get("files") for entry in self._entries.get(key, ()) if entry["digest"] == digest]
            if known and package not in states:
                states[package] = files_state(package)
            if known and states[package] not in known and _read_again(key) != digest:
                return False
        return True

    def parts(self, digest: str) -> dict[str, str] | None:
        """Return what a fingerprint was taken of, each with its hash or version; None if that is not known.

        The names are ``module:definition``, ``package NAME`` and ``file PATH of MODULE``.
        """
        try:
            found = json.loads(self._description(digest).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    def _description(self, digest: str) -> Path:
        return self._file.with_suffix("") / f"{digest}.json"

    def _describe(self, found: Reached) -> None:
        path = self._description(found.digest)
        if path.exists():
            return
        parts = {f"{one.module}:{one.name}": one.digest for one in found.definitions}
        parts |= {f"package {name}": version for name, version in found.packages}
        parts |= {f"file {file} of {module}": digest for module, file, digest in found.files}
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_whole(path, parts)
        for old in sorted(path.parent.glob("*.json"), key=lambda one: one.stat().st_mtime)[:-KEPT]:
            old.unlink(missing_ok=True)

    def _write(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        _write_whole(
            self._file, {"version": __version__, "python": sys.version, "fingerprints": self._entries}
        )


def _read_again(task: str) -> str:
    """Return the fingerprint of a task as its code is now; an empty text where that cannot be read."""
    from ecoscope_workflows.runtime.fingerprint import fingerprint, forget  # noqa: PLC0415  # only where code has changed

    forget()
    module, _, name = task.partition(":")
    try:
        return fingerprint(module, name)
    except EcoscopeWorkflowsError:  # somebody is at work on it
        return ""


def _write_whole(path: Path, content: object) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.write_text(json.dumps(content), encoding="utf-8")
    temporary.replace(path)


def _read(file: Path) -> dict[str, list[Any]]:
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    same = isinstance(record, dict) and (record.get("version"), record.get("python")) == (
        __version__,
        sys.version,
    )
    entries = record.get("fingerprints") if same else None
    if not isinstance(entries, dict):
        return {}
    return {key: found for key, found in entries.items() if isinstance(found, list)}


def _same_versions(packages: list[list[str]]) -> bool:
    """Return whether every package is there in the version that it was."""
    return all(_version(name) == version for name, version in packages)


@cache
def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        # It was never installed, or is not any more.
        from ecoscope_workflows.runtime.resolution import versions_of  # noqa: PLC0415  # rarely needed

        found = versions_of(name)
        return found[0][1] if len(found) == 1 else ""


@cache
def package_state(package: str) -> str:
    """Return a hash of where packages are looked for and of the files of one; empty where it is not found."""
    files = files_state(package)
    return _sha256([*sys.path, files]) if files else ""


def files_state(package: str) -> str:
    """Return a hash of the names, times and sizes of all files of a package; empty where it is not found."""
    try:
        spec = importlib.util.find_spec(package)
    except (ImportError, ValueError):
        return ""
    if spec is None:
        return ""
    roots = [*(spec.submodule_search_locations or ()), *([spec.origin] if spec.origin else [])]
    lines = sorted(line for root in roots for line in _files(root))
    return _sha256(lines)


def _sha256(lines: list[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def _files(root: str) -> Iterator[str]:
    if os.path.isfile(root):  # noqa: PTH113  # what the import system gives is text
        yield _line(root, os.stat(root))  # noqa: PTH116  # as above
        return
    with suppress(OSError), os.scandir(root) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=True):
                if entry.name != "__pycache__":
                    yield from _files(entry.path)
            else:
                yield _line(entry.path, entry.stat())


def _line(path: str, facts: os.stat_result) -> str:
    return f"{path} {facts.st_mtime_ns} {facts.st_size}"


@cache
def known_fingerprints(folder: Path = Path()) -> KnownFingerprints:
    """Return the fingerprints known to the run in a folder."""
    return KnownFingerprints(folder / DEFAULT_FILE)
