"""What stands beside a result for people to look at: of the same run, whatever becomes of that."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.runtime.jobs import skipif

from ecoscope_workflows.contracts.stored import read_value, write_value
from ecoscope_workflows.errors import Problem, StorageError
from ecoscope_workflows.runtime.execute import execute
from ecoscope_workflows.runtime.jobs import Job, SkipIf

if TYPE_CHECKING:
    from ecoscope_workflows.contracts.codecs import Codec

pytestmark = pytest.mark.usefixtures("work")


def dashboard(name: str, condition: SkipIf | None = None) -> Job:
    """Return a job whose result has a page beside it."""
    return Job(
        instance="one",
        task="ecoscope_workflows.tasks.results:gather_dashboard",
        arguments={"details": {"name": name, "description": ""}, "widgets": []},
        output=Path("results/one.json"),
        code="c0de",
        skipif=condition,
    )


def test_a_page_that_was_skipped_says_why() -> None:
    execute(dashboard("Herd", skipif("any_text")))
    assert "one was skipped: any_text" in Path("results/one.html").read_text()
    assert read_value(Path("results/one.json")).instance == "one"


def test_a_job_that_nobody_waits_for_leaves_the_page_of_another_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []

    def allowed() -> None:
        asked.append(1)
        if len(asked) > 1:
            raise StorageError(Problem("EW604", "gone"))

    def write_late(value: Any, path: Path, codec: Codec, record: str) -> None:
        # By now the next run has done the same job.
        Path("results/one.html").write_text("of the next run")
        write_value(value, path, codec, record)

    monkeypatch.setattr("ecoscope_workflows.runtime.storage.write_value", write_late)
    with pytest.raises(StorageError, match="EW604"):
        execute(dashboard("Herd"), allowed=allowed)
    assert [path.name for path in Path("results").iterdir()] == ["one.html"]
    assert Path("results/one.html").read_text() == "of the next run"
