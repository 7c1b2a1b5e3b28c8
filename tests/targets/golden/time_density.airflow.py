# time_density: compiled by ecoscope-workflows 0.1.0 from spec.yaml.
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
    "name": "time_density",
    "spec": "c0928ea908858b1a1fe3129d295ac683a6cd46633ed4f9b6650e9981d4f5902d",
    "folder": ROOT,
    "store": "/mnt/ecoscope-workflows/results/.ecoscope-workflows/store",
    "instances": {
        "load_relocations": {
            "task": "ecoscope_workflows.tasks.io:load_relocations",
            "files": ["path"],
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
    "load_relocations": Param(
        {"path": "resources/tracks.parquet"},
        description="Read fixes from a file of your own.",
        schema={
            "additionalProperties": False,
            "properties": {
                "path": {
                    "type": "string",
                    "description": "A file of fixes: .parquet, .geoparquet, .gpkg, .geojson or .csv.",
                    "format": "path",
                    "title": "Path",
                },
                "id_column": {
                    "type": "string",
                    "description": "Column that names the animal.",
                    "title": "Id Column",
                    "default": "groupby_col",
                },
                "time_column": {
                    "type": "string",
                    "description": "Column with the time of the fix.",
                    "title": "Time Column",
                    "default": "fixtime",
                },
                "x_column": {
                    "type": "string",
                    "description": "Column with the longitude or easting, where the file has no geometry.",
                    "title": "X Column",
                    "default": "longitude",
                },
                "y_column": {
                    "type": "string",
                    "description": "Column with the latitude or northing, where the file has no geometry.",
                    "title": "Y Column",
                    "default": "latitude",
                },
                "crs": {
                    "type": "string",
                    "description": "Coordinate reference system of the positions, where the file names none.",
                    "title": "Crs",
                    "default": "EPSG:4326",
                },
                "time_zone": {
                    "type": "string",
                    "description": "Time zone of times that name none, such as Africa/Nairobi.",
                    "title": "Time Zone",
                    "default": "UTC",
                },
            },
            "required": ["path"],
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
            "max_length_meters": 20000,
            "min_time_secs": 1,
            "max_time_secs": 14400,
            "min_speed_kmhr": 0.0,
            "max_speed_kmhr": 15,
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
            "crs": "EPSG:32637",
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
            "title": "Where the elephants spend their time",
            "static": False,
            "width": 0,
            "height": 0,
            "search_control": False,
            "title_kws": {},
            "tile_layers": [],
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
    "time_density",
    schedule=None,
    catchup=False,
    params=PARAMS,
    default_args=POD,
):
    check_params = KubernetesPodOperator(
        task_id="check_params",
        arguments=["check-params"],
    )

    # Read fixes from a file of your own.
    load_relocations = KubernetesPodOperator(
        task_id="load_relocations",
        arguments=["load_relocations", "--output", "load_relocations.parquet"],
    )

    # Remove wrong fixes, put the rest in order of time and keep the columns that are needed.
    process_relocations = KubernetesPodOperator(
        task_id="process_relocations",
        arguments=[
            "process_relocations",
            "--input",
            "observations=load_relocations.parquet",
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

    check_params >> load_relocations
    load_relocations >> process_relocations
    process_relocations >> relocations_to_trajectory
    relocations_to_trajectory >> calculate_time_density
    calculate_time_density >> draw_ecomap
