"""A params file is checked as a whole, and each fault is told at its line and key."""

from __future__ import annotations

from datetime import datetime  # read where the signature is read
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, ConfigDict, Field

from ecoscope_workflows.annotations import AnyDataFrame, FromEnvironment
from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.errors import ParamsError
from ecoscope_workflows.graph.params import ParamsModel
from ecoscope_workflows.graph.resolve import resolve
from ecoscope_workflows.registry.catalog import Catalog
from ecoscope_workflows.registry.signature import task_info
from ecoscope_workflows.spec.document import parse
from ecoscope_workflows.spec.load import parse_spec

SPEC = """\
id: flow
requirements: []
workflow:
  - {id: source, task: load, partial: {path: tracks.csv}}
  - {id: density, task: density, partial: {frame: "${{ workflow.source.return }}"}}
  - {id: page, task: draw, partial: {frame: "${{ workflow.density.return }}", title: Map}}
"""


class Row(BaseModel):
    name: str
    opacity: float = 1.0


class Box(BaseModel):
    model_config = ConfigDict(extra="forbid")

    w: float


@distributed
def load(
    path: str,
    password: Annotated[str, FromEnvironment("PASSWORD", secret=True)],
    server: Annotated[str, FromEnvironment("SERVER")],
    since: datetime,
    limit: Annotated[int, Field(ge=1)] = 10,
) -> AnyDataFrame:
    raise NotImplementedError(f"{path}{password}{server}{since}{limit}")


@distributed
def density(
    frame: AnyDataFrame,
    percentiles: list[float],
    crs: str = "EPSG:4326",
    layers: list[Row] | None = None,
    box: Box | None = None,
    hidden: Annotated[int, Field(exclude=True)] = 1,
) -> AnyDataFrame:
    raise NotImplementedError(f"{frame}{percentiles}{crs}{layers}{box}{hidden}")


@distributed
def draw(frame: AnyDataFrame, title: str) -> str:
    return f"{frame}{title}"


TASKS = (load, density, draw)
CATALOG = Catalog.of(task_info(task, "package.tasks", task.__name__, "package 1.0") for task in TASKS)
MODEL = ParamsModel.of(resolve(parse_spec(SPEC, "s.yaml"), CATALOG))
GOOD = "source: {since: 2015-01-01}\ndensity: {percentiles: [50, 95]}\n"


def values(text: str, model: ParamsModel = MODEL) -> dict[str, dict[str, Any]]:
    return model.validate(parse(text, "p.yaml"))


def refused(text: str, model: ParamsModel = MODEL) -> list[str]:
    with pytest.raises(ParamsError) as caught:
        values(text, model)
    return [str(problem) for problem in caught.value.problems]


def test_only_what_the_spec_leaves_open_is_a_parameter() -> None:
    free = {name: list(instance.free) for name, instance in MODEL.instances.items()}
    assert free == {
        "source": ["server", "since", "limit"],
        "density": ["percentiles", "crs", "layers", "box"],
    }
    assert list(MODEL.known) == ["source", "density", "page"]


def test_values_are_returned_as_they_are_written() -> None:
    assert values(GOOD) == {
        "source": {"since": "2015-01-01"},
        "density": {"percentiles": [50, 95]},
    }


@pytest.mark.parametrize("more", ["page: {}", "page:", "page: null"])
def test_an_instance_without_parameters_may_stand_empty(more: str) -> None:
    assert set(values(GOOD + more)) == {"source", "density"}


def test_what_the_environment_gives_may_be_given() -> None:
    text = "source: {since: 2015-01-01, server: 'https://x'}\ndensity: {percentiles: []}"
    assert values(text)["source"]["server"] == "https://x"


