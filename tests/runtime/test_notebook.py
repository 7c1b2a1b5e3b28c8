"""The cells of a notebook without a notebook: what they run, show, and say of what is wrong."""

from __future__ import annotations

import html
import importlib
import re
from datetime import UTC, datetime
from pathlib import Path
from traceback import walk_tb
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from ecoscope_workflows.annotations import AnyDataFrame, Html, InputFile
from ecoscope_workflows.contracts.codecs import codec_for
from ecoscope_workflows.contracts.skipping import SkipSentinel
from ecoscope_workflows.contracts.stored import write_value
from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.runtime import peek
from ecoscope_workflows.runtime.notebook import CellError, Instance, Notebook
from ecoscope_workflows.runtime.peek import Peek, peek_at_file, peek_at_value
from ecoscope_workflows.runtime.stores.location import STORE_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable


@distributed
def numbers(path: InputFile, times: int = 1) -> list[int]:
    """Read numbers."""
    return times * [int(word) for word in path.read_text().split()]


@distributed
def table(values: list[int]) -> AnyDataFrame:
    """Make a table."""
    return pd.DataFrame({"<b>": values})


@distributed
def page(frame: AnyDataFrame) -> Html:
    """Draw a page."""
    return f"<html>{len(frame)}<script>top.x = 1</script></html>"


@distributed
def inverse(value: int) -> float:
    """Divide one by a number."""
    return 1 / value


@distributed(cheap=True)
def described(since: str, value: int = 0) -> dict[str, Any]:
    """Describe something."""
    return {"since": since, "value": value}


INSTANCES = {
    "numbers": Instance(numbers),
    "table": Instance(table, bound=["values"]),
    "page": Instance(page, bound=["frame"]),
    "inverse": Instance(inverse, bound=["value"]),
    "described": Instance(described, bound=["value"], cheap=True),
}
PARAMS = {"numbers": {"path": "numbers.txt"}, "described": {"since": "2024"}}


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Notebook]:
    """Return a function that begins a notebook in a folder with a file of numbers."""
    monkeypatch.chdir(tmp_path)
    Path("numbers.txt").write_text("1 2 3")

    def begin(params: Any = None, **how: Any) -> Notebook:
        how |= {"params": PARAMS if params is None else params, "results": "results"}
        return Notebook.of("demo", spec_sha256="0", instances=INSTANCES, **how)

    return begin


def test_results_are_kept_where_the_spec_says(
    notebook: Callable[..., Notebook], monkeypatch: pytest.MonkeyPatch
) -> None:
    # What is set here is taken back after the test.
    monkeypatch.setenv(STORE_VARIABLE, "")
    monkeypatch.delenv(STORE_VARIABLE)
    notebook(cache_root="kept").run("table", values=[1])
    assert list(Path("kept/.ecoscope-workflows/store").glob("??/*.facts"))
    assert not Path(".ecoscope-workflows/store").exists()
    # What the environment names comes first.
    monkeypatch.setenv(STORE_VARIABLE, "own")
    notebook(cache_root="other").run("table", values=[1])
    assert Path("own").is_dir()
    assert not Path("other").exists()


def test_a_result_passes_to_the_next_task_and_can_be_looked_at(notebook: Callable[..., Notebook]) -> None:
    workflow = notebook()
    numbers_return = workflow.run("numbers")
    assert numbers_return.value() == [1, 2, 3]
    assert repr(numbers_return.peek()) == "[1, 2, 3]"
    assert numbers_return.peek()._repr_html_() is None
    table_return = workflow.run("table", values=numbers_return)
    assert table_return.value()["<b>"].tolist() == [1, 2, 3]
    assert repr(table_return.peek()).endswith("3 rows, 1 columns")
    assert "&lt;b&gt;" in (table_return.peek().page or "")
    page_return = workflow.run("page", frame=table_return)
    assert page_return.path == Path("results/page.html")


