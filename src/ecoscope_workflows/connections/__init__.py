"""The accounts that workflows use, by name.

A workflow holds the name of a connection only.
What signs in stands in environment variables ``ECOSCOPE_WORKFLOWS__CONNECTIONS__<KIND>__<NAME>__<FIELD>``,
in either case, or in the tables ``[connections.<kind>.<name>]`` of a TOML file outside of the workflow.
The environment wins over the file, field by field.
"""

from ecoscope_workflows.connections.kinds import KINDS, ConnectionSettingsError, Secret
from ecoscope_workflows.connections.model import Connection, Connections
from ecoscope_workflows.connections.reading import connection, read_connections, settings_file

__all__ = [
    "CHECKERS",
    "KINDS",
    "Connection",
    "ConnectionSettingsError",
    "Connections",
    "Secret",
    "connection",
    "read_connections",
    "settings_file",
]

# Packages register under this group of entry points, by kind, the function that tries to sign in.
CHECKERS = "ecoscope_workflows.connections"
