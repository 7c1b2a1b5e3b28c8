"""`requirements`, and what a compile makes of them; the warnings of `compile` about its target."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ecoscope_workflows import __version__
from ecoscope_workflows.cli import run

SPECS = sorted((Path(__file__).parents[2] / "specs").glob("*/spec.yaml"))
SPEC = """\
id: tracks
requirements:
  - {name: pandas, version: ">=2,<99"}
  - {requirement: "pyarrow >=16"}
workflow:
  - {id: fixes, task: load_relocations, retries: 2, resources: {mem_mb: 100}}
  - {id: clean, task: process_relocations, partial: {observations: "${{ workflow.fixes.return }}"}}
"""


@pytest.fixture(autouse=True)
def _spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("spec.yaml").write_text(SPEC)


def codes(text: str) -> list[str]:
    return re.findall(r"^(?:error|warning)\[(\w+)\]", text, re.MULTILINE)


def test_requirements_are_printed_for_conda_and_pip(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["requirements", "spec.yaml"]) == 0
    environment = capsys.readouterr().out
    assert "- pandas >=2,<99\n- pyarrow >=16\n" in environment
    assert run(["requirements", "spec.yaml", "--format", "pip"]) == 0
    assert capsys.readouterr().out == f"pandas>=2,<99\npyarrow>=16\necoscope-workflows[geo]=={__version__}\n"
    # The environment is that of the compiled workflow.
    assert run(["compile", "--spec", "spec.yaml", "--outpath", "out"]) == 0
    assert Path("out/workflow/envs/environment.yaml").read_text() == environment
    assert "conda:" not in Path("out/workflow/Snakefile").read_text()


def test_a_lock_is_what_is_installed_or_an_error_at_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["requirements", "spec.yaml", "--format", "lock"]) == 0
    names = [line.partition("==")[0] for line in capsys.readouterr().out.splitlines()]
    assert {"pandas", "pyarrow", "snakemake", "ecoscope-workflows"} <= set(names)
    Path("spec.yaml").write_text(SPEC.replace(">=2,<99", "1.*"))
    assert run(["requirements", "spec.yaml", "--format", "lock"]) == 1
    captured = capsys.readouterr()
    assert (codes(captured.err), captured.out) == (["EW772"], "")
    assert "spec.yaml:3:5" in captured.err


def test_what_pip_cannot_be_told_is_an_error_at_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    Path("spec.yaml").write_text(SPEC.replace(">=2,<99", "1.*|3.*"))
    assert run(["requirements", "spec.yaml", "--format", "pip"]) == 1
    captured = capsys.readouterr()
    assert (codes(captured.err), captured.out) == (["EW771"], "")
    assert "spec.yaml:3:5" in captured.err
    assert run(["requirements", "spec.yaml"]) == 0


def test_compiling_for_conda_names_the_environment_in_each_rule(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compile", "--spec", "spec.yaml", "--outpath", "out", "--conda"]) == 0
    assert Path("out/workflow/Snakefile").read_text().count("    conda:\n") == 2
    capsys.readouterr()
    assert run(["compile", "--spec", "spec.yaml", "--target", "jupytext", "--conda"]) == 2
    assert "--conda is for the target snakemake, not for jupytext." in capsys.readouterr().err


def test_a_compile_warns_of_what_its_target_ignores(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["compile", "--spec", "spec.yaml", "--target", "script-sequential", "--outpath", "tracks.py"]
    assert run(command) == 0
    said = capsys.readouterr().err
    assert codes(said) == ["EW387", "EW387"]
    assert "ignores the resources mem_mb of 'fixes'" in said
    assert "ignores the retries of 'fixes'" in said
    # What a template of the user's does is not known.
    template = tmp_path / "mine.jinja2"
    template.write_text("{{ workflow_name }}")
    assert run([*command, "--template", str(template)]) == 0
    assert codes(capsys.readouterr().err) == []


@pytest.mark.parametrize("spec", SPECS, ids=[path.parent.name for path in SPECS])
def test_the_examples_ask_for_nothing_that_is_ignored_but_by_one_process(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # What reads EarthRanger asks for memory, and to be tried again.
    asks = "get_subjectgroup_observations" in spec.read_text(encoding="utf-8")
    expected = {"script-sequential": 2, "jupytext": 2} if asks else {}
    for target in ("snakemake", "script-sequential", "jupytext", "airflow"):
        assert run(["compile", "--spec", str(spec), "--target", target, "--outpath", f"{target}.out"]) == 0
        assert codes(capsys.readouterr().err) == ["EW387"] * expected.get(target, 0)
