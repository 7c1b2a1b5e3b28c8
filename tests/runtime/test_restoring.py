"""A result goes to its place together with all that belongs to it, or not at all."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from tests.runtime import kept
from tests.runtime.kept import KEY

from ecoscope_workflows.runtime.restoring import place
from ecoscope_workflows.runtime.stores.entries import take

if TYPE_CHECKING:
    from pathlib import Path

    from ecoscope_workflows.runtime.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Return a store with a result."""
    made = kept.local(tmp_path / "store")
    made.keep(KEY, tmp_path / "a.json", kept.stored(tmp_path / "a.json", "a"))
    return made


def test_what_belongs_to_a_result_comes_with_it(store: Store, tmp_path: Path) -> None:
    output = tmp_path / "results" / "one.json"
    found = place(partial(take, store.shelf, KEY), str(output), lambda facts: f"of {facts.digest}", None)
    assert found is not None
    assert output.read_bytes() == (tmp_path / "a.json").read_bytes()
    assert (output.parent / "one.json.provenance.json").read_text() == f"of {found.digest}\n"
    assert len(list(output.parent.iterdir())) == 2


def test_where_its_content_is_missing_nothing_appears(store: Store, tmp_path: Path) -> None:
    store.shelf.remove(kept.content(store, KEY))
    assert place(partial(take, store.shelf, KEY), str(tmp_path / "results/one.json"), None, None) is None
    assert list((tmp_path / "results").iterdir()) == []


def test_where_the_result_is_not_wanted_any_more_nothing_is_left(store: Store, tmp_path: Path) -> None:
    asked = []

    def allowed() -> None:
        asked.append(1)
        if len(asked) == 2:
            raise InterruptedError("gone")

    output = tmp_path / "results" / "one.json"
    with pytest.raises(InterruptedError):
        place(partial(take, store.shelf, KEY), str(output), lambda _: "text", allowed)
    assert list(output.parent.iterdir()) == []
