"""What readers can do with a table, as forms and specs give it."""

from __future__ import annotations

from ecoscope_workflows.tasks.written import Written


class TableConfig(Written):
    """What readers can do with a table."""

    enable_sorting: bool = True
    enable_filtering: bool = False
    enable_download: bool = False
    hide_header: bool = False
