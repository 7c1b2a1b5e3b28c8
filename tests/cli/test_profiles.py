"""`ecoscope-workflows profiles`: what is filled in, where it is put, and that Snakemake reads it."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from snakemake.cli import get_profile_dir
from snakemake.profiles import ProfileConfigFileParser
from snakemake.resources import Resource

from ecoscope_workflows.cli import run
from ecoscope_workflows.compiler.profiles import filled_in, names, plugins_of, text_of
from ecoscope_workflows.compiler.slurm_facts import SlurmFacts, slurm_facts

if TYPE_CHECKING:
    from collections.abc import Callable

SCONTROL = """\
Configuration data as of 2026-11-22T19:00:00
AccountingStorageType   = accounting_storage/{accounting}
MinJobAge               = {age} sec
"""


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a user's profiles; no Slurm is here."""
    folder = tmp_path / "settings" / "snakemake"
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder.parent))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture
def slurm(tmp_path: Path) -> Callable[..., None]:
    """Return a function that puts programs of a Slurm on the path."""

    def make(accounting: str = "none", age: int = 300, partitions: str = "long debug*") -> None:
        (tmp_path / "bin").mkdir()
        said = {"scontrol": SCONTROL.format(accounting=accounting, age=age), "sinfo": partitions}
        for name, text in said.items():
            program = tmp_path / "bin" / name
            program.write_text(f"#!/bin/sh\nwhile read line; do echo \"$line\"; done <<'END'\n{text}\nEND\n")
            program.chmod(program.stat().st_mode | stat.S_IXUSR)

    return make


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def evaluated(text: str) -> object:
    """Return what Snakemake makes of the text of a resource."""
    resource = Resource.from_cli_expression("x", text)
    return resource.evaluate(None, input=[], attempt=1, threads=1, rulename="x", async_run=None).value


def test_the_list_says_what_is_installed_and_where(
    settings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["profiles", "install", "local"]) == 0
    capsys.readouterr()
    assert run(["profiles", "list"]) == 0
    rows = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert rows.keys() == {"k8s", "local", "slurm"}
    assert rows["local"].endswith(f"This machine{' ' * 42}{settings / 'local' / 'profile.yaml'}")
    assert rows["slurm"].endswith("not installed")


@pytest.mark.parametrize("name", names())
def test_snakemake_finds_and_reads_what_is_installed(
    name: str, settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(["profiles", "install", name]) == 0
    monkeypatch.setattr("snakemake.common.APPDIRS", None)
    assert get_profile_dir(name) == (settings / name, settings / name / "profile.yaml")
    with (settings / name / "profile.yaml").open(encoding="utf-8") as stream:
        options = ProfileConfigFileParser().parse(stream)
    assert options["scheduler"] == "greedy"
    assert "mem_mb=1000" in options["default-resources"]


def test_a_profile_that_nobody_has_filled_in_is_installed_as_it_is(settings: Path) -> None:
    assert run(["profiles", "install", "k8s"]) == 0
    assert (settings / "k8s" / "profile.yaml").read_text() == text_of("k8s")
    assert [path.name for path in (settings / "k8s").iterdir()] == ["profile.yaml"]


def test_what_is_filled_in_stands_on_its_line_and_all_else_stays(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["--partition", "gpu", "--account", "herd 7", "--set", "jobs=5", "--set", "local-cores=1"]
    assert run(["profiles", "show", "slurm", *words]) == 0
    shown = capsys.readouterr().out
    changed = {
        new: old
        for new, old in zip(shown.splitlines(), text_of("slurm").splitlines(), strict=True)
        if new != old
    }
    assert changed == {
        "jobs: 5": "jobs: 100",
        "local-cores: 1": "local-cores: 2",
        """  slurm_partition: "'gpu'\"""": "  slurm_partition: main",
        """  slurm_account: "'herd 7'\"""": "  # slurm_account: name",
    }


def test_a_bucket_brings_the_plugin_for_its_kind() -> None:
    assert run(["profiles", "install", "k8s", "--bucket", "gs://herd/run", "--image", "a/b:1"]) == 0
    installed = read(Path(os.environ["XDG_CONFIG_HOME"], "snakemake", "k8s", "profile.yaml"))
    assert installed["default-storage-provider"] == "gcs"
    assert installed["default-storage-prefix"] == "gs://herd/run"
    assert installed["container-image"] == "a/b:1"
    assert plugins_of(yaml.safe_dump(installed)) == [
        "snakemake-executor-plugin-kubernetes",
        "snakemake-storage-plugin-gcs",
    ]


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="$~"), min_size=1))
def test_a_name_of_any_letters_is_read_as_that_name(name: str) -> None:
    text = filled_in("slurm", {"default-resources.slurm_partition": name, "slurm-logdir": name})
    read_back = yaml.safe_load(text)
    assert read_back["slurm-logdir"] == name
    assert evaluated(read_back["default-resources"]["slurm_partition"]) == name


