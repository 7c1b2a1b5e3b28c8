"""A spec or a compiled folder in, a folder that is ready to run out: compiled, with params that are valid.

Nothing is written before the caller says so: another run may be at work in the folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ecoscope_workflows.compiler.artifacts import write, write_atomically
from ecoscope_workflows.compiler.compile import PARAMS, Request, compile_graph
from ecoscope_workflows.compiler.loading import load_graph
from ecoscope_workflows.compiler.planning.jobs import no_mapping
from ecoscope_workflows.compiler.planning.manifest import layout_of
from ecoscope_workflows.compiler.running.occupation import STATE
from ecoscope_workflows.compiler.status import SPEC
from ecoscope_workflows.errors import ParamsError, Problem, StorageError, Where
from ecoscope_workflows.graph.forms import yaml_form
from ecoscope_workflows.graph.params import ParamsModel
from ecoscope_workflows.runtime.params import validated
from ecoscope_workflows.spec.document import parse
from ecoscope_workflows.spec.load import read_text
from ecoscope_workflows.targets.layout import FOLDERS
from ecoscope_workflows.targets.view import view

if TYPE_CHECKING:
    from collections.abc import Collection

    from ecoscope_workflows.compiler.artifacts import Artifact
    from ecoscope_workflows.graph.model import Graph
    from ecoscope_workflows.targets.view import View

BUILD = Path("build")
# The hash of the params file that a run put into its folder: while it is the same nobody has written there.
_GIVEN = STATE / "params-given"
_MOCK = re.compile(r'"resources/mocks/(\w+)\.\w+"')


@dataclass(frozen=True)
class Prepared:
    """A folder that is ready to run.

    Parameters
    ----------
    folder
        The folder.
    graph
        Its workflow.
    mocks
        The instances whose results are example data.
    artifacts
        The files that a compile has yet to write there; none where it was compiled before.
    """

    folder: Path
    graph: Graph
    mocks: tuple[str, ...] = ()
    artifacts: tuple[Artifact, ...] = ()

    @property
    def laid_out(self) -> View:
        """The workflow as its Snakefile has it."""
        layout = FOLDERS if self.artifacts else layout_of(self.folder)
        return view(self.graph, {name: name for name in self.mocks}, layout=layout)

    def write(self) -> int:
        """Write the files of a compile that is not written yet, and return how many have changed.

        Raises
        ------
        TargetError
            Where the folder cannot be written.
        """
        return len(write(self.artifacts, self.folder).written)

    def give_params(self, params: Path) -> None:
        """Check a params file, and put it in the place of the folder's own.

        Raises
        ------
        ParamsError
            When the file does not fit the workflow, or the folder's own was written by hand.
        """
        self.check_params(params)
        own, given = self.folder / PARAMS, params.read_bytes()
        before = own.read_bytes() if own.is_file() else given
        if before != given and not self._is_replaceable(before):
            hint = f"change it there, and leave out --params; or delete it, and {params} takes its place"
            raise ParamsError(Problem("EW643", "this params file was written by hand", Where(str(own)), hint))
        if not own.is_file() or before != given:
            write_atomically(own, given)
        write_atomically(self.folder / _GIVEN, hashlib.sha256(given).hexdigest().encode())

    def check_params(self, params: Path | None = None) -> None:
        """Check a params file in full, or the folder's own.

        Raises
        ------
        ParamsError, SpecError
            With every fault.
        """
        path = params or self.folder / PARAMS
        document = parse(read_text(path), str(path))
        if document.value is None:
            raise ParamsError(no_mapping(document))
        # Files that params name are looked for from where the jobs run.
        with contextlib.chdir(self.folder):
            validated(self._model, document)

    @property
    def _model(self) -> ParamsModel:
        return ParamsModel.of(self.graph, self.mocks)

    def _is_replaceable(self, content: bytes) -> bool:
        """Return whether a params file is as a compile or an earlier run has written it."""
        given = self.folder / _GIVEN
        if given.is_file() and given.read_text("ascii") == hashlib.sha256(content).hexdigest():
            return True
        initial = [artifact.content for artifact in self.artifacts if artifact.path == PARAMS]
        return content in {*initial, yaml_form(self._model).encode()}


def compiled_into(spec: Path, folder: Path | None = None) -> Prepared:
    """Compile a spec for a folder, by default one of the workflow's name below `BUILD`; write nothing yet.

    Raises
    ------
    SpecError, TargetError, RegistrationError
        With every fault of the phase that failed.
    """
    graph = load_graph(spec)
    artifacts = compile_graph(graph, Request(spec))
    return Prepared(folder or BUILD / graph.spec.id, graph, artifacts=tuple(artifacts))


def compiled_before(folder: Path) -> Prepared:
    """Return what stands in a folder that was compiled before.

    Raises
    ------
    StorageError
        When it holds no compiled workflow.
    """
    spec = folder / SPEC
    if not spec.is_file():
        hint = "name a spec, or the folder that `ecoscope-workflows compile --outpath` wrote"
        raise StorageError(Problem("EW601", "here is no compiled workflow", Where(str(folder)), hint))
    graph = load_graph(spec)
    return Prepared(folder, graph, _mocks(read_text(folder / "workflow" / "Snakefile"), graph.nodes))


def _mocks(snakefile: str, known: Collection[str]) -> tuple[str, ...]:
    """Return the instances that a Snakefile has example data for: the spec says nothing of them."""
    return tuple(name for name in dict.fromkeys(_MOCK.findall(snakefile)) if name in known)
