"""`ecoscope-workflows compile --target all --verify`: which options go together, and what it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecoscope_workflows.cli import run

if TYPE_CHECKING:
    from pathlib import Path

SPEC = """\
id: texts
requirements: []
workflow:
  - {id: words, task: set_list_of_string_vars}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "spec.yaml").write_text(SPEC)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").touch()
    return tmp_path


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--verify"], "--verify compares all targets: say so with --target all"),
        (["--verify", "--target", "snakemake"], "--verify compares all targets"),
        (["--target", "all"], "--target all goes with --verify"),
        (["--target", "all", "--outpath", "o"], "--target all goes with --verify"),
        (["--outpath", "o", "--keep", "kept"], "--keep goes with --verify"),
        (["--outpath", "o", "--params", "spec.yaml"], "--params goes with --verify"),
        (["--target", "all", "--verify", "--outpath", "o"], "--outpath does not go with --verify"),
        (["--target", "all", "--verify", "--template", "t"], "--template does not go with --verify"),
        (["--target", "all", "--verify", "--secret", "s"], "--secret does not go with --verify"),
        (["--target", "all", "--verify", "--chunk-size", "1"], "give both, or none"),
        (["--target", "all", "--verify", "--keep", "full"], "--keep full: this folder is not empty"),
        (["--spec", "spec.yaml", "--target", "all", "--verify"], "the spec is given twice"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    words: list[str], message: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["compile", "spec.yaml", *words]) == 2
    assert message in capsys.readouterr().err
    assert sorted(path.name for path in folder.iterdir()) == ["full", "spec.yaml"]
    assert [path.name for path in (folder / "full").iterdir()] == ["mine"]


@pytest.mark.parametrize("words", [["spec.yaml"], ["--spec", "spec.yaml"]])
def test_the_spec_is_an_argument_or_an_option(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compile", *words, "--target", "script-sequential"]) == 0
    assert "set_list_of_string_vars" in capsys.readouterr().out


def test_params_are_checked_before_anything_runs(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    temporary = folder / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    verify = ["compile", "spec.yaml", "--target", "all", "--verify"]
    assert run(verify) == 1
    said = capsys.readouterr().err
    assert "EW404" in said
    assert "--> spec.yaml" in said
    assert "write it into params.yaml, or give --params FILE" in said
    assert "runs" not in said
    (folder / "params.yaml").write_text("words: {vars: 7}\n")
    assert run(verify) == 1
    said = capsys.readouterr().err
    assert "--> params.yaml:1:15" in said
    assert str(temporary) not in said
    (folder / "given.yaml").write_text("words: {vras: [a]}\n")
    assert run([*verify, "--params", "given.yaml", "--keep", "kept"]) == 1
    assert "did you mean 'vars'?" in capsys.readouterr().err
    assert not (folder / "kept").exists()
    assert not list(temporary.iterdir())
