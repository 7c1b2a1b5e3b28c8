"""The published workflow for subjects, as two jobs of Slurm."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import yaml
from tests.end_to_end.test_subject_tracking import CASE, mocks_in

if TYPE_CHECKING:
    from pathlib import Path

    from tests.end_to_end.conftest import Project

# Beside the published instances one that waits, so that the run can be stopped when all of them are done.
GATE = "  - {name: Wait, id: gate, task: waits, partial: {path: go}}\n"
# The last of the first group of the published workflow: what is behind it is computed for each subject.
LAST_BEFORE = "split_subject_traj_groups"


def subject_tracking(project: Project, published: Path) -> Project:
    """Compile the published workflow on example data, grouped by subject."""
    folder = published / "snapshots" / "subject-tracking"
    project.write_spec((folder / "spec.yaml").read_text(encoding="utf-8") + GATE)
    project.compiled(*mocks_in(published))
    cases = yaml.safe_load((folder / "test-cases.yaml").read_text(encoding="utf-8"))
    project.write_params(cases[CASE]["params"])
    return project


def in_two_groups(project: Project) -> list[str]:
    """Return the options by which the first half of the rules is one job, and the rest another."""
    snakefile = (project.work / "workflow" / "Snakefile").read_text(encoding="utf-8")
    rules = re.findall(r"^rule (?!all\b)(\w+):", snakefile, re.MULTILINE)
    first = rules.index(LAST_BEFORE) + 1
    groups = [f"{rule}={'before' if number < first else 'behind'}" for number, rule in enumerate(rules)]
    # What does not depend on each other goes into the same job too.
    return ["--groups", *groups, "--group-components", "before=100", "behind=100", "--cores", "3"]
