"""Values full of code: each reaches its task to the letter, and nothing in them is executed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ecoscope_workflows.runtime.rule_params import MAX_INLINE

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.end_to_end.conftest import Project

FRAGMENTS = [
    *(
        '"',
        "'",
        "\\",
        "`",
        "\n",
        "\r\n",
        "\t",
        "\0",
        "\x7f",
        "\x85",
        "\u2028",
        "\ufeff",
        "é",
        "日本",
        "😀",
        " ",
    ),
    *("$(touch PWNED)", "`touch PWNED`", "; touch PWNED;", "&& touch PWNED #", "| touch PWNED", "> PWNED"),
    *("{x}", "{{x}}", "{", "}}", "{input}", "{params.args:q}", "{wildcards.x}", "<results>", "<logs>/x"),
    *(
        "${HOME}",
        "$HOME",
        "${{ workflow.other.return }}",
        "${{ env.HOME }}",
        "%s",
        "%(x)s",
        "!r",
        "~",
        "*",
        "?x",
    ),
    *(
        '"""',
        "'''",
        "\\n",
        "\\",
        "\\\\'",
        "#",
        ": ",
        "- ",
        "&a",
        "*a",
        "!!python/name:os.system",
        "---\n",
        "%TAG",
    ),
    *(
        "{% raw %}",
        "{{ name }}",
        "{# #}",
        "__import__('os').system('touch PWNED')",
        "?__use_yte__",
        "\x1b[31m",
    ),
    *(
        "null",
        "true",
        "on",
        "1e3",
        "0x1F",
        "0o17",
        "1_000",
        "2024-01-01",
        ".nan",
        "<<",
        "=",
        "-1",
        "",
        "--log",
    ),
]
MARKS = ("$input", "$env", "$literal", "$file", "__use_yte__", "<<", "")
# Half a pair of surrogates cannot stand in YAML.
letters = st.characters(exclude_categories=["Cs"])
texts = st.lists(st.sampled_from(FRAGMENTS) | st.text(letters, max_size=3), max_size=6).map("".join)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
)
keys = st.sampled_from(MARKS) | texts
values = st.recursive(
    texts | scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=12,
)
batches = st.lists(st.lists(values, min_size=4, max_size=12), min_size=16, max_size=16)


def is_variable(value: Any) -> bool:
    """Return whether a text somewhere in a value is a variable where it stands in a spec."""
    if isinstance(value, str):
        return value.startswith("${{") and value.endswith("}}")
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(map(is_variable, parts))


def write(project: Project, batch: list[list[Any]]) -> dict[str, Any]:
    """Write a spec and params that hold each value of a batch once; return the values by instance."""
    instances: list[dict[str, Any]] = []
    params = {}
    for number, value in enumerate(batch):
        name = f"value_{number}"
        title = next((text for text in value if isinstance(text, str)), "")
        instances.append({"id": name, "name": title, "task": "echo"})
        if number % 2 or is_variable(value):
            params[name] = {"value": value}
        else:
            instances[-1]["partial"] = {"value": value}
    project.write_instances(instances)
    project.compiled()
    project.write_params(params)
    return {f"value_{number}": value for number, value in enumerate(batch)}


def assert_nothing_was_executed(project: Project) -> None:
    assert not list(project.folder.rglob("PWNED*"))