def test_a_page_is_shown_in_a_frame_that_cannot_reach_the_notebook(
    notebook: Callable[..., Notebook],
) -> None:
    workflow = notebook()
    shown = workflow.run("page", frame=workflow.run("table", values=[1])).peek().page or ""
    frame = re.fullmatch(r'<iframe sandbox="([^"]*)"[^>]* srcdoc="([^"]*)"></iframe>\n.*', shown)
    assert frame is not None
    assert html.unescape(frame[2]) == "<html>1<script>top.x = 1</script></html>"
    assert "allow-scripts" in frame[1]
    assert "allow-same-origin" not in frame[1]


def test_a_cheap_instance_has_no_file_and_is_evaluated_for_a_look(notebook: Callable[..., Notebook]) -> None:
    workflow = notebook()
    first = workflow.run("numbers")
    described_return = workflow.run("described", value=first.part(1))
    assert described_return.path is None
    assert described_return.value() == {"since": "2024", "value": 2}
    assert described_return.peek().text == "{'since': '2024', 'value': 2}"


def test_an_argument_written_into_a_cell_goes_before_the_params(notebook: Callable[..., Notebook]) -> None:
    workflow = notebook({**PARAMS, "numbers": {"path": "numbers.txt", "times": 2}})
    assert workflow.run("numbers").value() == [1, 2, 3] * 2
    Path("others.txt").write_text("7")
    assert workflow.run("numbers", path="others.txt", times=3).value() == [7, 7, 7]


def test_each_call_of_a_fan_out_is_shown_by_its_key(notebook: Callable[..., Notebook]) -> None:
    workflow = notebook()
    keyed = workflow.mapvalues("value", [["north", 1], [[["site", "=", "<s>"]], 2]])
    result = workflow.run("inverse", keyed)
    assert result.path == Path("results/inverse")
    assert result.value() == [("north", 1.0), ([["site", "=", "<s>"]], 0.5)]
    assert result.peek() == Peek("2 items\n- north: 1.0\n- site = <s>: 0.5")


def test_code_that_is_edited_while_a_workflow_is_at_work_is_not_taken_for_what_ran(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = tmp_path / "herding.py"
    text = (
        "from ecoscope_workflows.decorators import distributed\n"
        "@distributed\ndef grow(n: int) -> int:\n    return n + {}\n"
    )
    module.write_text(text.format(1))
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    instances = {"grow": Instance(importlib.import_module("herding").grow)}
    params = {"grow": {"n": 1}}
    workflow = Notebook.of("demo", spec_sha256="0", instances=instances, params=params, results="results")
    module.write_text(text.format(100))
    assert workflow.run("grow").value() == 2
    assert "the code has changed since the run began" in capsys.readouterr().err
    assert not list(tmp_path.glob(".ecoscope-workflows/store/*"))


def test_params_may_be_a_file(notebook: Callable[..., Notebook]) -> None:
    Path("params.yaml").write_text("numbers: {path: numbers.txt}\ndescribed: {since: 2024-01-01}\n")
    for path in ("params.yaml", Path("params.yaml")):
        assert notebook(path).run("described").value()["since"] == "2024-01-01"


def test_params_in_a_cell_may_hold_what_python_has(notebook: Callable[..., Notebook]) -> None:
    since = datetime(2024, 1, 1, tzinfo=UTC)
    workflow = notebook({"numbers": {"path": Path("numbers.txt")}, "described": {"since": since}})
    assert workflow.run("numbers").value() == [1, 2, 3]
    assert workflow.run("described").value()["since"] == "2024-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"numbers": {"path": None}, 3: 1}, "EW402 '3' is no task instance"),
        ({"numbers": {"path": None}}, "EW404 numbers.path is empty"),
        (
            {"numbers": {"path": "none.txt"}, "described": {"since": ""}},
            "EW407 numbers.path: there is no file",
        ),
        ([1], "EW401 a params file must be a mapping"),
        ("none.yaml", "none.yaml: EW200 there is no such file"),
        ("latin.yaml", "latin.yaml: EW200 not UTF-8 text (byte 9)"),
        ({"numbers": {"path": np.array(["a.txt"])}}, "EW406 no params: ndarray cannot be written as JSON"),
    ],
    ids=["unknown", "empty", "no-file", "no-mapping", "no-params-file", "no-utf-8", "no-plain-data"],
)
def test_faults_of_the_params_are_told_before_anything_runs(
    params: Any, message: str, notebook: Callable[..., Notebook]
) -> None:
    Path("latin.yaml").write_bytes("numbers: é".encode("latin-1"))
    with pytest.raises(CellError) as caught:
        notebook(params)
    assert message in str(caught.value)
    assert not Path("results").exists()


