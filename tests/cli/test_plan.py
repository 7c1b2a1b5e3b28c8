"""`ecoscope-workflows plan`: lines for people, data for programs, and nothing heavy imported."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ecoscope_workflows.cli import run
from ecoscope_workflows.cli.plan import lines
from ecoscope_workflows.compiler.planning.manifest import Manifest
from ecoscope_workflows.compiler.planning.plan import Plan, Planned

TIME_DENSITY = Path(__file__).parents[2] / "specs" / "time_density" / "spec.yaml"
HEAVY = (
    "geopandas",
    "jinja2",
    "numpy",
    "pandas",
    "pyarrow",
    "pydantic",
    "snakemake",
    "subprocess",
    "ecoscope_workflows.compiler.compile",
    "ecoscope_workflows.graph",
    "ecoscope_workflows.registry",
    "ecoscope_workflows.tasks",
    "ecoscope_workflows.runtime.fingerprint",
)


def plan(*jobs: Planned, doubts: tuple[str, ...] = (), notes: tuple[str, ...] = ()) -> Plan:
    manifest = Manifest("", [], {}, "", [], [], [])
    return Plan(manifest, jobs, 9, 75.0 if jobs else None, doubts, notes, is_checked=True)


def job(*reasons: dict[str, Any], name: str = "a", how: str = "run") -> Planned:
    return Planned(name, reasons, how, 1.0)


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        ({"kind": "unfinished", "file": "f"}, "f was left half by a run that was killed"),
        ({"kind": "missing", "file": "f"}, "f is not there"),
        ({"kind": "file", "file": "f"}, "f has changed"),
        (
            {"kind": "files", "added": ["f"], "removed": ["g"]},
            "its input files are others: f is new, g is gone",
        ),
        ({"kind": "files", "added": [], "removed": []}, "its input files are others: one is read twice"),
        ({"kind": "command", "old": "x", "new": "y"}, "its command in the Snakefile has changed"),
        ({"kind": "param", "instance": "a", "name": "n", "old": 1, "new": [2]}, "param n: 1 -> [2]"),
        ({"kind": "param", "instance": "b", "name": "n", "new": "ü"}, 'param b.n: not given -> "ü"'),
        ({"kind": "params", "what": "when b is skipped"}, "changed: when b is skipped"),
        ({"kind": "task", "instance": "a", "old": "k:x", "new": "k:y"}, "task k:x -> k:y"),
        ({"kind": "code", "instance": "a", "task": "k:x", "old": "1", "new": "2"}, "code of k:x 1 -> 2"),
        (
            {"kind": "code", "instance": "a", "task": "k:x", "old": "1", "new": "2", "parts": list("pqrst")},
            "code of k:x 1 -> 2: p, q, r, s and 1 more",
        ),
    ],
)
def test_each_reason_is_said_in_a_line(fact: dict[str, Any], said: str) -> None:
    assert list(lines(plan(job(fact)))) == [f"run      a  {said}", "1 of 9 jobs to run: about 1:15"]


def test_a_long_value_is_cut_off() -> None:
    fact = {"kind": "param", "instance": "a", "name": "n", "old": "x" * 99, "new": 1}
    first, _ = lines(plan(job(fact)))
    assert first == f'run      a  param n: "{"x" * 36}... -> 1'


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("x" * 50 + "1", "x" * 50 + "2", f'...{"x" * 12}1" -> ...{"x" * 12}2"'),
        ("x" * 50, "x" * 50 + "2" * 99, f'...{"x" * 12}" -> ...{"x" * 12}{"2" * 22}...'),
        # What differs is seen without it.
        ("1" + "x" * 50, "2" + "x" * 50, f'"1{"x" * 35}... -> "2{"x" * 35}...'),
        ("x" * 36 + "1", "x" * 36 + "2", f'"{"x" * 36}1" -> "{"x" * 36}2"'),
    ],
)
def test_of_long_values_that_part_is_shown_in_which_they_differ(old: str, new: str, said: str) -> None:
    fact = {"kind": "param", "instance": "a", "name": "n", "old": old, "new": new}
    first, _ = lines(plan(job(fact)))
    assert first == f"run      a  param n: {said}"


def test_what_follows_from_what_is_said_with_how() -> None:
    missing = {"kind": "missing", "file": "f"}
    upstream = [{"kind": "upstream", "instance": name, "files": ["f"]} for name in ("a", "bb", "c")]
    jobs = (
        job(missing, how="restore"),
        job(missing, name="bb", how="restore"),
        job(*upstream[:2], missing, name="c"),
        job(upstream[0], name="d", how="restore"),
        job(*upstream, name="e", how="unknown"),
        job(upstream[2], name="f", how="unknown"),
    )
    *said, _, legend = lines(plan(*jobs))
    assert legend.startswith("run?: ")
    assert said == [
        "restore  a   f is not there",
        "restore  bb  f is not there",
        "run      c   f is not there",
        "             because a and bb are restored",
        "restore  d   because a is restored",
        "run?     e   because a, bb and c run",
        "run?     f   because c runs",
    ]


def test_notes_and_doubts_stand_behind() -> None:
    assert list(lines(plan(doubts=("it is old",), notes=("it is new",)))) == [
        "nothing to do: 9 of 9 jobs are done",
        "note: it is new",
        "doubt: it is old",
        "with a doubt, only `snakemake --profile profiles/local -n` knows",
    ]


def test_nothing_heavy_is_imported(tmp_path: Path) -> None:
    folder = tmp_path / "compiled"
    assert run(["compile", "--spec", str(TIME_DENSITY), "--outpath", str(folder)]) == 0
    program = (
        "import json, sys\n"
        "from ecoscope_workflows.cli import run\n"
        f"code = run(['plan', {str(folder)!r}, '--detailed-exitcode', '--format', 'json'])\n"
        f"print(json.dumps([code, sorted(set({HEAVY!r}) & set(sys.modules))]), file=sys.stderr)\n"
    )
    # The first one takes fingerprints; the others find them.
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert len(json.loads(done.stdout)["jobs"]) == 5
    assert json.loads(done.stderr) == [2, []]


def test_what_is_wrong_with_a_folder_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plan", str(tmp_path)]) == 1
    assert "EW601" in capsys.readouterr().err
    assert run(["compile", "--spec", str(TIME_DENSITY), "--outpath", str(tmp_path)]) == 0
    params = tmp_path / "config" / "params.yaml"
    text = params.read_text()
    for spoilt, code in {
        b"\xff": "EW2",
        b"__use_yte__: true\n": "EW408",
        text.replace("resources/tracks.parquet", "'{x}.csv'").encode(): "EW409",
        text.replace("resources/tracks.parquet", "x.csv").encode(): "EW407",
    }.items():
        params.write_bytes(spoilt)
        assert run(["plan", str(tmp_path)]) == 1
        error = capsys.readouterr().err
        assert code in error
        assert str(params) in error
    params.unlink()
    assert run(["plan", str(tmp_path)]) == 1
    assert "params.yaml" in capsys.readouterr().err
