"""Tasks on ringed birds."""

from typing import Annotated, Any, cast

import geopandas as gpd
import pandas as pd
from pydantic import AfterValidator, Field
from pydantic.json_schema import SkipJsonSchema
from shapely import Point
from wt_registry import register

from ._frames import DataFrame, Empty, Nests, Rings


def whole_millimetres(frame: pd.DataFrame) -> pd.DataFrame:
    """Round the wings."""
    return frame.assign(wing_mm=frame["wing_mm"].round())


WholeRings = Annotated[DataFrame[Rings], AfterValidator(whole_millimetres)]


@register(description="Read the birds that were ringed.", tags=["io"])
def get_rings(
    species: Annotated[str, Field(description="The species to read.")],
    birds: Annotated[int, Field(default=3, ge=0)] = 3,
) -> DataFrame[Rings] | DataFrame[Empty]:
    """Return one row for each bird."""
    wings = [150.25 + number for number in range(birds)]
    rings = pd.DataFrame({"ring": [f"{species} {number}" for number in range(birds)], "wing_mm": wings})
    return cast("DataFrame[Rings]", rings)


@register()
def mean_wing(rings: WholeRings | DataFrame[Empty], unit: str | SkipJsonSchema[None] = None) -> str:
    """Return the mean length of the wings."""
    return f"{rings['wing_mm'].mean():.2f} {unit or 'mm'}"


@register(deprecated=True, deprecation_message="Use `mean_wing`.", tags=["old"])
def wing(rings: pd.DataFrame) -> float:
    """Return the mean length of the wings."""
    return float(rings["wing_mm"].mean())


@register()
def find_nests(rings: DataFrame[Rings]) -> gpd.GeoDataFrame:
    """Return a nest for each bird."""
    points = [Point(36.5 + number / 100, 0.25) for number in range(len(rings))]
    return gpd.GeoDataFrame({"groupby_col": rings["ring"]}, geometry=points, crs="EPSG:4326")


@register()
def count_nests(nests: DataFrame[Nests]) -> int:
    """Count nests."""
    return len(nests)


@register()
def load_relocations(path: str) -> pd.DataFrame:
    """Read a file; a built-in task has the same name."""
    return pd.read_csv(path)


@register(tags=["skip"])
def never(*args: Any) -> bool:
    """Return False: a condition, not a task."""
    del args
    return False


@register()
def draws(callback, count: int) -> list[int]:  # type: ignore[no-untyped-def]  # noqa: ANN001  # in haste
    """Draw numbers."""
    return [callback() for _ in range(count)]
