"""The tasks on events and patrols as forms, specs and mocked runs see them."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
import yaml
from geopandas.testing import assert_geodataframe_equal

from ecoscope_workflows.compiler.mocks import example_file
from ecoscope_workflows.contracts.codecs import codec_for
from ecoscope_workflows.contracts.frames import FrameContract
from ecoscope_workflows.decorators import task_metadata
from ecoscope_workflows.registry.signature import REQUIRED, TaskInfo, task_info
from ecoscope_workflows.tasks import io
from ecoscope_workflows.tasks.schemas import (
    EventsWithDisplayNames,
    PatrolObservations,
    Patrols,
)
from ecoscope_workflows.tasks.time_ranges import TimeRange

if TYPE_CHECKING:
    from types import ModuleType

MAKER = Path(__file__).parents[2] / "example_activity.py"
# What stands in the signatures of upstream, in their order; `^` is shown on demand only, `=` has a default.
SIGNATURES = {
    "set_patrol_types": "patrol_types",
    "set_patrol_status": "^status=",
    "set_patrols_and_patrol_events_params": (
        "client time_range patrol_types event_types ^status= ^include_patrol_details= ^raise_on_empty="
        " include_null_geometry= ^truncate_to_time_range= ^sub_page_size= ^patrols_overlap_daterange="
    ),
    "get_patrol_observations": (
        "client time_range patrol_types ^status= ^include_patrol_details= ^raise_on_empty= ^sub_page_size="
        " ^patrols_overlap_daterange="
    ),
    "get_patrol_events": (
        "client time_range patrol_types event_types ^status= include_null_geometry= ^truncate_to_time_range="
        " ^raise_on_empty= ^sub_page_size= ^include_display_values= ^patrols_overlap_daterange="
    ),
    "get_events": (
        "client time_range event_types event_columns= include_null_geometry= ^raise_on_empty="
        " ^include_details= ^include_updates= ^include_related_events= ^include_display_values="
        " ^force_point_geometry="
    ),
    "get_patrol_observations_from_combined_params": "combined_params",
    "get_patrol_events_from_combined_params": "combined_params",
    "get_patrols_from_combined_params": "combined_params",
    "get_patrol_observations_from_patrols_df_and_combined_params": "patrols_df combined_params",
    "unpack_events_from_patrols_df_and_combined_params": "patrols_df combined_params",
    "get_patrols": (
        "client time_range patrol_types ^status= ^raise_on_empty= ^sub_page_size= ^patrols_overlap_daterange="
    ),
    "get_patrol_observations_from_patrols_df": (
        "client patrols_df ^include_patrol_details= ^raise_on_empty= ^sub_page_size="
    ),
    "unpack_events_from_patrols_df": (
        "patrols_df event_types time_range include_null_geometry= ^truncate_to_time_range= ^raise_on_empty="
    ),
    "get_event_type_display_names_from_events": "client events_gdf ^append_category_names=",
    "get_choices_from_v2_event_type": "client event_type choice_field",
    "get_fields_from_event_type_schema": "client event_type",
    "process_events_details": "df client map_to_titles= ordered=",
}
CHEAP = {"set_patrol_types", "set_patrol_status", "set_patrols_and_patrol_events_params"}
# These read no world: what they take holds all that they need.
PURE = {*CHEAP, "unpack_events_from_patrols_df", "unpack_events_from_patrols_df_and_combined_params"}
FORMS = ["get_events", "get_patrol_observations", "set_patrols_and_patrol_events_params"]
INSTANCES = {
    "events": {"get_events_data": "get_events"},
    "patrols": {"er_patrol_and_events_params": "set_patrols_and_patrol_events_params"},
}
YEAR = TimeRange.model_validate({"since": "2015-01-01T00:00:00", "until": "2015-12-31T23:59:59"})


def info(task: str) -> TaskInfo:
    return task_info(getattr(io, task), "ecoscope_workflows.tasks.io", task)


def form(task: str, name: str) -> dict[str, Any]:
    """Return what a form shows of a parameter."""
    parameter = info(task).parameters[name]
    shown = {"title": name.replace("_", " ").title(), **parameter.adapter.json_schema()}
    return shown if parameter.default is REQUIRED else {**shown, "default": parameter.default}


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    """Return the module that makes the examples."""
    spec = importlib.util.spec_from_file_location("example_activity", MAKER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("task", "expected"), SIGNATURES.items())
def test_signatures_are_those_of_upstream(task: str, expected: str) -> None:
    found = []
    for name, parameter in info(task).parameters.items():
        shown = parameter.adapter.json_schema() if parameter.writable else {}
        mark = "^" if shown.get("ecoscope:advanced") else ""
        found.append(f"{mark}{name}{'=' if parameter.default is not REQUIRED else ''}")
        assert not parameter.hidden
    assert " ".join(found) == expected
    metadata = task_metadata(getattr(io, task))
    assert metadata is not None
    assert metadata.cheap == (task in CHEAP)
    assert metadata.tags == (() if task in PURE else ("io",))


@pytest.mark.parametrize("task", FORMS)
def test_a_parameter_looks_as_published(task: str, reference_data: Path) -> None:
    file = reference_data / "published-specs" / "task-signatures.json"
    published = json.loads(file.read_text(encoding="utf-8"))[task]["unbound"]
    assert published
    for name, expected in published.items():
        assert form(task, name) == expected


@pytest.mark.parametrize("workflow", INSTANCES)
def test_published_params_are_good(workflow: str, reference_data: Path) -> None:
    file = reference_data / "snapshots" / workflow / "test-cases.yaml"
    cases = yaml.safe_load(file.read_text(encoding="utf-8"))
    checked = 0
    for case in cases.values():
        for instance, task in INSTANCES[workflow].items():
            for name, value in case["params"][instance].items():
                assert info(task).parameters[name].adapter.validate_python(value) == value
                checked += 1
    assert checked >= 2 * len(cases)


def test_types_are_taken_without_blanks_around_them() -> None:
    for name in ("patrol_types", "event_types"):
        adapter = info("get_patrol_events").parameters[name].adapter
        assert adapter.validate_python([" fire_rep\n", "x"]) == ["fire_rep", "x"]


@pytest.mark.parametrize("value", [0, -1, "many"])
def test_a_page_size_is_positive(value: Any) -> None:
    with pytest.raises(ValueError, match=r"greater than 0|valid integer"):
        info("get_patrols").parameters["sub_page_size"].adapter.validate_python(value)


def test_the_packaged_examples_are_what_the_script_makes(maker: ModuleType, tmp_path: Path) -> None:
    maker.regenerate(tmp_path)

    made = sorted(tmp_path.iterdir())
    reading = {task for task in SIGNATURES if task not in PURE} | {"load_events", "load_patrol_observations"}
    assert {path.name.partition(".")[0] for path in made} == {task.replace("_", "-") for task in reading}
    for path in made:
        task = path.name.partition(".")[0].replace("-", "_")
        packaged = example_file(info(task))
        assert packaged.name == path.name
        codec = codec_for(info(task).returns)
        assert codec is not None
        found, expected = codec.read(packaged), codec.read(path)
        if isinstance(found, gpd.GeoDataFrame):
            assert_geodataframe_equal(found, expected)
        elif isinstance(found, pd.DataFrame):
            pd.testing.assert_frame_equal(found, expected)
        else:
            assert found == expected


@pytest.mark.parametrize(("task", "schema"), [
    ("get_events", EventsWithDisplayNames),
    ("get_patrols_from_combined_params", Patrols),
    ("get_patrol_observations_from_patrols_df_and_combined_params", PatrolObservations),
    ("get_event_type_display_names_from_events", EventsWithDisplayNames),
])  # fmt: skip
def test_the_packaged_examples_are_of_their_schema(task: str, schema: type) -> None:
    codec: Any = codec_for(info(task).returns)
    frame = codec.read(example_file(info(task)))
    assert FrameContract(schema).faults(frame)[1] == ()


def test_the_examples_of_patrols_fit_each_other() -> None:
    def example(task: str) -> Any:
        codec: Any = codec_for(info(task).returns)
        return codec.read(example_file(info(task)))

    patrols = example("get_patrols_from_combined_params")
    fixes = example("get_patrol_observations_from_patrols_df_and_combined_params")
    named = example("get_event_type_display_names_from_events")
    params = io.set_patrols_and_patrol_events_params("site", YEAR, [], [])

    unpacked: Any = io.unpack_events_from_patrols_df_and_combined_params(patrols, params)

    assert_geodataframe_equal(named.drop(columns="event_type_display"), unpacked)
    assert dict(zip(fixes["patrol_id"], fixes["patrol_serial_number"], strict=True)) == dict(
        zip(patrols["id"], patrols["serial_number"], strict=True)
    )
    assert (pd.to_datetime(fixes["patrol_start_time"]) <= fixes["fixtime"]).all()
    assert (fixes["fixtime"] <= pd.to_datetime(fixes["patrol_end_time"])).all()


def test_examples_have_the_columns_and_types_of_published_ones(reference_data: Path) -> None:
    folder = reference_data / "ecoscope2026" / "io"
    for task in ("get_events", "get_patrol_observations", "get_patrol_events"):
        name = f"{task.replace('_', '-')}.example-return.parquet"
        published = gpd.read_parquet(folder / name).dtypes
        ours = gpd.read_parquet(example_file(info(task))).dtypes
        assert set(ours.index) == set(published.index)
        differing = {column for column in published.index if ours[column] != published[column]}
        # Structures are JSON text here, and a serial number is the number that sites answer with.
        assert differing <= {"reported_by", "serial_number", "contains", "geojson"}
        assert {str(published[column]) for column in differing - {"serial_number"}} <= {"object"}
