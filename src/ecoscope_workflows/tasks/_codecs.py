"""How results of built-in tasks are stored that are no frame, text or plain JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin

if TYPE_CHECKING:
    from ecoscope_workflows.contracts.file_codecs import Codec

_DASHBOARD = ("ecoscope_workflows.tasks.results._dashboard", "Dashboard")


def codec(annotation: Any) -> Codec | None:
    """Return how a type is stored if it is one of ours, and None for any other.

    Every type of every task is asked about: what makes a dashboard is imported for one alone.
    """
    plain = get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation
    if (getattr(plain, "__module__", ""), getattr(plain, "__name__", "")) != _DASHBOARD:
        return None
    from ecoscope_workflows.tasks.results._dashboard_codec import dashboard_codec

    return dashboard_codec(annotation)
