"""`ecoscope-workflows image`: what the image of jobs is built from; its step of pip works offline."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.standins.kubernetes_image import executors

from ecoscope_workflows.cli import run
from ecoscope_workflows.targets.templating import render

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
BASE = f"python:{sys.version_info.major}.{sys.version_info.minor}-slim"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel of this package."""
    folder = tmp_path_factory.mktemp("wheel")
    command = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation")
    subprocess.run([*command, "--no-index", "--wheel-dir", folder, ROOT], check=True)
    (path,) = folder.iterdir()
    return path


@pytest.fixture
def written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wheel: Path
) -> Callable[..., tuple[int, dict[str, bytes]]]:
    """Return a function that writes an image, and returns the exit code and the files."""
    monkeypatch.syspath_prepend(str(executors()))

    def write(name: str, *options: str, wheel: Path | None = wheel) -> tuple[int, dict[str, bytes]]:
        folder = tmp_path / name
        given = [] if wheel is None else ["--wheel", str(wheel)]
        code = run(["image", "--outpath", str(folder), *given, *options])
        files = (path for path in folder.rglob("*") if path.is_file())
        return code, {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}

    return write


def test_the_same_packages_give_the_same_files(
    written: Callable[..., tuple[int, dict[str, bytes]]], wheel: Path
) -> None:
    code, files = written("one")
    assert code == 0
    assert written("two") == (0, files)
    assert files.keys() == {"Dockerfile", "requirements.txt", "plugins.txt", f"wheels/{wheel.name}"}
    pins = files["requirements.txt"].decode().splitlines()
    names = [pin.partition("==")[0] for pin in pins]
    assert names == sorted(names)
    assert all(re.fullmatch(r"[a-z0-9-]+==\S+", pin) for pin in pins)
    for name in ("snakemake", "geopandas", "pyarrow", "boto3"):
        assert f"{name}=={version(name)}" in pins
    # What is given as a wheel is no line of what comes from the index.
    unwanted = ("ecoscope-workflows==", "pytest", "mypy==", "snakemake-executor")
    assert not any(pin.startswith(unwanted) for pin in pins)
    assert set(files["plugins.txt"].decode().splitlines()) <= set(pins)


def test_the_image_is_small_and_its_programs_are_not_roots(
    written: Callable[..., tuple[int, dict[str, bytes]]],
) -> None:
    _, files = written("plain")
    lines = files["Dockerfile"].decode().splitlines()
    assert f"FROM {BASE}" in lines
    assert [line for line in lines if line.startswith("USER")] == ["USER 1000"]
    assert any("rsync" in line for line in lines), "the storage on a volume copies with it"
    _, pinned = written("pinned", "--base", f"{BASE}@sha256:abc")
    assert f"FROM {BASE}@sha256:abc" in pinned["Dockerfile"].decode().splitlines()


def test_what_changes_often_is_in_the_last_layer_that_has_files(
    written: Callable[..., tuple[int, dict[str, bytes]]],
) -> None:
    _, files = written("layers")
    copies = re.findall(r"^COPY (.*) /image/", files["Dockerfile"].decode(), re.MULTILINE)
    assert copies == ["requirements.txt plugins.txt", "wheels/"]
    facts = {"version": "1", "base": BASE, "system": [], "wheels": []}
    assert "wheels/ " not in render("Dockerfile.jinja2", facts), "there is no such folder to copy"


