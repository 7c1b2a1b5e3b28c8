"""Published specs are read as they are, as the published compiler read them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.spec.load import load_spec
from ecoscope_workflows.spec.model import references

if TYPE_CHECKING:
    from pathlib import Path

    from ecoscope_workflows.spec.model import Instance


# Its plan was made of an older state of the spec, with other arguments.
OTHER_STATE = "wildlife-dynamics__mep__animate_tracks.yaml"


def published(reference_data: Path) -> list[Path]:
    folder = reference_data / "published-specs"
    return [path for path in sorted(folder.glob("*.yaml")) if not path.name.endswith(".test-cases.yaml")]


def planned(reference_data: Path) -> list[tuple[Path, dict[str, Any]]]:
    plans = []
    for path in published(reference_data):
        plan = path.with_name(path.name.removesuffix(".yaml") + ".plan.json")
        if plan.is_file():
            plans.append((path, json.loads(plan.read_text(encoding="utf-8"))))
    return plans


def test_every_published_spec_is_read(reference_data: Path) -> None:
    paths = published(reference_data)
    assert len(paths) >= 30
    for path in [*paths, *reference_data.glob("snapshots/*/spec.yaml")]:
        assert load_spec(path).instances, path.name


def test_the_example_of_the_readme_is_read(reference_data: Path) -> None:
    spec = load_spec(reference_data / "specs" / "seed_2024-05" / "time-density.yaml")
    assert (spec.id, spec.cache_root) == (
        "calculate_time_density",
        "gcs://my-bucket/ecoscope/cache/dag-runs",
    )
    assert [(item.id, list(item.arguments)) for item in spec.instances] == [
        ("get_subjectgroup_observations", []),
        ("process_relocations", ["observations"]),
        ("relocations_to_trajectory", ["relocations"]),
        ("calculate_time_density", ["trajectory_gdf"]),
        ("draw_ecomap", ["geodataframe"]),
    ]


def test_instances_are_those_of_the_published_plan(reference_data: Path) -> None:
    plans = planned(reference_data)
    assert len(plans) >= 30
    for path, plan in plans:
        instances = load_spec(path).instances
        found = [(item.id, item.task.rpartition(".")[2]) for item in instances]
        assert found == [(task["id"], task["function"]) for task in plan["tasks"]], path.name


def method(instance: Instance) -> str:
    return instance.fan_out.method if instance.fan_out else "call"


def test_arguments_and_fan_out_are_those_of_the_published_plan(reference_data: Path) -> None:
    for path, plan in planned(reference_data):
        if path.name == OTHER_STATE:
            continue
        instances = load_spec(path).instances
        for instance, task in zip(instances, plan["tasks"], strict=True):
            where = f"{path.name}: {instance.id}"
            assert method(instance) == task["method"], where
            assert sorted(instance.arguments) == sorted(task["partial"]), where
            bare = {name: value for name, value in task["partial"].items() if value.isidentifier()}
            ids = {other.id for other in instances}
            for name, value in bare.items():
                if value in ids:
                    found = [reference.instance for reference in references(instance.arguments[name])]
                    assert found == [value], f"{where}.{name}"


def test_skip_conditions_are_those_of_the_published_plan(reference_data: Path) -> None:
    for path, plan in planned(reference_data):
        for instance, task in zip(load_spec(path).instances, plan["tasks"], strict=True):
            expected = task.get("skipif")
            where = f"{path.name}: {instance.id}"
            if not expected or not expected["conditions"]:
                assert instance.skipif is None or instance.skipif.conditions == (), where
                continue
            assert instance.skipif is not None, where
            names = [name.rpartition(".")[2] for name in instance.skipif.conditions]
            assert names == [name.rpartition(".")[2] for name in expected["conditions"]], where
            assert instance.skipif.unpack_depth == expected["unpack_depth"], where
