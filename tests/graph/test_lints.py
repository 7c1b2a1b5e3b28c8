"""What is allowed and yet most likely a mistake, and what is left alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pytest

from ecoscope_workflows.annotations import AnyDataFrame, FromEnvironment, Html
from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.graph.lints import LINTS, lint
from ecoscope_workflows.graph.resolve import resolve
from ecoscope_workflows.registry.catalog import Catalog, installed_catalog
from ecoscope_workflows.registry.signature import task_info
from ecoscope_workflows.spec.load import load_spec, parse_spec

ROOT = Path(__file__).parents[2]


@distributed
def load(path: str) -> AnyDataFrame:
    raise NotImplementedError(path)


@distributed
def split(frame: AnyDataFrame) -> list[int]:
    return [len(frame)]


@distributed
def count(frame: AnyDataFrame) -> int:
    return len(frame)


@distributed
def draw(frame: AnyDataFrame, title: str = "") -> Html:
    return f"{title}{frame}"


@distributed
def keep(frame: AnyDataFrame) -> None:
    del frame


@distributed
def keep_each(frame: AnyDataFrame) -> list[tuple[str, Path | None]]:
    raise NotImplementedError(frame)


@distributed
def anything(frame: AnyDataFrame) -> Any:
    return frame


@distributed
def sign_in(server: Annotated[str, FromEnvironment("MY_SERVER")], texts: Any = None) -> str:
    return f"{server}{texts}"


TASKS = (load, split, count, draw, keep, keep_each, anything, sign_in)
CATALOG = Catalog.of(task_info(task, "package.tasks", task.__name__, "package 1.0") for task in TASKS)
LOAD = "{id: fixes, task: load, partial: {path: a.parquet}}"
FRAME = "partial: {frame: '${{ workflow.fixes.return }}'}"


def warnings_of(*entries: str, head: str = "") -> list[str]:
    listed = "".join(f"  - {entry}\n" for entry in entries)
    spec = parse_spec(f"id: flow\nrequirements: []\n{head}workflow:\n{listed}", "spec.yaml")
    found = lint(resolve(spec, CATALOG))
    assert all(problem.severity == "warning" for problem in found)
    return [str(problem) for problem in found]


def readme_warnings(text: str) -> list[str]:
    return [str(problem) for problem in lint(resolve(parse_spec(text, "spec.yaml"), CATALOG))]


def test_a_result_that_nothing_uses_is_told_where_its_instance_stands() -> None:
    total, page = f"{{id: total, task: count, {FRAME}}}", f"{{id: page, task: draw, {FRAME}}}"
    (warning,) = warnings_of(LOAD, total, page)
    assert warning == (
        "spec.yaml:5:10: EW381 nothing uses the result of 'total' (whole number)\n"
        "  hint: use it in another instance, or remove this one"
    )


@pytest.mark.parametrize("task", ["draw", "keep", "keep_each", "anything"])
def test_pages_files_nothing_and_what_is_not_known_are_meant_as_they_are(task: str) -> None:
    assert (
        warnings_of(LOAD, f"{{id: side, task: {task}, {FRAME}}}", f"{{id: page, task: draw, {FRAME}}}") == []
    )


def test_the_last_instance_is_what_a_workflow_is_for() -> None:
    assert (
        warnings_of(LOAD, f"{{id: page, task: draw, {FRAME}}}", f"{{id: total, task: count, {FRAME}}}") == []
    )


def test_the_only_result_is_what_a_workflow_is_for_wherever_it_stands() -> None:
    assert warnings_of(f"{{id: total, task: count, {FRAME}}}", LOAD) == []


def test_a_result_that_is_mapped_over_is_used() -> None:
    parts = f"{{id: parts, task: split, {FRAME}}}"
    mapped = "{id: texts, task: sign_in, map: {argnames: texts, argvalues: '${{ workflow.parts.return }}'}}"
    assert warnings_of(LOAD, parts, mapped, "{id: other, task: load, partial: {path: b}}") == []


def test_a_workflow_without_instances_has_no_warnings() -> None:
    assert readme_warnings("id: flow\nrequirements: []\nworkflow: []\n") == []


def test_results_are_followed_in_the_grammar_of_the_readme_too() -> None:
    text = "name: flow\ntasks:\n  load: {}\n  count:\n    frame: load\n  draw:\n    frame: load\n"
    (warning,) = readme_warnings(text)
    assert warning.startswith("spec.yaml:4:3: EW381 nothing uses the result of 'count'")


def group(title: str, *entries: str) -> str:
    return f"{{type: task-group, title: {title}, tasks: [{', '.join(entries)}]}}"


def test_a_second_group_of_one_title_is_told_with_the_place_of_the_first() -> None:
    entries = [group("Map", LOAD), group("Maps"), group("Map", f"{{id: page, task: draw, {FRAME}}}")]
    (warning,) = warnings_of(*entries)
    assert warning.startswith("spec.yaml:6:31: EW382 two task groups have the title 'Map'\n")
    assert warning.endswith("the one at spec.yaml:4:31")


ENVIRONMENT = "{id: fixes, task: load, partial: {path: '${{ env.TRACKS }}'}}"


def test_an_environment_variable_that_nobody_documents_is_told() -> None:
    (warning,) = warnings_of(ENVIRONMENT)
    assert warning == (
        "spec.yaml:4:45: EW383 nothing says what the environment variable 'TRACKS' holds\n"
        "  hint: add `environment: {TRACKS: <what it holds>}` to `metadata`"
    )


def test_a_misspelt_environment_variable_gets_the_nearest_one() -> None:
    (warning,) = warnings_of(
        "{id: fixes, task: load, partial: {path: '${{ env.ECOSCOPE_WORKFLOW_RESULTS }}'}}"
    )
    assert "did you mean 'ECOSCOPE_WORKFLOWS_RESULTS'?" in warning


METADATA = """\
metadata:
  name: Flow
  description: ""
  license: BSD-3-Clause
  maintainers: [{name: A, email: a@example.org}]
