"""Groups of entry points in, the modules that installed packages offer under them out."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import TYPE_CHECKING

from ecoscope_workflows.errors import Problem, RegistrationError

if TYPE_CHECKING:
    from collections.abc import Iterator

OWN_GROUP = "ecoscope_workflows"
UPSTREAM_GROUP = "wt_registry"


@dataclass(frozen=True)
class Offer:
    """A module that an installed package offers."""

    point: EntryPoint

    @cached_property
    def origin(self) -> str:
        """Return the name and version of the package, for which its metadata is read."""
        distribution = self.point.dist
        return f"{distribution.name} {distribution.version}" if distribution else self.point.value

    @property
    def package(self) -> str:
        """Return the name of the top-level package that the module is in."""
        return self.point.module.partition(".")[0]

    def module(self) -> ModuleType:
        """Import the module.

        Raises
        ------
        RegistrationError
            When that fails, or when the entry point names something else.
        """
        with self.importing():
            module = self.point.load()
        if not isinstance(module, ModuleType):
            what = f"entry point {self.point.value!r} of {self.origin} is not a module"
            raise RegistrationError(Problem("EW109", what, hint="name a module that holds tasks"))
        return module

    @contextmanager
    def importing(self) -> Iterator[None]:
        """Turn whatever the package's own code raises while it is imported into one plain error."""
        try:
            yield
        except RegistrationError:
            raise
        except Exception as error:
            what = f"the tasks of {self.origin} cannot be imported: {type(error).__name__}: {error}"
            hint = f"fix {self.point.value!r}, or uninstall the package"
            raise RegistrationError(Problem("EW108", what, hint=hint)) from error


def offers(*groups: str) -> list[Offer]:
    """Return what is offered under groups, in an order that does not depend on the machine."""
    installed = entry_points()
    return [
        Offer(point)
        for group in groups
        for point in sorted(installed.select(group=group), key=lambda point: (point.name, point.value))
    ]
