"""The constants of a spec: what ``${{ vars.<name> }}`` stands for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from ecoscope_workflows.errors import did_you_mean

if TYPE_CHECKING:
    from ecoscope_workflows.errors import Where


class Faulty(Protocol):
    """A value that can say that something is wrong with it."""

    def fault(self, code: str, what: str, hint: str = "") -> None:
        """Report a fault of the value."""


@dataclass
class Variables:
    """The constants of a spec, and which of them have been used."""

    values: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Where] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    @property
    def unused(self) -> dict[str, Where]:
        """Return where the constants stand that nothing refers to."""
        return {name: where for name, where in self.places.items() if name not in self.used}

    def look_up(self, name: str, cursor: Faulty) -> Any:
        """Return the value of a constant; report a name that is not one."""
        if name not in self.values:
            hint = did_you_mean(name, self.values) or "add it under `vars:`"
            cursor.fault("EW223", f"there is no variable {name!r}", hint)
            return None
        self.used.add(name)
        return self.values[name]

    def as_text(self, name: str, cursor: Faulty) -> str:
        """Return the value of a constant as a part of a text; report one that is no word or number."""
        value = self.look_up(name, cursor)
        if isinstance(value, bool | list | dict) or (value is None and name in self.values):
            what = f"`${{{{ vars.{name} }}}}` stands inside a text, and its value is no text or number"
            cursor.fault("EW224", what, "let the variable be the whole value")
            return ""
        return "" if value is None else str(value)
