"""What tasks have written themselves, packed for object storage and unpacked again."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from ecoscope_workflows.runtime.carried import _pack, _unpack


def filled(folder: Path, text: str, count: int = 20) -> Path:
    """Write some files into a folder."""
    for number in range(count):
        path = folder / f"deep {number % 3}" / f"{number}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def packed(folder: Path) -> Path:
    """Return the archive of a folder."""
    archive = folder.with_name(f"{folder.name}.zip")
    _pack(str(folder), archive)
    return archive


def held(folder: Path) -> dict[str, bytes]:
    """Return what stands in a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """Return where files are unpacked."""
    return tmp_path / "results" / "one.files"


def test_a_folder_holds_what_was_packed_and_nothing_of_before(tmp_path: Path, target: Path) -> None:
    filled(target, "old", 30)
    source = filled(tmp_path / "new", "new")
    _unpack(packed(source), str(target))
    assert held(target) == held(source)
    assert list(target.parent.iterdir()) == [target]


def test_nothing_is_packed_as_an_empty_folder(tmp_path: Path, target: Path) -> None:
    _unpack(packed(tmp_path / "none"), str(target))
    assert held(target) == {}
    assert target.is_dir()


def test_what_is_there_already_is_left_alone(tmp_path: Path, target: Path) -> None:
    archive = packed(filled(tmp_path / "new", "new"))
    _unpack(archive, str(target))
    before = target.stat().st_ino
    _unpack(archive, str(target))
    assert target.stat().st_ino == before


def test_jobs_that_unpack_the_same_at_the_same_time_do_not_disturb_each_other(
    tmp_path: Path, target: Path
) -> None:
    source = filled(tmp_path / "new", "new")
    archive = packed(source)
    with ProcessPoolExecutor(3, mp_context=get_context("fork")) as pool:
        for number in range(15):
            places = [str(target.with_name(f"{number}.files"))] * 3
            list(pool.map(_unpack, [archive] * 3, places))
            assert held(Path(places[0])) == held(source)
    assert len(list(target.parent.iterdir())) == 15
