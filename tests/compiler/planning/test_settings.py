"""What a profile says that decides which jobs run; and what makes a plan doubtful."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from snakemake.cli import parse_size_in_bytes

from ecoscope_workflows.compiler.planning.settings import Settings, read_settings
from ecoscope_workflows.targets.profile_files import profile_files

if TYPE_CHECKING:
    from pathlib import Path


def write(folder: Path, text: str, name: str = "profiles/local/profile.yaml") -> Settings:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return read_settings(folder)


def test_the_profile_that_we_write_leaves_no_doubt(tmp_path: Path) -> None:
    files = dict(profile_files())
    found = write(tmp_path, files["local/profile.yaml"].decode())
    assert found == Settings(max_checksum=10**9, rerun_incomplete=True, cores=0, doubts=())


def test_an_empty_profile_leaves_snakemakes_own_settings(tmp_path: Path) -> None:
    assert write(tmp_path, "cores: 3\n") == Settings(1_000_000, rerun_incomplete=False, cores=3, doubts=())


@pytest.mark.parametrize("size", ["1GB", "5 MB", "10kB", "7", "2MiB", "1 gb"])
def test_sizes_are_read_as_snakemake_reads_them(tmp_path: Path, size: str) -> None:
    found = write(tmp_path, f"max-checksum-file-size: {size}\n")
    assert found.max_checksum == parse_size_in_bytes(size)
    assert not found.doubts


@pytest.mark.parametrize("line", ["forceall: true", "rerun-triggers: mtime", "max-checksum-file-size: much"])
def test_what_is_not_known_here_is_a_doubt(tmp_path: Path, line: str) -> None:
    (doubt,) = write(tmp_path, f"{line}\n").doubts
    assert line.partition(":")[0] in doubt


@pytest.mark.parametrize(
    "name", ["profiles/default/profile.yaml", "default/x", "profiles/local/profile.v9+.yaml"]
)
def test_another_profile_is_a_doubt(tmp_path: Path, name: str) -> None:
    write(tmp_path, "cores: 1\n")
    assert len(write(tmp_path, "cores: 1\n", name).doubts) == 1


def test_no_profile_is_a_doubt(tmp_path: Path) -> None:
    assert read_settings(tmp_path).doubts == ("profiles/local is not one file profile.yaml",)


def test_another_snakemake_is_a_doubt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.metadata.version", lambda name: f"10.0 of {name}")
    assert write(tmp_path, "cores: 1\n").doubts == ("Snakemake is 10.0 of snakemake, not 9.27",)
