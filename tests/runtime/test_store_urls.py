"""The store on object storage of both kinds; and a network that refuses, swallows or breaks off."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fsspec import get_filesystem_class, register_implementation  # type: ignore[import-untyped]
from fsspec.asyn import get_loop  # type: ignore[import-untyped]
from fsspec.implementations.memory import MemoryFileSystem  # type: ignore[import-untyped]
from tests.runtime import kept
from tests.runtime.jobs import job
from tests.runtime.kept import KEY, OTHER
from tests.standins.broken_network import broken_network

from ecoscope_workflows.cli import run as ecoscope_workflows
from ecoscope_workflows.contracts.digests import digest_of
from ecoscope_workflows.contracts.stored import read_value
from ecoscope_workflows.runtime.execute import execute
from ecoscope_workflows.runtime.store import Store
from ecoscope_workflows.runtime.stores.location import STORE_VARIABLE
from ecoscope_workflows.runtime.stores.remote import RemoteShelf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.runtime.conftest import Storage
    from tests.standins.object_storage import Bucket


@pytest.fixture
def bucket(object_storage: Storage, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    """Return an empty bucket, and have the store be in it."""
    made = object_storage.bucket()
    reach(monkeypatch, made.scheme, made.store)
    yield made
    give_up()
    get_filesystem_class(made.scheme).clear_instance_cache()


def give_up() -> None:
    """End what file systems still try again, which a job would leave behind when it ends."""
    loop = get_loop()

    def cancel() -> None:
        for task in asyncio.all_tasks(loop):
            task.cancel()

    waiting = [thread for thread in threading.enumerate() if thread.name.startswith("store ")]
    while any(thread.is_alive() for thread in waiting):
        loop.call_soon_threadsafe(cancel)
        time.sleep(0.01)


def reach(monkeypatch: pytest.MonkeyPatch, scheme: str, variables: Mapping[str, str]) -> None:
    """Have a storage be found by some variables."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    get_filesystem_class(scheme).clear_instance_cache()


@pytest.fixture
def url(bucket: Bucket) -> str:
    """Return where the store is."""
    return bucket.store[STORE_VARIABLE]


@pytest.fixture
def store(url: str, tmp_path: Path) -> Store:
    """Return a store with a result, and one that is a folder."""
    made = Store(RemoteShelf(url))
    made.keep(KEY, tmp_path / "one.json", kept.stored(tmp_path / "one.json"))
    made.keep(OTHER, tmp_path / "many", kept.folder(tmp_path / "many"))
    return made


@pytest.mark.usefixtures("store")
def test_another_machine_finds_files_and_folders(url: str, tmp_path: Path) -> None:
    store = Store(RemoteShelf(url))
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


# Of the client of Google's storage, to itself.
@pytest.mark.filterwarnings("ignore:Sending a large body directly:ResourceWarning")
def test_an_upload_that_breaks_off_is_found_by_nobody(
    bucket: Bucket,
    object_storage: Storage,
    url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    # So much goes to Google's storage in parts.
    item = kept.stored(tmp_path / "one.json", "x" * 6_000_000)
    with broken_network(object_storage.address) as network, monkeypatch.context() as far:
        far.setattr("ecoscope_workflows.runtime.stores.remote.PATIENCE", 1.0)
        far.setattr("ecoscope_workflows.runtime.stores.remote.SLOWEST", 1 << 40)
        reach(far, bucket.scheme, bucket.through(network.address))
        # A part does not say what it is of.
        network.requests = f"^PUT .*{KEY}|upload_id="
        Store(RemoteShelf(url)).keep(KEY, tmp_path / "one.json", item)
        assert network.broken
    assert capsys.readouterr().err.startswith(f"note: the store {url} cannot be used: ")
    reach(monkeypatch, bucket.scheme, bucket.store)
    store = Store(RemoteShelf(url))
    assert store.fetch(KEY, tmp_path / "x.json") is None
    assert kept.keys(store) == set()
    store.keep(KEY, tmp_path / "one.json", item)
    assert store.verify() == (1, 0)


def test_many_writers_of_one_key_leave_one_whole_entry(store: Store, url: str, tmp_path: Path) -> None:
    items = [kept.stored(tmp_path / f"v{number}.json", [number] * 1000) for number in range(4)]

    def write(number: int) -> None:
        mine = Store(RemoteShelf(url))
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
def test_the_cache_commands_work_on_a_url(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ecoscope_workflows(["cache", "info", str(tmp_path)]) == 0
    assert f"{url}: 2 results, " in capsys.readouterr().out
    assert ecoscope_workflows(["cache", "verify", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "2 whole, 0 damaged and removed\n"
    assert ecoscope_workflows(["cache", "prune", str(tmp_path), "--keep-bytes", "0"]) == 0
    assert capsys.readouterr().out == "2 removed, 0 left with 0 B\n"


@pytest.mark.usefixtures("work")
def test_a_job_takes_its_result_from_there(
    bucket: Bucket,
    monkeypatch: pytest.MonkeyPatch,
    happened: Callable[[], list[str]],
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    reach(monkeypatch, bucket.scheme, bucket.store)
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
    bucket: Bucket,
    url: str,
    answers: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("ecoscope_workflows.runtime.stores.remote.PATIENCE", 1.0)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        if answers:
            silent.listen()
        reach(monkeypatch, bucket.scheme, bucket.through(f"http://127.0.0.1:{silent.getsockname()[1]}"))
        execute(job("double", {"value": 4}))
    assert read_value(Path("results/one.json")) == 8
    notes = [line for line in capsys.readouterr().err.splitlines() if line.startswith("note: ")]
    assert len(notes) == 1
    assert notes[0].startswith(f"note: the store {url} cannot be used: ")


class Late(MemoryFileSystem):  # type: ignore[misc]  # it has no types
    """Takes its time to find out who signs in."""

    protocol = "late"

    def __init__(self) -> None:
        super().__init__()
        time.sleep(1)


class Halved(MemoryFileSystem):  # type: ignore[misc]  # as above
    """Is not installed as a whole."""

    protocol = "halved"

    def cat_file(self, path: str, *_: object, **__: object) -> bytes:
        raise ImportError(f"no module for {path}")


@pytest.mark.parametrize("kind", [Late, Halved])
def test_whatever_a_file_system_does_is_one_note(
    kind: type[MemoryFileSystem],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("ecoscope_workflows.runtime.stores.remote.PATIENCE", 0.2)
    register_implementation(kind.protocol, kind, clobber=True)
    store = Store(RemoteShelf(f"{kind.protocol}://results"))
    assert store.fetch(KEY, tmp_path / "x.json") is None
    store.keep(KEY, tmp_path / "one.json", kept.stored(tmp_path / "one.json"))
    note = capsys.readouterr().err
    assert note.startswith(f"note: the store {kind.protocol}://results cannot be used: ")
    assert note.count("note: ") == 1


def test_a_bucket_that_does_not_exist_is_empty_and_is_not_made(
    bucket: Bucket, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Store(RemoteShelf(f"{bucket.scheme}://nobody-made-this-one/x"))
    assert store.fetch(KEY, tmp_path / "x.json") is None
    assert store.facts()["entries"] == 0
    assert capsys.readouterr().err == ""
    store.keep(KEY, tmp_path / "one.json", kept.stored(tmp_path / "one.json"))
    note = f"note: the store {bucket.scheme}://nobody-made-this-one/x cannot be used: "
    assert capsys.readouterr().err.startswith(note)
    assert not get_filesystem_class(bucket.scheme)().exists("nobody-made-this-one")
