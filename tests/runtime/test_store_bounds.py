"""A store keeps within its bounds: what was not used for longest goes first."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from tests.runtime import kept
from tests.runtime.jobs import each, job
from tests.runtime.kept import KEY, OTHER

from ecoscope_workflows.contracts.digests import digest_of
from ecoscope_workflows.contracts.stored import Item
from ecoscope_workflows.runtime.execute import execute
from ecoscope_workflows.runtime.store import ABANDONED, Store
from ecoscope_workflows.runtime.stores.remote import RECENT


def filled(root: Path, count: int, size: int) -> tuple[Store, list[str]]:
    """Return a store of equally large entries, the first of which were used longest ago."""
    store, keys = kept.local(root / "store"), [f"{number:064x}" for number in range(count)]
    for number, key in enumerate(keys):
        path = root / f"{number}.json"
        path.write_bytes(b"x" * size)
        store.keep(key, path, Item(path.name, digest_of(path)))
        kept.age(store, key, number)
    return store, keys


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path) -> None:
    store, keys = filled(tmp_path, 5, 100)
    assert store.fetch(keys[0], tmp_path / "used") is not None
    assert store.prune(250) == 3
    assert kept.keys(store) == {keys[0], keys[4]}
    assert len(kept.names(store)) == 4


def test_at_a_url_what_is_used_is_marked_where_it_was_not_made_lately(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = kept.opened("URL", tmp_path)
    for key in (KEY, OTHER):
        store.keep(key, tmp_path / "one.json", kept.stored(tmp_path / "one.json"))
    assert store.fetch(KEY, tmp_path / "x.json") is not None
    assert len(kept.names(store)) == 4
    later = time.time() + RECENT + 60
    monkeypatch.setattr("time.time", lambda: later)
    assert store.fetch(OTHER, tmp_path / "y.json") is not None
    assert len(kept.names(store)) == 5
    assert store.prune(store.facts()["bytes"] - 1) == 1
    assert kept.keys(store) == {OTHER}


@pytest.mark.parametrize(("limit", "removed"), [(500, 0), (499, 1), (0, 5)])
def test_the_limit_is_what_may_stay(tmp_path: Path, limit: int, removed: int) -> None:
    store, _ = filled(tmp_path, 5, 100)
    assert store.prune(limit) == removed


def test_the_size_of_a_folder_is_that_of_its_files(tmp_path: Path) -> None:
    store = kept.local(tmp_path / "store")
    store.keep(OTHER, tmp_path / "many", kept.folder(tmp_path / "many"))
    size = sum(path.stat().st_size for path in (tmp_path / "many").iterdir())
    assert store.facts()["bytes"] == size
    assert store.prune(size) == 0
    assert store.prune(size - 1) == 1
    assert kept.names(store) == set()


def test_pruning_takes_what_was_abandoned_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = kept.local(tmp_path / "store")
    store.keep(KEY, tmp_path / "one.json", kept.stored(tmp_path / "one.json"))
    live = kept.names(store)
    strays = {f"{KEY[:2]}/{KEY}.0123456789abcdef", f"{OTHER[:2]}/{OTHER}.0123.tmp", "known/one@c0de"}
    others = {"ab/abc.csv", "cd/cde", "known/birds.csv", "maps/range.html"}
    for stray in strays | others:
        path = tmp_path / "store" / stray
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"half")
    assert store.prune(1 << 20) == 0
    assert kept.names(store) == live | strays | others
    later = time.time() + ABANDONED + 60
    monkeypatch.setattr("time.time", lambda: later)
    kept.age(store, KEY, later)
    assert store.prune(1 << 20) == 0
    assert kept.names(store) == live | others


def test_what_is_too_large_by_itself_costs_no_other(tmp_path: Path) -> None:
    store = kept.local(tmp_path / "store")
    for key, name, value in ((KEY, "small.json", "a"), (OTHER, "large.json", "b" * 5000)):
        store.keep(key, tmp_path / name, kept.stored(tmp_path / name, value))
    kept.age(store, KEY, time.time() - 60)
    assert store.prune(1000) == 1
    assert kept.keys(store) == {KEY}


def test_records_go_with_what_they_lead_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = kept.local(tmp_path / "store")
    store.keep(KEY, tmp_path / "one.json", kept.stored(tmp_path / "one.json"))
    records = tmp_path / "store" / "known" / "one@c0de"
    records.mkdir(parents=True)
    for name, size in (("old", 900), ("used", 10)):
        (records / name).write_bytes(b"x" * size)
    # They take room as the results do.
    assert store.prune(900) == 1
    later = time.time() + ABANDONED + 60
    monkeypatch.setattr("time.time", lambda: later)
    os.utime(records / "used", (later, later))
    assert store.prune(900) == 0
    assert [path.name for path in records.iterdir()] == ["used"]
    (records / "used").unlink()
    os.utime(records, (1, 1))
    assert store.prune(900) == 0
    assert not records.exists()


def test_what_children_add_is_bounded_as_well(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    del work
    monkeypatch.setenv("ECOSCOPE_WORKFLOWS_STORE_BYTES", "100")
    execute(job("double", each=each(list(range(20, 120))), threads=2))
    assert kept.local(Path(".ecoscope-workflows/store")).facts()["bytes"] <= 100


def test_a_run_that_added_nothing_looks_at_nothing(tmp_path: Path) -> None:
    made, keys = filled(tmp_path, 3, 100)
    again = kept.local(tmp_path / "store", limit=100)
    assert again.prune() == 0
    again.keep(keys[1], tmp_path / "1.json", Item("1.json", digest_of(tmp_path / "1.json")))
    assert again.prune() == 2
    assert kept.keys(made) == {keys[1]}
