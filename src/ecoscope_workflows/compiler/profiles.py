"""The name of a profile and what the user fills in; its text, and the place where Snakemake finds it, out."""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any

import platformdirs
import yaml

from ecoscope_workflows.compiler.artifacts import write_atomically
from ecoscope_workflows.errors import Problem, TargetError, Where, did_you_mean
from ecoscope_workflows.targets.profile_files import FOLDER

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE = "profile.yaml"
# Every name under which Snakemake looks for a profile in its folder.
_ANY_FILE = re.compile(r"(profile|config)(\.v\d+\+)?\.yaml")
# Snakemake reads the text of a resource as Python; what stands in it as a literal is never evaluated.
_EVALUATED = "default-resources"
# The storage plugin for each kind of address.
_PROVIDERS = {"s3": "s3", "gs": "gcs"}
# Executors that are Snakemake's own or ours.
_NO_PLUGIN = frozenset({"ecoscope", "local"})


def names() -> tuple[str, ...]:
    """Return the names of the profiles."""
    return tuple(sorted(path.name for path in FOLDER.iterdir() if (path / FILE).is_file()))


def text_of(name: str) -> str:
    """Return a profile as it goes with every compiled workflow."""
    return (FOLDER / name / FILE).read_text(encoding="utf-8")


def summary_of(name: str) -> str:
    """Return in a few words where a profile runs jobs."""
    return text_of(name).partition(":")[0].removeprefix("# ")


def user_folder() -> Path:
    """Return the folder in which Snakemake, run anywhere, looks for a user's profiles by name."""
    return platformdirs.user_config_path("snakemake", "snakemake")


def found(name: str) -> Path | None:
    """Return the file that Snakemake reads for the name of a profile outside any folder of a workflow."""
    for folder in (user_folder(), platformdirs.site_config_path("snakemake", "snakemake")):
        files = _files(folder / name)
        if files:
            return files[0]
    return None


def storage(address: str) -> dict[str, str]:
    """Return the keys of a profile that say where results go.

    Raises
    ------
    TargetError
        When it is no address of an object store.
    """
    scheme, _, rest = address.partition("://")
    if scheme not in _PROVIDERS or not rest:
        what = f"{address!r} is no address of an object store"
        raise TargetError(Problem("EW742", what, hint="write s3://bucket/folder, or gs://bucket/folder"))
    return {"default-storage-provider": _PROVIDERS[scheme], "default-storage-prefix": address}


def filled_in(name: str, values: Mapping[str, Any]) -> str:
    """Return a profile with values of the user's, and all comments.

    Parameters
    ----------
    name
        The name of the profile.
    values
        Values by key; a key in a mapping is written ``mapping.key``.
        A key that is commented out in the profile is brought in.

    Raises
    ------
    TargetError
        When the profile has no such key, or another kind of value there.
    """
    text = text_of(name)
    known = _keys(text)
    problems = []
    for key, value in values.items():
        if key not in known:
            hint = did_you_mean(key, list(known)) or "edit the installed file for what is not in it"
            problems.append(Problem("EW742", f"profile {name} has no key {key!r}", hint=hint))
        elif not _is_of_kind(value, known[key]):
            what = f"profile {name}: {key} takes a value such as {json.dumps(known[key])}, not {value!r}"
            problems.append(Problem("EW742", what, hint="write numbers without a unit"))
        else:
            text = _with(text, key, value)
    if problems:
        raise TargetError(problems)
    return text


def plugins_of(text: str) -> list[str]:
    """Return the packages of Snakemake's plugins that a profile needs."""
    keys = yaml.safe_load(text)
    executor, storage_ = keys.get("executor", "local"), keys.get("default-storage-provider")
    needed = [] if executor in _NO_PLUGIN else [f"snakemake-executor-plugin-{executor}"]
    return [*needed, f"snakemake-storage-plugin-{storage_}"] if storage_ else needed


def install(name: str, text: str, *, force: bool) -> tuple[Path, bool]:
    """Write a profile where Snakemake finds it from any folder.

    Returns
    -------
    tuple
        The file, and whether it has changed.

    Raises
    ------
    TargetError
        When there is another one of that name, unless it is to be replaced, or the folder cannot be written.
    """
    folder = user_folder() / name
    path = folder / FILE
    others = [file for file in _files(folder) if file != path]
    if others:
        what = f"Snakemake may read this file in the place of {FILE}"
        raise TargetError(
            Problem("EW741", what, Where(str(others[0])), "move it away, or choose another name")
        )
    try:
        if path.exists():
            if path.read_bytes() == text.encode():
                return path, False
            if not force:
                hint = "edit it there, or give --force to replace it"
                raise TargetError(Problem("EW741", "this profile is there already", Where(str(path)), hint))
        write_atomically(path, text.encode())
    except OSError as error:
        what = f"cannot be written: {error.strerror}"
        raise TargetError(Problem("EW711", what, Where(str(path)), "see who may write there")) from None
    return path, True


def _files(folder: Path) -> list[Path]:
    """Return the files of a folder that Snakemake takes for a profile."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if _ANY_FILE.fullmatch(path.name))


def _keys(text: str) -> dict[str, Any]:
    """Return the keys of a profile, those that are commented out too, each with its value."""
    every = re.sub(r"^( *)# (?=[\w-]+: \S+$)", r"\1", text, flags=re.MULTILINE)
    found_: dict[str, Any] = {}
    for key, value in yaml.safe_load(every).items():
        if isinstance(value, dict):
            found_ |= {f"{key}.{inner}": known for inner, known in value.items()}
        else:
            found_[key] = value
    return found_


def _is_of_kind(value: Any, known: Any) -> bool:
    """Return whether a value may stand in the place of another one: anything in that of a text."""
    return isinstance(known, str) or type(value) is type(known)


def _with(text: str, key: str, value: Any) -> str:
    """Return a profile with another value on the line of a key, which may be commented out."""
    mapping, _, name = key.rpartition(".")
    lines = text.splitlines()
    start = lines.index(f"{mapping}:") + 1 if mapping else 0
    line = re.compile(rf"{'  ' if mapping else ''}(# )?{re.escape(name)}: \S.*")
    number = next(number for number, old in enumerate(lines) if number >= start and line.fullmatch(old))
    written = repr(value) if mapping == _EVALUATED and isinstance(value, str) else value
    lines[number] = f"{'  ' if mapping else ''}{name}: {_scalar(written)}"
    return "\n".join([*lines, ""])


def _scalar(value: Any) -> str:
    """Return a value as YAML on one line; a text is quoted, whatever is in it."""
    if not isinstance(value, str):
        return json.dumps(value)
    quoted: str = yaml.safe_dump(value, default_style='"', allow_unicode=True, width=math.inf)
    return quoted.rstrip("\n")
