"""`ecoscope-workflows plan`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ecoscope_workflows.compiler.planning.plan import Plan, Planned

SOMETHING = 2
# As `compiler.planning.foresight` says it.
RESTORED, UNKNOWN = "restore", "unknown"
# Longer values are cut off: the JSON has the whole.
MAX_VALUE = 40
_CUT = "..."
# What is shown before the first letter in which two of them differ.
AROUND = 12
MAX_PARTS = 4
MAX_FILES = 3


@click.command("plan", short_help="Tell what a run would do, and why.")
@click.argument("folder", default=".", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 where there is something to do.")
@click.pass_context
def plan_command(context: click.Context, folder: Path, form: str, detailed_exitcode: bool) -> None:  # noqa: FBT001  # click passes options by name
    """Tell which jobs a run of the workflow in FOLDER would run, and why.

    Neither Snakemake nor any task is started or imported, and nothing is run.
    """
    from ecoscope_workflows.compiler.planning.plan import plan_of  # noqa: PLC0415  # only this command needs it

    plan = plan_of(folder)
    if form == "json":
        click.echo(json.dumps(as_json(plan), ensure_ascii=False, indent=1))
    else:
        for line in lines(plan):
            click.echo(line)
    context.exit(SOMETHING if detailed_exitcode and (plan.jobs or plan.doubts) else 0)


def as_json(plan: Plan) -> dict[str, Any]:
    """Return a plan as plain data."""
    return {
        "jobs": [
            {
                "instance": job.instance,
                "how": job.how,
                "seconds": job.seconds,
                "reasons": list(job.reasons),
            }
            for job in plan.jobs
        ],
        "total": plan.total,
        "seconds": plan.seconds,
        "doubts": list(plan.doubts),
        "notes": list(plan.notes),
    }


def lines(plan: Plan) -> Iterator[str]:
    """Yield a plan as lines for people."""
    how = {job.instance: job.how for job in plan.jobs}
    width = max((len(job.instance) for job in plan.jobs), default=0)
    for job in plan.jobs:
        first, *rest = _reasons(job, how)
        yield f"{'run?' if job.how == UNKNOWN else job.how:7}  {job.instance:{width}}  {first}"
        yield from (f"{'':7}  {'':{width}}  {line}" for line in rest)
    yield summary(plan)
    if UNKNOWN in how.values():
        yield "run?: restored from the store instead where what it reads turns out to be known"
    yield from (f"note: {note}" for note in plan.notes)
    if plan.doubts:
        yield from (f"doubt: {doubt}" for doubt in plan.doubts)
        yield "with a doubt, only `snakemake --profile profiles/local -n` knows"


def summary(plan: Plan) -> str:
    """Return a plan in one line."""
    if not plan.jobs:
        return f"nothing to do: {plan.total} of {plan.total} jobs are done"
    from ecoscope_workflows.cli.run_view import duration  # noqa: PLC0415  # as above

    took = "nothing was recorded" if plan.seconds is None else f"about {duration(plan.seconds)}"
    return f"{len(plan.jobs)} of {plan.total} jobs to run: {took}"


def _reasons(job: Planned, how: Mapping[str, str]) -> list[str]:
    own = [_said(job.instance, fact) for fact in job.reasons if fact["kind"] != "upstream"]
    upstream = [fact["instance"] for fact in job.reasons if fact["kind"] == "upstream"]
    if not upstream:
        return own
    only_restored = all(how[name] == RESTORED for name in upstream)
    one, many = ("is restored", "are restored") if only_restored else ("runs", "run")
    return [*own, f"because {_listed(upstream)} {one if len(upstream) == 1 else many}"]


def _said(instance: str, fact: dict[str, Any]) -> str:
    match fact["kind"]:
        case "unfinished":
            return f"{fact['file']} was left half by a run that was killed"
        case "missing":
            return f"{fact['file']} is not there"
        case "file":
            return f"{fact['file']} has changed"
        case "files":
            changed = [f"{path} is new" for path in fact["added"]]
            changed += [f"{path} is gone" for path in fact["removed"]]
            return f"its input files are others: {', '.join(changed) or 'one is read twice'}"
        case "command":
            return "its command in the Snakefile has changed"
        case "param":
            name = fact["name"] if fact["instance"] == instance else f"{fact['instance']}.{fact['name']}"
            return f"param {name}: {' -> '.join(_values(fact))}"
        case "task":
            return f"task {fact['old']} -> {fact['new']}"
        case "code":
            return _code_said(fact)
    return f"changed: {fact['what']}"


def _code_said(fact: dict[str, Any]) -> str:
    parts = fact.get("parts", [])
    more = f" and {len(parts) - MAX_PARTS} more" if len(parts) > MAX_PARTS else ""
    which = f": {', '.join(parts[:MAX_PARTS])}{more}" if parts else ""
    return f"code of {fact['task']} {fact['old']} -> {fact['new']}{which}"


def _values(fact: dict[str, Any]) -> Iterator[str]:
    """Yield what a param was and what it is; of long values the part in which they differ."""
    texts = [
        json.dumps(fact[which], ensure_ascii=False) if which in fact else "not given"
        for which in ("old", "new")
    ]
    pairs = enumerate(zip(*texts, strict=False))
    same = next((number for number, (old, new) in pairs if old != new), min(map(len, texts)))
    is_hidden = same > MAX_VALUE - len(_CUT) and max(map(len, texts)) > MAX_VALUE
    start = same - AROUND if is_hidden else 0
    for text in texts:
        shown = f"{_CUT}{text[start:]}" if start else text
        yield shown if len(shown) <= MAX_VALUE else f"{shown[: MAX_VALUE - len(_CUT)]}{_CUT}"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
