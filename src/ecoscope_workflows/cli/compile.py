"""`ecoscope-workflows compile`."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ecoscope_workflows.cli.options import one_spec, spec_or_option
from ecoscope_workflows.cli.reporting import print_warnings, written

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ecoscope_workflows.compiler.artifacts import Artifact
    from ecoscope_workflows.targets.airflow import Pods
    from ecoscope_workflows.targets.layout import Layout

# Names, not imports: completing a command line must not load the compiler.
TARGETS = ("snakemake", "script-sequential", "jupytext", "airflow-kubernetes")
SHORT = {"airflow": "airflow-kubernetes"}
_LAYOUT = ("collections", "fan_out", "chunk_size")
# What `--schedule` may be: a preset of Airflow's, or the fields of cron.
_SCHEDULE = re.compile(
    r"@(once|continuous|hourly|daily|weekly|monthly|quarterly|yearly)|[\w*/,#?-]+(?: [\w*/,#?-]+){4,5}",
    re.ASCII,
)
# The claim of a volume, and where it is in pods.
_VOLUME = re.compile(r"[^:]+(:/.*)?")


@click.command("compile", short_help="Compile a spec into a program.")
@spec_or_option
@click.option(
    "--target",
    type=click.Choice([*TARGETS, *SHORT, "all"]),
    help="What to compile into.  [default: snakemake]",
)
@click.option(
    "--template",
    metavar="NAME|FILE",
    help="script-sequential.jinja2, jupytext.jinja2, airflow-kubernetes.jinja2, or the path of a template of"
    " your own for one of these targets.",
)
@click.option(
    "--outpath",
    type=click.Path(path_type=Path),
    help="The folder (snakemake) or file (all other targets) to write; a file goes to standard output"
    " without it.",
)
@click.option("--testing/--no-testing", default=False, help="Make a program that may be given mocks.")
@click.option(
    "--mock-tasks",
    multiple=True,
    metavar="TASK[=FILE]...",
    help="With --testing: replace the results of these tasks by their packaged example data, or by FILE.",
)
@click.option(
    "--mock-io",
    is_flag=True,
    help="With --testing: replace every task that reads the world outside by example data.",
)
@click.option(
    "--mock-data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="With --mock-io: a folder with example data, which goes before what is packaged:"
    " TASK.example-return.parquet.",
)
@click.option(
    "--collections",
    type=click.Choice(["folder", "file"]),
    default="folder",
    show_default=True,
    help="snakemake: whether a collection is a folder, or one file, as object storage needs it.",
)
@click.option(
    "--fan-out",
    type=click.Choice(["job", "jobs"]),
    default="job",
    show_default=True,
    help="snakemake: whether `map` and `mapvalues` are one job, or one for each chunk of the elements.",
)
@click.option(
    "--chunk-size",
    type=click.IntRange(min=1),
    metavar="N",
    help="With --fan-out jobs: how many elements one job computes at most.",
)
@click.option(
    "--conda",
    is_flag=True,
    help="snakemake: name the conda environment of the spec's `requirements` in each rule.",
)
@click.option("--schedule", help="airflow: when the DAG runs by itself, such as @daily or '0 6 * * 1'.")
@click.option("--image", help="snakemake, airflow: the image of tasks that name none.")
@click.option(
    "--volume",
    metavar="CLAIM[:PATH]",
    help="airflow: the claim of the volume that all pods share, and where it is in them.",
)
@click.option("--secret", help="airflow: the Kubernetes secret whose keys are variables of the tasks.")
@click.option(
    "--verify",
    is_flag=True,
    help="With --target all: run every target on example data, and compare what they compute.",
)
@click.option(
    "--params",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="With --verify: the params to run with.  [default: params.yaml beside the spec]",
)
@click.option(
    "--keep",
    type=click.Path(file_okay=False, path_type=Path),
    help="With --verify: an empty folder to keep programs, results and logs in.",
)
def compile_command(
    spec: Path | None,
    target: str | None,
    template: str | None,
    outpath: Path | None,
    testing: bool,  # noqa: FBT001  # click passes options by name
    mock_tasks: Sequence[str],
    mock_io: bool,  # noqa: FBT001  # as above
    mock_data: Path | None,
    **special: Any,
) -> None:
    """Compile a spec into a program.

    The target snakemake writes a folder that Snakemake runs as it is; recompiling into it never overwrites
    your config/params.yaml.
    The target script-sequential writes one Python file, jupytext a notebook as one, and airflow-kubernetes
    a DAG.
    Warnings stop nothing; `ecoscope-workflows check` gives those about the spec to tools.

    With --target all --verify nothing is written: the workflow is run by every target that can run here, with
    example data in place of what reads the world outside, and the results are compared.
    """
    from ecoscope_workflows.cli.verify import is_verified, verify_targets  # noqa: PLC0415  # 0.2 s with the others
    from ecoscope_workflows.compiler.compile import Request, compile_graph, target_warnings  # noqa: PLC0415  # as above
    from ecoscope_workflows.compiler.loading import load_graph  # noqa: PLC0415  # as above
    from ecoscope_workflows.compiler.mocks import io_mocks  # noqa: PLC0415  # as above
    from ecoscope_workflows.graph.lints import lint  # noqa: PLC0415  # as above

    given = one_spec(special.pop("argument"), spec)
    if outpath is not None and outpath.resolve() == given.resolve():
        raise click.UsageError(f"--outpath {outpath} is the spec itself.")
    own = {name: special.pop(name) for name in ("params", "keep")}
    verify, shape = special.pop("verify"), [special.pop(name) for name in _LAYOUT]
    if is_verified(target, verify, own, {"template": template, "outpath": outpath, **special}):
        verify_targets(given, dict(map(_mock, mock_tasks)), mock_data, _layout("snakemake", *shape), **own)
        return
    if (mock_tasks or mock_io) and not testing:
        raise click.UsageError("mocks make results that are not real: add --testing to say so.")
    if mock_data is not None and not mock_io:
        raise click.UsageError("--mock-data says where example data is: add --mock-io to use it.")
    chosen, own_template = _target(target, template)
    if chosen == "snakemake" and outpath is None:
        raise click.UsageError("the target snakemake writes a folder: say which with --outpath.")
    layout = _layout(chosen, *shape)
    conda = special.pop("conda")
    if conda and chosen != "snakemake":
        raise click.UsageError(f"--conda is for the target snakemake, not for {chosen}.")
    settings = _pods(chosen, special)
    graph = load_graph(given)
    mocks = {**(io_mocks(graph, mock_data) if mock_io else {}), **dict(map(_mock, mock_tasks))}
    request = Request(given, chosen, own_template, mocks, testing, settings, layout, conda)
    print_warnings([*lint(graph), *target_warnings(graph, request)])
    artifacts = compile_graph(graph, request)
    if chosen == "snakemake" and outpath is not None:
        _write_folder(artifacts, outpath)
    elif outpath is None:
        click.echo(artifacts[0].content, nl=False)
    else:
        _write_file(artifacts[0], outpath)


def _target(target: str | None, template: str | None) -> tuple[str, Path | None]:
    """Return the target, and the user's template where one is given.

    Raises
    ------
    click.UsageError
        When the template is our own one of another target.
    """
    target = SHORT.get(target, target) if target else None
    if template is None:
        return target or "snakemake", None
    name = template.removesuffix(".jinja2")
    if name in TARGETS and not Path(template).is_file():
        if target not in {None, name}:
            raise click.UsageError(f"--template {template} is for the target {name}, not for {target}.")
        return name, None
    return target or "script-sequential", Path(template)


def _pods(target: str, given: Mapping[str, str | None]) -> Pods:
    """Return how the pods of a DAG are run, and the image of all jobs.

    Raises
    ------
    click.UsageError
        When an option does not go with the target, or a schedule or a volume is none.
    """
    from ecoscope_workflows.targets.airflow import Pods  # noqa: PLC0415  # as above

    settings = {name: text for name, text in given.items() if text is not None}
    known = {SHORT["airflow"]: settings.keys(), "snakemake": {"image"}}
    if unknown := settings.keys() - known.get(target, set()):
        raise click.UsageError(f"--{min(unknown)} is not for the target {target}.")
    schedule = settings.get("schedule")
    if schedule is not None and not _SCHEDULE.fullmatch(schedule):
        raise click.UsageError(f"--schedule {schedule!r} is neither a preset such as @daily nor cron.")
    volume = settings.get("volume")
    if volume is not None and not _VOLUME.fullmatch(volume):
        raise click.UsageError(f"--volume {volume!r} is not CLAIM or CLAIM:PATH, with an absolute path.")
    return Pods(**settings)


def _layout(target: str, collections: str, fan_out: str, chunk_size: int | None) -> Layout:
    """Return how collections are stored, and computed.

    Raises
    ------
    click.UsageError
        When the options do not go together, or not with the target.
    """
    from ecoscope_workflows.targets.layout import Layout  # noqa: PLC0415  # as above

    if (fan_out == "jobs") != (chunk_size is not None):
        raise click.UsageError("--fan-out jobs and --chunk-size N belong together: give both, or none.")
    layout = Layout(archives=collections == "file", chunk_size=chunk_size or 0)
    if layout != Layout() and target != "snakemake":
        raise click.UsageError(f"--collections and --fan-out are for the target snakemake, not for {target}.")
    return layout


def _mock(word: str) -> tuple[str, Path | None]:
    name, equals, file = word.partition("=")
    return name, Path(file) if equals else None


def _write_file(artifact: Artifact, outpath: Path) -> None:
    from ecoscope_workflows.compiler.artifacts import Artifact, write  # noqa: PLC0415  # as above

    write([Artifact(outpath.name, artifact.content)], outpath.parent)
    click.echo(f"wrote {outpath}", err=True)


def _write_folder(artifacts: list[Artifact], outpath: Path) -> None:
    from ecoscope_workflows.compiler.artifacts import write  # noqa: PLC0415  # as above
    from ecoscope_workflows.compiler.compile import PARAMS, SCHEMA, params_changes  # noqa: PLC0415  # as above

    schema = outpath / SCHEMA
    before = json.loads(schema.read_text(encoding="utf-8")) if schema.is_file() else None
    report = write(artifacts, outpath)
    click.echo(f"{outpath}: {written(len(report.written))}", err=True)
    if PARAMS not in report.kept:
        click.echo(f"next: check {outpath / PARAMS}, then", err=True)
    else:
        click.echo(f"{PARAMS} is yours and was kept", err=True)
        after = json.loads(next(item.content for item in artifacts if item.path == SCHEMA))
        new, gone = params_changes(before, after) if before is not None else ([], [])
        for name in new:
            click.echo(f"  new: {name}", err=True)
        for name in gone:
            click.echo(f"  gone: {name} (remove it from {PARAMS})", err=True)
    click.echo(f"  cd {shlex.quote(str(outpath))} && snakemake --profile profiles/local", err=True)
