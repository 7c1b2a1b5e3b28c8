"""What a file says of its CRS in, the CRS out: the same object for the same text.

PROJ opens its database anew in each fork, which takes longer than reading most files; a CRS that was made
before the fork needs no database, and pyproj sees at once that it is the same as itself.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyproj import CRS

# What a file without the key is in, and what nearly all others are in.
COMMON = ("OGC:CRS84", "EPSG:4326")


def known_crs(described: Any) -> CRS | None:
    """Return the CRS that the metadata of a GeoParquet file describes; None where it is unknown.

    Parameters
    ----------
    described
        PROJJSON, the name of a CRS, or None.
    """
    return None if described is None else _crs(json.dumps(described, sort_keys=True))


def learn_common() -> None:
    """Make those that nearly all files are in."""
    from pyproj import CRS  # noqa: PLC0415  # frames without geometry do without it

    for name in COMMON:
        known_crs(name)
        known_crs(CRS.from_user_input(name).to_json_dict())


@cache
def _crs(text: str) -> CRS:
    from pyproj import CRS  # noqa: PLC0415  # as above

    return CRS.from_user_input(json.loads(text))
