"""Results are found by their key; whatever is wrong with the store only makes a run slower."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from tests.runtime import kept
from tests.runtime.kept import KEY, OTHER

from ecoscope_workflows.contracts.codecs import JsonCodec
from ecoscope_workflows.contracts.digests import digest_of
from ecoscope_workflows.contracts.skipping import SkipSentinel
from ecoscope_workflows.contracts.stored import Item, read_value, write_value
from ecoscope_workflows.errors import StorageError
from ecoscope_workflows.runtime.store import LIMIT_VARIABLE, Store
from ecoscope_workflows.runtime.stores.location import STORE_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(params=["folder", "URL"])
def kind(request: pytest.FixtureRequest) -> str:
    """Return what kind of store it is."""
    return str(request.param)


@pytest.fixture
def store(kind: str, tmp_path: Path) -> Store:
    """Return a store with a result, and one that is a folder."""
    made = kept.opened(kind, tmp_path)
    made.keep(KEY, tmp_path / "one.json", kept.stored(tmp_path / "one.json"))
    made.keep(OTHER, tmp_path / "many", kept.folder(tmp_path / "many"))
    return made


def test_what_was_kept_is_found_under_the_name_that_is_asked_for(
    store: Store, kind: str, tmp_path: Path
) -> None:
    for one in (store, kept.opened(kind, tmp_path)):
        found = one.fetch(KEY, tmp_path / "again.json")
        assert found == Item("again.json", digest_of(tmp_path / "one.json"))
        assert (tmp_path / "again.json").read_bytes() == (tmp_path / "one.json").read_bytes()
        (tmp_path / "again.json").unlink()


def test_a_folder_is_kept_as_a_whole(store: Store, tmp_path: Path) -> None:
    found = store.fetch(OTHER, tmp_path / "again")
    assert found is not None
    assert read_value(tmp_path / "again") == [[1], [2, 3]]


def test_what_is_known_of_a_skip_is_kept(store: Store, tmp_path: Path) -> None:
    path, skipped = tmp_path / "s.json", SkipSentinel("a", "never", "b")
    write_value(skipped, path, JsonCodec())
    store.keep("ef" + "2" * 62, path, Item(path.name, digest_of(path), None, skipped.facts))
    found = store.fetch("ef" + "2" * 62, tmp_path / "again.json")
    assert found is not None
    assert found.skipped == skipped.facts


def test_an_unknown_key_is_a_miss(store: Store, tmp_path: Path) -> None:
    assert store.fetch("ff" * 32, tmp_path / "x.json") is None
    assert not (tmp_path / "x.json").exists()


def test_what_is_kept_again_replaces_what_was_there(store: Store, tmp_path: Path) -> None:
    before = kept.content(store, KEY)
    store.keep(KEY, tmp_path / "two.json", kept.stored(tmp_path / "two.json", 2))
    assert store.fetch(KEY, tmp_path / "x.json") is not None
    assert read_value(tmp_path / "x.json") == 2
    assert before not in kept.names(store)


def test_a_result_from_the_future_is_no_result_for_who_wants_a_new_one(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now + 7200)
    store.keep(KEY, tmp_path / "one.json", kept.stored(tmp_path / "one.json"))
    # The clock was wrong.
    monkeypatch.setattr("time.time", lambda: now)
    assert store.fetch(KEY, tmp_path / "early.json", newest=now - 3600) is None
    assert store.fetch(KEY, tmp_path / "late.json", newest=now - 86400) is not None
    assert store.fetch(KEY, tmp_path / "any.json") is not None


def test_a_result_of_before_a_time_is_no_result_for_who_wants_a_newer_one(
    store: Store, tmp_path: Path
) -> None:
    assert store.fetch(KEY, tmp_path / "x.json", time.time() + 1) is None
    assert not (tmp_path / "x.json").exists()
    assert store.fetch(KEY, tmp_path / "x.json", time.time() - 60) is not None


DAMAGE: dict[str, tuple[Callable[[Store, str], str] | None, Callable[[bytes], bytes]]] = {
    "content truncated": (kept.content, lambda data: data[:1]),
    "content altered": (kept.content, lambda data: bytes([data[0] ^ 1]) + data[1:]),
    "facts empty": (None, lambda _: b""),
    "facts of another version": (None, lambda _: b'{"sha256": "0", "seal": "0"}'),
    "facts of another key": (None, lambda data: data.replace(b"0", b"1")),
    "facts truncated": (None, lambda data: data[:-2]),
    "facts no text": (None, lambda _: b"\xff"),
}


@pytest.mark.parametrize("key", [KEY, OTHER], ids=["file", "folder"])
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_entry_is_a_miss_and_is_not_found_again(
    store: Store, tmp_path: Path, damage: str, key: str, kind: str
) -> None:
    where, change = DAMAGE[damage]
    name = where(store, key) if where else kept.facts(key)
    if kind == "folder" and where and key == OTHER:
        name += "/0000.json"
    kept.write(store, name, change(kept.read(store, name)))
    assert store.fetch(key, tmp_path / "x") is None
    assert not (tmp_path / "x").exists()
    assert kept.keys(store) == {KEY, OTHER} - {key}
    if where:
        assert not any(key in left for left in kept.names(store))
    again = tmp_path / ("one.json" if key == KEY else "many")
    store.keep(key, again, Item(again.name, digest_of(again)))
    assert store.fetch(key, tmp_path / "x") is not None


def test_an_entry_whose_content_is_gone_is_a_miss(store: Store, tmp_path: Path) -> None:
    store.shelf.remove(kept.content(store, KEY))
    assert store.fetch(KEY, tmp_path / "x.json") is None
    assert kept.keys(store) == {OTHER}


def test_verify_removes_what_is_damaged_alone(store: Store, kind: str) -> None:
    assert store.verify() == (2, 0)
    name = kept.content(store, OTHER) + ("/0001.json" if kind == "folder" else "")
    kept.write(store, name, b"spoiled")
    assert store.verify() == (1, 1)
    assert kept.keys(store) == {KEY}
    store.shelf.remove(kept.content(store, KEY))
    assert store.verify() == (0, 1)
    assert kept.names(store) == set()


def test_many_writers_of_one_key_leave_one_whole_entry(store: Store, kind: str, tmp_path: Path) -> None:
    values = [list(range(1000 + number)) for number in range(4)]
    items = [kept.stored(tmp_path / f"v{number}.json", value) for number, value in enumerate(values)]

    def write(number: int) -> None:
        mine = kept.opened(kind, tmp_path)
        mine.keep(KEY, tmp_path / f"v{number % 4}.json", items[number % 4])
        found = mine.fetch(KEY, tmp_path / f"{number}.json")
        if found is not None:
            assert found.digest == digest_of(tmp_path / f"{number}.json")
            assert found.digest in {item.digest for item in items}

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))
    if kind != "folder":
        # The content of one and the facts of another, which no URL takes together, are a miss until the next.
        write(0)
    assert store.fetch(KEY, tmp_path / "x.json") is not None
    assert not [name for name in kept.names(store) if name.endswith(".tmp")]


def test_the_store_is_in_the_folder_of_the_run_unless_a_variable_says_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def place() -> str | None:
        store = Store.here("run")
        return store.shelf.place if store else None

    monkeypatch.delenv(STORE_VARIABLE, raising=False)
    assert place() == "run/.ecoscope-workflows/store"
    monkeypatch.setenv(STORE_VARIABLE, "../shared")
    assert place() == "run/../shared"
    monkeypatch.setenv(STORE_VARIABLE, str(tmp_path))
    assert place() == str(tmp_path)
    monkeypatch.setenv(STORE_VARIABLE, f"file://{tmp_path}")
    assert place() == str(tmp_path)
    monkeypatch.setenv(STORE_VARIABLE, "memory://shared")
    assert place() == "memory://shared"
    monkeypatch.setenv(STORE_VARIABLE, "")
    assert place() is None


@pytest.mark.parametrize("limit", ["4 GB", "-1", ""])
def test_a_limit_that_is_no_number_is_refused_before_any_work(
    monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.delenv(STORE_VARIABLE, raising=False)
    monkeypatch.setenv(LIMIT_VARIABLE, limit)
    with pytest.raises(StorageError, match=f"EW606 {LIMIT_VARIABLE} is {limit!r}, not a number of bytes"):
        Store.here()


def test_a_url_that_nothing_reaches_is_refused_before_any_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STORE_VARIABLE, "nowhere://bucket")
    with pytest.raises(StorageError, match="EW606 the store nowhere://bucket cannot be reached"):
        Store.here()


def test_other_processes_find_what_one_kept(tmp_path: Path) -> None:
    store = kept.local(tmp_path / "store")
    store.keep(KEY, tmp_path / "one.json", kept.stored(tmp_path / "one.json"))
    program = (
        "import sys; from pathlib import Path; from ecoscope_workflows.runtime.store import Store\n"
        "print(Store.here().fetch(sys.argv[1], Path(sys.argv[2])).digest)"
    )
    command = [sys.executable, "-c", program, KEY, str(tmp_path / "x.json")]
    environment = {STORE_VARIABLE: str(tmp_path / "store")}
    found = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert found.stdout.strip() == digest_of(tmp_path / "x.json")
    assert json.loads((tmp_path / "x.json").read_text()) == 1


def test_a_copy_is_a_file_of_its_own(tmp_path: Path) -> None:
    store = kept.local(tmp_path / "store")
    store.keep(KEY, tmp_path / "one.json", kept.stored(tmp_path / "one.json"))
    for name in ("x.json", "y.json"):
        assert store.fetch(KEY, tmp_path / name) is not None
    (tmp_path / "one.json").write_text("edited in place")
    (tmp_path / "x.json").write_text("edited in place")
    assert read_value(tmp_path / "y.json") == 1
    assert store.verify() == (1, 0)
