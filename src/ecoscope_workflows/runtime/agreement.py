"""What results in object storage were made with, so that no other params ever pass for them.

Snakemake keeps its records on the machine that it runs on, so on another one, or in a fresh clone, it takes
what is in the storage for what the params of today would make.
One object beside the results says for each instance with what its result was last asked for, and up to which
time of change that result is from before.
It is an input of each rule: its time counts where the result is of other params, and nowhere else.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Any, NamedTuple

from ecoscope_workflows.errors import Problem, StorageError
from ecoscope_workflows.runtime.at_start import on_start
from ecoscope_workflows.runtime.elsewhere import in_storage

if TYPE_CHECKING:
    from collections.abc import Mapping

# Beside the folder of the results, in the default storage of the run.
PLACE = ".ecoscope-workflows/made-with.json"
# The name of the input.
KEYWORD = "made_with"
TICK_SECONDS = 0.5
# Storage whose clock is behind a result by more than this will not catch up with it.
PATIENCE_SECONDS = 60.0


class Record(NamedTuple):
    """What the result of an instance is to be made with.

    Parameters
    ----------
    digest
        Of the task with the fingerprint of its code, its arguments, its command and its input files.
    old
        The time of change of a result that was made with something else; 0 where there is none.
    """

    digest: str
    old: float = 0.0


def agree_with_storage(workflow: Any) -> None:
    """Have Snakemake make anew what is in its default storage and was made with other params.

    Parameters
    ----------
    workflow
        Snakemake's own, with all of its rules.
    """
    if not workflow.is_main_process or workflow.storage_registry.default_storage_provider is None:
        return
    from snakemake.io import ancient  # noqa: PLC0415  # Snakemake is loaded: it reads the Snakefile

    # A name for what makes each file; `all` and its like make none.
    rules = [rule for rule in workflow.rules if "args" in rule.params.keys()]  # noqa: SIM118  # a list with names
    ledger = _Ledger(workflow)
    before, now = ledger.read(), {}
    stale = set()
    for rule in rules:
        if not rule.has_wildcards():
            now[rule.name] = record_of(digest_of(rule), before.get(rule.name), rule)
            if now[rule.name].old:
                stale.add(_called(rule))
    ledger.be_newer_than(max((record.old for record in now.values()), default=0.0), before)
    for rule in rules:
        # A rule without input files of its own has no notion yet of where they are.
        rule.input_modifier = rule.input_modifier or rule.output_modifier
        # The chunks of an instance are called as it is itself, and are as old as its result.
        rule.set_input(**{KEYWORD: PLACE if _called(rule) in stale else ancient(PLACE)})
    if before != now:
        on_start(workflow, lambda: ledger.write({**before, **now}))


def record_of(digest: str, before: Record | None, rule: Any) -> Record:
    """Return the record of an instance, with the time of its result where that is of something else."""
    if before == Record(digest):
        # All is as it was: the usual case asks the storage nothing.
        return before
    result = rule.output[0].storage_object
    if not result.exists():
        return Record(digest)
    changed = result.mtime()
    if before is not None and before.digest == digest:
        return before if changed <= before.old else Record(digest)
    return Record(digest, changed)


def digest_of(rule: Any) -> str:
    """Return the digest of what decides the result of a rule beside the content of its input files."""
    files = [address for file in rule.input for address in _addresses(file)]
    facts = [*_called(rule), rule.shellcmd, files]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _called(rule: Any) -> tuple[str, str]:
    """Return the task of a rule with the fingerprint of its code, and its arguments."""
    return rule.params["task"], rule.params["args"](None)


def _addresses(file: Any) -> list[str]:
    from snakemake.exceptions import IncompleteCheckpointException  # noqa: PLC0415  # Snakemake is loaded

    if not callable(file):
        return [str(file.storage_object.query if file.is_storage else file)]
    try:
        named = file(None)
    except IncompleteCheckpointException:
        # Chunks are known when the collection is: it is an input too.
        return []
    return [named] if isinstance(named, str) else list(named)


class _Ledger:
    """The object in the storage."""

    def __init__(self, workflow: Any) -> None:
        provider = workflow.storage_registry.default_storage_provider
        self._object = provider.object(in_storage(workflow, PLACE))
        self._is_there = False

    def read(self) -> dict[str, Record]:
        """Return the records by instance; none where there is no such object, or it is damaged."""
        self._is_there = self._object.exists()
        if not self._is_there:
            return {}
        with tempfile.TemporaryDirectory() as folder:
            # Snakemake's own copy of an input stays its own.
            path = Path(folder, "read")
            self._object.set_local_path(path)
            self._object.retrieve_object()
            try:
                records = json.loads(path.read_text(encoding="ascii"))
                return {name: Record(str(digest), float(old)) for name, (digest, old) in records.items()}
            except (ValueError, TypeError, AttributeError):
                # Then nothing says what the results were made with, and all of them are made anew.
                return {}

    def be_newer_than(self, time: float, records: Mapping[str, Record]) -> None:
        """See that the object is there and newer than a result, if need be by the same words of today."""
        rewritten = not self._is_there
        if rewritten:
            self.write(records)
        while time and (changed := self._object.mtime()) <= time:
            if rewritten and time - changed > PATIENCE_SECONDS:
                what = f"a result in the storage is {time - changed:.0f} s ahead of the clock of the storage"
                hint = "set that clock, or delete what is from the future: the next run makes it again"
                raise StorageError(Problem("EW647", what, hint=hint))
            # The storage counts whole seconds.
            sleep(TICK_SECONDS)
            self.write(records)
            rewritten = True

    def write(self, records: Mapping[str, Record]) -> None:
        """Write the records; what a run is for is written when it begins."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "write")
            path.write_text(json.dumps(records, sort_keys=True), encoding="ascii")
            self._object.set_local_path(path)
            self._object.store_object()
