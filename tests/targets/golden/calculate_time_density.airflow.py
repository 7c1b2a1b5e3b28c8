# calculate_time_density: compiled by ecoscope-workflows 0.1.0 from spec.yaml.
# The next compile replaces this file: edit the spec, or compile with other options.
from __future__ import annotations

import json
import re
from datetime import timedelta

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.sdk import DAG, Param
from kubernetes.client import models as k8s

IMAGE = "ecoscope-workflows:0.1.0"
# The claim of a volume that all pods read and write, and where it is in them.
VOLUME = "ecoscope-workflows"
ROOT = "/mnt/ecoscope-workflows"
# The keys of this secret are variables of the tasks: connections, and what signs in.
ENVIRONMENT = "ecoscope-workflows"

# What the task runner in the pods is told.
WORKFLOW = {
    "name": "calculate_time_density",
    "spec": "1377f4fb2bc18b68c951a658802c2a3588d8e4a78d5853032f639ddf5de43861",
    "folder": ROOT,
    "store": "/mnt/ecoscope-workflows/results/.ecoscope-workflows/store",
    "instances": {
        "get_subjectgroup_observations": {
            "task": "ecoscope_workflows.tasks.readme:get_subjectgroup_observations",
        },
        "process_relocations": {
            "task": "ecoscope_workflows.tasks.preprocessing:process_relocations",
            "wired": ["observations"],
        },
        "relocations_to_trajectory": {
            "task": "ecoscope_workflows.tasks.readme:relocations_to_trajectory",
            "wired": ["relocations"],
        },
        "calculate_time_density": {
            "task": "ecoscope_workflows.tasks.analysis:calculate_time_density",
            "wired": ["trajectory_gdf"],
        },
        "draw_ecomap": {
            "task": "ecoscope_workflows.tasks.readme:draw_ecomap",
            "wired": ["geodataframe"],
        },
    },
}

