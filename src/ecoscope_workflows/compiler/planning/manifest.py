"""The manifest beside a Snakefile in, its rules out; nothing where the Snakefile is another one.

`ecoscope_workflows.targets.manifest` writes it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.errors import Problem, StorageError, Where
from ecoscope_workflows.targets.layout import FOLDERS, Layout

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SNAKEFILE = "workflow/Snakefile"
MANIFEST = "workflow/plan.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a Snakefile.

    Parameters
    ----------
    id, task
        The instance, and its task as ``module:name``.
    bound, files, how
        As `RuleParams.arguments` takes them.
    inputs
        For each input file the option of the command line that it is the value of; and its path, or instance
        and argument of the param that names it, with the path behind where the spec names it.
    outputs
        Names of the result and of what is written beside it, in the folder of the results.
    shell
        The command as Snakemake's ``shell:`` has it.
    ttl
        For how many seconds a result may be used again, where that is limited.
    chunks
        Where it is computed in chunks, which file says what it goes through, and their size.
    """

    id: str
    task: str
    bound: Mapping[str, Any]
    how: Mapping[str, Any]
    files: list[str]
    inputs: list[tuple[str, str | list[str]]]
    outputs: list[str]
    shell: str
    ttl: float | None
    chunks: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """The rules of a compiled workflow.

    Parameters
    ----------
    spec
        The hash of the spec.
    mocks
        The instances whose results are example data.
    skipif
        When an instance is skipped where nothing else is said, as `RuleParams` takes it.
    cache_root
        The folder or URL that the store is in; empty where the spec names none.
    wanted
        The names of the results that a run makes.
    cheap
        The instances without a rule, as `RuleParams.declare` takes them.
    rules
        The rules, each after those whose results it reads.
    """

    spec: str
    mocks: list[str]
    skipif: Mapping[str, Any]
    cache_root: str
    wanted: list[str]
    cheap: list[Mapping[str, Any]]
    rules: list[Rule]


def read_manifest(folder: Path) -> Manifest:
    """Return the rules of the workflow in a folder.

    Raises
    ------
    StorageError
        When there is none, or its Snakefile is not the one that the compiler wrote.
    """
    snakefile, path = folder / SNAKEFILE, folder / MANIFEST
    if not snakefile.is_file():
        hint = "name the folder that `ecoscope-workflows compile --outpath` wrote"
        raise StorageError(Problem("EW601", "here is no compiled workflow", Where(str(folder)), hint))
    try:
        said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        same = said["snakefile"] == hashlib.sha256(snakefile.read_bytes()).hexdigest()
        if said["format"] != FORMAT or not same:
            raise StorageError(_unknown(snakefile))
        rules = [Rule(**rule) for rule in said["rules"]]
        return Manifest(
            spec=said["spec"],
            mocks=said["mocks"],
            skipif=said["skipif"],
            cache_root=said["cache_root"],
            wanted=said["wanted"],
            cheap=said["cheap"],
            rules=rules,
        )
    except (OSError, ValueError, KeyError, TypeError):
        raise StorageError(_unknown(snakefile)) from None


def layout_of(folder: Path) -> Layout:
    """Return how the workflow in a folder stores and computes collections, as far as that is said there."""
    try:
        said = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return Layout(**said.get("layout", {}))
    except (OSError, ValueError, TypeError, AttributeError):
        return FOLDERS


def _unknown(snakefile: Path) -> Problem:
    what = f"this Snakefile was edited by hand, or is not of this version: {MANIFEST} does not describe it"
    hint = "compile the spec again; or `snakemake --profile profiles/local -n` says what this one would run"
    return Problem("EW644", what, Where(str(snakefile)), hint)