@pytest.mark.slow
@settings(
    max_examples=3,
    phases=[Phase.generate],
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.large_base_example, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(batch=batches)
def test_any_value_reaches_its_task_to_the_letter_in_both_targets(
    new_project: Callable[[], Project], batch: list[list[Any]]
) -> None:
    project = new_project()
    expected = write(project, batch)
    project.finish()
    assert {name: project.value(name) for name in expected} == expected
    assert project.finish().plan == {}
    script = project.compile_script()
    command = (sys.executable, script, "--config", project.work / "config" / "params.yaml")
    run = project.call(*command, "--results", "from_script")
    assert run.code == 0, run.output
    by_script = {path.name: path.read_bytes() for path in (project.folder / "from_script").iterdir()}
    assert by_script == project.files()
    assert_nothing_was_executed(project)


# As long as a text may be before it goes by way of a file; each ' becomes five letters for the shell.
LONGEST_INLINE = "'" * (MAX_INLINE - len('{"value": ""}'))


@pytest.mark.slow
@pytest.mark.parametrize("in_spec", [True, False], ids=["in the spec", "in the params"])
def test_long_texts_reach_their_tasks_to_the_letter(project: Project, in_spec: bool) -> None:
    given_texts = {
        "quotes": "'\"" * 50_000,
        "commands": "$(touch PWNED){x}" * 6_000,
        "letters": "é😀\0\n" * 25_000,
        "longest_inline": LONGEST_INLINE,
        "shortest_in_file": LONGEST_INLINE + "'",
    }
    partial = {name: {"partial": {"value": text}} if in_spec else {} for name, text in given_texts.items()}
    project.write_instances([{"id": name, "task": "echo_text", **partial[name]} for name in given_texts])
    project.compiled()
    params = {} if in_spec else {name: {"value": text} for name, text in given_texts.items()}
    path = project.write_params(params)
    project.finish()
    for name, text in given_texts.items():
        assert (project.results / f"{name}.txt").read_bytes().decode() == text
    assert project.finish().plan == {}
    by_file = {path.name for path in (project.work / ".snakemake/ecoscope-workflows/args").iterdir()}
    assert len(by_file) == len(given_texts) - 1
    script = project.compile_script()
    run = project.call(sys.executable, script, "--config", path, "--results", "from_script")
    assert run.code == 0, run.output
    for name, text in given_texts.items():
        assert (project.folder / "from_script" / f"{name}.txt").read_bytes().decode() == text
    assert_nothing_was_executed(project)


def test_texts_that_people_read_execute_nothing(project: Project) -> None:
    hostile = "a\n'''\"\"\"\\\n\nrule evil:\n    shell: 'touch PWNED'\n\u2028import os\x85\r$(touch PWNED){x}"
    spec = {
        "id": "texts",
        "requirements": [],
        "metadata": {
            "name": hostile,
            "description": hostile,
            "maintainers": [{"name": hostile, "email": hostile}],
            "license": hostile,
        },
        "workflow": [
            {"id": "one", "name": hostile, "task": "echo", "partial": {"value": 1}},
            {
                "type": "task-group",
                "title": hostile,
                "description": hostile,
                "tasks": [{"id": "two", "task": "echo", "partial": {"value": "${{ workflow.one.return }}"}}],
            },
        ],
    }
    project.write_spec_of(spec)
    odd = project.folder / 'it\'s\n"$(touch PWNED)" {x}.yaml'
    (project.folder / "spec.yaml").rename(odd)
    project.compiled(spec=odd)
    project.finish()
    assert project.value("two") == 1
    run = project.call(sys.executable, project.compile_script(spec=odd), "--results", "from_script")
    assert run.code == 0, run.output
    assert_nothing_was_executed(project)


def test_the_name_of_an_input_file_may_hold_what_a_shell_reads_as_code(project: Project) -> None:
    names = {
        "quotes": 'it\'s "1" $(touch PWNED) `touch PWNED`.txt',
        "operators": "a=--log <b c> > PWNED",
        "option": "-n",
        "lines": "日本 é\\\n$HOME.txt",
    }
    project.write_instances([{"id": instance, "task": "read_numbers"} for instance in names])
    project.compiled()
    for name in names.values():
        (project.work / name).write_text("1 2 3")
    project.write_params({instance: {"path": name} for instance, name in names.items()})
    project.finish()
    assert {instance: project.value(instance) for instance in names} == {key: [1, 2, 3] for key in names}
    assert_nothing_was_executed(project)


def test_the_name_of_an_input_file_that_snakemake_takes_for_a_pattern_is_refused(project: Project) -> None:
    project.write_instances([{"id": "numbers", "task": "read_numbers"}])
    project.compiled()
    for name in ("{x}.txt", "{input}", "<results>.txt"):
        (project.work / name).write_text("1 2 3")
        project.write_params({"numbers": {"path": name}})
        run = project.snakemake()
        assert run.code == 1
        what = f"EW409 numbers.path: Snakemake takes {name!r} for a pattern of names"
        assert run.output.partition("\n")[2].startswith(f"error: config/params.yaml:2:11: {what}")


def test_a_folder_of_any_name_holds_a_workflow(project: Project) -> None:
    project.write_instances([{"id": "one", "task": "echo", "partial": {"value": "$(touch PWNED)"}}])
    project.compiled()
    odd = project.folder / 'it\'s {x} "$(touch PWNED)" <results>'
    project.work.rename(odd)
    run = project.call("snakemake", "--profile", "profiles/local", folder=odd)
    assert run.code == 0, run.output
    assert (odd / "results" / "one.json").read_text() == '"$(touch PWNED)"\n'
    odd.rename(project.work)
    assert_nothing_was_executed(project)
