"""Charts: what is counted, in which order and colour, and that a page holds its data and nothing else."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from ecoscope_workflows.tasks.results import (
    draw_bar_chart,
    draw_ecoplot,
    draw_line_chart,
    draw_pie_chart,
    draw_time_series_bar_chart,
)
from ecoscope_workflows.tasks.results._chart_styles import (
    AxisStyle,
    BarConfig,
    BarLayoutStyle,
    EcoplotConfig,
    LayoutStyle,
    LineStyle,
    PlotCategoryStyle,
    PlotStyle,
    SmoothingConfig,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

EVENTS = pd.DataFrame(
    {
        "time": pd.to_datetime(
            ["2015-02-03T23:30Z", "2015-01-31T22:00Z", "2015-01-01T01:00Z", "2015-01-05T00:00Z"]
        ).tz_convert("Etc/GMT-3"),
        "kind": ["fire", "bird", "fire", "fire"],
        "color": [(255, 0, 0, 255), [0, 0, 255, 51], np.array([255, 0, 0, 255]), (255, 0, 0, 255)],
        "count": [1, 2, 3, 4],
    },
    index=[9, 5, 5, 1],
)
TRACK = pd.DataFrame(
    {
        "Time": pd.to_datetime(["2017-01-02", "2017-01-01", "2017-01-01", "NaT"]).tz_localize("UTC"),
        "NSD (km²)": [4.0, 1.0, 2.0, 9.0],
        "speed": [1.0, 2.0, 3.0, 4.0],
        "name": ["Bo", "Ao", "Bo", "Ao"],
    }
)
NSD = EcoplotConfig(x_col="Time", y_col="NSD (km²)")


def drawn(page: str) -> dict[str, Any]:
    """Return the figure in a page, with plotly's packed arrays as lists."""
    block = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert block is not None
    found: dict[str, Any] = _unpacked(json.loads(block.group(1))["figure"])
    return found


def _unpacked(value: Any) -> Any:
    if isinstance(value, dict) and "bdata" in value:
        return np.frombuffer(base64.b64decode(value["bdata"]), np.dtype(value["dtype"])).tolist()
    if isinstance(value, dict):
        return {key: _unpacked(item) for key, item in value.items()}
    return [_unpacked(item) for item in value] if isinstance(value, list) else value


def bars(frame: pd.DataFrame, interval: Any = "month", **options: Any) -> str:
    arguments = {"category": "kind", "y_axis": "kind", "agg_function": "count", **options}
    return draw_time_series_bar_chart(frame, x_axis="time", time_interval=interval, **arguments)


CHARTS: dict[str, Callable[[pd.DataFrame], str]] = {
    "bars over time": bars,
    "bars": lambda frame: draw_bar_chart(
        frame, [BarConfig(column="count", agg_func="sum", label="n")], "kind"
    ),
    "pie": lambda frame: draw_pie_chart(frame, "kind", color_column="color"),
    "lines": lambda frame: draw_line_chart(frame, "time", "count", "kind", smoothing=SmoothingConfig()),
    "panels": lambda frame: draw_ecoplot(frame, "kind", [EcoplotConfig(x_col="time", y_col="count")]),
}


@pytest.mark.parametrize("draw", CHARTS.values(), ids=CHARTS)
def test_the_same_frame_gives_the_same_page_and_stays_as_it_is(draw: Callable[[pd.DataFrame], str]) -> None:
    before = EVENTS.copy(deep=True)
    assert draw(EVENTS) == draw(EVENTS)
    pd.testing.assert_frame_equal(EVENTS, before)


@pytest.mark.parametrize("draw", CHARTS.values(), ids=CHARTS)
@pytest.mark.parametrize("frame", [EVENTS.iloc[:0], EVENTS.assign(kind=None)], ids=["empty", "no kinds"])
def test_a_chart_of_nothing_says_so(draw: Callable[[pd.DataFrame], str], frame: pd.DataFrame) -> None:
    figure = drawn(draw(frame))
    assert figure["data"] == []
    assert [note["text"] for note in figure["layout"]["annotations"]] == ["No data to show"]


