"""The store on object storage, over the network; and a network that refuses or swallows everything."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.runtime import kept
from tests.runtime.jobs import job
from tests.runtime.kept import KEY, OTHER
from tests.standins.object_storage import s3

from ecoscope_workflows.cli import run as ecoscope_workflows
from ecoscope_workflows.contracts.digests import digest_of
from ecoscope_workflows.contracts.stored import read_value
from ecoscope_workflows.runtime.execute import execute
from ecoscope_workflows.runtime.store import Store
from ecoscope_workflows.runtime.stores.location import STORE_VARIABLE
from ecoscope_workflows.runtime.stores.remote import RemoteShelf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytest.importorskip("moto")
s3fs: Any = pytest.importorskip("s3fs")

URL = "s3://results/shared"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Run a stand-in for S3, and return its address."""
    with s3() as address:
        yield address


def reach(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """Have S3 be at an address."""
    s3fs.S3FileSystem.clear_instance_cache()
    for name, value in {
        "AWS_ENDPOINT_URL_S3": address,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        STORE_VARIABLE: URL,
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def bucket(server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Empty the bucket, and have S3 be at the stand-in."""
    reach(monkeypatch, server)
    files = s3fs.S3FileSystem()
    if files.exists("results"):
        files.rm("results", recursive=True)
    files.mkdir("results")
    yield
    s3fs.S3FileSystem.clear_instance_cache()


@pytest.fixture
def store(bucket: None, tmp_path: Path) -> Store:  # noqa: ARG001  # it is what is reached
    """Return a store with a result, and one that is a folder."""
    made = Store(RemoteShelf(URL))
    made.keep(KEY, tmp_path / "one.json", kept.stored(tmp_path / "one.json"))
    made.keep(OTHER, tmp_path / "many", kept.folder(tmp_path / "many"))
    return made


@pytest.mark.usefixtures("store")
def test_another_machine_finds_files_and_folders(tmp_path: Path) -> None:
    store = Store(RemoteShelf(URL))
    one, many = store.fetch(KEY, tmp_path / "x.json"), store.fetch(OTHER, tmp_path / "x")
    assert one is not None
    assert one.digest == digest_of(tmp_path / "x.json") == digest_of(tmp_path / "one.json")
    assert many is not None
    assert read_value(tmp_path / "x") == [[1], [2, 3]]


@pytest.mark.parametrize("key", [KEY, OTHER], ids=["file", "folder"])
def test_what_is_damaged_is_a_miss_and_is_removed(store: Store, key: str, tmp_path: Path) -> None:
    name = kept.content(store, key)
    kept.write(store, name, kept.read(store, name).replace(b"1", b"2", 1))
    assert store.fetch(key, tmp_path / "x") is None
    assert kept.keys(store) == {KEY, OTHER} - {key}
    assert name not in kept.names(store)


def test_an_upload_that_never_ended_is_found_by_nobody(store: Store, tmp_path: Path) -> None:
    whole = kept.read(store, kept.facts(KEY))
    store.shelf.remove(kept.facts(KEY))
    assert store.fetch(KEY, tmp_path / "x.json") is None
    kept.write(store, kept.facts(KEY), whole[: len(whole) // 2])
    assert store.fetch(KEY, tmp_path / "x.json") is None
    assert kept.keys(store) == {OTHER}


def test_many_writers_of_one_key_leave_one_whole_entry(store: Store, tmp_path: Path) -> None:
    items = [kept.stored(tmp_path / f"v{number}.json", [number] * 1000) for number in range(4)]

    def write(number: int) -> None:
        mine = Store(RemoteShelf(URL))
        mine.keep(KEY, tmp_path / f"v{number % 4}.json", items[number % 4])
        found = mine.fetch(KEY, tmp_path / f"{number}.json")
        if found is not None:
            assert found.digest == digest_of(tmp_path / f"{number}.json")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(12)))
    # The content of one and the facts of another, which no URL takes together, are a miss until the next.
    write(0)
    found = store.fetch(KEY, tmp_path / "x.json")
    assert found is not None
    assert found.digest in {item.digest for item in items}
    assert store.verify() == (2, 0)


@pytest.mark.usefixtures("store")
def test_the_cache_commands_work_on_a_url(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ecoscope_workflows(["cache", "info", str(tmp_path)]) == 0
    assert f"{URL}: 2 results, " in capsys.readouterr().out
    assert ecoscope_workflows(["cache", "verify", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "2 whole, 0 damaged and removed\n"
    assert ecoscope_workflows(["cache", "prune", str(tmp_path), "--keep-bytes", "0"]) == 0
    assert capsys.readouterr().out == "2 removed, 0 left with 0 B\n"


@pytest.mark.usefixtures("bucket", "work")
def test_a_job_takes_its_result_from_there(
    monkeypatch: pytest.MonkeyPatch,
    happened: Callable[[], list[str]],
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    server: str,
) -> None:
    reach(monkeypatch, server)
    execute(job("double", {"value": 4}))
    elsewhere = tmp_path / "another machine"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    execute(job("double", {"value": 4}))
    assert capsys.readouterr().err == "restored\n"
    assert happened() == ["4"]
    assert not list(elsewhere.glob(".ecoscope-workflows/*"))


@pytest.mark.usefixtures("work")
@pytest.mark.parametrize("answers", [False, True], ids=["refused", "swallowed"])
def test_a_store_that_cannot_be_reached_costs_one_note_and_seconds(
    answers: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("ecoscope_workflows.runtime.stores.remote.PATIENCE", 1.0)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        if answers:
            silent.listen()
        reach(monkeypatch, f"http://127.0.0.1:{silent.getsockname()[1]}")
        execute(job("double", {"value": 4}))
    assert read_value(Path("results/one.json")) == 8
    notes = [line for line in capsys.readouterr().err.splitlines() if line.startswith("note: ")]
    assert len(notes) == 1
    assert notes[0].startswith(f"note: the store {URL} cannot be used: ")


def test_a_bucket_that_does_not_exist_is_empty_and_is_not_made(
    server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reach(monkeypatch, server)
    store = Store(RemoteShelf("s3://nobody-made-this-one/x"))
    assert store.fetch(KEY, tmp_path / "x.json") is None
    assert store.facts()["entries"] == 0
    assert capsys.readouterr().err == ""
    store.keep(KEY, tmp_path / "one.json", kept.stored(tmp_path / "one.json"))
    assert capsys.readouterr().err.startswith("note: the store s3://nobody-made-this-one/x cannot be used: ")
    assert not s3fs.S3FileSystem().exists("nobody-made-this-one")
