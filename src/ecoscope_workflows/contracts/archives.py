"""A folder with a collection as one file, and back: for places without folders, such as object storage.

The file is a zip of what the folder holds: nothing is compressed, names are sorted, and times are left out,
so that equal collections are equal bytes.
Its comment says the hash of its content, as the footer of a Parquet file does.
An archive may come from anywhere: what is read is checked first, so that no name leads out of the folder that
it is unpacked in, and nothing takes more room than the file itself.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import struct
import tempfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from ecoscope_workflows.contracts.digests import (
    ARCHIVE,
    CHUNK,
    CONTENT_KEY,
    INDEX,
    digest_of,
    digest_of_index,
    recorded_in_archive,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

# The first moment that a zip can say.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_FILE_MODE = (stat.S_IFREG | 0o644) << 16
_ENCRYPTED = 0x1
# What stands before each file in a zip: a signature, what is said again in the directory, and two lengths.
_LOCAL = struct.Struct("<4s22xHH")
_SIGNATURE = b"PK\3\4"


def is_archive(path: Path) -> bool:
    """Return whether a file is a collection; a zip of another program is none."""
    return path.suffix == ARCHIVE and path.is_file() and bool(recorded_in_archive(os.fspath(path)))


def is_collection(path: Path) -> bool:
    """Return whether a result is a collection: a folder, or the archive of one."""
    return path.is_dir() or is_archive(path)


def pack(folder: Path, target: Path) -> None:
    """Write the collection in a folder as one file."""
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    with ZipFile(target, "x", ZIP_STORED) as archive:
        for name in names:
            info = ZipInfo(name, _EPOCH)
            info.create_system, info.external_attr = _UNIX, _FILE_MODE
            info.file_size = (folder / name).stat().st_size
            with (folder / name).open("rb") as source, archive.open(info, "w") as entry:
                shutil.copyfileobj(source, entry, CHUNK)
        archive.comment = f"{CONTENT_KEY}={digest_of(folder)}".encode()


@dataclass(frozen=True)
class Archive:
    """A collection that is one file.

    It holds no open file, so that processes that were forked can read from it at the same time.

    Parameters
    ----------
    path
        The file.
    """

    path: Path

    @cached_property
    def _entries(self) -> dict[str, ZipInfo]:
        """What is in the file, by name.

        Raises
        ------
        ValueError
            When it is no archive that `pack` has written.
        """
        try:
            with ZipFile(self.path) as archive:
                infos = archive.infolist()
        except BadZipFile as error:
            raise ValueError(str(error)) from None
        found = {info.filename: info for info in infos}
        if len(found) != len(infos):
            raise ValueError("a name stands in it twice")
        for info in infos:
            _require_plain(info)
        # Entries that lie over each other could be many times what the file is.
        if sum(info.file_size for info in infos) > self.path.stat().st_size:
            raise ValueError("it says that it holds more than there is in it")
        if INDEX not in found:
            raise ValueError(f"it holds no {INDEX}")
        return found

    @cached_property
    def index(self) -> dict[str, Any]:
        """What its index says.

        Raises
        ------
        ValueError
            When it is not the index of what is there.
        """
        found: Any = json.loads(b"".join(self._read(self._entries[INDEX])))
        if not isinstance(found, dict):
            raise ValueError(f"{INDEX} is no mapping")  # noqa: TRY004  # what is wrong is a file, not a type
        said = {item["file"] for item in found.get("items", ())} | {INDEX}
        if said != {name.partition("/")[0] for name in self._entries}:
            raise ValueError(f"{INDEX} names other items than there are")
        if digest_of_index(found) != recorded_in_archive(os.fspath(self.path)):
            raise ValueError("its content is not what its comment says")
        return found

    @contextmanager
    def item(self, name: str) -> Iterator[Path]:
        """Have the file or folder of an item for a while."""
        with tempfile.TemporaryDirectory(prefix="ecoscope-item-") as folder:
            path = Path(folder) / name
            self.copy(name, path)
            yield path

    def copy(self, name: str, target: Path) -> None:
        """Copy the file or folder of an item to `target`.

        Raises
        ------
        ValueError
            When there is no such item, or its bytes are not those that were written.
        """
        inside = {
            entry: info
            for entry, info in self._entries.items()
            if entry == name or entry.startswith(f"{name}/")
        }
        if not inside:
            raise ValueError(f"it holds no {name}")
        for entry, info in inside.items():
            path = Path(f"{target}{entry.removeprefix(name)}")
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as stream:
                stream.writelines(self._read(info))

    def _read(self, info: ZipInfo) -> Iterator[bytes]:
        """Yield the bytes of an entry piece by piece: they stand in the file as they are."""
        with self.path.open("rb") as stream:
            stream.seek(info.header_offset)
            _skip_header(stream, info)
            left, checksum = info.file_size, 0
            while left:
                piece = stream.read(min(left, CHUNK))
                if not piece:
                    raise ValueError(f"{info.filename} is cut off")
                left -= len(piece)
                checksum = zlib.crc32(piece, checksum)
                yield piece
        if checksum != info.CRC:
            raise ValueError(f"{info.filename} is damaged")


def _require_plain(info: ZipInfo) -> None:
    parts = info.filename.split("/")
    # `orig_filename` is what stands in the file; `zipfile` cuts it off where it finds a zero byte.
    if {"", ".", ".."} & set(parts) or "\\" in info.filename or info.orig_filename != info.filename:
        raise ValueError(f"{info.filename!r} is no name of an item")
    if info.compress_type != ZIP_STORED or info.compress_size != info.file_size:
        raise ValueError(f"{info.filename} is compressed")
    mode = info.external_attr >> 16
    if info.flag_bits & _ENCRYPTED or (mode and not stat.S_ISREG(mode)):
        raise ValueError(f"{info.filename} is no plain file")


def _skip_header(stream: IO[bytes], info: ZipInfo) -> None:
    header = stream.read(_LOCAL.size)
    if len(header) == _LOCAL.size:
        signature, name, extra = _LOCAL.unpack(header)
        if signature == _SIGNATURE and stream.read(name) == info.filename.encode():
            stream.seek(extra, os.SEEK_CUR)
            return
    raise ValueError(f"{info.filename} does not stand where it should")
