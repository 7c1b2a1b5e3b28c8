"""The package `birdkit`, installed in a folder of its own: tasks registered with the real `wt_registry`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from wt_registry.registry import clear_registry

from ecoscope_workflows.registry.catalog import installed_catalog
from ecoscope_workflows.registry.index import VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ecoscope_workflows.registry.catalog import Catalog

BIRDKIT = Path(__file__).with_name("birdkit")


def install(package: str, site: Path, *points: str, version: str = "2.0") -> None:
    """Write beside a package what an installer writes: its name, version and entry points."""
    facts = site / f"{package}-{version}.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")
    (facts / "entry_points.txt").write_text("[wt_registry]\n" + "\n".join(points) + "\n")


@pytest.fixture(scope="session")
def birdkit_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of packages that holds `birdkit` as an installer would lay it out."""
    site = tmp_path_factory.mktemp("site")
    shutil.copytree(BIRDKIT / "src", site, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    tasks = site / "birdkit" / "tasks"
    (site / "birdkit" / "__init__.py").touch()
    (tasks / "offers.py").rename(tasks / "__init__.py")
    install("birdkit", site, "birdkit = birdkit.tasks")
    return site


@pytest.fixture
def catalog_of(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Catalog]]:
    """Return a function that reads the catalog of what is installed here and in some folders more.

    It starts as a fresh process would, and what it registers is forgotten after the test.
    """
    modules = set(sys.modules)
    monkeypatch.setenv(VARIABLE, "")
    monkeypatch.setattr(sys, "path", list(sys.path))
    clear_registry()

    def read(*sites: Path) -> Catalog:
        sys.path[:0] = map(str, sites)
        return installed_catalog.__wrapped__()

    yield read
    clear_registry()
    for name in sys.modules.keys() - modules:
        if name.partition(".")[0].endswith("kit"):
            del sys.modules[name]


@pytest.fixture
def birds(catalog_of: Callable[..., Catalog], birdkit_site: Path) -> Catalog:
    """Return the catalog of the built-in tasks and those of `birdkit`."""
    return catalog_of(birdkit_site)


@pytest.fixture
def new_site(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a package of one module and its entry points into a folder of its own."""

    def write(package: str, source: str, *points: str) -> Path:
        site = tmp_path / f"{package}_site"
        site.mkdir()
        (site / f"{package}.py").write_text(source, encoding="utf-8")
        install(package, site, *(points or (f"{package} = {package}",)))
        return site

    return write
