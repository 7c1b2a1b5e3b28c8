"""What jobs in warm workers took, in Snakemake's benchmark files."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from snakemake import benchmark

from ecoscope_workflows.runtime.benchmark_files import correct, count_warm_jobs
from ecoscope_workflows.runtime.usage import FOLDER

RUNNING = 2.0


@pytest.fixture(autouse=True)
def run_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    FOLDER.mkdir(parents=True)


@pytest.fixture
def record() -> benchmark.BenchmarkRecord:
    """Return what Snakemake has seen of a client."""
    found = benchmark.BenchmarkRecord(running_time=RUNNING, max_rss=5.0, max_vms=9.0, cpu_time=0.01)
    found.data_collected = True
    found.wildcards = {}
    return found


def recorded(name: str, age: float = 0.0, text: str = "") -> None:
    file = FOLDER / f"{name}.json"
    file.write_text(text or json.dumps({"seconds": 1.9, "cpu_seconds": 1.5, "max_rss": 180.5}))
    then = time.time() - age
    os.utime(file, (then, then))


def test_a_benchmark_file_holds_what_the_job_took(
    record: benchmark.BenchmarkRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(benchmark, "write_benchmark_records", benchmark.write_benchmark_records)
    recorded("first")
    count_warm_jobs()
    count_warm_jobs()

    benchmark.write_benchmark_records([record], "first.tsv", False)

    header, row = Path("first.tsv").read_text().splitlines()
    found = dict(zip(header.split("\t"), row.split("\t"), strict=True))
    assert (found["s"], found["max_rss"], found["cpu_time"], found["mean_load"]) == (
        "2.00",
        "180.50",
        "1.50",
        "75.00",
    )
    assert found["max_vms"] == "-"


def test_a_chunk_has_a_record_of_its_own(record: benchmark.BenchmarkRecord) -> None:
    record.wildcards = {"chunk": "0a"}
    recorded("first.0a")
    correct(record, Path("benchmarks/first/0a.tsv"))
    assert record.max_rss == 180.5


@pytest.mark.parametrize(
    ("age", "text"),
    [(RUNNING + 1, ""), (0, "{"), (0, "[]"), (0, "\N{LATIN SMALL LETTER E WITH ACUTE}")],
    ids=["of an earlier run", "cut off", "a list", "other bytes"],
)
def test_what_is_no_record_of_this_job_changes_nothing(
    record: benchmark.BenchmarkRecord, age: float, text: str
) -> None:
    recorded("first", age, text)
    correct(record, Path("benchmarks/first.tsv"))
    assert record.max_rss == 5.0
    assert record.max_vms == 9.0


def test_a_job_that_recorded_nothing_keeps_what_snakemake_saw(record: benchmark.BenchmarkRecord) -> None:
    correct(record, Path("benchmarks/first.tsv"))
    assert record.max_rss == 5.0
