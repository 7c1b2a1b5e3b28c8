"""Small frames of relocations, as the tests of preprocessing make them."""

from __future__ import annotations

from tests.tasks.preprocessing.conftest import frame_of

__all__ = ["frame_of"]
