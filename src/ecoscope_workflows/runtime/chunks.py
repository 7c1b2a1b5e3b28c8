"""The index of a collection in, which of its items one job goes through out.

A Snakefile asks for it while Snakemake looks for what is to be done, so nothing heavy is imported here.

A chunk is found by the hashes of the keys of its items: all items whose hashes begin with the same bits, as
many bits as it takes for them to be no more than was asked for.
So an item that is new, gone or changed touches the chunk that it is in, and no other; but for one that is
split in two, or made of two.
A chunk is named by what it holds: where its name is known, its results are.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import TextIO

# Bits of a hash that decide where an item goes.
BITS = 64
# Letters of the name of a chunk.
NAME_LENGTH = 24
# Behind the name of an instance: the folder of its chunks.
FOLDER = ".chunks"


@dataclass(frozen=True)
class Chunk:
    """Some items of a collection.

    Parameters
    ----------
    name
        The hash of the keys and contents of its items.
    numbers
        Their places in the collection; in an order that does not depend on those.
    """

    name: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, order=True)
class _Placed:
    place: int
    fact: str
    number: int


def index_text(rows: Iterable[tuple[Any, str]]) -> str:
    """Return what `chunks_in` reads: the key and the digest of each item of a collection."""
    return json.dumps([list(row) for row in rows], ensure_ascii=True) + "\n"


def chunks_in(stream: TextIO, size: int) -> list[Chunk]:
    """Return the chunks of a collection by the file that `index_text` was written to."""
    return chunks_of([(key, digest) for key, digest in json.load(stream)], size)


def chunks_of(rows: Sequence[tuple[Any, str]], size: int) -> list[Chunk]:
    """Return the chunks of a collection.

    Parameters
    ----------
    rows
        The key and the digest of each item; of a list without keys each key is None.
    size
        How many items a chunk may hold.
    """
    placed = sorted(_placed(number, key, digest) for number, (key, digest) in enumerate(rows))
    return [_chunk(items, part) for items, part in _split(placed, size, 0)]


def _placed(number: int, key: Any, digest: str) -> _Placed:
    fact = json.dumps([key, digest], sort_keys=True)
    # Without a key an item is known by what it holds.
    decides = digest if key is None else json.dumps(key, sort_keys=True)
    place = int.from_bytes(hashlib.sha256(decides.encode()).digest()[: BITS // 8], "big")
    return _Placed(place, fact, number)


def _split(items: Sequence[_Placed], size: int, bit: int) -> Iterator[tuple[Sequence[_Placed], int]]:
    """Yield items by chunks; and of several chunks that only their number tells apart, that number."""
    if len(items) <= size:
        if items:
            yield items, 0
    elif bit == BITS:
        # So many items of one key.
        for part, start in enumerate(range(0, len(items), size)):
            yield items[start : start + size], part
    else:
        low = [item for item in items if not item.place >> (BITS - 1 - bit) & 1]
        yield from _split(low, size, bit + 1)
        yield from _split(items[len(low) :], size, bit + 1)


def _chunk(items: Sequence[_Placed], part: int) -> Chunk:
    facts = "\n".join([str(part), *(item.fact for item in items)])
    name = hashlib.sha256(facts.encode()).hexdigest()[:NAME_LENGTH]
    return Chunk(name, tuple(item.number for item in items))
