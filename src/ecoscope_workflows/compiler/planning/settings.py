"""The profile of a run in, what it says that decides which jobs run, and what cannot be judged here.

Only Snakemake knows wherever there is such a doubt.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.spec.document import parse

if TYPE_CHECKING:
    from pathlib import Path

PROFILE = "profiles/local"
_FILE = "profile.yaml"
_NAMES = re.compile(r"(profile|config)(\.v\d+\+)?\.yaml")
# Where Snakemake looks for a profile that nobody has named.
_OTHER_PROFILES = ("default", "profiles/default", "workflow/profiles/default")
# Settings that decide how jobs run, and never which.
_HARMLESS = frozenset(
    {
        "cores",
        "default-resources",
        "executor",
        "jobs",
        "keep-going",
        "latency-wait",
        "local-cores",
        "max-jobs-per-timespan",
        "printshellcmds",
        "quiet",
        "resources",
        "retries",
        "scheduler",
        "set-resources",
        "set-threads",
        "show-failed-logs",
    }
)
_MAX_CHECKSUM = "max-checksum-file-size"
_RERUN_INCOMPLETE = "rerun-incomplete"
# What Snakemake does where nothing is said.
_DEFAULT_MAX_CHECKSUM = 1_000_000
_SIZE = re.compile(r"(\d+)\s*([KMGT]?)(i?)B?", re.IGNORECASE)
# The rules by which Snakemake reruns are those of these versions.
_KNOWN_SNAKEMAKE = re.compile(r"9\.27\.")


@dataclass(frozen=True, slots=True)
class Settings:
    """What decides which jobs Snakemake runs.

    Parameters
    ----------
    max_checksum
        Up to how many bytes the content of an input counts, and not its time alone.
    rerun_incomplete
        Whether a result that was being written when a run was killed is made anew.
    cores
        How many jobs run at a time; 0 for all cores of this machine.
    doubts
        Why Snakemake may see it in another way.
    """

    max_checksum: int
    rerun_incomplete: bool
    cores: int
    doubts: tuple[str, ...]


def read_settings(folder: Path) -> Settings:
    """Return the settings of a run in a folder with its local profile.

    Raises
    ------
    SpecError
        When the profile is no YAML.
    """
    doubts = [*_about_snakemake(), *_about_profiles(folder)]
    path = folder / PROFILE / _FILE
    said: Any = parse(path.read_text(encoding="utf-8"), str(path)).value if path.is_file() else {}
    values: dict[str, Any] = said if isinstance(said, dict) else {}
    known = _HARMLESS | {_MAX_CHECKSUM, _RERUN_INCOMPLETE}
    unknown = sorted(str(name) for name in values if name not in known)
    if unknown:
        doubts.append(f"{PROFILE} says {', '.join(unknown)}")
    size = _bytes(values.get(_MAX_CHECKSUM, _DEFAULT_MAX_CHECKSUM))
    if size is None:
        doubts.append(f"{PROFILE} says {_MAX_CHECKSUM} in a way that is not known here")
    cores = values.get("cores")
    return Settings(
        max_checksum=_DEFAULT_MAX_CHECKSUM if size is None else size,
        rerun_incomplete=values.get(_RERUN_INCOMPLETE) is True,
        cores=cores if isinstance(cores, int) else 0,
        doubts=tuple(doubts),
    )


def _about_snakemake() -> list[str]:
    try:
        version = metadata.version("snakemake")
    except metadata.PackageNotFoundError:
        return ["Snakemake is not installed"]
    return [] if _KNOWN_SNAKEMAKE.match(version) else [f"Snakemake is {version}, not 9.27"]


def _about_profiles(folder: Path) -> list[str]:
    doubts = [f"Snakemake reads {name} too" for name in _OTHER_PROFILES if (folder / name).exists()]
    profile = folder / PROFILE
    names = sorted(path.name for path in profile.iterdir()) if profile.is_dir() else []
    if [name for name in names if _NAMES.fullmatch(name)] != [_FILE]:
        doubts.append(f"{PROFILE} is not one file {_FILE}")
    return doubts


def _bytes(size: object) -> int | None:
    """Return a size in bytes: Snakemake counts in thousands, and in 1024 where there is an i."""
    found = _SIZE.fullmatch(str(size).strip())
    if found is None or isinstance(size, bool):
        return None
    base = 1024 if found[3] else 1000
    return int(int(found[1]) * base ** " KMGT".index(found[2].upper() or " "))
