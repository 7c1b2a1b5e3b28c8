"""Results are found by their key; whatever is wrong with the store only makes a run slower."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ecoscope_workflows.contracts.codecs import CollectionCodec, JsonCodec
from ecoscope_workflows.contracts.digests import INDEX, digest_of
from ecoscope_workflows.contracts.skipping import SkipSentinel
from ecoscope_workflows.contracts.stored import Item, read_value, write_value
from ecoscope_workflows.errors import StorageError
from ecoscope_workflows.runtime.store import LIMIT_VARIABLE, STORE_VARIABLE, Store

KEY, OTHER = "ab" + "0" * 62, "cd" + "1" * 62


def stored(path: Path, value: object = 1) -> Item:
    """Write a value to a file, and return what an index would say of it."""
    write_value(value, path, JsonCodec())
    return Item(path.name, digest_of(path))


def folder(path: Path) -> Item:
    """Write a collection to a folder."""
    write_value([[1], [2, 3]], path, CollectionCodec(JsonCodec()))
    return Item(path.name, digest_of(path))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Return a store with a result, and one that is a folder."""
    made = Store(tmp_path / "store")
    made.keep(KEY, tmp_path / "one.json", stored(tmp_path / "one.json"))
    made.keep(OTHER, tmp_path / "many", folder(tmp_path / "many"))
    return made


def test_what_was_kept_is_found_under_the_name_that_is_asked_for(store: Store, tmp_path: Path) -> None:
    found = store.fetch(KEY, tmp_path / "again.json")
    assert found == Item("again.json", digest_of(tmp_path / "one.json"))
    assert (tmp_path / "again.json").read_bytes() == (tmp_path / "one.json").read_bytes()


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


def entry(store: Store, key: str) -> Path:
    return store.root / key[:2] / key


DAMAGE = {
    "truncated": lambda path: path.write_bytes(path.read_bytes()[:1]),
    "altered": lambda path: path.write_bytes(b"[]\n"),
    "facts empty": lambda path: path.with_suffix(".json").write_text(""),
    "facts no object": lambda path: path.with_suffix(".json").write_text("[]"),
    "facts without a hash": lambda path: path.with_suffix(".json").write_text("{}"),
    "facts no text": lambda path: path.with_suffix(".json").write_bytes(b"\xff"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_entry_is_a_miss_and_is_removed(store: Store, tmp_path: Path, damage: str) -> None:
    DAMAGE[damage](entry(store, KEY))
    assert store.fetch(KEY, tmp_path / "x.json") is None
    assert not (tmp_path / "x.json").exists()
    assert list(entry(store, KEY).parent.iterdir()) == []


FOLDER_DAMAGE = {
    "item truncated": lambda path: (path / "0001.json").write_bytes(b""),
    "item missing": lambda path: (path / "0000.json").unlink(),
    "index missing": lambda path: (path / INDEX).unlink(),
    "index truncated": lambda path: (path / INDEX).write_text("{"),
    "index of another form": lambda path: (path / INDEX).write_text("[]"),
}


@pytest.mark.parametrize("damage", FOLDER_DAMAGE)
def test_a_damaged_folder_is_a_miss_and_is_removed(store: Store, tmp_path: Path, damage: str) -> None:
    FOLDER_DAMAGE[damage](entry(store, OTHER))
    assert store.fetch(OTHER, tmp_path / "x") is None
    assert not (tmp_path / "x").exists()
    assert list(entry(store, OTHER).parent.iterdir()) == []


def test_an_entry_whose_content_is_gone_is_a_miss(store: Store, tmp_path: Path) -> None:
    entry(store, KEY).unlink()
    assert store.fetch(KEY, tmp_path / "x.json") is None
    store.keep(KEY, tmp_path / "one.json", Item("one.json", digest_of(tmp_path / "one.json")))
    assert store.fetch(KEY, tmp_path / "x.json") is not None


def test_a_store_that_cannot_be_written_is_only_slower(tmp_path: Path) -> None:
    # A file in the place of the folder: rights alone do not stop everybody.
    (tmp_path / "store").write_text("no folder")
    store = Store(tmp_path / "store")
    store.keep(KEY, tmp_path / "one.json", stored(tmp_path / "one.json"))
    assert store.fetch(KEY, tmp_path / "x.json") is None
    assert store.prune() == 0
    assert (tmp_path / "store").read_text() == "no folder"


def test_a_full_disk_leaves_nothing_half(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfile", full)
    store.keep("ef" * 32, tmp_path / "one.json", Item("one.json", ""))
    assert list((store.root / "ef").iterdir()) == []


def test_many_writers_of_one_key_leave_one_whole_entry(tmp_path: Path) -> None:
    item = stored(tmp_path / "one.json", list(range(1000)))
    many = folder(tmp_path / "many")

    def write(number: int) -> None:
        store = Store(tmp_path / "store")
        store.keep(KEY, tmp_path / "one.json", item)
        store.keep(OTHER, tmp_path / "many", many)
        assert store.fetch(KEY, tmp_path / f"{number}.json") in (None, Item(f"{number}.json", item.digest))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))
    store = Store(tmp_path / "store")
    store.keep(KEY, tmp_path / "one.json", item)
    assert store.fetch(KEY, tmp_path / "x.json") == Item("x.json", item.digest)
    assert not list(store.root.rglob("*.tmp"))


def filled(root: Path, count: int, size: int) -> tuple[Store, list[str]]:
    """Return a store of equally large entries, the first of which were used longest ago."""
    store, keys = Store(root / "store"), [f"{number:064x}" for number in range(count)]
    for number, key in enumerate(keys):
        path = root / f"{number}.json"
        path.write_bytes(b"x" * size)
        store.keep(key, path, Item(path.name, digest_of(path)))
        os.utime(entry(store, key).with_suffix(".json"), (number, number))
    return store, keys


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path) -> None:
    store, keys = filled(tmp_path, 5, 100)
    assert store.fetch(keys[0], tmp_path / "used") is not None
    assert store.prune(250) == 3
    left = {path.name for path in store.root.glob("??/*") if not path.suffix}
    assert left == {keys[0], keys[4]}
    assert {path.stem for path in store.root.glob("??/*.json")} == left


