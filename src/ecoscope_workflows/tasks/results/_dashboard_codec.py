"""How a dashboard is stored: its JSON, and beside it the page that people open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin

from ecoscope_workflows.contracts.file_codecs import JsonCodec
from ecoscope_workflows.tasks.results._dashboard import Dashboard

if TYPE_CHECKING:
    from pathlib import Path

PAGE = ".html"


@dataclass(frozen=True)
class DashboardCodec(JsonCodec):
    """A dashboard as its published JSON, with one HTML page beside it.

    Parameters
    ----------
    companions
        The suffixes of the files that `write_companion` writes beside the JSON.
    """

    annotation: Any = Dashboard
    companions: tuple[str, ...] = (PAGE,)

    def write_companion(self, value: Any, suffix: str, path: Path) -> None:
        """Write the page of a dashboard to `path`.

        Maps, charts and tables are read from the files that the dashboard names, relative to the working
        directory; the page holds all of them and may be moved.

        Raises
        ------
        ValueError
            When `suffix` is none of `companions`.
        """
        if suffix not in self.companions:
            raise ValueError(f"a dashboard has no {suffix} beside it, only {', '.join(self.companions)}")
        path.write_text(value.page(), encoding="utf-8", newline="\n")


def dashboard_codec(annotation: Any) -> DashboardCodec | None:
    """Return how a type is stored if it is that of dashboards, and None for any other."""
    plain = get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation
    return DashboardCodec(annotation) if plain is Dashboard else None
