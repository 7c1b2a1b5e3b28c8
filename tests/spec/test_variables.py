"""Constants of a spec, parts of results, and what one use of a task asks for."""

from __future__ import annotations

import pytest

from ecoscope_workflows.errors import ContractError, SpecError
from ecoscope_workflows.spec.encoding import decode, encode
from ecoscope_workflows.spec.load import parse_spec
from ecoscope_workflows.spec.model import Literal, Reference, Spec

HEAD = """\
id: flow
requirements: []
vars:
  region: Laikipia
  year: 2017
  columns: [a, b]
"""


def spec_of(arguments: str) -> Spec:
    return parse_spec(
        f"{HEAD}workflow:\n  - id: x\n    task: t\n    partial:\n      arg: {arguments}\n", "s.yaml"
    )


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ('"${{ vars.region }}"', "Laikipia"),
        ('"${{vars.columns}}"', ["a", "b"]),
        ('"Map of ${{ vars.region }} in ${{ vars.year }}"', "Map of Laikipia in 2017"),
        ('[1, {k: "${{ vars.year }}"}]', [1, {"k": 2017}]),
        ('"${{ workflow.a.return }} of ${{ vars.year }}"', "${{ workflow.a.return }} of 2017"),
    ],
    ids=["whole", "list", "text", "nested", "results-in-text-stay-text"],
)
def test_a_constant_takes_the_place_of_its_name(written: str, value: object) -> None:
    (instance,) = spec_of(written).instances
    binding = instance.arguments["arg"]
    assert isinstance(binding, Literal)
    assert binding.value == value


def test_an_unknown_constant_is_reported_with_the_nearest() -> None:
    with pytest.raises(SpecError) as caught:
        spec_of('"Map of ${{ vars.regoin }}"')
    assert str(caught.value) == (
        "s.yaml:11:12: EW223 there is no variable 'regoin'\n  hint: did you mean 'region'?"
    )


def test_a_list_does_not_fit_into_a_text() -> None:
    with pytest.raises(SpecError, match=r"EW224 `\${{ vars\.columns }}` stands inside a text"):
        spec_of('"columns ${{ vars.columns }}"')


def test_constants_that_nothing_uses_are_known_with_their_places() -> None:
    unused = spec_of('"${{ vars.region }}"').unused_variables
    assert {name: where.line for name, where in unused.items()} == {"year": 5, "columns": 6}


def test_constants_are_a_mapping_of_identifiers() -> None:
    with pytest.raises(SpecError) as caught:
        parse_spec("id: f\nrequirements: []\nvars: {a-b: 1}\nworkflow: []\n", "s.yaml")
    assert "EW214 variable 'a-b' is not an identifier" in str(caught.value)


def test_a_part_of_a_result_is_a_reference_with_a_path() -> None:
    (instance,) = spec_of('"${{ workflow.a.return.range[0].since }}"').instances
    binding = instance.arguments["arg"]
    assert isinstance(binding, Reference)
    assert (binding.instance, binding.path) == ("a", ("range", 0, "since"))
    inputs: list[str] = []
    encoded = encode(binding, inputs)
    assert (encoded, inputs) == ({"$input": [0, "range", 0, "since"]}, ["a"])
    assert decode(encoded, [{"range": [{"since": 1}]}], str) == 1


def test_a_part_of_an_object_is_an_attribute() -> None:
    assert decode({"$input": [0, "real"]}, [3 + 4j], str) == 3.0


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"items": []}, "`return.range`: 'range' is not in dict"),
        ({"range": []}, "`return.range[0]`: 0 is not in list"),
        ({"range": 5}, "`return.range[0]`: 0 is not in int"),
    ],
    ids=["no-key", "too-short", "no-list"],
)
def test_a_path_that_leads_nowhere_is_reported(value: object, message: str) -> None:
    with pytest.raises(ContractError) as caught:
        decode({"$input": [0, "range", 0]}, [value], str)
    assert message in str(caught.value)


def test_a_use_of_a_task_may_ask_for_more_than_the_task() -> None:
    text = (
        "id: f\nrequirements: []\nworkflow:\n"
        "  - {id: x, task: t, resources: {mem_mb: 9000, threads: 2}, retries: 3, timeout: 60}\n"
    )
    (instance,) = parse_spec(text, "s.yaml").instances
    assert (dict(instance.resources), instance.retries, instance.timeout) == (
        {"mem_mb": 9000, "threads": 2},
        3,
        60,
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("retries: many", "4:31: EW211 `retries` must be a whole number, not text"),
        ("timeout: -1", "4:31: EW211 `timeout` must not be negative"),
        ("resources: [1]", "4:33: EW211 `resources` must be a mapping, not a list"),
        ("resources: {mem: true}", "4:39: EW211 resource 'mem' must be a number or text"),
        ("resources: {mem-mb: 1}", "4:42: EW214 resource 'mem-mb' is not an identifier"),
    ],
)
def test_what_cannot_be_asked_for_is_reported(line: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse_spec(f"id: f\nrequirements: []\nworkflow:\n  - {{id: x, task: t, {line}}}\n", "s.yaml")
    assert str(caught.value).startswith(f"s.yaml:{message}")


def test_a_word_of_any_script_can_be_referred_to() -> None:
    (instance,) = spec_of('"${{ workflow.größe.return.höhe }}"').instances
    binding = instance.arguments["arg"]
    assert isinstance(binding, Reference)
    assert (binding.instance, binding.path) == ("größe", ("höhe",))


def test_two_spellings_of_one_word_are_one_id() -> None:
    entries = "  - {id: caf\u00e9, task: t}\n  - {id: cafe\u0301, task: t}\n"
    with pytest.raises(SpecError, match="EW231"):
        parse_spec(f"id: f\nrequirements: []\nworkflow:\n{entries}", "s.yaml")