@pytest.mark.parametrize(("limit", "removed"), [(500, 0), (499, 1), (0, 5)])
def test_the_limit_is_what_may_stay(tmp_path: Path, limit: int, removed: int) -> None:
    store, _ = filled(tmp_path, 5, 100)
    assert store.prune(limit) == removed


def test_the_size_of_a_folder_is_that_of_its_files(store: Store, tmp_path: Path) -> None:
    size = sum(path.stat().st_size for path in (tmp_path / "many").iterdir())
    entry(store, KEY).with_suffix(".json").unlink()
    assert store.prune(size) == 0
    assert store.prune(size - 1) == 1
    assert not entry(store, OTHER).exists()


def test_a_run_that_added_nothing_looks_at_nothing(tmp_path: Path) -> None:
    made, keys = filled(tmp_path, 3, 100)
    again = Store(made.root, limit=100)
    assert again.prune() == 0
    again.keep(keys[1], tmp_path / "1.json", Item("1.json", digest_of(tmp_path / "1.json")))
    assert again.prune() == 2
    assert [path.stem for path in made.root.glob("??/*.json")] == [keys[1]]


def test_the_store_is_in_the_folder_of_the_run_unless_a_variable_says_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(STORE_VARIABLE, raising=False)
    default = Store.here()
    assert default is not None
    assert default.root == Path(".ecoscope-workflows/store")
    monkeypatch.setenv(STORE_VARIABLE, str(tmp_path))
    other = Store.here()
    assert other is not None
    assert other.root == tmp_path
    monkeypatch.setenv(STORE_VARIABLE, "")
    assert Store.here() is None


@pytest.mark.parametrize("limit", ["4 GB", "-1", ""])
def test_a_limit_that_is_no_number_is_refused_before_any_work(
    monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.delenv(STORE_VARIABLE, raising=False)
    monkeypatch.setenv(LIMIT_VARIABLE, limit)
    with pytest.raises(StorageError, match=f"EW606 {LIMIT_VARIABLE} is {limit!r}, not a number of bytes"):
        Store.here()


def test_other_processes_find_what_one_kept(store: Store, tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from ecoscope_workflows.runtime.store import Store\n"
        "print(Store(Path(sys.argv[1])).fetch(sys.argv[2], Path(sys.argv[3])).digest)"
    )
    command = [sys.executable, "-c", program, str(store.root), KEY, str(tmp_path / "x.json")]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    facts = json.loads(entry(store, KEY).with_suffix(".json").read_text())
    assert found.stdout.strip() == facts["sha256"] == digest_of(tmp_path / "x.json")
