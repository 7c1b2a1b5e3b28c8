# compare_density_methods: compiled by ecoscope-workflows 0.1.0 from spec.yaml.
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
    "name": "compare_density_methods",
    "spec": "69f5d41fe99050873580f6661a4160ae9a9e2a1ec6ce9f58b62e348fc2ac2f89",
    "folder": ROOT,
    "store": "/mnt/ecoscope-workflows/.ecoscope-workflows/store",
    "instances": {
        "relocations": {
            "task": "ecoscope_workflows.tasks.io:load_relocations",
            "files": ["path"],
        },
        "clean_relocations": {
            "task": "ecoscope_workflows.tasks.preprocessing:process_relocations",
            "bound": {
                "filter_point_coords": [[180, 90], [0, 0]],
                "relocs_columns": [
                    "groupby_col",
                    "fixtime",
                    "junk_status",
                    "geometry",
                ],
            },
            "wired": ["observations"],
        },
        "trajectory": {
            "task": "ecoscope_workflows.tasks.readme:relocations_to_trajectory",
            "wired": ["relocations"],
        },
        "density_published": {
            "task": "ecoscope_workflows.tasks.analysis:calculate_time_density",
            "bound": {"method": "ecoscope", "crs": "EPSG:32637"},
            "wired": ["trajectory_gdf"],
        },
        "map_published": {
            "task": "ecoscope_workflows.tasks.readme:draw_ecomap",
            "bound": {
                "title": "Time density as published",
                "static": False,
                "width": 0,
                "height": 0,
                "search_control": False,
                "title_kws": {},
                "tile_layers": [],
                "north_arrow_kws": {},
                "add_gdf_kws": {},
            },
            "wired": ["geodataframe"],
        },
        "density_formula": {
            "task": "ecoscope_workflows.tasks.analysis:calculate_time_density",
            "bound": {"method": "wall2014", "crs": "EPSG:32637"},
            "wired": ["trajectory_gdf"],
        },
        "map_formula": {
            "task": "ecoscope_workflows.tasks.readme:draw_ecomap",
            "bound": {
                "title": "Time density by the formula of Wall et al. (2014)",
                "static": False,
                "width": 0,
                "height": 0,
                "search_control": False,
                "title_kws": {},
                "tile_layers": [],
                "north_arrow_kws": {},
                "add_gdf_kws": {},
            },
            "wired": ["geodataframe"],
        },
        "map_track": {
            "task": "ecoscope_workflows.tasks.readme:draw_ecomap",
            "bound": {
                "title": "Speed of each segment",
                "static": False,
                "width": 0,
                "height": 0,
                "search_control": False,
                "title_kws": {},
                "tile_layers": [],
                "north_arrow_kws": {},
                "add_gdf_kws": {"column": "speed_kmhr"},
            },
            "wired": ["geodataframe"],
        },
    },
}

PARAMS = {
    "relocations": Param(
        {"path": "resources/tracks.parquet"},
        description="Read the fixes",
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
    "trajectory": Param(
        {
            "min_length_meters": 0.001,
            "max_length_meters": 20000,
            "min_time_secs": 1,
            "max_time_secs": 14400,
            "min_speed_kmhr": 0.0,
            "max_speed_kmhr": 15,
        },
        description="Join fixes to segments",
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
    "density_published": Param(
        {"pixel_size": 250, "percentiles": [50, 95]},
        description="Time density as published",
        schema={
            "additionalProperties": False,
            "properties": {
                "pixel_size": {
                    "type": "number",
                    "description": "Pixel size for raster profile.",
                    "title": "Pixel Size",
                    "default": 250.0,
                },
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
            },
            "type": "object",
        },
    ),
    "density_formula": Param(
        {"pixel_size": 250, "percentiles": [50, 95]},
        description="Time density by the formula of Wall et al. (2014)",
        schema={
            "additionalProperties": False,
            "properties": {
                "pixel_size": {
                    "type": "number",
                    "description": "Pixel size for raster profile.",
                    "title": "Pixel Size",
                    "default": 250.0,
                },
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
            },
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
    "compare_density_methods",
    description="Elliptical time density as published and by the formula of Wall et al. (2014), side by side.",
    schedule=None,
    catchup=False,
    params=PARAMS,
    default_args=POD,
):
    check_params = KubernetesPodOperator(
        task_id="check_params",
        arguments=["check-params"],
    )

    # Read the fixes
    relocations = KubernetesPodOperator(
        task_id="relocations",
        arguments=["relocations", "--output", "relocations.parquet"],
    )

    # Remove wrong fixes
    clean_relocations = KubernetesPodOperator(
        task_id="clean_relocations",
        arguments=[
            "clean_relocations",
            "--input",
            "observations=relocations.parquet",
            "--output",
            "clean_relocations.parquet",
        ],
    )

    # Join fixes to segments
    trajectory = KubernetesPodOperator(
        task_id="trajectory",
        arguments=[
            "trajectory",
            "--input",
            "relocations=clean_relocations.parquet",
            "--output",
            "trajectory.parquet",
        ],
    )

    # Time density as published
    density_published = KubernetesPodOperator(
        task_id="density_published",
        arguments=[
            "density_published",
            "--input",
            "trajectory_gdf=trajectory.parquet",
            "--output",
            "density_published.parquet",
        ],
    )

    # Map of the time density as published
    map_published = KubernetesPodOperator(
        task_id="map_published",
        arguments=[
            "map_published",
            "--input",
            "geodataframe=density_published.parquet",
            "--output",
            "map_published.html",
        ],
    )

    # Time density by the formula of Wall et al. (2014)
    density_formula = KubernetesPodOperator(
        task_id="density_formula",
        arguments=[
            "density_formula",
            "--input",
            "trajectory_gdf=trajectory.parquet",
            "--output",
            "density_formula.parquet",
        ],
    )

    # Map of the time density by the formula
    map_formula = KubernetesPodOperator(
        task_id="map_formula",
        arguments=[
            "map_formula",
            "--input",
            "geodataframe=density_formula.parquet",
            "--output",
            "map_formula.html",
        ],
    )

    # Map of the track
    map_track = KubernetesPodOperator(
        task_id="map_track",
        arguments=[
            "map_track",
            "--input",
            "geodataframe=trajectory.parquet",
            "--output",
            "map_track.html",
        ],
    )

    check_params >> relocations
    relocations >> clean_relocations
    clean_relocations >> trajectory
    trajectory >> density_published
    density_published >> map_published
    trajectory >> density_formula
    density_formula >> map_formula
    trajectory >> map_track