@pytest.mark.parametrize("name", ["input", "max", "1-2", "long-gpu", "12", "__import__('os').abort()"])
def test_a_partition_is_never_evaluated(name: str) -> None:
    text = filled_in("slurm", {"default-resources.slurm_partition": name})
    assert evaluated(yaml.safe_load(text)["default-resources"]["slurm_partition"]) == name


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--set", "job=5"], "EW742]: profile slurm has no key 'job'\n = hint: did you mean 'jobs'?"),
        (["--set", "jobs=many"], "EW742]: profile slurm: jobs takes a value such as 100, not 'many'"),
        (["--set", "slurm-requeue=1"], "slurm-requeue takes a value such as true, not 1"),
        (["--set", "jobs"], "--set takes KEY=VALUE, not 'jobs'."),
        (["--set", "jobs="], "--set takes KEY=VALUE, not 'jobs='."),
        (["--set", "partition=long"], "a key as it stands in the profile; write --partition long."),
        (["--namespace", "x"], "--namespace is for the profile k8s, not slurm."),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_written(
    words: list[str], said: str, settings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["profiles", "install", "slurm", *words]) in {1, 2}
    assert said in capsys.readouterr().err
    assert not settings.exists()


@pytest.mark.parametrize("address", ["herd", "file:///herd", "s3://", "azure://herd"])
def test_a_bucket_is_the_address_of_an_object_store(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["profiles", "show", "k8s", "--bucket", address]) == 1
    assert f"EW742]: {address!r} is no address of an object store" in capsys.readouterr().err


def test_an_unknown_profile_is_named_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["profiles", "show", "pbs"]) == 2
    assert "there is no profile 'pbs': there are k8s, local, slurm." in capsys.readouterr().err


def test_what_is_there_is_replaced_by_force_alone(settings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = settings / "local" / "profile.yaml"
    assert run(["profiles", "install", "local"]) == 0
    assert run(["profiles", "install", "local"]) == 0
    assert f"{path}: unchanged" in capsys.readouterr().out
    path.write_text("executor: local\n")
    assert run(["profiles", "install", "local"]) == 1
    assert "EW741]: this profile is there already" in capsys.readouterr().err
    assert path.read_text() == "executor: local\n"
    assert run(["profiles", "install", "local", "--force"]) == 0
    assert path.read_text() == text_of("local")


@pytest.mark.parametrize("name", ["config.yaml", "profile.v9+.yaml", "config.v8+.yaml"])
def test_a_file_that_snakemake_may_read_instead_is_not_passed_over(
    name: str, settings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (settings / "local").mkdir(parents=True)
    (settings / "local" / name).write_text("executor: local\n")
    assert run(["profiles", "install", "local", "--force"]) == 1
    assert str(settings / "local" / name) in capsys.readouterr().err
    assert [path.name for path in (settings / "local").iterdir()] == [name]


def test_a_folder_that_cannot_be_written_is_named(settings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings.parent.mkdir()
    settings.write_text("in the way")
    assert run(["profiles", "install", "local"]) == 1
    assert "EW711]: cannot be written" in capsys.readouterr().err


def test_slurm_says_how_its_jobs_are_asked_for_and_where_they_go(
    slurm: Callable[..., None], settings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    slurm(accounting="slurmdbd")
    assert run(["profiles", "install", "slurm"]) == 0
    said = capsys.readouterr()
    assert "partition debug: the default of this cluster" in said.out
    assert "jobs are asked for with sacct: this cluster keeps accounts" in said.out
    installed = read(settings / "slurm" / "profile.yaml")
    assert installed["slurm-status-command"] == "sacct"
    assert installed["default-resources"]["slurm_partition"] == "'debug'"


def test_a_slurm_without_accounts_is_asked_by_squeue_and_may_forget_too_early(
    slurm: Callable[..., None], settings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    slurm(age=60)
    assert run(["profiles", "install", "slurm", "--partition", "night"]) == 0
    said = capsys.readouterr()
    assert "jobs are asked for with squeue: this cluster keeps no accounts" in said.out
    assert "forgets a job 60 s after its end" in said.err
    assert "choose a partition of this cluster by --partition: debug, long" in said.err
    assert read(settings / "slurm" / "profile.yaml")["slurm-status-command"] == "squeue"


def test_what_the_user_says_goes_before_what_slurm_says(slurm: Callable[..., None], settings: Path) -> None:
    slurm(accounting="slurmdbd")
    words = ["--partition", "long", "--set", "slurm-status-command=squeue"]
    assert run(["profiles", "install", "slurm", *words]) == 0
    installed = read(settings / "slurm" / "profile.yaml")
    assert installed["slurm-status-command"] == "squeue"
    assert installed["default-resources"]["slurm_partition"] == "'long'"


def test_a_slurm_without_a_default_partition_is_asked_for_none(slurm: Callable[..., None]) -> None:
    slurm(partitions="a b")
    facts = slurm_facts()
    assert facts == SlurmFacts(keeps_accounts=False, remembers_seconds=300, partitions=("a", "b"))
    assert facts.values == {"slurm-status-command": "squeue"}


def test_where_no_slurm_answers_it_is_said(settings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["profiles", "install", "slurm"]) == 0
    said = capsys.readouterr()
    assert "no Slurm answers here" in said.err
    assert "pip install snakemake-executor-plugin-slurm" in said.err
    assert json.dumps(read(settings / "slurm" / "profile.yaml")) == json.dumps(
        yaml.safe_load(text_of("slurm"))
    )
