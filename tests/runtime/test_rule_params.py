"""Params files as a Snakefile reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecoscope_workflows.errors import SpecError
from ecoscope_workflows.runtime.given_params import GivenParams

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_of_another_encoding_is_told(tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    path.write_bytes("said: {value: Réserve}".encode("latin-1"))
    with pytest.raises(SpecError, match=r"params\.yaml: EW200 not UTF-8 text \(byte 15\)"):
        GivenParams.read([path], {})


def test_a_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="EW200 cannot be read: Is a directory"):
        GivenParams.read([tmp_path], {})
