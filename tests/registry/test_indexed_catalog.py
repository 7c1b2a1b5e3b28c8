"""A catalog that imports what is asked for answers as the whole catalog does."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ecoscope_workflows.errors import Problem
from ecoscope_workflows.registry.catalog import (
    Catalog,
    IndexedCatalog,
    _keep,
    installed_catalog,
    read_catalog,
)
from ecoscope_workflows.registry.index import VARIABLE, Index, keep_index, read_index
from ecoscope_workflows.registry.records import index_of, task_record
from ecoscope_workflows.registry.signature import TaskInfo
from ecoscope_workflows.registry.surroundings import surroundings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

REGISTERED = "from wt_registry import register\n\n\n@register()\n"


def indexed(catalog: Catalog) -> IndexedCatalog:
    """Return a catalog by an index of another."""
    return IndexedCatalog(index_of(catalog, [*catalog.conditions, *catalog.unusable]))


def told(found: TaskInfo | Problem) -> object:
    return found if isinstance(found, Problem) else (task_record(found), found.function, found.is_upstream)


@pytest.fixture
def names(birds: Catalog) -> list[str]:
    """Return every name and path of a task, of what is none, names that are near, and what is like none."""
    paths = [*birds.by_path, *birds.unusable, "birdkit.tasks._ringing.count_nests", "no.such.task", "", "."]
    short = [path.rpartition(".")[2] for path in paths]
    # Comparing a wrong name with all others takes long: some of each kind will do.
    return [*paths, *short, *(f"{name}s" for name in paths[::10]), *(f"{name}x" for name in short[::10])]


@pytest.mark.parametrize("grammar", ["", "workflow", "tasks"])
def test_it_finds_every_task_and_tells_of_every_wrong_name(
    birds: Catalog, names: list[str], grammar: str
) -> None:
    catalog = indexed(birds)
    assert [told(catalog.find(name, grammar)) for name in names] == [
        told(birds.find(name, grammar)) for name in names
    ]
    assert list(map(told, catalog)) == list(map(told, birds))


def test_a_task_is_the_same_one_by_each_of_its_names(birds: Catalog) -> None:
    for catalog in (birds, indexed(birds)):
        found = catalog.find("get_subjectgroup_observations", "tasks")
        assert isinstance(found, TaskInfo)
        assert catalog.find(found.path, "workflow") is found


def test_it_finds_every_condition(birds: Catalog, names: list[str]) -> None:
    catalog = indexed(birds)
    known = [*names, *birds.conditions, *(path.rpartition(".")[2] for path in birds.conditions)]
    assert birds.conditions
    assert [catalog.conditions_named(name) for name in known] == list(map(birds.conditions_named, known))
    assert dict(catalog.conditions) == dict(birds.conditions)
    assert dict(catalog.unusable) == dict(birds.unusable)


def test_what_is_found_needs_no_other_package(birds: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    catalog = indexed(birds)
    monkeypatch.setattr("ecoscope_workflows.registry.catalog.read_catalog", pytest.fail)
    assert isinstance(catalog.find("get_rings"), TaskInfo)
    assert isinstance(catalog.find("relocations_to_trajectory", "workflow"), TaskInfo)
    assert catalog.conditions_named("any_is_empty_df")


def test_an_index_that_leads_nowhere_is_not_believed(birds: Catalog) -> None:
    records = {f"{module}.run": {"origin": "x 1"} for module in ("no_such_module", "os", "birdkit.tasks")}
    for upstream in ([], list(records)):
        catalog = IndexedCatalog(Index(records, upstream, [], ["no_such_module.empty"]))
        for name in ("run", *records):
            assert catalog.find(name) == birds.find(name)
        assert isinstance(catalog.find("get_rings"), TaskInfo)
        assert catalog.conditions_named("any_is_empty_df") == birds.conditions_named("any_is_empty_df")


def keep() -> None:
    """Keep an index as a fresh process does, which has imported none of the packages."""
    around = surroundings()
    assert around is not None
    _keep(read_catalog(), replace(around, imported=False))


@pytest.fixture
def kept(tmp_path: Path, catalog_of: Callable[..., Catalog], monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder that indexes are kept in, empty yet."""
    del catalog_of  # whatever is registered is forgotten after the test
    monkeypatch.setenv(VARIABLE, str(tmp_path / "kept"))
    return tmp_path / "kept"


