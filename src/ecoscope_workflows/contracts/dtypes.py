"""The type of a column as plain data, and whether a column of one type passes for one of another."""

from __future__ import annotations

import datetime as dt
import decimal
import re
from dataclasses import dataclass
from typing import Annotated, Any, get_args, get_origin

from ecoscope_workflows.contracts import columns
from ecoscope_workflows.contracts.verdicts import NO, YES, Verdict, cannot_tell, no


@dataclass(frozen=True, slots=True)
class DType:
    """The type of a column.

    Parameters
    ----------
    name
        pandas' name of it, or ``datetime``, ``geometry``, ``any`` (not said) or ``?<class>`` (not known).
    zone
        The time zone of a datetime: its name, ``naive``, or ``aware`` for any.
    unit
        The resolution of a datetime, or an empty text for any.
    shapes
        The types of geometries; none for any.
    """

    name: str
    zone: str = ""
    unit: str = ""
    shapes: frozenset[str] = frozenset()

    def __str__(self) -> str:
        if self.name == "datetime":
            unit = f" ({self.unit})" if self.unit else ""
            zones = {"naive": "without a time zone", "aware": "with a time zone"}
            return f"datetime {zones.get(self.zone, f'in {self.zone}')}{unit}"
        if self.shapes:
            return " or ".join(sorted(self.shapes))
        return {"str": "text"}.get(self.name, self.name.removeprefix("?"))


ANY = DType("any")
GEOMETRY = DType("geometry")

KINDS: dict[object, DType] = {
    Any: ANY,
    columns.UTCDatetime: DType("datetime", "UTC"),
    columns.AwareDatetime: DType("datetime", "aware"),
    columns.Geometry: GEOMETRY,
    columns.PointGeometry: DType("geometry", shapes=frozenset({"Point"})),
    columns.LineGeometry: DType("geometry", shapes=frozenset({"LineString", "MultiLineString"})),
    columns.PolygonGeometry: DType("geometry", shapes=frozenset({"Polygon", "MultiPolygon"})),
}
# What pandera takes these for.
PYTHON_TYPES: dict[object, DType] = {
    str: DType("str"),
    int: DType("int64"),
    float: DType("float64"),
    bool: DType("bool"),
    object: DType("object"),
    bytes: DType("object"),
    complex: DType("complex128"),
    dt.datetime: DType("datetime", "naive", "ns"),
    dt.timedelta: DType("timedelta64[ns]"),
    dt.date: DType("date"),
    decimal.Decimal: DType("decimal"),
}
# Columns of these types are stored as objects, as text is in pandas 2.
_IN_OBJECTS = {"str", "date", "decimal"}
_DATETIME = re.compile(r"datetime64\[(\w+)(?:, *(.+))?\]")
_INTEGER = re.compile(r"(u?)int(8|16|32|64)")
_PLAIN = re.compile(r"bool|u?int(8|16|32|64)|float(16|32|64)|complex(64|128)|object|category|str")


def dtype_of(kind: Any) -> DType:
    """Return the type of a column declared as ``Series[kind]``."""
    for table in (KINDS, PYTHON_TYPES):
        try:
            if kind in table:
                return table[kind]
        except TypeError:
            # What cannot be hashed is in no table.
            return DType(f"?{kind!r}")
    if get_origin(kind) is Annotated and get_args(kind)[0].__name__ == "DatetimeTZDtype":
        # As pandera writes it: Annotated[pandas.DatetimeTZDtype, "ns", "UTC"]
        _, unit, zone = get_args(kind)
        return DType("datetime", "UTC" if str(zone).upper() == "UTC" else str(zone), str(unit))
    name = getattr(kind, "__name__", "").removesuffix("_")
    if getattr(kind, "__module__", "") == "numpy" and _PLAIN.fullmatch(name):
        return DType(name)
    return DType(f"?{getattr(kind, '__module__', '')}.{getattr(kind, '__qualname__', repr(kind))}")


def dtype_named(text: str) -> DType:
    """Return the type that pandas calls `text`."""
    found = _DATETIME.fullmatch(text)
    if found:
        return DType("datetime", found.group(2) or "naive", found.group(1))
    return DType(text)


def dtype_fits(produced: DType, required: DType) -> Verdict:
    """Return whether a column of one type passes a check for another; nothing is converted."""
    if required in (ANY, produced):
        return YES
    if produced == ANY:
        return cannot_tell("is of a type that is not said")
    if "?" in (produced.name[0], required.name[0]):
        return cannot_tell(f"is {produced}, which cannot be compared with {required}")
    if produced.name == required.name == "datetime":
        verdict = _datetime_fits(produced, required)
    elif produced.name == required.name == "geometry":
        verdict = _geometry_fits(produced, required)
    elif "object" in (produced.name, required.name) and {produced.name, required.name} & _IN_OBJECTS:
        verdict = cannot_tell(f"is {produced}, which may or may not pass for {required}")
    else:
        verdict = NO
    return verdict if verdict.answer != "no" else no(f"is {produced}, not {required}")


def _datetime_fits(produced: DType, required: DType) -> Verdict:
    aware = produced.zone != "naive"
    if required.zone == "aware" and not aware:
        return NO
    if required.zone not in ("aware", produced.zone) and produced.zone != "aware":
        return NO
    if required.zone == "naive" and aware:
        return NO
    if required.unit and produced.unit and required.unit != produced.unit:
        return NO
    if required.zone != "aware" and produced.zone == "aware":
        return cannot_tell(f"is {produced}, which is not said to be {required.zone}")
    if required.unit and not produced.unit:
        return cannot_tell(f"is {produced} of any resolution, and {required.unit} is needed")
    return YES


def _geometry_fits(produced: DType, required: DType) -> Verdict:
    if not required.shapes or (produced.shapes and produced.shapes <= required.shapes):
        return YES
    if not produced.shapes or produced.shapes & required.shapes:
        return cannot_tell(f"is {produced}, which may be other than {required}")
    return NO


def conversion_fits(produced: DType, required: DType) -> Verdict:
    """Return whether a column of one type passes for another that it is converted to first."""
    verdict = dtype_fits(produced, required)
    # Kinds of types, as ours are, convert nothing.
    if verdict.answer == "yes" or required in KINDS.values():
        return verdict
    if produced == ANY:
        return cannot_tell(f"is converted to {required} from a type that is not said")
    if produced.name == "bool" or _INTEGER.fullmatch(produced.name):
        if required.name in ("float64", "str", "object"):
            return YES
        if required.name == "int64" and produced.name != "uint64":
            return YES
    if produced.name == "float32" and required.name == "float64":
        return YES
    return cannot_tell(f"is {produced}; whether it can be converted to {required} depends on the values")
