"""Whole runs with warm workers: the same results, nothing left running, and nothing started without need."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ecoscope_workflows.runtime.stores.location import STORE_VARIABLE
from ecoscope_workflows.runtime.warm.ahead import MARK
from ecoscope_workflows.runtime.warm.announcement import FOLDER, SWITCH_VARIABLE

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Project

pytestmark = pytest.mark.skipif(not Path("/proc/self/ns/mnt").exists(), reason="warm workers need Linux")
NOTE = "runs without a warm worker"
CHAINS = 4
INSTANCES: list[dict[str, Any]] = []
for number in range(CHAINS):
    INSTANCES += [
        {"id": f"frame_{number}", "task": "any_speeds"},
        {
            "id": f"fastest_{number}",
            "task": "fastest",
            "partial": {"speeds": f"${{{{ workflow.frame_{number}.return }}}}"},
        },
    ]


def servers_in(folder: Path) -> list[int]:
    """Return the process ids of the servers that work in a folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes()
            if b"runtime.warm.server" in command and (entry / "cwd").samefile(folder):
                found.append(int(entry.name))
        except OSError:
            continue  # it has ended since, or is another user's
    return found


@pytest.fixture
def compiled(project: Project) -> Project:
    project.write_instances(INSTANCES)
    return project.compiled()


def test_a_run_makes_the_same_files_warm_and_cold(compiled: Project) -> None:
    warm = compiled.snakemake()
    assert warm.code == 0, warm.output + compiled.logs()
    state = compiled.work / FOLDER
    assert "fieldkit.frames loaded" in (state / "server.log").read_text()
    # Snakemake's process has started it, before there was a job.
    assert (state / MARK).exists()
    assert NOTE not in compiled.logs()
    made = compiled.files()
    assert len(warm.made) == 2 * CHAINS
    # What is known from the first run would only be restored.
    again = compiled.snakemake("--forceall", **{SWITCH_VARIABLE: "0", STORE_VARIABLE: ""})
    assert again.code == 0, again.output
    assert again.made == warm.made
    assert NOTE not in compiled.logs()
    assert compiled.files() == made


def test_no_server_outlives_its_run(compiled: Project) -> None:
    compiled.finish()
    end = time.monotonic() + 20
    while servers_in(compiled.work) and time.monotonic() < end:
        time.sleep(0.05)
    assert servers_in(compiled.work) == []
    assert "Snakemake has ended" in (compiled.work / FOLDER / "server.log").read_text()
    assert [path for path in (compiled.work / FOLDER).iterdir() if path.is_socket()] == []


def test_what_runs_no_job_starts_no_server(compiled: Project) -> None:
    for option in ("-n", "--unlock", "--summary", "--lint"):
        run = compiled.snakemake(option)
        assert run.code == 0, run.output
        assert not (compiled.work / FOLDER).exists(), option


def test_a_run_with_nothing_to_do_starts_no_server(compiled: Project) -> None:
    compiled.finish()
    log = compiled.work / FOLDER / "server.log"
    log.unlink()
    compiled.finish()
    assert not log.exists()


def test_what_a_job_took_is_recorded_warm_and_cold(compiled: Project) -> None:
    records = []
    for switch in ("1", "0"):
        run = compiled.snakemake("--forceall", **{SWITCH_VARIABLE: switch, STORE_VARIABLE: ""})
        assert run.code == 0, run.output
        usage = compiled.work / ".snakemake" / "ecoscope-workflows" / "usage"
        assert sorted(path.stem for path in usage.iterdir()) == sorted(run.made)
        records.append(json.loads((usage / "frame_0.json").read_text()))
        header, row = (compiled.work / "benchmarks" / "frame_0.tsv").read_text().splitlines()
        measured = dict(zip(header.split("\t"), row.split("\t"), strict=True))
        assert float(measured["s"]) >= records[-1]["seconds"] - 0.01
        for column, name in (("max_rss", "max_rss"), ("cpu_time", "cpu_seconds")):
            assert float(measured[column]) == pytest.approx(records[-1][name], abs=0.01)
    warm, cold = records
    assert set(warm) == set(cold) == {"seconds", "cpu_seconds", "max_rss"}
    # A fork holds the libraries that it shares as a process of its own holds its own.
    assert warm["max_rss"] == pytest.approx(cold["max_rss"], rel=0.6)
    assert warm["cpu_seconds"] < cold["cpu_seconds"]
