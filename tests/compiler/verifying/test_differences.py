"""Results of any kind are compared as values: what is beside them, and what they were called with, too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from ecoscope_workflows.compiler.verifying.differences import (
    evaluated_differences,
    result_difference,
    value_difference,
)
from ecoscope_workflows.contracts.codecs import CollectionCodec, FrameCodec, JsonCodec, TextCodec
from ecoscope_workflows.contracts.skipping import SkipSentinel
from ecoscope_workflows.runtime.storage import beside, write_result

if TYPE_CHECKING:
    from pathlib import Path

    from ecoscope_workflows.contracts.codecs import Codec

SKIP = SkipSentinel("cleaned", "any_is_empty_df", "df")
OTHER = SkipSentinel("cleaned", "never", "")
ONE, TWO = pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"a": [1, 3]})
KEYED = CollectionCodec(None, keyed=True)

VALUES: dict[str, tuple[Any, Any, str]] = {
    "number": (1, 2, "result: 2, not 1"),
    "type": (1, 1.0, "result: 1.0, not 1"),
    "nan": (float("nan"), float("nan"), ""),
    "inside": ({"a": [1, 2]}, {"a": [1, 3]}, "result.a[1]: 3, not 2"),
    # What stands for any text in stored test cases stands for itself here.
    "mask": ("str", "x", "line 1: 'x', not 'str'"),
    "mask-inside": (["str"], ["x"], "result[0]: 'x', not 'str'"),
    "order": ({"a": 1, "b": 2}, {"b": 2, "a": 1}, "the keys of a mapping are in another order"),
    "line": ("one\ntwo\n", "one\nthree\n", "line 2: 'three\\n', not 'two\\n'"),
    "lines": ("one\n", "one\ntwo\n", "2 lines, not 1"),
    "line-end": ("one\n", "one\r\n", "line 1: 'one\\r\\n', not 'one\\n'"),
    "skipped": (SKIP, SKIP, ""),
    "skipped-now": (1, SKIP, "cleaned was skipped: any_is_empty_df on 'df', not computed"),
    "computed-now": (SKIP, None, "computed, not cleaned was skipped: any_is_empty_df on 'df'"),
    "otherwise": (
        SKIP,
        OTHER,
        "cleaned was skipped: never, not cleaned was skipped: any_is_empty_df on 'df'",
    ),
    "skipped-inside": ({"a": SKIP}, {"a": OTHER}, "result.a: <skipped>, not <skipped>"),
}


@pytest.mark.parametrize("case", VALUES)
def test_a_value_is_compared_part_by_part(case: str) -> None:
    first, second, said = VALUES[case]
    assert value_difference(first, second) == said


def test_of_long_texts_the_place_is_shown_where_they_part() -> None:
    said = value_difference("x" * 500 + "left" + "y" * 500, "x" * 500 + "right" + "y" * 500)
    assert "xright" in said
    assert "xleft" in said
    assert len(said) < 300


STORED: dict[str, tuple[Codec, Any, Any, str]] = {
    "frame": (FrameCodec(), ONE, TWO, "column 'a', row 1: 3, not 2"),
    "skipped": (FrameCodec(), ONE, SKIP, "cleaned was skipped: any_is_empty_df on 'df', not computed"),
    "text": (TextCodec(), "a", "b", "line 1: 'b', not 'a'"),
    "data": (JsonCodec(), {"a": 1}, {"a": 2}, "result.a: 2, not 1"),
    "item": (
        KEYED,
        [("n", ONE), ("s", ONE)],
        [("n", ONE), ("s", TWO)],
        "item s: column 'a', row 1: 3, not 2",
    ),
    "number": (CollectionCodec(FrameCodec()), [ONE, ONE], [ONE, TWO], "item 1: column 'a', row 1: 3, not 2"),
    "key": (KEYED, [("n", 1)], [("e", 1)], "keys[0]: 'e', not 'n'"),
    "count": (KEYED, [("n", 1)], [], "keys: 0 items, not 1"),
    "skipped-item": (KEYED, [("n", 1)], [("n", SKIP)], "item n: cleaned was skipped"),
    "all-skipped": (KEYED, [("n", 1)], SKIP, "cleaned was skipped: any_is_empty_df on 'df', not computed"),
}


def stored(value: Any, codec: Codec, folder: Path, suffix: str = "", **facts: Any) -> Path:
    path = folder / "results" / f"made{suffix or codec.suffix}"
    write_result(value, path, codec, facts)
    return path


@pytest.mark.parametrize("case", STORED)
def test_a_stored_result_is_read_and_compared(case: str, tmp_path: Path) -> None:
    codec, first, second, said = STORED[case]
    one, other = (
        stored(value, codec, tmp_path / name, spec=name)
        for name, value in (("one", first), ("other", second))
    )
    assert result_difference(one, one, codec) == ""
    assert result_difference(one, other, codec).startswith(said)
    assert result_difference(other, one, codec)
    assert result_difference(one, stored(first, codec, tmp_path / "again", spec="again"), codec) == ""


def test_a_collection_is_the_same_as_a_folder_and_as_one_file(tmp_path: Path) -> None:
    as_folder = stored([("n", ONE), ("s", 1)], KEYED, tmp_path / "folder")
    as_file = stored([("n", ONE), ("s", 1)], KEYED, tmp_path / "file", ".zip")
    assert result_difference(as_folder, as_file, KEYED) == ""
    other = stored([("n", TWO), ("s", 1)], KEYED, tmp_path / "other", ".zip")
    assert result_difference(as_folder, other, KEYED) == "item n: column 'a', row 1: 3, not 2"


def test_a_result_that_is_not_there_is_a_difference(tmp_path: Path) -> None:
    path = stored(1, JsonCodec(), tmp_path)
    none = tmp_path / "none" / "made.json"
    assert result_difference(path, none, JsonCodec()) == "there is no made.json"
    assert result_difference(none, path, JsonCodec()) == "there was no made.json"


def test_paths_of_the_results_are_the_same_wherever_these_are(tmp_path: Path) -> None:
    absolute = f"{(tmp_path / 'one' / 'results').resolve()}/note.files/a.txt"
    one = stored([absolute, {"k": absolute}], JsonCodec(), tmp_path / "one")
    other = stored(
        ["results/note.files/a.txt", {"k": "results/note.files/a.txt"}], JsonCodec(), tmp_path / "other"
    )
    assert result_difference(one, other, JsonCodec()) == ""
    elsewhere = stored(["/elsewhere/a.txt", {"k": absolute}], JsonCodec(), tmp_path / "elsewhere")
    assert result_difference(one, elsewhere, JsonCodec()).startswith("result[0]: '/elsewhere/a.txt', not ")


def test_files_that_a_task_writes_belong_to_its_result(tmp_path: Path) -> None:
    one, other = (stored("a", TextCodec(), tmp_path / name) for name in ("one", "other"))
    for path, text in ((one, "x"), (other, "y")):
        beside(path).mkdir()
        (beside(path) / "note.txt").write_text(text)
    said = result_difference(one, other, TextCodec())
    assert said == "the file 'note.txt' that the task has written has another content"
    (beside(other) / "note.txt").unlink()
    assert (
        result_difference(one, other, TextCodec()) == "files that the task has written: [], not ['note.txt']"
    )


class PagedCodec(JsonCodec):
    """Writes a page beside the data."""

    companions = (".html",)
    page = ""

    def write_companion(self, value: Any, suffix: str, path: Path) -> None:
        del value, suffix
        path.write_text(PagedCodec.page)


def test_a_page_beside_the_data_belongs_to_the_result(tmp_path: Path) -> None:
    codec = PagedCodec()
    PagedCodec.page = "one\n"
    one = stored(1, codec, tmp_path / "one")
    PagedCodec.page = "other\n"
    other = stored(1, codec, tmp_path / "other")
    assert result_difference(one, one, codec) == ""
    assert result_difference(one, other, codec) == "made.html: line 1: 'other\\n', not 'one\\n'"
    other.with_suffix(".html").unlink()
    assert result_difference(one, other, codec) == "there is no made.html"
    assert result_difference(other, one, codec) == "there was no made.html"


@pytest.mark.parametrize(
    ("codec", "value", "suffix"),
    [(JsonCodec(), 1, ""), (FrameCodec(), ONE, ""), (KEYED, [("n", 1)], ""), (KEYED, [("n", 1)], ".zip")],
)
def test_a_cheap_instance_is_compared_by_what_it_was_called_with(
    codec: Codec, value: Any, suffix: str, tmp_path: Path
) -> None:
    def call(text: str, file: str) -> dict[str, Any]:
        inputs = {"table": [{"file": file, "sha256": "1"}]}
        return {"task": "a.b", "code": "1", "arguments": {"text": text}, "inputs": inputs}

    paths = [
        stored(value, codec, tmp_path / name, suffix, evaluated={"title": call(name, f"{name}.zip")})
        for name in ("one", "other")
    ]
    again = stored(value, codec, tmp_path / "again", suffix, evaluated={"title": call("one", "table")})
    without = stored(value, codec, tmp_path / "without", suffix)
    assert evaluated_differences(paths[0], again) == {"title": ""}
    assert evaluated_differences(*paths) == {"title": "its call.arguments.text: 'other', not 'one'"}
    assert evaluated_differences(without, without) == {}
    assert evaluated_differences(without, paths[0])["title"].startswith("its call: {")