HOLE = "density: {percentiles: [50]}\n"
FAULTS: dict[str, tuple[str, list[str]]] = {
    "nothing": (
        "",
        [
            "p.yaml: EW404 the parameters of 'source' are missing\n  hint: it needs since",
            "p.yaml: EW404 the parameters of 'density' are missing\n  hint: it needs percentiles",
        ],
    ),
    "instance with nothing under it": (
        GOOD.replace("source: {since: 2015-01-01}", "source:"),
        ["p.yaml:1:1: EW404 the parameters of 'source' are missing\n  hint: it needs since"],
    ),
    "missing key": (
        GOOD.replace("since: 2015-01-01", "limit: 3"),
        ["p.yaml:1:1: EW404 source.since is missing\n  hint: add `since:` (date and time)"],
    ),
    "empty key": (
        GOOD.replace("2015-01-01", ""),
        ["p.yaml:1:10: EW404 source.since is empty\n  hint: give a value"],
    ),
    "empty key with a default": (
        GOOD.replace("}", ", limit: }", 1),
        [
            (
                "p.yaml:1:29: EW404 source.limit is empty"
                "\n  hint: give a value, or remove the line to use the default"
            )
        ],
    ),
    "unknown instance": (
        GOOD + "densty: {}\n",
        ["p.yaml:3:1: EW402 'densty' is no task instance\n  hint: did you mean 'density'?"],
    ),
    "unknown key": (
        GOOD.replace("percentiles", "percentile"),
        [
            "p.yaml:2:1: EW404 density.percentiles is missing\n  hint: add `percentiles:` (list of number)",
            "p.yaml:2:11: EW403 'density' has no parameter 'percentile'\n  hint: did you mean 'percentiles'?",
        ],
    ),
    "hidden key": (
        GOOD.replace("]}", "], hidden: 2}"),
        [
            (
                "p.yaml:2:34: EW403 'density' has no parameter 'hidden'"
                "\n  hint: expected one of: box, crs, layers, percentiles"
            )
        ],
    ),
    "data frame": (
        GOOD.replace("]}", "], frame: x.parquet}"),
        [
            (
                "p.yaml:2:34: EW403 density.frame is already given in the spec"
                "\n  hint: remove it here, or remove it from the spec"
            )
        ],
    ),
    "bound in the spec": (
        GOOD + "page: {title: Other}\n",
        [
            (
                "p.yaml:3:8: EW403 page.title is already given in the spec"
                "\n  hint: remove it here, or remove it from the spec"
            )
        ],
    ),
    "secret": (
        GOOD.replace("}", ", password: hunter2}", 1),
        [
            (
                "p.yaml:1:29: EW405 source.password is a secret and must not stand in a file"
                "\n  hint: remove it, and set the environment variable PASSWORD"
            )
        ],
    ),
    "wrong type": (
        GOOD.replace("[50, 95]", "50"),
        [
            (
                "p.yaml:2:24: EW406 density.percentiles: expected list, got 50"
                "\n  hint: 'percentiles' is list of number"
            )
        ],
    ),
    "wrong type inside a list": (
        GOOD.replace("95", "most"),
        [
            (
                "p.yaml:2:29: EW406 density.percentiles[1]: expected number, got 'most'"
                "\n  hint: 'percentiles' is list of number"
            )
        ],
    ),
    "wrong date": (
        GOOD.replace("2015-01-01", "yesterday"),
        [
            (
                "p.yaml:1:17: EW406 source.since: expected date and time such as 2024-03-01T06:30:00"
                " (input is too short), got 'yesterday'\n  hint: 'since' is date and time"
            )
        ],
    ),
    "missing inside a model": (
        GOOD.replace("]}", "], box:\n  {q: 1}}"),
        [
            "p.yaml:2:34: EW406 density.box.w: is missing (number)\n  hint: 'box' is Box or null",
            "p.yaml:3:4: EW406 density.box.q: is not known: expected one of: w\n  hint: 'box' is Box or null",
        ],
    ),
    "empty inside a model": (
        GOOD.replace("]}", "], box: {w: }}"),
        ["p.yaml:2:40: EW404 density.box.w is empty\n  hint: give a value"],
    ),
    "out of range": (
        GOOD.replace("}", ", limit: 0}", 1),
        [
            (
                "p.yaml:1:36: EW406 source.limit: must be greater than or equal to 1, got 0"
                "\n  hint: 'limit' is whole number"
            )
        ],
    ),
    "inside a model": (
        GOOD.replace("]}", "], layers: [{name: a}, {opacity: x}]}"),
        [
            (
                "p.yaml:2:54: EW406 density.layers[1].name: is missing (text)"
                "\n  hint: 'layers' is list of Row or null"
            ),
            (
                "p.yaml:2:64: EW406 density.layers[1].opacity: expected number, got 'x'"
                "\n  hint: 'layers' is list of Row or null"
            ),
        ],
    ),
    "a list": (
        "- source",
        [
            (
                "p.yaml:1:1: EW401 a params file must be a mapping of task instances, not a list"
                "\n  hint: `ecoscope-workflows get-params --format yaml` shows one"
            )
        ],
    ),
    "false": (
        "false",
        [
            (
                "p.yaml:1:1: EW401 a params file must be a mapping of task instances, not true or false"
                "\n  hint: `ecoscope-workflows get-params --format yaml` shows one"
            )
        ],
    ),
    "instance that is a list": (
        HOLE + "source: [since]\n",
        ["p.yaml:2:9: EW401 the parameters of 'source' must be a mapping, not a list"],
    ),
    "instance that is text": (
        HOLE + "source: ''\n",
        ["p.yaml:2:9: EW401 the parameters of 'source' must be a mapping, not text"],
    ),
}


@pytest.mark.parametrize(("text", "messages"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_told_at_its_line_and_key(text: str, messages: list[str]) -> None:
    assert refused(text) == messages


def test_every_fault_is_told_at_once_in_the_order_of_the_file() -> None:
    text = "density: {crs: 3, percentiles: x}\nnobody: {}\nsource: {limit: x}\n"
    places = [line.split(" ")[0] for line in refused(text)]
    assert places == [f"p.yaml:{place}:" for place in ("1:16", "1:32", "2:1", "3:1", "3:17")]


def test_a_mocked_instance_needs_nothing_but_what_is_given_is_checked() -> None:
    mocked = ParamsModel.of(resolve(parse_spec(SPEC, "s.yaml"), CATALOG), ["source"])
    assert values(HOLE, mocked) == {"source": {}, "density": {"percentiles": [50]}}
    assert refused(HOLE + "source: {limit: 0}", mocked)[0].startswith("p.yaml:2:17: EW406 source.limit:")


def test_null_is_a_value_where_the_type_says_so() -> None:
    assert values(GOOD.replace("]}", "], layers: null}"))["density"]["layers"] is None


def test_a_secret_is_never_repeated() -> None:
    assert "hunter2" not in "".join(refused(GOOD.replace("}", ", password: hunter2}", 1)))
