"""What `ecoscope-workflows compile --target all --verify` does."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ecoscope_workflows.cli.reporting import print_warnings
from ecoscope_workflows.errors import TargetError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecoscope_workflows.compiler.verifying.programs import Programs
    from ecoscope_workflows.compiler.verifying.verification import Proof
    from ecoscope_workflows.targets.layout import Layout


ALL = "all"


def is_verified(
    target: str | None,
    verify: bool,  # noqa: FBT001  # click passes options by name
    own: Mapping[str, Any],
    others: Mapping[str, Any],
) -> bool:
    """Return whether targets are to be compared.

    Parameters
    ----------
    target
        The target that is asked for.
    verify
        Whether `--verify` is given.
    own, others
        By their names the values of options that go with `--verify` alone, and of those that do not.

    Raises
    ------
    click.UsageError
        When the options do not go together.
    """
    if verify and target != ALL:
        raise click.UsageError("--verify compares all targets: say so with --target all.")
    if target == ALL and not verify:
        raise click.UsageError("a workflow is compiled for one target; --target all goes with --verify.")
    for name, value in (others if verify else own).items():
        if value:
            raise click.UsageError(f"--{name} {'does not go' if verify else 'goes'} with --verify.")
    return verify


def verify_targets(
    spec: Path,
    mock_tasks: Mapping[str, Path | None],
    mock_data: Path | None,
    layout: Layout,
    params: Path | None,
    keep: Path | None,
) -> None:
    """Run a workflow by every target that can run here, and say whether all compute the same.

    Parameters
    ----------
    mock_tasks
        Tasks that are mocked beside those that read the world outside.
    mock_data
        A folder with example data that goes before the packaged one.
    keep
        The folder to keep programs, results and logs in.

    Raises
    ------
    TargetError
        Where a target fails, or a value is not the same.
    """
    from ecoscope_workflows.compiler.loading import load_graph  # noqa: PLC0415  # 0.3 s with the others
    from ecoscope_workflows.compiler.mocks import io_mocks  # noqa: PLC0415  # as above
    from ecoscope_workflows.compiler.verifying.programs import Programs  # noqa: PLC0415  # as above
    from ecoscope_workflows.graph.lints import lint  # noqa: PLC0415  # as above

    if keep is not None and keep.is_dir() and any(keep.iterdir()):
        raise click.UsageError(f"--keep {keep}: this folder is not empty.")
    graph = load_graph(spec)
    print_warnings(lint(graph))
    mocks = {**io_mocks(graph, mock_data), **mock_tasks}
    folder = (keep or Path(tempfile.mkdtemp(prefix="ecoscope-workflows-"))).resolve()
    proof = None
    try:
        proof = _proof(Programs(spec, graph, folder, mocks, layout, params))
    finally:
        if proof is None or (keep is None and not proof.problems):
            # It was empty. A server of Snakemake's jobs may still be about to remove what is its own.
            shutil.rmtree(folder, ignore_errors=True)
    if proof.problems:
        click.echo(f"programs, results and logs are in {folder}", err=True)
        raise TargetError(proof.problems)
    click.echo(f"{proof.targets} targets × {proof.tasks} tasks: identical")  # noqa: RUF001  # a sign of multiplication


def _proof(programs: Programs) -> Proof:
    from ecoscope_workflows.compiler.verifying.verification import proof_of, runnable  # noqa: PLC0415  # as above

    programs.prepare()
    targets, missing = runnable()
    for target, why in missing.items():
        click.echo(f"{target}: not run: {why}", err=True)
    ran = []
    for target in targets:
        click.echo(f"{target}: runs", err=True)
        ran.append(programs.run(target))
    return proof_of(programs.graph, programs.laid_out, ran)
