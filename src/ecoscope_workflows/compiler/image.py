"""The packages that are installed here in, what the image of jobs is built from out.

Pods must have the versions of this machine: Snakemake reads the workflow in each of them again, and what the
code of a task does depends on its packages.
"""

from __future__ import annotations

from importlib.metadata import Distribution, PackageNotFoundError, distribution, distributions
from platform import python_version_tuple
from typing import TYPE_CHECKING

from ecoscope_workflows import __version__
from ecoscope_workflows.compiler.artifacts import Artifact
from ecoscope_workflows.errors import Problem, TargetError, Where
from ecoscope_workflows.targets.templating import render

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

OURS = "ecoscope-workflows"
# Packages with tasks say so by these groups of entry points.
TASK_GROUPS = frozenset({"ecoscope_workflows", "wt_registry"})
PLUGINS = "snakemake-storage-plugin-"
# This storage copies with a program.
SYSTEM = {"snakemake-storage-plugin-fs": "rsync"}


def image_context(wheels: Sequence[Path], extras: Iterable[str], base: str = "") -> list[Artifact]:
    """Return the files that the image of jobs is built from: the same for the same packages.

    Parameters
    ----------
    wheels
        Packages that are on no index.
    extras
        The extras of this package that the image holds.
    base
        The image that it starts from; by default the small one of this version of Python.

    Raises
    ------
    TargetError
        When a package that is needed is not here, or is on no index and no wheel of it is given.
    """
    roots = [f"{OURS}[{','.join(extras)}]", *_task_packages(), *_plugins()]
    needed = _closure(roots)
    _check_sources(needed.values(), wheels)
    plugins = [name for name in needed if name.startswith(PLUGINS)]
    facts = {
        "version": __version__,
        "base": base or f"python:{'.'.join(python_version_tuple()[:2])}-slim",
        "system": sorted(SYSTEM[name] for name in plugins if name in SYSTEM),
    }
    return [
        Artifact("Dockerfile", render("Dockerfile.jinja2", facts).encode()),
        Artifact("requirements.txt", _pinned(needed, needed)),
        Artifact("plugins.txt", _pinned(needed, plugins)),
        *(Artifact(f"wheels/{wheel.name}", wheel.read_bytes()) for wheel in sorted(wheels)),
    ]


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


def _closure(roots: Iterable[str]) -> dict[str, Distribution]:
    """Return every package that some packages need, themselves included, by plain name."""
    from packaging.requirements import Requirement  # noqa: PLC0415  # of this command alone
    from packaging.utils import canonicalize_name  # noqa: PLC0415  # as above

    found: dict[str, Distribution] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = [(Requirement(root), OURS) for root in roots]
    while waiting:
        wanted, by = waiting.pop()
        name, extras = canonicalize_name(wanted.name), frozenset(wanted.extras)
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        try:
            package = found.setdefault(name, distribution(name))
        except PackageNotFoundError:
            what = f"{name} is not installed, and {by} needs it"
            raise TargetError(Problem("EW751", what, hint=f"pip install {name}")) from None
        for line in package.requires or ():
            needs = Requirement(line)
            if needs.marker is None or any(
                needs.marker.evaluate({"extra": extra}) for extra in ("", *extras)
            ):
                waiting.append((needs, name))
    return dict(sorted(found.items()))


def _check_sources(packages: Iterable[Distribution], wheels: Sequence[Path]) -> None:
    """Refuse packages that were installed from a folder and are not given as wheels."""
    from packaging.utils import canonicalize_name, parse_wheel_filename  # noqa: PLC0415  # of this command alone

    given: dict[str, tuple[Path, str]] = {}
    for wheel in wheels:
        name, version, *_ = parse_wheel_filename(wheel.name)
        given[name] = (wheel, str(version))
    problems = []
    for package in packages:
        known = given.get(canonicalize_name(package.name))
        if known is not None and known[1] != package.version:
            what = f"this is {package.name} {known[1]}, and {package.version} is installed"
            problems.append(Problem("EW751", what, Where(str(known[0])), "build it from what is installed"))
        elif known is None and package.read_text("direct_url.json") is not None:
            what = f"{package.name} was installed from a folder or an address that no image has"
            hint = "pip wheel --no-deps --wheel-dir wheels FOLDER, and give the file with --wheel"
            problems.append(Problem("EW751", what, hint=hint))
    if problems:
        raise TargetError(problems)


def _pinned(packages: dict[str, Distribution], names: Iterable[str]) -> bytes:
    return "".join(f"{name}=={packages[name].version}\n" for name in sorted(names)).encode()
