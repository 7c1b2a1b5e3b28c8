"""Two results of one instance in, what the second has otherwise out: compared as values, not as bytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.compiler.snapshots import apart, differences
from ecoscope_workflows.compiler.verifying.tables import is_mark, table_difference
from ecoscope_workflows.contracts.archives import Archive, is_archive, is_collection
from ecoscope_workflows.contracts.digests import INDEX, digest_of
from ecoscope_workflows.contracts.parquet import read_provenance
from ecoscope_workflows.contracts.skipping import SkipSentinel, is_skipped
from ecoscope_workflows.contracts.stored import Collection
from ecoscope_workflows.runtime.fan_out import key_in_words
from ecoscope_workflows.runtime.storage import beside, companions_of, read_result
from ecoscope_workflows.runtime.whole_files import sidecar

if TYPE_CHECKING:
    from ecoscope_workflows.contracts.codecs import Codec

FRAME = ".parquet"


def result_difference(first: Path, second: Path, codec: Codec | None) -> str:
    """Return in words the first thing in which a result differs from that of another target.

    Files beside the result belong to it: pages for people, and what the task itself has written.

    Parameters
    ----------
    first, second
        The two files or folders.
    codec
        How the result of one call is stored.

    Returns
    -------
    str
        An empty text where they are the same.

    Raises
    ------
    StorageError
        When a result cannot be read.
    """
    for path in (first, second):
        if not path.exists():
            return f"there is no {path.name}" if path == second else f"there was no {path.name}"
    folders = [path.resolve().parent for path in (first, second)]
    found = _Comparison(codec, folders[0], folders[1]).of(first, second)
    return found or _of_files_beside(first, second, codec)


def evaluated_differences(first: Path, second: Path) -> dict[str, str]:
    """Return for each cheap instance that two results needed how it was called otherwise for the second."""
    calls = [_provenance(path).get("evaluated", {}) for path in (first, second)]
    for call in (one for found in calls for one in found.values()):
        # They are results, and compared themselves.
        del call["inputs"]
    return {
        name: next(iter(differences(calls[0].get(name), calls[1].get(name), None, "its call")), "")
        for name in {**calls[0], **calls[1]}
    }


class _Comparison:
    """The comparison of two results that lie in different folders.

    What names a file in the one folder names the same file in the other.
    """

    def __init__(self, codec: Codec | None, first: Path, second: Path) -> None:
        self._codec, self._folders = codec, (first, second)

    def of(self, first: Path, second: Path) -> str:
        if digest_of(first) == digest_of(second):
            return ""
        if is_collection(first) and is_collection(second):
            return self._of_collections(Collection(first), Collection(second))
        if first.suffix == FRAME == second.suffix and not is_mark(first) and not is_mark(second):
            return table_difference(first, second)
        values = [
            _named(read_result(path, self._codec_of(path)), folder)
            for path, folder in zip((first, second), self._folders, strict=True)
        ]
        return value_difference(*values)

    def _of_collections(self, first: Collection, second: Collection) -> str:
        one, other = first.index, second.index
        if isinstance(one, SkipSentinel) or isinstance(other, SkipSentinel):
            return value_difference(
                *(index if isinstance(index, SkipSentinel) else [] for index in (one, other))
            )
        keys = [[item.key for item in index.items] for index in (one, other)]
        for found in differences(keys[0], keys[1], None, "keys"):
            return found
        for number, (before, after) in enumerate(zip(one.items, other.items, strict=True)):
            with first.file(before) as path, second.file(after) as its_path:
                difference = self.of(path, its_path)
            if difference:
                return f"item {key_in_words(before.key) if one.keyed else number}: {difference}"
        return ""

    def _codec_of(self, path: Path) -> Codec | None:
        return self._codec if self._codec is not None and self._codec.suffix == path.suffix else None


def value_difference(first: Any, second: Any) -> str:
    """Return in words the first thing in which a value differs from another one, or an empty text."""
    if is_skipped(first) or is_skipped(second):
        same = is_skipped(first) and is_skipped(second) and first == second
        return "" if same else f"{_state(second)}, not {_state(first)}"
    if isinstance(first, str) and isinstance(second, str):
        return _of_texts(first, second)
    for found in differences(first, second, None):
        return found
    # A task sees mappings in their order.
    return "" if repr(first) == repr(second) else "the keys of a mapping are in another order"


def _state(value: Any) -> str:
    return value.reason if isinstance(value, SkipSentinel) else "computed"


def _of_texts(first: str, second: str) -> str:
    if first == second:
        return ""
    lines = [text.splitlines(keepends=True) for text in (first, second)]
    for number, (one, other) in enumerate(zip(*lines, strict=False), start=1):
        if one != other:
            return f"line {number}: {apart(one, other)}"
    return f"{len(lines[1])} lines, not {len(lines[0])}"


def _named(value: Any, folder: Path) -> Any:
    """Return a value in which paths of the folder of results are those of any such folder."""
    if isinstance(value, str):
        return value.replace(f"{folder}/", f"{folder.name}/")
    if isinstance(value, list):
        return [_named(item, folder) for item in value]
    if isinstance(value, dict):
        return {key: _named(item, folder) for key, item in value.items()}
    return value


def _of_files_beside(first: Path, second: Path, codec: Codec | None) -> str:
    for suffix in companions_of(codec) if codec and first.suffix else ():
        one, other = first.with_suffix(suffix), second.with_suffix(suffix)
        if one.is_file() != other.is_file():
            return f"there {'is no' if one.is_file() else 'was no'} {other.name}"
        if one.is_file() and digest_of(one) != digest_of(other):
            return f"{other.name}: {value_difference(_text(one), _text(other))}"
    own = [_files_in(beside(path)) for path in (first, second)]
    if own[0].keys() != own[1].keys():
        return f"files that the task has written: {apart(sorted(own[0]), sorted(own[1]))}"
    unlike = [name for name, content in own[0].items() if content != own[1][name]]
    return f"the file {unlike[0]!r} that the task has written has another content" if unlike else ""


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="surrogateescape")


def _files_in(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _provenance(path: Path) -> dict[str, Any]:
    """Return what is said of where a result comes from."""
    # A collection that was skipped as a whole has a mark for an index.
    if is_archive(path):
        return dict(Archive(path).index.get("provenance", {}))
    if path.is_dir():
        return dict(json.loads((path / INDEX).read_text(encoding="utf-8")).get("provenance", {}))
    embedded = path.suffix == FRAME
    text = read_provenance(path) if embedded else Path(sidecar(str(path))).read_text(encoding="utf-8")
    return dict(json.loads(text))
