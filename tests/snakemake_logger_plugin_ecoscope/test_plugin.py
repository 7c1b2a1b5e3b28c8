"""Records of Snakemake in, lines of JSON out."""

from __future__ import annotations

import json
import logging
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from snakemake_interface_logger_plugins.common import LogEvent
from snakemake_interface_logger_plugins.registry import LoggerPluginRegistry

import snakemake_logger_plugin_ecoscope as plugin

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def handler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> plugin.LogHandler:
    monkeypatch.chdir(tmp_path)
    settings = plugin.LogHandlerSettings(path=str(tmp_path / "runs" / "events.jsonl"))
    return plugin.LogHandler(SimpleNamespace(dryrun=False), settings)  # type: ignore[arg-type]  # all it reads


def said(
    event: LogEvent | None, text: str = "", level: int = logging.INFO, **facts: Any
) -> logging.LogRecord:
    record = logging.LogRecord("snakemake", level, "", 0, text, None, None)
    vars(record).update({"event": event, **facts} if event else facts)
    return record


def lines(handler: plugin.LogHandler, tmp_path: Path) -> list[dict[str, Any]]:
    handler.close()
    written = [json.loads(line) for line in (tmp_path / "runs" / "events.jsonl").read_text().splitlines()]
    for line in written:
        assert line.pop("time") > 0
    return written


def test_snakemake_finds_the_plugin() -> None:
    assert "ecoscope" in LoggerPluginRegistry().get_registered_plugins()


def test_what_happens_is_written_line_by_line(handler: plugin.LogHandler, tmp_path: Path) -> None:
    job: dict[str, Any] = {"jobid": 1, "rule_name": "a"}
    for record in (
        said(LogEvent.WORKFLOW_STARTED),
        said(LogEvent.RESOURCES_INFO, cores=2),
        said(LogEvent.RESOURCES_INFO, provided_resources={}),
        said(LogEvent.RUN_INFO, stats={"a": 1, "total": 1}),
        said(LogEvent.JOB_INFO, **job, reason="Missing output files", shellcmd="with --args '{}'"),
        said(LogEvent.SHELLCMD, shellcmd="a"),
        said(LogEvent.JOB_FINISHED, job_id=1),
        said(LogEvent.JOB_ERROR, **job),
        said(LogEvent.ERROR, "it is locked", logging.ERROR, exception="LockException"),
        said(None, "Building DAG of jobs..."),
        said(None, "take care", logging.WARNING),
    ):
        handler.emit(record)
    process, *rest = lines(handler, tmp_path)
    assert process["event"] == "process"
    assert process["dry_run"] is False
    assert rest == [
        {"event": "workflow"},
        {"event": "locked", "locks": []},
        {"event": "cores", "cores": 2},
        {"event": "plan", "jobs": {"a": 1, "total": 1}},
        {"event": "job", "job": 1, "rule": "a", "reason": "Missing output files"},
        {"event": "finished", "job": 1},
        {"event": "failed", "job": 1, "rule": "a"},
        {"event": "error", "text": "it is locked", "exception": "LockException"},
        {"event": "note", "text": "take care", "level": "WARNING"},
    ]


def test_the_locks_of_others_are_not_said_to_be_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / ".snakemake" / "locks"
    folder.mkdir(parents=True)
    (folder / "0.input.lock").touch()
    settings = plugin.LogHandlerSettings(path="runs/events.jsonl")
    handler = plugin.LogHandler(SimpleNamespace(dryrun=False), settings)  # type: ignore[arg-type]  # as above
    ours = folder / "1.input.lock"
    ours.touch()
    handler.emit(said(LogEvent.RUN_INFO, stats={}))
    (locked,) = [line for line in lines(handler, tmp_path) if line["event"] == "locked"]
    facts = ours.stat()
    assert locked["locks"] == [["1.input.lock", facts.st_ino, facts.st_mtime_ns]]


def test_a_file_that_cannot_be_written_ends_nothing(
    handler: plugin.LogHandler, capsys: pytest.CaptureFixture[str]
) -> None:
    handler.close()
    handler.emit(said(LogEvent.JOB_FINISHED, job_id=1))
    assert "closed file" in capsys.readouterr().err


def test_what_the_executor_says_of_a_failed_job_is_kept(handler: plugin.LogHandler, tmp_path: Path) -> None:
    handler.emit(said(LogEvent.JOB_ERROR, jobid=1, rule_name="a", rule_msg="SLURM-job '7' failed."))
    assert lines(handler, tmp_path)[1:] == [
        {"event": "failed", "job": 1, "rule": "a", "text": "SLURM-job '7' failed."}
    ]
