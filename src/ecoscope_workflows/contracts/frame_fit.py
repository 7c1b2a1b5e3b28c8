"""Whether every frame of one description satisfies another: columns one by one, then the frame as a whole."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ecoscope_workflows.contracts.constraints import not_implied
from ecoscope_workflows.contracts.dtypes import conversion_fits, dtype_fits
from ecoscope_workflows.contracts.frame_data import UNSAID
from ecoscope_workflows.contracts.frame_types import is_geometry
from ecoscope_workflows.contracts.verdicts import YES, Verdict, all_of, cannot_tell, no

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping

    from ecoscope_workflows.contracts.frame_data import ColumnType, FrameType

# More names than this are not read.
MAX_COLUMNS = 12
# Longitude and latitude on WGS 84, which differ in nothing once x comes first.
_SAME_CRS = {"OGC:CRS84": "EPSG:4326", "WGS84": "EPSG:4326"}
# Told for all missing columns together.
_MISSING = no()
_CODE = re.compile(r"(\w+):(\w+)")


def frame_fits(produced: FrameType, required: FrameType) -> Verdict:
    """Return whether a frame that is as `produced` says satisfies what `required` says."""
    if produced == required:
        return YES
    verdicts = [
        *_columns_fit(produced, required),
        *_nothing_else(produced, required),
        *_index_fits(produced, required),
        _order_fits(produced, required),
        _geo_fits(produced, required),
        *(
            cannot_tell(f"the frame must satisfy {_rule_in_words(rule)}, which is not said of it")
            for rule in sorted(required.rules - produced.rules, key=str)
        ),
    ]
    return all_of(verdicts)


def _columns_fit(produced: FrameType, required: FrameType) -> Iterator[Verdict]:
    if required.columns and produced.rest == "unknown" and not produced.columns and not produced.absent:
        yield cannot_tell("its columns are not said")
        return
    missing = []
    for name, needed in required.columns.items():
        if needed.regex:
            yield _pattern_fits(name, needed, produced)
        elif name in produced.columns and not produced.columns[name].regex:
            yield _named(name, column_fits(produced.columns[name], needed))
        else:
            verdict = _lacking(name, needed, produced, required)
            missing += [name] if verdict is _MISSING else []
            yield YES if verdict is _MISSING else verdict
    if missing:
        yield no(_are_missing(missing), _has(produced))


def _are_missing(names: list[str]) -> str:
    if len(names) == 1:
        return f"column {names[0]!r} is missing"
    return f"columns {_listed(names)} are missing"


def _has(frame: FrameType) -> str:
    return f"{frame.name or 'the frame'} has {_listed(list(frame.columns)) or 'no columns'}"


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - MAX_COLUMNS} more" if len(names) > MAX_COLUMNS else ""
    return ", ".join(map(repr, names[:MAX_COLUMNS])) + more


def _named(name: str, verdict: Verdict) -> Verdict:
    if not verdict.reason:
        return verdict
    return Verdict(verdict.answer, f"column {name!r} {verdict.reason}", verdict.hint)


def _pattern_fits(pattern: str, needed: ColumnType, produced: FrameType) -> Verdict:
    if pattern in produced.columns and produced.columns[pattern].regex:
        return _named(pattern, column_fits(produced.columns[pattern], needed))
    found = [name for name in produced.columns if re.match(pattern, name)]
    verdict = all_of(_named(name, column_fits(produced.columns[name], needed)) for name in found)
    if verdict.answer == "no":
        return verdict
    if produced.rest == "nothing" and not any(column.regex for column in produced.columns.values()):
        if found or not needed.required:
            return verdict
        return no(f"no column is named like {pattern!r}")
    return cannot_tell(f"other columns may be named like {pattern!r}")


def _lacking(name: str, needed: ColumnType, produced: FrameType, required: FrameType) -> Verdict:
    if name in produced.absent:
        return no(f"column {name!r} has been dropped") if needed.required else YES
    patterns = [key for key, column in produced.columns.items() if column.regex and re.match(key, name)]
    if patterns:
        return cannot_tell(f"column {name!r} may be one of those named like {patterns[0]!r}")
    if not needed.required:
        return YES if produced.rest == "nothing" else cannot_tell(f"column {name!r} is optional and not said")
    if produced.rest == "unknown" or any(rule[0] == "add_missing_columns" for rule in required.rules):
        return cannot_tell(f"column {name!r} is not said to exist")
    return _MISSING


def column_fits(produced: ColumnType, needed: ColumnType) -> Verdict:
    """Return whether a column satisfies what is needed; reasons continue a sentence that names the column."""
    verdicts = [
        (conversion_fits if needed.coerce else dtype_fits)(produced.dtype, needed.dtype),
        _presence(produced, needed),
        _crs_fits(produced.crs, needed.crs),
    ]
    converted = needed.coerce and produced.dtype != needed.dtype
    if needed.unique and (converted or not produced.unique):
        verdicts.append(cannot_tell("must be unique, which is not said of it"))
    known = () if converted else produced.constraints
    missing = not_implied(needed.constraints, known)
    if missing:
        verdicts.append(cannot_tell(f"must be {' and '.join(missing)}, which is not said of it"))
    return all_of(verdicts, " and ")


def _presence(produced: ColumnType, needed: ColumnType) -> Verdict:
    if needed.required and not produced.required:
        return no("may be missing")
    if needed.nullable or produced.nullable is False:
        return YES
    return no("may hold nulls") if produced.nullable else cannot_tell("may hold nulls")


def _crs_fits(produced: str, needed: str) -> Verdict:
    if not needed:
        return YES
    if not produced:
        return cannot_tell(f"must be in {needed}, and its CRS is not said")
    if _same_form(produced) == _same_form(needed):
        return YES
    ours, theirs = _CODE.fullmatch(_same_form(produced)), _CODE.fullmatch(_same_form(needed))
    # Two codes of one authority differ; other texts may say the same in other words.
    if ours and theirs and ours.group(1) == theirs.group(1):
        return no(f"is in {produced}, not in {needed}")
    return cannot_tell(f"is in {produced}, which cannot be compared with {needed}")


def _same_form(crs: str) -> str:
    text = crs.strip().upper()
    return _SAME_CRS.get(text, text)


def _nothing_else(produced: FrameType, required: FrameType) -> Iterator[Verdict]:
    if not required.strict:
        return
    for name, column in produced.columns.items():
        if name not in required.columns or column.regex != required.columns[name].regex:
            yield _not_allowed(name, column, required.columns)
    if produced.rest != "nothing":
        yield cannot_tell("it may have other columns, and none is allowed")


def _not_allowed(name: str, column: ColumnType, allowed: Mapping[str, ColumnType]) -> Verdict:
    patterns = [key for key, needed in allowed.items() if needed.regex and re.match(key, name)]
    if patterns:
        return YES
    if column.regex or not column.required:
        return cannot_tell(f"column {name!r} is not allowed, and may be there")
    return no(f"column {name!r} is not allowed")


def _index_fits(produced: FrameType, required: FrameType) -> Iterator[Verdict]:
    if not required.index:
        return
    if not produced.index:
        yield cannot_tell("its index is not said")
        return
    if len(produced.index) != len(required.index):
        yield no(f"its index has {_levels(produced)}, not {_levels(required)}")
        return
    for level, needed in zip(produced.index, required.index, strict=True):
        label = f"its index {needed.name!r}" if needed.name else "its index"
        if needed.name and level.name and needed.name != level.name:
            yield no(f"its index is called {level.name!r}, not {needed.name!r}")
        elif needed.name and not level.name:
            yield cannot_tell(f"its index must be called {needed.name!r}, and its name is not said")
        verdict = column_fits(level.column, needed.column)
        yield Verdict(verdict.answer, f"{label} {verdict.reason}") if verdict.reason else verdict


def _levels(frame: FrameType) -> str:
    return "one level" if len(frame.index) == 1 else f"{len(frame.index)} levels"


def _order_fits(produced: FrameType, required: FrameType) -> Verdict:
    if not required.ordered:
        return YES
    if produced.ordered:
        common = [name for name in produced.columns if name in required.columns]
        if common != [name for name in required.columns if name in produced.columns]:
            return no(f"its columns are not in the order {', '.join(required.columns)}")
        if list(produced.columns) == list(required.columns) and produced.rest == "nothing":
            return YES
    return cannot_tell("the order of its columns is not said")


def _geo_fits(produced: FrameType, required: FrameType) -> Verdict:
    if not required.geo or produced.geo:
        return YES
    columns = produced.columns.values()
    if any(is_geometry(column) and column.required for column in columns):
        # A frame with geometries is stored as GeoParquet and comes back with an active geometry column.
        return YES
    if produced.rest == "unknown" or UNSAID.dtype in (column.dtype for column in columns):
        return cannot_tell("it is not said to have a geometry column")
    if any(map(is_geometry, columns)):
        return cannot_tell("its geometry column may be missing")
    return no("it has no geometry column")


def _rule_in_words(rule: tuple[Hashable, ...]) -> str:
    if rule[0] == "check":
        return f"the check {rule[1]!r}"
    if rule[0] == "unique":
        return f"uniqueness of {rule[1]}"
    return repr(rule[0])
