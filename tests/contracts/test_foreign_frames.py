"""Data frame classes of pandas, geopandas and pandera become contracts, wherever they stand in a type."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal, TypeVar, Union

import geopandas as gpd
import pandas as pd
import pandera.pandas as pa
import pandera.typing as pat
import pandera.typing.geopandas as patg
import pytest
from pydantic import AfterValidator, TypeAdapter, WithJsonSchema
from pydantic.json_schema import SkipJsonSchema

from ecoscope_workflows.annotations import AnyDataFrame
from ecoscope_workflows.contracts.codecs import FrameCodec, codec_for, holds_frames, is_frame
from ecoscope_workflows.contracts.describe import type_name
from ecoscope_workflows.contracts.foreign_frames import with_contracts

Schema = TypeVar("Schema")
Published = Annotated[pat.DataFrame[Schema], WithJsonSchema({"type": "published.DataFrame"})]


class Fixes(pa.DataFrameModel):
    """One column."""

    speed: pat.Series[float]


class Empty(pa.DataFrameModel):
    """No rows."""


class Own(pd.DataFrame):
    """A data frame class of somebody's own."""


def shout(frame: pd.DataFrame) -> pd.DataFrame:
    """Stand for a validator."""
    return frame.assign(loud=True)


KINDS = [
    (pd.DataFrame, "data frame"),
    (gpd.GeoDataFrame, "spatial data frame"),
    (Own, "data frame"),
    (pat.DataFrame, "data frame"),
    (pat.DataFrame[Fixes], "data frame (Fixes)"),
    (patg.GeoDataFrame[Fixes], "spatial data frame (Fixes)"),
    (Published[Fixes], "data frame (Fixes)"),
    (Annotated[Published[Fixes], ...], "data frame (Fixes)"),
    (Published[Fixes] | Published[Empty], "data frame (Fixes) or data frame (Empty)"),
    (Annotated[Published[Fixes] | pd.DataFrame, "words"], "data frame (Fixes) or data frame"),
]
HOLDING = [
    (pd.DataFrame | None, "data frame or null"),
    (Union[Published[Fixes], SkipJsonSchema[None]], "data frame (Fixes) or null"),  # type: ignore[misc]  # noqa: UP007
    (list[tuple[str, pd.DataFrame]], "list of (text, data frame)"),
    (Sequence[Published[Fixes]], "list of data frame (Fixes)"),
    (dict[str, gpd.GeoDataFrame], "mapping of text to spatial data frame"),
    (tuple[pd.DataFrame, ...], "list of data frame"),
    (Callable[[int], pd.DataFrame], "function"),
]
OTHERS = [
    int,
    str,
    None,
    Any,
    list,
    dict[str, int],
    Literal["DataFrame"],
    int | None,
    pd.Series,
    AnyDataFrame,
]


@pytest.mark.parametrize(("annotation", "words"), KINDS, ids=[words for _, words in KINDS])
def test_a_data_frame_class_is_a_frame(annotation: Any, words: str) -> None:
    translated = with_contracts(annotation)
    assert type_name(translated) == words
    assert is_frame(translated)
    assert codec_for(translated) == FrameCodec()


@pytest.mark.parametrize(("annotation", "words"), HOLDING, ids=[words for _, words in HOLDING])
def test_a_data_frame_is_found_inside_a_type(annotation: Any, words: str) -> None:
    translated = with_contracts(annotation)
    assert type_name(translated) == words
    assert holds_frames(translated)
    assert not is_frame(translated)


@pytest.mark.parametrize("annotation", OTHERS, ids=map(str, OTHERS))
def test_every_other_type_stays_the_object_it_is(annotation: Any) -> None:
    assert with_contracts(annotation) is annotation


def test_the_schema_holds_inside_a_choice() -> None:
    adapter: TypeAdapter[Any] = TypeAdapter(with_contracts(Published[Fixes] | None))
    good = pd.DataFrame({"speed": [1.5]})
    assert adapter.validate_python(None) is None
    assert adapter.validate_python(good).equals(good)
    with pytest.raises(ValueError, match="column 'speed': is missing"):
        adapter.validate_python(pd.DataFrame({"pace": [1.5]}))


def test_a_spatial_frame_needs_its_geometry() -> None:
    adapter: TypeAdapter[Any] = TypeAdapter(with_contracts(gpd.GeoDataFrame))
    with pytest.raises(ValueError, match="expected a data frame with a geometry column"):
        adapter.validate_python(pd.DataFrame({"speed": [1.5]}))


def test_what_is_said_beside_a_frame_is_kept_in_its_order() -> None:
    once = AfterValidator(shout)
    adapter: TypeAdapter[Any] = TypeAdapter(with_contracts(Annotated[Published[Fixes], once]))
    assert list(adapter.validate_python(pd.DataFrame({"speed": [1.5]}))) == ["speed", "loud"]
    assert adapter.json_schema()["type"] == "published.DataFrame"


def test_the_libraries_are_known_without_being_imported() -> None:
    code = (
        "import sys\nfrom ecoscope_workflows.contracts.foreign_frames import with_contracts\n"
        "with_contracts(list[int])\n"
        "print([n for n in ('pandas', 'pandera', 'geopandas') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