PARAMS = {
    "get_subjectgroup_observations": Param(
        {
            "tcp_limit": 5,
            "sub_page_size": 4000,
            "subject_group_name": "Elephants",
            "include_inactive": True,
            "since": "2017-01-01T00:00:00Z",
            "until": "2017-04-01T00:00:00Z",
        },
        description="Download the observations of every subject in a group and in the groups nested in it.",
        schema={
            "additionalProperties": False,
            "properties": {
                "server": {
                    "type": "string",
                    "description": "URL for EarthRanger API",
                    "title": "Server",
                },
                "username": {
                    "type": "string",
                    "description": "EarthRanger username",
                    "title": "Username",
                },
                "tcp_limit": {
                    "type": "integer",
                    "description": "TCP limit for EarthRanger API requests",
                    "title": "Tcp Limit",
                },
                "sub_page_size": {
                    "type": "integer",
                    "description": "Sub page size for EarthRanger API requests",
                    "title": "Sub Page Size",
                },
                "subject_group_name": {
                    "type": "string",
                    "description": "Name of EarthRanger Subject",
                    "title": "Subject Group Name",
                },
                "include_inactive": {
                    "type": "boolean",
                    "description": "Whether or not to include inactive subjects",
                    "title": "Include Inactive",
                },
                "since": {
                    "type": "string",
                    "format": "date-time",
                    "description": "Start date",
                    "title": "Since",
                },
                "until": {
                    "type": "string",
                    "format": "date-time",
                    "description": "End date",
                    "title": "Until",
                },
            },
            "required": [
                "tcp_limit",
                "sub_page_size",
                "subject_group_name",
                "include_inactive",
                "since",
                "until",
            ],
            "type": "object",
        },
    ),
    "process_relocations": Param(
        {
            "filter_point_coords": [[180, 90], [0, 0]],
            "relocs_columns": ["groupby_col", "fixtime", "junk_status", "geometry"],
        },
        description="Remove wrong fixes, put the rest in order of time and keep the columns that are needed.",
        schema={
            "additionalProperties": False,
            "properties": {
                "filter_point_coords": {
                    "type": "array",
                    "items": {"type": "array", "items": {"type": "number"}},
                    "title": "Filter Point Coords",
                },
                "relocs_columns": {
                    "type": "array",
                    "items": {"type": "string"},
                    "title": "Relocs Columns",
                },
            },
            "required": ["filter_point_coords", "relocs_columns"],
            "type": "object",
        },
    ),
    "relocations_to_trajectory": Param(
        {
            "min_length_meters": 0.001,
            "max_length_meters": 10000,
            "min_time_secs": 1,
            "max_time_secs": 3600,
            "min_speed_kmhr": 0.0,
            "max_speed_kmhr": 120,
        },
        description="Join consecutive fixes of each animal to segments, and keep the segments within the bounds.",
        schema={
            "additionalProperties": False,
            "properties": {
                "min_length_meters": {
                    "type": "number",
                    "title": "Min Length Meters",
                },
                "max_length_meters": {
                    "type": "number",
                    "title": "Max Length Meters",
                },
                "max_time_secs": {"type": "number", "title": "Max Time Secs"},
                "min_time_secs": {"type": "number", "title": "Min Time Secs"},
                "max_speed_kmhr": {"type": "number", "title": "Max Speed Kmhr"},
                "min_speed_kmhr": {"type": "number", "title": "Min Speed Kmhr"},
            },
            "required": [
                "min_length_meters",
                "max_length_meters",
                "max_time_secs",
                "min_time_secs",
                "max_speed_kmhr",
                "min_speed_kmhr",
            ],
            "type": "object",
        },
    ),
    "calculate_time_density": Param(
        {
            "pixel_size": 250,
            "crs": "ESRI:102022",
            "percentiles": [50, 60, 70, 80, 90, 95],
        },
        description="Calculate percentile areas of the elliptical time density of a trajectory.",
        schema={
            "additionalProperties": False,
            "properties": {
                "pixel_size": {
                    "type": "number",
                    "description": "Pixel size for raster profile.",
                    "title": "Pixel Size",
                    "default": 250.0,
                },
                "crs": {"type": "string", "title": "Crs", "default": "ESRI:102022"},
                "nodata_value": {
                    "type": "number",
                    "title": "Nodata Value",
                    "default": "nan",
                },
                "band_count": {
                    "type": "integer",
                    "title": "Band Count",
                    "default": 1,
                },
                "max_speed_factor": {
                    "type": "number",
                    "title": "Max Speed Factor",
                    "default": 1.05,
                },
                "expansion_factor": {
                    "type": "number",
                    "title": "Expansion Factor",
                    "default": 1.3,
                },
                "percentiles": {
                    "type": "array",
                    "items": {"type": "number"},
                    "title": "Percentiles",
                    "default": [50.0, 60.0, 70.0, 80.0, 90.0, 95.0],
                },
                "method": {
                    "enum": ["ecoscope", "wall2014"],
                    "type": "string",
                    "description": "'ecoscope' gives the numbers of the published system; 'wall2014' follows the formula of Wall et al. (2014), in which each segment counts with its duration.",
                    "title": "Method",
                    "default": "ecoscope",
                },
            },
            "type": "object",
        },
    ),
    "draw_ecomap": Param(
        {
            "title": "Time density",
            "static": False,
            "width": 0,
            "height": 0,
            "search_control": False,
            "title_kws": {},
            "tile_layers": [{"name": "OpenStreetMap"}],
            "north_arrow_kws": {},
            "add_gdf_kws": {},
        },
        description="Draw a frame as an interactive map in one HTML page that opens without a network.",
        schema={
            "additionalProperties": False,
            "properties": {
                "static": {"type": "boolean", "title": "Static"},
                "height": {"type": "integer", "title": "Height"},
                "width": {"type": "integer", "title": "Width"},
                "search_control": {"type": "boolean", "title": "Search Control"},
                "title": {"type": "string", "title": "Title"},
                "title_kws": {"type": "object", "title": "Title Kws"},
                "tile_layers": {
                    "type": "array",
                    "items": {"type": "object"},
                    "title": "Tile Layers",
                },
                "north_arrow_kws": {"type": "object", "title": "North Arrow Kws"},
                "add_gdf_kws": {"type": "object", "title": "Add Gdf Kws"},
            },
            "required": [
                "static",
                "height",
                "width",
                "search_control",
                "title",
                "title_kws",
                "tile_layers",
                "north_arrow_kws",
                "add_gdf_kws",
            ],
            "type": "object",
        },
    ),
}


