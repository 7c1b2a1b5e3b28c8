"""Whatever a task's parameters are called and described, its form can be filled in."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, create_model

from ecoscope_workflows.contracts.plain import plain
from ecoscope_workflows.decorators import TaskMetadata
from ecoscope_workflows.errors import ParamsError
from ecoscope_workflows.graph.forms import json_schemas, yaml_form
from ecoscope_workflows.graph.params import InstanceParams, ParamsModel
from ecoscope_workflows.registry.signature import REQUIRED, Parameter, TaskInfo
from ecoscope_workflows.spec.document import parse

# JSON writes these as YAML reads them; further planes need a pair of escapes, which YAML does not know.
TEXT = st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"]), max_size=20)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
VALUES: list[tuple[Any, st.SearchStrategy[Any]]] = [
    (int, st.integers()),
    (float, FLOATS),
    (bool, st.booleans()),
    (str, TEXT),
    (list[float], st.lists(FLOATS, max_size=3)),
    (dict[str, int], st.dictionaries(TEXT, st.integers(), max_size=3)),
    (Literal["on", "no", "1"], st.sampled_from(["on", "no", "1"])),
    (int | None, st.none() | st.integers()),
    (datetime, st.datetimes().map(datetime.isoformat)),
    (Any, st.recursive(TEXT | st.booleans(), lambda inner: st.lists(inner, max_size=2), max_leaves=3)),
]


def unused(**values: object) -> int:
    """Stand for a task that is never called."""
    return len(values)


@st.composite
def models(draw: st.DrawFn) -> tuple[ParamsModel, dict[str, dict[str, Any]]]:
    """Return the parameters of a workflow, and a value for each of them."""
    instances: dict[str, InstanceParams] = {}
    values: dict[str, dict[str, Any]] = {}
    number = 0
    for name in draw(st.lists(st.sampled_from(["load", "on", "null", "density"]), unique=True, max_size=3)):
        parameters: dict[str, Parameter] = {}
        values[name] = {}
        for _ in range(draw(st.integers(1, 4))):
            number += 1
            annotation, strategy = draw(st.sampled_from(VALUES))
            values[name][f"param_{number}"] = draw(strategy)
            parameters[f"param_{number}"] = Parameter(
                f"param_{number}",
                annotation,
                default=draw(st.just(REQUIRED) | strategy),
                description=draw(st.text().filter(lambda text: "param_" not in text)),
            )
        task = TaskInfo(
            name="unused",
            module="package",
            function=unused,
            parameters=parameters,
            returns=int,
            metadata=TaskMetadata(),
            description=draw(st.text()),
        )
        instances[name] = InstanceParams(name, task)
    return ParamsModel("flow", instances), values


def filled_in(form: str, values: dict[str, dict[str, Any]]) -> str:
    """Return a form with a value behind each open key."""
    flat = {key: json.dumps(value) for given in values.values() for key, value in given.items()}
    return re.sub(r"^  (param_\d+):$", lambda match: f"{match[0]} {flat[match[1]]}", form, flags=re.MULTILINE)


def required(model: ParamsModel) -> list[str]:
    return [
        f"{name}.{parameter.name}"
        for name, instance in model.instances.items()
        for parameter in instance.free.values()
        if parameter.required
    ]


@given(models())
def test_filling_in_the_open_keys_gives_a_valid_file(
    drawn: tuple[ParamsModel, dict[str, dict[str, Any]]],
) -> None:
    model, values = drawn
    filled = filled_in(yaml_form(model), values)
    expected = {
        name: {key: value for key, value in given.items() if f"{name}.{key}" in required(model)}
        for name, given in values.items()
    }
    assert model.validate(parse(filled, "p.yaml")) == expected


@given(models())
def test_an_unfilled_form_is_refused_for_each_open_key(
    drawn: tuple[ParamsModel, dict[str, dict[str, Any]]],
) -> None:
    model, _ = drawn
    # Where null is a value, an open key with nothing behind it says null.
    refusing = [name for name in required(model) if not takes_null(model, name)]
    document = parse(yaml_form(model), "p.yaml")
    if not refusing:
        model.validate(document)
        return
    with pytest.raises(ParamsError) as caught:
        model.validate(document)
    assert [problem.what for problem in caught.value.problems] == [f"{name} is empty" for name in refusing]


def keys_of(name: str, depth: int) -> st.SearchStrategy[tuple[Any, Any]]:
    """Return types of values that may be models of models, each with a value of its required keys."""
    plain_ones = st.sampled_from([one for one in VALUES if one[0] not in (int | None, Any)]).flatmap(
        lambda one: st.tuples(st.just(one[0]), one[1])
    )
    return plain_ones | nested(name, depth) if depth else plain_ones


@st.composite
def nested(draw: st.DrawFn, name: str, depth: int) -> tuple[type[BaseModel], dict[str, Any]]:
    """Return a model, one required key at least, and a value for each required one."""
    fields: dict[str, Any] = {}
    value: dict[str, Any] = {}
    for number in range(draw(st.integers(1, 3))):
        key = f"{name}_{number}"
        annotation, inner = draw(keys_of(key, depth - 1))
        if number and draw(st.booleans()):
            fields[key] = (annotation, inner)
            continue
        fields[key] = (annotation, ...)
        value[key] = inner
    order = draw(st.permutations(list(fields)))
    model = create_model(
        f"Model_{name}", __config__=ConfigDict(extra="forbid"), **{key: fields[key] for key in order}
    )
    return model, value


def leaves(value: dict[str, Any], keys: dict[str, Any]) -> dict[str, Any]:
    for key, inner in value.items():
        keys = (
            leaves(inner, keys)
            if isinstance(inner, dict) and set(inner) and all(one.startswith(f"{key}_") for one in inner)
            else {**keys, key: inner}
        )
    return keys


@given(nested("param_1", 2))
def test_filling_in_the_open_keys_of_models_gives_a_valid_file(
    drawn: tuple[type[BaseModel], dict[str, Any]],
) -> None:
    annotation, value = drawn
    task = TaskInfo(
        "unused", "package", unused, {"param_1": Parameter("param_1", annotation)}, int, TaskMetadata()
    )
    model = ParamsModel("flow", {"a": InstanceParams("a", task)})
    form = yaml_form(model)
    flat = leaves({"param_1": value}, {})
    filled = re.sub(
        r"^ +(param_[\d_]+):$",
        lambda match: f"{match[0]} {json.dumps(flat.pop(match[1]))}" if match[1] in flat else match[0],
        form,
        flags=re.MULTILINE,
    )
    assert flat == {}
    assert model.validate(parse(filled, "p.yaml")) == {"a": {"param_1": value}}
    with pytest.raises(ParamsError) as caught:
        model.validate(parse(form, "p.yaml"))
    assert {problem.code for problem in caught.value.problems} == {"EW404"}
    assert len(caught.value.problems) == len(leaves({"param_1": value}, {}))


def takes_null(model: ParamsModel, name: str) -> bool:
    instance, _, parameter = name.partition(".")
    return model.instances[instance].free[parameter].annotation in (int | None, Any)


@given(models())
def test_a_default_that_is_uncommented_is_the_default(
    drawn: tuple[ParamsModel, dict[str, dict[str, Any]]],
) -> None:
    model, values = drawn
    form = re.sub(r"^  # (param_\d+: )", r"  \1", yaml_form(model), flags=re.MULTILINE)
    found = model.validate(parse(filled_in(form, values), "p.yaml"))
    for name, instance in model.instances.items():
        for parameter in instance.free.values():
            if not parameter.required:
                assert found[name][parameter.name] == plain(parameter.default)


@given(models())
def test_open_keys_come_first_and_the_schema_agrees(
    drawn: tuple[ParamsModel, dict[str, dict[str, Any]]],
) -> None:
    model, _ = drawn
    schemas = json.loads(json.dumps(json_schemas(model)))
    form = yaml_form(model)
    for name, instance in model.instances.items():
        keys = [parameter.name for parameter in instance.free.values() if parameter.required]
        assert schemas[name].get("required", []) == keys
        optional = [parameter.name for parameter in instance.free.values() if not parameter.required]
        places = [form.index(f"\n  {key}:") for key in keys]
        places += [form.index(f"\n  # {key}:") for key in optional]
        assert places == sorted(places)