@pytest.mark.parametrize("draw", CHARTS.values(), ids=CHARTS)
def test_a_chart_of_one_row_has_one_trace_or_its_point(draw: Callable[[pd.DataFrame], str]) -> None:
    assert len(drawn(draw(EVENTS.iloc[:1]))["data"]) == 1


@pytest.mark.parametrize("draw", CHARTS.values(), ids=CHARTS)
def test_words_of_the_data_are_no_markup(draw: Callable[[pd.DataFrame], str]) -> None:
    evil = "</script><img src=x onerror=alert(1)><b>&lt;"
    page = draw(EVENTS.assign(kind=evil))
    assert "<img" not in page.partition('<script type="application/json" id="data">')[2][:3000]
    assert page.count("</script>") == 3
    text = json.dumps(drawn(page))
    assert "&lt;b&gt;&amp;lt;" in text or "lines" in text
    assert "<img" not in text


@pytest.mark.parametrize("draw", CHARTS.values(), ids=CHARTS)
def test_a_missing_column_is_named_with_those_that_are_there(draw: Callable[[pd.DataFrame], str]) -> None:
    with pytest.raises(ValueError, match="there is no column 'kind'; the columns are time, color, count"):
        draw(EVENTS.drop(columns="kind"))


def test_a_page_asks_for_no_other_file() -> None:
    page = bars(EVENTS)
    assert re.findall(r"<(?:script|link|img|iframe)[^>]*\b(?:src|href)=", page) == []
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    assert policy.group(1).startswith("default-src &#39;none&#39;; script-src &#39;sha256-")


def test_bars_count_by_the_clock_of_their_zone_in_the_colour_of_their_category() -> None:
    figure = drawn(bars(EVENTS, color_column="color"))
    assert [(trace["name"], trace["x"], trace["y"]) for trace in figure["data"]] == [
        ("bird", ["2015-01-01T00:00:00", "2015-02-01T00:00:00"], [0, 1]),
        ("fire", ["2015-01-01T00:00:00", "2015-02-01T00:00:00"], [2, 1]),
    ]
    colors = [trace["marker"]["color"] for trace in figure["data"]]
    assert colors == ["rgba(0, 0, 255, 0.2)", "rgba(255, 0, 0, 1)"]
    assert figure["layout"]["barmode"] == "stack"
    assert figure["layout"]["xaxis"]["range"] == ["2015-01-01 00:00:00", "2015-03-01 00:00:00"]


@pytest.mark.parametrize(
    ("interval", "starts"),
    [
        ("year", ["2015-01-01T00:00:00"]),
        (
            "week",
            ["2014-12-29T00:00:00", "2015-01-05T00:00:00", "2015-01-26T00:00:00", "2015-02-02T00:00:00"],
        ),
        ("day", ["2015-01-01T00:00:00", "2015-01-05T00:00:00", "2015-02-01T00:00:00", "2015-02-04T00:00:00"]),
        (
            "hour",
            ["2015-01-01T04:00:00", "2015-01-05T03:00:00", "2015-02-01T01:00:00", "2015-02-04T02:00:00"],
        ),
    ],
)
def test_intervals_begin_where_the_calendar_says(interval: str, starts: list[str]) -> None:
    assert drawn(bars(EVENTS, interval))["data"][0]["x"] == starts


@pytest.mark.parametrize(
    ("function", "expected"),
    [("sum", 7), ("count", 2), ("min", 3), ("max", 4), ("mean", 3.5), ("nunique", 2), ("median", 3.5)],
)
def test_bars_hold_the_aggregate_asked_for(function: Any, expected: float) -> None:
    january = drawn(bars(EVENTS, y_axis="count", agg_function=function))["data"][1]
    assert january["y"][0] == expected


