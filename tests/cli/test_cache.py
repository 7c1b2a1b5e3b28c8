"""The command that looks at the store of results."""

from __future__ import annotations

import errno
import json
import os
from typing import TYPE_CHECKING

import pytest

from ecoscope_workflows.cli import run
from ecoscope_workflows.contracts.digests import digest_of
from ecoscope_workflows.contracts.stored import Item
from ecoscope_workflows.runtime.store import Store
from ecoscope_workflows.runtime.stores.local import LocalShelf
from ecoscope_workflows.runtime.stores.location import shown

if TYPE_CHECKING:
    from pathlib import Path

KEYS = ("aa1", "bb2", "cc3")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a run with three results of ten bytes in its store."""
    for name in ("STORE", "STORE_BYTES"):
        monkeypatch.delenv(f"ECOSCOPE_WORKFLOWS_{name}", raising=False)
    store = Store.here(tmp_path)
    assert store is not None
    for key in KEYS:
        path = tmp_path / "result.txt"
        path.write_text(f"result {key}")
        store.keep(key, path, Item(path.name, digest_of(path)))
    return tmp_path


def test_info_says_how_much_is_there(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["cache", "info", str(folder)]) == 0
    assert "3 results, 30 B of 4.3 GB" in capsys.readouterr().out
    assert run(["cache", "info", str(folder), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["entries"] == 3


def test_info_of_a_folder_without_a_store_is_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["cache", "info", str(tmp_path)]) == 0
    assert "0 results, 0 B" in capsys.readouterr().out


def test_prune_keeps_what_fits(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["cache", "prune", str(folder), "--keep-bytes", "15"]) == 0
    assert capsys.readouterr().out == "2 removed, 1 left with 10 B\n"


def test_verify_removes_what_is_damaged(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["cache", "verify", str(folder)]) == 0
    (content,) = (folder / ".ecoscope-workflows" / "store" / "bb").glob("bb2.????????????????")
    content.write_text("spoiled")
    assert run(["cache", "verify", str(folder)]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "2 whole, 1 damaged and removed"
    assert run(["cache", "verify", str(folder)]) == 0


def test_a_store_that_is_switched_off_is_said_to_be(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ECOSCOPE_WORKFLOWS_STORE", "")
    assert run(["cache", "info", str(folder)]) == 2
    assert "switched off" in capsys.readouterr().err


def test_the_store_is_where_the_spec_says(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "workflow").mkdir()
    (folder / "workflow" / "spec.yaml").write_text("name: a\ncache_root: ../shared\ntasks: {}\n")
    assert run(["cache", "info", str(folder)]) == 0
    place = f"{folder}/../shared/.ecoscope-workflows/store"
    assert capsys.readouterr().out == f"{place}: 0 results, 0 B of 4.3 GB\n"


@pytest.mark.parametrize("words", [["info"], ["prune"], ["verify"]], ids=lambda words: words[0])
def test_a_store_out_of_reach_is_told_in_words(
    folder: Path, words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = folder / "file"
    file.touch()
    # A folder of this protocol's is looked for in the archive, which is none.
    monkeypatch.setenv("ECOSCOPE_WORKFLOWS_STORE", f"zip://store::file://{file}")
    assert run(["cache", *words, str(folder)]) == 1
    said = capsys.readouterr().err
    assert said.startswith("error[EW606]: the store zip://store")
    assert " = hint: " in said


@pytest.mark.parametrize("command", [("prune", "--keep-bytes", "0"), ("verify",)])
def test_a_store_that_nothing_can_be_removed_from_is_told(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: tuple[str, ...],
) -> None:
    for content in (folder / ".ecoscope-workflows" / "store").glob("??/*.????????????????"):
        content.write_text("spoiled")

    def refuse(shelf: LocalShelf, name: str) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), f"{shelf.place}/{name}")

    monkeypatch.setattr(LocalShelf, "remove", refuse)
    assert run(["cache", command[0], str(folder), *command[1:]]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "EW606" in err
    assert "Read-only file system" in err


@pytest.mark.parametrize(
    ("place", "printed"),
    [
        ("s3://bucket/a@b", "s3://bucket/a@b"),
        ("ftp://me:secret@host/a", "ftp://…@host/a"),
        ("ftp://me:sec@ret@host", "ftp://…@host"),
        ("/home/me@host/store", "/home/me@host/store"),
    ],
)
def test_no_message_shows_who_signs_in_at_a_url(place: str, printed: str) -> None:
    assert shown(place) == printed