"""


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("ECOSCOPE_WORKFLOWS_RESULTS", ""),
        ("MY_SERVER", ""),
        ("TRACKS", f"{METADATA}  environment: {{TRACKS: The Parquet file of the fixes.}}\n"),
    ],
    ids=["set-for-every-run", "read-by-a-task", "described-in-the-spec"],
)
def test_an_environment_variable_is_documented(name: str, head: str) -> None:
    texts = f"{{id: texts, task: sign_in, partial: {{texts: [[{{a: '${{{{ env.{name} }}}}'}}]]}}}}"
    assert warnings_of(texts, head=head) == []


@pytest.mark.parametrize(
    ("text", "found", "hint"),
    [
        ("sum is ${{ workflow.s.return }}!", "${{ workflow.s.return }}", "let a task make the text"),
        (" ${{ workflow.fixes.return }}", "${{ workflow.fixes.return }}", "remove the space around it"),
        ("${{ env.A }}\\n", "${{ env.A }}", "remove the space around it"),
        ("a ${{ }}", "${{ }}", "let a task make the text"),
    ],
    ids=["inside", "space-before", "line-end-behind", "empty"],
)
def test_a_variable_that_stays_text_is_told(text: str, found: str, hint: str) -> None:
    (warning,) = warnings_of(f'{{id: fixes, task: load, partial: {{path: "{text}"}}}}')
    assert warning == (
        f"spec.yaml:4:45: EW384 `{found}` stays as it is: it is part of a longer text\n  hint: {hint}"
    )


def test_variables_that_stay_text_are_found_at_any_depth() -> None:
    texts = "[{'a ${{ key }}': 1}, ['b ${{ item }}'], {c: ['d ${{ deep }}', '${{ env.MY_SERVER }}']}]"
    found = warnings_of(f"{{id: texts, task: sign_in, partial: {{texts: {texts}}}}}")
    assert [warning.split("`")[1] for warning in found] == ["${{ key }}", "${{ item }}", "${{ deep }}"]


def test_a_constant_that_nothing_refers_to_is_told() -> None:
    assert warnings_of(
        "{id: fixes, task: load, partial: {path: '${{ vars.name }}.parquet'}}",
        head="vars: {name: a, old: b}\n",
    ) == ["spec.yaml:3:17: EW386 nothing uses the constant 'old'\n  hint: remove it, or refer to it"]


def test_text_with_other_braces_is_text() -> None:
    assert warnings_of("{id: fixes, task: load, partial: {path: '{{ a }} ${b} $ {{ }} }}'}}") == []


def test_an_override_that_matches_nothing_is_told() -> None:
    head = "rjsf-overrides:\n  uiSchema:\n    fixes.paht.ui:help: A file\n    fixes.path.ui:help: A file\n"
    (warning,) = warnings_of("{id: fixes, task: load}", head=head)
    assert warning.startswith("spec.yaml:5:5: EW385 the override 'fixes.paht.ui:help' of 'uiSchema' matches")


def test_what_stands_in_the_way_of_a_form_is_a_warning_once() -> None:
    head = "rjsf-overrides:\n  properties:\n    fixes.title.text: Fixes\n"
    (warning,) = warnings_of("{id: fixes, task: load}", head=head)
    assert "EW342" in warning


def test_warnings_come_in_the_order_of_their_places() -> None:
    total = f"{{id: total, task: count, {FRAME}}}"
    page = f"{{id: page, task: draw, {FRAME[:-1]}, title: ' ${{{{ a }}}}'}}}}"
    found = warnings_of(ENVIRONMENT, total, page)
    assert [warning.split()[1] for warning in found] == ["EW383", "EW381", "EW384"]


def test_every_lint_says_what_holds() -> None:
    for rule in LINTS:
        first = (rule.__doc__ or "").partition("\n")[0]
        assert first.endswith("."), rule


@pytest.mark.parametrize("spec", sorted(ROOT.glob("specs/*/spec.yaml")), ids=lambda path: path.parent.name)
def test_the_examples_have_no_warnings(spec: Path) -> None:
    assert lint(resolve(load_spec(spec), installed_catalog())) == []
