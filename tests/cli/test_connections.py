"""`ecoscope-workflows connections`: what is listed, what signs in, and what never appears."""

from __future__ import annotations

import json
from importlib.metadata import EntryPoint, EntryPoints
from typing import TYPE_CHECKING, Any

import pytest

from ecoscope_workflows.cli import run
from ecoscope_workflows.connections import CHECKERS

if TYPE_CHECKING:
    from pathlib import Path

    from ecoscope_workflows.connections import Connection

PREFIX = "ECOSCOPE_WORKFLOWS__CONNECTIONS__"
FILE = """
[connections.earthranger.mysite]
server = "https://mysite.pamdas.org"
username = "ranger"
password = "hunter2"

[connections.smart.park]
server = "https://smart.example.org"
token = "hunter2"

[connections.smart.mysite]
server = "https://smart.example.org"
username = "ranger"
"""


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the settings file that is read."""
    path = tmp_path / "connections.toml"
    path.write_text(FILE)
    path.chmod(0o600)
    monkeypatch.setenv("ECOSCOPE_WORKFLOWS_CONFIG", str(path))
    return path


def polite(connection: Connection) -> str:
    return f"hello from {connection.server}"


def rude(connection: Connection) -> str:
    raise PermissionError(
        f"{connection.server} refused the password: check {connection.how_to_set('password')}"
    )


def heavy(connection: Connection) -> str:
    raise AssertionError(connection)


@pytest.fixture
def checker(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that installs a checker for EarthRanger, and for nothing else."""

    def install(name: str) -> None:
        points = EntryPoints([EntryPoint("earthranger", f"{__name__}:{name}", CHECKERS)])
        monkeypatch.setattr("importlib.metadata.entry_points", points.select)
        function = globals().get(name)

        def load(point: EntryPoint) -> Any:
            if function is heavy:
                raise ModuleNotFoundError(point.value, name="httpx")
            return function

        monkeypatch.setattr(EntryPoint, "load", load)

    return install


def test_the_list_says_everything_but_the_secrets(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    assert run(["connections", "list"]) == 0

    out, err = capsys.readouterr()
    assert [line.split() for line in out.splitlines()] == [
        ["name", "kind", "server", "signs", "in", "by", "settings", "from"],
        ["mysite", "earthranger", "https://mysite.pamdas.org", "user", "name", "and", "password", str(file)],
        ["mysite", "smart", "https://smart.example.org", "-", str(file)],
        ["incomplete:", "SMART", "connection", "'mysite'", "lacks", "password"],
        ["park", "smart", "https://smart.example.org", "token", str(file)],
    ]
    assert "hunter2" not in out + err
    assert err == ""


def test_the_list_as_json(
    capsys: pytest.CaptureFixture[str], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"{PREFIX}EARTHRANGER__MYSITE__TOKEN", "hunter2")

    assert run(["connections", "list", "--format", "json"]) == 0

    out = capsys.readouterr().out
    assert json.loads(out)[0] == {
        "name": "mysite",
        "kind": "earthranger",
        "server": "https://mysite.pamdas.org",
        "signs_in_by": "token",
        "source": f"environment and {file}",
        "problem": None,
    }
    assert [record["problem"] for record in json.loads(out)[1:]] == [
        "SMART connection 'mysite' lacks password",
        None,
    ]
    assert "hunter2" not in out


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_server_that_holds_a_password_is_not_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.setenv(f"{PREFIX}EARTHRANGER__MYSITE__SERVER", "https://ranger:hunter2@mysite.pamdas.org")

    assert run(["connections", "list", "--format", form]) == 0

    out = capsys.readouterr().out
    assert "hunter2" not in out
    assert "(not shown)" in out


@pytest.mark.parametrize(
    ("form", "said"), [("json", "[]\n"), ("text", "There are no connections: neither in")]
)
def test_no_connections_are_said_to_be_none(
    capsys: pytest.CaptureFixture[str], file: Path, form: str, said: str
) -> None:
    file.write_text("")

    assert run(["connections", "list", "--format", form]) == 0

    assert capsys.readouterr().out.startswith(said)


def test_a_file_that_others_may_read_is_warned_of(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    file.chmod(0o644)

    assert run(["connections", "list"]) == 0

    assert (
        capsys.readouterr().err == f"warning: {file} may be read by others than its owner: chmod 600 {file}\n"
    )


def test_a_connection_that_works_says_so(capsys: pytest.CaptureFixture[str], checker: Any) -> None:
    checker("polite")

    assert run(["connections", "check", "MySite", "--kind", "earthranger"]) == 0

    assert capsys.readouterr().out == "mysite: hello from https://mysite.pamdas.org\n"


def test_a_connection_that_is_refused_exits_with_1(
    capsys: pytest.CaptureFixture[str], checker: Any, file: Path
) -> None:
    checker("rude")

    assert run(["connections", "check", "mysite", "--kind", "earthranger"]) == 1

    err = capsys.readouterr().err
    assert (
        "error[EW633]: EarthRanger connection 'mysite' does not work: https://mysite.pamdas.org refused"
        in err
    )
    assert f"check password in [connections.earthranger.mysite] of {file}" in err
    assert "hunter2" not in err


@pytest.mark.parametrize(("words", "code", "said"), [
    (["mysite"], 2, "'mysite' is the name of several connections: give --kind earthranger or smart"),
    (["mysite", "--kind", "smart"], 1, "EW631]: SMART connection 'mysite' lacks password"),
    (["park"], 1, "EW634]: no installed package can try SMART connections"),
    (["mysit"], 1, "EW631]: there is no EarthRanger connection 'mysit'"),
    (["park", "--kind", "smrt"], 2, "'smrt' is not one of earthranger, smart, earthengine"),
])  # fmt: skip
def test_what_cannot_be_tried_is_said(
    capsys: pytest.CaptureFixture[str], checker: Any, words: list[str], code: int, said: str
) -> None:
    checker("polite")

    assert run(["connections", "check", *words]) == code

    assert said in capsys.readouterr().err


def test_a_checker_whose_library_is_missing_names_the_cure(
    capsys: pytest.CaptureFixture[str], checker: Any
) -> None:
    checker("heavy")

    assert run(["connections", "check", "mysite", "--kind", "earthranger"]) == 1

    err = capsys.readouterr().err
    assert "needs 'httpx'" in err
    assert "pip install 'ecoscope-workflows[geo]'" in err


def test_a_wrong_file_is_named_as_json_too(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    file.write_text('[connections.earthranger.a]\npasword = "hunter2"')

    assert run(["--error-format", "json", "connections", "list"]) == 1

    err = capsys.readouterr().err
    (problem,) = json.loads(err)
    assert (problem["code"], problem["file"]) == ("EW632", str(file))
    assert "hunter2" not in err
