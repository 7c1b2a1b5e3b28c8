"""Tasks that bring data in, from an EarthRanger site or from a file, and that write files for people."""

from ecoscope_workflows.tasks.io._combined_patrols import (
    get_patrol_events_from_combined_params,
    get_patrol_observations_from_combined_params,
    get_patrol_observations_from_patrols_df_and_combined_params,
    get_patrols_from_combined_params,
    set_patrol_status,
    set_patrol_types,
    set_patrols_and_patrol_events_params,
    unpack_events_from_patrols_df_and_combined_params,
)
from ecoscope_workflows.tasks.io._event_details import (
    get_choices_from_v2_event_type,
    get_fields_from_event_type_schema,
    process_events_details,
)
from ecoscope_workflows.tasks.io._events import get_event_type_display_names_from_events, get_events
from ecoscope_workflows.tasks.io._load_activity import load_events, load_patrol_observations
from ecoscope_workflows.tasks.io._load_relocations import load_relocations
from ecoscope_workflows.tasks.io._patrol_events import get_patrol_events, unpack_events_from_patrols_df
from ecoscope_workflows.tasks.io._patrols import (
    get_patrol_observations,
    get_patrol_observations_from_patrols_df,
    get_patrols,
)
from ecoscope_workflows.tasks.io._persist import persist_df, persist_df_wrapper, persist_json, persist_text
from ecoscope_workflows.tasks.io._set_connection import (
    set_er_connection,
    set_gee_connection,
    set_smart_connection,
)
from ecoscope_workflows.tasks.io._spatial_features import (
    get_spatial_features_group,
    load_regions,
    load_spatial_features_group,
)
from ecoscope_workflows.tasks.io._subjectgroup_observations import get_subjectgroup_observations

__all__ = [
    "get_choices_from_v2_event_type",
    "get_event_type_display_names_from_events",
    "get_events",
    "get_fields_from_event_type_schema",
    "get_patrol_events",
    "get_patrol_events_from_combined_params",
    "get_patrol_observations",
    "get_patrol_observations_from_combined_params",
    "get_patrol_observations_from_patrols_df",
    "get_patrol_observations_from_patrols_df_and_combined_params",
    "get_patrols",
    "get_patrols_from_combined_params",
    "get_spatial_features_group",
    "get_subjectgroup_observations",
    "load_events",
    "load_patrol_observations",
    "load_regions",
    "load_relocations",
    "load_spatial_features_group",
    "persist_df",
    "persist_df_wrapper",
    "persist_json",
    "persist_text",
    "process_events_details",
    "set_er_connection",
    "set_gee_connection",
    "set_patrol_status",
    "set_patrol_types",
    "set_patrols_and_patrol_events_params",
    "set_smart_connection",
    "unpack_events_from_patrols_df",
    "unpack_events_from_patrols_df_and_combined_params",
]
