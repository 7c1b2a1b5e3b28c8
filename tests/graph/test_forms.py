"""Forms of the parameters: JSON Schema as published, and a YAML file that a person fills in."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import jsonschema  # type: ignore[import-untyped]  # it ships no types
import pytest
from pydantic import BaseModel, Field

from ecoscope_workflows.annotations import FromEnvironment
from ecoscope_workflows.contracts.plain import plain
from ecoscope_workflows.decorators import TaskMetadata, distributed
from ecoscope_workflows.errors import ParamsError
from ecoscope_workflows.graph.forms import json_schemas, yaml_form
from ecoscope_workflows.graph.params import InstanceParams, ParamsModel
from ecoscope_workflows.graph.resolve import resolve
from ecoscope_workflows.registry.catalog import Catalog, installed_catalog
from ecoscope_workflows.registry.signature import Parameter, TaskInfo, task_info
from ecoscope_workflows.spec.document import parse
from ecoscope_workflows.spec.load import load_spec, parse_spec


class Band(BaseModel):
    """A band of a raster."""

    number: Annotated[int, Field(ge=1)]
    name: str = ""


FIRST = Band(number=1, name="größe")


@distributed
def render(
    server: Annotated[str, FromEnvironment("RASTER_SERVER")],
    cmap: Literal["viridis", "Reds"] = "viridis",
    nodata: float = math.nan,
    main: Band = FIRST,
    title: Annotated[str | None, Field(max_length=20)] = None,
    *,
    bands: list[Band],
    width: Annotated[int, Field(ge=1, le=4000, description="Width in pixels")],
) -> str:
    """Draw a raster.

    Parameters
    ----------
    cmap
        Name of the colour map
    """
    return f"{bands}{width}{cmap}{nodata}{main}{title}{server}"


@distributed
def tidy() -> int:
    """Need nothing."""
    return 0


CATALOG = Catalog.of(task_info(task, "raster", task.__name__, "raster 1.0") for task in (render, tidy))
SPEC = "id: flow\nrequirements: []\nworkflow:\n  - {id: tidy_up, task: tidy}\n  - {id: page, task: render}\n"
MODEL = ParamsModel.of(resolve(parse_spec(SPEC, "s.yaml"), CATALOG))


def published_example(reference_data: Path) -> ParamsModel:
    spec = load_spec(reference_data / "specs" / "seed_2024-05" / "time-density.yaml")
    built_in = (task for task in installed_catalog() if task.module.startswith("ecoscope_workflows.tasks."))
    return ParamsModel.of(resolve(spec, Catalog.of(built_in)))


def test_the_schema_is_the_published_one_but_for_named_differences(reference_data: Path) -> None:
    expected = json.loads(
        (reference_data / "specs" / "seed_2024-05" / "time_density_params.json").read_text(encoding="utf-8")
    )
    source = expected["get_subjectgroup_observations"]
    # A secret never stands in a file.
    del source["properties"]["password"]
    # What the environment gives need not be given again.
    source["required"] = [
        name for name in source["required"] if name not in {"server", "username", "password"}
    ]
    # The formula of the paper is offered beside the published numbers.
    density = expected["calculate_time_density"]
    density["properties"]["method"] = {
        "default": "ecoscope",
        "description": (
            "'ecoscope' gives the numbers of the published system; 'wall2014' follows the formula of Wall et"
            " al. (2014), in which each segment counts with its duration."
        ),
        "enum": ["ecoscope", "wall2014"],
        "title": "Method",
        "type": "string",
    }
    # Nothing required is said by leaving the key out.
    del density["required"]

    found = json_schemas(published_example(reference_data))
    assert json.loads(json.dumps(found, allow_nan=False)) == expected
    for name, schema in found.items():
        assert list(schema["properties"]) == list(expected[name]["properties"])


def test_a_schema_is_valid_json_schema_that_checks_what_we_check() -> None:
    schemas = json_schemas(MODEL)
    assert list(schemas) == ["page"]
    schema = schemas["page"]
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    assert validator.is_valid({"bands": [{"number": 1}], "width": 3})
    for bad in (
        {"width": 3},
        {"bands": [{"number": 0}], "width": 3},
        {"bands": [], "width": 4001},
        {"bands": [], "width": 3, "cmap": "Blues"},
        {"bands": [], "width": 3, "more": 1},
    ):
        assert not validator.is_valid(bad), bad


def test_models_are_defined_once_and_referred_to() -> None:
    schema = json_schemas(MODEL)["page"]
    assert list(schema["$defs"]) == ["Band"]
    assert schema["properties"]["bands"]["items"] == {"$ref": "#/$defs/Band"}
    assert schema["properties"]["main"] == {
        "$ref": "#/$defs/Band",
        "default": {"number": 1, "name": "größe"},
    }
    assert schema["required"] == ["bands", "width"]


def test_a_workflow_without_parameters_has_an_empty_form() -> None:
    spec = "id: flow\nrequirements: []\nworkflow:\n  - {id: tidy_up, task: tidy}\n"
    model = ParamsModel.of(resolve(parse_spec(spec, "s.yaml"), CATALOG))
    assert json_schemas(model) == {}
    assert model.validate(parse(yaml_form(model), "p.yaml")) == {}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (math.nan, "nan"),
        ([math.inf, {"a": -math.inf}], ["inf", {"a": "-inf"}]),
        ((1, 2), [1, 2]),
        (Path("a/b"), "a/b"),
        (datetime(2015, 1, 1, tzinfo=UTC), "2015-01-01T00:00:00Z"),
        (FIRST, {"number": 1, "name": "größe"}),
        (None, None),
    ],
)
def test_a_default_is_shown_as_json_data(value: Any, expected: Any) -> None:
    assert plain(value) == expected


@pytest.mark.parametrize(
    ("annotation", "limits"),
    [
        (Annotated[float, Field(gt=0, le=100)], "more than 0, at most 100"),
        (Annotated[int, Field(multiple_of=5)] | None, "a multiple of 5"),
        (
            Annotated[str, Field(min_length=1, pattern="^[a-z{}]+$")],
            "at least 1 characters, matching ^[a-z{}]+$",
        ),
        (
            Annotated[list[Annotated[float, Field(ge=0)]], Field(max_length=3)],
            "at most 3 items, each at least 0",
        ),
        (list[Annotated[int, Field(lt=9)]] | None, "each less than 9"),
    ],
)
def test_a_constraint_is_told_in_words(annotation: Any, limits: str) -> None:
    parameter = Parameter("x", annotation)
    task = TaskInfo("t", "m", tidy, {"x": parameter}, int, TaskMetadata())
    form = yaml_form(ParamsModel("flow", {"a": InstanceParams("a", task)}))
    assert f", {limits}, required)\n  x:\n" in form.replace("\n  # ", " ")


def test_the_form_explains_each_line() -> None:
    assert (
        yaml_form(MODEL)
        == """\