def test_the_requirements_of_a_spec_are_in_the_image(
    written: Callable[..., tuple[int, dict[str, bytes]]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    facts = tmp_path / "site" / "birds-1.5.dist-info"
    facts.mkdir(parents=True)
    needs = "Requires-Dist: tenacity\nRequires-Dist: hypothesis; extra == 'more'\n"
    (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: birds\nVersion: 1.5\n{needs}")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    spec = tmp_path / "spec.yaml"
    text = "id: a\nworkflow: [{id: fixes, task: load_relocations}]\nrequirements:\n"
    spec.write_text(f"{text}  - {{name: birds, version: 1.*}}\n  - {{requirement: hypothesis}}\n")
    _, without = written("without")
    code, files = written("with", "--spec", str(spec))
    assert code == 0
    added = {*files["requirements.txt"].split()} - {*without["requirements.txt"].split()}
    assert {b"birds==1.5", f"hypothesis=={version('hypothesis')}".encode()} <= added
    spec.write_text(f"{text}  - {{name: birds, version: 2.*}}\n")
    capsys.readouterr()
    assert written("other", "--spec", str(spec)) == (1, {})
    assert f"{spec}:4:5\n" in (said := capsys.readouterr().err)
    assert "birds 1.5 is installed here, and the spec requires 2.*" in said


def test_what_an_image_cannot_find_is_refused(
    written: Callable[..., tuple[int, dict[str, bytes]]],
    wheel: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, files = written("none", wheel=None)
    assert (code, files) == (1, {})
    assert "EW751" in (said := capsys.readouterr().err)
    assert "ecoscope-workflows was installed from a folder" in said
    old = tmp_path / wheel.name.replace(version("ecoscope-workflows"), "0.0.1")
    old.write_bytes(wheel.read_bytes())
    assert written("old", wheel=old) == (1, {})
    assert "this is ecoscope-workflows 0.0.1" in capsys.readouterr().err
    assert written("twice", "--wheel", str(old)) == (1, {})
    assert "this is ecoscope-workflows once more" in capsys.readouterr().err
    assert written("extra", "--extra", "goe") == (1, {})
    assert "ecoscope-workflows has no extra 'goe'\n = hint: did you mean 'geo'" in capsys.readouterr().err
    assert written("no wheel", "--wheel", __file__) == (1, {})
    assert f"this is not the name of a wheel\n --> {__file__}\n" in capsys.readouterr().err


def test_the_layer_of_what_is_on_no_index_is_made_without_one(
    written: Callable[..., tuple[int, dict[str, bytes]]], wheel: Path, tmp_path: Path
) -> None:
    _, files = written("context")
    # Of an image that was written before, with another version: pip installs no two of one package.
    before = wheel.name.replace(version("ecoscope-workflows"), "0.0.1")
    (tmp_path / "context" / "wheels" / before).write_bytes(wheel.read_bytes())
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    programs = tmp_path / "venv" / "bin"
    clean = {"PATH": os.pathsep.join([str(programs), os.defpath]), "HOME": str(tmp_path)}
    layer = files["Dockerfile"].decode().partition("COPY wheels/ /image/own/\nRUN ")[2].partition("\n\n")[0]
    (tmp_path / "context" / "wheels").rename(tmp_path / "context" / "own")
    step = layer.replace("/image/", f"{tmp_path}/context/")
    subprocess.run(["/bin/sh", "-ec", step], env=clean, check=True, stdout=subprocess.DEVNULL)
    compiled = list((tmp_path / "venv").glob("lib/*/site-packages/ecoscope_workflows/__pycache__/*.pyc"))
    # Compiled by their content: the same bytes whenever the image is built.
    assert {path.read_bytes()[4:8] for path in compiled} == {b"\x01\x00\x00\x00"}
    # The other packages are those of the tests; this one is installed there by its source alone.
    clean["PYTHONPATH"] = sysconfig.get_path("purelib")
    done = subprocess.run(
        [programs / "python", "-c", "import ecoscope_workflows as e; print(e.__file__, e.__version__)"],
        env=clean,
        check=True,
        capture_output=True,
        text=True,
    )
    place, number = done.stdout.split()
    assert Path(place).is_relative_to(tmp_path / "venv")
    assert number == version("ecoscope-workflows")
    said = subprocess.run(
        [programs / "ecoscope-workflows", "--version"], env=clean, check=True, capture_output=True, text=True
    )
    assert number in said.stdout
