"""Whatever a spec calls things, every format shows it to the letter and nothing of it becomes markup."""

from __future__ import annotations

import html
import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecoscope_workflows.graph.pictures.dot import dot
from ecoscope_workflows.graph.pictures.labels import Label, Link, Words, one_line, shortened
from ecoscope_workflows.graph.pictures.mermaid import mermaid
from ecoscope_workflows.graph.pictures.svg import svg

HOSTILE = [
    'say "hi"',
    "a\\nb\\N\\",
    "</text></svg><script>alert(1)</script>",
    "]]>&lt;&#35;#35;#quot;",
    "end",
    "%% note",
    "`code` **bold** 1. one",
    "x --> y; click n1 call()",
    "]\nsubgraph evil",
    "\x00\x07\ud800\ufffe\u2028",
    "Mûcüük 象の地図 🐘",
]
TEXTS = st.sampled_from(HOSTILE) | st.text(max_size=30) | st.text('"\\#&<>;%`|{}[]()nN\n ', max_size=12)
SVG = "{http://www.w3.org/2000/svg}"


@st.composite
def worded(source: st.DrawFn) -> Words:
    names = [f"id{number}" for number in range(source(st.integers(1, 5)))]
    groups = source(st.lists(TEXTS, min_size=1, max_size=2))
    labels = tuple(
        Label(
            name,
            source(TEXTS),
            source(st.sampled_from([*groups, ""])),
            source(TEXTS),
            tuple(source(st.lists(TEXTS, max_size=2))),
        )
        for name in names
    )
    links = tuple(
        Link(left, right, source(TEXTS), tuple(source(st.lists(TEXTS, min_size=1, max_size=2))))
        for left, right in pairwise(names)
    )
    return Words(source(TEXTS), labels, links)


def said(words: Words) -> list[str]:
    """Return every text that a flat format shows, sorted."""
    groups = {label.group for label in words.labels if label.group}
    boxes = [text for label in words.labels for text in (label.id, label.task, *label.columns)]
    links = [text for link in words.links for text in link.carries]
    return sorted(map(one_line, [*groups, *boxes, *links]))


NODE = r'n\d+\["(?P<node>[^"]*)"\]'
MERMAID = re.compile(
    rf'  subgraph g\d+\["(?P<group>[^"]*)"\]|(  ){{1,2}}{NODE}|  end|  n\d+ -->\|"(?P<edge>[^"]*)"\| n\d+'
)


def from_mermaid(line: str) -> list[str]:
    match = MERMAID.fullmatch(line)
    assert match, line
    found = [text for text in match.groupdict().values() if text is not None]
    # Between entities nothing is left that Mermaid could take for anything but text.
    parts = [part for text in found for part in text.split("<br/>")]
    assert not [part for part in parts if re.search(r"[<>&|`;{}\\%]|#(?!\d+;)", re.sub(r"#\d+;", "", part))]
    plain = [re.sub(r"#(\d+);", lambda entity: chr(int(entity[1])), part) for part in parts]
    assert not [part for part in plain if "\\n" in part], "Mermaid would end the line here"
    return [part.replace("\\\u2060n", "\\n") for part in plain]


@given(worded())
def test_mermaid_shows_every_text_to_the_letter(words: Words) -> None:
    first, *lines = mermaid(words).splitlines()
    assert first == "flowchart LR"
    assert sorted(text for line in lines for text in from_mermaid(line)) == said(words)


QUOTED = r'"((?:[^"\\]|\\.)*)"'
DOT = re.compile(
    rf"digraph {QUOTED} \{{|  (?:graph|node|edge) \[[\w=, \"-]*\]|  subgraph cluster_\d+ \{{"
    rf"|    label={QUOTED}| {{2,4}}n\d+ \[label={QUOTED}\]|  n\d+ -> n\d+ \[label={QUOTED}\]|  \}}|\}}"
)


def from_dot(line: str) -> list[str]:
    match = DOT.fullmatch(line)
    assert match, line
    (label,) = [group for group in match.groups() if group is not None] or [None]
    if label is None:
        return []
    return [html.unescape(part) for part in _split_lines(label)]


def _split_lines(label: str) -> list[str]:
    """Read the escapes of a label: an end of line, a quote, a backslash; any other is a fault."""
    lines = [""]
    for escape, letter in re.findall(r"\\(.)|(.)", label, re.DOTALL):
        if escape == "n":
            lines.append("")
        else:
            assert escape in {"", '"', "\\"}, label
            lines[-1] += escape or letter
    return lines


@given(worded())
def test_dot_shows_every_text_to_the_letter(words: Words) -> None:
    first, *lines = dot(words).splitlines()
    assert from_dot(first) == [one_line(words.title)]
    assert sorted(text for line in lines for text in from_dot(line)) == said(words)


@given(worded())
def test_svg_shows_every_text_to_the_letter(words: Words) -> None:
    root = ET.fromstring(svg(words))  # noqa: S314  # of our own making
    assert root.findtext(f"{SVG}title") == one_line(words.title)
    shown = {element.text or "" for element in root.iter(f"{SVG}text")}
    for label in words.labels:
        for text in (label.id, label.task, label.group, *label.columns):
            assert shortened(text, 44) in shown | {""}
    for link in words.links:
        assert shortened(link.port, 44) in shown
        result = next(label.result for label in words.labels if label.id == link.source)
        assert shortened(result, 34) in shown
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        *("svg", "title", "style", "g", "path", "rect", "text", "circle", "line"),
    }


@given(worded())
def test_svg_draws_every_link_from_box_to_box(words: Words) -> None:
    root = ET.fromstring(svg(words))  # noqa: S314  # of our own making
    boxes = {}
    for group in root.findall(f"{SVG}g[@transform]"):
        x, y = map(float, re.findall(r"-?[\d.]+", group.attrib["transform"]))
        rect = group.find(f"{SVG}rect")
        assert rect is not None
        name = next(iter(group.findall(f"{SVG}text"))).text
        boxes[name] = (x, y, float(rect.attrib["width"]), float(rect.attrib["height"]))
    paths = [path.attrib["d"] for path in root.iter(f"{SVG}path")]
    assert len(paths) == len(words.links)
    for link, path in zip(words.links, paths, strict=True):
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", path)]
        x, y, width, height = boxes[link.source]
        assert numbers[:2] == pytest.approx([x + width, y + height / 2], abs=0.2)
        x, y, _, height = boxes[link.target]
        assert numbers[-2] == pytest.approx(x, abs=0.2)
        assert y < numbers[-1] < y + height


@given(TEXTS)
def test_text_becomes_one_printable_line(text: str) -> None:
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    line.encode("utf-8")
    assert one_line(line) == line


def test_a_text_is_cut_where_there_is_no_room() -> None:
    assert shortened("a" * 44, 44) == "a" * 44
    assert shortened("a" * 45, 44) == "a" * 43 + "…"
