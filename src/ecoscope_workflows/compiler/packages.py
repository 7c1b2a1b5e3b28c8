"""What a spec requires in, the packages that are installed here for it out, each in its version."""

from __future__ import annotations

import json
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.compiler.conda_versions import for_pip
from ecoscope_workflows.compiler.requirements import EXTRAS, OURS, with_extras
from ecoscope_workflows.errors import Problem, TargetError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecoscope_workflows.spec.model import Requirement, Spec


def lock(spec: Spec) -> str:
    """Return a requirements file with the version of each package that a spec needs, as installed here.

    What was installed from an index keeps no hash of its file, so its line has none either.

    Raises
    ------
    TargetError
        When a package is missing here, or is not what the spec requires.
    """
    packages = closure([with_extras(OURS, EXTRAS), *required(spec)])
    return "".join(f"{_pin(name, package)}\n" for name, package in packages.items())


def required(spec: Spec) -> list[str]:
    """Return the packages that a spec names, with their extras, when each is installed here as it says.

    Raises
    ------
    TargetError
        With every one that is not.
    """
    problems = []
    for needed in spec.requirements:
        try:
            found = distribution(needed.name)
        except PackageNotFoundError:
            what = f"{needed.name} is not installed here"
            hint = "install it with pip; what only conda has goes into a lock of conda's own"
            problems.append(Problem("EW772", what, needed.where, hint))
            continue
        if fault := _fault(needed, found):
            hint = "install what the spec requires, or change the spec"
            problems.append(Problem("EW772", f"{needed.name} {fault}", needed.where, hint))
    if problems:
        raise TargetError(problems)
    return [with_extras(needed.name, needed.extras) for needed in spec.requirements]


def closure(roots: Iterable[str]) -> dict[str, Distribution]:
    """Return every package that some packages need, themselves included, by plain name.

    Raises
    ------
    TargetError
        When one of them is not installed here.
    """
    from packaging.requirements import Requirement  # noqa: PLC0415  # few commands need it
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
            what = f"{name} is not installed here, and {by} needs it"
            raise TargetError(Problem("EW772", what, hint=f"pip install {name}")) from None
        for line in package.requires or ():
            needs = Requirement(line)
            if needs.marker is None or any(
                needs.marker.evaluate({"extra": extra}) for extra in ("", *extras)
            ):
                waiting.append((needs, name))
    return dict(sorted(found.items()))


def direct_url(package: Distribution) -> dict[str, Any] | None:
    """Return where a package was installed from, or None for one of an index."""
    text = package.read_text("direct_url.json")
    found: dict[str, Any] | None = None if text is None else json.loads(text)
    return found


def _fault(needed: Requirement, found: Distribution) -> str:
    """Return in which way an installed package is not what is required; empty where it is."""
    from packaging.specifiers import SpecifierSet  # noqa: PLC0415  # few commands need it

    if needed.source is not None:
        kind, address = needed.source
        origin = direct_url(found)
        if origin is None:
            return f"was installed from an index, not from {kind} {address}"
        return _other_commit(needed, origin.get("vcs_info", {})) if kind == "git" else ""
    try:
        alternatives = for_pip(needed.version)
    except ValueError as error:
        return f"{needed.version}: {error}"
    if any(SpecifierSet(one).contains(found.version, prereleases=True) for one in alternatives):
        return ""
    return f"{found.version} is installed here, and the spec requires {needed.version}"


def _other_commit(needed: Requirement, installed: dict[str, str]) -> str:
    commit = installed.get("commit_id", "")
    wanted = needed.reference
    if not wanted or wanted == installed.get("requested_revision") or commit.startswith(wanted):
        return ""
    return f"was installed from {installed.get('requested_revision') or commit or 'elsewhere'}, not {wanted}"


def _pin(name: str, package: Distribution) -> str:
    origin = direct_url(package)
    if origin is None:
        return f"{name}=={package.version}"
    address = str(origin["url"])
    inside = f"#subdirectory={origin['subdirectory']}" if "subdirectory" in origin else ""
    if "vcs_info" in origin:
        vcs = origin["vcs_info"]
        return f"{name} @ {vcs['vcs']}+{address}@{vcs['commit_id']}{inside}"
    if address.startswith("file:"):
        return f"{name}=={package.version}  # installed here from a folder or file: give pip a wheel of it"
    digest = origin.get("archive_info", {}).get("hashes", {}).get("sha256", "")
    return f"{name} @ {address}{f'#sha256={digest}' if digest else inside}"
