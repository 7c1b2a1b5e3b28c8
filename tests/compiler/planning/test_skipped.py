"""Marks of skipped results are noticed without what reads them; other results are not taken for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from ecoscope_workflows.compiler.planning.skipped import may_be_skipped
from ecoscope_workflows.contracts.codecs import CollectionCodec, FrameCodec, JsonCodec, TextCodec
from ecoscope_workflows.contracts.skipping import SkipSentinel
from ecoscope_workflows.contracts.stored import write_value

if TYPE_CHECKING:
    from pathlib import Path

    from ecoscope_workflows.contracts.codecs import Codec

FRAME = pd.DataFrame({"x": [1, 2]})
CODECS: list[tuple[Codec, Any]] = [
    (JsonCodec(), {"skipped": "$skipped"}),
    (TextCodec(), "nothing was skipped"),
    (FrameCodec(), FRAME),
    (CollectionCodec(FrameCodec()), [FRAME]),
]


@pytest.mark.parametrize(("codec", "value"), CODECS, ids=["json", "text", "frame", "folder"])
def test_a_mark_is_noticed_and_a_value_is_not(tmp_path: Path, codec: Codec, value: Any) -> None:
    provenance = '{"text": "' + "long " * 30_000 + '"}'
    write_value(SkipSentinel("a", "any_is_empty_df"), tmp_path / f"mark{codec.suffix}", codec, provenance)
    write_value(value, tmp_path / f"value{codec.suffix}", codec, provenance)
    assert may_be_skipped(tmp_path / f"mark{codec.suffix}")
    assert not may_be_skipped(tmp_path / f"value{codec.suffix}")


@pytest.mark.parametrize("last", [SkipSentinel("a"), FRAME], ids=["all", "some"])
def test_a_collection_counts_as_skipped_where_all_of_it_was(tmp_path: Path, last: Any) -> None:
    write_value([SkipSentinel("a"), last], tmp_path / "items", CollectionCodec(FrameCodec()))
    assert may_be_skipped(tmp_path / "items") is isinstance(last, SkipSentinel)


def test_an_empty_collection_was_not_skipped(tmp_path: Path) -> None:
    write_value([], tmp_path / "items", CollectionCodec(FrameCodec()))
    assert not may_be_skipped(tmp_path / "items")


def test_provenance_that_speaks_of_skipping_is_no_mark(tmp_path: Path) -> None:
    provenance = '{"skipif": "any_dependency_skipped"}'
    write_value([FRAME], tmp_path / "items", CollectionCodec(FrameCodec()), provenance)
    assert not may_be_skipped(tmp_path / "items")
