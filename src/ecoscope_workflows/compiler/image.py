"""The packages that are installed here in, what the image of jobs is built from out.

Pods must have the versions of this machine: Snakemake reads the workflow in each of them again, and what the
code of a task does depends on its packages.
What comes from an index is in one layer; what is on none, and changes more often, is in a small one above it.
"""

from __future__ import annotations

import shlex
from importlib.metadata import distribution, distributions
from platform import python_version_tuple
from typing import TYPE_CHECKING

from ecoscope_workflows import __version__
from ecoscope_workflows.compiler.artifacts import Artifact
from ecoscope_workflows.compiler.packages import closure, direct_url, required
from ecoscope_workflows.compiler.requirements import OURS, with_extras
from ecoscope_workflows.errors import Problem, TargetError, Where, did_you_mean
from ecoscope_workflows.targets.templating import render

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from importlib.metadata import Distribution
    from pathlib import Path

    from ecoscope_workflows.spec.model import Spec

# Packages with tasks say so by these groups of entry points.
TASK_GROUPS = frozenset({"ecoscope_workflows", "wt_registry"})
PLUGINS = "snakemake-storage-plugin-"
# This storage copies with a program.
SYSTEM = {"snakemake-storage-plugin-fs": "rsync"}


def image_context(
    wheels: Sequence[Path], extras: Iterable[str], base: str = "", spec: Spec | None = None
) -> list[Artifact]:
    """Return the files that the image of jobs is built from: the same for the same packages.

    Parameters
    ----------
    wheels
        Packages that are on no index.
    extras
        The extras of this package that the image holds.
    base
        The image that it starts from; by default the small one of this version of Python.
    spec
        A workflow whose requirements the image holds too.

    Raises
    ------
    TargetError
        When a package that is needed is not here, or in another version, or is on no index and not given.
    """
    roots = [with_extras(OURS, _known(extras)), *_task_packages(), *_plugins()]
    needed = closure([*roots, *(required(spec) if spec else [])])
    given = _checked(needed.values(), wheels)
    plugins = [name for name in needed if name.startswith(PLUGINS)]
    facts = {
        "version": __version__,
        "base": base or f"python:{'.'.join(python_version_tuple()[:2])}-slim",
        "system": sorted(SYSTEM[name] for name in plugins if name in SYSTEM),
        # By their names: a wheel of an older version may still lie beside them.
        "wheels": [shlex.quote(wheel.name) for wheel in sorted(wheels)],
    }
    return [
        Artifact("Dockerfile", render("Dockerfile.jinja2", facts).encode()),
        Artifact("requirements.txt", _pinned(needed, needed.keys() - given)),
        Artifact("plugins.txt", _pinned(needed, plugins)),
        *(Artifact(f"wheels/{wheel.name}", wheel.read_bytes()) for wheel in sorted(wheels)),
    ]


def _known(extras: Iterable[str]) -> tuple[str, ...]:
    known = distribution(OURS).metadata.get_all("Provides-Extra") or []
    names = tuple(extras)
    problems = [
        Problem("EW751", f"{OURS} has no extra {name!r}", hint=did_you_mean(name, known))
        for name in names
        if name not in known
    ]
    if problems:
        raise TargetError(problems)
    return names


def _task_packages() -> list[str]:
    found = {
        package.name
        for package in distributions()
        if any(point.group in TASK_GROUPS for point in package.entry_points)
    }
    return sorted(found - {OURS})


def _plugins() -> list[str]:
    found = sorted({package.name for package in distributions() if package.name.startswith(PLUGINS)})
    if not found:
        what = "no storage plugin of Snakemake is installed, and pods have no other way to results"
        raise TargetError(Problem("EW751", what, hint="pip install snakemake-storage-plugin-s3"))
    return found


def _checked(packages: Iterable[Distribution], wheels: Sequence[Path]) -> set[str]:
    """Return the names of the packages that are given as wheels: of all that are on no index."""
    from packaging.utils import (  # noqa: PLC0415  # of this command alone
        InvalidWheelFilename,
        canonicalize_name,
        parse_wheel_filename,
    )

    given: dict[str, tuple[Path, str]] = {}
    problems = []
    for wheel in wheels:
        try:
            name, version, *_ = parse_wheel_filename(wheel.name)
        except InvalidWheelFilename:
            hint = "give a file that `pip wheel` has written, by the name that it has written"
            problems.append(Problem("EW751", "this is not the name of a wheel", Where(str(wheel)), hint))
            continue
        if name in given:
            what = f"this is {name} once more: {given[name][0]} is one too"
            problems.append(Problem("EW751", what, Where(str(wheel)), "give one of them"))
        given[name] = (wheel, str(version))
    for package in packages:
        known = given.get(canonicalize_name(package.name))
        if known is not None and known[1] != package.version:
            what = f"this is {package.name} {known[1]}, and {package.version} is installed"
            problems.append(Problem("EW751", what, Where(str(known[0])), "build it from what is installed"))
        elif known is None and direct_url(package) is not None:
            what = f"{package.name} was installed from a folder or an address that no image has"
            hint = "pip wheel --no-deps --wheel-dir wheels FOLDER, and give the file with --wheel"
            problems.append(Problem("EW751", what, hint=hint))
    if problems:
        raise TargetError(problems)
    return set(given)


def _pinned(packages: dict[str, Distribution], names: Iterable[str]) -> bytes:
    return "".join(f"{name}=={packages[name].version}\n" for name in sorted(names)).encode()
