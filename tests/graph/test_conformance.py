"""The cases of the published grammar that are decided when names are looked up, with stand-in tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.errors import SpecError
from ecoscope_workflows.graph.resolve import resolve
from ecoscope_workflows.registry.catalog import Catalog
from ecoscope_workflows.registry.signature import task_info
from ecoscope_workflows.spec.load import load_spec

if TYPE_CHECKING:
    from pathlib import Path

    from ecoscope_workflows.graph.model import Graph


@distributed
def add(a: int, b: int = 1) -> int:
    return a + b


@distributed
def double(n: int) -> int:
    return 2 * n


@distributed
def fan_out(n: int) -> list[Any]:
    return list(range(n))


@distributed
def keyed(values: list[int]) -> list[tuple[str, int]]:
    return [(str(value), value) for value in values]


@distributed
def total(values: list[Any]) -> int:
    return len(values)


@distributed
def pack(context: dict[str, Any]) -> dict[str, Any]:
    return context


@distributed(tags=["io"])
def load_number(path: str) -> int:
    return len(path)


@distributed
def echo(value: Any) -> Any:
    return value


@distributed
def run(x: int) -> int:
    return x


@distributed
def is_negative(values: list[Any]) -> bool:
    return any(isinstance(value, int) and value < 0 for value in values)


DEMO = (is_negative, add, double, fan_out, keyed, total, pack, load_number, echo)
CATALOG = Catalog.of(
    [
        *(task_info(function, "demo_tasks.tasks", function.__name__, "demo 1.0") for function in DEMO),
        task_info(run, "pkg_a.tasks", "run", "pkg-a 1.0"),
        task_info(run, "pkg_b.tasks", "run", "pkg-b 1.0"),
    ]
)

# What the published compiler lets pass by neglect, and what is said of it here.
REFUSED_QUIRKS = {
    "partial-keyword-key.yaml": "7:35: EW321 task 'echo' has no argument 'lambda'\n  hint: ",
    "partial-wrong-type-literal.yaml": "7:37: EW324 s.a: expected integer, got 'not a number'\n  hint: ",
    "rjsf-unknown-section.yaml": "6:18: EW212 `rjsf-overrides` has no key 'propertees'\n  hint: ",
}
# Refused when names are looked up.
REJECTED = {
    "ref-cycle.yaml": "6:40: EW312 instances need each other in a circle: s -> t -> s"
    "\n  hint: remove one of these references",
    "ref-to-spec-id.yaml": "6:40: EW311 s.n refers to 'my_flow', which is not in this spec",
    "ref-unknown-id.yaml": "6:40: EW311 t.n refers to 'nope', which is not in this spec",
    "task-ambiguous-short-name.yaml": "6:19: EW302 2 tasks are named 'run'"
    "\n  hint: write the dotted path of the one you mean: pkg_a.tasks.run (from pkg-a 1.0),"
    " pkg_b.tasks.run (from pkg-b 1.0)",
    "task-fq-bad-path.yaml": "6:19: EW301 unknown task 'demo-tasks.tasks.add'"
    "\n  hint: did you mean 'demo_tasks.tasks.add'?",
    "defaults-unregistered-condition.yaml": "5:34: EW303 unknown condition 'nope'",
    "skipif-ambiguous-condition.yaml": "6:32: EW304 2 functions are named 'run'"
    "\n  hint: write the dotted path of the one you mean: pkg_a.tasks.run or pkg_b.tasks.run",
    "skipif-unregistered.yaml": "6:32: EW303 unknown condition 'no_such_condition'",
    "task-fq-wrong-module.yaml": "6:19: EW301 unknown task 'other.tasks.add'\n  hint: did you mean",
}
# Refused by the published compiler only for their order, which is free here.
ANY_ORDER = {
    "group-forward-ref-into-later-group.yaml": ["s", "t"],
    "map-forward-ref.yaml": ["s", "t"],
    "ref-forward.yaml": ["s", "t"],
}


def graph(path: Path) -> Graph:
    return resolve(load_spec(path), CATALOG)


def test_all_that_must_be_accepted_becomes_a_graph(reference_data: Path) -> None:
    paths = sorted((reference_data.parent / "conformance" / "accept").glob("*.yaml"))
    assert len(paths) >= 50
    for path in paths:
        if path.name not in REFUSED_QUIRKS:
            spec = load_spec(path)
            assert sorted(resolve(spec, CATALOG).nodes) == sorted(item.id for item in spec.instances), (
                path.name
            )


@pytest.mark.parametrize(("name", "message"), REFUSED_QUIRKS.items())
def test_a_quirk_that_is_refused_is_refused_with_a_place_and_a_hint(
    name: str, message: str, reference_data: Path
) -> None:
    path = reference_data.parent / "conformance" / "accept" / name
    with pytest.raises(SpecError) as caught:
        graph(path)
    assert str(caught.value).startswith(f"{path}:{message}")


@pytest.mark.parametrize(("name", "message"), REJECTED.items())
def test_what_must_be_rejected_is_rejected_at_its_place(
    name: str, message: str, reference_data: Path
) -> None:
    path = reference_data.parent / "conformance" / "reject" / name
    with pytest.raises(SpecError) as caught:
        graph(path)
    assert str(caught.value).startswith(f"{path}:{message}")
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize(("name", "order"), ANY_ORDER.items())
def test_instances_may_stand_in_any_order(name: str, order: list[str], reference_data: Path) -> None:
    assert list(graph(reference_data.parent / "conformance" / "reject" / name).nodes) == order
