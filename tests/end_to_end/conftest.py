"""Projects in folders of their own: a spec, a copy of the package `fieldkit`, and the real programs."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from tests.end_to_end.preloaded import SNAKEMAKE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

FIELDKIT = Path(__file__).with_name("fieldkit")
PROFILE = ("--profile", "profiles/local")
NOTHING = "Nothing to be done"


class Quoted(yaml.SafeDumper):
    """Writes YAML in which all text is quoted, so that no reader takes it for anything else."""


Quoted.add_representer(
    str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')
)


@dataclass(frozen=True)
class Run:
    """What a program said, and what became of the results."""

    code: int
    output: str
    made: frozenset[str] = frozenset()

    @property
    def plan(self) -> dict[str, int]:
        """The jobs that Snakemake said it would run, by rule, from its table of jobs."""
        table = re.search(r"^Job stats:\n(.*?)\n\n", self.output, re.MULTILINE | re.DOTALL)
        if table is None:
            assert NOTHING in self.output, self.output
            return {}
        rows = re.findall(r"^(\w+) +(\d+)$", table[1], re.MULTILINE)
        jobs = {name: int(count) for name, count in rows}
        assert sum(jobs.values()) == 2 * jobs.pop("total"), self.output
        jobs.pop("all", None)
        return jobs


@dataclass(frozen=True)
class Project:
    """A folder with `spec.yaml`, the package `fieldkit` in `site`, and the compiled workflow in `work`."""

    folder: Path

    @property
    def work(self) -> Path:
        return self.folder / "work"

    @property
    def site(self) -> Path:
        return self.folder / "site"

    @property
    def results(self) -> Path:
        return self.work / "results"

    def environment(self, **extra: str) -> dict[str, str]:
        """Return the environment of a user who has this project's packages installed and nothing set."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SNAKEMAKE")}
        return {
            **kept,
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", os.defpath)]),
            "PYTHONPATH": os.pathsep.join([str(self.site), kept.get("PYTHONPATH", "")]).rstrip(os.pathsep),
            # An edit within a second that keeps the size of a file would be taken for no edit.
            "PYTHONDONTWRITEBYTECODE": "1",
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "XDG_CONFIG_HOME": str(self.folder / "settings"),
            **extra,
        }

    def call(self, *command: str | Path, folder: Path | None = None, **extra: str) -> Run:
        """Run a program to its end."""
        before = self.stamps()
        done = subprocess.run(
            command,
            cwd=folder or self.folder,
            env=self.environment(**extra),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="surrogateescape",
            check=False,
            timeout=300,
        )
        return Run(done.returncode, done.stdout, self.made_since(before))

    def made_since(self, before: Mapping[str, int]) -> frozenset[str]:
        """Return which results are not those whose times are given."""
        return frozenset(name for name, stamp in self.stamps().items() if before.get(name) != stamp)

    def stamps(self) -> dict[str, int]:
        """Return when the result of each instance was written."""
        return {
            path.name.partition(".")[0]: path.stat().st_mtime_ns
            for path in files_in(self.results)
            if not path.name.endswith(".provenance.json")
        }

    def compile(self, *options: str, spec: Path | None = None) -> Run:
        """Compile the spec into `work`."""
        command = ("compile", "--spec", str(spec or "spec.yaml"), "--outpath", "work", *options)
        return self.call("ecoscope-workflows", *command)

    def compiled(self, *options: str, spec: Path | None = None) -> Project:
        """Compile the spec, and see that it worked."""
        run = self.compile(*options, spec=spec)
        assert run.code == 0, run.output
        return self

    def compile_script(self, *options: str, spec: Path | None = None) -> Path:
        """Compile the spec into a script, and see that it worked."""
        path = self.folder / "script.py"
        command = ("compile", "--spec", str(spec or "spec.yaml"), "--target", "script-sequential")
        run = self.call("ecoscope-workflows", *command, "--outpath", path, *options)
        assert run.code == 0, run.output
        return path

    def snakemake(self, *options: str, **extra: str) -> Run:
        """Run Snakemake as the user does, but for the time that it takes to import it."""
        if "PYTHONPATH" in extra:
            # There may be plugins in it.
            return self.program(*options, **extra)
        before = self.stamps()
        code, output = SNAKEMAKE.run((*PROFILE, *options), self.work, self.environment(**extra))
        return Run(code, output, self.made_since(before))

    def program(self, *options: str, **extra: str) -> Run:
        """Run Snakemake's real program."""
        return self.call("snakemake", *PROFILE, *options, folder=self.work, **extra)

    def finish(self) -> Run:
        """Run Snakemake, and see that it worked."""
        run = self.snakemake()
        assert run.code == 0, run.output + self.logs()
        return run

    def log(self, instance: str) -> str:
        """Return what is in the log of a job."""
        return (self.work / "logs" / f"{instance}.log").read_text(encoding="utf-8")

    def logs(self) -> str:
        """Return what is in the logs of all jobs."""
        return "".join(f"{path.name}: {path.read_text()}" for path in sorted(self.work.glob("logs/*.log")))

    def write_spec(self, text: str) -> None:
        (self.folder / "spec.yaml").write_text(text, encoding="utf-8")

    def write_instances(self, instances: list[dict[str, Any]]) -> None:
        """Write a spec whose values are quoted so that they stay what they are."""
        self.write_spec_of({"id": "project", "requirements": [], "workflow": instances})

    def write_spec_of(self, spec: Mapping[str, Any]) -> None:
        self.write_spec(as_yaml(spec))

    def write_params(self, params: Mapping[str, Any] | str) -> Path:
        path = self.work / "config" / "params.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(params if isinstance(params, str) else as_yaml(params), encoding="utf-8")
        return path

    def edit(self, module: str, old: str, new: str) -> None:
        """Change the source of a module of `fieldkit`."""
        path = self.site / "fieldkit" / f"{module}.py"
        source = path.read_text(encoding="utf-8")
        assert source.count(old) == 1, f"{old!r} stands {source.count(old)} times in {path}"
        path.write_text(source.replace(old, new), encoding="utf-8")

    def files(self) -> dict[str, bytes]:
        """Return the content of every file among the results, hidden ones too."""
        return {path.name: path.read_bytes() for path in files_in(self.results)}

    def value(self, instance: str) -> Any:
        """Return the result of an instance that is stored as JSON."""
        return json.loads((self.results / f"{instance}.json").read_text(encoding="utf-8"))


