"""The page of a dashboard, without a browser: what it holds once, what it escapes, where widgets stand."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from pydantic import Field

from ecoscope_workflows.contracts.file_codecs import JsonCodec
from ecoscope_workflows.tasks.results._dashboard import Dashboard
from ecoscope_workflows.tasks.results._dashboard_codec import DashboardCodec, dashboard_codec
from ecoscope_workflows.tasks.results._dashboard_contents import DashboardWidget, LayoutItem, ViewWithFiles
from ecoscope_workflows.tasks.results._dashboard_documents import Documents
from ecoscope_workflows.tasks.results._dashboard_layout import COLUMNS, Place, places

if TYPE_CHECKING:
    from pathlib import Path

LONG = f"<script>{'library(); ' * 400}</script>"


def widget(number: int, kind: Any = "map", data: Any = None, reason: str = "") -> DashboardWidget:
    return DashboardWidget(
        id=number, widget_type=kind, title=f"W{number}", is_filtered=False, data=data, reason=reason
    )


def dashboard(*widgets: DashboardWidget, **more: Any) -> Dashboard:
    return Dashboard(filters=None, views={"{}": list(widgets)}, metadata={"title": "T", **more})


def block(page: str, name: str) -> Any:
    found = re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return json.loads(found.group(1))


def contents(page: str, view: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = block(page, "data")["views"][view]["widgets"]
    return found


def shown_page(page: str, number: int) -> str:
    """Return a page inside the page, put together as the browser does it."""
    return "".join(block(page, f"part-{part}")["text"] for part in block(page, "data")["pages"][number])


def test_pages_are_put_together_as_they_were_and_share_what_is_long(tmp_path: Path) -> None:
    texts = [f"<!doctype html>{LONG}<p>é {number}</p><STYLE>p{{}}</STYLE >{LONG}\n" for number in range(3)]
    for number, text in enumerate(texts):
        (tmp_path / f"{number}.html").write_text(text, encoding="utf-8")
    widgets = [widget(number, data=str(tmp_path / f"{number}.html")) for number in range(3)]
    page = dashboard(*widgets, widget(3, data=(tmp_path / "1.html").as_uri())).page()
    assert [shown_page(page, number) for number in range(3)] == texts
    assert [content["page"] for content in contents(page).values()] == [0, 1, 2, 1]
    assert page.count("library(); ") == 400


def test_a_page_is_cut_anywhere_without_a_loss() -> None:
    documents = Documents()
    broken = f"<script>{LONG}<style>no end{'x' * 3000}<script></style>"
    number = documents.add(broken)
    assert "".join(documents.parts[part] for part in documents.pages[number]) == broken


def test_nothing_from_data_breaks_out_of_its_place(tmp_path: Path) -> None:
    evil = '</script><script>alert(1)</script>"><img src=x onerror=alert(1)>'
    (tmp_path / "m.html").write_text(evil, encoding="utf-8")
    filters = {
        "schema": {
            "properties": {evil: {"title": evil, "default": evil, "oneOf": [{"const": evil, "title": evil}]}}
        }
    }
    shown = [
        DashboardWidget(id=0, widget_type="map", title=evil, is_filtered=True, data=str(tmp_path / "m.html")),
        DashboardWidget(id=1, widget_type="text", title=evil, is_filtered=True, data=evil),
        DashboardWidget(id=2, widget_type="stat", title=evil, is_filtered=True, data=None, reason=evil),
    ]
    metadata = {"title": evil, "description": evil, "time_range": evil, "⚠️ Warning": evil}
    view = ViewWithFiles(dashboard=shown, files=[{"path": evil}])
    page = Dashboard(filters=filters, views={json.dumps({evil: evil}): view}, metadata=metadata).page()
    assert "<img" not in page
    assert "<script>alert" not in page
    assert page.count("<script") == page.count("</script>") == 3
    assert shown_page(page, 0) == evil
    assert contents(page)["1"]["text"] == evil


def test_what_cannot_be_shown_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "binary.html").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "empty.html").write_text(" \n", encoding="utf-8")
    (tmp_path / "here.html").write_text("<p>here</p>", encoding="utf-8")
    page = dashboard(
        widget(0, reason="subject_obs was skipped: any_is_empty_df on 'df'"),
        widget(1, data="results/gone.html"),
        widget(2, data="binary.html"),
        widget(3, data="empty.html"),
        widget(4, data=str(tmp_path)),
        widget(5, "map_v2", {"layers": []}),
        widget(6, "stat", "nan km/h"),
        widget(7, "stat", "-inf"),
        widget(8, "stat", "nanny"),
        widget(9, data="here.html"),
        widget(10, data="https://example.org/map.html"),
        widget(11, data="a\0b"),
    ).page()
    found = [content.get("reason", content["kind"]) for content in contents(page).values()]
    assert found == [
        "subject_obs was skipped: any_is_empty_df on 'df'",
        "The file gone.html is missing.",
        "The file binary.html is no text in UTF-8.",
        "The file empty.html is empty.",
        f"The file {tmp_path.name} cannot be read: Is a directory.",
        "This page cannot draw maps described for deck.gl: draw them as pages.",
        "It cannot be computed from these data.",
        "It cannot be computed from these data.",
        "text",
        "page",
        "link",
        "The file a\0b cannot be read: its name is not one of a file.",
    ]


def test_the_page_opens_on_the_default_choices_or_on_the_first_view_that_there_is() -> None:
    def opened(*defaults: str) -> int:
        properties = {
            name: {"title": name, "default": default, "oneOf": [{"const": default, "title": default}]}
            for name, default in zip("ab", defaults, strict=True)
        }
        views: dict[str, Any] = {'{"a": "1", "b": "2"}': [], '{"a": "3", "b": "4"}': []}
        filters = {"schema": {"properties": properties}}
        page = Dashboard(filters=filters, views=views, metadata={}).page()
        first: int = block(page, "data")["first"]
        return first

    assert (opened("3", "4"), opened("1", "4")) == (1, 0)


def test_a_dashboard_without_groups_has_no_filter() -> None:
    choice = {"title": "All", "default": "True", "oneOf": [{"const": "True", "title": "True"}]}
    filters = {"schema": {"properties": {"All": choice}}}
    page = Dashboard(filters=filters, views={'{"All": "True"}': []}, metadata={}).page()
    assert "<select" not in page
    assert "<title>Dashboard</title>" in page


def test_the_same_dashboard_gives_the_same_page(tmp_path: Path) -> None:
    (tmp_path / "m.html").write_text(LONG, encoding="utf-8")
    one = dashboard(widget(0, data=str(tmp_path / "m.html")), widget(1, "text", "x"))
    assert one.page() == one.page()


def test_widgets_stand_by_their_kinds() -> None:
    kinds = ["map", *["stat"] * 6, "text", "graph", "table"]
    found = places([widget(number, kind) for number, kind in enumerate(kinds)], None)
    assert found[1:7] == [Place(x, y, 20, 3) for y in (0, 3) for x in (0, 20, 40)]
    assert found[7] == Place(0, 6, 60, 2)
    assert [found[0], *found[8:]] == [Place(0, 8, 60, 14), Place(0, 22, 30, 14), Place(30, 22, 30, 14)]
    assert places([], None) == []


@pytest.mark.parametrize("count", range(1, 13))
def test_rows_of_numbers_are_full_and_even(count: int) -> None:
    found = places([widget(number, "stat") for number in range(count)], None)
    for row in {place.y for place in found}:
        widths = [place.w for place in found if place.y == row]
        assert sum(widths) == COLUMNS
        assert max(widths) == min(widths)
        assert len(widths) <= 5


def test_a_layout_is_kept_but_for_what_overlaps(reference_data: Path) -> None:
    path = reference_data / "snapshots" / "subject-tracking" / "layout.json"
    layout = [LayoutItem.model_validate(item) for item in json.loads(path.read_text(encoding="utf-8"))]
    found = places([widget(number) for number in range(11)], layout)
    assert found[4] == Place(0, 0, 18, 3)
    # The published file has its maps one row into the map above them.
    assert (found[0], found[7], found[8]) == (
        Place(0, 6, 60, 16),
        Place(0, 22, 30, 16),
        Place(30, 22, 30, 16),
    )
    assert found[9] == Place(0, 38, 60, 16)
    # One more widget than the layout names stands below.
    assert found[10] == Place(0, 54, 60, 14)


def test_a_layout_that_is_too_wide_or_names_too_much_does_no_harm() -> None:
    layout = [LayoutItem(widget_id=0, x=8, y=90, w=30, h=2), LayoutItem(widget_id=5, x=0, y=0, w=1, h=1)]
    assert places([widget(0)], layout) == [Place(0, 0, 60, 2)]


def test_dashboards_are_stored_as_json_with_their_page_beside_it(tmp_path: Path) -> None:
    codec = dashboard_codec(Annotated[Dashboard, Field(description="d")])
    assert codec is not None
    assert dashboard_codec(LayoutItem) is None
    assert dashboard_codec(list[Dashboard]) is None
    assert (codec.suffix, codec.embeds_provenance, codec.companions) == (".json", False, (".html",))
    one = dashboard(widget(0, "text", "é", reason="why"), widget(1, reason="why"))
    codec.write(one, tmp_path / "d.json", "")
    JsonCodec(Dashboard).write(one, tmp_path / "plain.json", "")
    assert (tmp_path / "d.json").read_bytes() == (tmp_path / "plain.json").read_bytes()
    assert "reason" not in (tmp_path / "d.json").read_text(encoding="utf-8")
    read = Dashboard.model_validate(codec.read(tmp_path / "d.json"))
    assert (read.metadata, read.views["{}"][0].data) == ({"title": "T"}, "é")  # type: ignore[index]
    codec.write_companion(one, ".html", tmp_path / "page.tmp")
    assert (tmp_path / "page.tmp").read_bytes() == one.page().encode()
    with pytest.raises(ValueError, match=r"a dashboard has no \.pdf beside it, only \.html"):
        DashboardCodec().write_companion(one, ".pdf", tmp_path / "page.tmp")