def test_events_by_month_are_the_published_counts(reference_data: Path) -> None:
    events = pd.read_parquet(reference_data / "ecoscope2026" / "io" / "get-events.example-return.parquet")
    figure = drawn(bars(events.rename(columns={"event_type_display": "kind"})))
    by_month = np.array([trace["y"] for trace in figure["data"]]).sum(axis=0)
    assert by_month.tolist() == [98, 59, 46, 63, 72, 48, 73, 55, 78, 65, 58, 69]
    pie = drawn(draw_pie_chart(events, "event_type_display"))["data"][0]
    shares = dict(zip(pie["labels"], pie["values"], strict=True))
    assert sorted(shares.values(), reverse=True) == [138, 137, 131, 130, 127, 121]
    assert shares["Fire"] == 138


def test_times_of_several_zones_are_put_in_utc() -> None:
    times = [pd.Timestamp("2015-01-01T01:00+03:00"), pd.Timestamp("2015-01-01T01:00Z")]
    frame = pd.DataFrame({"time": pd.Series(times, dtype=object), "kind": "x"})
    assert drawn(bars(frame, "hour"))["data"][0]["x"] == ["2014-12-31T22:00:00", "2015-01-01T01:00:00"]


def test_rows_without_a_time_or_a_category_are_left_out() -> None:
    frame = EVENTS.assign(time=EVENTS["time"].where(EVENTS["count"] != 4))
    frame.loc[frame["count"] == 2, "kind"] = None
    traces = drawn(bars(frame))["data"]
    assert [(trace["name"], trace["y"]) for trace in traces] == [("fire", [1, 1])]


def test_what_cannot_be_computed_is_refused() -> None:
    with pytest.raises(ValueError, match="the mean of column 'kind' needs numbers"):
        bars(EVENTS, agg_function="mean")
    with pytest.raises(ValueError, match="column 'time' holds no times"):
        bars(EVENTS.assign(time="yesterday"))
    with pytest.raises(ValueError, match="'count' holds numbers, which need labels"):
        draw_pie_chart(EVENTS, "count")
    with pytest.raises(ValueError, match="expected a colour"):
        bars(EVENTS.assign(color=pd.Series([(1, 2)] * 4, EVENTS.index)), color_column="color")
    with pytest.raises(ValueError, match="ecoplot_configs is empty"):
        draw_ecoplot(TRACK, "name", [])
    with pytest.raises(ValueError, match="hovermode"):
        bars(EVENTS, layout_style=BarLayoutStyle(hovermode="sideways"))


def test_options_of_the_user_win() -> None:
    layout = BarLayoutStyle(title="Events", bargap=0.5, yaxis=AxisStyle(title="How many", range=[0, 9]))
    style = PlotStyle(xperiodalignment="start", width=10)
    figure = drawn(bars(EVENTS, layout_style=layout, plot_style=style))
    assert figure["layout"]["title"]["text"] == "Events"
    assert (figure["layout"]["bargap"], figure["layout"]["yaxis"]["range"]) == (0.5, [0, 9])
    assert (figure["data"][0]["xperiodalignment"], figure["data"][0]["width"]) == ("start", 10)


def test_pies_add_numbers_by_label_and_count_words() -> None:
    numbers = drawn(draw_pie_chart(EVENTS, "count", "kind", "color"))["data"][0]
    assert (numbers["labels"], numbers["values"]) == (["fire", "bird"], [8, 2])
    assert numbers["marker"]["colors"] == ["rgba(255, 0, 0, 1)", "rgba(0, 0, 255, 0.2)"]
    words = drawn(draw_pie_chart(EVENTS, "kind", plot_style=PlotStyle(textinfo="value")))["data"][0]
    assert (words["labels"], words["values"], words["textinfo"]) == (["fire", "bird"], [3, 1], "value")