def as_json(value: object) -> str:
    """Return JSON in which neither Airflow nor Kubernetes finds anything to fill in."""
    # JSON itself has no such pair: it is inside of a text, where it can be escaped.
    text = re.sub(r"\{(?=[{%#])", r"\\u007b", json.dumps(value))
    return text.replace("$", r"\u0024")


# Values pass between pods by files on the volume, in a folder for each run.
POD = {
    "image": IMAGE,
    "cmds": ["python", "-P", "-m", "ecoscope_workflows.runtime.pod"],
    "env_vars": {
        "ECOSCOPE_WORKFLOWS_WORKFLOW": as_json(WORKFLOW),
        "ECOSCOPE_WORKFLOWS_PARAMS": r"{{ params | tojson | replace('$', '\\u0024') }}",
        "ECOSCOPE_WORKFLOWS_RUN": "{{ run_id }}",
    },
    "env_from": [
        k8s.V1EnvFromSource(
            secret_ref=k8s.V1SecretEnvSource(name=ENVIRONMENT, optional=True),
        ),
    ],
    "volumes": [
        k8s.V1Volume(
            name="results",
            persistent_volume_claim=k8s.V1PersistentVolumeClaimVolumeSource(
                claim_name=VOLUME,
            ),
        ),
    ],
    "volume_mounts": [k8s.V1VolumeMount(name="results", mount_path=ROOT)],
    "container_resources": k8s.V1ResourceRequirements(requests={"cpu": "1"}),
    "startup_timeout_seconds": 600,
    "startup_check_interval_seconds": 2,
    "retry_delay": timedelta(minutes=1),
    # A failed task shows what it has printed, not how its pod was made.
    "termination_message_policy": "FallbackToLogsOnError",
    "log_pod_spec_on_failure": False,
}

with DAG(
    "calculate_time_density",
    schedule=None,
    catchup=False,
    params=PARAMS,
    default_args=POD,
):
    check_params = KubernetesPodOperator(
        task_id="check_params",
        arguments=["check-params"],
    )

    # Download the observations of every subject in a group and in the groups nested in it.
    get_subjectgroup_observations = KubernetesPodOperator(
        task_id="get_subjectgroup_observations",
        arguments=[
            "get_subjectgroup_observations",
            "--output",
            "get_subjectgroup_observations.parquet",
        ],
        container_resources=k8s.V1ResourceRequirements(
            requests={"cpu": "1", "memory": "2000M"},
            limits={"memory": "2000M"},
        ),
        retries=1,
    )

    # Remove wrong fixes, put the rest in order of time and keep the columns that are needed.
    process_relocations = KubernetesPodOperator(
        task_id="process_relocations",
        arguments=[
            "process_relocations",
            "--input",
            "observations=get_subjectgroup_observations.parquet",
            "--output",
            "process_relocations.parquet",
        ],
    )

    # Join consecutive fixes of each animal to segments, and keep the segments within the bounds.
    relocations_to_trajectory = KubernetesPodOperator(
        task_id="relocations_to_trajectory",
        arguments=[
            "relocations_to_trajectory",
            "--input",
            "relocations=process_relocations.parquet",
            "--output",
            "relocations_to_trajectory.parquet",
        ],
    )

    # Calculate percentile areas of the elliptical time density of a trajectory.
    calculate_time_density = KubernetesPodOperator(
        task_id="calculate_time_density",
        arguments=[
            "calculate_time_density",
            "--input",
            "trajectory_gdf=relocations_to_trajectory.parquet",
            "--output",
            "calculate_time_density.parquet",
        ],
    )

    # Draw a frame as an interactive map in one HTML page that opens without a network.
    draw_ecomap = KubernetesPodOperator(
        task_id="draw_ecomap",
        arguments=[
            "draw_ecomap",
            "--input",
            "geodataframe=calculate_time_density.parquet",
            "--output",
            "draw_ecomap.html",
        ],
    )

    check_params >> get_subjectgroup_observations
    get_subjectgroup_observations >> process_relocations
    process_relocations >> relocations_to_trajectory
    relocations_to_trajectory >> calculate_time_density
    calculate_time_density >> draw_ecomap
