"""`ecoscope-workflows check`: one report of everything, in four formats, and the exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ecoscope_workflows.cli import run
from ecoscope_workflows.cli.check import summary
from ecoscope_workflows.errors import MAX_SHOWN, Problem, RegistrationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecoscope_workflows.registry.catalog import Catalog

    Check = Callable[..., tuple[int, str]]

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "specs" / "time_density"
CLEAN = "id: clean\nrequirements: []\nworkflow:\n  - {id: fixes, task: load_relocations}\n"
MISSPELT = "id: misspelt\nrequirements: []\nworkflow:\n  - id: fixes\n    task: load_relocation\n"
NOT_YAML = "id: [\n"
SUSPECT = """\
id: suspect
requirements: []
workflow:
  - id: fixes
    task: load_relocations
    partial:
      path: ${{ env.TRACKS }}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in [("clean", CLEAN), ("misspelt", MISSPELT), ("broken", NOT_YAML), ("suspect", SUSPECT)]:
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str]) -> Check:
    """Return a function that runs the command; it says nothing on standard error."""

    def report(*words: str) -> tuple[int, str]:
        code = run(["check", *words])
        printed = capsys.readouterr()
        assert printed.err == ""
        return code, printed.out

    return report


def test_a_clean_spec_is_one_line_and_exit_code_0(check: Check) -> None:
    assert check("clean.yaml") == (0, "1 spec, 0 errors, 0 warnings\n")


def test_the_faults_of_all_specs_are_one_report(check: Check) -> None:
    code, report = check("misspelt.yaml", "clean.yaml", "broken.yaml", "suspect.yaml")
    assert code == 1
    assert [line.split(":")[0] for line in report.splitlines() if line.startswith(("error", "warning"))] == [
        "error[EW201]",
        "error[EW301]",
        "warning[EW383]",
    ]
    assert report.endswith("\n\n4 specs, 2 errors, 1 warning\n")


def test_a_fault_is_shown_in_its_line_with_a_caret(check: Check) -> None:
    code, report = check("misspelt.yaml")
    assert code == 1
    assert report == (
        "error[EW301]: unknown task 'load_relocation'\n"
        " --> misspelt.yaml:5:11\n"
        "  |\n"
        "5 |     task: load_relocation\n"
        "  |           ^^^^^^^^^^^^^^^\n"
        "  = hint: did you mean 'load_relocations'?\n"
        "\n"
        "1 spec, 1 error, 0 warnings\n"
    )


def test_warnings_stop_nothing_unless_they_are_to(check: Check) -> None:
    code, report = check("suspect.yaml")
    assert code == 0
    assert report.startswith("warning[EW383]: ")
    code, report = check("--strict", "suspect.yaml")
    assert code == 1
    assert report.startswith("error[EW383]: ")
    assert report.endswith("1 spec, 1 error, 0 warnings\n")


def test_a_warning_can_be_left_out_and_an_error_cannot(check: Check) -> None:
    assert check("--strict", "--ignore", "EW383", "suspect.yaml") == (0, "1 spec, 0 errors, 0 warnings\n")
    assert check("--ignore", "EW301", "misspelt.yaml")[0] == 1


def test_a_thousand_faults_are_capped_in_text_and_whole_for_tools(folder: Path, check: Check) -> None:
    entries = "".join(f"  - {{id: i{number}, task: nothing}}\n" for number in range(1000))
    (folder / "many.yaml").write_text(f"id: many\nrequirements: []\nworkflow:\n{entries}", encoding="utf-8")
    code, report = check("many.yaml")
    assert code == 1
    assert report.count("error[EW301]") == MAX_SHOWN
    assert report.endswith(f"\n... and {1000 - MAX_SHOWN} more\n1 spec, 1000 errors, 0 warnings\n")
    assert len(json.loads(check("--format", "json", "many.yaml")[1])) == 1000
    assert len(json.loads(check("--format", "sarif", "many.yaml")[1])["runs"][0]["results"]) == 1000
    assert check("--format", "github", "many.yaml")[1].count("::error ") == 1000