def test_a_task_of_a_package_that_offers_none_is_not_kept(kept: Path, new_site: Callable[..., Path]) -> None:
    hidden = new_site("hiddenkit", f"{REGISTERED}def deep(count: int) -> int:\n    return count\n", "[none]")
    offering = new_site("offerkit", "from hiddenkit import deep\n\n__all__ = ['deep']\n")
    sys.path[:0] = [str(hidden), str(offering)]
    # The files of that package are not looked at, so nobody would notice that they change.
    keep()
    assert isinstance(read_catalog().find("deep"), TaskInfo)
    assert not kept.exists()


def test_a_default_that_is_made_each_time_is_not_kept(
    kept: Path, new_site: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = (
        "import os\nfrom typing import Annotated\nfrom pydantic import Field\n"
        "from ecoscope_workflows.decorators import distributed\n\n\n@distributed\n"
        "def ask(key: Annotated[str, Field(default_factory=lambda: os.environ['KITKEY'])]) -> str:\n"
        "    return key\n\n\n@distributed\n"
        "def gather(keys: Annotated[list[str], Field(default_factory=list)]) -> str:\n"
        "    return str(keys)\n"
    )
    monkeypatch.setenv("KITKEY", "a secret")
    sys.path.insert(0, str(new_site("askkit", source, "[ecoscope_workflows]", "ask = askkit")))
    keep()
    index = read_index(surroundings())
    assert index is not None
    assert index.changing == ["askkit.ask"]
    assert index.tasks["askkit.gather"]["parameters"][0]["default"] == []
    (file,) = kept.iterdir()
    assert "a secret" not in file.read_text()


def test_a_default_that_cannot_be_printed_is_no_fault_of_others(
    kept: Path, new_site: Callable[..., Path]
) -> None:
    source = (
        "from pydantic import BaseModel, model_serializer\n"
        "from ecoscope_workflows.decorators import distributed\n\n\nclass Odd(BaseModel):\n"
        "    @model_serializer\n    def text(self) -> str:\n        raise RuntimeError('odd')\n\n\n"
        "@distributed\ndef keep(odd: Odd = Odd()) -> int:\n    return 1\n"
    )
    sys.path.insert(0, str(new_site("oddkit", source, "[ecoscope_workflows]", "odd = oddkit")))
    keep()
    assert isinstance(read_catalog().find("keep"), TaskInfo)
    assert not kept.exists()


def test_what_was_imported_before_it_was_looked_at_is_not_kept(kept: Path) -> None:
    # The files may have changed since, as in a session that lasts for hours.
    read_catalog()
    assert isinstance(installed_catalog.__wrapped__(), Catalog)
    assert not kept.exists()


def test_another_python_has_another_index(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = surroundings()
    keep_index(here, Index({}, [], [], []))
    monkeypatch.setattr(sys, "version", "4.0.0")
    there = surroundings()
    assert read_index(there) is None
    keep_index(there, Index({"a.b": {}}, [], [], []))
    assert len(list(kept.iterdir())) == 2
    assert read_index(here) == Index({}, [], [], [])


def test_files_that_are_not_to_be_seen_are_not_vouched_for(
    new_site: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert surroundings() is not None
    site = new_site("gonekit", "")
    (site / "gonekit.py").unlink()
    monkeypatch.syspath_prepend(str(site))
    assert surroundings() is None
    assert read_index(None) is None


def test_without_a_home_nothing_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda *_, **__: "~/.cache/ecoscope-workflows")
    monkeypatch.chdir(tmp_path)
    around = surroundings()
    keep_index(around, Index({}, [], [], []))
    assert read_index(around) is None
    assert not list(tmp_path.iterdir())


def test_the_index_of_all_that_is_installed_tells_what_the_whole_catalog_does(kept: Path) -> None:
    whole = read_catalog()
    keep()
    index = read_index(surroundings())
    assert index is not None
    assert list(index.tasks.values()) == [task_record(task) for task in whole]
    assert kept.exists()
