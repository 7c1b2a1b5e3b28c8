"""What `plan` says a run would do, held against what Snakemake's own dry run says, reasons included."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.end_to_end.conftest import Project

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


def dry_run(project: Project) -> dict[str, Reasons]:
    """Return which jobs Snakemake would run, and its reasons."""
    events = project.folder / "dry-run.jsonl"
    events.unlink(missing_ok=True)
    run = project.snakemake("-n", "--logger", "ecoscope", "--logger-ecoscope-path", str(events))
    assert run.code == 0, run.output
    said = [json.loads(line) for line in events.read_text(encoding="utf-8").splitlines()]
    jobs = {line["rule"]: line["reason"] for line in said if line["event"] == "job" and line["rule"] != "all"}
    return {name: _reasons(text) for name, text in jobs.items()}


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
    dry = dry_run(project)
    planned = {job["instance"]: job for job in said["jobs"]}
    assert planned.keys() == dry.keys(), (said, dry)
    assert not said["doubts"]
    for name, job in planned.items():
        assert as_snakemake_says(job["reasons"], dry[name]) == dry[name], (name, job["reasons"], dry[name])
    return said


def as_snakemake_says(reasons: list[Mapping[str, Any]], dry: Reasons) -> Reasons:
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
        return {name: files for name, files in found.items() if name == MISSING or name in dry}
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
