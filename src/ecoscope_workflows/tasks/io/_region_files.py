"""A file of polygons in, a frame of named areas out."""

from __future__ import annotations

import tempfile
import uuid
import warnings
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import geopandas as gpd
import pandas as pd
import pyogrio

from ecoscope_workflows.errors import did_you_mean
from ecoscope_workflows.tasks.io._track_files import read_table

if TYPE_CHECKING:
    import httpx

POLYGONS = ("Polygon", "MultiPolygon")
# Ids of areas are made of names below this one, so that they are the same each time.
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "ecoscope-workflows regions")
SECONDS = 60.0


def title_of(name: str) -> str:
    """Return the name of a file as people write it: ``my-regions.gpkg`` is ``My Regions``."""
    return PurePosixPath(name).stem.replace("-", " ").replace("_", " ").title()


def read_regions(path: Path, name_column: str, *, layer: str | None, group_name: str) -> gpd.GeoDataFrame:
    """Read the polygons of a file.

    Raises
    ------
    FileNotFoundError, ValueError
        As `load_regions` says.
    """
    source = f"the file {path.name!r}"
    table = read_table(path, text_columns=()) if layer is None else _layer(path, layer)
    if not isinstance(table, gpd.GeoDataFrame):
        raise ValueError(f"{source} has no geometry: expected one polygon per row")  # noqa: TRY004  # the user's file
    if name_column not in table.columns:
        hint = did_you_mean(name_column, [str(name) for name in table.columns])
        raise ValueError(f"{source} has no column {name_column!r}: {hint or 'name the one with the names'}")
    if table.crs is None:
        raise ValueError(f"{source} does not say in which CRS it is: write it again with its CRS")
    names = table[name_column]
    if names.isna().any():
        raise ValueError(
            f"{int(names.isna().sum())} areas of {source} have no name in column {name_column!r}"
        )
    geometry = table.geometry.to_crs("EPSG:4326")
    names = names.astype("str")
    group = {"id": _id(group_name), "display_name": group_name}
    frame = gpd.GeoDataFrame(
        {
            "pk": pd.Series([_id(group_name, name) for name in names], index=table.index, dtype="str"),
            "name": names,
            "short_name": names,
            "feature_type": pd.Series("polygon", index=table.index, dtype="str"),
            "geometry": geometry,
            "metadata": pd.Series([dict(group) for _ in range(len(table))], table.index, dtype=object),
        },
        geometry="geometry",
    )
    return polygons_of(frame, source)


def _id(*names: str) -> str:
    return str(uuid.uuid5(NAMESPACE, "\n".join(names)))


def polygons_of(regions: gpd.GeoDataFrame, source: str) -> gpd.GeoDataFrame:
    """Return the areas alone, numbered from 0; warn of how many rows are something else.

    Raises
    ------
    ValueError
        When there are none, or a name stands twice.
    """
    are = regions.geometry.geom_type.isin(POLYGONS)
    found = regions[are].reset_index(drop=True)
    if found.empty:
        raise ValueError(f"{source} has no polygons")
    if not are.all():
        text = f"{int((~are).sum())} of {len(regions)} rows of {source} are no polygons, and left out"
        warnings.warn(text, stacklevel=3)
    twice = sorted(set(found["name"][found["name"].duplicated()]))
    if twice:
        raise ValueError(f"names of areas must differ, but {source} has several of {', '.join(twice[:5])}")
    return found


def _layer(path: Path, layer: str) -> gpd.GeoDataFrame:
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {str(path)!r}: check the path")
    try:
        known = [str(name) for name, _ in pyogrio.list_layers(path)]
        if layer in known:
            return pyogrio.read_dataframe(path, layer=layer)
    except pyogrio.errors.DataSourceError as error:
        raise ValueError(f"{path.name!r} is not a GeoPackage file, as its suffix says: {error}") from None
    raise ValueError(f"{path.name!r} has no layer {layer!r}: {did_you_mean(layer, known)}")


def download_regions(url: str, name_column: str, *, layer: str | None) -> gpd.GeoDataFrame:
    """Read the polygons of a file at an address.

    Raises
    ------
    ConnectionError
        When the address cannot be read.
    ValueError
        As `read_regions`.
    """
    name = PurePosixPath(unquote(urlsplit(url).path)).name
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        _download(url, path)
        return read_regions(path, name_column, layer=layer, group_name=title_of(name))


def _download(url: str, path: Path) -> None:
    import httpx

    # A query may hold a key: it is not repeated.
    place = url.partition("?")[0]
    try:
        with httpx.stream("GET", url, follow_redirects=True, timeout=SECONDS) as answer:
            _store(answer, path, place)
    except httpx.HTTPError as error:
        raise ConnectionError(f"{place} cannot be read: {type(error).__name__}") from None


def _store(answer: httpx.Response, path: Path, place: str) -> None:
    if not answer.is_success:
        raise ConnectionError(f"{place} cannot be read: status {answer.status_code}")
    with path.open("wb") as file:
        for part in answer.iter_bytes():
            file.write(part)
