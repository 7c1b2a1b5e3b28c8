"""Snakemake's ``workflow`` in, what a compiled workflow that another Snakefile uses as a module is given out.

A module has its config from the statement ``module``, its own place for results, and its spec wherever its
Snakefile is.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePath
from typing import Any

from ecoscope_workflows.errors import ParamsError, Problem, StorageError, Where
from ecoscope_workflows.runtime.rule_params import CHECKED
from ecoscope_workflows.runtime.spec_hashes import announce_spec
from ecoscope_workflows.spec.document import Document


@dataclass(frozen=True)
class Module:
    """A compiled workflow as a module of another one.

    Parameters
    ----------
    workflow
        Snakemake's own, while it reads the Snakefile of the module.
    """

    workflow: Any

    @property
    def name(self) -> str:
        """Return how the other Snakefile calls it."""
        return str(self.workflow.modifier.namespace)

    @property
    def checked(self) -> Path:
        """Return the file that holds which params were found to be right: one of its own."""
        return CHECKED.with_name(f"{CHECKED.name}-{self.name}")

    @property
    def results(self) -> str:
        """Return the folder of its results."""
        modifier = self.workflow.modifier
        return str(modifier.path_modifier.replace_prefix(modifier.pathvars.apply("<results>")))

    def config(self) -> Document | None:
        """Return the config that its statement gives; None where it gives none, and a file has the params.

        Raises
        ------
        ParamsError
            Where it holds what no params file can hold.
        """
        if not self.workflow.modifier.skip_configfile:
            return None
        title = f"config of module {self.name}"
        try:
            values = json.loads(json.dumps(self.workflow.config, default=_as_text))
        except (TypeError, ValueError) as error:
            hint = "params are plain data: numbers, text, lists and mappings"
            raise ParamsError(Problem("EW406", f"no params: {error}", Where(title), hint)) from None
        return Document(title, values)

    def beside(self, path: Path) -> Path:
        """Return where a file beside the Snakefile of the module is, a local copy if that is elsewhere."""
        file = self.workflow.current_basedir.join(path.name)
        local = file.get_path_or_uri(secret_free=False) if file.is_local else None
        return Path(local or self.workflow.sourcecache.get_path(file))

    def announce(self, spec_sha256: str) -> None:
        """Tell the jobs the spec of the results that they find in its folder."""
        announce_spec(self.results, spec_sha256)


def module_of(workflow: Any) -> Module | None:
    """Return the module that Snakemake is reading; None where it reads the Snakefile that it runs."""
    return None if workflow.modifier.namespace is None else Module(workflow)


def refuse_storage(module: Module) -> None:
    """Refuse to be a module whose results go into object storage.

    At the start of a run Snakemake runs nothing that a module asks for.
    So it could not record what results in the storage are made with, and a changed param could go unseen.

    Raises
    ------
    StorageError
        Always.
    """
    what = f"module {module.name}: results of a module cannot be in object storage"
    hint = "run the workflow by itself, in its own folder, or leave out --default-storage-provider"
    raise StorageError(Problem("EW646", what, hint=hint))


def _as_text(value: Any) -> str:
    """Return a value that Snakemake's reader of YAML makes of a text as that text."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, PurePath):
        return str(value)
    raise TypeError(f"{value!r} is no plain data")
