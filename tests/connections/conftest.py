"""Settings of connections, from an environment and a file of the test's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest

from ecoscope_workflows.connections import Connections, read_connections

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PREFIX = "ECOSCOPE_WORKFLOWS__CONNECTIONS__EARTHRANGER__"


class Read(Protocol):
    """Read the connections of these variables, which follow the prefix, and of a file with this text."""

    def __call__(
        self, toml: str = "", variables: Mapping[str, str] | None = None, *, mode: int = 0o600
    ) -> Connections: ...


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Return a function that reads settings of its own."""
    file = tmp_path / "connections.toml"

    def call(toml: str = "", variables: Mapping[str, str] | None = None, *, mode: int = 0o600) -> Connections:
        file.write_text(toml, encoding="utf-8")
        file.chmod(mode)
        environment = {f"{PREFIX}{name}": text for name, text in (variables or {}).items()}
        return read_connections({"ECOSCOPE_WORKFLOWS_CONFIG": str(file), "HOME": "/x", **environment})

    return call
