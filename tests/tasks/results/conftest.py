"""Frames for the browser to show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from ecoscope_workflows.tasks.readme import draw_ecomap

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser import Browser

OPTIONS: dict[str, Any] = {
    "static": False,
    "height": 0,
    "width": 0,
    "search_control": True,
    "title": "Where they were",
    "title_kws": {},
    "tile_layers": [],
    "north_arrow_kws": {},
    "add_gdf_kws": {},
}


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Callable[..., Browser]:
    """Draw a frame, open the page from the disk, and return the browser that shows it."""

    def open_page(frame: gpd.GeoDataFrame, window: tuple[int, int] = (1200, 800), **options: Any) -> Browser:
        path = tmp_path / "map.html"
        path.write_text(draw_ecomap(geodataframe=frame, **{**OPTIONS, **options}), encoding="utf-8")
        browser.open(path, *window)
        return browser

    return open_page


@pytest.fixture
def density() -> gpd.GeoDataFrame:
    """Return three percentile areas, one inside the other, the smallest first."""
    areas = [shapely.box(1_300_000 - r, 60_000 - r, 1_300_000 + r, 60_000 + r) for r in (500, 1000, 2000)]
    values = {"percentile": [50.0, 80.0, 95.0], "area_sqkm": [1.0, 4.0, 16.0]}
    return gpd.GeoDataFrame(values, geometry=areas, crs="ESRI:102022")


@pytest.fixture
def track() -> gpd.GeoDataFrame:
    """Return 300 segments of two subjects, north and south of the equator."""
    steps = np.random.default_rng(7).normal(0, 0.004, (302, 2)).cumsum(axis=0) + np.array([37.5, 0.5])
    ends = np.stack([steps[:-2], steps[1:-1]], axis=1)
    ends[150:, :, 1] -= 1.0
    values = {"groupby_col": ["Habiba"] * 150 + ["Salif"] * 150, "speed_kmhr": np.linspace(0.1, 9.9, 300)}
    return gpd.GeoDataFrame(values, geometry=shapely.linestrings(ends), crs="EPSG:4326")
