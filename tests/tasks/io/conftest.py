"""A simulated EarthRanger site on loopback, and a download from it."""

from __future__ import annotations

import importlib.util
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from ecoscope_workflows.tasks.io import _earthranger_account
from ecoscope_workflows.tasks.readme import get_subjectgroup_observations

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    import geopandas as gpd
    from tests.standins.earthranger import EarthRangerStandIn

STANDIN = Path(__file__).parents[2] / "standins" / "earthranger.py"


class Download(Protocol):
    """Call the task with arguments that fit the site, some of them replaced."""

    def __call__(self, **replaced: Any) -> gpd.GeoDataFrame: ...


@pytest.fixture(scope="session")
def earthranger_module() -> ModuleType:
    """Return the stand-in's module; tests are no package, so it is loaded by its path."""
    spec = importlib.util.spec_from_file_location("earthranger_standin", STANDIN)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def site(earthranger_module: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Iterator[EarthRangerStandIn]:
    """Return a running site, with a client that does not wait between its tries."""
    monkeypatch.setattr(_earthranger_account, "BACKOFF_SECONDS", 0.001)
    with earthranger_module.EarthRangerStandIn() as running:
        yield running


@pytest.fixture
def other_site(earthranger_module: ModuleType) -> Iterator[EarthRangerStandIn]:
    """Return a second site, which must hear nothing of what is meant for the first."""
    with earthranger_module.EarthRangerStandIn() as running:
        yield running


@pytest.fixture
def download(site: EarthRangerStandIn, earthranger_module: ModuleType) -> Download:
    """Return the task, bound to the site and to all of its time."""

    def call(**replaced: Any) -> gpd.GeoDataFrame:
        arguments = {
            "server": site.url,
            "username": site.username,
            "password": site.password,
            "tcp_limit": 3,
            "sub_page_size": 20,
            "subject_group_name": "Elephants",
            "include_inactive": False,
            "since": earthranger_module.START,
            "until": earthranger_module.START + timedelta(days=365),
        }
        return get_subjectgroup_observations(**{**arguments, **replaced})

    return call


@pytest.fixture
def connected(site: EarthRangerStandIn, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """Return the name of a connection to the site, whose settings stand in the environment."""
    settings = {
        "server": site.url,
        "username": site.username,
        "password": site.password,
        "tcp_limit": "3",
        "sub_page_size": "20",
    }
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("ECOSCOPE_WORKFLOWS_CONFIG", raising=False)
    for name, text in settings.items():
        monkeypatch.setenv(f"ECOSCOPE_WORKFLOWS__CONNECTIONS__EARTHRANGER__TEST_SITE__{name}".upper(), text)
    return "test_site"


@pytest.fixture
def connected_by_token(connected: str, site: EarthRangerStandIn, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the name of a connection to the site that has a token."""
    prefix = "ECOSCOPE_WORKFLOWS__CONNECTIONS__EARTHRANGER__TEST_SITE__"
    monkeypatch.delenv(f"{prefix}USERNAME")
    monkeypatch.delenv(f"{prefix}PASSWORD")
    monkeypatch.setenv(f"{prefix}TOKEN", site.token)
    return connected
