"""The tasks that bring named areas in: from an EarthRanger site, a file or an address."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator
from pydantic.config import ConfigDict, JsonDict
from pydantic.json_schema import SkipJsonSchema

from ecoscope_workflows.annotations import DataFrame, InputFile
from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.tasks.schemas import Regions
from ecoscope_workflows.tasks.written import ADVANCED, Written

SUFFIXES = (".parquet", ".geoparquet", ".gpkg", ".geojson")
LAYERED = ".gpkg"
NAME_COLUMN = Field(description="Column to use as region name")


def _check_file(name: str, layer: str | None) -> None:
    suffix = PurePosixPath(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise ValueError(f"{name!r} ends in {suffix!r}: expected one of {', '.join(SUFFIXES)}")
    if layer is not None and suffix != LAYERED:
        raise ValueError(f"only {LAYERED} files have layers, and {name!r} is none: leave the layer out")


def _undescribed(schema: JsonDict) -> None:
    # The docstring is for readers of the code; the form has a title.
    schema.pop("description", None)


class LocalFileSpatialFeatures(Written):
    """Areas in a file."""

    model_config = ConfigDict(title="Local File", json_schema_extra=_undescribed)

    source: SkipJsonSchema[Literal["local_file"]] = "local_file"
    file_path: str = Field(description="Path to geoparquet (.parquet) or geopackage (.gpkg) file")
    name_column: Annotated[str, NAME_COLUMN]
    layer: Annotated[
        str | SkipJsonSchema[None],
        Field(
            description="Layer name (only applicable to geopackage files)",
            json_schema_extra=ADVANCED,
        ),
    ] = None

    @model_validator(mode="after")
    def _is_read(self) -> Self:
        _check_file(self.file_path, self.layer)
        return self


class RemoteFileSpatialFeatures(Written):
    """Areas in a file at an address."""

    model_config = ConfigDict(title="Remote URL", json_schema_extra=_undescribed)

    source: SkipJsonSchema[Literal["remote_file"]] = "remote_file"
    url: str = Field(description="URL to geoparquet (.parquet) or geopackage (.gpkg) file")
    name_column: Annotated[str, NAME_COLUMN]
    layer: Annotated[
        str | SkipJsonSchema[None],
        Field(
            description="Layer name (only applicable for geopackage files)",
            json_schema_extra=ADVANCED,
        ),
    ] = None

    @model_validator(mode="after")
    def _is_read(self) -> Self:
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise ValueError("the address must begin with https:// or http://")
        _check_file(PurePosixPath(parts.path).name, self.layer)
        return self


class EarthRangerSpatialFeatures(Written):
    """A group of areas on an EarthRanger site."""

    model_config = ConfigDict(title="EarthRanger", json_schema_extra=_undescribed)

    source: SkipJsonSchema[Literal["earthranger"]] = "earthranger"
    data_source: str = Field(
        title="Data Source", description="Select one of your configured EarthRanger data sources."
    )
    spatial_features_group_name: str = Field(description="Name of the spatial features group in EarthRanger")


SpatialFeaturesConfig = LocalFileSpatialFeatures | RemoteFileSpatialFeatures | EarthRangerSpatialFeatures


@distributed(tags=["io"], retries=1)
def get_spatial_features_group(
    client: Annotated[str, Field(description="A named EarthRanger connection.")],
    spatial_features_group_name: Annotated[str, Field(description="The name of the group to fetch")],
) -> DataFrame[Regions]:
    """Download the areas of a group of spatial features.

    Parameters
    ----------
    client
        The name of a connection to EarthRanger.
    spatial_features_group_name
        The exact name of a group.

    Returns
    -------
    geopandas.GeoDataFrame
        One row per feature in EPSG:4326, in the site's order: ``pk`` its id, ``name``, ``short_name``,
        ``feature_type``, what else the site says of it, and ``metadata`` with ``id`` and ``display_name`` of
        the group. Features of any geometry are kept, those without one too. No rows where the group is empty.

    Raises
    ------
    ValueError
        When there is no such connection, its settings are incomplete, no group or more than one has this
        name, or a geometry cannot be read.
    PermissionError
        When the site refuses the account, or does not let it read the group.
    ConnectionError
        When the site cannot be reached, fails again and again, or does not answer like EarthRanger.
    """
    from ecoscope_workflows.tasks.io._connections import open_account
    from ecoscope_workflows.tasks.io._earthranger_queries import feature_group
    from ecoscope_workflows.tasks.io._earthranger_regions import regions_frame

    with open_account(client) as account:
        group = feature_group(account, spatial_features_group_name)
    regions: DataFrame[Regions] = regions_frame(group)
    return regions


@distributed(tags=["io"])
def load_regions(
    path: Annotated[
        InputFile, Field(description="A file of areas: .parquet, .geoparquet, .gpkg or .geojson.")
    ],
    name_column: Annotated[str, Field(description="Column that names the area.")] = "name",
    layer: Annotated[
        str | SkipJsonSchema[None],
        Field(description="Layer of a GeoPackage, the first one where nothing is said."),
    ] = None,
    group_name: Annotated[
        str | SkipJsonSchema[None],
        Field(description="What the areas are called together; the name of the file where nothing is said."),
    ] = None,
) -> DataFrame[Regions]:
    """Read named areas from a file of your own, with the schema of those from an EarthRanger site.

    Parameters
    ----------
    path
        The file to read; it must say in which CRS it is.
    name_column
        Column that names the area; each name may stand once.
    layer
        Which layer of a GeoPackage.
    group_name
        What the areas are called together.

    Returns
    -------
    geopandas.GeoDataFrame
        One row per polygon or multi polygon in EPSG:4326, in the order of the file.
        ``pk`` depends on what the areas are called, together and each, alone.

    Raises
    ------
    FileNotFoundError
        When there is no file at `path`.
    ValueError
        When the suffix is unknown, the file is not what its suffix says, it has no CRS, no such column or
        layer or no polygons, or a name is missing or stands twice.
    """
    from ecoscope_workflows.tasks.io import _region_files

    path = Path(path)
    _check_file(path.name, layer)
    regions: DataFrame[Regions] = _region_files.read_regions(
        path, name_column, layer=layer, group_name=group_name or _region_files.title_of(path.name)
    )
    return regions


@distributed(tags=["io"], retries=1)
def load_spatial_features_group(
    config: Annotated[SpatialFeaturesConfig, Field(title="Spatial Feature Data Source")],
) -> DataFrame[Regions]:
    """Read named areas from a local file, from a file at an address, or from EarthRanger.

    Parameters
    ----------
    config
        Where the areas are. A change inside of the file is not seen by a rerun: `load_regions` sees it.

    Returns
    -------
    geopandas.GeoDataFrame
        One row per polygon or multi polygon in EPSG:4326, as `load_regions` and `get_spatial_features_group`
        return them.

    Raises
    ------
    ValueError
        When there are no polygons, a name stands twice, or as `load_regions` and
        `get_spatial_features_group` say.
    ConnectionError
        When the address cannot be read.
    """
    from ecoscope_workflows.tasks.io import _region_files

    if isinstance(config, EarthRangerSpatialFeatures):
        regions: DataFrame[Regions] = _region_files.polygons_of(
            get_spatial_features_group(config.data_source, config.spatial_features_group_name),
            f"group {config.spatial_features_group_name!r}",
        )
        return regions
    if isinstance(config, RemoteFileSpatialFeatures):
        read: DataFrame[Regions] = _region_files.download_regions(
            config.url, config.name_column, layer=config.layer
        )
        return read
    return load_regions(Path(config.file_path), config.name_column, config.layer)
