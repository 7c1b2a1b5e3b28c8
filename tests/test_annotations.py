"""The types of signatures: light to import, and read by pydantic."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated, get_args, get_origin

import pytest
from pydantic import TypeAdapter

import ecoscope_workflows.annotations as public
from ecoscope_workflows.annotations import (
    AnyDataFrame,
    AnyGeoDataFrame,
    DataFrame,
    FileInput,
    FileSuffix,
    FromEnvironment,
    Html,
    InputFile,
    JsonSerializableDataFrameModel,
    Series,
)
from ecoscope_workflows.contracts.frames import Frame, FrameContract


class Speeds(JsonSerializableDataFrameModel):
    speed: Series[float]


@pytest.mark.parametrize(
    "module",
    [
        "ecoscope_workflows.annotations",
        "ecoscope_workflows.decorators",
        "ecoscope_workflows.errors",
        "ecoscope_workflows.contracts.schemas",
        "ecoscope_workflows.contracts.frames",
        "ecoscope_workflows.tasks.schemas",
    ],
)
def test_nothing_heavy_is_imported_with_the_types(module: str) -> None:
    program = (
        f"import sys, {module}\n"
        "heavy = {'pandas', 'numpy', 'pandera', 'pyarrow', 'geopandas', 'shapely', 'pyproj', 'snakemake'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_schema_in_brackets_is_the_contract_of_the_frame() -> None:
    frame, contract = get_args(DataFrame[Speeds])
    assert frame is Frame
    assert contract == FrameContract(Speeds)


@pytest.mark.parametrize(
    ("annotation", "contract"), [(AnyDataFrame, FrameContract()), (AnyGeoDataFrame, FrameContract(geo=True))]
)
def test_frames_without_a_schema_have_a_contract_too(annotation: object, contract: FrameContract) -> None:
    assert get_origin(annotation) is Annotated
    assert get_args(annotation)[1] == contract


def test_an_input_file_is_a_marked_path() -> None:
    assert get_args(InputFile) == (Path, FileInput())
    assert TypeAdapter(InputFile).validate_python("a.csv") == Path("a.csv")


def test_a_page_is_text_with_a_suffix_of_its_own() -> None:
    assert get_args(Html) == (str, FileSuffix(".html"))
    assert TypeAdapter(Html).validate_python("<p>") == "<p>"


def test_what_comes_from_the_environment_is_no_secret_unless_it_says_so() -> None:
    assert FromEnvironment("ER_SERVER") == FromEnvironment("ER_SERVER", secret=False)
    assert FromEnvironment("ER_PASSWORD", secret=True).secret


def test_every_public_name_is_there() -> None:
    assert all(hasattr(public, name) for name in public.__all__)
    assert public.__all__ == sorted(public.__all__)
