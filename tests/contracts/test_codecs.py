"""A return type decides the file; text and frames come back as they were."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, field_serializer
from typing_extensions import TypedDict

from ecoscope_workflows.annotations import (
    AnyDataFrame,
    AnyGeoDataFrame,
    DataFrame,
    FileSuffix,
    Html,
    JsonSerializableDataFrameModel,
    Series,
)
from ecoscope_workflows.contracts.codecs import (
    FrameCodec,
    TextCodec,
    codec_for,
    holds_frames,
)


class Speeds(JsonSerializableDataFrameModel):
    speed: Series[float]


class Unknown:
    """A class that pydantic knows nothing of."""


class Color(enum.Enum):
    RED = "red"


class Point(NamedTuple):
    x: float
    y: float


class Keys(TypedDict):
    a: int


@dataclasses.dataclass
class Herd:
    species: str
    names: set[str]


class Layer(BaseModel):
    names: set[str]
    numbers: frozenset[int] = frozenset()
    nested: dict[str, set[str]] = {}
    alias: Annotated[int, Field(serialization_alias="as")] = 0


class Shown(BaseModel):
    tags: set[str]

    @field_serializer("tags")
    def _joined(self, tags: set[str]) -> str:
        return ",".join(sorted(tags))


SUFFIXES: list[tuple[Any, str]] = [
    (AnyDataFrame, ".parquet"),
    (AnyGeoDataFrame, ".parquet"),
    (DataFrame[Speeds], ".parquet"),
    (Annotated[DataFrame[Speeds], Field(description="x")], ".parquet"),
    (str, ".txt"),
    (Annotated[str, Field(description="x")], ".txt"),
    (Html, ".html"),
    (Annotated[str, FileSuffix(".csv")], ".csv"),
    (Annotated[Html, Field(description="x")], ".html"),
    (str | None, ".json"),
    (None, ".json"),
    (int, ".json"),
    (Any, ".json"),
    (object, ".json"),
    (list[int], ".json"),
    (dict[str, Any], ".json"),
    (Literal["a", 1], ".json"),
    (dt.datetime, ".json"),
    (Path, ".json"),
    (Color, ".json"),
    (Point, ".json"),
    (Keys, ".json"),
    (Herd, ".json"),
    (Layer, ".json"),
    (list[Layer] | None, ".json"),
]


@pytest.mark.parametrize(("annotation", "suffix"), SUFFIXES, ids=str)
def test_the_type_decides_the_suffix(annotation: Any, suffix: str) -> None:
    codec = codec_for(annotation)
    assert codec is not None
    assert codec.suffix == suffix
    assert codec.embeds_provenance is (suffix == ".parquet")


@pytest.mark.parametrize(
    "annotation",
    [
        Unknown,
        list[Unknown],
        Unknown | None,
        np.ndarray,
        Callable[[], int],
        Iterator[int],
        type,
        dict[str, DataFrame[Speeds]],
        tuple[str, AnyGeoDataFrame],
    ],
    ids=str,
)
def test_a_type_that_no_one_file_can_hold_has_no_codec(annotation: Any) -> None:
    assert codec_for(annotation) is None


@pytest.mark.parametrize(
    ("annotation", "holds"),
    [
        (AnyDataFrame, True),
        (AnyDataFrame | None, True),
        (list[tuple[str, DataFrame[Speeds]]], True),
        (Annotated[list[AnyDataFrame], Field(min_length=1)], True),
        (int, False),
        (list[int] | None, False),
        (Annotated[int, Field(ge=1)], False),
        (Any, False),
        (Callable[..., Any], False),
    ],
    ids=str,
)
def test_a_frame_is_found_anywhere_inside_a_type(annotation: Any, holds: bool) -> None:
    assert holds_frames(annotation) is holds


@given(st.text(st.characters(exclude_categories=())))
def test_text_comes_back_to_the_letter(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("text") / "x.txt"
    TextCodec().write(text, path, "{}")
    assert TextCodec().read(path) == text


@pytest.mark.parametrize("text", ["", "a\nb\r\nc\rd", "größe 🐘", "\ud800", "\ufeffx", "\x00\x85\u2028"])
def test_text_is_utf_8_without_any_change(text: str, tmp_path: Path) -> None:
    TextCodec().write(text, tmp_path / "x.txt", "{}")
    assert (tmp_path / "x.txt").read_bytes() == text.encode("utf-8", "surrogatepass")


def test_a_frame_is_stored_with_its_provenance_inside(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    frame = pd.DataFrame({"speed": [1.0]}, index=pd.Index(["a"], name="id"))
    FrameCodec().write(frame, path, '{"task": "x"}')
    pd.testing.assert_frame_equal(FrameCodec().read(path), frame)
    assert b'{"task": "x"}' in path.read_bytes()


def test_finding_a_codec_imports_no_pandas() -> None:
    program = (
        "import sys\n"
        "from ecoscope_workflows.annotations import AnyDataFrame\n"
        "from ecoscope_workflows.contracts.codecs import codec_for\n"
        "codec_for(AnyDataFrame), codec_for(list[int])\n"
        "print(sorted({'pandas', 'numpy', 'pandera', 'pyarrow', 'geopandas'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_package_adds_a_codec_by_entry_point(tmp_path: Path) -> None:
    (tmp_path / "ext.py").write_text(
        """
class Unknown: ...

class Codec:
    suffix = ".ext"
    embeds_provenance = False

def codec(annotation):
    return Codec() if annotation is Unknown else None
""",
        encoding="utf-8",
    )
    info = tmp_path / "ext-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: ext\nVersion: 1.2\n", encoding="utf-8")
    (info / "entry_points.txt").write_text("[ecoscope_workflows.codecs]\next = ext:codec\n", encoding="utf-8")
    program = (
        "from ext import Unknown\n"
        "from ecoscope_workflows.contracts.codecs import codec_for\n"
        "print(codec_for(Unknown).suffix, codec_for(int).suffix)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [".ext", ".json"]