def files_in(folder: Path) -> list[Path]:
    """Return the files of a folder by name; Snakemake removes a folder that a failed job leaves empty."""
    return sorted(folder.iterdir()) if folder.is_dir() else []


def whole(folder: Path) -> dict[str, bytes]:
    """Return the content of every file of the results, but for what is hidden there: marks, and stores."""
    files = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
    return {
        name.as_posix(): path.read_bytes()
        for name, path in files.items()
        if not any(part.startswith(".") for part in name.parts)
    }


def as_yaml(value: Any) -> str:
    """Return plain data as YAML that reads as the same data by any version of YAML."""
    return str(yaml.dump(value, Dumper=Quoted, allow_unicode=True, sort_keys=False, width=10_000))


def install_by_hand(site: Path) -> None:
    """Lay `fieldkit` out as an installer does: the package, and beside it what it says of itself."""
    shutil.copytree(FIELDKIT / "src", site, ignore=shutil.ignore_patterns("__pycache__"))
    (site / "fieldkit" / "__init__.py").touch()
    facts = site / "fieldkit-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: fieldkit\nVersion: 1.0\n")
    points = [
        "[ecoscope_workflows]",
        *(f"{name} = fieldkit.{name}" for name in ("tasks", "frames", "faults", "groups")),
    ]
    (facts / "entry_points.txt").write_text("\n".join(points) + "\n")


@pytest.fixture(scope="session", autouse=True)
def _preloaded() -> Iterator[None]:
    """End the process that Snakemake's runs are forks of."""
    yield
    SNAKEMAKE.close()


@pytest.fixture(scope="session")
def examples() -> Path:
    """Return the folder of the specs that are shipped with the package."""
    return Path(__file__).parents[2] / "specs"


@pytest.fixture(scope="session")
def new_project(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Project]:
    """Return a function that makes a project with a spec yet to be written."""

    def make() -> Project:
        project = Project(tmp_path_factory.mktemp("project"))
        install_by_hand(project.site)
        return project

    return make


@pytest.fixture
def project(new_project: Callable[[], Project]) -> Project:
    """Return a project with a spec yet to be written."""
    return new_project()


@pytest.fixture
def copy_of(tmp_path: Path) -> Callable[[Project], Project]:
    """Return a function that copies a project with all its times, so that its runs are the copy's own."""
    # The socket of a warm server that is about to end can be gone before it is copied.
    left_out = shutil.ignore_patterns("warm")
    return lambda original: Project(
        Path(shutil.copytree(original.folder, tmp_path / "copy", symlinks=True, ignore=left_out))
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what runs Snakemake again and again as slow, so that `make check` stays under a minute."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.slow)
