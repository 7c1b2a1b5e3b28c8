"""What a generated script calls: params are checked in full, then each task runs and its result is stored."""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from ecoscope_workflows.errors import EcoscopeWorkflowsError
from ecoscope_workflows.runtime.jobs import SkipIf
from ecoscope_workflows.runtime.script_values import Instance, Mapped, Result
from ecoscope_workflows.runtime.sequential import Sequential, checked_params, params_file
from ecoscope_workflows.spec.document import Document

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


__all__ = ["Instance", "Script"]

# Names a file for what went wrong, for a program that runs the script.
FAILURE_VARIABLE = "ECOSCOPE_WORKFLOWS_FAILURE"


@dataclass
class Script(Sequential):
    """A workflow that a command line program runs."""

    done: dict[str, Result] = field(default_factory=dict)

    @classmethod
    def start(
        cls,
        name: str,
        *,
        spec_sha256: str,
        instances: Mapping[str, Instance],
        skipif: Sequence[str] = (),
        unpack_depth: int = 1,
        cache_root: str = "",
    ) -> Script:
        """Read the command line and the params file; on a fault print all of them and exit with 1."""
        parser = argparse.ArgumentParser(prog=Path(sys.argv[0]).name, description=f"Run {name}.")
        parser.add_argument("--config", type=Path, metavar="FILE", help="params file (YAML)")
        parser.add_argument("--results", type=Path, default=Path("results"), metavar="FOLDER")
        options = parser.parse_args()
        try:
            given = params_file(options.config) if options.config else Document("--config", None)
            params = checked_params(name, instances, given)
            default = SkipIf(tuple(skipif), unpack_depth)
            return cls(name, spec_sha256, instances, params, options.results, default, cache_root)
        except EcoscopeWorkflowsError as error:
            _fail(error)

    def run(self, instance: str, each: Mapped | None = None, /, **bound: Any) -> Result:
        """Run one task instance with what the script and the params give; exit with 1 where it fails."""
        try:
            result = self.perform(instance, each, bound)
        except EcoscopeWorkflowsError as error:
            _fail(error)
        self.done[instance] = result
        return result

    def finish(self) -> None:
        """Say where the results are."""
        for result in self.done.values():
            if result.path is not None:
                print(result.path)  # noqa: T201  # a generated script is a command line program


def _fail(error: EcoscopeWorkflowsError) -> NoReturn:
    if FAILURE_VARIABLE in os.environ:
        record = {"error": getattr(error, "published", "") or str(error), "trace": str(error)}
        Path(os.environ[FAILURE_VARIABLE]).write_text(json.dumps(record), encoding="utf-8")
    sys.exit(f"error: {error}")
