"""What belongs to results and is no output of a rule, taken along where results are in object storage.

That is the provenance of a file that cannot hold it, and what a task writes itself.
Other results name the paths of such files, so the jobs that may read them find them there.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile, ZipInfo

from ecoscope_workflows.runtime.whole_files import beside, files_in, remove, sidecar, with_suffix
from ecoscope_workflows.runtime.words import FILE_KEY, RESULTS_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Iterator

# Behind the name of an instance: what its task has written itself, as one object, which is whole or missing.
FILES = ".files.zip"
_EPOCH = (1980, 1, 1, 0, 0, 0)


def carry_along(workflow: Any) -> None:
    """Have this process take along what belongs to the results that it stores, and to those before them.

    Parameters
    ----------
    workflow
        Snakemake's own, with all of its rules.
    """
    if workflow.storage_registry.default_storage_provider is None:
        return
    file, dag = sys.modules["snakemake.io"]._IOFile, sys.modules["snakemake.dag"].DAG  # noqa: SLF001  # what is extended
    carried = _Carried([rule for rule in workflow.rules if "args" in rule.params.keys()])  # noqa: SIM118  # a list with names
    file.store_in_storage = _storing(_first(file.store_in_storage), carried)
    dag.retrieve_storage_inputs = _retrieving(_first(dag.retrieve_storage_inputs), carried)


def _first(function: Any) -> Any:
    """Return what Snakemake has: another Snakefile may have been read in this process."""
    return getattr(function, "extends", function)


def _storing(store: Callable[..., Awaitable[None]], carried: _Carried) -> Any:
    """Return what stores a file, and first what belongs to it: no result is there without it."""

    async def store_in_storage(self: Any) -> None:
        if self.is_storage:
            await carried.store(self)
        await store(self)

    store_in_storage.extends = store  # type: ignore[attr-defined]  # a mark
    return store_in_storage


def _retrieving(retrieve: Callable[..., Awaitable[None]], carried: _Carried) -> Any:
    """Return what fetches the input files of jobs, and what the tasks before them have written."""

    async def retrieve_storage_inputs(self: Any, jobs: Iterable[Any], *args: Any, **more: Any) -> None:
        await retrieve(self, jobs, *args, **more)
        await carried.fetch({single.rule.name for job in jobs for single in getattr(job, "jobs", [job])})

    retrieve_storage_inputs.extends = retrieve  # type: ignore[attr-defined]  # a mark
    return retrieve_storage_inputs


class _Carried:
    """What is taken along, by the rules of a workflow."""

    def __init__(self, rules: list[Any]) -> None:
        makers = {str(file): rule.name for rule in rules for file in rule.output}
        self._before = {
            rule.name: {makers[str(file)] for file in rule.input if str(file) in makers} for rule in rules
        }
        # Where the user has named a folder, nothing in it is ours.
        own = not os.environ.get(RESULTS_VARIABLE)
        self._writers = {
            rule.name: rule.output[0] for rule in rules if own and f'"{RESULTS_VARIABLE}"' in _arguments(rule)
        }
        self._results = {str(result) for result in self._writers.values()}
        self._fetched: dict[str, float] = {}

    async def store(self, file: Any) -> None:
        """Store what belongs to a file that is about to be stored."""
        provider, address, path = file.storage_object.provider, file.storage_object.query, str(file)
        if os.path.exists(sidecar(path)):  # noqa: ASYNC240, PTH110  # Snakemake does so too
            await _stored(provider, sidecar(address), Path(sidecar(path)))
            remove(sidecar(path))
        if path in self._results:
            with tempfile.TemporaryDirectory() as folder:
                archive = Path(folder, "files")
                _pack(beside(path), archive)
                await _stored(provider, with_suffix(address, FILES), archive)

    async def fetch(self, names: Iterable[str]) -> None:
        """Fetch what the tasks before some rules have written, where it is not what was fetched before."""
        for name in self._writers_before(names):
            result = self._writers[name]
            found = result.storage_object.provider.object(with_suffix(result.storage_object.query, FILES))
            if not await found.managed_exists():
                continue
            changed = await found.managed_mtime()
            if self._fetched.get(name) != changed:
                with tempfile.TemporaryDirectory() as folder:
                    archive = Path(folder, "files")
                    found.set_local_path(archive)
                    await found.managed_retrieve()
                    _unpack(archive, beside(str(result)))
                self._fetched[name] = changed

    def _writers_before(self, names: Iterable[str]) -> Iterator[str]:
        waiting, seen = list(names), set[str]()
        while waiting:
            for name in self._before.get(waiting.pop(), set()) - seen:
                seen.add(name)
                waiting.append(name)
                if name in self._writers:
                    yield name


def _arguments(rule: Any) -> str:
    """Return the arguments of a rule, of which long ones are in a file."""
    text: str = rule.params["args"](None)
    found = json.loads(text)
    return Path(found[FILE_KEY]).read_text(encoding="ascii") if set(found) == {FILE_KEY} else text


async def _stored(provider: Any, address: str, path: Path) -> None:
    target = provider.object(address)
    target.set_local_path(path)
    await target.managed_store()


def _pack(folder: str, archive: Path) -> None:
    """Write the files of a folder, if there is one, as one file: the same bytes for the same files."""
    with ZipFile(archive, "w") as target:
        for path in sorted(files_in(folder)) if Path(folder).is_dir() else ():
            name = Path(path).relative_to(folder).as_posix()
            target.writestr(ZipInfo(name, _EPOCH), Path(path).read_bytes())


def _unpack(archive: Path, folder: str) -> None:
    """Have a folder hold what is in a file, and nothing else; one that does stays, as others may read it."""
    Path(folder).parent.mkdir(parents=True, exist_ok=True)
    with ZipFile(archive) as source, tempfile.TemporaryDirectory(dir=Path(folder).parent) as temporary:
        if _holds(folder, source):
            return
        whole = Path(temporary, "whole")
        whole.mkdir()
        source.extractall(whole)
        with suppress(FileNotFoundError):
            Path(folder).rename(Path(temporary, "before"))
        try:
            whole.rename(folder)
        except OSError:
            # Another job has done the same at the same time.
            if not _holds(folder, source):
                raise


def _holds(folder: str, archive: ZipFile) -> bool:
    if not Path(folder).is_dir():
        return False
    files = {Path(path).relative_to(folder).as_posix(): Path(path) for path in files_in(folder)}
    return files.keys() == set(archive.namelist()) and all(
        path.read_bytes() == archive.read(name) for name, path in files.items()
    )
