"""Which settings count, where they come from, and what is said of those that are wrong."""

from __future__ import annotations

import re
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ecoscope_workflows.connections import (
    ConnectionSettingsError,
    connection,
    read_connections,
    settings_file,
)

if TYPE_CHECKING:
    from tests.connections.conftest import Read

FILE = """
[connections.earthranger.mysite]
server = "https://mysite.pamdas.org"
username = "ranger"
password = "hunter2"
sub_page_size = 100
"""


@pytest.mark.parametrize("spelt", [
    "ECOSCOPE_WORKFLOWS__CONNECTIONS__EARTHRANGER__MEP_DEV__{}",
    "ecoscope_workflows__connections__earthranger__mep_dev__{}",
    "Ecoscope_Workflows__Connections__EarthRanger__Mep_Dev__{}",
])  # fmt: skip
@pytest.mark.parametrize("name", ["mep_dev", "MEP_DEV", "mep-dev"])
def test_variables_count_in_either_case(spelt: str, name: str) -> None:
    given = {"Server": "https://x.org", "TOKEN": "hunter2", "tcp_limit": "7"}
    environment = {spelt.format(field): text for field, text in given.items()}

    found = read_connections({"ECOSCOPE_WORKFLOWS_CONFIG": "", **environment}).find("earthranger", name)

    assert (found.server, found.text("token"), found.number("tcp_limit")) == ("https://x.org", "hunter2", 7)
    assert found.number("sub_page_size") == 4000
    assert (found.signs_in_by, found.source) == ("token", "environment")


def test_a_file_is_read(read: Read) -> None:
    connections = read(FILE)
    found = connections.find("earthranger", "mysite")

    assert (found.text("username"), found.text("password")) == ("ranger", "hunter2")
    assert (found.number("tcp_limit"), found.number("sub_page_size")) == (5, 100)
    assert found.signs_in_by == "user name and password"
    assert found.source == str(connections.file)
    assert connections.warnings == ()


def test_the_environment_wins_field_by_field(read: Read) -> None:
    connections = read(FILE, {"MYSITE__PASSWORD": "other", "MYSITE__SUB_PAGE_SIZE": "9"})
    found = connections.find("earthranger", "mysite")

    assert (found.text("username"), found.text("password")) == ("ranger", "other")
    assert (found.number("sub_page_size"), found.server) == (9, "https://mysite.pamdas.org")
    assert found.source == f"environment and {connections.file}"


def test_another_way_to_sign_in_takes_the_place_of_that_in_the_file(read: Read) -> None:
    found = read(FILE, {"MYSITE__TOKEN": "abc"}).find("earthranger", "mysite")

    assert (found.signs_in_by, found.text("token"), found.text("password")) == ("token", "abc", "")


def test_an_empty_variable_counts_as_not_set(read: Read) -> None:
    assert (
        read(FILE, {"MYSITE__PASSWORD": "", "MYSITE__TOKEN": " "})
        .find("earthranger", "mysite")
        .text("password")
    )
    assert list(read("", {"OTHER__TOKEN": ""})) == []


def test_the_spaces_of_a_password_are_part_of_it(read: Read) -> None:
    found = read("", {"A__SERVER": " https://a.org ", "A__USERNAME": " r ", "A__PASSWORD": " p "}).find(
        "earthranger", "a"
    )

    assert (found.server, found.text("username"), found.text("password")) == ("https://a.org", "r", " p ")


def test_a_name_may_hold_two_underscores(read: Read) -> None:
    found = read("", {"A__B__SERVER": "https://a.org", "A__B__TOKEN": "t"})

    assert [one.name for one in found] == ["a__b"]


INCOMPLETE = [
    ({}, "there is no EarthRanger connection 'mysite'", "__MYSITE__SERVER, .*__USERNAME, .*__PASSWORD"),
    ({"SERVER": "https://x.org"}, "lacks username and password", "__USERNAME, .*__PASSWORD"),
    ({"SERVER": "https://x.org", "USERNAME": "r"}, "lacks password", "set [A-Z_]*__MYSITE__PASSWORD, or"),
    ({"SERVER": "https://x.org", "PASSWORD": "hunter2"}, "lacks username", "set [A-Z_]*__USERNAME, or"),
    ({"TOKEN": "hunter2"}, "lacks server", "set [A-Z_]*__MYSITE__SERVER, or give the same in .*toml"),
    (
        {"SERVER": "https://x.org", "USERNAME": "r", "PASSWORD": "hunter2", "TOKEN": "hunter2"},
        "has password, token and username, which is more than one way to sign in",
        "keep either username and password or token",
    ),
    (
        {"SERVER": "https://x.org", "USERNAME": "r", "TOKEN": "hunter2"},
        "has token and username, which is more than one way",
        "keep either",
    ),
    (
        {"SERVER": "https://x.org", "TOKEN": "hunter2", "TCP_LIMIT": "many"},
        "tcp_limit of EarthRanger connection 'mysite' must be a whole number of at least 1",
        "change it in the environment",
    ),
    ({"SERVER": "https://x.org", "TOKEN": "hunter2", "SUB_PAGE_SIZE": "0"}, "at least 1", "environment"),
]


