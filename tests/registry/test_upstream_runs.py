"""A spec of registered and built-in tasks runs, by Snakemake and as a script, with the same results."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

SPEC = """\
id: birds
requirements: []
workflow:
  - {id: rings, task: get_rings}
  - {id: wing_length, task: mean_wing, partial: {rings: "${{ workflow.rings.return }}"}}
  - {id: nests, task: find_nests, partial: {rings: "${{ workflow.rings.return }}"}}
  - {id: nest_count, task: birdkit.tasks.count_nests, partial: {nests: "${{ workflow.nests.return }}"}}
  - id: page
    task: ecoscope_workflows.tasks.readme.draw_ecomap
    partial:
      geodataframe: ${{ workflow.nests.return }}
      static: true
      height: 300
      width: 400
      search_control: false
      title: Nests
      title_kws: {}
      tile_layers: []
      north_arrow_kws: {}
      add_gdf_kws: {}
"""
PARAMS = "rings: {species: Upupa epops, birds: 4}\n"
RESULTS = {"wing_length.txt": "151.50 mm", "nest_count.json": "4\n"}


def call(folder: Path, site: Path, *command: str) -> str:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(site), "XDG_CACHE_HOME": str(folder / "cache")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def assert_right(results: Path) -> None:
    assert {name: (results / name).read_text() for name in RESULTS} == RESULTS
    assert pq.read_table(results / "rings.parquet").column_names == ["ring", "wing_mm"]
    assert b"geo" in (pq.read_schema(results / "nests.parquet").metadata or {})
    assert "Nests" in (results / "page.html").read_text()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "spec.yaml").write_text(SPEC)
    (tmp_path / "params.yaml").write_text(PARAMS)
    return tmp_path


@pytest.mark.slow
def test_snakemake_runs_registered_tasks_beside_built_in_ones(folder: Path, birdkit_site: Path) -> None:
    call(folder, birdkit_site, "ecoscope-workflows", "compile", "--spec", "spec.yaml", "--outpath", "work")
    call(folder / "work", birdkit_site, "snakemake", "--profile", "profiles/local")
    assert_right(folder / "work" / "results")


@pytest.mark.slow
def test_a_script_runs_registered_tasks_beside_built_in_ones(folder: Path, birdkit_site: Path) -> None:
    command = ("compile", "--spec", "spec.yaml", "--target", "script-sequential", "--outpath", "birds.py")
    call(folder, birdkit_site, "ecoscope-workflows", *command)
    call(folder, birdkit_site, sys.executable, "birds.py", "--config", "params.yaml")
    assert_right(folder / "results")
