"""`draw_table`: which cells are shown, as what text, and that none of it is markup."""

from __future__ import annotations

import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from ecoscope_workflows.tasks.results import draw_table
from ecoscope_workflows.tasks.results._table_config import TableConfig

FRAME = gpd.GeoDataFrame(
    {
        "name": ["Ao", None],
        "speed": [1.25, np.nan],
        "fixes": [3, 12],
        "time": pd.to_datetime(["2017-01-01", "NaT"]).tz_localize("UTC"),
        "details": [{"a": [1, "é"]}, ["x"]],
        "ok": [True, False],
    },
    geometry=gpd.points_from_xy([1, 2], [3, 4]),
    index=["i", "j"],
)


def rows(page: str) -> list[list[str]]:
    return [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in re.findall(r"<tr>(<td.*?)</tr>", page)]


def test_cells_are_texts_and_geometries_are_left_out() -> None:
    page = draw_table(FRAME)
    assert re.findall(r'<th scope="col" class="(\w+)">(\w+)</th>', page) == [
        ("text", "name"),
        ("number", "speed"),
        ("number", "fixes"),
        ("time", "time"),
        ("text", "details"),
        ("text", "ok"),
    ]
    first = ["Ao", "1.25", "3", "2017-01-01 00:00:00+00:00", "{&#34;a&#34;: [1, &#34;é&#34;]}", "True"]
    assert rows(page) == [first, ["", "", "12", "", "[&#34;x&#34;]", "False"]]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.1 + 0.2, "0.3"),
        (1e-9, "0"),
        (-1e-9, "0"),
        (1234567.5, "1234567.5"),
        (100.0, "100"),
        (np.inf, "inf"),
    ],
)
def test_numbers_have_no_more_decimals_than_people_read(number: float, text: str) -> None:
    assert rows(draw_table(pd.DataFrame({"n": [number]}))) == [[text]]


def test_columns_are_shown_in_the_order_asked_for() -> None:
    assert rows(draw_table(FRAME, columns=["fixes", "name"])) == [["3", "Ao"], ["12", ""]]
    with pytest.raises(ValueError, match="there is no column 'sex'; the columns are name, speed"):
        draw_table(FRAME, columns=["sex"])


def test_words_of_the_data_are_no_markup() -> None:
    evil = '</td></script><img src=x onerror="alert(1)">'
    page = draw_table(pd.DataFrame({evil: [evil]}), widget_id=evil)
    assert "<img" not in page
    assert page.count("</script>") == 1


def test_readers_can_do_what_the_configuration_says() -> None:
    plain = draw_table(FRAME)
    assert 'class="sortable"' in plain
    assert 'type="search"' not in plain
    assert 'id="download"' not in plain
    config = TableConfig(enable_sorting=False, enable_filtering=True, enable_download=True, hide_header=True)
    rich = draw_table(FRAME, table_config=config, widget_id="Fixes")
    assert 'class="sortable"' not in rich
    assert 'type="search"' in rich
    assert 'id="download"' in rich
    assert '<thead class="hidden">' in rich
    assert "<caption>Fixes</caption>" in rich


def test_an_empty_table_says_so() -> None:
    assert "No data to show" in draw_table(FRAME.iloc[:0])
    assert "No data to show" not in draw_table(FRAME.iloc[:1])


def test_the_same_frame_gives_the_same_page_and_stays_as_it_is() -> None:
    before = FRAME.copy(deep=True)
    assert draw_table(FRAME) == draw_table(FRAME)
    pd.testing.assert_frame_equal(pd.DataFrame(FRAME), pd.DataFrame(before))