def test_what_ipython_prints_of_a_fault_names_the_instance_and_shows_the_task_alone(
    notebook: Callable[..., Notebook],
) -> None:
    workflow = notebook()
    with pytest.raises(CellError) as caught:
        workflow.run("inverse", value=0)
    printed = "\n".join(caught.value._render_traceback_())
    assert re.match(r"error: .*: EW621 inverse raised ZeroDivisionError\nTraceback", printed)
    assert "return 1 / value" in printed
    assert "/runtime/" not in printed.replace("tests/runtime/", "")
    *_, (frame, _) = walk_tb(caught.value.__traceback__)
    assert (frame.f_code.co_name, frame.f_locals) == ("inverse", {"value": 0})
    missing = workflow.run("numbers")
    Path("results/numbers.json").unlink()
    with pytest.raises(CellError, match="there is no such file"):
        missing.peek()


def stored(value: Any, annotation: Any, folder: Path) -> Path:
    codec = codec_for(annotation)
    assert codec is not None
    path = folder / f"stored{codec.suffix}"
    write_value(value, path, codec)
    return path


def test_a_collection_of_tables_shows_the_first_that_is_there(tmp_path: Path) -> None:
    frames = [("a", SkipSentinel("grow", "empty", "frame")), ("b", pd.DataFrame({"x": range(7)}))]
    path = stored(frames, list[tuple[str, AnyDataFrame | SkipSentinel]], tmp_path)
    shown = peek_at_file(path)
    assert shown.text.endswith("7 rows, 1 columns\n2 items; shown is b")
    assert "<pre>- a (skipped)\n- b</pre>" in (shown.page or "")


def test_many_items_are_cut(tmp_path: Path) -> None:
    frames = [pd.DataFrame({"x": [number]}) for number in range(12)]
    path = stored(frames, list[AnyDataFrame], tmp_path)
    assert "- 0009.parquet\n... and 2 more" in (peek_at_file(path).page or "")


def test_what_is_skipped_says_why(tmp_path: Path) -> None:
    path = stored(SkipSentinel("grow", "any_empty", "frame"), AnyDataFrame | SkipSentinel, tmp_path)
    assert peek_at_file(path) == Peek("grow was skipped: any_empty on 'frame'")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("", ""),
        ("text\n", "text"),
        (None, "None"),
        ({"a": [1, None]}, "{'a': [1, None]}"),
        ("x" * 2000, "x" * peek.MAX_LETTERS + "..."),
        ("x\n" * 30, "x\n" * (peek.MAX_LINES - 1) + "x..."),
    ],
    ids=["empty", "text", "none", "data", "long", "high"],
)
def test_a_short_view_is_short(value: Any, text: str) -> None:
    assert peek_at_value(value) == Peek(text)


def test_a_page_too_large_for_a_notebook_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = stored("<html></html>", Html, tmp_path)
    assert "srcdoc" in (peek_at_file(path).page or "")
    monkeypatch.setattr(peek, "MAX_PAGE", 10)
    assert peek_at_file(path) == Peek(f"{path}: too large to be shown here (0 MB)")
