"""What is read of Snakemake's records and files is what Snakemake itself reads."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import pytest
from snakemake.persistence import RECORD_FORMAT_VERSION
from snakemake.persistence.file import FilePersistence

from ecoscope_workflows.compiler.planning import records as module
from ecoscope_workflows.compiler.planning.records import (
    RECORD_FORMAT,
    Records,
    has_content,
    locked,
    modified,
)

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_form_of_the_records_is_snakemakes() -> None:
    assert RECORD_FORMAT == RECORD_FORMAT_VERSION


@pytest.mark.parametrize(
    "output", ["results/a.json", "results/" + "long" * 100 + ".parquet", "results/ä b.txt"]
)
def test_what_snakemake_writes_is_found(output: str) -> None:
    persistence = FilePersistence(nolock=True)
    assert Records().of(output) is None
    record = {"rule": "a", "record_format_version": 6}
    persistence._io_write(".snakemake/metadata", record, output)
    assert Records().of(output) == record
    persistence._mark_incomplete(output, None)
    assert not Records().is_incomplete(output)
    os.makedirs("results")  # noqa: PTH103  # a name as long as this is no path of a file
    if len(output) < module._LONGEST_NAME:
        with open(output, "w", encoding="utf-8") as stream:  # noqa: PTH123  # as above
            stream.write("x")
        assert Records().is_incomplete(output)


def test_a_record_that_is_cut_off_is_none(folder: Path) -> None:
    FilePersistence(nolock=True)
    (folder / module._record_path(".snakemake/metadata", "x")).write_text('{"rule": ')
    assert Records().of("x") is None


def test_locks_are_seen(folder: Path) -> None:
    assert not locked()
    (folder / ".snakemake" / "locks").mkdir(parents=True)
    assert not locked()
    (folder / ".snakemake" / "locks" / "0.input.lock").touch()
    assert locked()


def test_times_of_files_links_and_folders(folder: Path) -> None:
    (folder / "inside").mkdir()
    (folder / "inside" / ".snakemake_timestamp").touch()
    for number, name in enumerate(["inside/.snakemake_timestamp", "inside", "file"], 1):
        (folder / name).touch()
        os.utime(folder / name, (number, number))
    (folder / "link").symlink_to("file")
    (folder / "link_to_folder").symlink_to("inside")
    os.utime(folder / "link", (9, 9), follow_symlinks=False)
    os.utime(folder / "link_to_folder", (0, 0), follow_symlinks=False)
    assert modified("file", through_links=False) == 3
    assert modified("inside", through_links=False) == 1
    assert modified("link", through_links=False) == 9
    assert modified("link", through_links=True) == 9
    assert modified("link_to_folder", through_links=True) == 1
    (folder / "inside" / ".snakemake_timestamp").unlink()
    os.utime(folder / "inside", (5, 5))
    assert modified("link_to_folder", through_links=True) == 5


def test_content_is_compared_up_to_a_size(folder: Path) -> None:
    (folder / "file").write_text("abc")
    digest = hashlib.sha256(b"abc").hexdigest()
    assert has_content("file", f"sha256:{digest}", 3)
    assert has_content("file", digest, 3)
    assert not has_content("file", f"sha256:{digest}", 2)
    assert not has_content("file", f"sha256:{digest[::-1]}", 3)
    assert not has_content("file", None, 3)
    (folder / "inside").mkdir()
    assert not has_content("inside", digest, 10**9)