def test_bars_stand_side_by_side_with_their_labels() -> None:
    configs = [
        BarConfig(column="count", agg_func="sum", label="All", show_label=True),
        BarConfig(
            column="count", agg_func="max", label="Most", style=PlotCategoryStyle(marker_color="#0000ff")
        ),
    ]
    figure = drawn(draw_bar_chart(EVENTS, configs, "kind", LayoutStyle(showlegend=False)))
    assert [(trace["name"], trace["x"], trace["y"]) for trace in figure["data"]] == [
        ("All", ["bird", "fire"], [2, 8]),
        ("Most", ["bird", "fire"], [2, 4]),
    ]
    assert [trace.get("texttemplate") for trace in figure["data"]] == ["%{y}", None]
    assert figure["data"][1]["marker"]["color"] == "#0000ff"
    assert figure["layout"]["showlegend"] is False


def test_panels_stand_in_order_each_with_its_rows_in_order() -> None:
    figure = drawn(draw_ecoplot(TRACK, "name", [NSD]))
    assert [(trace["name"], trace["yaxis"], trace["x"], trace["y"]) for trace in figure["data"]] == [
        ("Ao", "y", ["2017-01-01T00:00:00"], [1.0]),
        ("Bo", "y2", ["2017-01-01T00:00:00", "2017-01-02T00:00:00"], [2.0, 4.0]),
    ]
    upper, lower = figure["layout"]["yaxis"]["domain"], figure["layout"]["yaxis2"]["domain"]
    assert upper[1] == 1
    assert lower == [0.0, 0.5]
    assert upper[0] > lower[1]
    assert [note["text"] for note in figure["layout"]["annotations"]] == ["Ao", "Bo"]


def test_a_second_column_has_an_axis_of_its_own_on_the_right() -> None:
    second = EcoplotConfig(x_col="Time", y_col="speed", plot_style=PlotStyle(mode="lines"))
    figure = drawn(draw_ecoplot(TRACK.set_index("name"), "name", [NSD, second]))
    assert [trace["yaxis"] for trace in figure["data"]] == ["y", "y3", "y2", "y4"]
    assert [trace["mode"] for trace in figure["data"]] == ["lines+markers", "lines"] * 2
    assert [figure["layout"][name]["side"] for name in ("yaxis3", "yaxis4")] == ["right", "right"]
    assert figure["layout"]["yaxis4"]["overlaying"] == "y2"


@pytest.mark.parametrize(("wanted", "kept"), [("%b-%Y", False), ("%d %b", True), ("%H:%M", True)])
def test_a_format_of_months_gets_days_where_marks_are_closer(wanted: str, kept: bool) -> None:
    axis = drawn(draw_ecoplot(TRACK, "name", [NSD], wanted))["layout"]["xaxis"]
    assert axis.get("tickformat") == (wanted if kept else None)
    stops = axis.get("tickformatstops", [])
    assert [stop["value"] for stop in stops][:1] == ([] if kept else [wanted])


@pytest.mark.parametrize("category", [None, ""])
def test_lines_are_drawn_in_the_order_of_x(category: str | None) -> None:
    figure = drawn(draw_line_chart(TRACK, "speed", "NSD (km²)", category, LineStyle(dash="dot")))
    (line,) = figure["data"]
    assert (line["x"], line["y"]) == ([1.0, 2.0, 3.0, 4.0], [4.0, 1.0, 2.0, 9.0])
    assert line["line"]["dash"] == "dot"


def test_a_smoothed_line_goes_through_its_points_and_keeps_to_its_bounds() -> None:
    frame = pd.DataFrame({"x": [0.0, 1, 2, 3, 4, 4], "y": [0.0, 5, 0, 0, 4, 6]})
    smoothing = SmoothingConfig(y_min=0, y_max=5, resolution=4)
    curve, points = drawn(draw_line_chart(frame, "x", "y", smoothing=smoothing))["data"]
    assert (len(curve["x"]), points["mode"]) == (20, "markers")
    assert points["marker"]["color"] == curve["line"]["color"]
    assert (min(curve["y"]), max(curve["y"]), curve["y"][-1]) == (0, 5, 5)