def test_a_file_that_is_no_text_is_a_fault(folder: Path, check: Check) -> None:
    (folder / "image.yaml").write_bytes(b"\x89PNG\r\n\xff\xfe")
    code, report = check("image.yaml")
    assert code == 1
    assert report.startswith("error[EW200]: not UTF-8 text (byte 0)\n --> image.yaml\n")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["check"], "Missing argument 'SPEC...'"),
        (["check", "none.yaml"], "File 'none.yaml' does not exist"),
        (["check", "clean.yaml", "misspelt.yaml", "--params", "clean.yaml"], "give only the one"),
        (["check", "clean.yaml", "--params", "none.yaml"], "File 'none.yaml' does not exist"),
        (["check", "clean.yaml", "--format", "xml"], "'xml' is not one of"),
    ],
    ids=["no-spec", "no-file", "params-of-many", "no-params-file", "format"],
)
def test_a_wrong_command_line_is_exit_code_2(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(words) == 2
    printed = capsys.readouterr()
    assert message in " ".join(printed.err.split())
    assert printed.out == ""


def test_params_are_checked_against_the_spec(folder: Path, check: Check) -> None:
    assert check(str(EXAMPLE / "spec.yaml"), "--params", str(EXAMPLE / "params.yaml"))[0] == 0
    (folder / "params.yaml").write_text("fixes:\n  path: 3\nsteps: {}\n", encoding="utf-8")
    code, report = check("clean.yaml", "--params", "params.yaml")
    assert code == 1
    assert "error[EW406]: fixes.path: " in report
    assert " --> params.yaml:2:9\n" in report
    assert "error[EW402]: 'steps' is no task instance" in report


def test_a_file_that_the_params_name_need_not_be_there(folder: Path, check: Check) -> None:
    (folder / "params.yaml").write_text("fixes: {path: nowhere.parquet}\n", encoding="utf-8")
    assert check("clean.yaml", "--params", "params.yaml")[0] == 0


def test_params_that_are_no_yaml_are_told_beside_the_faults_of_the_spec(folder: Path, check: Check) -> None:
    (folder / "params.yaml").write_text("fixes: [\n", encoding="utf-8")
    report = check("misspelt.yaml", "--params", "params.yaml")[1]
    assert "error[EW201]" in report
    assert "error[EW301]" in report


def test_tasks_that_cannot_be_imported_are_told_once(monkeypatch: pytest.MonkeyPatch, check: Check) -> None:
    def broken() -> Catalog:
        raise RegistrationError(Problem("EW108", "the tasks of birdkit 1.0 cannot be imported: ImportError"))

    monkeypatch.setattr(
        "ecoscope_workflows.compiler.checking.check_specs.__kwdefaults__",
        {"strict": False, "ignore": (), "find_tasks": broken},
    )
    code, report = check("clean.yaml", "misspelt.yaml", "broken.yaml")
    assert code == 1
    assert report.count("EW108") == 1
    assert report.endswith("3 specs, 2 errors, 0 warnings\n")


def test_json_is_a_list_of_records(check: Check) -> None:
    code, report = check("--format", "json", "misspelt.yaml", "suspect.yaml")
    assert code == 1
    assert [(item["code"], item["severity"], item["line"]) for item in json.loads(report)] == [
        ("EW301", "error", 5),
        ("EW383", "warning", 7),
    ]
    assert check("--format", "json", "clean.yaml") == (0, "[]\n")


def test_a_clean_spec_gives_github_nothing(check: Check) -> None:
    assert check("--format", "github", "clean.yaml") == (0, "")


def test_sarif_holds_what_all_specs_have(check: Check) -> None:
    code, report = check("--format", "sarif", "misspelt.yaml", "suspect.yaml", "broken.yaml")
    assert code == 1
    (ran,) = json.loads(report)["runs"]
    assert [rule["id"] for rule in ran["tool"]["driver"]["rules"]] == ["EW201", "EW301", "EW383"]


@pytest.mark.parametrize(
    ("found", "specs", "line"),
    [
        ([], 0, "0 specs, 0 errors, 0 warnings"),
        ([Problem("EW1", "a"), Problem("EW1", "b")], 1, "1 spec, 2 errors, 0 warnings"),
        ([Problem("EW1", "a", severity="warning")], 2, "2 specs, 0 errors, 1 warning"),
    ],
    ids=["none", "errors", "warning"],
)
def test_the_last_line_counts(found: list[Problem], specs: int, line: str) -> None:
    assert summary(found, specs) == line


def test_compile_prints_warnings_and_goes_on(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compile", "--spec", "suspect.yaml", "--outpath", "out"]) == 0
    assert capsys.readouterr().err.startswith("warning[EW383]: nothing says what the environment variable")
    assert (folder / "out" / "workflow" / "Snakefile").is_file()
