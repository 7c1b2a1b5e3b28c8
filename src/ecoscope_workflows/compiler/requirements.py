"""The requirements of a spec in, what conda and pip are to install out: files of the spec alone."""

from __future__ import annotations

import re
import shlex
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import yaml

from ecoscope_workflows import __version__
from ecoscope_workflows.compiler.conda_versions import for_conda, for_pip
from ecoscope_workflows.errors import Problem, TargetError
from ecoscope_workflows.spec.requirements import DEFAULT_CHANNEL

if TYPE_CHECKING:
    from ecoscope_workflows.spec.model import Requirement, Spec

OURS = "ecoscope-workflows"
# What the built-in tasks import.
EXTRAS = ("geo",)
PYTHON = ">=3.11"
# The channels that a spec may name without an address; conda itself knows the default one.
_CHANNELS = "https://repo.prefix.dev/"
# `user@host:folder`, as git has it.
_SSH = re.compile(r"([\w.-]+@[\w.-]+):(.+)")


def environment(spec: Spec) -> bytes:
    """Return the conda environment file of a spec: its packages, and this one."""
    channels: dict[str, None] = {DEFAULT_CHANNEL: None}
    packages: list[str | dict[str, list[str]]] = [f"python {PYTHON}", "pip"]
    by_pip = []
    for needed in spec.requirements:
        if needed.source is not None:
            by_pip.append(pip_line(needed))
            continue
        channel = _address(needed.channel)
        channels[channel] = None
        # What the first channel has is taken from there, unless another one is named.
        origin = f"{channel}::" if channel != DEFAULT_CHANNEL else ""
        packages.append(f"{origin}{needed.name} {for_conda(needed.version)}".rstrip())
    packages.append({"pip": [*by_pip, *_ours(spec)]})
    content = {"channels": [*channels, "nodefaults"], "dependencies": packages}
    head = f"# What {spec.id} needs installed: made of the spec by ecoscope-workflows {__version__}.\n"
    body = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=1000)
    return f"{head}{body}".encode()


def pip_requirements(spec: Spec) -> list[str]:
    """Return the lines of the requirements file that pip installs a spec's packages by, and this one.

    Raises
    ------
    TargetError
        Where a version has no form that pip can read.
    """
    lines, problems = [], []
    for needed in spec.requirements:
        try:
            lines.append(pip_line(needed))
        except ValueError as error:
            what = f"{needed.name} {needed.version}: {error}"
            hint = "write the version as conda and pip both read it, e.g. `2.*` or `>=2,<3`"
            problems.append(Problem("EW771", what, needed.where, hint))
    if problems:
        raise TargetError(problems)
    return [*lines, *_ours(spec)]


def pip_line(needed: Requirement) -> str:
    """Return a requirement as a line of a requirements file.

    Raises
    ------
    ValueError
        Where its version has no form that pip can read.
    """
    name = with_extras(needed.name, needed.extras)
    if needed.source is None:
        alternatives = for_pip(needed.version)
        if len(alternatives) > 1:
            raise ValueError("pip has no `|`")
        return f"{name}{alternatives[0]}"
    kind, address = needed.source
    if kind == "path" and needed.editable:
        folder = PurePosixPath(address) / needed.subdirectory
        return f"-e {shlex.quote(with_extras(str(folder), needed.extras))}"
    inside = f"#subdirectory={needed.subdirectory}" if needed.subdirectory else ""
    if kind == "path":
        address = PurePosixPath(address).as_uri()
    elif kind == "git":
        if short := _SSH.fullmatch(address):
            address = f"ssh://{short.group(1)}/{short.group(2)}"
        reference = f"@{needed.reference}" if needed.reference else ""
        address = f"git+{address.removeprefix('git+')}{reference}"
    elif "#" in address:
        inside = inside.replace("#", "&")
    return f"{name} @ {address}{inside}"


def with_extras(name: str, extras: tuple[str, ...]) -> str:
    """Return the name of a package with those of its extras behind it."""
    return f"{name}[{','.join(extras)}]" if extras else name


def _ours(spec: Spec) -> list[str]:
    """Return the line of this package, unless the spec itself says which."""
    if any(re.sub(r"[-_.]+", "-", needed.name).lower() == OURS for needed in spec.requirements):
        return []
    return [f"{with_extras(OURS, EXTRAS)}=={__version__}"]


def _address(channel: str) -> str:
    named = "://" not in channel and channel != DEFAULT_CHANNEL
    return f"{_CHANNELS}{channel}" if named else channel.rstrip("/")
