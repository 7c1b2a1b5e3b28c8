"""Snakemake's storages, repaired: a part of a folder or of a file never passes for the whole."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from snakemake_interface_common.exceptions import WorkflowError
from tests.runtime.storage_providers import stored
from tests.standins.broken_network import BrokenNetwork, broken_network
from tests.standins.google_bucket import packages
from tests.standins.kubernetes_image import executors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.runtime.conftest import Storage
    from tests.standins.object_storage import Bucket

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
FILES = ("index.json", "north/1.json", "south.json")


class Place:
    """A storage behind a network, and local copies of what is in it."""

    def __init__(self, bucket: Bucket, network: BrokenNetwork, copies: Path) -> None:
        self.bucket, self.network, self._copies = bucket, network, copies
        self.folder = copies / bucket.name / "run" / "results"

    def there(self, name: str) -> Any:
        """Return a result in the storage, as a process sees it that has not seen it before."""
        return stored(self.bucket.provider, self._copies, f"{self.bucket.url}/run/results/{name}")

    def killed(self, what: str, name: str) -> None:
        """Do something with a result in a process that is killed when the network stands still."""
        self.network.stalls = True
        query = f"{self.bucket.url}/run/results/{name}"
        program = [sys.executable, "-m", "tests.runtime.storage_providers"]
        process = subprocess.Popen([*program, self.bucket.provider, str(self._copies), query, what], cwd=ROOT)
        stands = self.network.standing.wait(PATIENCE)
        process.kill()
        process.wait()
        assert stands
        self.network.mend()

    def files(self) -> set[str]:
        """Return the names of all results in the storage."""
        return set(self.bucket.files("run/results"))

    def write(self, *names: str) -> None:
        """Write local copies."""
        for name in names:
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text("1" * 100_000)


@pytest.fixture
def place(object_storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """Return a storage behind a network that lets everything through at first."""
    plugins = executors() if object_storage.kind == "s3" else packages()
    bucket = object_storage.bucket()
    with broken_network(object_storage.address) as network:
        monkeypatch.syspath_prepend(plugins)
        monkeypatch.setenv("PYTHONPATH", str(plugins), prepend=os.pathsep)
        for name, value in bucket.through(network.address).items():
            monkeypatch.setenv(name, value)
        yield Place(bucket, network, tmp_path / "copies")


def test_a_folder_is_there_when_all_of_it_is(place: Place) -> None:
    place.write(*(f"grown/{name}" for name in FILES))
    place.network.requests = "south.json"
    place.killed("store_object", "grown")
    assert place.files() == {"grown/north/1.json"}
    assert not place.there("grown").exists()
    # What is left of it is no part of the next one.
    (place.folder / "grown" / "north" / "1.json").unlink()
    place.there("grown").store_object()
    assert place.there("grown").exists()
    assert place.files() == {"grown/index.json", "grown/south.json"}


def test_a_folder_that_is_being_removed_is_not_there(place: Place) -> None:
    place.write(*(f"grown/{name}" for name in FILES))
    place.there("grown").store_object()
    place.network.requests = "^DELETE .*(north|south)"
    place.killed("remove", "grown")
    assert place.files() == {"grown/north/1.json", "grown/south.json"}
    assert not place.there("grown").exists()
    place.there("grown").remove()
    assert place.files() == set()


@pytest.mark.parametrize("name", ["grown", "text.txt"], ids=["folder", "file"])
def test_what_is_being_fetched_has_its_name_when_all_of_it_is_here(place: Place, name: str) -> None:
    place.write(*(f"grown/{file}" for file in FILES), "text.txt")
    place.there(name).store_object()
    shutil.rmtree(place.folder)
    place.folder.mkdir(parents=True)
    place.network.answers = "^GET .*(south.json|text.txt)[^/]*$"
    place.killed("retrieve_object", name)
    assert not (place.folder / name).exists()
    place.there(name).retrieve_object()
    if name == "grown":
        folder = place.folder / name
        assert {path.relative_to(folder).as_posix() for path in folder.rglob("*.*")} == set(FILES)
        name = "grown/south.json"
    assert (place.folder / name).stat().st_size == place.there(name).size() == 100_000


def test_a_folder_appears_on_a_volume_when_all_of_it_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(executors())
    target = tmp_path / "volume" / "grown"
    grown = stored("fs", tmp_path / "copies", str(target))
    copy: Path = grown.local_path()
    copy.mkdir(parents=True)
    (copy / "index.json").touch()
    # Nobody can copy it.
    (copy / "north.json").symlink_to("nowhere")
    with pytest.raises(WorkflowError, match=r"north\.json"):
        grown.store_object()
    assert not grown.exists()
    assert not target.exists()
    (copy / "north.json").unlink()
    for name in ("south.json", "west.json"):
        (copy / name).touch()
        grown.store_object()
        assert grown.exists()
        assert {path.name for path in target.iterdir()} == {"index.json", name}
        (copy / name).unlink()
