"""What `plan` says a run would do, held against what Snakemake itself says, reasons included."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.end_to_end.conftest import Project, Run

MISSING, UPDATED = "Missing output files", "Updated input files"
UPSTREAM, FORCED = "Input files updated by another job", "Forced execution"
FILES = "Set of input files has changed since last execution"
CODE, PARAMS = "Code has changed since last execution", "Params have changed since last execution"
REASONS = (MISSING, UPDATED, UPSTREAM, FORCED, FILES, CODE, PARAMS)
REASON = re.compile("(?:^|; )(" + "|".join(REASONS) + ")(?:: )?")
OF_SNAKEMAKE = {
    "command": CODE,
    "params": PARAMS,
    "param": PARAMS,
    "task": PARAMS,
    "code": PARAMS,
    "files": FILES,
    "file": UPDATED,
    "missing": MISSING,
    "upstream": UPSTREAM,
    "unfinished": FORCED,
}
# For each reason the files that it names.
Reasons = dict[str, set[str]]


def run_with_reasons(project: Project, *options: str) -> tuple[Run, dict[str, Reasons]]:
    """Run Snakemake, and return for which reasons it runs each job."""
    events = project.folder / "events.jsonl"
    events.unlink(missing_ok=True)
    run = project.snakemake(*options, "--logger", "ecoscope", "--logger-ecoscope-path", str(events))
    assert run.code == 0, run.output + project.logs()
    said = [json.loads(line) for line in events.read_text(encoding="utf-8").splitlines()]
    jobs = {line["rule"]: line["reason"] for line in said if line["event"] == "job" and line["rule"] != "all"}
    return run, {name: _reasons(text) for name, text in jobs.items()}


def dry_run(project: Project) -> dict[str, Reasons]:
    """Return which jobs Snakemake would run, and its reasons."""
    return run_with_reasons(project, "-n")[1]


def _reasons(text: str) -> Reasons:
    _, *parts = REASON.split(text)
    found = dict(zip(parts[::2], parts[1::2], strict=True))
    named = (MISSING, UPDATED, UPSTREAM)
    return {name: set(files.split(", ")) if name in named else set() for name, files in found.items()}


def plan(project: Project, *options: str) -> dict[str, Any]:
    """Return what `plan` says, and see that it writes nothing that Snakemake looks at."""
    run = project.call("ecoscope-workflows", "plan", "work", "--format", "json", *options)
    assert run.code in (0, 2), run.output
    assert not run.made
    said: dict[str, Any] = json.loads(run.output)
    return said


def assert_plan_agrees(project: Project) -> dict[str, Any]:
    """See that `plan` and the dry run name the same jobs for the same reasons, and return the plan."""
    said = plan(project)
    assert_same(said, dry_run(project))
    return said


def assert_same(said: dict[str, Any], told: dict[str, Reasons]) -> None:
    """See that what `plan` said has no doubts, and names the jobs and reasons that Snakemake told."""
    planned = {job["instance"]: job for job in said["jobs"]}
    assert planned.keys() == told.keys(), (said, told)
    assert not said["doubts"]
    for name, job in planned.items():
        assert as_snakemake_says(job["reasons"], told[name]) == told[name], (name, job["reasons"], told[name])


def as_snakemake_says(reasons: list[Mapping[str, Any]], told: Reasons) -> Reasons:
    """Return the reasons of a plan as Snakemake gives them: not all, but those that it looks for first."""
    found: Reasons = {}
    for fact in reasons:
        kind = fact["kind"]
        files = fact["files"] if kind == "upstream" else [fact["file"]] if "file" in fact else []
        found.setdefault(OF_SNAKEMAKE[kind], set()).update(files)
    if UPSTREAM in found:
        # Downstream of a job that runs, it asks for nothing more but whether the result is there.
        return {name: files for name, files in found.items() if name in (UPSTREAM, MISSING)}
    if MISSING in found:
        return {name: files for name, files in found.items() if name == MISSING or name in told}
    for first in (FORCED, UPDATED):
        if first in found:
            return {first: found[first] if first == UPDATED else set()}
    return found


def outcomes(run_output: str) -> dict[str, str]:
    """Return how `run` says each job ended."""
    return {
        name: state for state, name in re.findall(r"^\[\d+/\d+\] (\w+) +(\w+)  ", run_output, re.MULTILINE)
    }


def assert_confirmed(project: Project) -> dict[str, str]:
    """See that a run does as the plan has announced, and return what was announced."""
    announced = {job["instance"]: job["how"] for job in assert_plan_agrees(project)["jobs"]}
    run = project.call("ecoscope-workflows", "run", "work")
    assert run.code == 0, run.output
    ended = outcomes(run.output)
    assert ended.keys() == announced.keys()
    for name, how in announced.items():
        assert how == "unknown" or {"run": "done", "restore": "restored"}[how] == ended[name], (
            name,
            how,
            ended,
        )
    made, restored = (sum(state == word for state in ended.values()) for word in ("done", "restored"))
    said = ", ".join([f"{made} made"] * (made > 0) + [f"{restored} restored"] * (restored > 0))
    assert f"({said or 'nothing to do'} in " in run.output
    return announced
