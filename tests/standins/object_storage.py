"""Buckets, and an S3 on loopback: moto's server in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from abc import ABC, abstractmethod
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# It has no types.
boto3: Any = import_module("boto3")

KEY, REGION = "testing", "us-east-1"
# Starts the server at a free port, says which one it is, and serves until its input ends.
PROGRAM = """\
import sys
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
server.stop()
"""


class Bucket(ABC):
    """A bucket in an object storage.

    Attributes
    ----------
    name
        Of the bucket.
    scheme, provider
        What its addresses begin with, and what Snakemake calls such a storage.
    variables
        What Snakemake finds and enters it by.
    store
        What a store of results in it is found and entered by.
    """

    scheme: str
    provider: str

    def __init__(self, name: str, address: str, variables: dict[str, str], store: dict[str, str]) -> None:
        self.name, self.variables, self.store = name, variables, store
        self._address = address

    @property
    def url(self) -> str:
        """The address of the bucket."""
        return f"{self.scheme}://{self.name}"

    def through(self, address: str) -> dict[str, str]:
        """Return all variables, with the storage at another address."""
        found_by = {**self.variables, **self.store}
        return {name: address if value == self._address else value for name, value in found_by.items()}

    @abstractmethod
    def put(self, path: Path, key: str) -> None:
        """Store a file."""

    @abstractmethod
    def files(self, prefix: str) -> dict[str, bytes]:
        """Return the content of all objects below a prefix, by the rest of their key."""

    def text(self, key: str) -> str:
        """Return the text of an object; empty where there is none."""
        folder, _, name = key.rpartition("/")
        return self.files(folder).get(name, b"").decode()

    def value(self, key: str) -> Any:
        """Return the value of an object that is JSON."""
        return json.loads(self.text(key))


class S3Bucket(Bucket):
    """A bucket in the S3.

    Parameters
    ----------
    address
        Of the server.
    name
        Of the bucket.
    """

    scheme = provider = "s3"

    def __init__(self, address: str, name: str) -> None:
        # No program looks for the metadata service of a machine of Amazon's.
        alone = {"AWS_EC2_METADATA_DISABLED": "true"}
        variables = {
            **alone,
            "SNAKEMAKE_STORAGE_S3_ENDPOINT_URL": address,
            "SNAKEMAKE_STORAGE_S3_ACCESS_KEY": KEY,
            "SNAKEMAKE_STORAGE_S3_SECRET_KEY": KEY,
        }
        store = {
            **alone,
            "ECOSCOPE_WORKFLOWS_STORE": f"s3://{name}/store",
            "AWS_ENDPOINT_URL_S3": address,
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": KEY,
            "AWS_DEFAULT_REGION": REGION,
        }
        super().__init__(name, address, variables, store)
        self._client: Any = boto3.client(
            "s3",
            endpoint_url=address,
            aws_access_key_id=KEY,
            aws_secret_access_key=KEY,
            region_name=REGION,
        )
        self._client.create_bucket(Bucket=name)

    def put(self, path: Path, key: str) -> None:
        self._client.upload_file(str(path), self.name, key)

    def begin_upload(self, key: str) -> None:
        """Begin an upload in parts that never ends."""
        facts = {"Bucket": self.name, "Key": key}
        begun = self._client.create_multipart_upload(**facts)
        self._client.upload_part(**facts, UploadId=begun["UploadId"], PartNumber=1, Body=b"[1, 2")

    def files(self, prefix: str) -> dict[str, bytes]:
        found = self._client.list_objects_v2(Bucket=self.name, Prefix=f"{prefix}/").get("Contents", ())
        return {
            entry["Key"].removeprefix(f"{prefix}/"): self._client.get_object(
                Bucket=self.name, Key=entry["Key"]
            )["Body"].read()
            for entry in found
        }


@contextmanager
def s3() -> Iterator[str]:
    """Run the server, and give its address."""
    server = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        port = server.stdout.readline().strip()
        assert port, "the stand-in for S3 has not started"
        yield f"http://127.0.0.1:{port}"
    finally:
        server.stdin.close()
        server.wait(30)
        server.stdout.close()
