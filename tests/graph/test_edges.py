"""Edges are typed: what a task returns fits what each argument takes, or both ends are shown."""

from __future__ import annotations

import datetime as dt
import textwrap
from typing import TYPE_CHECKING, Annotated, Any, TypedDict

import pytest
from pydantic import BaseModel, Field

from ecoscope_workflows.annotations import (
    AnyDataFrame,
    AnyGeoDataFrame,
    Column,
    DataFrame,
    Html,
    InputFile,
    JsonSerializableDataFrameModel,
    LineGeometry,
    Series,
    UTCDatetime,
)
from ecoscope_workflows.cli.reporting import as_record, as_text
from ecoscope_workflows.contracts.describe import type_name
from ecoscope_workflows.contracts.skipping import SkipSentinel
from ecoscope_workflows.decorators import Effect, distributed
from ecoscope_workflows.errors import SpecError
from ecoscope_workflows.graph.edges import EdgeTypes
from ecoscope_workflows.graph.resolve import resolve
from ecoscope_workflows.registry.catalog import Catalog, installed_catalog
from ecoscope_workflows.registry.signature import task_info
from ecoscope_workflows.spec.load import parse_spec
from ecoscope_workflows.tasks.schemas import Relocations, Trajectory

if TYPE_CHECKING:
    from pathlib import Path

    from ecoscope_workflows.errors import Problem
    from ecoscope_workflows.graph.model import Graph
