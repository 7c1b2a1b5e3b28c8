"""`compile --target airflow`: what its options say, and what is refused before there is a DAG."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from ecoscope_workflows.cli import run

Compile = Callable[..., tuple[int, str, str]]
SPEC = Path(__file__).parents[2] / "specs" / "time_density" / "spec.yaml"
PODS = ("--image", "registry.example/tracks:2", "--volume", "tracks:/data", "--secret", "keys")


@pytest.fixture
def compiled(capsys: pytest.CaptureFixture[str]) -> Compile:
    """Return a function that compiles, and returns the exit code and what was printed."""

    def compile_(*options: str | Path, spec: Path = SPEC) -> tuple[int, str, str]:
        code = run(["compile", "--spec", str(spec), *map(str, options)])
        return code, *capsys.readouterr()

    return compile_


def names(text: str) -> dict[str, str]:
    """Return the names at the top of a DAG file that hold texts."""
    return {
        ast.unparse(node.targets[0]): node.value.value
        for node in ast.parse(text).body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    }


def test_options_say_where_and_when_pods_run(compiled: Compile) -> None:
    code, text, errors = compiled("--target", "airflow", *PODS, "--schedule", "0 6 * * 1-5")
    assert code == 0, errors
    assert names(text) == {
        "IMAGE": "registry.example/tracks:2",
        "VOLUME": "tracks",
        "ROOT": "/data",
        "ENVIRONMENT": "keys",
    }
    assert 'schedule="0 6 * * 1-5",' in text


@pytest.mark.parametrize(
    "options",
    [("--target", "airflow-kubernetes"), ("--template", "airflow-kubernetes.jinja2")],
    ids=["whole name", "template"],
)
def test_the_target_has_the_name_of_the_readme(compiled: Compile, options: tuple[str, ...]) -> None:
    assert compiled(*options)[1] == compiled("--target", "airflow")[1]


def test_a_template_of_the_user_s_replaces_the_dag(compiled: Compile, tmp_path: Path) -> None:
    template = tmp_path / "mine.jinja2"
    template.write_text("{{ workflow_name }} {% for task in tasks %}{{ task.id }} {% endfor %}")
    _, text, _ = compiled("--target", "airflow", "--template", template)
    assert text.startswith("time_density load_relocations process_relocations ")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ("--target", "snakemake", "--outpath", "x", "--secret", "k"),
            "--secret is not for the target snakemake.",
        ),
        (("--target", "jupytext", "--image", "x"), "--image is not for the target jupytext."),
        (("--target", "airflow", "--schedule", "daily"), "neither a preset such as @daily nor cron"),
        (("--target", "airflow", "--schedule", "* * *"), "neither a preset such as @daily nor cron"),
        (("--target", "airflow", "--schedule", "@fortnightly"), "neither a preset such as @daily nor cron"),
        (("--target", "airflow", "--volume", ":/mnt"), "is not CLAIM or CLAIM:PATH"),
        (("--target", "airflow", "--volume", "claim:mnt"), "is not CLAIM or CLAIM:PATH"),
        (
            ("--target", "airflow", "--template", "jupytext.jinja2"),
            "jupytext.jinja2 is for the target jupytext, not for airflow-kubernetes.",
        ),
    ],
)
def test_options_that_do_not_fit_are_refused(
    compiled: Compile, options: tuple[str, ...], message: str
) -> None:
    code, _, errors = compiled(*options)
    assert code == 2
    assert message in " ".join(errors.split())


def with_params(folder: Path, params: str) -> Path:
    spec = folder / "spec.yaml"
    spec.write_bytes(SPEC.read_bytes())
    (folder / "params.yaml").write_text(params)
    return spec


def test_params_beside_the_spec_are_checked_but_may_be_incomplete(compiled: Compile, tmp_path: Path) -> None:
    spec = with_params(tmp_path, "load_relocations: {path: tracks.parquet}\n")
    code, text, errors = compiled("--target", "airflow", spec=spec)
    assert code == 0, errors
    assert '{"path": "tracks.parquet"},\n' in text
    code, _, errors = compiled("--target", "airflow", "--schedule", "@daily", spec=spec)
    assert (code, "EW761" in errors) == (1, True)
    spec = with_params(tmp_path, "load_relocation: {}\nload_relocations: {path: 7}\n")
    for target in ("airflow", "jupytext"):
        code, _, errors = compiled("--target", target, spec=spec)
        assert code == 1
        assert [name for name in ("EW402", "EW404", "EW406") if name in errors] == ["EW402", "EW406"]
