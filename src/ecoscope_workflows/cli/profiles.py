"""`ecoscope-workflows profiles`."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ecoscope_workflows.compiler.slurm_facts import SlurmFacts

# The key of a profile that each option fills in, by the profile it is for.
_OPTIONS = {
    "partition": ("slurm", "default-resources.slurm_partition"),
    "account": ("slurm", "default-resources.slurm_account"),
    "image": ("k8s", "container-image"),
    "namespace": ("k8s", "kubernetes-namespace"),
    "bucket": ("k8s", ""),
}


def _filled_in_by_options(function: Callable[..., None]) -> Callable[..., None]:
    """Add the argument and the options that say what profile is meant, and what stands in it."""
    decorators = (
        click.argument("name", metavar="NAME"),
        click.option("--partition", help="slurm: the partition that jobs are sent to."),
        click.option("--account", help="slurm: the account that their time is charged to."),
        click.option("--image", help="k8s: the image of the pods."),
        click.option("--namespace", help="k8s: the namespace of the pods."),
        click.option("--bucket", help="k8s: where results go, such as s3://bucket/folder."),
        click.option(
            "--set",
            "settings",
            metavar="KEY=VALUE",
            multiple=True,
            help="Another value; may be given several times.",
        ),
    )
    return functools.reduce(lambda made, decorate: decorate(made), reversed(decorators), function)


@click.group("profiles", short_help="Put the Snakemake profiles where they are found from any folder.")
def profiles_command() -> None:
    """Show the Snakemake profiles, or put one where `snakemake --profile NAME` finds it from any folder."""


@profiles_command.command("list", short_help="Show which there are, and which are installed.")
def list_() -> None:
    """Show which profiles there are, and where Snakemake finds the installed ones."""
    from ecoscope_workflows.compiler import profiles  # noqa: PLC0415  # imports yaml

    for name in profiles.names():
        place = profiles.found(name)
        click.echo(f"{name:6}  {profiles.summary_of(name):52}  {place or 'not installed'}")


@profiles_command.command("show", short_help="Print one.")
@_filled_in_by_options
def show(name: str, settings: tuple[str, ...], **options: str | None) -> None:
    """Print the profile NAME, with what the options fill in."""
    from ecoscope_workflows.compiler import profiles  # noqa: PLC0415  # imports yaml

    _known(name)
    click.echo(profiles.filled_in(name, _values(name, options, settings)), nl=False)


@profiles_command.command("install", short_help="Write one where Snakemake finds it.")
@_filled_in_by_options
@click.option("--force", is_flag=True, help="Replace the one that is there.")
def install(
    name: str,
    settings: tuple[str, ...],
    force: bool,  # noqa: FBT001  # click passes options by name
    **options: str | None,
) -> None:
    """Write the profile NAME, with what the options fill in, where Snakemake finds it from any folder.

    The profile slurm also takes from the Slurm of this machine what its commands tell.
    """
    from ecoscope_workflows.compiler import profiles  # noqa: PLC0415  # imports yaml
    from ecoscope_workflows.compiler.slurm_facts import slurm_facts  # noqa: PLC0415  # as above

    _known(name)
    values = _values(name, options, settings)
    facts = slurm_facts() if name == "slurm" else None
    text = profiles.filled_in(name, {**(facts.values if facts else {}), **values})
    path, is_new = profiles.install(name, text, force=force)
    click.echo(f"{path}: {'written' if is_new else 'unchanged'}")
    if name == "slurm":
        _tell_of_slurm(facts, values)
    _tell_of_plugins(text)
    click.echo(f"use it in the folder of any workflow: snakemake --profile {name}")


def _known(name: str) -> None:
    from ecoscope_workflows.compiler import profiles  # noqa: PLC0415  # imports yaml

    if name not in profiles.names():
        raise click.UsageError(f"there is no profile {name!r}: there are {', '.join(profiles.names())}.")


def _values(name: str, options: Mapping[str, str | None], settings: tuple[str, ...]) -> dict[str, Any]:
    """Return the values for a profile by key."""
    from ecoscope_workflows.compiler.profiles import storage  # noqa: PLC0415  # imports yaml

    values: dict[str, Any] = {}
    for option, text in options.items():
        profile, key = _OPTIONS[option]
        if text is None:
            continue
        if profile != name:
            raise click.UsageError(f"--{option} is for the profile {profile}, not {name}.")
        values |= {key: text} if key else storage(text)
    return {**values, **dict(map(_setting, settings))}


def _setting(word: str) -> tuple[str, Any]:
    """Return key and value of a word ``KEY=VALUE``: a whole number, true, false, or a text."""
    key, _, text = word.partition("=")
    if not (key and text):
        raise click.UsageError(f"--set takes KEY=VALUE, not {word!r}.")
    if key in _OPTIONS:
        raise click.UsageError(f"--set takes a key as it stands in the profile; write --{key} {text}.")
    if text in {"true", "false"}:
        return key, text == "true"
    return key, int(text) if text.isascii() and text.isdigit() else text


def _tell_of_slurm(facts: SlurmFacts | None, values: Mapping[str, Any]) -> None:
    from ecoscope_workflows.compiler.slurm_facts import PARTITION, STATUS_COMMAND  # noqa: PLC0415  # see above

    if facts is None:
        click.echo(
            "warning: no Slurm answers here: see that the partition is one of your cluster's", err=True
        )
        return
    partition = values.get(PARTITION)
    if partition is None and facts.has_default:
        click.echo(f"partition {facts.partitions[0]}: the default of this cluster")
    elif partition not in facts.partitions:
        there = ", ".join(facts.partitions) or "none"
        click.echo(f"warning: choose a partition of this cluster by --partition: {there}", err=True)
    if STATUS_COMMAND not in values:
        why = "keeps accounts" if facts.keeps_accounts else "keeps no accounts"
        click.echo(f"jobs are asked for with {facts.values[STATUS_COMMAND]}: this cluster {why}")
    if facts.forgets_early:
        click.echo(
            f"warning: this cluster forgets a job {facts.remembers_seconds} s after its end (MinJobAge),"
            " and a run that asks later waits for ever: ask its administrators for 300 s",
            err=True,
        )


def _tell_of_plugins(text: str) -> None:
    from importlib.util import find_spec  # noqa: PLC0415  # of this command alone

    from ecoscope_workflows.compiler.profiles import plugins_of  # noqa: PLC0415  # imports yaml

    missing = [package for package in plugins_of(text) if find_spec(package.replace("-", "_")) is None]
    if missing:
        click.echo(f"it needs packages that are not installed: pip install {' '.join(missing)}", err=True)
