"""The params of a run folder in, what a plan of it goes by out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecoscope_workflows.compiler.planning.jobs import params_of
from ecoscope_workflows.errors import ParamsError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "said"),
    [("[1, 2]\n", "not a list"), ("fixes\n", "not text"), ("", "is empty"), ("# fixes:\n", "is empty")],
)
def test_params_that_snakemake_does_not_read_are_refused(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "config" / "params.yaml"
    path.parent.mkdir()
    path.write_text(text)
    with pytest.raises(ParamsError, match=rf"EW401 .*{said}"):
        params_of(tmp_path)


def test_params_may_be_a_mapping_of_nothing(tmp_path: Path) -> None:
    path = tmp_path / "config" / "params.yaml"
    path.parent.mkdir()
    path.write_text("{}\n")
    assert params_of(tmp_path).value == {}