# Parameters of flow.
# Fill in every open key. Lines behind '#' are optional and show the default:
# remove the '# ' in front of a key to give it another value.

# Draw a raster.
page:
  # (list of Band, required) Band has number and may have name.
  bands:
  # Width in pixels. (whole number, at least 1, at most 4000, required)
  width:
  # (text, otherwise read from the environment variable RASTER_SERVER)
  # server:
  # Name of the colour map. ('viridis' or 'Reds')
  # cmap: "viridis"
  # (number)
  # nodata: "nan"
  # (Band) Band has number and may have name.
  # main: {"number": 1, "name": "größe"}
  # (text or null, at most 20 characters)
  # title: null
"""
    )


def test_an_unfilled_form_says_what_is_missing() -> None:
    with pytest.raises(ParamsError) as caught:
        MODEL.validate(parse(yaml_form(MODEL), "p.yaml"))
    assert str(caught.value) == (
        "p.yaml:8:3: EW404 page.bands is empty\n  hint: give a value\n"
        "p.yaml:10:3: EW404 page.width is empty\n  hint: give a value"
    )


def test_a_form_with_its_open_keys_filled_is_valid() -> None:
    form = yaml_form(MODEL).replace("bands:\n", "bands: [{number: 2}]\n").replace("width:\n", "width: 5\n")
    assert MODEL.validate(parse(form, "p.yaml")) == {"page": {"bands": [{"number": 2}], "width": 5}}


def test_the_form_of_the_example_asks_for_what_the_published_one_requires(reference_data: Path) -> None:
    model = published_example(reference_data)
    form = yaml_form(model)
    assert all(len(line) <= 96 for line in form.splitlines())
    with pytest.raises(ParamsError) as caught:
        model.validate(parse(form, "p.yaml"))
    said = [problem.what.removesuffix(" is empty") for problem in caught.value.problems]
    required = [
        f"{name}.{key}" for name, part in json_schemas(model).items() for key in part.get("required", ())
    ]
    assert said == required
    lines = form.splitlines()
    for problem in caught.value.problems:
        assert problem.where is not None
        assert lines[problem.where.line - 1].strip() == f"{problem.what.split('.')[1].split(' ')[0]}:"
