"""Times of track files: read in the zone they name or are given, or refused with their rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecoscope_workflows.tasks.io import load_relocations
from ecoscope_workflows.tasks.io._track_times import utc_times

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HEAD = "groupby_col,fixtime,longitude,latitude"


@pytest.fixture
def write_csv(tmp_path: Path) -> Callable[[str], Path]:
    def write(rows: str) -> Path:
        path = tmp_path / "fixes.csv"
        path.write_text(rows, encoding="utf-8")
        return path

    return write


def test_naive_times_are_in_the_time_zone_given_and_others_are_not(write_csv: Any) -> None:
    times = ["2024-03-01 06:30:00", "2024-03-01T06:30:00Z", "2024-03-01 06:30:00.5+01:00", "2024-03-02"]
    rows = "\n".join(f"a,{time},1,1" for time in times)
    found = load_relocations(write_csv(f"{HEAD}\n{rows}\n"), time_zone="Africa/Nairobi")
    assert [time.isoformat() for time in found["fixtime"]] == [
        "2024-03-01T03:30:00+00:00",
        "2024-03-01T06:30:00+00:00",
        "2024-03-01T05:30:00.500000+00:00",
        "2024-03-01T21:00:00+00:00",
    ]


@pytest.mark.parametrize(
    ("time", "row"),
    [("2024-03-31 02:30:00", "row 2: '2024-03-31 02:30:00'"), ("2024-10-27 02:30", "row 2: ")],
)
def test_times_that_a_zone_skips_or_repeats_are_refused(write_csv: Any, time: str, row: str) -> None:
    path = write_csv(f"{HEAD}\na,2024-03-01T00:00:00Z,1,1\na,{time},1,1\n")
    message = rf"'fixtime' must exist once in time zone 'Europe/Berlin', but 1 of 2 rows do not \({row}"
    with pytest.raises(ValueError, match=message):
        load_relocations(path, time_zone="Europe/Berlin")


def test_times_that_cannot_be_read_are_named_up_to_five(write_csv: Any) -> None:
    bad = ["", "yesterday", "13/01/2024", "2024-13-01", "0001-01-01", "9999-01-01 00:00:00", "12:30"]
    rows = "\n".join(f"a,{time},1,1" for time in ["2024-03-01T00:00:00Z", *bad])
    message = (
        r"column 'fixtime' must hold a date-time such as '2024-03-01 06:30:00' in each row, "
        r"but 7 of 8 rows do not \(row 2: empty, row 3: 'yesterday', row 4: '13/01/2024', "
        r"row 5: '2024-13-01', row 6: '0001-01-01', …\)"
    )
    with pytest.raises(ValueError, match=message):
        load_relocations(write_csv(f"{HEAD}\n{rows}\n"))


def test_numbers_are_no_times(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {"groupby_col": ["a"], "fixtime": [1709274600], "longitude": [1.0], "latitude": [1.0]}
    )
    table.to_parquet(tmp_path / "a.parquet")
    with pytest.raises(ValueError, match="column 'fixtime' holds numbers: expected date-times"):
        load_relocations(tmp_path / "a.parquet")


@given(
    st.datetimes(pd.Timestamp("1990-01-01").to_pydatetime(), pd.Timestamp("2060-01-01").to_pydatetime()),
    st.sampled_from(["", "Z", "+03:00", "-0930", "+05"]),
    st.sampled_from(["T", " "]),
)
def test_text_of_any_time_is_read_back(moment: Any, offset: str, separator: str) -> None:
    text = moment.isoformat(sep=separator, timespec="microseconds") + offset
    found = utc_times(pd.Series([text], name="fixtime", dtype=str), "Asia/Kolkata").iloc[0]
    minutes = {"": 330, "Z": 0, "+03:00": 180, "-0930": -570, "+05": 300}[offset]
    assert found == pd.Timestamp(moment, tz="UTC") - pd.Timedelta(minutes, "min")
