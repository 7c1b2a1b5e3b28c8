"""The contract of a data frame on an edge: a value in, the checked frame or a list of faults out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from pydantic_core import PydanticCustomError, core_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler

# Enough to see a pattern, few enough to stay on one screen.
MAX_EXAMPLES = 5
# Since this version of pandas, a frame and its shallow copy share their values until one is written to.
COPY_ON_WRITE = 3
FAULT_TYPE = "frame_contract"
_INDEX = "\0index"  # no column is called so
_EXPECTED = "expected "
_EXPECTED_CRS = "expected CRS "
_NOT_CONVERTED = "cannot be converted to "


class Frame:
    """Stands for a data frame in a signature, so that reading the signature imports no pandas."""


@dataclass(frozen=True, slots=True)
class FrameFault:
    """One broken rule: which column, which check, how many rows, and up to five examples."""

    column: str
    check: str
    count: int = 0
    examples: tuple[tuple[object, object], ...] = ()

    def __str__(self) -> str:
        text = f"column {self.column!r}: {self.check}" if self.column else self.check
        if not self.count:
            return text
        rows = ", ".join(f"row {index!r}: {value!r}" for index, value in self.examples)
        more = ", ..." if self.count > len(self.examples) else ""
        return f"{text} ({self.count} row{'s' if self.count > 1 else ''}: {rows}{more})"


@dataclass(frozen=True, slots=True)
class FrameContract:
    """What a data frame must satisfy.

    Parameters
    ----------
    schema
        A schema class (ours or a pandera ``DataFrameModel``), or None for any columns.
    geo
        Whether the frame must have an active geometry column.
    """

    schema: type | None = None
    geo: bool = False

    @property
    def name(self) -> str:
        """Return what frames of this kind are called in messages."""
        return self.schema.__name__ if self.schema else ""

    def faults(self, value: object) -> tuple[object, tuple[FrameFault, ...]]:
        """Check a value; return it (converted where the schema coerces) and the rules it breaks."""
        import pandas as pd  # noqa: PLC0415  # only a task that handles frames pays for pandas

        if not isinstance(value, pd.DataFrame):
            return value, (FrameFault("", f"expected a data frame, got {type(value).__name__}"),)
        if self.geo and getattr(value, "_geometry_column_name", None) not in value.columns:
            return value, (FrameFault("", "expected a data frame with a geometry column"),)
        return (value, ()) if self.schema is None else _check_schema(self.schema, value)

    def _validate(self, value: object) -> object:
        checked, faults = self.faults(value)
        if faults:
            text = "; ".join(map(str, faults))
            raise PydanticCustomError(FAULT_TYPE, cast("Any", "{text}"), {"text": text, "faults": faults})
        return checked

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Let pydantic check frames wherever they stand: alone, optional, in lists or in unions."""
        del source, handler
        return core_schema.no_info_plain_validator_function(self._validate)

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Name frames in JSON Schema as published forms do."""
        del schema, handler
        return {"type": "ecoscope.distributed.types.DataFrame"}


def _check_schema(schema: Any, frame: pd.DataFrame) -> tuple[object, tuple[FrameFault, ...]]:
    from ecoscope_workflows.contracts.frame_check import surely_satisfies  # noqa: PLC0415  # imports pandas
    from ecoscope_workflows.contracts.frame_types import written_type  # noqa: PLC0415  # only to check a frame

    said = written_type(schema)
    if said is not None and surely_satisfies(frame, said):
        return _apart(frame), ()
    from pandera.errors import SchemaErrors  # noqa: PLC0415  # half a second, only where a frame is checked

    try:
        return schema.validate(frame, lazy=True), ()
    except SchemaErrors as error:
        return frame, tuple(_faults_of(error.failure_cases, frame))


def _apart(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame so that what a task does to it is done to no other."""
    import pandas as pd  # noqa: PLC0415  # as above

    return frame.copy(deep=int(pd.__version__.partition(".")[0]) < COPY_ON_WRITE)


def _faults_of(cases: Any, frame: pd.DataFrame) -> Iterator[FrameFault]:
    """Group pandera's failure cases, one per value, into one fault per broken rule."""
    groups: dict[tuple[str, str], list[tuple[object, object]]] = {}
    for case in cases.to_dict("records"):
        groups.setdefault(_rule_of(case), []).append((case["index"], case["failure_case"]))
    unconverted = {column for column, rule in groups if rule.startswith(_NOT_CONVERTED)}
    for (column, rule), rows in groups.items():
        located = [row for row in rows if row[0] is not None]
        if rule.startswith(_EXPECTED_CRS):
            yield _fault(column, f"{rule}, got {getattr(frame[column].array, 'crs', None) or 'none'}")
            continue
        if rule.startswith(_EXPECTED):
            if column in unconverted:
                continue
            found = _dtype(frame, column)
            if rule == f"{_EXPECTED}text" and found == "object" and frame.empty:
                # Of objects that are not there none is anything but text.
                continue
            # Where the whole column is of another type, the type says more than the values.
            if len(located) in (0, len(frame)) and found != "geometry":
                yield _fault(column, f"{rule}, got {found}")
                continue
        yield _fault(column, rule, len(located), tuple(located[:MAX_EXAMPLES]))


def _fault(
    column: str, rule: str, count: int = 0, examples: tuple[tuple[object, object], ...] = ()
) -> FrameFault:
    if column == _INDEX:
        return FrameFault("", f"the index: {rule}", count, examples)
    return FrameFault(column, rule, count, examples)


def _dtype(frame: pd.DataFrame, column: str) -> str:
    values = frame.index if column == _INDEX else frame.get(column)
    return str(getattr(values, "dtype", "no single column"))


def _rule_of(case: dict[str, Any]) -> tuple[str, str]:
    check = str(case["check"])
    if check == "column_in_dataframe":
        return str(case["failure_case"]), "is missing"
    if check == "column_in_schema":
        return str(case["failure_case"]), "is not allowed by the schema"
    column = _INDEX if case["schema_context"] == "Index" else str(case["column"])
    if check == "not_nullable":
        return column, "must not be null"
    for name, words in (("dtype", _EXPECTED), ("coerce_dtype", _NOT_CONVERTED)):
        if check.startswith(f"{name}('"):
            dtype = check.removeprefix(f"{name}('").removesuffix("')")
            return column, words + ("text" if dtype.startswith("str") else dtype)
    return column, check.replace("field_uniqueness", "must be unique")
