"""The command line of a rule in, its result restored where it is known, without loading its task.

What decides a result is known to the task alone: the environment variables it reads, for one.
So a job whose result is kept leaves a record in the store, found by the words of its command line and by what
its input files hold; it names these variables, and the entry of the store.
Where there is no record, the job goes the usual way, and looks in the store with all that it knows.

It stands before every job, so it loads nothing more than it needs; where the instance has no record at all,
that is nothing.
"""
# ruff: noqa: PTH112, PTH116, PTH118, PTH119, PTH120, SIM105  # importing pathlib takes longer than restoring a small result

from __future__ import annotations

import os

from ecoscope_workflows.runtime.stores.location import KNOWN, is_url, store_of

# What `typing` would say; importing it takes longer than restoring a small result.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from ecoscope_workflows.runtime.stores.records import Record

# Changes when a record is no longer what is read here.
FORMAT = "2"
FILES = ("--input", "--each")
# Where to say what is in a collection; only the job itself does.
INDEX = "--index"
# What changes where a result goes or how fast it gets there.
INDIFFERENT = frozenset({"--output", "--log", "--threads", "--timeout", INDEX})


class Words:
    """The words of a rule's command line.

    Parameters
    ----------
    argv
        The words behind the program.
    folder
        The folder that they are relative to; the current one where nothing is said.
    """

    def __init__(self, argv: list[str], folder: str = "") -> None:
        self.instance = argv[0]
        self.folder = folder
        self._pairs = list(zip(argv[1::2], argv[2::2], strict=True))
        options = dict(self._pairs)
        self.output = self.path(options["--output"])
        self.log = self.path(options["--log"]) if "--log" in options else ""
        self.code = options["--task"].partition("@")[2]

    def path(self, name: str) -> str:
        """Return where a file of the command line is."""
        return os.path.join(self.folder, name)

    @property
    def store(self) -> str:
        """The folder of the store with records; empty where there is none."""
        # The folder of the run is the one that the folder of the results is in.
        place = store_of(os.path.dirname(os.path.dirname(self.output)))
        return "" if is_url(place) else place

    @property
    def records(self) -> str:
        """The folder in which this instance with this code has its records."""
        return f"{self.store}/{KNOWN}/{self.instance}@{self.code}"

    def files(self) -> Iterable[tuple[str, str, str]]:
        """Yield option, argument and path of each input file, of an optional one only where it is given."""
        for option, value in self._pairs:
            name, _, path = value.partition("=")
            if option in FILES and path:
                yield option, name, path

    def key(self, digest: Callable[[str], str]) -> str:
        """Return the key of a record: the hash of the words, of what files hold, and of the versions at work.

        Parameters
        ----------
        digest
            Returns the digest of a file, as `ecoscope_workflows.contracts.digests` has it.
        """
        from ecoscope_workflows.contracts.digests import ARCHIVE  # noqa: PLC0415  # see above
        from ecoscope_workflows.runtime.installed import installed  # noqa: PLC0415  # see above

        parts = [FORMAT, installed(), self.instance]
        # A collection as one file is another entry than the same in a folder.
        parts += [ARCHIVE] if self.output.endswith(ARCHIVE) else []
        parts += [
            word
            for pair in self._pairs
            if pair[0] not in INDIFFERENT and pair[0] not in FILES
            for word in pair
        ]
        for option, name, path in self.files():
            parts += [option, name, os.path.basename(path), digest(path)]
        return _sha256(parts)

    def check(
        self, key: str, variables: Iterable[str], own_files: Iterable[str], sources: Iterable[str]
    ) -> str:
        """Return the hash of a key and of what else decides a result, which its task alone knows.

        Parameters
        ----------
        key
            As `key` returns it.
        variables
            The names of environment variables; their values count.
        own_files
            The arguments that are files which other programs write: all bytes of them count, not a hash
            that stands in them.
        sources
            The files in which tasks are written: what they are declared with is not in their fingerprint,
            such as that a result must not be used again.
        """
        from ecoscope_workflows.contracts.digests import sha256_of_bytes  # noqa: PLC0415  # see above

        parts = [key]
        for name in variables:
            value = os.environ.get(name)
            parts += [name] if value is None else [name, value]
        for path in sources:
            facts = os.stat(path)
            parts += [path, str(facts.st_mtime_ns), str(facts.st_size)]
        own = set(own_files)
        parts += [sha256_of_bytes(self.path(path)) for _, name, path in self.files() if name in own]
        return _sha256(parts)


def restored(argv: list[str], allowed: Callable[[], None] | None = None) -> bool:
    """Restore the result of a job, and return whether it was known.

    Parameters
    ----------
    argv
        The words of a rule's command line.
    allowed
        Raises where the result is no longer wanted; this process is a job of its own where nothing is said.

    Raises
    ------
    SystemExit
        When the result is no longer wanted, which the log says.
    """
    try:
        words = Words(argv)
        if INDEX in argv or not words.store or not words.code or not os.path.isdir(words.records):
            return False
        path, record = _record(words, {})
        if record is None:
            return False
        from ecoscope_workflows.runtime.restoring import restore  # noqa: PLC0415  # see above

        done = restore(record, words.store, words.output, words.log, allowed)
    except (KeyError, IndexError, OSError, ValueError):
        return False  # the usual way says what is wrong
    if done:
        try:
            # What is of use stays when the store is made smaller.
            os.utime(path)
        except OSError:  # a store that may only be read
            pass
    return done


def known(argv: list[str], digests: Mapping[str, str] | None = None, folder: str = "") -> str:
    """Return the digest of the result of a job that would be restored; an empty text where it is not known.

    Nothing is restored or read in full: an entry that is damaged is noticed when it is needed.

    Parameters
    ----------
    argv
        The words of a rule's command line.
    digests
        The digests of files as they will be when the job runs, by their words on the command line; of any
        other file it is that of the file as it is now.
    folder
        The folder of the run.
    """
    try:
        words = Words(argv, folder)
        if not words.store or not words.code or not os.path.isdir(words.records):
            return ""
        _, record = _record(words, digests or {})
        if record is None:
            return ""
        from ecoscope_workflows.runtime.stores.entries import Facts, content_name  # noqa: PLC0415  # see above
        from ecoscope_workflows.runtime.stores.local import LocalShelf  # noqa: PLC0415  # see above

        shelf = LocalShelf(words.store)
        os.stat(f"{words.store}/{content_name(record.key, Facts.read(shelf, record.key))}")
    except (KeyError, IndexError, OSError, ValueError):
        return ""
    return record.digest


def _record(words: Words, digests: Mapping[str, str]) -> tuple[str, Record | None]:
    """Return where the record of a job is, and the record where it is there and true."""
    from ecoscope_workflows.contracts.digests import digest_of  # noqa: PLC0415  # see above
    from ecoscope_workflows.runtime.stores.records import Record  # noqa: PLC0415  # see above

    key = words.key(lambda path: digests.get(path) or digest_of(words.path(path)))
    path = f"{words.records}/{key}"
    try:
        record = Record.read(path)
    except FileNotFoundError:
        return path, None
    check = words.check(key, record.variables, record.own_files, record.sources)
    return path, record if record.check == check else None


def _sha256(parts: list[str]) -> str:
    import hashlib  # noqa: PLC0415  # see above

    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()
