"""Collections as one file: the same as in a folder, and nothing else than that."""

from __future__ import annotations

import json
import os
import stat
import threading
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecoscope_workflows.annotations import SkipSentinel
from ecoscope_workflows.contracts.archives import Archive, is_archive, pack
from ecoscope_workflows.contracts.digests import CONTENT_KEY, digest_of
from ecoscope_workflows.contracts.file_codecs import FrameCodec, JsonCodec, TextCodec
from ecoscope_workflows.contracts.stored import (
    Collection,
    CollectionCodec,
    Index,
    read_index,
    read_value,
    shows_by_name,
    write_value,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PLAIN = (stat.S_IFREG | 0o644) << 16
PROVENANCE = '{"instance": "one"}'


def packed(value: Any, folder: Path, codec: CollectionCodec | None = None) -> tuple[Path, Path]:
    """Write a collection as a folder and as one file."""
    source, target = folder / "one", folder / "one.zip"
    write_value(value, source, codec or CollectionCodec(JsonCodec(), keyed=True), PROVENANCE)
    pack(source, target)
    return source, target


def test_it_reads_as_its_folder_does_and_has_the_same_digest(tmp_path: Path) -> None:
    frames = [(("site", "north"), pd.DataFrame({"x": [1, 2]})), (("site", "south"), pd.DataFrame({"x": [3]}))]
    folder, file = packed(frames, tmp_path, CollectionCodec(FrameCodec(), keyed=True))
    assert is_archive(file)
    assert shows_by_name(file)
    assert digest_of(file) == digest_of(folder)
    assert read_index(file) == read_index(folder)
    for (key, frame), (own_key, own) in zip(read_value(file), read_value(folder), strict=True):
        assert key == own_key
        pd.testing.assert_frame_equal(frame, own)


def test_its_bytes_are_those_of_the_items_and_do_not_depend_on_time(tmp_path: Path) -> None:
    folder, file = packed([("a", "some text"), ("b", "other")], tmp_path)
    for path in folder.iterdir():
        os.utime(path, (0, 0))
    pack(folder, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == file.read_bytes()
    for path in folder.iterdir():
        assert path.read_bytes() in file.read_bytes()
    with ZipFile(file) as archive:
        assert archive.namelist() == sorted(path.name for path in folder.iterdir())
        assert archive.testzip() is None


def test_a_skipped_collection_is_one_file_too(tmp_path: Path) -> None:
    skipped = SkipSentinel(instance="one", condition="any_empty")
    _, file = packed(skipped, tmp_path)
    index = read_index(file)
    assert isinstance(index, SkipSentinel)
    assert index.condition == "any_empty"
    assert read_value(file).instance == "one"


def test_collections_in_collections_are_folders_inside(tmp_path: Path) -> None:
    value = [("a", [pd.DataFrame({"x": [1]}), pd.DataFrame({"x": [2]})]), ("b", [])]
    inner = CollectionCodec(FrameCodec())
    folder, file = packed(value, tmp_path, CollectionCodec(inner, keyed=True))
    found = dict(read_value(file))
    assert [frame["x"].tolist() for frame in found["a"]] == [[1], [2]]
    assert found["b"] == []
    index = read_index(file)
    assert isinstance(index, Index)
    Collection(file).copy(index.items[0], tmp_path / "copy")
    assert digest_of(tmp_path / "copy") == digest_of(folder / index.items[0].file)


def test_a_zip_of_another_program_is_no_collection(tmp_path: Path) -> None:
    path = tmp_path / "shapes.zip"
    with ZipFile(path, "w") as archive:
        archive.writestr("index.json", '{"keyed": true, "items": []}')
    assert not is_archive(path)
    assert not is_archive(tmp_path / "nothing.zip")
    (tmp_path / "short.zip").write_bytes(b"PK")
    assert not is_archive(tmp_path / "short.zip")
    assert digest_of(tmp_path / "short.zip") != digest_of(path)
    (tmp_path / "text.zip").write_text("no zip")
    assert read_value(tmp_path / "text.zip", TextCodec(".zip")) == "no zip"


INDEX_TEXT = json.dumps({"keyed": False, "items": [{"file": "0000.json", "sha256": "0" * 64}]})


def forge(
    path: Path,
    entries: list[tuple[str, str]],
    *,
    compression: int = ZIP_STORED,
    mode: int = stat.S_IFREG | 0o644,
    digest: str | None = None,
) -> Path:
    """Write what looks like an archive of ours."""
    with ZipFile(path, "w", compression) as archive:
        for name, text in entries:
            info = ZipInfo(name)
            info.external_attr = mode << 16
            info.compress_type = compression
            archive.writestr(info, text)
        if digest is None:
            folder = path.with_name("index-only")
            folder.mkdir()
            (folder / "index.json").write_text(
                next((text for name, text in entries if name == "index.json"), "{}")
            )
            digest = digest_of(folder)
        archive.comment = f"{CONTENT_KEY}={digest}".encode()
    return path


@pytest.mark.parametrize(
    "name", ["../evil.json", "/evil.json", "0000.json/../../evil", "a//b", "a\\b", "./a", "a/"]
)
def test_a_name_that_leads_out_is_refused(name: str, tmp_path: Path) -> None:
    index = json.dumps({"keyed": False, "items": [{"file": name, "sha256": "0"}]})
    path = forge(tmp_path / "evil.zip", [("index.json", index), (name, "1")])
    with pytest.raises(ValueError, match="no name of an item"):
        read_index(path)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["evil.zip", "index-only"]


def test_an_item_that_leads_out_of_an_index_alone_is_refused(tmp_path: Path) -> None:
    index = json.dumps({"keyed": False, "items": [{"file": "../0000.json", "sha256": "0"}]})
    path = forge(tmp_path / "evil.zip", [("index.json", index), ("0000.json", "1")])
    with pytest.raises(ValueError, match="other items than there are"):
        read_index(path)


@pytest.mark.parametrize(
    ("entries", "how", "message"),
    [
        ([("0000.json", "1")], {}, "holds no index.json"),
        ([("index.json", "[]")], {"digest": "0" * 64}, "no mapping"),
        ([("index.json", INDEX_TEXT)], {}, "other items"),
        ([("index.json", INDEX_TEXT), ("0000.json", "1"), ("more", "1")], {}, "other items"),
        ([("index.json", INDEX_TEXT), ("0000.json", "1")], {"digest": "0" * 64}, "what its comment says"),
        (
            [("index.json", INDEX_TEXT), ("0000.json", "1" * 9999)],
            {"compression": ZIP_DEFLATED},
            "compressed",
        ),
        (
            [("index.json", INDEX_TEXT), ("0000.json", "/etc")],
            {"mode": stat.S_IFLNK | 0o777},
            "no plain file",
        ),
    ],
)
def test_what_is_no_archive_of_ours_is_refused(
    entries: list[tuple[str, str]], how: dict[str, Any], message: str, tmp_path: Path
) -> None:
    path = forge(tmp_path / "evil.zip", entries, **how)
    with pytest.raises(ValueError, match=message):
        read_index(path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_stands_twice_is_refused(tmp_path: Path) -> None:
    path = forge(tmp_path / "evil.zip", [("index.json", INDEX_TEXT), ("0000.json", "1"), ("0000.json", "2")])
    with pytest.raises(ValueError, match="twice"):
        read_index(path)


def test_entries_over_each_other_are_refused(tmp_path: Path) -> None:
    """A small file whose directory says of many names that the same large bytes are theirs."""
    names = [f"{number:04}.json" for number in range(50)]
    index = json.dumps({"keyed": False, "items": [{"file": name, "sha256": "0"} for name in names]})
    path = tmp_path / "bomb.zip"
    with ZipFile(path, "w") as archive:
        for name, text in (("index.json", index), (names[0], "1" * 100_000)):
            plain = ZipInfo(name)
            plain.external_attr = PLAIN
            archive.writestr(plain, text)
        first = archive.getinfo(names[0])
        for name in names[1:]:
            info = ZipInfo(name)
            info.external_attr = PLAIN
            info.header_offset, info.CRC = first.header_offset, first.CRC
            info.file_size = info.compress_size = first.file_size
            archive.filelist.append(info)
            archive.NameToInfo[name] = info
        archive.comment = f"{CONTENT_KEY}={'0' * 64}".encode()
    with pytest.raises(ValueError, match="more than there is in it"):
        read_index(path)


def changed(path: Path, change: Callable[[bytearray], None]) -> None:
    content = bytearray(path.read_bytes())
    change(content)
    path.write_bytes(content)


def test_damaged_bytes_are_noticed(tmp_path: Path) -> None:
    _, file = packed([("a", "some text")], tmp_path)

    def spoil(content: bytearray) -> None:
        at = content.index(b"some text")
        content[at : at + 4] = b"SOME"

    changed(file, spoil)
    with pytest.raises(ValueError, match="damaged"):
        read_value(file)


def test_a_directory_that_points_elsewhere_is_noticed(tmp_path: Path) -> None:
    _, file = packed([("a", "some text")], tmp_path)
    changed(file, lambda content: content.__setitem__(slice(0, 4), b"NOPE"))
    with pytest.raises(ValueError, match="where it should"):
        read_value(file)


def test_a_file_that_is_cut_off_is_no_archive(tmp_path: Path) -> None:
    _, file = packed([("a", "some text")], tmp_path)
    file.write_bytes(file.read_bytes()[:-1])
    assert not is_archive(file)


def test_several_read_at_once(tmp_path: Path) -> None:
    """No position in an open file is shared, as it would be between processes that were forked."""
    _, file = packed([(str(number), "x" * number) for number in range(50)], tmp_path)
    collection = Collection(file)
    index = collection.index
    assert isinstance(index, Index)
    found: dict[int, list[int]] = {}

    def read(reader: int) -> None:
        found[reader] = [len(collection.read(item)) for item in index.items]

    threads = [threading.Thread(target=read, args=[reader]) for reader in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(found.values()) == [list(range(50))] * 4


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5).filter(lambda name: name != "$skipped"), inner, max_size=3)
    ),
    max_leaves=5,
)
keys = st.text(max_size=20) | st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5)), max_size=3)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(items=st.lists(st.tuples(keys, values), max_size=6))
def test_any_collection_comes_back(
    items: list[tuple[Any, Any]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder, file = packed(items, tmp_path_factory.mktemp("any"))
    assert read_value(file) == read_value(folder)
    assert digest_of(file) == digest_of(folder)
    assert Archive(file).index == json.loads((folder / "index.json").read_text(encoding="utf-8"))
