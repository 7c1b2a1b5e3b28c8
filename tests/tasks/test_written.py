"""What people write in params and specs: a misspelt key is told with the one that was meant."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import ecoscope_workflows.tasks
from ecoscope_workflows.cli import run
from ecoscope_workflows.contracts.validation import adapter_of, faults_in
from ecoscope_workflows.tasks.written import Written

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLE = Path(__file__).parents[2] / "specs" / "elephant_dashboard"


def written() -> Iterator[type[Written]]:
    """Yield every such model of the built-in tasks."""
    found = ecoscope_workflows.tasks
    for module in pkgutil.walk_packages(found.__path__, f"{found.__name__}."):
        importlib.import_module(module.name)
    waiting = [Written]
    while waiting:
        kind = waiting.pop()
        yield from kind.__subclasses__()
        waiting += kind.__subclasses__()


MODELS = {model.__name__: model for model in written()}


def test_the_models_that_people_write_are_found() -> None:
    assert {"BoundingBox", "Coordinate", "EarthRangerConnection", "TrajectorySegmentFilter"} <= MODELS.keys()


@pytest.mark.parametrize("name", sorted(MODELS))
def test_a_misspelt_key_is_refused_by_its_name(name: str) -> None:
    model = MODELS[name]
    key = max(model.model_fields, key=len)
    faults = faults_in({f"{key}z": 1}, adapter_of(model))
    (unknown,) = [fault for fault in faults if fault.kind == "extra_forbidden"]
    assert unknown.location == (f"{key}z",)
    assert unknown.message.startswith(f"is not known: did you mean '{key}'")


def test_a_misspelt_key_inside_a_parameter_is_told_at_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = (EXAMPLE / "params.yaml").read_text(encoding="utf-8").splitlines()
    (number,) = [number for number, line in enumerate(lines) if "max_speed_kmhr: 15" in line]
    lines[number] = lines[number].replace("max_speed_kmhr", "max_speed_kmh")
    params = tmp_path / "params.yaml"
    params.write_text("\n".join(lines), encoding="utf-8")

    assert run(["check", str(EXAMPLE / "spec.yaml"), "--params", str(params)]) == 1

    told = capsys.readouterr()
    what, where = (told.out + told.err).splitlines()[:2]
    assert what == (
        "error[EW406]: trajectory.trajectory_segment_filter.max_speed_kmh: is not known: "
        "did you mean 'max_speed_kmhr'?"
    )
    assert where.strip() == f"--> {params}:{number + 1}:5"
