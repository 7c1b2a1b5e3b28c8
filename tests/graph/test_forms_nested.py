"""The keys of models in the YAML form: required ones stand open, others are named."""

from __future__ import annotations

from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field
from pydantic.json_schema import SkipJsonSchema  # noqa: TC002  # pydantic reads the annotations

from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.errors import ParamsError
from ecoscope_workflows.graph.forms import yaml_form
from ecoscope_workflows.graph.params import InstanceParams, ParamsModel
from ecoscope_workflows.registry.signature import task_info
from ecoscope_workflows.spec.document import parse


class Band(BaseModel):
    number: Annotated[int, Field(ge=1)]
    name: str = ""


class Source(BaseModel):
    """Where bands come from; forms hide `kind`."""

    kind: SkipJsonSchema[Literal["file"]] = "file"
    path: Annotated[str, Field(description="A file")]
    band: Band
    null: Annotated[int, Field(alias="a: key", ge=1)]
    cell: Annotated[float, Field(gt=0)] = 5000
    masks: list[Band] | None = None
    next: Source | None = None


class Look(BaseModel):
    """All of it is optional."""

    width: int = 1


@distributed
def stack(
    source: Source,
    look: Look,
    either: Source | Look,
    wide: dict[str, Band] | None = None,
    pair: tuple[Look, Band] | None = None,
) -> int:
    """Put bands on one another."""
    return len(f"{source}{look}{either}{wide}{pair}")


NESTED = ParamsModel("flow", {"a": InstanceParams("a", task_info(stack, "raster", "stack", "raster 1.0"))})


def test_the_required_keys_of_a_model_stand_open_below_it() -> None:
    assert (
        yaml_form(NESTED).partition("bands on one another.\n")[2]
        == """\
a:
  # (Source, required)
  source:
    # A file. (text, required)
    path:
    # (Band, required)
    band:
      # (whole number, at least 1, required)
      number:
      # (text)
      # name: ""
    # (whole number, at least 1, required)
    "a: key":
    # (number, more than 0)
    # cell: 5000
    # (list of Band or null) Band has number and may have name.
    # masks: null
    # (Source or null)
    # next: null
  # (Look, required) Look may have width.
  look:
  # (Source or Look, required) Source has path, band, a: key and may have cell, masks, next.
  # Band has number and may have name. Look may have width.
  either:
  # (mapping of text to Band or null) Band has number and may have name.
  # wide: null
  # ((Look, Band) or null, at least 2 items, at most 2 items) Look may have width. Band has
  # number and may have name.
  # pair: null
"""
    )


class Tree(BaseModel):
    """A record of records of its kind, as many as one likes."""

    name: str
    branches: list[Tree]


class Snake(BaseModel):
    """A record that nobody can write."""

    tail: Snake


@distributed
def climb(tree: Tree, snake: Snake) -> int:
    """Go up."""
    return len(f"{tree}{snake}")


def test_a_record_inside_of_its_kind_is_told_once() -> None:
    task = task_info(climb, "raster", "climb", "raster 1.0")
    assert yaml_form(ParamsModel("flow", {"a": InstanceParams("a", task)})).endswith(
        """\
a:
  # (Tree, required)
  tree:
    # (text, required)
    name:
    # (list of Tree, required)
    branches:
  # (Snake, required)
  snake:
    # (Snake, required)
    tail:
"""
    )


def test_each_open_key_of_a_model_is_told_when_it_is_empty() -> None:
    with pytest.raises(ParamsError) as caught:
        NESTED.validate(parse(yaml_form(NESTED), "p.yaml"))
    said = [(problem.code, problem.what, problem.hint) for problem in caught.value.problems]
    names = ("source.path", "source.band.number", "source.a: key", "look", "either")
    assert said == [("EW404", f"a.{name} is empty", "give a value") for name in names]


def test_a_form_with_the_open_keys_of_its_models_filled_is_valid() -> None:
    form = yaml_form(NESTED)
    for key, value in {
        "path": "a.tif",
        "number": 1,
        '"a: key"': 2,
        "look": "{}",
        "either": "{width: 2}",
    }.items():
        form = form.replace(f" {key}:\n", f" {key}: {value}\n")
    source = {"path": "a.tif", "band": {"number": 1}, "a: key": 2}
    expected = {"a": {"source": source, "look": {}, "either": {"width": 2}}}
    assert NESTED.validate(parse(form, "p.yaml")) == expected
