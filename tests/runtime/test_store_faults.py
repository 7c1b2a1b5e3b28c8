"""Disks that are full or may only be read, processes that are killed, and several at once."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.runtime import kept
from tests.runtime.jobs import job
from tests.runtime.kept import KEY

from ecoscope_workflows.contracts.digests import digest_of
from ecoscope_workflows.contracts.stored import Item, read_value
from ecoscope_workflows.runtime.execute import execute
from ecoscope_workflows.runtime.stores.location import STORE_VARIABLE

ROOT = Path(__file__).parents[2]
# Runs a job of the demo tasks in the current folder, as a rule does.
JOB = """
import sys
from tests.runtime.jobs import job
from ecoscope_workflows.runtime.execute import execute
execute(job("double", {"value": int(sys.argv[1])}))
"""


def python(program: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a program that can import the demo tasks."""
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def in_mounts(folder: Path, mounts: str, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a program that sees the folder with something mounted in it."""
    if shutil.which("unshare") is None:
        pytest.skip("there is no `unshare` here")
    unshare = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]
    if subprocess.run([*unshare, "mount", "-t", "tmpfs", "none", "/mnt"], check=False).returncode:
        pytest.skip("this process may not mount anything")
    script = f'{mounts} && exec "$@"'
    return subprocess.run(
        [*unshare, "sh", "-c", script, "sh", sys.executable, "-c", program, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


NOTE = "note: the store .ecoscope-workflows/store cannot be used: "


@pytest.mark.usefixtures("work")
def test_a_job_goes_on_where_the_disk_of_the_store_is_full() -> None:
    store = Path(".ecoscope-workflows/store")
    store.mkdir(parents=True)
    # Room for the content, and none for anything else.
    mounts = f"mount -t tmpfs -o size=8k,nr_inodes=3 none {store}"
    look = f"\nimport os; print(sum(len(files) for _, _, files in os.walk({str(store)!r})))"
    run = in_mounts(Path.cwd(), mounts, JOB + look, "4")
    assert run.returncode == 0, run.stderr
    assert read_value(Path("results/one.json")) == 8
    assert run.stderr.count("note: ") == 1
    assert f"{NOTE}[Errno 28] No space left on device" in run.stderr
    # Nothing half is left in it.
    assert run.stdout == "0\n"


@pytest.mark.usefixtures("work")
def test_what_may_only_be_read_is_restored_from_and_not_written_to() -> None:
    execute(job("double", {"value": 4}))
    store = Path(".ecoscope-workflows/store")
    before = sorted(store.rglob("*"))
    mounts = f"mount --bind {store} {store} && mount -o remount,bind,ro {store}"
    known = in_mounts(Path.cwd(), mounts, JOB, "4")
    assert known.returncode == 0, known.stderr
    assert known.stderr == "restored\n"
    new = in_mounts(Path.cwd(), mounts, JOB, "5")
    assert new.returncode == 0, new.stderr
    assert read_value(Path("results/one.json")) == 10
    assert f"{NOTE}[Errno 30] Read-only file system" in new.stderr
    assert sorted(store.rglob("*")) == before


def test_a_file_that_grows_too_large_leaves_nothing_half(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"x" * 100_000)
    program = (
        "import resource, sys; from pathlib import Path; from tests.runtime import kept\n"
        "from ecoscope_workflows.contracts.stored import Item\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))\n"
        "kept.local(Path('store')).keep(kept.KEY, Path('large'), Item('large', ''))"
    )
    run = python(f"import os; os.chdir({str(tmp_path)!r})\n{program}")
    assert run.returncode == 0, run.stderr
    assert "cannot be used: [Errno 27] File too large" in run.stderr
    assert kept.names(kept.local(tmp_path / "store")) == set()


# A process that is killed where something would get its name.
KILLED = """
import os, signal
os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_process_killed_before_the_facts_are_there_leaves_a_miss(tmp_path: Path) -> None:
    item = kept.stored(tmp_path / "one.json")
    keep = (
        "import sys; from pathlib import Path; from tests.runtime import kept\n"
        "from ecoscope_workflows.contracts.stored import Item\n"
        "kept.local(Path(sys.argv[1])).keep(kept.KEY, Path(sys.argv[2]), Item('one.json', sys.argv[3]))"
    )
    arguments = (str(tmp_path / "store"), str(tmp_path / "one.json"), item.digest)
    assert python(KILLED + keep, *arguments).returncode == -signal.SIGKILL
    store = kept.local(tmp_path / "store")
    assert len(kept.names(store)) == 2  # the content, and facts under another name
    assert store.fetch(KEY, tmp_path / "x.json") is None
    assert store.facts()["entries"] == 0
    assert python(keep, *arguments).returncode == 0
    assert store.fetch(KEY, tmp_path / "x.json") == Item("x.json", item.digest)


@pytest.mark.usefixtures("work")
def test_a_job_killed_before_its_result_has_its_name_is_restored_the_next_time() -> None:
    execute(job("double", {"value": 4}))
    Path("results/one.json").unlink()
    assert python(KILLED + JOB, "4").returncode == -signal.SIGKILL
    assert not Path("results/one.json").exists()
    assert python(JOB, "4").stderr == "restored\n"
    assert read_value(Path("results/one.json")) == 8
    assert {path.name for path in Path("results").iterdir()} == {"one.json", "one.json.provenance.json"}


# Keeps and fetches the same keys as the other processes do, with content of its own, and prunes meanwhile.
HAMMER = """
import json, os, random, sys
from pathlib import Path
from tests.runtime import kept
from ecoscope_workflows.contracts.digests import digest_of
from ecoscope_workflows.contracts.stored import Item

folder, turns = Path(sys.argv[1]), int(sys.argv[2])
store = kept.local(folder / "store")
own = folder / str(os.getpid())
own.mkdir()
dice, found, wrong = random.Random(os.getpid()), 0, 0
for turn in range(turns):
    key = f"{dice.randrange(8):02x}" * 32
    if dice.random() < 0.4:
        file = own / "made"
        file.write_text(json.dumps([key, os.getpid(), "x" * dice.randrange(100_000)]))
        store.keep(key, file, Item("made", digest_of(file)))
    elif turn % 50 == 49:
        store.prune(200_000)
    else:
        got = store.fetch(key, own / "got")
        if got is not None:
            found += 1
            wrong += got.digest != digest_of(own / "got") or json.loads((own / "got").read_text())[0] != key
            (own / "got").unlink()
print(json.dumps([found, wrong]))
"""


def test_processes_that_hammer_the_same_keys_never_see_anything_half(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HAMMER, str(tmp_path), "600"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    running = [subprocess.Popen(command, env=environment, stdout=-1, stderr=-1, text=True) for _ in range(3)]
    for process in running:
        out, err = process.communicate(timeout=120)
        assert (process.returncode, err) == (0, "")
        found, wrong = json.loads(out)
        assert found > 0
        assert wrong == 0
    store = kept.local(tmp_path / "store")
    _, bad = store.verify()
    assert bad == 0
    assert not [name for name in kept.names(store) if name.endswith(".tmp")]


def test_a_writer_that_comes_between_facts_and_content_is_no_damage(tmp_path: Path) -> None:
    store = kept.local(tmp_path / "store")
    store.keep(KEY, tmp_path / "a.json", kept.stored(tmp_path / "a.json", 1))
    item = kept.stored(tmp_path / "b.json", 2)
    shelf = store.shelf
    read = shelf.read
    came: list[str] = []

    def interrupted(name: str) -> str:
        text = read(name)
        if not came:
            came.append(name)
            kept.local(tmp_path / "store").keep(KEY, tmp_path / "b.json", item)
        return text

    shelf.read = interrupted  # type: ignore[method-assign]  # another process, at the worst moment
    assert store.fetch(KEY, tmp_path / "x.json") == Item("x.json", item.digest)
    assert digest_of(tmp_path / "x.json") == item.digest


@pytest.mark.usefixtures("work")
def test_a_store_that_is_no_folder_is_said_once_and_left_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("taken").write_text("no folder")
    monkeypatch.setenv(STORE_VARIABLE, "taken")
    execute(job("double", {"value": 4}))
    assert read_value(Path("results/one.json")) == 8
    assert capsys.readouterr().err.count("note: the store taken cannot be used: ") == 1
    assert Path("taken").read_text() == "no folder"