@pytest.mark.parametrize(("fields", "what", "hint"), INCOMPLETE)
def test_what_is_missing_is_named_with_its_variable_and_no_secret_is(
    read: Read, fields: dict[str, str], what: str, hint: str
) -> None:
    connections = read("", {f"MYSITE__{name}": text for name, text in fields.items()})

    with pytest.raises(ConnectionSettingsError, match=f"(?s)EW631 .*{what}.*{hint}") as caught:
        connections.find("earthranger", "mysite")

    assert isinstance(caught.value, ValueError)
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


def test_an_unknown_name_gets_the_nearest_one(read: Read) -> None:
    with pytest.raises(ConnectionSettingsError, match=r"did you mean 'mysite'\? Else set"):
        read(FILE).find("earthranger", "mysit")


def test_no_secret_is_in_a_repr(read: Read) -> None:
    connections = read(FILE, {"OTHER__TOKEN": "hunter2"})

    assert "hunter2" not in repr(connections) + str(list(connections))
    assert "Secret('***')" in repr(connections)


@pytest.mark.parametrize(("text", "what"), [
    ("[connections.earthranger.a\n", "cannot be read as TOML"),
    ('[connections.earthranger.a]\npassword = "hunter2\n', r"cannot be read as TOML \(at line 2"),
    ("connections = 3", "connections must be a table"),
    ("[connections.eartranger.a]", r"no known kind(?s:.*)did you mean 'earthranger'"),
    ("[connections.earthranger]\na = 3", "connections.earthranger.a must be a table"),
    ('[connections.earthranger.a]\npasword = "hunter2"', r"no field 'pasword'(?s:.*)did you mean 'password'"),
    ("[connections.earthranger.a]\npassword = 123456789", "password in .* must be a text in quotes"),
    ("[connections.earthranger.a]\ntcp_limit = true", "tcp_limit in .* must be a number"),
    ("[connections.earthranger.a-b]\n[connections.earthranger.a_b]", "'a_b' and 'a-b' are one name"),
])  # fmt: skip
def test_a_wrong_file_is_refused_without_repeating_what_it_holds(read: Read, text: str, what: str) -> None:
    with pytest.raises(ConnectionSettingsError, match=f"connections.toml: EW632 .*{what}") as caught:
        read(text)

    report = "".join(traceback.format_exception(caught.value))
    assert "hunter2" not in report
    assert "123456789" not in report


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_bytes(b"\xff\xfe")

    with pytest.raises(ConnectionSettingsError, match="cannot be read as TOML"):
        read_connections({"ECOSCOPE_WORKFLOWS_CONFIG": str(file)})


def test_a_named_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConnectionSettingsError, match=r"no settings file .*gone.toml"):
        read_connections({"ECOSCOPE_WORKFLOWS_CONFIG": str(tmp_path / "gone.toml")})


def test_the_file_is_looked_for_in_the_folder_of_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))

    file = settings_file({})

    assert file.parts[-2:] == ("ecoscope-workflows", "connections.toml")
    assert settings_file({"ECOSCOPE_WORKFLOWS_CONFIG": "~/a.toml"}) == Path("~/a.toml").expanduser()


@pytest.mark.parametrize(("mode", "warned"), [(0o600, False), (0o640, True), (0o604, True), (0o400, False)])
def test_a_file_that_others_may_read_is_warned_of(read: Read, mode: int, warned: bool) -> None:
    connections = read(FILE, mode=mode)

    assert [("may be read by others" in text, "chmod 600" in text) for text in connections.warnings] == [
        (True, True)
    ] * warned


@pytest.mark.parametrize(("variable", "what"), [
    ("ECOSCOPE_WORKFLOWS__CONNECTIONS__EARTHRANGR__A__TOKEN", "no known kind: did you mean 'earthranger'"),
    ("ECOSCOPE_WORKFLOWS__CONNECTIONS__EARTHRANGER__A__TOKN", "no field of a .*: did you mean 'token'"),
    ("ECOSCOPE_WORKFLOWS__CONNECTIONS__EARTHRANGER__TOKEN", "no field of a connection"),
])  # fmt: skip
def test_a_variable_that_says_nothing_is_warned_of(variable: str, what: str) -> None:
    connections = read_connections({variable: "hunter2"})

    assert list(connections) == []
    (warning,) = connections.warnings
    assert variable in warning
    assert re.search(what, warning)
    assert "hunter2" not in warning


def test_a_task_hears_the_warnings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text(FILE)
    file.chmod(0o644)
    monkeypatch.setenv("ECOSCOPE_WORKFLOWS_CONFIG", str(file))

    with pytest.warns(UserWarning, match="may be read by others"):
        assert connection("earthranger", "mysite").text("username") == "ranger"


def test_the_other_kinds_have_fields_of_their_own() -> None:
    environment = {
        "ECOSCOPE_WORKFLOWS__CONNECTIONS__SMART__A__SERVER": "https://smart.org",
        "ECOSCOPE_WORKFLOWS__CONNECTIONS__SMART__A__TOKEN": "t",
        "ECOSCOPE_WORKFLOWS__CONNECTIONS__EARTHENGINE__A__SERVICE_ACCOUNT": "me@x.org",
        "ECOSCOPE_WORKFLOWS__CONNECTIONS__EARTHENGINE__A__PRIVATE_KEY_FILE": "key.json",
    }
    connections = read_connections(environment)

    assert connections.find("smart", "a").signs_in_by == "token"
    assert connections.find("earthengine", "a").signs_in_by == "private key file"
    assert len(connections.named("a")) == 2
